import { keyState, type ApiKey } from '@whisper/shared/contracts/api-key';
import type { KeyUsage } from '@whisper/shared/contracts/key-usage';
import { age } from '../text/duration.ts';
import type { Paint } from '../text/paint.ts';

export const KEY_HEAD = ['key', 'name', 'tenant', 'scopes', 'state', 'age', 'seconds today'];
export const KEY_COLUMNS = 'lllllrr';

export interface KeyToday {
  readonly key: ApiKey;
  readonly today: KeyUsage | undefined;
}

export function keyRow({ key, today }: KeyToday, paint: Paint): readonly string[] {
  const state = keyState(key, new Date());
  return [
    ...[key.keyId, key.name, key.tenant, key.scopes.join(',')],
    state === 'valid' ? paint.good(state) : paint.bad(state),
    ...[age(key.createdAt), (today?.audioSeconds ?? 0).toFixed(0)],
  ];
}

export function keyFacts(key: ApiKey, weight: number): readonly (readonly [string, string])[] {
  const { limits } = key;
  return [
    ['key', key.keyId],
    ['name', key.name],
    ['tenant', `${key.tenant} (weight ${weight})`],
    ['scopes', key.scopes.join(', ')],
    ['state', keyState(key, new Date())],
    ['created', key.createdAt],
    ['expires', key.expiresAt ?? 'never'],
    ['requests a minute', shownLimit(limits.requestsPerMinute)],
    ['jobs in flight', shownLimit(limits.jobsInFlight)],
    ['audio seconds a day', shownLimit(limits.audioSecondsPerDay)],
    ['webhook', key.webhook?.url ?? 'none'],
  ];
}

export function usageRows(usage: readonly KeyUsage[], paint: Paint): readonly (readonly string[])[] {
  if (usage.length === 0) return [];
  const rows = usage.map(({ audioSeconds, day, jobs }) => [day, String(jobs), audioSeconds.toFixed(1)]);
  return [['day', 'jobs', 'audio seconds'].map(paint.quiet), ...rows];
}

/** Nobody needs the digest to see what there is. */
export function withoutSecret(key: ApiKey): Omit<ApiKey, 'secretSha256'> {
  const { secretSha256: _secret, ...rest } = key;
  return rest;
}

const shownLimit = (limit: number | undefined): string => (limit === undefined ? 'no limit' : String(limit));
