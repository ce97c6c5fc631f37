import { access, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { packedManifestSchema } from '../model/packed-manifest.ts';
import { readJson, reasonOf } from '../model/read-json.ts';
import { hashFile } from './hash-file.ts';
import { REVISION_FILE, revisionFileSchema } from './revision-file.ts';

interface Fingerprint {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * What is known of the files of a model, by path within its directory: what the downloader or `models -- verify --record`
 * noted in `revision.json`, and what our exporter noted beside its graphs.
 * @throws PipelineError `model_unavailable` for a note that cannot be read.
 */
export async function recordedFiles(
  directory: string,
  manifests: readonly string[],
): Promise<ReadonlyMap<string, Fingerprint>> {
  const recorded = new Map<string, Fingerprint>();
  for (const path of manifests) {
    const { files } = await readJson(path, packedManifestSchema);
    for (const [name, print] of Object.entries(files)) recorded.set(`onnx/${name}`, print);
  }
  const revision = join(directory, REVISION_FILE);
  if (!(await exists(revision))) return recorded;
  const { files } = await readJson(revision, revisionFileSchema);
  return new Map([...recorded, ...Object.entries(files)]);
}

/**
 * Compares files of a model, given by path, with what is recorded of them; of what is not recorded nothing can be said.
 * @returns how many were compared.
 * @throws PipelineError `model_unavailable` that names the file that is missing, cut or changed.
 */
export async function checkRecorded(
  directory: string,
  files: readonly string[],
  manifests: readonly string[] = [],
): Promise<number> {
  const recorded = await recordedFiles(directory, manifests);
  let compared = 0;
  for (const path of files) {
    const print = recorded.get(relative(directory, path).replaceAll('\\', '/'));
    if (print === undefined) continue;
    await checkFile(path, print);
    compared += 1;
  }
  return compared;
}

/** @throws PipelineError `model_unavailable` that names the file. */
export async function checkFile(path: string, { sha256, sizeBytes }: Fingerprint): Promise<void> {
  const size = await sizeOrThrow(path);
  if (size !== sizeBytes) throw changed(path, `it has ${size} bytes, not ${sizeBytes}`);
  const actual = await hashFile(path, 'sha256');
  if (actual !== sha256) throw changed(path, 'its sha256 is not what was recorded');
}

async function sizeOrThrow(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new PipelineError('model_unavailable', `Cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function changed(path: string, how: string): PipelineError {
  return new PipelineError('model_unavailable', `${path} is damaged: ${how}.`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
