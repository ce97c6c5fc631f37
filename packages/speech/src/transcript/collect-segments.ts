import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import { clearIfEmpty, type SegmentDraft } from './window-outcome.ts';

export interface CollectedSegments {
  /** Numbers a segment and hands it on; gives it as it stands in the transcript. */
  readonly add: (draft: SegmentDraft) => Segment;
  readonly transcript: () => Pick<Transcript, 'text' | 'segments'>;
}

export function collectSegments(onSegment: (segment: Segment) => void): CollectedSegments {
  const segments: Segment[] = [];
  return {
    add: (draft) => {
      const segment = { id: segments.length, ...clearIfEmpty(draft) };
      segments.push(segment);
      onSegment(segment);
      return segment;
    },
    transcript: () => {
      const text = segments.map((segment) => segment.text).join('');
      return { text: text.trim(), segments };
    },
  };
}
