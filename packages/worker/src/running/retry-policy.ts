import type { ErrorCode, PipelineError } from '@whisper/shared/contracts/errors';

/** Outages: they are not the job's fault and burn none of its attempts. */
const OUTAGES: readonly ErrorCode[] = ['queue_unavailable', 'queue_full', 'storage_unavailable', 'stopping'];
/** A hub that is away, memory that is short: it takes a while to pass. */
const SLOW_TO_PASS: readonly ErrorCode[] = ['model_unavailable'];

const JITTER = 0.25;
const OUTAGE = { firstMs: 1_000, growth: 2, maxMs: 60_000 };
const FAILURE = { firstMs: 1_000, growth: 3, maxMs: 300_000 };
const SLOW_FAILURE = { firstMs: 5_000, growth: 3, maxMs: 300_000 };

export interface FailedAttempt {
  readonly error: PipelineError;
  /** Attempts that count against the limit, this one included. */
  readonly attempts: number;
  /** How often the job was handed out, outages included. */
  readonly deliveries: number;
}

export type Verdict =
  | { readonly kind: 'fail' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly burnsAttempt: boolean };

/**
 * What becomes of a job after a failed attempt. Delays grow with each try, with jitter, so that jobs which failed
 * together do not come back together.
 * @param random 0 to 1
 */
export function judgeFailure(failed: FailedAttempt, maxAttempts: number, random: number): Verdict {
  const { error, attempts, deliveries } = failed;
  const jitter = 1 + JITTER * (2 * random - 1);
  if (error.code === 'stopping') return { kind: 'retry', delayMs: 0, burnsAttempt: false };
  if (OUTAGES.includes(error.code)) {
    return { kind: 'retry', delayMs: jitter * delayOf(OUTAGE, deliveries), burnsAttempt: false };
  }
  if (!error.retryable || attempts >= maxAttempts) return { kind: 'fail' };
  const pace = SLOW_TO_PASS.includes(error.code) ? SLOW_FAILURE : FAILURE;
  return { kind: 'retry', delayMs: jitter * delayOf(pace, attempts), burnsAttempt: true };
}

function delayOf({ firstMs, growth, maxMs }: typeof OUTAGE, tries: number): number {
  return Math.min(maxMs, firstMs * growth ** (tries - 1));
}
