import { apiKeySchema, DEFAULT_SCOPES, KEY_SCOPES, type KeyLimits } from '@whisper/shared/contracts/api-key';
import { tenantSchema } from '@whisper/shared/contracts/identifiers';
import type { KeyTerms } from '@whisper/shared/storage/new-api-key';
import { UsageError, type Command, type Given } from '../command.ts';

type Option = Given['option'];

const text = (means: string): { readonly type: 'string'; readonly means: string } => ({
  type: 'string',
  means,
});

export const KEY_OPTIONS: NonNullable<Command['options']> = {
  tenant: text('whose it is: jobs and results are shared within a tenant (the name)'),
  scopes: text(`of ${KEY_SCOPES.join(', ')} (${DEFAULT_SCOPES.join(',')})`),
  rate: text('requests a minute, at the most'),
  concurrency: text('jobs in flight, at the most'),
  'daily-seconds': text('seconds of audio a day (UTC), at the most'),
  expires: text('days until it expires, or a date such as 2027-01-31'),
  weight: text("the tenant's share of the fleet, as with: weights tenant"),
  webhook: text("where its jobs' ends are told"),
};

const DAY_MS = 86_400_000;
const MAX_DAYS = 400;

/** @throws UsageError naming the option that is wrong */
export function readTerms(name: string, option: Option): KeyTerms {
  const expires = option('expires');
  const url = option('webhook');
  const parsed = termsSchema.safeParse({
    name,
    tenant: option('tenant') ?? tenantFrom(name),
    scopes: option('scopes')?.split(',') ?? DEFAULT_SCOPES,
    limits: readLimits(option),
    ...(expires !== undefined && { expiresAt: readExpiry(expires) }),
    ...(url !== undefined && { webhook: { url } }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${issue?.path.join('.') ?? 'key'}: ${issue?.message ?? 'invalid'}`);
}

const termsSchema = apiKeySchema.omit({
  version: true,
  keyId: true,
  secretSha256: true,
  createdAt: true,
  revokedAt: true,
});

function tenantFrom(name: string): string {
  if (tenantSchema.safeParse(name).success) return name;
  throw new UsageError('a name with other signs than letters, digits, _ and - needs a --tenant');
}

function readLimits(option: Option): KeyLimits {
  const given = Object.entries(LIMIT_OPTIONS).flatMap(([limit, name]) => {
    const value = option(name);
    return value === undefined ? [] : [[limit, readNumber(name, value)] as const];
  });
  return Object.fromEntries(given);
}

const LIMIT_OPTIONS: Readonly<Record<keyof KeyLimits, string>> = {
  requestsPerMinute: 'rate',
  jobsInFlight: 'concurrency',
  audioSecondsPerDay: 'daily-seconds',
};

function readExpiry(given: string): string {
  const at = /^\d{1,5}$/.test(given) ? Date.now() + Number(given) * DAY_MS : Date.parse(given);
  if (Number.isFinite(at)) return new Date(at).toISOString();
  throw new UsageError('--expires must be a number of days or a date');
}

export function readWeightOption(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const weight = Number(given);
  if (given !== '' && Number.isFinite(weight) && weight > 0) return weight;
  throw new UsageError('--weight must be a number above 0');
}

export function readDays(given = '7'): number {
  const days = readNumber('days', given);
  if (days >= 1 && days <= MAX_DAYS) return days;
  throw new UsageError(`--days must be from 1 to ${MAX_DAYS}`);
}

function readNumber(name: string, given: string): number {
  if (/^\d{1,12}$/.test(given)) return Number(given);
  throw new UsageError(`--${name} must be a whole number`);
}
