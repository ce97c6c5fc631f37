import { createHash } from 'node:crypto';
import type { Delivery, JobEnd } from '../contracts/webhook.ts';
import { backOffMs, GIVE_UP_AFTER_MS } from './back-off.ts';

/** Longer than an attempt takes: a process that died at it holds it up no longer than this. */
export const CLAIM_MS = 30_000;

const iso = (ms: number): string => new Date(ms).toISOString();

export interface Wanted {
  /** In the one form that parsers give it. */
  readonly url: string;
  readonly withText: boolean;
  /** By whose secret its webhooks are signed. */
  readonly tenant: string;
  /** By the request itself, not by its key or the server's settings. */
  readonly isAsked: boolean;
}

export interface JobOfWebhook {
  readonly jobId: string;
  readonly resultKey: string;
}

export function endpointOf(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16);
}

/** Waits for the job's end. */
export function waiting(job: JobOfWebhook, wanted: Wanted, nowMs: number): Delivery {
  const { jobId, resultKey } = job;
  const { tenant, url, withText } = wanted;
  return {
    ...{ version: 1, jobId, resultKey, tenant, url, withText, endpointId: endpointOf(url) },
    ...{ state: 'waiting', createdAt: iso(nowMs), round: 1, attempts: 0 },
  };
}

/** The job has ended: due at once. The same end again changes nothing; a later one, after a replay, is told anew. */
export function ended(delivery: Delivery, end: JobEnd, nowMs: number): Delivery | undefined {
  const { end: former, round, ...rest } = delivery;
  if (former && former.sequence >= end.sequence) return undefined;
  return due({ ...rest, end, round: former ? round + 1 : round }, nowMs);
}

/** Due at once, with all its time before it: at a job's end, or because somebody asks for it again. */
export function due(delivery: Delivery, nowMs: number): Delivery {
  const { claimedUntil: _claim, ...rest } = delivery;
  return {
    ...rest,
    state: 'pending',
    attempts: 0,
    nextAttemptAt: iso(nowMs),
    giveUpAt: iso(nowMs + GIVE_UP_AFTER_MS),
  };
}

export function claimed(delivery: Delivery, nowMs: number): Delivery {
  return { ...delivery, attempts: delivery.attempts + 1, claimedUntil: iso(nowMs + CLAIM_MS) };
}

export type Outcome =
  | { readonly kind: 'delivered'; readonly status: number }
  /** The receiver wants no more of it. */
  | { readonly kind: 'gone'; readonly status: number }
  | { readonly kind: 'failed'; readonly status?: number; readonly error: string }
  /** We are stopping: it was no attempt. */
  | { readonly kind: 'given-back' };

/** After an attempt: told, to be tried again, or given up. @param random in [0, 1) */
export function settled(delivery: Delivery, outcome: Outcome, nowMs: number, random: number): Delivery {
  const { claimedUntil: _claim, nextAttemptAt: _next, ...rest } = delivery;
  const at = iso(nowMs);
  switch (outcome.kind) {
    case 'delivered':
      return { ...rest, state: 'delivered', lastAttempt: { at, status: outcome.status } };
    case 'gone':
      return { ...rest, state: 'undelivered', lastAttempt: { at, status: outcome.status, error: 'gone' } };
    case 'given-back':
      return { ...rest, attempts: rest.attempts - 1, nextAttemptAt: at };
    case 'failed': {
      const { error, status } = outcome;
      const lastAttempt = { at, error, ...(status !== undefined && { status }) };
      const nextMs = nowMs + backOffMs(rest.attempts, random);
      if (nextMs > Date.parse(rest.giveUpAt ?? at)) return { ...rest, state: 'undelivered', lastAttempt };
      return { ...rest, lastAttempt, nextAttemptAt: iso(nextMs) };
    }
  }
}
