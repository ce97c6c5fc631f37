import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { PermissionViolationError } from '@nats-io/transport-node';
import { PipelineError } from '../contracts/errors.ts';

/** JetStream API codes that we act on. */
const WRONG_LAST_SEQUENCE = 10071;
const LIMIT_REACHED = 10077;
const STREAM_NOT_FOUND = 10059;
const CONSUMER_NOT_FOUND = 10014;
const NOTHING_THERE = 404;
const NO_MESSAGE_FOUND = [10_037, 10_043];

const hasCode = (error: unknown, codes: readonly number[]): boolean =>
  error instanceof JetStreamApiError && codes.includes(error.code);

/**
 * Somebody else wrote first: a `create` of a key that is there, an `update` of an old revision. What is there can be read
 * then. It is not so with 10164, by which a cluster refuses a second writer while the first one's message is on its way,
 * perhaps in vain: whoever gets that asks again.
 */
export const isConflict = (error: unknown): boolean => hasCode(error, [WRONG_LAST_SEQUENCE]);

/** A stream or bucket is at one of its limits; the message was refused and not remembered. */
export const isFull = (error: unknown): boolean => hasCode(error, [LIMIT_REACHED]);

export const isMissing = (error: unknown): boolean => hasCode(error, [STREAM_NOT_FOUND, CONSUMER_NOT_FOUND]);

/** What was to be deleted is: "no message found", or for a sequence that was deleted before, "could not delete". */
export const isGone = (error: unknown): boolean =>
  hasCode(error, NO_MESSAGE_FOUND) ||
  (error instanceof JetStreamApiError && /no message found|deleted message/i.test(error.message));

/** A direct read found no message where it looked. */
export const isNothingThere = (error: unknown): boolean =>
  error instanceof JetStreamError && 'code' in error && error.code === NOTHING_THERE;

/** The user of this process may not do that; another try changes nothing. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Error &&
  (error instanceof PermissionViolationError || error.cause instanceof PermissionViolationError);

/** What a failed call to NATS means to a user: the queue is full, or it cannot be reached. */
export function busError(error: unknown, what: string): PipelineError {
  if (error instanceof PipelineError) return error;
  if (isFull(error)) return new PipelineError('queue_full', `${what}: the queue is full`, { cause: error });
  if (isRefused(error))
    return new PipelineError('queue_unavailable', `${what}: NATS does not let us`, { cause: error });
  return new PipelineError('queue_unavailable', `${what}: NATS did not answer`, { cause: error });
}
