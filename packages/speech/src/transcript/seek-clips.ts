/** A stretch of the recording, in mel frames. */
export interface Clip {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** The stretches that are heard, from start, end, start, … in mel frames; the whole recording where there are none. */
export function seekClips(points: readonly number[], contentFrames: number): readonly Clip[] {
  const starts = points.length === 0 ? [0] : points.filter((_, i) => i % 2 === 0);
  return starts.map((startFrame, i) => ({
    startFrame,
    endFrame: Math.min(points[2 * i + 1] ?? contentFrames, contentFrames),
  }));
}
