import type { JobRecords } from '@whisper/shared/storage/job-records';

/** What was asked this long ago still holds: whoever erases a job looks again after longer. */
const FRESH_MS = 5_000;

/**
 * Whether anything may be told of a job, asked now and then: of one that was erased, nothing. A process that was halted
 * for a while asks before it goes on.
 */
export function createStillWanted(records: JobRecords, jobId: string): () => Promise<boolean> {
  let latest: { readonly atMs: number; readonly wanted: Promise<boolean> } | undefined;
  return () => {
    if (!latest || performance.now() - latest.atMs > FRESH_MS) {
      latest = { atMs: performance.now(), wanted: records.isErased(jobId).then((erased) => !erased) };
      latest.wanted.catch(() => (latest = undefined));
    }
    return latest.wanted;
  };
}
