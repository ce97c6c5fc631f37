import type { Word } from '@whisper/shared/contracts/transcript';
import type { SegmentDraft } from '../transcript/window-outcome.ts';
import type { FrameRegion } from './frame-regions.ts';

const FRAMES_PER_SECOND = 100;

/**
 * A recording without the silence between its regions, and the way back to the recording's own time; after
 * `SpeechTimestampsMap` and `restore_speech_timestamps` in faster-whisper.
 */
export class SpeechTimeline {
  /** In the recording's own frames. */
  readonly regions: readonly FrameRegion[];
  /** Where each region ends once the silence is taken out, in frames. */
  readonly #ends: readonly number[];

  /** `regions`: in order, not overlapping. */
  constructor(regions: readonly FrameRegion[]) {
    this.regions = regions;
    let total = 0;
    this.#ends = regions.map(({ startFrame, endFrame }) => (total += endFrame - startFrame));
  }

  /** Frames without the silence. */
  get frameCount(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** The recording's frame that `frame` is without the silence; at the very end of a region, that region's end. */
  recordedFrame(frame: number, isEnd = false): number {
    return frame + this.#silenceBefore(this.#regionAt(frame, isEnd));
  }

  /** The stretches of the recording that frames `start` to `end` without the silence are. */
  recorded(start: number, end: number): readonly FrameRegion[] {
    const stretches = this.regions.map((region, i) => {
      const silence = this.#silenceBefore(i);
      return {
        startFrame: Math.max(region.startFrame, start + silence),
        endFrame: Math.min(region.endFrame, end + silence),
      };
    });
    return stretches.filter(({ startFrame, endFrame }) => endFrame > startFrame);
  }

  /** The segment in the recording's own time; a word never reaches over a silence that was taken out. */
  restore(segment: SegmentDraft): SegmentDraft {
    if (this.#silenceBefore(this.regions.length - 1) === 0) return segment;
    const words = segment.words?.map((word) => this.#restoreWord(word));
    const startSeconds = words?.[0]?.startSeconds ?? this.#restoreSeconds(segment.startSeconds, false);
    const endSeconds = words?.at(-1)?.endSeconds ?? this.#restoreSeconds(segment.endSeconds, true);
    return {
      ...segment,
      seek: this.recordedFrame(segment.seek),
      startSeconds,
      endSeconds: Math.max(startSeconds, endSeconds),
      ...(words && { words }),
    };
  }

  #restoreWord(word: Word): Word {
    const middle = ((word.startSeconds + word.endSeconds) / 2) * FRAMES_PER_SECOND;
    const silenceSeconds = this.#silenceBefore(this.#regionAt(Math.trunc(middle), false)) / FRAMES_PER_SECOND;
    return {
      ...word,
      startSeconds: toHundredths(word.startSeconds + silenceSeconds),
      endSeconds: toHundredths(word.endSeconds + silenceSeconds),
    };
  }

  #restoreSeconds(seconds: number, isEnd: boolean): number {
    return this.recordedFrame(Math.round(seconds * FRAMES_PER_SECOND), isEnd) / FRAMES_PER_SECOND;
  }

  #regionAt(frame: number, isEnd: boolean): number {
    const index = this.#ends.findIndex((end) => (isEnd ? frame <= end : frame < end));
    return index === -1 ? this.#ends.length - 1 : index;
  }

  /** Frames of silence that were taken out before region `index` ends. */
  #silenceBefore(index: number): number {
    return (this.regions[index]?.endFrame ?? 0) - (this.#ends[index] ?? 0);
  }
}

function toHundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
