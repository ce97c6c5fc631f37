import type { Segment } from '@whisper/shared/contracts/transcript';

export interface TimedText {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Seconds by which the starts and the ends of segments are off. */
export interface TimeErrors {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Sentences without a segment of their own. */
  readonly missed: number;
}

/**
 * Sets each sentence against the segment that overlaps it most. Only segments that belong to one sentence are measured;
 * sentences that share a segment, or have none, are counted as missed.
 */
export function measureTimes(
  sentences: readonly TimedText[],
  segments: readonly Pick<Segment, 'startSeconds' | 'endSeconds'>[],
): TimeErrors {
  const chosen = sentences.map((sentence) => bestOf(segments, sentence));
  const own = sentences.flatMap((sentence, i) => {
    const segment = chosen[i];
    const shared = chosen.filter((other) => other === segment).length > 1;
    return segment === undefined || shared ? [] : [{ sentence, segment }];
  });
  return {
    starts: own.map(({ sentence, segment }) => Math.abs(segment.startSeconds - sentence.startSeconds)),
    ends: own.map(({ sentence, segment }) => Math.abs(segment.endSeconds - sentence.endSeconds)),
    missed: sentences.length - own.length,
  };
}

function bestOf<S extends TimedText>(segments: readonly S[], sentence: TimedText): S | undefined {
  const [best] = segments
    .map((segment) => ({ segment, seconds: overlap(segment, sentence) }))
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds);
  return best?.segment;
}

function overlap(a: TimedText, b: TimedText): number {
  return Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds);
}
