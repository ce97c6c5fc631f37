import { stat } from 'node:fs/promises';
import { listLocalModels, type LocalModel } from '@whisper/speech/models/local-models';
import { readCatalogue } from '@whisper/speech/models/catalogue';
import { findOnnxFiles } from '@whisper/speech/model/find-onnx-files';
import type { ModelsContext } from './models-settings.ts';

/** `models -- list`: what is here, and what can be pulled. */
export async function listModels({ settings, say }: ModelsContext): Promise<void> {
  const here = await listLocalModels([settings.modelsDirectory, settings.bundledDirectory]);
  for (const model of here) say(await describe(model));
  if (here.length === 0) say('No model is here.');
  const names = here.map(({ name }) => name);
  const offered = [...(await readCatalogue(settings.catalogueFile)).keys()].filter(
    (name) => !names.includes(name),
  );
  say(`Can be pulled: ${offered.join(', ')}`);
}

async function describe({ name, directory, identity }: LocalModel): Promise<string> {
  const { files } = await findOnnxFiles(directory, { device: 'cpu' });
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  const columns = [name.padEnd(18), identity.precision.padEnd(12), `${megabytes.toFixed(0)} MB`.padStart(8)];
  return `${columns.join(' ')}  ${identity.revision.slice(0, 12).padEnd(12)}  ${directory}`;
}
