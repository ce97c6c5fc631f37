import { stat } from 'node:fs/promises';
import type { Logger } from '@whisper/shared/kit/logger';
import type { DeviceKind } from '@whisper/speech/model/choose-onnx-files';
import { listLocalModels, type LocalModel } from '@whisper/speech/models/local-models';
import { obtainModel } from '@whisper/speech/models/obtain-model';

export interface ModelStoreSettings {
  readonly directories: readonly string[];
  readonly downloadDirectory: string;
  readonly hubEndpoint: string;
  /** Which files of a model count here. */
  readonly device: DeviceKind;
  readonly hubToken?: string | undefined;
}

/** Models on this machine's disk, and the hub behind it. Slots that want the same model fetch it once. */
export interface ModelStore {
  /** @throws PipelineError `model_unavailable` with the models that can be had */
  readonly obtain: (name: string) => Promise<LocalModel>;
  readonly local: () => Promise<readonly LocalModel[]>;
}

export function createModelStore(settings: ModelStoreSettings, log: Logger): ModelStore {
  const obtained = new Map<string, Promise<LocalModel>>();
  const fetchModel = async (name: string): Promise<LocalModel> => {
    const { hubToken, ...rest } = settings;
    const onProgress = createProgressLog(log, name);
    return obtainModel(name, { ...rest, ...(hubToken && { hubToken }), onProgress });
  };
  const local = createLocalList(settings);
  return {
    obtain: (name) => {
      const known = obtained.get(name) ?? fetchModel(name);
      obtained.set(name, known);
      known.catch(() => obtained.delete(name));
      return known;
    },
    local,
  };
}

/** Naming a model means hashing its files, so the list is made anew only when a folder of models has changed. */
function createLocalList(settings: ModelStoreSettings): () => Promise<readonly LocalModel[]> {
  let known: { readonly state: string; readonly models: Promise<readonly LocalModel[]> } | undefined;
  return async () => {
    const times = await Promise.all(settings.directories.map(changedAt));
    const state = times.join();
    if (known?.state !== state)
      known = { state, models: listLocalModels(settings.directories, settings.device) };
    return known.models;
  };
}

async function changedAt(directory: string): Promise<number> {
  try {
    return (await stat(directory)).mtimeMs;
  } catch {
    return 0; // not there yet
  }
}

const LOG_EVERY_MS = 5_000;

function createProgressLog(
  log: Logger,
  model: string,
): (progress: { receivedBytes: number; totalBytes: number }) => void {
  let lastMs = 0;
  return ({ receivedBytes, totalBytes }) => {
    if (performance.now() - lastMs < LOG_EVERY_MS) return;
    lastMs = performance.now();
    log.info({ model, receivedBytes, totalBytes }, 'downloading model');
  };
}
