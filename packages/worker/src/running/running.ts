import type { JobRecord } from '@whisper/shared/contracts/job-record';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import type { Versioned } from '@whisper/shared/storage/json-bucket';
import type { CachedResult } from '@whisper/shared/storage/result-cache';

/** A job as a worker has it: what is to be done, its record as last seen, and its result once there is one. */
export interface Running {
  readonly work: Work;
  readonly record: Versioned<JobRecord>;
  readonly result?: CachedResult;
}
