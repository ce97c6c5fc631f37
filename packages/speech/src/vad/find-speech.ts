import { SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import { padRegions } from './pad-regions.ts';
import { DETECTOR_FRAME_SIZE } from './speech-detector.ts';

/** A stretch of a recording, in samples; the end is not part of it. */
export interface SpeechRegion {
  readonly startSample: number;
  readonly endSample: number;
}

/** When speech begins and ends; names and meanings are those of faster-whisper's `VadOptions`. */
export interface SpeechOptions {
  readonly threshold: number;
  /** `null` is `threshold - 0.15`, at least 0.01. */
  readonly negThreshold: number | null;
  readonly minSpeechMs: number;
  /** `null` sets no limit. */
  readonly maxSpeechSeconds: number | null;
  readonly minSilenceMs: number;
  readonly speechPadMs: number;
}

const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;
/** Silence of this length is good enough to cut speech that is too long. */
const CUTTING_SILENCE_SAMPLES = 98 * SAMPLES_PER_MS;

/**
 * Where somebody speaks, from the probabilities of frames of 512 samples; after `get_speech_timestamps` in
 * faster-whisper's vad.py.
 */
export function findSpeech(
  probabilities: Float32Array,
  sampleCount: number,
  options: SpeechOptions,
): readonly SpeechRegion[] {
  const finder = new SpeechFinder(options);
  probabilities.forEach((probability, frame) => {
    finder.hear(probability, frame * DETECTOR_FRAME_SIZE);
  });
  return padRegions(finder.finish(sampleCount), sampleCount, options.speechPadMs * SAMPLES_PER_MS);
}

/** Positions are samples; 0 stands for none where no position can be at the very start. */
class SpeechFinder {
  readonly #threshold: number;
  readonly #negThreshold: number;
  readonly #minSpeech: number;
  readonly #maxSpeech: number;
  readonly #minSilence: number;
  readonly #regions: SpeechRegion[] = [];
  /** Start of the speech that goes on, if any does. */
  #start: number | undefined;
  /** Where silence began that may end the speech. */
  #silence = 0;
  /** The last silence that is long enough to cut at, and where speech went on after it. */
  #cut = 0;
  #afterCut = 0;

  constructor(options: SpeechOptions) {
    const maxSeconds = options.maxSpeechSeconds ?? Infinity;
    // As narrow as the probabilities, so that what is equal to a threshold stays equal to it.
    this.#threshold = Math.fround(options.threshold);
    this.#negThreshold = Math.fround(options.negThreshold ?? Math.max(options.threshold - 0.15, 0.01));
    this.#minSpeech = options.minSpeechMs * SAMPLES_PER_MS;
    this.#minSilence = options.minSilenceMs * SAMPLES_PER_MS;
    this.#maxSpeech =
      SAMPLE_RATE_HZ * maxSeconds - DETECTOR_FRAME_SIZE - 2 * options.speechPadMs * SAMPLES_PER_MS;
  }

  hear(probability: number, at: number): void {
    if (probability >= this.#threshold) {
      this.#goOnAfterSilence(at);
      if (this.#start === undefined) {
        this.#start = at;
        return;
      }
    }
    if (
      this.#start !== undefined &&
      at - this.#start > this.#maxSpeech &&
      !this.#cutLongSpeech(this.#start, at)
    )
      return;
    if (probability < this.#negThreshold && this.#start !== undefined) this.#hearSilence(this.#start, at);
  }

  finish(sampleCount: number): SpeechRegion[] {
    if (this.#start !== undefined) this.#keepLongEnough(this.#start, sampleCount);
    return this.#regions;
  }

  #goOnAfterSilence(at: number): void {
    if (this.#silence === 0) return;
    this.#silence = 0;
    if (this.#afterCut < this.#cut) this.#afterCut = at;
  }

  /** Whether speech may go on in this frame: it was cut at a silence, not here. */
  #cutLongSpeech(start: number, at: number): boolean {
    const cutsAtSilence = this.#cut !== 0;
    const resumed = cutsAtSilence && this.#afterCut >= this.#cut ? this.#afterCut : undefined;
    this.#regions.push({ startSample: start, endSample: cutsAtSilence ? this.#cut : at });
    this.#reset(resumed);
    return cutsAtSilence;
  }

  #hearSilence(start: number, at: number): void {
    if (this.#silence === 0) this.#silence = at;
    if (at - this.#silence > CUTTING_SILENCE_SAMPLES) this.#cut = this.#silence;
    if (at - this.#silence < this.#minSilence) return;
    this.#keepLongEnough(start, this.#silence);
    this.#reset(undefined);
  }

  #keepLongEnough(start: number, end: number): void {
    if (end - start > this.#minSpeech) this.#regions.push({ startSample: start, endSample: end });
  }

  #reset(start: number | undefined): void {
    this.#start = start;
    this.#silence = 0;
    this.#cut = 0;
    this.#afterCut = 0;
  }
}
