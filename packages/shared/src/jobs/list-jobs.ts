import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { readSlice } from '../bus/read-stream.ts';
import { decodeJson } from '../contracts/define-message.ts';
import {
  jobEntrySchema,
  jobRecordKey,
  recordOf,
  tenantOf,
  type JobRecord,
  type JobState,
} from '../contracts/job-record.ts';
import { BUCKETS } from '../contracts/topology.ts';

const STREAM = `KV_${BUCKETS.jobs.name}`;
const SUBJECT = `$KV.${BUCKETS.jobs.name}.${jobRecordKey('*')}`;
/** Revisions looked through at a time, and at the most for one page. */
const WINDOW = 250;
const MAX_WINDOWS = 20;

export interface JobFilter {
  readonly states?: readonly JobState[] | undefined;
  readonly model?: string | undefined;
  /** Of one tenant only. */
  readonly tenant?: string | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly before?: number | undefined;
}

export interface JobPage {
  readonly jobs: readonly JobRecord[];
  /** Where to go on; missing when there is no more. A page may be short of its limit and still have a next one. */
  readonly next?: number;
}

/**
 * Jobs, the latest changed first. It walks the bucket backwards by revision and stops after a bounded number of
 * them, however few jobs it has found: a page costs the same whatever the bucket holds.
 * @throws PipelineError `queue_unavailable`
 */
export async function listJobs(bus: Bus, filter: JobFilter): Promise<JobPage> {
  const { first, last } = await bounds(bus);
  let before = Math.min(filter.before ?? Infinity, last + 1);
  const jobs: JobRecord[] = [];
  for (let looked = 0; before > first && looked < MAX_WINDOWS; looked++) {
    const from = Math.max(first, before - WINDOW);
    for (const { record, sequence } of await window(bus, from, before)) {
      if (jobs.length === filter.limit) return { jobs, next: sequence + 1 };
      if (matches(record, filter)) jobs.push(record);
    }
    before = from;
  }
  return before > first ? { jobs, next: before } : { jobs };
}

async function bounds(bus: Bus): Promise<{ first: number; last: number }> {
  try {
    const { state } = await bus.manager.streams.info(STREAM);
    return { first: state.first_seq, last: state.last_seq };
  } catch (error) {
    throw busError(error, 'listing jobs');
  }
}

interface Found {
  readonly record: JobRecord;
  readonly sequence: number;
}

/** Records whose latest revision is in `from` up to but not including `before`, latest first. */
async function window(bus: Bus, from: number, before: number): Promise<readonly Found[]> {
  const slice = { stream: STREAM, subject: SUBJECT, from, count: before - from };
  const found = await readSlice(bus, slice);
  return found
    .filter((message) => message.seq < before && message.data.length > 0) // an empty one says: taken away
    .flatMap(({ seq: sequence, data }) => {
      const record = recordOf(decodeJson('job record', jobEntrySchema, data));
      return record ? [{ sequence, record }] : [];
    })
    .reverse();
}

function matches(record: JobRecord, { model, states, tenant }: JobFilter): boolean {
  if (tenant !== undefined && tenantOf(record) !== tenant) return false;
  return (!states || states.includes(record.state)) && (model === undefined || record.model === model);
}
