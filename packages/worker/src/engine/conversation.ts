import type { ChildProcess } from 'node:child_process';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { deferred } from '@whisper/shared/kit/deferred';
import { engineReplySchema, replyError, type EngineReply, type EngineRequest } from './protocol.ts';

/** An engine that was told to cancel has this long to stop by itself; its model then stays loaded. */
const CANCEL_GRACE_MS = 700;

export interface Line {
  readonly child: ChildProcess;
  /** Silence for this long ends the child. */
  readonly stallMs: number;
  /** The last of what the child wrote to stderr. */
  readonly lastWords: () => string;
  /** Asks the child to stop; when it has not within the grace, it is ended. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends one request and reads replies until `take` has the answer.
 * @throws PipelineError what the engine says, or `engine_failed` when it dies, stalls or talks nonsense; the
 *   signal's reason when the engine had to be ended
 */
export async function converse<T>(
  line: Line,
  request: EngineRequest,
  take: (reply: EngineReply) => T | undefined,
): Promise<T> {
  line.signal?.throwIfAborted();
  const answer = deferred<T>();
  // Whatever it still says belongs to this request: it must not be heard by the next one.
  const end = (why: unknown): void => {
    line.child.kill('SIGKILL');
    answer.reject(why);
  };
  const fail: Fail = (why, cause) => {
    const words = line.lastWords();
    end(new PipelineError('engine_failed', `the engine ${why}${words && `: ${words}`}`, { cause }));
  };
  const hear = (message: unknown): void => {
    const reply = engineReplySchema.safeParse(message);
    if (!reply.success) {
      fail('answered nonsense', reply.error);
    } else if (reply.data.kind === 'failed') {
      answer.reject(replyError(reply.data));
    } else {
      const taken = take(reply.data);
      if (taken !== undefined) answer.resolve(taken);
    }
  };
  using _listening = listen(line, hear, fail);
  using _cancelling = cancelWith(line, end, fail);
  send(line.child, request, fail);
  return await answer.promise;
}

type Fail = (why: string, cause?: unknown) => void;

function send(child: ChildProcess, request: EngineRequest, fail: Fail): void {
  child.send(request, (error) => {
    if (error) fail('could not be reached', error);
  });
}

/** Hears the child out, and notices its end, and its silence. */
function listen({ child, stallMs }: Line, hear: (message: unknown) => void, fail: Fail): Disposable {
  const stall = setTimeout(() => {
    fail(`gave no sign of life for ${stallMs / 1000} s`);
  }, stallMs);
  const onMessage = (message: unknown): void => {
    stall.refresh();
    hear(message);
  };
  const onExit = (code: number | null, signal: string | null): void => {
    fail(`ended with ${signal ?? `code ${code ?? 'unknown'}`}`);
  };
  const onError = (error: Error): void => {
    fail('could not be started', error);
  };
  child.on('message', onMessage).on('exit', onExit).on('error', onError);
  return {
    [Symbol.dispose]: () => {
      clearTimeout(stall);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
    },
  };
}

/** Passes an abort on to the child: first as a request, then as its end. */
function cancelWith({ child, signal }: Line, end: (why: unknown) => void, fail: Fail): Disposable {
  let grace: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    grace = setTimeout(end, CANCEL_GRACE_MS, signal?.reason);
    send(child, { kind: 'cancel' }, fail);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    [Symbol.dispose]: () => {
      clearTimeout(grace);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
