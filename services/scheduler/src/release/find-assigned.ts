import type { Bus } from '@whisper/shared/bus/connect';
import { LANES, type Lane } from '@whisper/shared/contracts/identifiers';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { workStream } from '@whisper/shared/contracts/topology';
import { workAssigned, type Work } from '@whisper/shared/contracts/work-assigned';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { AssignedJob } from './assigned-jobs.ts';

const BATCH = 500;

/** What lies on the lanes now, for a scheduler that begins to lead. Work that does not parse is left to the workers. */
export async function findAssigned(bus: Bus, records: JobRecords): Promise<readonly AssignedJob[]> {
  const lanes = await Promise.all(LANES.map((lane) => readLane(bus, lane)));
  return Promise.all(
    lanes.flat().map(async ({ work, streamSequence }) => {
      const now = performance.now();
      const record = await records.get(work.job.jobId);
      const place = {
        job: work.job,
        lane: work.lane,
        modelClass: work.modelClass,
        streamSequence,
        assignedMs: now,
      };
      return record?.state === 'running' ? { ...place, startedMs: now - msSince(record) } : place;
    }),
  );
}

interface Found {
  readonly work: Work;
  readonly streamSequence: number;
}

async function readLane(bus: Bus, lane: Lane): Promise<readonly Found[]> {
  const stream = workStream(lane);
  const found: Found[] = [];
  const { state } = await bus.manager.streams.info(stream);
  for (let next = state.first_seq; state.messages > 0 && next <= state.last_seq;) {
    let read = 0;
    for await (const { seq, data } of await bus.manager.direct.getBatch(stream, {
      seq: next,
      batch: BATCH,
    })) {
      next = seq + 1;
      read++;
      const work = parse(data);
      if (work) found.push({ work, streamSequence: seq });
    }
    if (read === 0) break;
  }
  return found;
}

function parse(data: Uint8Array): Work | undefined {
  try {
    return workAssigned.decode(data);
  } catch {
    return undefined; // the worker that takes it moves it to DEAD
  }
}

/** The worker's clock may be wrong: this only shapes a first forecast. */
function msSince({ startedAt = '' }: JobRecord): number {
  const ms = Date.now() - Date.parse(startedAt);
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
