import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import type { z } from 'zod';
import type { Bus } from '../bus/connect.ts';
import { eraseMessage } from '../bus/erase-message.ts';
import { busError, isConflict, isFull, isRefused } from '../bus/nats-errors.ts';
import { replayStream } from '../bus/replay-stream.ts';
import { decodeJson, encodeJson } from '../contracts/define-message.ts';
import { retry } from '../kit/retry.ts';

/** Longer than a leader election, so that losing one NATS node fails nothing. */
const BUDGET_MS = 20_000;

export interface Versioned<T> {
  readonly value: T;
  readonly revision: number;
}

/** A KV bucket of one kind of JSON value, parsed on the way in and on the way out. */
export interface JsonBucket<T> {
  /** For what is not tried again here: watches, and how many there are. */
  readonly kv: KV;
  readonly parse: (entry: KvEntry) => T;
  readonly get: (key: string) => Promise<Versioned<T> | undefined>;
  readonly put: (key: string, value: T) => Promise<void>;
  /** @returns the revision, or `undefined` when the key is there already */
  readonly create: (key: string, value: T) => Promise<number | undefined>;
  /** @returns the new revision, or `undefined` when somebody wrote since `revision` */
  readonly update: (key: string, value: T, revision: number) => Promise<number | undefined>;
  readonly delete: (key: string) => Promise<void>;
  /** Overwrites this revision of a key, if it is the latest, and leaves no mark that the key was ever there. */
  readonly forget: (revision: number) => Promise<void>;
  /** The values of all keys that match a filter such as `flight.>`. */
  readonly getAll: (filter: string) => Promise<readonly T[]>;
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
  const watched = await new Kvm(bus.jetstream).open(name);
  const kv = await new Kvm(bus.quickJetstream).open(name);
  const guard = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      const tried = retry(work, {
        budgetMs: BUDGET_MS,
        isFinal: (error) => isFull(error) || isRefused(error),
      });
      return await bus.unanswered.track(tried);
    } catch (error) {
      throw busError(error, `bucket ${name}`);
    }
  };
  const parse = (entry: KvEntry): T => decodeJson(`${name}/${entry.key}`, schema, entry.value);
  return {
    kv: watched,
    parse,
    get: async (key) => {
      const entry = await guard(() => kv.get(key));
      return entry?.operation === 'PUT' ? { value: parse(entry), revision: entry.revision } : undefined;
    },
    put: async (key, value) => {
      const bytes = encodeJson(schema, value);
      await guard(() => kv.put(key, bytes));
    },
    create: (key, value) => {
      const bytes = encodeJson(schema, value);
      return guard(() => unlessConflict(kv.create(key, bytes)));
    },
    update: (key, value, revision) => {
      const bytes = encodeJson(schema, value);
      return guard(() => unlessConflict(kv.update(key, bytes, revision)));
    },
    delete: (key) => guard(() => kv.purge(key)),
    forget: (revision) => eraseMessage(bus, `KV_${name}`, revision),
    getAll: async (filter) => {
      const values: T[] = [];
      const range = { stream: `KV_${name}`, filter: `$KV.${name}.${filter}`, from: 1 };
      for await (const { data } of replayStream(bus, range)) {
        if (data.length > 0) values.push(decodeJson(name, schema, data)); // an empty one says: taken away
      }
      return values;
    },
  };
}

async function unlessConflict(write: Promise<number>): Promise<number | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}
