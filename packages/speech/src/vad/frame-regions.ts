import { HOP_SIZE } from '../features/log-mel-spectrogram.ts';
import type { SpeechRegion } from './find-speech.ts';

/** A stretch of a recording in mel frames of 10 ms; the end is not part of it. */
export interface FrameRegion {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** To the nearest frames, within the recording; in order, and still touching where they touched. */
export function toFrameRegions(
  regions: readonly SpeechRegion[],
  contentFrames: number,
): readonly FrameRegion[] {
  const frameAt = (sample: number): number => Math.min(contentFrames, Math.round(sample / HOP_SIZE));
  return regions
    .map(({ startSample, endSample }) => ({ startFrame: frameAt(startSample), endFrame: frameAt(endSample) }))
    .filter(isLasting);
}

/** What lies in both; each in order and not overlapping. */
export function intersect(a: readonly FrameRegion[], b: readonly FrameRegion[]): readonly FrameRegion[] {
  return a
    .flatMap((one) =>
      b.map((other) => ({
        startFrame: Math.max(one.startFrame, other.startFrame),
        endFrame: Math.min(one.endFrame, other.endFrame),
      })),
    )
    .filter(isLasting);
}

/**
 * Puts neighbouring lengths together into windows of at most `windowFrames`, cut only between two of them, but where one
 * alone is longer. The windows lie one after the other; after `collect_chunks` in faster-whisper's vad.py.
 */
export function packWindows(regions: readonly FrameRegion[], windowFrames: number): readonly FrameRegion[] {
  const windows: FrameRegion[] = [];
  let start = 0;
  let end = 0;
  const close = (): void => {
    if (end > start) windows.push({ startFrame: start, endFrame: end });
    start = end;
  };
  for (const { startFrame, endFrame } of regions) {
    const length = endFrame - startFrame;
    if (end - start + length > windowFrames) close();
    for (let left = length; left > 0; left -= windowFrames) {
      end += Math.min(left, windowFrames);
      if (left > windowFrames) close();
    }
  }
  close();
  return windows;
}

function isLasting({ startFrame, endFrame }: FrameRegion): boolean {
  return endFrame > startFrame;
}
