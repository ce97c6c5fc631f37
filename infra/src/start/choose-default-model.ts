import { join } from 'node:path';
import { findLocalModel } from '@whisper/speech/models/local-models';
import { obtainModel } from '@whisper/speech/models/obtain-model';
import { repositoryRoot } from '../config.ts';
import type { StartContext } from './start-context.ts';

const PREFERRED_MODEL = 'base';
/** Comes with the repository: understands little, but shows that everything works. */
const BUNDLED_MODEL = 'pico';
const HUB_TIMEOUT_MS = 5000;
const REPORT_INTERVAL_MS = 5000;

export interface ModelChoice {
  readonly name: string;
  readonly reason: string;
  readonly modelsDirectory: string;
}

/** The model for requests that name none. It is here when this resolves, so the first request does not wait for it. */
export async function chooseDefaultModel(context: StartContext): Promise<ModelChoice> {
  const { settings, say, shutdown } = context;
  const modelsDirectory = settings.MODELS_DIR ?? join(settings.DATA_DIR, 'models');
  const asked = settings.DEFAULT_MODEL;
  if (asked !== undefined) {
    await obtain(asked, modelsDirectory, context);
    return { name: asked, reason: 'set by DEFAULT_MODEL', modelsDirectory };
  }
  try {
    await obtain(PREFERRED_MODEL, modelsDirectory, context);
    return { name: PREFERRED_MODEL, reason: 'the usual one', modelsDirectory };
  } catch (error) {
    shutdown.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    say(`The default model is the small bundled "${BUNDLED_MODEL}". ${reason}`);
    return { name: BUNDLED_MODEL, reason: `bundled; "${PREFERRED_MODEL}" cannot be had`, modelsDirectory };
  }
}

async function obtain(name: string, downloadDirectory: string, context: StartContext): Promise<void> {
  const { settings, say, shutdown } = context;
  const directories = [join(repositoryRoot, 'models'), downloadDirectory];
  if (await findLocalModel(name, directories)) return;
  const { HF_ENDPOINT: hubEndpoint, HF_TOKEN: hubToken } = settings;
  say(`Downloading the model "${name}" from ${hubEndpoint}`);
  await obtainModel(name, {
    directories,
    downloadDirectory,
    hubEndpoint,
    hubToken,
    hubTimeoutMs: HUB_TIMEOUT_MS,
    onProgress: reportDownload(name, say),
    signal: shutdown.signal,
  });
}

function reportDownload(
  name: string,
  say: (line: string) => void,
): (progress: { readonly receivedBytes: number; readonly totalBytes: number }) => void {
  let lastMs = performance.now();
  return ({ receivedBytes, totalBytes }) => {
    if (performance.now() - lastMs < REPORT_INTERVAL_MS) return;
    lastMs = performance.now();
    say(`  model "${name}": ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`);
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
