import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { reasonOf } from '../model/read-json.ts';
import { CATALOGUE_FILE, readCatalogue } from './catalogue.ts';
import { downloadModel, type DownloadOptions } from './download-model.ts';
import { findLocalModel, listLocalModels, type LocalModel } from './local-models.ts';
import { withLock } from './with-lock.ts';

export interface ObtainOptions extends DownloadOptions {
  /** Where models may already lie; the download directory is looked through as well. */
  readonly directories: readonly string[];
  /** Default: `models/catalogue.json` of the repository. */
  readonly catalogueFile?: string | undefined;
}

/**
 * The model called `name`: a local one where there is one, else downloaded from the hub. Processes that want the same
 * model at once wait for the first to download it.
 * @throws PipelineError `unknown_model` for a name that no catalogue lists, `model_unavailable` for one that cannot be
 *   had now; each says why and which models are here; the signal's reason.
 */
export async function obtainModel(name: string, options: ObtainOptions): Promise<LocalModel> {
  const { device = 'cpu', signal } = options;
  const directories = [...options.directories, options.downloadDirectory];
  const local = await findLocalModel(name, directories, device);
  if (local !== undefined) return local;
  try {
    return await download(name, options);
  } catch (error) {
    signal?.throwIfAborted();
    throw await unavailable(name, directories, error);
  }
}

async function download(name: string, options: ObtainOptions): Promise<LocalModel> {
  const { downloadDirectory, device = 'cpu', signal } = options;
  const entry = (await readCatalogue(options.catalogueFile ?? CATALOGUE_FILE)).get(name);
  if (entry === undefined) throw new PipelineError('unknown_model', 'the catalogue does not list it');
  await mkdir(downloadDirectory, { recursive: true });
  const fetchOnce = async (): Promise<LocalModel | undefined> => {
    const already = await findLocalModel(name, [downloadDirectory], device);
    if (already !== undefined) return already;
    const hubEndpoint = options.hubEndpoint.replace(/\/+$/, '');
    await downloadModel(name, entry, { ...options, hubEndpoint });
    return findLocalModel(name, [downloadDirectory], device);
  };
  const model = await withLock(join(downloadDirectory, `${name}.lock`), fetchOnce, signal);
  if (model === undefined) throw new PipelineError('model_unavailable', 'what the hub sent is no model');
  return model;
}

async function unavailable(
  name: string,
  directories: readonly string[],
  cause: unknown,
): Promise<PipelineError> {
  const here = (await listLocalModels(directories)).map((model) => model.name);
  const offer = here.length === 0 ? 'No model is here.' : `Models that are here: ${here.join(', ')}.`;
  const message = `The model "${name}" cannot be had: ${rootReason(cause)}. ${offer}`;
  const code = cause instanceof PipelineError ? cause.code : 'model_unavailable';
  return new PipelineError(code, message, { cause, field: 'model' });
}

/** `fetch failed` says nothing; its cause does. */
function rootReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const detail = cause instanceof Error ? ` (${cause.message || String((cause as { code?: unknown }).code)})` : '';
  return `${reasonOf(error).replace(/\.$/, '')}${error instanceof PipelineError ? '' : detail}`;
}
