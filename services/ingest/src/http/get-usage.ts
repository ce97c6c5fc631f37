import type { Context } from 'koa';
import { z } from 'zod';
import type { KeyLimits } from '@whisper/shared/contracts/api-key';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { KeyUsages } from '@whisper/shared/storage/key-usage';
import { callerOf, type Caller } from '../callers/caller.ts';

const MAX_DAYS = 92;
const querySchema = z.strictObject({
  days: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_DAYS))
    .default(7),
});

export const usageSchema = z.object({
  keyId: z.string().nullable().describe('null for requests without a key: they are not counted.'),
  tenant: z.string(),
  limits: z.object({
    requestsPerMinute: z.int().nullable(),
    jobsInFlight: z.int().nullable(),
    audioSecondsPerDay: z.int().nullable(),
  }),
  days: z.array(z.object({ day: z.string(), jobs: z.int(), audioSeconds: z.number() })),
});
type Usage = z.infer<typeof usageSchema>;

/** `GET /usage`: what the caller's key may use, and what its jobs were, day by day (UTC). */
export function getUsage({ usages }: { readonly usages: KeyUsages }): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const { days } = readQuery(ctx.query);
    const caller = callerOf(ctx);
    ctx.body = { ...describe(caller), days: await daysOf(usages, caller, days) };
  };
}

function describe({ key, tenant }: Caller): Omit<Usage, 'days'> {
  const limits: KeyLimits = key?.limits ?? {};
  return {
    keyId: key?.keyId ?? null,
    tenant,
    limits: {
      requestsPerMinute: limits.requestsPerMinute ?? null,
      jobsInFlight: limits.jobsInFlight ?? null,
      audioSecondsPerDay: limits.audioSecondsPerDay ?? null,
    },
  };
}

async function daysOf(usages: KeyUsages, { key }: Caller, days: number): Promise<Usage['days']> {
  const found = key ? await usages.lately(key.keyId, days, new Date()) : [];
  return found.map(({ audioSeconds, day, jobs }) => ({ day, jobs, audioSeconds }));
}

/** @throws PipelineError `invalid_option`, `unknown_field` */
function readQuery(query: unknown): z.infer<typeof querySchema> {
  const parsed = querySchema.safeParse({ ...(query as object) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw new PipelineError('unknown_field', 'there is no such parameter; there is: days');
  }
  throw new PipelineError('invalid_option', `days: ${issue?.message ?? 'invalid'}`, { field: 'days' });
}
