import type { Socket } from 'node:net';
import { PipelineError } from '@whisper/shared/contracts/errors';

export interface WaitLimits {
  /** No limit in time without it. */
  readonly waitMs?: number;
  readonly giveUp: AbortSignal;
}

/** Ends a request's waiting: its time is up, the server stops, or nobody listens any more. The job goes on. */
export function waitLimit(
  socket: Socket,
  { giveUp, waitMs }: WaitLimits,
): Disposable & { signal: AbortSignal } {
  const limit = new AbortController();
  const end = (error: PipelineError) => (): void => {
    limit.abort(error);
  };
  const onStop = end(new PipelineError('stopping', 'the server is stopping; the job goes on: ask again'));
  const onClose = end(new PipelineError('upload_aborted', 'the client has gone'));
  const onTime = end(new PipelineError('wait_timeout', 'the job goes on: ask again later'));
  const timer = waitMs === undefined ? undefined : setTimeout(onTime, waitMs);
  giveUp.addEventListener('abort', onStop, { once: true });
  socket.once('close', onClose);
  if (giveUp.aborted) onStop();
  if (socket.destroyed) onClose();
  return {
    signal: limit.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      giveUp.removeEventListener('abort', onStop);
      socket.off('close', onClose);
    },
  };
}
