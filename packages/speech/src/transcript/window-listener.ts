import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { decodeWithFallback } from '../decoding/decode-with-fallback.ts';
import type { WindowRequest, WindowResult } from '../decoding/decode-windows.ts';
import { detectLanguage, type DetectedLanguage } from '../decoding/detect-language.ts';
import { heardWindow } from '../features/heard-window.ts';
import type { LogMelSpectrogram } from '../features/log-mel-spectrogram.ts';
import { quietestFrame } from '../features/quietest-frame.ts';
import type { EncodedWindow } from '../model/encoded-window.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import type { DecodedWindow } from './window-outcome.ts';

/** The part of a window, at its end, in which a pause is looked for. */
const PAUSE_SHARE = 1 / 6;

export interface ListenTask {
  readonly features: LogMelSpectrogram;
  readonly options: TranscriptionOptions;
  readonly signal: AbortSignal | undefined;
}

export interface Stretch {
  /** First mel frame. */
  readonly seek: number;
  /** Mel frame at which the clip ends; it may be more than a window away. */
  readonly endFrame: number;
  /** Tokens of what was said before. */
  readonly previous: readonly number[];
}

/** Encodes and decodes one window at a time, in the language that it is told or hears in the first. */
export class WindowListener {
  readonly #model: WhisperModel;
  readonly #task: ListenTask;
  #detected: DetectedLanguage | undefined;

  constructor(model: WhisperModel, task: ListenTask) {
    this.#model = model;
    this.#task = task;
  }

  /** Of a recording too short for one frame nothing is heard, and the first language of the model stands for it. */
  get language(): Pick<Transcript, 'language' | 'languageProbability'> {
    const { options } = this.#task;
    if (options.language !== null) return { language: options.language };
    const [first = 'en'] = this.#model.tokenizer.special.languages.keys();
    if (this.#detected === undefined) return { language: first };
    return { language: this.#detected.language, languageProbability: this.#detected.probability };
  }

  /** @throws PipelineError `engine_failed`, or the signal's reason. */
  async listen({ seek, endFrame, previous }: Stretch): Promise<DecodedWindow> {
    const contentFrames = this.#contentFrames(seek, endFrame);
    const mel = heardWindow(this.#task.features, this.#model.settings, { seek, contentFrames });
    const window = await this.#model.encoder.encode(mel);
    await yieldToEvents();
    this.#task.signal?.throwIfAborted();
    const language = await this.#languageOf(window);
    const result = await this.#decode({ window, seek, language, previous });
    return { window, seek, contentFrames, language, result };
  }

  /** Without timestamps nothing tells where to go on, so that a window that is not the last ends in a pause. */
  #contentFrames(seek: number, endFrame: number): number {
    const { melCount, windowFrames } = this.#model.settings;
    const { features, options } = this.#task;
    const frames = Math.min(windowFrames, endFrame - seek);
    if (!options.withoutTimestamps || seek + frames >= endFrame) return frames;
    const from = Math.floor(frames * (1 - PAUSE_SHARE));
    return quietestFrame(features.window(seek, frames), { melCount, from });
  }

  /** A text without timestamps that did not come to its end is decoded again with them, to know where to go on. */
  async #decode(request: WindowRequest): Promise<WindowResult> {
    const { options, signal } = this.#task;
    const result = await this.#decodeOne(request, options);
    if (result.hasEnded || !options.withoutTimestamps) return result;
    signal?.throwIfAborted();
    return this.#decodeOne(request, { ...options, withoutTimestamps: false });
  }

  async #decodeOne(request: WindowRequest, options: TranscriptionOptions): Promise<WindowResult> {
    const [result] = await decodeWithFallback(this.#model, [request], { options, signal: this.#task.signal });
    if (result === undefined) throw new TypeError('A window came to nothing');
    return result;
  }

  async #languageOf(window: EncodedWindow): Promise<string> {
    const { options } = this.#task;
    if (options.language !== null) return options.language;
    this.#detected ??= await detectLanguage(this.#model, window, options);
    return this.#detected.language;
  }
}
