import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { modelNameSchema } from '@whisper/shared/contracts/identifiers';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { ModelIdentity } from '@whisper/shared/contracts/stored-result';
import type { DeviceKind } from '../model/choose-onnx-files.ts';
import { readModelSettings } from '../model/model-files.ts';
import { readModelIdentity } from './model-identity.ts';

/** A model that lies on this machine, whole as far as its file names tell. */
export interface LocalModel {
  readonly name: string;
  readonly directory: string;
  readonly identity: ModelIdentity;
}

/**
 * The models in `directories`, each a folder named after its model, sorted by name. What is no model is passed over;
 * of two with one name the first directory's counts; a directory that does not exist holds none.
 */
export async function listLocalModels(
  directories: readonly string[],
  device: DeviceKind = 'cpu',
): Promise<readonly LocalModel[]> {
  const models = new Map<string, LocalModel>();
  for (const directory of directories) {
    for (const name of await folderNames(directory)) {
      const model = models.has(name) ? undefined : await readLocalModel(join(directory, name), device);
      if (model !== undefined) models.set(name, model);
    }
  }
  return [...models.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The model called `name` in the first of `directories` that has one. */
export async function findLocalModel(
  name: string,
  directories: readonly string[],
  device: DeviceKind = 'cpu',
): Promise<LocalModel | undefined> {
  if (!modelNameSchema.safeParse(name).success) return undefined; // a name becomes a path
  for (const directory of directories) {
    const model = await readLocalModel(join(directory, name), device);
    if (model !== undefined) return model;
  }
  return undefined;
}

async function folderNames(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders.map(({ name }) => name).filter((name) => isModelFolder(name));
  } catch {
    return [];
  }
}

/** Not the downloader's own folders. */
function isModelFolder(name: string): boolean {
  return modelNameSchema.safeParse(name).success && !/\.(incomplete|lock)$/.test(name);
}

async function readLocalModel(directory: string, device: DeviceKind): Promise<LocalModel | undefined> {
  try {
    await readModelSettings(directory);
    const identity = await readModelIdentity(directory, { device });
    return { name: identity.name, directory, identity };
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}
