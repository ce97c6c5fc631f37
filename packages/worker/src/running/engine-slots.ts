import type { LocalModel } from '@whisper/speech/models/local-models';
import { startEngineProcess, type EngineLaunch, type EngineProcess } from '../engine/engine-process.ts';

export interface EngineSettings extends EngineLaunch {
  readonly executionProviders: readonly string[];
  readonly threads: number;
}

interface Loaded {
  readonly directory: string;
  readonly name: string;
  readonly engine: EngineProcess;
}

/** One engine process a slot. Another model takes a new process, so that the old one's memory is really given back. */
export interface EngineSlots extends AsyncDisposable {
  /** @throws PipelineError when the model cannot be loaded; the signal's reason */
  readonly engineFor: (slot: number, model: LocalModel, signal: AbortSignal) => Promise<EngineProcess>;
  readonly loadedModels: () => readonly string[];
}

export function createEngineSlots(settings: EngineSettings): EngineSlots {
  const loaded = new Map<number, Loaded>();
  const end = async (slot: number): Promise<void> => {
    await loaded.get(slot)?.engine[Symbol.asyncDispose]();
    loaded.delete(slot);
  };
  return {
    engineFor: async (slot, model, signal) => {
      const present = loaded.get(slot);
      if (present?.directory === model.directory && present.engine.isAlive()) return present.engine;
      await end(slot);
      const engine = startEngineProcess(settings);
      loaded.set(slot, { directory: model.directory, name: model.name, engine });
      await engine.load(loadRequest(model, settings), signal).catch(async (error: unknown) => {
        await end(slot);
        throw error;
      });
      return engine;
    },
    loadedModels: () => [...new Set([...loaded.values()].map(({ name }) => name))],
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...loaded.keys()].map(end));
    },
  };
}

function loadRequest(
  { directory }: LocalModel,
  { executionProviders, threads }: EngineSettings,
): Parameters<EngineProcess['load']>[0] {
  return { kind: 'load', directory, executionProviders: [...executionProviders], threads };
}
