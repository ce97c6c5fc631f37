import type { LogMelSpectrogram } from '../features/log-mel-spectrogram.ts';
import type { SpeechTimeline } from './speech-timeline.ts';

/** The part of a log-mel spectrogram that windows are taken from. */
export type HeardFeatures = Pick<LogMelSpectrogram, 'contentFrames' | 'window' | 'silence'>;

/** A spectrogram without what a timeline leaves out; past its end there is silence. */
export class SpeechFeatures implements HeardFeatures {
  readonly #features: HeardFeatures;
  readonly #timeline: SpeechTimeline;
  readonly #melCount: number;

  constructor(features: HeardFeatures, timeline: SpeechTimeline, melCount: number) {
    this.#features = features;
    this.#timeline = timeline;
    this.#melCount = melCount;
  }

  get contentFrames(): number {
    return this.#timeline.frameCount;
  }

  get silence(): number {
    return this.#features.silence;
  }

  /** As {@link LogMelSpectrogram.window}: mel-major `[mels x count]`. */
  window(start: number, count: number): Float32Array {
    const output = new Float32Array(this.#melCount * count).fill(this.silence);
    let filled = 0;
    for (const { startFrame, endFrame } of this.#timeline.recorded(start, start + count)) {
      const length = endFrame - startFrame;
      const part = this.#features.window(startFrame, length);
      for (let mel = 0; mel < this.#melCount; mel += 1) {
        output.set(part.subarray(mel * length, (mel + 1) * length), mel * count + filled);
      }
      filled += length;
    }
    return output;
  }
}
