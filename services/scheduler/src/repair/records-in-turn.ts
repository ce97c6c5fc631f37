import type { Bus } from '@whisper/shared/bus/connect';
import { readSlice } from '@whisper/shared/bus/read-stream';
import { decodeJson } from '@whisper/shared/contracts/define-message';
import { jobEntrySchema, jobRecordKey, recordOf, type JobRecord } from '@whisper/shared/contracts/job-record';
import { BUCKETS } from '@whisper/shared/contracts/topology';

const STREAM = `KV_${BUCKETS.jobs.name}`;
const SUBJECT = `$KV.${BUCKETS.jobs.name}.${jobRecordKey('*')}`;
/** Records looked at in one go, so that a look costs the same whatever the bucket holds. */
const SLICE = 2_000;

export interface RecordAt {
  readonly record: JobRecord;
  readonly revision: number;
}

/** The records of the bucket in turn: each call gives the next slice, and after the last one the first again. */
export function createRecordsInTurn(bus: Bus): () => Promise<readonly RecordAt[]> {
  let from = 1;
  return async () => {
    const slice = await readSlice(bus, { stream: STREAM, subject: SUBJECT, from, count: SLICE });
    from = slice.length < SLICE ? 1 : (slice.at(-1)?.seq ?? 0) + 1;
    return slice
      .filter(({ data }) => data.length > 0)
      .flatMap(({ seq: revision, data }) => {
        const record = recordOf(decodeJson('job record', jobEntrySchema, data));
        return record ? [{ revision, record }] : [];
      });
  };
}
