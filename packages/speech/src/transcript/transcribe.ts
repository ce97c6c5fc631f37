import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { WindowResult } from '../decoding/decode-window.ts';
import { decodeWithFallback, isSilence } from '../decoding/decode-with-fallback.ts';
import { detectLanguage } from '../decoding/detect-language.ts';
import { HOP_SIZE, SAMPLE_RATE_HZ, type LogMelSpectrogram } from '../features/log-mel-spectrogram.ts';
import { readFeatures } from '../features/read-features.ts';
import type { EncodedWindow } from '../model/encoded-window.ts';
import type { TranscriptionHooks } from '../model/speech-model.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { cutSegments, type Cut } from './cut-segments.ts';
import { checkOptions, startSequence } from './start-sequence.ts';

const FRAMES_PER_SECOND = SAMPLE_RATE_HZ / HOP_SIZE;
/** Above it a window's text is too wild to condition the next window on. */
const MAX_CONDITIONING_TEMPERATURE = 0.5;

/**
 * Slides over a recording window by window, from one timestamp to the next, as `transcribe` in openai/whisper's
 * transcribe.py does with its defaults (conditioned on the previous text, temperature fallback, silence skipped);
 * a model may ask in its generation_config.json not to be conditioned (`condition_on_prev_tokens`).
 * One departure: the end of the recording is followed by silence in the features, where the reference puts zeros,
 * because silence is what models are trained on.
 * @throws what {@link SpeechModel.transcribe} lists.
 */
export async function transcribe(
  model: WhisperModel,
  pcm: AsyncIterable<Float32Array>,
  options: TranscriptionOptions,
  hooks: TranscriptionHooks,
): Promise<Transcript> {
  checkOptions(model, options);
  const features = await readFeatures(pcm, model.settings.melCount, hooks.signal);
  const transcription = new Transcription(model, features, options, hooks);
  await transcription.run();
  return transcription.transcript();
}

class Transcription {
  readonly #model: WhisperModel;
  readonly #features: LogMelSpectrogram;
  readonly #options: TranscriptionOptions;
  readonly #hooks: TranscriptionHooks;
  readonly #segments: Segment[] = [];
  /** Tokens that the next window is conditioned on. */
  #previous: number[] = [];
  #language: string | undefined;

  constructor(
    model: WhisperModel,
    features: LogMelSpectrogram,
    options: TranscriptionOptions,
    hooks: TranscriptionHooks,
  ) {
    this.#model = model;
    this.#features = features;
    this.#options = options;
    this.#hooks = hooks;
    this.#language = options.language ?? undefined;
  }

  transcript(): Transcript {
    return {
      text: this.#segments
        .map((segment) => segment.text)
        .join('')
        .trim(),
      language: this.#language ?? this.#soleLanguage(),
      durationSeconds: this.#durationSeconds,
      segments: this.#segments,
    };
  }

  async run(): Promise<void> {
    const { contentFrames } = this.#features;
    let seek = 0;
    while (seek < contentFrames) {
      seek += await this.#transcribeWindow(seek);
      this.#hooks.onProgress(Math.min(seek, contentFrames) / FRAMES_PER_SECOND, this.#durationSeconds);
    }
    this.#hooks.onProgress(this.#durationSeconds, this.#durationSeconds);
  }

  get #durationSeconds(): number {
    return this.#features.sampleCount / SAMPLE_RATE_HZ;
  }

  /** How far to move on, in frames. */
  async #transcribeWindow(seek: number): Promise<number> {
    const { settings, tokenizer, encoder } = this.#model;
    const contentFrames = Math.min(settings.windowFrames, this.#features.contentFrames - seek);
    const window = await encoder.encode(this.#features.window(seek, settings.windowFrames));
    await yieldToEvents();
    this.#hooks.signal?.throwIfAborted();
    const result = await this.#decode(window, seek);
    if (isSilence(result)) return contentFrames;
    const { cuts, advanceFrames } = cutSegments(result.tokens, {
      timestampBegin: tokenizer.special.timestampBegin,
      contentFrames,
      framesPerStep: settings.framesPerPosition,
    });
    for (const cut of cuts) this.#addSegment(cut, seek, result);
    const isTame = result.temperature <= MAX_CONDITIONING_TEMPERATURE;
    if (!isTame || !settings.conditionsOnPrevious) this.#previous = [];
    return advanceFrames;
  }

  async #decode(window: EncodedWindow, seek: number): Promise<WindowResult> {
    this.#language ??= await detectLanguage(this.#model, window);
    return decodeWithFallback(this.#model, {
      window,
      sequence: startSequence(this.#model, this.#language, this.#options.task),
      previous: this.#previous,
      seed: seek,
      signal: this.#hooks.signal,
    });
  }

  #addSegment(cut: Cut, seek: number, result: WindowResult): void {
    const text = this.#model.tokenizer.decode(cut.tokens);
    const isEmpty = cut.startFrame === cut.endFrame || text.trim() === '';
    const segment: Segment = {
      id: this.#segments.length,
      seek,
      startSeconds: (seek + cut.startFrame) / FRAMES_PER_SECOND,
      endSeconds: (seek + cut.endFrame) / FRAMES_PER_SECOND,
      text: isEmpty ? '' : text,
      tokens: isEmpty ? [] : [...cut.tokens],
      temperature: result.temperature,
      avgLogprob: result.avgLogprob,
      compressionRatio: result.compressionRatio,
      noSpeechProbability: result.noSpeechProbability,
    };
    this.#segments.push(segment);
    this.#previous.push(...segment.tokens);
    this.#hooks.onSegment(segment);
  }

  /** Of a recording too short for one frame, in which nothing can be detected. */
  #soleLanguage(): string {
    const [first] = this.#model.tokenizer.special.languages.keys();
    return first ?? 'en';
  }
}
