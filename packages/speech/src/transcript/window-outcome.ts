import type { Segment } from '@whisper/shared/contracts/transcript';
import type { WindowResult } from '../decoding/decode-windows.ts';
import { HOP_SIZE, SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import type { EncodedWindow } from '../model/encoded-window.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { cutSegments, type Cut } from './cut-segments.ts';

export const FRAMES_PER_SECOND = SAMPLE_RATE_HZ / HOP_SIZE;

/** A segment that has no number yet. */
export type SegmentDraft = Omit<Segment, 'id'>;

/** A window and what was decoded from it. */
export interface DecodedWindow {
  readonly window: EncodedWindow;
  /** Where it starts, in mel frames. */
  readonly seek: number;
  /** Mel frames of it that were heard. */
  readonly contentFrames: number;
  readonly language: string;
  readonly result: WindowResult;
}

/** What a decoded window came to. */
export interface WindowOutcome {
  readonly segments: readonly SegmentDraft[];
  /** Where the next window starts, in mel frames. */
  readonly nextSeek: number;
  /** A lone timestamp at the end: no speech is cut off. */
  readonly endsInTimestamp: boolean;
  /** It counts as if it had not been decoded: not even its temperature makes the context be forgotten. */
  readonly isSkipped: boolean;
}

/** Gives segments words, and may change their times, drop some, and say that the next window starts elsewhere. */
export type RefineWindow = (window: DecodedWindow, outcome: WindowOutcome) => Promise<WindowOutcome>;

/** The segments of a decoded window; not yet cleared where they are empty, which {@link clearIfEmpty} does. */
export function outcomeOf({ tokenizer, settings }: WhisperModel, decoded: DecodedWindow): WindowOutcome {
  const { seek, contentFrames, result } = decoded;
  const { cuts, advanceFrames, endsInTimestamp } = cutSegments(result.tokens, {
    timestampBegin: tokenizer.special.timestampBegin,
    contentFrames,
    framesPerStep: settings.framesPerPosition,
  });
  const segments = cuts.map((cut) => draft(cut, tokenizer.decode(cut.tokens), decoded));
  return { segments, nextSeek: seek + advanceFrames, endsInTimestamp, isSkipped: false };
}

export function skippedOutcome({ seek, contentFrames }: DecodedWindow): WindowOutcome {
  return { segments: [], nextSeek: seek + contentFrames, endsInTimestamp: false, isSkipped: true };
}

/** A segment without text, or of no length, stays as a place without text. */
export function clearIfEmpty(segment: SegmentDraft): SegmentDraft {
  if (segment.startSeconds !== segment.endSeconds && segment.text.trim() !== '') return segment;
  return { ...segment, text: '', tokens: [], ...(segment.words && { words: [] }) };
}

function draft(cut: Cut, text: string, { seek, result }: DecodedWindow): SegmentDraft {
  return {
    seek,
    startSeconds: (seek + cut.startFrame) / FRAMES_PER_SECOND,
    endSeconds: (seek + cut.endFrame) / FRAMES_PER_SECOND,
    text,
    tokens: [...cut.tokens],
    temperature: result.temperature,
    avgLogprob: result.avgLogprob,
    compressionRatio: result.compressionRatio,
    noSpeechProbability: result.noSpeechProbability,
  };
}
