import { quietestFrame } from '../features/quietest-frame.ts';
import type { ModelSettings } from '../model/model-files.ts';
import type { FrameRegion } from '../vad/frame-regions.ts';
import type { HeardFeatures } from '../vad/speech-features.ts';

/** The part of a window, at its end, in which a pause is looked for. */
const PAUSE_SHARE = 1 / 6;

type Settings = Pick<ModelSettings, 'melCount' | 'windowFrames'>;

/** Mel frames of the window at `seek`: up to a pause, or all that is left before `endFrame` where a window holds it. */
export function framesUntilPause(
  features: HeardFeatures,
  { melCount, windowFrames }: Settings,
  seek: number,
  endFrame: number,
): number {
  const frames = Math.min(windowFrames, endFrame - seek);
  if (seek + frames >= endFrame) return frames;
  const from = Math.floor(frames * (1 - PAUSE_SHARE));
  return quietestFrame(features.window(seek, frames), { melCount, from });
}

/** Every clip as windows one after the other, cut in pauses. */
export function cutWindows(
  features: HeardFeatures,
  settings: Settings,
  clips: readonly FrameRegion[],
): readonly FrameRegion[] {
  return clips.flatMap(({ startFrame, endFrame }) => {
    const windows: FrameRegion[] = [];
    for (let seek = startFrame; seek < endFrame;) {
      const end = seek + framesUntilPause(features, settings, seek, endFrame);
      windows.push({ startFrame: seek, endFrame: end });
      seek = end;
    }
    return windows;
  });
}
