import { NoRespondersError, RequestError, TimeoutError } from '@nats-io/transport-node';
import { z } from 'zod';
import { decodeJson, encodeJson } from '../contracts/define-message.ts';
import {
  BOARD_SUBJECT,
  boardSchema,
  POSITION_SUBJECT,
  positionAnswerSchema,
  positionQuestionSchema,
  type Board,
  type Place,
} from '../contracts/scheduler-questions.ts';
import type { Bus } from './connect.ts';
import { busError } from './nats-errors.ts';

const ANSWER_MS = 1_000;

/**
 * Where a job is in the queue, and when its text is expected; `undefined` when it has ended, or while no
 * scheduler leads.
 * @throws PipelineError `queue_unavailable`
 */
export async function askPosition(bus: Bus, jobId: string): Promise<Place | undefined> {
  const question = encodeJson(positionQuestionSchema, { version: 1, jobId });
  return (await ask(bus, POSITION_SUBJECT, question, positionAnswerSchema))?.place;
}

/**
 * All queues as the leading scheduler sees them; `undefined` while none leads.
 * @throws PipelineError `queue_unavailable`
 */
export async function askBoard(bus: Bus): Promise<Board | undefined> {
  return ask(bus, BOARD_SUBJECT, new Uint8Array(), boardSchema);
}

async function ask<T>(
  bus: Bus,
  subject: string,
  question: Uint8Array,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  try {
    const answer = await bus.connection.request(subject, question, { timeout: ANSWER_MS });
    return decodeJson(subject, schema, answer.data);
  } catch (error) {
    if (isUnanswered(error)) return undefined;
    throw busError(error, subject);
  }
}

/** Nobody leads just now: between two leaders, or no scheduler runs. */
const isUnanswered = (error: unknown): boolean =>
  error instanceof TimeoutError ||
  error instanceof NoRespondersError ||
  (error instanceof RequestError && error.isNoResponders());
