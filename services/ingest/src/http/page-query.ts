import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';

const MAX_LIMIT = 200;

/** Parameters of every list that comes in pages. */
export const pageFields = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .default(50),
  /** `next` of the page before. */
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be "next" of the page before')
    .transform(Number)
    .optional(),
} as const;

/** Several of `known`, with commas between. */
export function someOf<Word extends string>(
  known: readonly [Word, ...Word[]],
): z.ZodType<Word[] | undefined, string | undefined> {
  return z
    .string()
    .transform((given) => given.split(','))
    .pipe(z.array(z.enum(known)))
    .optional();
}

/** @throws PipelineError `invalid_option`, `unknown_field`, with the field */
export function readQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  query: unknown,
): z.infer<z.ZodObject<Shape>> {
  const parsed = schema.safeParse({ ...(query as object) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape).join(', ');
    throw new PipelineError('unknown_field', `there is no such parameter; there are: ${known}`);
  }
  const field = String(issue?.path[0] ?? '');
  throw new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, { field });
}
