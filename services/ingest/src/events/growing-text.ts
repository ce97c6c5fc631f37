/** A segment as an attempt tells it; without its text when that is not kept any more. */
export interface HeardSegment {
  readonly attempt: number;
  readonly segmentId: number;
  readonly text: string | undefined;
}

/**
 * A text that is told as it grows, and never taken back. Segments may come late or twice, and an attempt that died is
 * repeated: what is told is always the beginning of what the latest attempt heard without a gap. Where that is not so
 * any more, nothing is told until the end.
 */
export interface GrowingText {
  /** @returns what can be told now, often nothing */
  readonly add: (segment: HeardSegment) => string;
  /** How many segments, from the first on, have been told whole. */
  readonly toldSegments: () => number;
  /** @returns what is missing up to the whole text, `undefined` when what was told is not its beginning */
  readonly finish: (text: string) => string | undefined;
}

export function createGrowingText(): GrowingText {
  let told = '';
  let attempt = 0;
  let heard = '';
  let nextId = 0;
  let toldSegments = 0;
  const waiting = new Map<number, string>();
  const tell = (text: string): string | undefined => {
    if (!text.startsWith(told)) return undefined;
    const more = text.slice(told.length);
    told = text;
    return more;
  };
  return {
    add: (segment) => {
      if (segment.attempt < attempt || segment.text === undefined) return '';
      if (segment.attempt > attempt) {
        ({ attempt } = segment);
        [heard, nextId] = ['', 0];
        waiting.clear();
      }
      if (segment.segmentId >= nextId) waiting.set(segment.segmentId, segment.text);
      for (let text = waiting.get(nextId); text !== undefined; text = waiting.get(nextId)) {
        waiting.delete(nextId);
        heard += text;
        nextId++;
      }
      const more = tell(heard.trim());
      if (more !== undefined) toldSegments = Math.max(toldSegments, nextId);
      return more ?? '';
    },
    toldSegments: () => toldSegments,
    finish: tell,
  };
}
