import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { decodeWithFallback } from '../decoding/decode-with-fallback.ts';
import type { WindowRequest, WindowResult } from '../decoding/decode-windows.ts';
import { detectLanguage, type DetectedLanguage } from '../decoding/detect-language.ts';
import { heardWindow } from '../features/heard-window.ts';
import type { EncodedWindow } from '../model/encoded-window.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import type { HeardFeatures } from '../vad/speech-features.ts';
import { framesUntilPause } from './cut-windows.ts';
import type { DecodedWindow } from './window-outcome.ts';

export interface ListenTask {
  readonly features: HeardFeatures;
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

interface EncodedStretch extends WindowRequest {
  readonly contentFrames: number;
}

/** Encodes and decodes windows in the language that it is told or hears in the first. */
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
  async listen(stretch: Stretch): Promise<DecodedWindow> {
    const [decoded] = await this.listenTogether([stretch]);
    if (decoded === undefined) throw new TypeError('A window came to nothing');
    return decoded;
  }

  /** Windows side by side. What was said before them must be equally long. @throws as {@link listen}. */
  async listenTogether(stretches: readonly Stretch[]): Promise<readonly DecodedWindow[]> {
    const encoded: EncodedStretch[] = [];
    for (const stretch of stretches) encoded.push(await this.#encode(stretch));
    const results = await this.#decode(encoded);
    return encoded.flatMap(({ window, seek, contentFrames, language }, i) => {
      const result = results[i];
      return result === undefined ? [] : [{ window, seek, contentFrames, language, result }];
    });
  }

  async #encode({ seek, endFrame, previous }: Stretch): Promise<EncodedStretch> {
    const contentFrames = this.#contentFrames(seek, endFrame);
    const mel = heardWindow(this.#task.features, this.#model.settings, { seek, contentFrames });
    const window = await this.#model.encoder.encode(mel);
    await yieldToEvents();
    this.#task.signal?.throwIfAborted();
    return { window, seek, contentFrames, language: await this.#languageOf(window), previous };
  }

  /** Without timestamps nothing tells where to go on, so that a window that is not the last ends in a pause. */
  #contentFrames(seek: number, endFrame: number): number {
    const { features, options } = this.#task;
    if (options.withoutTimestamps) return framesUntilPause(features, this.#model.settings, seek, endFrame);
    return Math.min(this.#model.settings.windowFrames, endFrame - seek);
  }

  /**
   * A text without timestamps that did not come to its end is decoded again with them, to know where to go on; unless
   * the request suppresses them.
   */
  async #decode(requests: readonly WindowRequest[]): Promise<readonly WindowResult[]> {
    const { options, signal } = this.#task;
    const results = await decodeWithFallback(this.#model, requests, { options, signal });
    const isTimable = !options.suppressTokens.includes(this.#model.tokenizer.special.timestampBegin);
    const isCutOff = options.withoutTimestamps && isTimable;
    const cutOff = requests.filter((_, i) => isCutOff && results[i]?.hasEnded === false);
    if (cutOff.length === 0) return results;
    signal?.throwIfAborted();
    const timed = { ...options, withoutTimestamps: false };
    const again = await decodeWithFallback(this.#model, cutOff, { options: timed, signal });
    return requests.flatMap((request, i) => again[cutOff.indexOf(request)] ?? results[i] ?? []);
  }

  async #languageOf(window: EncodedWindow): Promise<string> {
    const { options } = this.#task;
    if (options.language !== null) return options.language;
    this.#detected ??= await detectLanguage(this.#model, window, options);
    return this.#detected.language;
  }
}
