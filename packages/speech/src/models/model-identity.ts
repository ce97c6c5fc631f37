import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { ModelIdentity } from '@whisper/shared/contracts/stored-result';
import type { Choice } from '../model/choose-onnx-files.ts';
import { findOnnxFiles } from '../model/find-onnx-files.ts';
import { readJson, reasonOf } from '../model/read-json.ts';
import { hashFile } from './hash-file.ts';
import { REVISION_FILE, revisionFileSchema } from './revision-file.ts';

const SETTINGS_FILES = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json'];

/**
 * Names the weights in a model's directory without loading them: the name is the directory's, the revision is what the
 * downloader recorded, or else the first 12 hex digits of a sha256 over those of the files in use.
 * @throws PipelineError `model_unavailable` when a part of the model is missing.
 */
export async function readModelIdentity(
  directory: string,
  choice: Choice = { device: 'cpu' },
): Promise<ModelIdentity> {
  const { files, precision } = await findOnnxFiles(directory, choice);
  const recorded = await readRevision(directory);
  const settings = SETTINGS_FILES.map((file) => join(directory, file));
  const revision = recorded ?? (await digestOf([...settings, ...files]));
  return { name: basename(directory), revision, precision };
}

async function readRevision(directory: string): Promise<string | undefined> {
  const path = join(directory, REVISION_FILE);
  try {
    await access(path);
  } catch {
    return undefined; // a model that was put here by hand or came with the repository
  }
  return (await readJson(path, revisionFileSchema)).revision;
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hashes: string[] = [];
  for (const path of [...paths].sort()) hashes.push(await hashOf(path));
  return createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 12);
}

async function hashOf(path: string): Promise<string> {
  try {
    return await hashFile(path, 'sha256');
  } catch (cause) {
    throw new PipelineError('model_unavailable', `Cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}
