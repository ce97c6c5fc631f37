import { PipelineError } from '@whisper/shared/contracts/errors';

export type DeviceKind = 'cpu' | 'gpu';

/** Paths of the graphs of one model, relative to where their names came from. */
export interface OnnxFiles {
  /** `hub`: the community's exports as Optimum makes them; `packed`: our own, by `models/export`. */
  readonly layout: 'hub' | 'packed';
  readonly encoder: string;
  /** The graph for the first call and the one for later calls; one file where they are merged. */
  readonly decoder: { readonly first: string; readonly later: string };
  /** Notes of what the graphs must be; only our own export has them. */
  readonly manifests: readonly string[];
  /** `fp32`, `quantized`, `fp16`, `packed-int8`...; `encoder/decoder` where the two differ. */
  readonly precision: string;
}

/**
 * `quantized` comes before `int8`: the exporter gives it unsigned weights where there are convolutions, and ONNX
 * Runtime's CPU kernels lack the signed ConvInteger. The packed layout is the fastest on a CPU; on a GPU its keys and
 * values would cross the bus each step.
 */
const PREFERENCES: Readonly<Record<DeviceKind, readonly string[]>> = {
  cpu: ['packed-int8', 'quantized', 'int8', 'uint8', 'packed-fp32', 'fp32', 'fp16'],
  gpu: ['fp16', 'fp32', 'quantized', 'int8', 'uint8'],
};

/** The kind of device that ONNX Runtime's providers stand for. */
export function deviceKindOf(executionProviders: readonly string[]): DeviceKind {
  return executionProviders.some((name) => name !== 'cpu') ? 'gpu' : 'cpu';
}

export interface Choice {
  readonly device: DeviceKind;
  /** Takes only files of this precision (`fp32`, `packed-fp32`...), whatever the device prefers. */
  readonly precision?: string | undefined;
}

/**
 * Chooses an encoder and a decoder for a device among `paths` (other files are passed over). A device's preference
 * comes first; what it does not list comes last, so that a lone file of any precision is taken.
 * @throws PipelineError `model_unavailable` that says which part is missing.
 */
export function chooseOnnxFiles(paths: readonly string[], choice: Choice): OnnxFiles {
  const [packed] = packedFiles(paths, choice).sort((a, b) => rankOf(a, choice) - rankOf(b, choice));
  const hub = hubFiles(paths, choice);
  if (packed === undefined) return hub.files ?? refuse(hub.missing, choice);
  return hub.files !== undefined && rankOf(hub.files, choice) < rankOf(packed, choice) ? hub.files : packed;
}

/** Whether `path` holds weights of `graph` that are stored beside it (`x.onnx_data`, `x.onnx.data`, `x.onnx_data_1`). */
export function isExternalDataOf(path: string, graph: string): boolean {
  return path.startsWith(graph) && /^[._]data(_\d+)?$/.test(path.slice(graph.length));
}

interface Candidate {
  readonly path: string;
  readonly precision: string;
}

/** Encoders of our own export whose decoder is there too. */
function packedFiles(paths: readonly string[], { precision }: Choice): OnnxFiles[] {
  return candidatesFor(paths, 'encoder_packed').flatMap((encoder): OnnxFiles[] => {
    const name = `packed-${encoder.precision}`;
    const decoder = encoder.path.replace(/encoder_packed(?=[^/]*$)/, 'decoder_packed');
    if (!paths.includes(decoder) || (precision ?? name) !== name) return [];
    const manifests = [encoder.path.replace(/encoder_(?=[^/]*$)/, '').replace(/onnx$/, 'json')];
    const both = { first: decoder, later: decoder };
    return [{ layout: 'packed', encoder: encoder.path, decoder: both, manifests, precision: name }];
  });
}

interface HubFiles {
  readonly files?: OnnxFiles;
  readonly missing: string;
}

function hubFiles(paths: readonly string[], choice: Choice): HubFiles {
  const best = (part: string): Candidate | undefined => choose(paths, part, choice);
  const encoder = best('encoder_model');
  const merged = best('decoder_model_merged');
  const first = merged ?? best('decoder_model');
  const later = merged ?? best('decoder_with_past_model');
  if (encoder === undefined) return { missing: 'encoder_model*.onnx' };
  if (first === undefined || later === undefined) return { missing: 'decoder_model_merged*.onnx' };
  const isOne = encoder.precision === first.precision;
  const precision = isOne ? encoder.precision : `${encoder.precision}/${first.precision}`;
  const decoder = { first: first.path, later: later.path };
  const files = { layout: 'hub', encoder: encoder.path, decoder, manifests: [], precision } as const;
  return { files, missing: '' };
}

function choose(paths: readonly string[], part: string, choice: Choice): Candidate | undefined {
  const wanted = candidatesFor(paths, part).filter(
    ({ precision }) => (choice.precision ?? precision) === precision,
  );
  return wanted.sort((a, b) => rankOf(a, choice) - rankOf(b, choice) || (a.path < b.path ? -1 : 1))[0];
}

function candidatesFor(paths: readonly string[], part: string): Candidate[] {
  const pattern = new RegExp(`(?:^|/)${part}(?:_([a-z0-9]+))?\\.onnx$`);
  return paths.flatMap((path): Candidate[] => {
    const match = pattern.exec(path);
    return match === null || match[1] === 'merged' ? [] : [{ path, precision: match[1] ?? 'fp32' }];
  });
}

/** A pair of two precisions counts as its encoder. */
function rankOf({ precision }: { readonly precision: string }, { device }: Choice): number {
  const index = PREFERENCES[device].indexOf(precision.replace(/\/.*/, ''));
  return index === -1 ? PREFERENCES[device].length : index;
}

function refuse(missing: string, { precision }: Choice): never {
  const which = precision === undefined ? '' : ` of precision ${precision}`;
  throw new PipelineError('model_unavailable', `The model has no file onnx/${missing}${which}.`);
}
