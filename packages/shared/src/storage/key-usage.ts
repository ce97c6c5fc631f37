import type { Bus } from '../bus/connect.ts';
import { keyUsageSchema, usageKey, type KeyUsage } from '../contracts/key-usage.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { openJsonBucket, type JsonBucket } from './json-bucket.ts';

const DAY_MS = 86_400_000;

/** A completed job of a key. */
export interface JobDone {
  readonly keyId: string;
  readonly day: string;
  readonly audioSeconds: number;
  /** Of its event in the stream of events. */
  readonly sequence: number;
}

/** What the jobs of each key were, day by day. */
export interface KeyUsages {
  /** Counts a job once, however often it is told; jobs are told in the order of their events. */
  readonly count: (done: JobDone) => Promise<void>;
  readonly ofDay: (keyId: string, day: string) => Promise<KeyUsage | undefined>;
  /** Days on which something was completed, the latest first. */
  readonly lately: (keyId: string, days: number, now: Date) => Promise<readonly KeyUsage[]>;
}

export async function openKeyUsages(bus: Bus): Promise<KeyUsages> {
  const bucket = await openJsonBucket(bus, BUCKETS.usage.name, keyUsageSchema);
  const ofDay = async (keyId: string, day: string): Promise<KeyUsage | undefined> =>
    (await bucket.get(usageKey(keyId, day)))?.value;
  return {
    ofDay,
    count: (done) => count(bucket, done),
    lately: async (keyId, days, now) => {
      const found = await Promise.all(lastDays(days, now).map((day) => ofDay(keyId, day)));
      return found.filter((usage) => usage !== undefined);
    },
  };
}

async function count(bucket: JsonBucket<KeyUsage>, done: JobDone): Promise<void> {
  const key = usageKey(done.keyId, done.day);
  for (;;) {
    const found = await bucket.get(key);
    if (found && found.value.lastSequence >= done.sequence) return;
    const usage = withJob(found?.value, done);
    const written = found ? await bucket.update(key, usage, found.revision) : await bucket.create(key, usage);
    if (written !== undefined) return;
  }
}

function withJob(before: KeyUsage | undefined, { audioSeconds, day, keyId, sequence }: JobDone): KeyUsage {
  return {
    version: 1,
    keyId,
    day,
    jobs: (before?.jobs ?? 0) + 1,
    audioSeconds: (before?.audioSeconds ?? 0) + audioSeconds,
    lastSequence: sequence,
  };
}

function lastDays(days: number, now: Date): readonly string[] {
  return Array.from({ length: days }, (_, back) =>
    new Date(now.getTime() - back * DAY_MS).toISOString().slice(0, 'yyyy-mm-dd'.length),
  );
}
