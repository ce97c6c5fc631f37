import { PipelineError } from '@whisper/shared/contracts/errors';
import { chooseOnnxFiles, isExternalDataOf, type DeviceKind } from '../model/choose-onnx-files.ts';
import type { HubFile } from './hub.ts';

const REQUIRED = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json'];
const OPTIONAL = ['tokenizer_config.json'];

/**
 * The files of a repository that one device needs: settings, tokenizer, and the graphs of one precision with their
 * external weights. Small files come first, so that a repository of another kind fails early.
 * @throws PipelineError `model_unavailable` that says what the repository lacks.
 */
export function chooseHubFiles(files: readonly HubFile[], device: DeviceKind): readonly HubFile[] {
  const present = new Set(files.map(({ path }) => path));
  const missing = REQUIRED.filter((path) => !present.has(path));
  if (missing.length > 0) {
    throw new PipelineError('model_unavailable', `the repository lacks ${missing.join(', ')}`);
  }
  const onnxPaths = [...present].filter((path) => /^onnx\/[\w.-]+$/.test(path));
  const { encoder, decoder, manifests } = chooseOnnxFiles(onnxPaths, { device });
  const graphs = [encoder, decoder.first, decoder.later];
  const isWanted = ({ path }: HubFile): boolean =>
    [...REQUIRED, ...OPTIONAL, ...graphs, ...manifests].includes(path) ||
    (onnxPaths.includes(path) && graphs.some((graph) => isExternalDataOf(path, graph)));
  return files.filter(isWanted).sort((a, b) => a.sizeBytes - b.sizeBytes);
}
