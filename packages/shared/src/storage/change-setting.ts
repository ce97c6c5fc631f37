import { z } from 'zod';
import type { Bus } from '../bus/connect.ts';
import { PipelineError } from '../contracts/errors.ts';
import { SETTINGS, type Setting, type SettingKey } from '../contracts/settings.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { openJsonBucket } from './json-bucket.ts';

/** @returns what an operator has set; `undefined` when nothing, or nothing that counts */
export async function readSetting<K extends SettingKey>(bus: Bus, key: K): Promise<Setting<K> | undefined> {
  const bucket = await openJsonBucket(bus, BUCKETS.settings.name, z.unknown());
  return accepted(key, (await bucket.get(key))?.value);
}

/**
 * Changes one setting by compare-and-set, so that two operators lose nothing of each other's; `undefined` takes it away.
 * @throws PipelineError `invalid_option` for a value that would be kept out: nothing is written
 */
export async function changeSetting<K extends SettingKey>(
  bus: Bus,
  key: K,
  change: (current: Setting<K> | undefined) => Setting<K> | undefined,
): Promise<Setting<K> | undefined> {
  const bucket = await openJsonBucket(bus, BUCKETS.settings.name, z.unknown());
  for (;;) {
    const found = await bucket.get(key);
    const wanted = change(accepted(key, found?.value));
    if (wanted === undefined) {
      await bucket.delete(key);
      return undefined;
    }
    const value = check(key, wanted);
    const written = found ? await bucket.update(key, value, found.revision) : await bucket.create(key, value);
    if (written !== undefined) return value;
  }
}

/** What does not parse is in force nowhere. */
function accepted<K extends SettingKey>(key: K, value: unknown): Setting<K> | undefined {
  return SETTINGS[key].safeParse(value).data as Setting<K> | undefined;
}

function check<K extends SettingKey>(key: K, value: unknown): Setting<K> {
  const parsed = SETTINGS[key].safeParse(value);
  if (parsed.success) return parsed.data as Setting<K>;
  throw new PipelineError('invalid_option', z.prettifyError(parsed.error), { field: key });
}
