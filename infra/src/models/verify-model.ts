import { access, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { checkFile, recordedFiles } from '@whisper/speech/models/check-recorded';
import { hashFile } from '@whisper/speech/models/hash-file';
import { REVISION_FILE } from '@whisper/speech/models/revision-file';
import type { LocalModel } from '@whisper/speech/models/local-models';
import type { ModelsContext } from './models-settings.ts';

/**
 * `models -- verify NAME`: compares every file of which something is recorded.
 * @returns whether all are what they were.
 */
export async function verifyModel({ say }: ModelsContext, model: LocalModel): Promise<boolean> {
  const manifests = await manifestsOf(model.directory);
  const recorded = await recordedFiles(model.directory, manifests);
  if (recorded.size === 0) {
    say(`${model.name}: nothing is recorded of its files; \`verify --record\` notes what they are now`);
    return true;
  }
  let damaged = 0;
  for (const [path, print] of recorded) {
    try {
      await checkFile(join(model.directory, path), print);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      damaged += 1;
      say(`${model.name}: ${error.message}`);
    }
  }
  if (damaged === 0) say(`${model.name}: ${recorded.size} files are what they were`);
  return damaged === 0;
}

/** `models -- verify NAME --record`: notes in `revision.json` what a model that was put here by hand consists of. */
export async function recordModel({ say }: ModelsContext, model: LocalModel): Promise<void> {
  if (await exists(join(model.directory, REVISION_FILE))) {
    say(`${model.name}: ${REVISION_FILE} is there already`);
    return;
  }
  const files: Record<string, { sha256: string; sizeBytes: number }> = {};
  for (const path of await pathsIn(model.directory)) {
    const absolute = join(model.directory, path);
    files[path] = { sha256: await hashFile(absolute, 'sha256'), sizeBytes: (await stat(absolute)).size };
  }
  const content = { revision: model.identity.revision, files };
  await writeFile(join(model.directory, REVISION_FILE), `${JSON.stringify(content, null, 2)}\n`);
  say(`${model.name}: ${Object.keys(files).length} files are recorded in ${REVISION_FILE}`);
}

/** The settings, the tokenizer and what is in `onnx`. */
async function pathsIn(directory: string): Promise<readonly string[]> {
  const settings = (await readdir(directory)).filter((name) => name.endsWith('.json'));
  const graphs = (await readdir(join(directory, 'onnx'))).map((name) => `onnx/${name}`);
  return [...settings, ...graphs].sort();
}

async function manifestsOf(directory: string): Promise<readonly string[]> {
  const names = await readdir(join(directory, 'onnx'));
  return names.filter((name) => /^packed_\w+\.json$/.test(name)).map((name) => join(directory, 'onnx', name));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
