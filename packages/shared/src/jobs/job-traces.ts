import type { Bus } from '../bus/connect.ts';
import { eraseMessage, purgeSubject } from '../bus/erase-message.ts';
import { readStream } from '../bus/read-stream.ts';
import { deadLetter } from '../contracts/dead-letter.ts';
import { LANES } from '../contracts/identifiers.ts';
import { eventsOfJob } from '../contracts/job-event.ts';
import { segmentTextsOfJob } from '../contracts/segment-text.ts';
import {
  BUCKETS,
  DEAD_STREAM,
  EVENTS_STREAM,
  INTAKE_STREAM,
  SEGMENTS_STREAM,
  workStream,
} from '../contracts/topology.ts';
import { deliveriesOfJob } from '../contracts/webhook.ts';

const QUEUES: readonly string[] = [INTAKE_STREAM, ...LANES.map(workStream)];

/** Messages of a job that wait to be given out or run: their bytes are overwritten. */
export async function eraseQueued(bus: Bus, jobId: string): Promise<void> {
  const named = Buffer.from(JSON.stringify(jobId));
  for (const stream of QUEUES) {
    for await (const { data, seq } of readStream(bus, stream, '>')) {
      if (Buffer.from(data).includes(named)) await eraseMessage(bus, stream, seq);
    }
  }
}

/** Dead letters of a job, also those whose message does not parse. */
export async function eraseDeadLetters(bus: Bus, jobId: string): Promise<void> {
  const named = JSON.stringify(jobId);
  for await (const { data, seq } of readStream(bus, DEAD_STREAM, deadLetter.filter)) {
    const letter = deadLetter.decode(data);
    const carries = Buffer.from(letter.payloadBase64, 'base64').includes(named);
    if (letter.jobId === jobId || carries) await eraseMessage(bus, DEAD_STREAM, seq);
  }
}

/** What was told of a job, and what its segments said. */
export async function eraseEvents(bus: Bus, jobId: string): Promise<void> {
  await purgeSubject(bus, EVENTS_STREAM, eventsOfJob(jobId));
  await purgeSubject(bus, SEGMENTS_STREAM, segmentTextsOfJob(jobId));
}

/** Who was to be told of a job's end, and what they were to be told. */
export async function eraseWebhooks(bus: Bus, jobId: string): Promise<void> {
  const { name } = BUCKETS.webhooks;
  await purgeSubject(bus, `KV_${name}`, `$KV.${name}.${deliveriesOfJob(jobId)}`);
}
