import type { Bus } from '@whisper/shared/bus/connect';
import { readStream } from '@whisper/shared/bus/read-stream';
import { LANES } from '@whisper/shared/contracts/identifiers';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { INTAKE_STREAM, workStream } from '@whisper/shared/contracts/topology';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';

export interface QueuedMessage {
  readonly stream: string;
  readonly sequence: number;
  readonly jobId: string;
}

/** What lies on the lanes: a few messages a slot. What does not parse is left to whom it is delivered. */
export async function readLanes(bus: Bus): Promise<readonly QueuedMessage[]> {
  const lanes = await Promise.all(
    LANES.map((lane) => readMessages(bus, workStream(lane), (data) => workAssigned.decode(data).job.jobId)),
  );
  return lanes.flat();
}

/** The backlog, which may be long: to be read only where there is a reason. */
export function readBacklog(bus: Bus): Promise<readonly QueuedMessage[]> {
  return readMessages(bus, INTAKE_STREAM, (data) => jobSubmitted.decode(data).jobId);
}

async function readMessages(
  bus: Bus,
  stream: string,
  jobIdOf: (data: Uint8Array) => string,
): Promise<readonly QueuedMessage[]> {
  const found: QueuedMessage[] = [];
  for await (const { seq, data } of readStream(bus, stream, '>')) {
    const jobId = orUnreadable(() => jobIdOf(data));
    if (jobId !== undefined) found.push({ stream, sequence: seq, jobId });
  }
  return found;
}

/** What does not parse is moved to DEAD by whoever takes it. */
function orUnreadable(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
