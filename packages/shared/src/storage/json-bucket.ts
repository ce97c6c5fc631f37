import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import type { z } from 'zod';
import type { Bus } from '../bus/connect.ts';
import { busError, isConflict } from '../bus/nats-errors.ts';
import { decodeJson, encodeJson } from '../contracts/define-message.ts';

export interface Versioned<T> {
  readonly value: T;
  readonly revision: number;
}

/** A KV bucket of one kind of JSON value, parsed on the way in and on the way out. */
export interface JsonBucket<T> {
  readonly kv: KV;
  readonly parse: (entry: KvEntry) => T;
  readonly get: (key: string) => Promise<Versioned<T> | undefined>;
  readonly put: (key: string, value: T) => Promise<void>;
  /** @returns false when the key is there already */
  readonly create: (key: string, value: T) => Promise<boolean>;
  /** @returns false when somebody wrote since `revision` */
  readonly update: (key: string, value: T, revision: number) => Promise<boolean>;
  readonly delete: (key: string) => Promise<void>;
}

/**
 * Opens a bucket that infra made; reads go to the leader, so they see every acknowledged write.
 * Every call @throws PipelineError `queue_unavailable` when NATS does not answer.
 */
export async function openJsonBucket<T>(
  bus: Bus,
  name: string,
  schema: z.ZodType<T>,
): Promise<JsonBucket<T>> {
  const kv = await new Kvm(bus.jetstream).open(name);
  const guard = async <R>(work: Promise<R>): Promise<R> => {
    try {
      return await work;
    } catch (error) {
      throw busError(error, `bucket ${name}`);
    }
  };
  const parse = (entry: KvEntry): T => decodeJson(`${name}/${entry.key}`, schema, entry.value);
  return {
    kv,
    parse,
    get: async (key) => {
      const entry = await guard(kv.get(key));
      return entry?.operation === 'PUT' ? { value: parse(entry), revision: entry.revision } : undefined;
    },
    put: async (key, value) => {
      await guard(kv.put(key, encodeJson(schema, value)));
    },
    create: (key, value) => guard(unlessConflict(kv.create(key, encodeJson(schema, value)))),
    update: (key, value, revision) =>
      guard(unlessConflict(kv.update(key, encodeJson(schema, value), revision))),
    delete: (key) => guard(kv.purge(key)),
  };
}

async function unlessConflict(write: Promise<number>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}
