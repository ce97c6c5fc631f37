import { roundHalfEven } from '../decoding/round-half-even.ts';
import { FRAMES_PER_SECOND, type SegmentDraft, type WindowOutcome } from '../transcript/window-outcome.ts';
import { isAnomalous } from './word-anomaly.ts';
import { lastWordEnd } from './last-word-end.ts';

/** What is known around the words of one window; in mel frames of 10 ms but for what says seconds. */
export interface Surroundings {
  /** Start of the window. */
  readonly seek: number;
  /** Frames of it that lie in the recording. */
  readonly contentFrames: number;
  /** Frames of a whole window. */
  readonly windowFrames: number;
  /** Frames of the recording. */
  readonly recordingFrames: number;
  readonly lastSpeechSeconds: number;
  /** Silence longer than this is skipped. */
  readonly thresholdSeconds: number;
}

/**
 * Drops what was likely not said because silence surrounds it, and says from where to listen again. After the part of
 * openai/whisper's transcribe.py that `hallucination_silence_threshold` switches on.
 */
export function skipHallucinations(outcome: WindowOutcome, around: Surroundings): WindowOutcome {
  const leading = skipLeadingSilence(outcome, around);
  return leading ?? dropSurrounded(skipTrailingSilence(outcome, around), around);
}

/** Goes on after the last word where silence follows it, else after the window. */
function skipTrailingSilence(outcome: WindowOutcome, around: Surroundings): WindowOutcome {
  const end = lastWordEnd(outcome.segments);
  if (outcome.endsInTimestamp || end === undefined || end <= startOf(around)) return outcome;
  const isSilent = windowEndOf(around) - end > around.thresholdSeconds;
  return { ...outcome, nextSeek: isSilent ? toFrame(end) : around.seek + around.contentFrames };
}

/** Where the first words may not have been said, silence before them is skipped and the rest is heard again. */
function skipLeadingSilence({ segments }: WindowOutcome, around: Surroundings): WindowOutcome | undefined {
  const first = segments.find(hasWords);
  if (first === undefined || !isAnomalous(first)) return undefined;
  const gap = first.startSeconds - startOf(around);
  if (gap <= around.thresholdSeconds) return undefined;
  return { segments: [], nextSeek: around.seek + toFrame(gap), endsInTimestamp: false, isSkipped: true };
}

/** Drops everything from the first unlikely segment on that silence, or more of its kind, surrounds. */
function dropSurrounded(outcome: WindowOutcome, around: Surroundings): WindowOutcome {
  const { segments } = outcome;
  let lastEnd = around.lastSpeechSeconds;
  for (const [i, segment] of segments.entries()) {
    if (!hasWords(segment)) continue;
    const next = segments.slice(i + 1).find(hasWords);
    if (
      isAnomalous(segment) &&
      isAfterSilence(segment, lastEnd, around) &&
      isBeforeSilence(segment, next, around)
    ) {
      return { ...outcome, segments: segments.slice(0, i), nextSeek: seekAgain(segment, around) };
    }
    lastEnd = segment.endSeconds;
  }
  return outcome;
}

function isAfterSilence({ startSeconds }: SegmentDraft, lastEnd: number, around: Surroundings): boolean {
  const { thresholdSeconds } = around;
  const isEarly = startSeconds < thresholdSeconds || startSeconds - startOf(around) < 2;
  return startSeconds - lastEnd > thresholdSeconds || isEarly;
}

function isBeforeSilence(
  { endSeconds }: SegmentDraft,
  next: SegmentDraft | undefined,
  around: Surroundings,
): boolean {
  const contentEnd = startOf(around) + around.contentFrames / FRAMES_PER_SECOND;
  const nextStart = next?.words?.[0]?.startSeconds ?? contentEnd;
  if (nextStart - endSeconds > around.thresholdSeconds || isAnomalous(next)) return true;
  return windowEndOf(around) - endSeconds < 2;
}

function seekAgain({ startSeconds, endSeconds }: SegmentDraft, around: Surroundings): number {
  const durationSeconds = around.recordingFrames / FRAMES_PER_SECOND;
  if (durationSeconds - endSeconds < around.thresholdSeconds) return around.recordingFrames;
  return toFrame(Math.max(startOf(around) + 1, startSeconds));
}

function hasWords({ words = [] }: SegmentDraft): boolean {
  return words.length > 0;
}

function startOf({ seek }: Surroundings): number {
  return seek / FRAMES_PER_SECOND;
}

function windowEndOf({ seek, windowFrames }: Surroundings): number {
  return (seek + windowFrames) / FRAMES_PER_SECOND;
}

function toFrame(seconds: number): number {
  return roundHalfEven(seconds * FRAMES_PER_SECOND);
}
