import { PipelineError } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import type { CachedResult, ResultCache } from '@whisper/shared/storage/result-cache';

/**
 * The result of a job that has ended.
 * @throws PipelineError what made the job fail, `job_cancelled`, `job_unfinished`, `result_expired`
 */
export async function findResult(results: ResultCache, record: JobRecord): Promise<CachedResult> {
  if (record.state === 'completed') {
    const result = await results.get(record.resultKey);
    if (result) return result;
    throw new PipelineError('result_expired', 'the result is not kept any more: send the audio again');
  }
  if (record.error && record.finishedAt !== undefined) {
    const { code, message, field } = record.error;
    throw new PipelineError(code, message, { ...(field && { field }) });
  }
  throw new PipelineError('job_unfinished', `the job is still ${record.state}: ask again later`);
}
