import type { Bus } from '@whisper/shared/bus/connect';

/** Half of the time in which a server that does not store must say that it is not ready. */
const STALLED_MS = 5_000;

/**
 * Why nothing can be queued now. NATS may be there and store nothing: its disk is full, or its nodes elect a leader; what
 * was asked before is tried for longer than this, so that its answer is the sign that all is well again.
 */
export function queueTrouble({ connected, unanswered }: Bus): string | undefined {
  if (!connected) return 'the queue cannot be reached';
  return unanswered.oldestMs() > STALLED_MS ? 'the queue stores nothing' : undefined;
}
