import { stat } from 'node:fs/promises';
import { deviceKindOf } from '@whisper/speech/model/choose-onnx-files';
import { findOnnxFiles } from '@whisper/speech/model/find-onnx-files';
import type { LocalModel } from '@whisper/speech/models/local-models';
import type { EngineProcess } from '../engine/engine-process.ts';
import { EnginePool, type PooledEngine, type PoolSettings } from './engine-pool.ts';

export interface EngineSettings extends PoolSettings {
  readonly executionProviders: readonly string[];
  readonly threads: number;
}

/**
 * An engine process for each slot that works, and those with other models that still fit into memory. A model is unloaded
 * by ending its process, so that its memory is really given back.
 */
export interface EngineSlots extends AsyncDisposable {
  /**
   * The engine is the slot's until it has transcribed once, or the slot asks again.
   * @throws PipelineError when the model cannot be loaded; the signal's reason
   */
  readonly engineFor: (slot: number, model: LocalModel, signal: AbortSignal) => Promise<EngineProcess>;
  readonly loadedModels: () => readonly string[];
}

export function createEngineSlots(settings: EngineSettings): EngineSlots {
  const pool = new EnginePool(settings);
  const load = async (slot: number, model: LocalModel, signal: AbortSignal): Promise<PooledEngine> => {
    await pool.makeRoom(await likelyBytes(model, settings));
    const started = pool.start(slot, model);
    try {
      await started.engine.load(loadRequest(model, settings), signal);
    } catch (error) {
      await pool.end(started);
      throw error;
    }
    await pool.makeRoom(0); // now that it can be measured
    return started;
  };
  return {
    engineFor: async (slot, model, signal) => {
      const left = pool.engines.filter((one) => one.slot === slot);
      for (const one of left) pool.release(one);
      const engine = (await pool.takeIdle(slot, model)) ?? (await load(slot, model, signal));
      return lend(pool, engine);
    },
    loadedModels: () => [...new Set(pool.engines.map(({ name }) => name))],
    [Symbol.asyncDispose]: async () => {
      await Promise.all(pool.engines.map((engine) => pool.end(engine)));
    },
  };
}

/** The engine, which goes back into the pool after its work. */
function lend(pool: EnginePool, pooled: PooledEngine): EngineProcess {
  const { engine } = pooled;
  return {
    ...engine,
    transcribe: async (...given) => {
      try {
        return await engine.transcribe(...given);
      } finally {
        pool.release(pooled);
        if (!engine.isAlive()) await pool.end(pooled);
      }
    },
  };
}

/** Before it is loaded: about twice its files, and what a process takes by itself. */
async function likelyBytes({ directory }: LocalModel, settings: EngineSettings): Promise<number> {
  const { files } = await findOnnxFiles(directory, { device: deviceKindOf(settings.executionProviders) });
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return 100e6 + 2 * sizes.reduce((sum, size) => sum + size, 0);
}

function loadRequest(
  { directory }: LocalModel,
  { executionProviders, threads }: EngineSettings,
): Parameters<EngineProcess['load']>[0] {
  return { kind: 'load', directory, executionProviders: [...executionProviders], threads };
}
