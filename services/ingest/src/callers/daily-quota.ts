import { PipelineError } from '@whisper/shared/contracts/errors';
import { dayOf } from '@whisper/shared/contracts/key-usage';
import type { KeyUsages } from '@whisper/shared/storage/key-usage';
import type { Caller } from './caller.ts';

const DAY_MS = 86_400_000;

/**
 * Refuses new audio of a key that has had its seconds of today. How long audio is shows when its job is done, so a key
 * gets at the most what it has in flight beyond its limit.
 * @throws PipelineError `quota_exceeded`
 */
export async function checkDailyQuota(usages: KeyUsages, { key }: Caller, now: Date): Promise<void> {
  const limit = key?.limits.audioSecondsPerDay;
  if (!key || limit === undefined) return;
  const usage = await usages.ofDay(key.keyId, dayOf(now.toISOString()));
  if (!usage || usage.audioSeconds < limit) return;
  throw new PipelineError('quota_exceeded', `the API key's ${limit} seconds of audio for today are used`, {
    retryAfterSeconds: Math.ceil((DAY_MS - (now.getTime() % DAY_MS)) / 1000),
  });
}
