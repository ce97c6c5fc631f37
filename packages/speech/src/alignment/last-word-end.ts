import type { SegmentDraft } from '../transcript/window-outcome.ts';

/** Where the last word of the segments ends, or the last segment where none has words; nothing without segments. */
export function lastWordEnd(segments: readonly SegmentDraft[]): number | undefined {
  const words = segments.flatMap((segment) => segment.words ?? []);
  return (words.at(-1) ?? segments.at(-1))?.endSeconds;
}
