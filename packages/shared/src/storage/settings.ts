import type { KvEntry } from '@nats-io/kv';
import { z } from 'zod';
import type { Bus } from '../bus/connect.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import { decodeJson } from '../contracts/define-message.ts';
import { classOf, MODEL_PRIORITY_KEY } from '../contracts/model-priority.ts';
import {
  CLASS_WEIGHTS_KEY,
  DEFAULT_CLASS_WEIGHTS,
  DEFAULT_TENANT_WEIGHT,
  isSettingKey,
  SETTINGS,
  TENANT_WEIGHTS_KEY,
  type ClassWeights,
  type Setting,
  type SettingKey,
} from '../contracts/settings.ts';
import { BUCKETS } from '../contracts/topology.ts';
import type { Logger } from '../kit/logger.ts';
import { openJsonBucket } from './json-bucket.ts';
import { watchBucket } from './watch-bucket.ts';

/** What an operator has set, followed live; a value that does not parse leaves the old one in force. */
export interface Settings extends AsyncDisposable {
  readonly get: <K extends SettingKey>(key: K) => Setting<K> | undefined;
  /** @throws ZodError when the value is not of the key's schema */
  readonly set: <K extends SettingKey>(key: K, value: Setting<K>) => Promise<void>;
  /** Puts the value in force back in the place of a rejected one, unless somebody has written since. */
  readonly restore: (key: SettingKey, revision: number) => Promise<void>;
  readonly classOf: (model: string) => ModelClass;
  readonly classWeights: () => ClassWeights;
  readonly tenantWeight: (tenant: string) => number;
  /** Calls back at each change, until disposed. */
  readonly onChange: (callback: (key: SettingKey) => void) => Disposable;
}

export interface RejectedSetting {
  readonly key: string;
  readonly revision: number;
  readonly reason: string;
}

/** @param onRejected hears of each value that was kept out */
export async function watchSettings(
  bus: Bus,
  log: Logger,
  onRejected: (rejected: RejectedSetting) => void = () => undefined,
): Promise<Settings> {
  const bucket = await openJsonBucket(bus, BUCKETS.settings.name, z.unknown());
  const current = new Map<SettingKey, unknown>();
  const callbacks = new Set<(key: SettingKey) => void>();
  const watch = await watchBucket(
    { ...bucket, parse: (entry: KvEntry) => parseSetting(entry.key, entry.value) },
    log,
    (key, value) => {
      if (!isSettingKey(key)) return;
      if (value === undefined) current.delete(key);
      else current.set(key, value);
      for (const callback of callbacks) callback(key);
    },
    ({ key, revision }, error) => {
      onRejected({ key, revision, reason: error instanceof Error ? error.message : String(error) });
    },
  );
  const get = <K extends SettingKey>(key: K): Setting<K> | undefined =>
    current.get(key) as Setting<K> | undefined;
  return {
    get,
    set: (key, value) => bucket.put(key, SETTINGS[key].parse(value)),
    restore: async (key, revision) => {
      const value = current.get(key);
      if (value === undefined) await bucket.delete(key);
      else await bucket.update(key, value, revision);
    },
    classOf: (model) => classOf(model, get(MODEL_PRIORITY_KEY) ?? {}),
    classWeights: () => get(CLASS_WEIGHTS_KEY) ?? DEFAULT_CLASS_WEIGHTS,
    tenantWeight: (tenant) => get(TENANT_WEIGHTS_KEY)?.[tenant] ?? DEFAULT_TENANT_WEIGHT,
    onChange: (callback) => {
      callbacks.add(callback);
      return { [Symbol.dispose]: () => void callbacks.delete(callback) };
    },
    [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
  };
}

/** A key that we do not know belongs to somebody else, as long as it is JSON. */
function parseSetting(key: string, value: Uint8Array): unknown {
  return decodeJson<unknown>(`setting ${key}`, isSettingKey(key) ? SETTINGS[key] : z.unknown(), value);
}
