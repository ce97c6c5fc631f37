import { PipelineError } from '@whisper/shared/contracts/errors';

export type DeviceKind = 'cpu' | 'gpu';

/** Paths of the graphs of one model, relative to where their names came from. */
export interface OnnxFiles {
  readonly encoder: string;
  /** The graph for the first call and the one for later calls; one file where they are merged. */
  readonly decoder: { readonly first: string; readonly later: string };
  /** `fp32`, `quantized`, `fp16`...; `encoder/decoder` where the two differ. */
  readonly precision: string;
}

/**
 * `quantized` comes before `int8`: the exporter gives it unsigned weights where there are convolutions, and ONNX
 * Runtime's CPU kernels lack the signed ConvInteger.
 */
const PREFERENCES: Readonly<Record<DeviceKind, readonly string[]>> = {
  cpu: ['quantized', 'int8', 'uint8', 'fp32', 'fp16'],
  gpu: ['fp16', 'fp32', 'quantized', 'int8', 'uint8'],
};

/** The kind of device that ONNX Runtime's providers stand for. */
export function deviceKindOf(executionProviders: readonly string[]): DeviceKind {
  return executionProviders.some((name) => name !== 'cpu') ? 'gpu' : 'cpu';
}

/**
 * Chooses an encoder and a decoder for a device among `paths` (other files are passed over). A device's preference
 * comes first; what it does not list comes last, so that a lone file of any precision is taken.
 * @throws PipelineError `model_unavailable` that says which part is missing.
 */
export function chooseOnnxFiles(paths: readonly string[], device: DeviceKind): OnnxFiles {
  const encoder = choose(paths, 'encoder_model', device);
  const merged = choose(paths, 'decoder_model_merged', device);
  const first = merged ?? choose(paths, 'decoder_model', device);
  const later = merged ?? choose(paths, 'decoder_with_past_model', device);
  if (encoder === undefined) throw missing('encoder_model*.onnx');
  if (first === undefined || later === undefined) throw missing('decoder_model_merged*.onnx');
  const sameAll = encoder.precision === first.precision;
  return {
    encoder: encoder.path,
    decoder: { first: first.path, later: later.path },
    precision: sameAll ? encoder.precision : `${encoder.precision}/${first.precision}`,
  };
}

/** Whether `path` holds weights of `graph` that are stored beside it (`x.onnx_data`, `x.onnx.data`, `x.onnx_data_1`). */
export function isExternalDataOf(path: string, graph: string): boolean {
  return path.startsWith(graph) && /^[._]data(_\d+)?$/.test(path.slice(graph.length));
}

interface Candidate {
  readonly path: string;
  readonly precision: string;
}

function choose(paths: readonly string[], part: string, device: DeviceKind): Candidate | undefined {
  const pattern = new RegExp(`(?:^|/)${part}(?:_([a-z0-9]+))?\\.onnx$`);
  const candidates = paths.flatMap((path): Candidate[] => {
    const match = pattern.exec(path);
    return match === null || match[1] === 'merged' ? [] : [{ path, precision: match[1] ?? 'fp32' }];
  });
  const rank = ({ precision }: Candidate): number => {
    const index = PREFERENCES[device].indexOf(precision);
    return index === -1 ? PREFERENCES[device].length : index;
  };
  return candidates.sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))[0];
}

function missing(pattern: string): PipelineError {
  return new PipelineError('model_unavailable', `The model has no file onnx/${pattern}.`);
}
