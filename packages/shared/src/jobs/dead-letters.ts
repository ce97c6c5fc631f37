import type { StoredMsg } from '@nats-io/jetstream';
import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { readStream } from '../bus/read-stream.ts';
import { deadLetter, type DeadLetter } from '../contracts/dead-letter.ts';
import { PipelineError } from '../contracts/errors.ts';
import { modelClassSchema, type ModelClass } from '../contracts/identifiers.ts';
import type { Job } from '../contracts/job.ts';
import { jobSubmitted } from '../contracts/job-submitted.ts';
import { DEAD_STREAM } from '../contracts/topology.ts';
import { workAssigned } from '../contracts/work-assigned.ts';

/** A letter in the stream `DEAD`. */
export interface DeadEntry {
  /** Its sequence in the stream: every letter has one, also those of no known job. */
  readonly sequence: number;
  readonly modelClass: ModelClass;
  readonly letter: DeadLetter;
  /** The job that the message carried, where it can be read. */
  readonly job: Job | undefined;
}

/** All letters, oldest first. */
export async function listDeadLetters(bus: Bus): Promise<readonly DeadEntry[]> {
  const entries: DeadEntry[] = [];
  for await (const message of readStream(bus, DEAD_STREAM, deadLetter.filter)) entries.push(toEntry(message));
  return entries;
}

/**
 * A letter by its number, or by its job's id.
 * @throws PipelineError `unknown_job`
 */
export async function findDeadLetter(bus: Bus, id: string): Promise<DeadEntry> {
  const found = (await listDeadLetters(bus)).find(
    ({ sequence, letter, job }) => String(sequence) === id || letter.jobId === id || job?.jobId === id,
  );
  if (found) return found;
  throw new PipelineError('unknown_job', `there is no dead letter "${id}"`);
}

export async function dropDeadLetter(bus: Bus, { sequence }: DeadEntry): Promise<void> {
  try {
    await bus.manager.streams.deleteMessage(DEAD_STREAM, sequence);
  } catch (error) {
    throw busError(error, 'dropping a dead letter');
  }
}

export async function countDeadLetters(bus: Bus): Promise<number> {
  try {
    return (await bus.manager.streams.info(DEAD_STREAM)).state.messages;
  } catch (error) {
    throw busError(error, 'counting dead letters');
  }
}

function toEntry(message: StoredMsg): DeadEntry {
  const letter = deadLetter.decode(message.data);
  const modelClass = modelClassSchema.catch('heavy').parse(message.subject.split('.')[2]);
  return { sequence: message.seq, modelClass, letter, job: jobOf(letter) };
}

function jobOf({ originalSubject, payloadBase64 }: DeadLetter): Job | undefined {
  const payload = Buffer.from(payloadBase64, 'base64');
  try {
    const isWork = originalSubject.startsWith('work.');
    return isWork ? workAssigned.decode(payload).job : jobSubmitted.decode(payload);
  } catch {
    return undefined; // that may be just why it is here
  }
}
