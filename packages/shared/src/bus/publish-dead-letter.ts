import { deadLetter, type DeadLetterAddress } from '../contracts/dead-letter.ts';
import type { ErrorCode } from '../contracts/errors.ts';
import type { Bus } from './connect.ts';
import { publishDurably } from './publish.ts';

/** A message that is given up: as it was, and why. */
export interface GivenUp {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly code: ErrorCode;
  readonly message: string;
  readonly attempts: number;
  /** Where it is known. */
  readonly jobId?: string;
  /** The same for the same message, so that it is kept once. */
  readonly messageId: string;
}

/** Keeps a message for an operator to look at and replay. */
export async function publishDeadLetter(
  bus: Bus,
  address: DeadLetterAddress,
  givenUp: GivenUp,
): Promise<void> {
  const letter = {
    version: 1 as const,
    code: givenUp.code,
    message: givenUp.message,
    attempts: givenUp.attempts,
    ...(givenUp.jobId && { jobId: givenUp.jobId }),
    originalSubject: givenUp.subject,
    payloadBase64: Buffer.from(givenUp.data).toString('base64'),
    deadAt: new Date().toISOString(),
  };
  await publishDurably(bus, deadLetter.subject(address), deadLetter.encode(letter), {
    messageId: givenUp.messageId,
  });
}
