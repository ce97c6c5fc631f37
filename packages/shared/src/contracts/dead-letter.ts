import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { defineMessage } from './define-message.ts';
import { jobIdSchema, LANES, modelClassSchema, timestampSchema, type ModelClass } from './identifiers.ts';

const originSchema = z.enum([...LANES, 'intake']);
export type DeadLetterOrigin = z.infer<typeof originSchema>;

const deadLetterSchema = z.strictObject({
  version: z.literal(1),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  attempts: z.int().nonnegative(),
  /** Missing where the message did not tell. */
  jobId: jobIdSchema.exactOptional(),
  originalSubject: z.string(),
  /** The message as it was, base64, so that even one that does not parse can be looked at and replayed. */
  payloadBase64: z.string(),
  deadAt: timestampSchema,
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

export interface DeadLetterAddress {
  readonly origin: DeadLetterOrigin;
  readonly modelClass: ModelClass;
}

/** Letters of one origin. */
export const deadLetterFilter = (origin: DeadLetterOrigin): string => `dead.${origin}.*`;

/** Work that was given up, kept for an operator. */
export const deadLetter = defineMessage({
  name: 'dead-letter',
  filter: 'dead.*.*',
  schema: deadLetterSchema,
  subject: ({ origin, modelClass }: DeadLetterAddress) =>
    `dead.${originSchema.parse(origin)}.${modelClassSchema.parse(modelClass)}`,
});
