import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ModelIdentity } from '@whisper/shared/contracts/stored-result';
import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import { converse } from './conversation.ts';
import type { EngineRequest } from './protocol.ts';
import { offerToOomKiller } from './offer-to-oom-killer.ts';

const STDERR_KEPT = 4 * 1024;
/** A process that a driver holds may outlive its SIGKILL: nobody waits longer for it. */
const END_MS = 10_000;

/**
 * What the process holds beside its model: glibc keeps what was freed unless it is told not to, and V8 room for young
 * objects of which an engine makes few. Together 50 MB of tiny's 290.
 */
export const ENGINE_ENV: NodeJS.ProcessEnv = { MALLOC_TRIM_THRESHOLD_: '131072' };
export const ENGINE_FLAGS: readonly string[] = ['--max-semi-space-size=1'];

export interface EngineLaunch {
  /** The program of the engine process. */
  readonly entry: URL;
  readonly env: NodeJS.ProcessEnv;
  /** No sign of life for this long, and it is killed. */
  readonly stallMs: number;
}

export interface EngineHooks {
  readonly onProgress: (processedSeconds: number, totalSeconds: number) => void;
  readonly onSegment: (segment: Segment) => void;
  /** Stops the work between two steps of the decoder; an engine that goes on all the same is ended. */
  readonly signal: AbortSignal;
}

/** One child process with one model loaded; its end gives all its memory back and costs one attempt. */
export interface EngineProcess extends AsyncDisposable {
  readonly pid: number | undefined;
  readonly isAlive: () => boolean;
  /** Loading cannot be stopped half-way: the signal ends the process. */
  readonly load: (
    request: Extract<EngineRequest, { kind: 'load' }>,
    signal?: AbortSignal,
  ) => Promise<ModelIdentity>;
  /** @throws PipelineError what the engine says, `engine_failed` when it dies or stalls; the signal's reason */
  readonly transcribe: (
    request: Extract<EngineRequest, { kind: 'transcribe' }>,
    hooks: EngineHooks,
  ) => Promise<Transcript>;
}

export function startEngineProcess({ entry, env, stallMs }: EngineLaunch): EngineProcess {
  const child = fork(fileURLToPath(entry), {
    env: { ...ENGINE_ENV, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [...process.execArgv, ...ENGINE_FLAGS],
  });
  offerToOomKiller(child.pid);
  const line = { child, stallMs, lastWords: keepTail(child) };
  const gone = once(child, 'exit').catch(() => undefined); // `error`: it never was there
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid,
    isAlive: () => !hasEnded() && !child.killed && child.pid !== undefined,
    load: (request, signal) =>
      converse({ ...line, signal }, request, (reply) =>
        reply.kind === 'ready' ? reply.identity : undefined,
      ),
    transcribe: (request, hooks) =>
      converse({ ...line, signal: hooks.signal }, request, (reply) => {
        if (reply.kind === 'progress') hooks.onProgress(reply.processedSeconds, reply.totalSeconds);
        if (reply.kind === 'segment') hooks.onSegment(reply.segment);
        return reply.kind === 'done' ? reply.transcript : undefined;
      }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      child.on('error', () => undefined);
      if (child.pid !== undefined && !hasEnded())
        await Promise.race([gone, sleep(END_MS, undefined, { ref: false })]);
    },
  };
}

function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-STDERR_KEPT);
  });
  return () => tail.trim();
}
