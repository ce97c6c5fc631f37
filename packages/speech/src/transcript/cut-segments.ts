/** Cuts the tokens of one decoded window into segments; after the loop of openai/whisper's transcribe.py. */

export interface WindowShape {
  readonly timestampBegin: number;
  /** Mel frames (10 ms) of the recording that lie in the window. */
  readonly contentFrames: number;
  /** Mel frames per step of the timestamps. */
  readonly framesPerStep: number;
}

/** A stretch of one window; times in mel frames from the window's start. */
export interface Cut {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly tokens: readonly number[];
}

export interface CutWindow {
  readonly cuts: readonly Cut[];
  /** How far the next window starts from this one, in mel frames; always more than 0 for a window with content. */
  readonly advanceFrames: number;
  /** A lone timestamp ends it: no speech is cut off. */
  readonly endsInTimestamp: boolean;
}

/**
 * Where two timestamps meet, one segment ends and another begins. The text after the last such pair is cut off and
 * heard again in the next window, unless a lone timestamp at the end says that there is no more speech.
 */
export function cutSegments(tokens: readonly number[], shape: WindowShape): CutWindow {
  const boundaries = tokens.flatMap((_, i) =>
    isStamp(tokens[i - 1], shape) && isStamp(tokens[i], shape) ? [i] : [],
  );
  const endsInTimestamp =
    tokens.length > 1 && isStamp(tokens.at(-1), shape) && !isStamp(tokens.at(-2), shape);
  if (boundaries.length === 0)
    return { cuts: [wholeWindow(tokens, shape)], advanceFrames: shape.contentFrames, endsInTimestamp };
  const ends = endsInTimestamp ? [...boundaries, tokens.length] : boundaries;
  const cuts = ends.map((end, i) => {
    const part = tokens.slice(ends[i - 1] ?? 0, end);
    return { startFrame: frameOf(part.at(0), shape), endFrame: frameOf(part.at(-1), shape), tokens: part };
  });
  const lastFrame = cuts.at(-1)?.endFrame ?? 0;
  const goesOn = !endsInTimestamp && lastFrame > 0;
  return { cuts, advanceFrames: goesOn ? lastFrame : shape.contentFrames, endsInTimestamp };
}

/** Without a pair: one segment, up to the last timestamp if there is one. */
function wholeWindow(tokens: readonly number[], shape: WindowShape): Cut {
  const last = tokens.findLast((id) => isStamp(id, shape));
  const endFrame =
    last === undefined || last === shape.timestampBegin ? shape.contentFrames : frameOf(last, shape);
  return { startFrame: 0, endFrame, tokens };
}

function isStamp(id: number | undefined, { timestampBegin }: WindowShape): boolean {
  return id !== undefined && id >= timestampBegin;
}

function frameOf(id: number | undefined, { timestampBegin, framesPerStep }: WindowShape): number {
  return Math.max(0, (id ?? timestampBegin) - timestampBegin) * framesPerStep;
}
