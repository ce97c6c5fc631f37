import { erasedError, PipelineError } from '@whisper/shared/contracts/errors';
import { tenantOf, type JobRecord } from '@whisper/shared/contracts/job-record';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { Caller } from '../callers/caller.ts';

/**
 * A job of the caller's tenant.
 * @throws PipelineError `unknown_job`, for another tenant's job as for none; `job_erased`, since nothing tells whose it was
 */
export async function findJob(records: JobRecords, caller: Caller, jobId: string): Promise<JobRecord> {
  const record = await records.get(jobId);
  if (record && tenantOf(record) === caller.tenant) return record;
  if (!record && (await records.isErased(jobId))) throw erasedError();
  throw new PipelineError('unknown_job', 'there is no such job');
}
