import type { Word } from '@whisper/shared/contracts/transcript';
import type { SegmentDraft } from '../transcript/window-outcome.ts';

const PUNCTUATION = '"\'“¿([{-"\'.。,，!！?？:：”)]}、';
const WORDS_JUDGED = 8;

/**
 * Whether a segment's first words are very short, very long or improbable, as those are that were not said. After
 * `is_segment_anomaly` in openai/whisper's transcribe.py.
 */
export function isAnomalous(segment: SegmentDraft | undefined): boolean {
  const words = segment?.words ?? [];
  if (words.length === 0) return false;
  const judged = words.filter(({ word }) => !PUNCTUATION.includes(word)).slice(0, WORDS_JUDGED);
  const score = judged.reduce((sum, word) => sum + anomalyOf(word), 0);
  return score >= 3 || score + 0.01 >= judged.length;
}

function anomalyOf({ startSeconds, endSeconds, probability }: Word): number {
  const duration = endSeconds - startSeconds;
  let score = probability < 0.15 ? 1 : 0;
  if (duration < 0.133) score += (0.133 - duration) * 15;
  if (duration > 2) score += duration - 2;
  return score;
}
