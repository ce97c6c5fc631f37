import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { roundHalfEven } from '../decoding/round-half-even.ts';
import {
  FRAMES_PER_SECOND,
  type DecodedWindow,
  type RefineWindow,
  type SegmentDraft,
  type WindowOutcome,
} from '../transcript/window-outcome.ts';
import { lastWordEnd } from './last-word-end.ts';
import { skipHallucinations } from './skip-hallucinations.ts';

/** Gives the segments of one window words. `lastSpeechSeconds`: where the last word before the window ended. */
export type AddWords = (
  window: DecodedWindow,
  segments: readonly SegmentDraft[],
  lastSpeechSeconds: number,
) => Promise<readonly SegmentDraft[]>;

export interface WordRefinement {
  readonly addWords: AddWords;
  readonly windowFrames: number;
  /** Mel frames of the recording. */
  readonly recordingFrames: number;
  readonly options: Pick<TranscriptionOptions, 'hallucinationSilenceThresholdSeconds'>;
}

/**
 * Times the words of one window after the other: the next window starts after the last word, and what was likely not said
 * is dropped where that was asked for. After the loop of openai/whisper's transcribe.py.
 */
export function refineWithWords(refinement: WordRefinement): RefineWindow {
  let lastSpeechSeconds = 0;
  return async (window, outcome) => {
    const segments = await refinement.addWords(window, outcome.segments, lastSpeechSeconds);
    const refined = drop(
      seekAfterWords({ ...outcome, segments }, window),
      window,
      refinement,
      lastSpeechSeconds,
    );
    lastSpeechSeconds = lastWordEnd(refined.segments) ?? lastSpeechSeconds;
    return refined;
  };
}

function seekAfterWords(outcome: WindowOutcome, { seek }: DecodedWindow): WindowOutcome {
  const end = lastWordEnd(outcome.segments);
  if (outcome.endsInTimestamp || end === undefined || end <= seek / FRAMES_PER_SECOND) return outcome;
  return { ...outcome, nextSeek: roundHalfEven(end * FRAMES_PER_SECOND) };
}

function drop(
  outcome: WindowOutcome,
  { seek, contentFrames }: DecodedWindow,
  { windowFrames, recordingFrames, options }: WordRefinement,
  lastSpeechSeconds: number,
): WindowOutcome {
  const thresholdSeconds = options.hallucinationSilenceThresholdSeconds;
  if (thresholdSeconds === null) return outcome;
  const around = { seek, contentFrames, windowFrames, recordingFrames, lastSpeechSeconds, thresholdSeconds };
  return skipHallucinations(outcome, around);
}
