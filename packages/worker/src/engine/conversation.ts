import type { ChildProcess } from 'node:child_process';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { engineReplySchema, replyError, type EngineReply, type EngineRequest } from './protocol.ts';

export interface Line {
  readonly child: ChildProcess;
  /** Silence for this long ends the child. */
  readonly stallMs: number;
  /** The last of what the child wrote to stderr. */
  readonly lastWords: () => string;
}

/**
 * Sends one request and reads replies until `take` has the answer.
 * @throws PipelineError what the engine says, or `engine_failed` when it dies, stalls or talks nonsense
 */
export async function converse<T>(
  { child, stallMs, lastWords }: Line,
  request: EngineRequest,
  take: (reply: EngineReply) => T | undefined,
): Promise<T> {
  const listening = new AbortController();
  let stall: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      // Whatever it still says belongs to this request: it must not be heard by the next one.
      const fail = (why: string, cause?: unknown): void => {
        child.kill('SIGKILL');
        const words = lastWords();
        reject(new PipelineError('engine_failed', `the engine ${why}${words && `: ${words}`}`, { cause }));
      };
      stall = setTimeout(() => {
        fail(`gave no sign of life for ${stallMs / 1000} s`);
      }, stallMs);
      const onMessage = (message: unknown): void => {
        stall?.refresh();
        const reply = engineReplySchema.safeParse(message);
        if (!reply.success) fail('answered nonsense', reply.error);
        else if (reply.data.kind === 'failed') reject(replyError(reply.data));
        else settleWith(take(reply.data), resolve);
      };
      const onExit = (code: number | null, signal: string | null): void => {
        fail(`ended with ${signal ?? `code ${code ?? 'unknown'}`}`);
      };
      const onError = (error: Error): void => {
        fail('could not be started', error);
      };
      child.on('message', onMessage).on('exit', onExit).on('error', onError);
      listening.signal.addEventListener('abort', () => {
        child.off('message', onMessage).off('exit', onExit).off('error', onError);
      });
      child.send(request, (error) => {
        if (error) fail('could not be reached', error);
      });
    });
  } finally {
    clearTimeout(stall);
    listening.abort();
  }
}

function settleWith<T>(answer: T | undefined, resolve: (value: T) => void): void {
  if (answer !== undefined) resolve(answer);
}
