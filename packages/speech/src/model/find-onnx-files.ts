import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { chooseOnnxFiles, isExternalDataOf, type Choice, type OnnxFiles } from './choose-onnx-files.ts';
import { reasonOf } from './read-json.ts';

/** The graphs in use, by absolute or given path, and every file that they read. */
export interface FoundOnnxFiles extends OnnxFiles {
  readonly files: readonly string[];
}

/**
 * Finds the graphs in `<directory>/onnx` that suit a device, or have the precision that is asked for.
 * @throws PipelineError `model_unavailable` that names the directory and the part that is missing.
 */
export async function findOnnxFiles(directory: string, choice: Choice): Promise<FoundOnnxFiles> {
  const folder = join(directory, 'onnx');
  try {
    const names = await readdir(folder);
    const chosen = chooseOnnxFiles(names, choice);
    const graphs = [...new Set([chosen.encoder, chosen.decoder.first, chosen.decoder.later])];
    const files = names.filter((name) =>
      graphs.some((graph) => name === graph || isExternalDataOf(name, graph)),
    );
    const inFolder = (name: string): string => join(folder, name);
    return {
      layout: chosen.layout,
      encoder: inFolder(chosen.encoder),
      decoder: { first: inFolder(chosen.decoder.first), later: inFolder(chosen.decoder.later) },
      manifests: chosen.manifests.map(inFolder),
      precision: chosen.precision,
      files: files.map(inFolder),
    };
  } catch (cause) {
    throw new PipelineError('model_unavailable', `No model in ${directory}: ${reasonOf(cause)}`, { cause });
  }
}
