import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { NumberedAudio } from './numbered-audio.ts';

/** One request never answered within this long hangs, whatever is broken. */
export const HANG_MS = 30_000;
/** After a connection that broke, as a client that means well would. */
const BROKEN_PAUSE_MS = 250;
/** Clients here do not wait as long as they are told, so that the end of an outage is seen when it comes. */
const LONGEST_PAUSE_MS = 1_000;

const acceptedSchema = z.object({ jobId: z.string(), finishedAt: z.string().nullable() });

export type Attempt =
  | { readonly kind: 'accepted'; readonly jobId: string; readonly wasOver: boolean }
  /** 503 with when to come back. */
  | { readonly kind: 'refused'; readonly code: string; readonly retryAfterSeconds: number }
  /** Nobody listened: a balancer would have asked another one. */
  | { readonly kind: 'unreachable' }
  /** The connection broke: nobody knows whether it counts. */
  | { readonly kind: 'broken'; readonly why: string }
  /** Anything else: this must not be. */
  | { readonly kind: 'wrong'; readonly why: string }
  | { readonly kind: 'hung' };

export interface TimedAttempt {
  readonly attempt: Attempt;
  readonly tookMs: number;
}

/** `POST /jobs`, once. @param hook where the job's end is to be told, if anywhere */
export async function submitOnce(
  url: string,
  audio: NumberedAudio,
  hook: string | undefined,
): Promise<TimedAttempt> {
  const startedMs = performance.now();
  const attempt = await post(url, formOf(audio, hook)).catch((error: unknown): Attempt => {
    if (error instanceof Error && error.name === 'TimeoutError') return { kind: 'hung' };
    const why = whyOf(error);
    return why.includes('ECONNREFUSED') ? { kind: 'unreachable' } : { kind: 'broken', why };
  });
  return { attempt, tookMs: performance.now() - startedMs };
}

/** `fetch` hides the reason one level down. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : error.message;
}

function formOf({ bytes }: NumberedAudio, hook: string | undefined): FormData {
  const form = new FormData();
  form.set('file', new Blob([bytes]), 'audio');
  form.set('model', 'tiny');
  if (hook === undefined) return form;
  form.set('webhook_url', hook);
  form.set('webhook_text', 'true');
  return form;
}

async function post(url: string, form: FormData): Promise<Attempt> {
  const signal = AbortSignal.timeout(HANG_MS);
  const response = await fetch(`${url}/jobs`, { method: 'POST', body: form, signal });
  const body: unknown = await response.json();
  if (response.status === 202) {
    const { jobId, finishedAt } = acceptedSchema.parse(body);
    return { kind: 'accepted', jobId, wasOver: finishedAt !== null };
  }
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0);
  const why = JSON.stringify(body);
  if (response.status !== 503 || !(retryAfterSeconds > 0)) return { kind: 'wrong', why };
  return { kind: 'refused', code: /"code":"([a-z_]+)"/.exec(why)?.[1] ?? why, retryAfterSeconds };
}

/** How long to wait before the next try. */
export async function pauseAfter(attempt: Attempt): Promise<void> {
  if (attempt.kind === 'refused')
    await sleep(Math.min(LONGEST_PAUSE_MS, attempt.retryAfterSeconds * 1_000) * (0.5 + Math.random() / 2));
  else await sleep(BROKEN_PAUSE_MS * (1 + Math.random()));
}
