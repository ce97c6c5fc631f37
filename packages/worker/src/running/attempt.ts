import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { erasedError } from '@whisper/shared/contracts/errors';
import { unlessAborted } from '@whisper/shared/kit/unless-aborted';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import type { CachedResult } from '@whisper/shared/storage/result-cache';
import type { LocalModel } from '@whisper/speech/models/local-models';
import type { EngineHooks } from '../engine/engine-process.ts';
import { fetchBlob } from './fetch-blob.ts';
import type { WorkerDeps } from './worker-deps.ts';

/**
 * One try at a job: model, audio, engine, result. A result that is there already, of the same revision of
 * the model, is taken as it is: somebody else was faster.
 * @throws PipelineError whose `retryable` says whether another try may help; the signal's reason
 */
export async function attempt(
  deps: WorkerDeps,
  work: Work,
  slot: number,
  hooks: EngineHooks,
): Promise<CachedResult> {
  const { job } = work;
  // A download goes on: others may wait for it, and it will be wanted again.
  const model = await unlessAborted(deps.models.obtain(job.model), hooks.signal);
  deps.handBack.throwIfAborted();
  const present = await deps.results.get(job.resultKey);
  if (present?.model.revision === model.identity.revision) return present;
  const audioPath = join(deps.spoolDirectory, `${job.jobId}-${slot}`);
  await fetchBlob(deps.blobs, job, audioPath, hooks.signal);
  try {
    const result = await transcribe(deps, { work, slot, model, audioPath }, hooks);
    if (await deps.records.isErased(job.jobId)) throw erasedError();
    await deps.results.put(job.resultKey, { ...result, madeBy: job.jobId });
    return result;
  } finally {
    await rm(audioPath, { force: true });
  }
}

interface Run {
  readonly work: Work;
  readonly slot: number;
  readonly model: LocalModel;
  readonly audioPath: string;
}

async function transcribe(deps: WorkerDeps, run: Run, hooks: EngineHooks): Promise<CachedResult> {
  deps.handBack.throwIfAborted();
  const engine = await deps.engines.engineFor(run.slot, run.model, hooks.signal);
  const request = {
    kind: 'transcribe' as const,
    audioPath: run.audioPath,
    options: run.work.job.options,
    ...deps.decoding,
  };
  return { transcript: await engine.transcribe(request, hooks), model: run.model.identity };
}
