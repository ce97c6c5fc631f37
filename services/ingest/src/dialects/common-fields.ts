import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Given } from './dialect.ts';

const MAX_URL = 2_048;

const address = z.string('must be given once').max(MAX_URL, `may have ${MAX_URL} characters at the most`);
const flag = z
  .string()
  .regex(/^(true|false|1|0)$/i, 'must be true or false')
  .transform((text) => /^(true|1)$/i.test(text));

/** What a request may say in any dialect, of ours, in the query or as a form field. */
export const commonSchema = z.object({
  url: address
    .optional()
    .describe('Where the audio lies, in the place of a file: http, https, or s3 of this store.'),
  webhook_url: address.optional().describe("Where the job's end is told."),
  webhook_text: flag.optional().describe('Whether a webhook has the text with it.'),
});

export interface CommonFields {
  readonly url?: string;
  readonly webhook?: { readonly url: string; readonly withText: boolean };
}

/**
 * Takes what is the same in every dialect out of a request; the rest is for the dialect. An empty field counts as none.
 * @throws PipelineError `invalid_option` with the field
 */
export function takeCommonFields({ fields, query }: Given): { common: CommonFields; rest: Given } {
  const said = Object.entries({ ...query, ...fields }).filter(
    ([name, value]) => isCommon(name) && value !== '',
  );
  const parsed = commonSchema.safeParse(Object.fromEntries(said));
  if (!parsed.success) throw toFieldError(parsed.error);
  const { url, webhook_text: withText = false, webhook_url: webhookUrl } = parsed.data;
  return {
    common: {
      ...(url !== undefined && { url }),
      ...(webhookUrl !== undefined && { webhook: { url: webhookUrl, withText } }),
    },
    rest: { query: withoutCommon(query), fields: withoutCommon(fields) },
  };
}

const isCommon = (name: string): boolean => name in commonSchema.shape;

function withoutCommon(given: Given['query']): Given['query'] {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !isCommon(name)));
}

function toFieldError(error: z.ZodError): PipelineError {
  const [issue] = error.issues;
  const field = String(issue?.path[0] ?? '');
  return new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, { field });
}
