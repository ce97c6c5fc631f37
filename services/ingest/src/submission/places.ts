import type { Bus } from '@whisper/shared/bus/connect';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Job } from '@whisper/shared/contracts/job';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import { placesTakenSchema, type PlacesTaken } from '@whisper/shared/contracts/places-taken';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import { openJsonBucket, type JsonBucket } from '@whisper/shared/storage/json-bucket';
import type { KeyRing } from '../callers/key-ring.ts';

/** A place whose job has no record, or that of its former run, is being submitted; after this long its submitter has died. */
const SUBMITTING_MS = 600_000;
/** What was full a moment ago is full. */
const FULL_MS = 250;

type Occupant = Pick<Job, 'jobId' | 'keyId'>;

/** The jobs that keys with a limit on them have in flight; exact, however many ingests there are. */
export interface Places {
  /**
   * @param endedAt of a job that is tried again, as its record says
   * @throws PipelineError `too_many_jobs`
   */
  readonly take: (job: Occupant, endedAt?: string) => Promise<void>;
  /** For a job that was not submitted after all; one that ends gives its place back by its record. */
  readonly giveBack: (job: Occupant) => Promise<void>;
}

export interface PlacesDeps {
  readonly bus: Bus;
  readonly keys: KeyRing;
  readonly records: JobRecords;
}

type Taken = PlacesTaken['jobs'];
type Place = Taken[number];

/**
 * Each key's jobs are one entry, changed by compare-and-set. Nobody strikes out those that have ended: that is done by
 * whoever finds all places taken, from the jobs' records, so nothing that was missed can hold a place.
 */
export async function openPlaces({ bus, keys, records }: PlacesDeps): Promise<Places> {
  const bucket = await openJsonBucket(bus, BUCKETS.places.name, placesTakenSchema);
  const inTurn = createTurns();
  const fullAtMs = new Map<string, number>();
  const take = async (keyId: string, place: Place, limit: number): Promise<void> => {
    if (performance.now() - (fullAtMs.get(keyId) ?? -Infinity) < FULL_MS) throw tooManyJobs(limit);
    const isTaken = await change(bucket, keyId, async (taken) => {
      const others = taken.filter(({ jobId }) => jobId !== place.jobId);
      if (others.length < taken.length && place.endedAt === undefined) return taken;
      const open = others.length < limit ? others : await stillOpen(records, others);
      return open.length < limit ? [...open, place] : undefined;
    });
    if (isTaken) return;
    fullAtMs.set(keyId, performance.now());
    throw tooManyJobs(limit);
  };
  return {
    take: async ({ jobId, keyId }, endedAt) => {
      const limit = keyId && keys.get(keyId)?.limits.jobsInFlight;
      const place = { jobId, since: new Date().toISOString(), ...(endedAt && { endedAt }) };
      if (keyId && limit) await inTurn(keyId, () => take(keyId, place, limit));
    },
    giveBack: async ({ jobId, keyId }) => {
      const without = (taken: Taken): Promise<Taken> =>
        Promise.resolve(taken.filter((place) => place.jobId !== jobId));
      if (keyId && keys.get(keyId)?.limits.jobsInFlight) {
        await inTurn(keyId, () => change(bucket, keyId, without));
      }
    },
  };
}

const tooManyJobs = (limit: number): PipelineError =>
  new PipelineError('too_many_jobs', `the API key may have ${limit} jobs in flight: wait for one to end`);

/** @returns whether there was anything to write */
async function change(
  bucket: JsonBucket<PlacesTaken>,
  keyId: string,
  next: (taken: Taken) => Promise<Taken | undefined>,
): Promise<boolean> {
  for (;;) {
    const found = await bucket.get(keyId);
    const jobs = await next(found?.value.jobs ?? []);
    if (!jobs) return false;
    const taken = { version: 1 as const, jobs };
    const written = found
      ? await bucket.update(keyId, taken, found.revision)
      : await bucket.create(keyId, taken);
    if (written !== undefined) return true;
  }
}

async function stillOpen(records: JobRecords, taken: Taken): Promise<Taken> {
  const found = await Promise.all(taken.map(({ jobId }) => records.get(jobId)));
  return taken.filter((place, at) => {
    const record = found[at];
    return record && !isTerminal(record.state) ? true : isBeingSubmitted(place, record);
  });
}

function isBeingSubmitted({ endedAt, since }: Place, record: JobRecord | undefined): boolean {
  return record?.finishedAt === endedAt && Date.now() - Date.parse(since) < SUBMITTING_MS;
}

/** One at a time for each key: who would only lose the compare-and-set waits instead. */
function createTurns(): <T>(keyId: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (keyId, work) => {
    const mine = (last.get(keyId) ?? Promise.resolve()).then(work, work);
    const settled = mine
      .catch(() => undefined)
      .finally(() => last.get(keyId) === settled && last.delete(keyId));
    last.set(keyId, settled);
    return mine;
  };
}
