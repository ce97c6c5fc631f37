import type { Segment } from '@whisper/shared/contracts/transcript';

/** A stretch of a recording in mel frames of 10 ms; the end is not part of it. */
export interface FrameRegion {
  readonly startFrame: number;
  readonly endFrame: number;
}

const FRAMES_PER_SECOND = 100;

/**
 * A recording without the silence between its regions, and the way back to the recording's own time; after
 * `SpeechTimestampsMap` and `restore_speech_timestamps` in faster-whisper.
 */
export class SpeechTimeline {
  readonly #regions: readonly FrameRegion[];
  /** Where each region ends once the silence is taken out, in frames. */
  readonly #ends: readonly number[];

  /** `regions`: in order, not overlapping. */
  constructor(regions: readonly FrameRegion[]) {
    this.#regions = regions;
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

  /** The segment in the recording's own time; a word never reaches over a silence that was taken out. */
  restore(segment: Segment): Segment {
    const seek = this.recordedFrame(segment.seek);
    const words = segment.words?.map((word) => {
      const middle = ((word.startSeconds + word.endSeconds) / 2) * FRAMES_PER_SECOND;
      const silenceSeconds =
        this.#silenceBefore(this.#regionAt(Math.trunc(middle), false)) / FRAMES_PER_SECOND;
      return {
        ...word,
        startSeconds: toHundredths(word.startSeconds + silenceSeconds),
        endSeconds: toHundredths(word.endSeconds + silenceSeconds),
      };
    });
    return {
      ...segment,
      seek,
      startSeconds: words?.[0]?.startSeconds ?? this.#restoreSeconds(segment.startSeconds, false),
      endSeconds: words?.at(-1)?.endSeconds ?? this.#restoreSeconds(segment.endSeconds, true),
      ...(words && { words }),
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
    return (this.#regions[index]?.endFrame ?? 0) - (this.#ends[index] ?? 0);
  }
}

function toHundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
