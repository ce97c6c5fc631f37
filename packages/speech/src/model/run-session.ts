import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { reasonOf } from './read-json.ts';

/** The part of a session that running it takes. */
export type Session = Pick<InferenceSession, 'inputNames' | 'inputMetadata' | 'run' | 'release'>;

export interface SessionOptions {
  /** ONNX Runtime's names, in order of preference: `cuda`, `webgpu`, `cpu`. */
  readonly executionProviders: readonly string[];
  readonly threads: number;
}

/** @throws PipelineError `model_unavailable` that names the file when it is missing, corrupt or cannot run here. */
export async function openSession(path: string, options: SessionOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, {
      executionProviders: [...options.executionProviders],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      enableMemPattern: false, // shapes change at each step; what it saves in time is less than what it holds in memory
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new PipelineError('model_unavailable', `Cannot load ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** Runs a session once, for all its outputs or those named. @throws PipelineError `engine_failed` with the runtime's error as its cause. */
export async function runSession(
  session: Session,
  feeds: Readonly<Record<string, Tensor>>,
  outputs?: readonly string[],
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await (outputs === undefined ? session.run(feeds) : session.run(feeds, outputs));
  } catch (cause) {
    throw new PipelineError('engine_failed', `The model failed: ${reasonOf(cause)}`, { cause });
  }
}

/** The output called `name`. @throws PipelineError `engine_failed` when the model gave none. */
export function outputOf(outputs: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw new PipelineError('engine_failed', `The model gave no ${name}.`);
  return tensor;
}

/** @throws PipelineError `model_unavailable` that names the file when an input or output is missing. */
export function requireNames(path: string, present: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((name) => !present.includes(name));
  if (missing.length === 0) return;
  const message = `${path} is of another layout: it lacks ${missing.join(', ')}.`;
  throw new PipelineError('model_unavailable', message);
}

/** `float16` or `float32`, whichever the input takes. */
export function floatTypeOf(session: Session, input: string): 'float16' | 'float32' {
  const metadata = session.inputMetadata.find(({ name }) => name === input);
  return metadata?.isTensor && metadata.type === 'float16' ? 'float16' : 'float32';
}
