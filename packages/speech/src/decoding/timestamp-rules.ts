import type { SpecialTokens } from '../model/tokenizer.ts';
import { logSumExp, maximumOf } from './log-softmax.ts';

/** What the rules need to know of the model. */
export interface TimestampRules {
  readonly special: SpecialTokens;
  /** The latest timestamp that a decoding may start with, in steps of the model's time precision. */
  readonly maxInitialTimestamp: number;
}

/**
 * Masks (with -Infinity) what may not follow `sampled` in a decoding with timestamps: they come in pairs, do not
 * decrease, and one comes first; where all timestamps together outweigh every text token, one must come.
 * After `ApplyTimestampRules` in openai/whisper's decoding.py. `logits`: [vocabulary], changed in place.
 */
export function applyTimestampRules(
  logits: Float32Array,
  sampled: readonly number[],
  rules: TimestampRules,
): void {
  const { endOfText, noTimestamps, timestampBegin } = rules.special;
  logits[noTimestamps] = -Infinity;
  const lastIsTimestamp = isTimestamp(sampled.at(-1), rules);
  const pairIsClosed = sampled.length < 2 || isTimestamp(sampled.at(-2), rules);
  const pairIsOpen = lastIsTimestamp && !pairIsClosed;
  if (pairIsOpen) logits.fill(-Infinity, 0, endOfText);
  else if (lastIsTimestamp) logits.fill(-Infinity, timestampBegin);
  // The second of a pair may repeat the first; any other is later, so that no segment is empty.
  const last = sampled.findLast((id) => isTimestamp(id, rules));
  if (last !== undefined) logits.fill(-Infinity, timestampBegin, pairIsOpen ? last : last + 1);
  if (sampled.length === 0) requireInitialTimestamp(logits, rules);
  preferLikelyTimestamp(logits, timestampBegin);
}

function isTimestamp(id: number | undefined, { special }: TimestampRules): boolean {
  return id !== undefined && id >= special.timestampBegin;
}

function requireInitialTimestamp(logits: Float32Array, rules: TimestampRules): void {
  const { timestampBegin } = rules.special;
  logits.fill(-Infinity, 0, timestampBegin);
  logits.fill(-Infinity, timestampBegin + rules.maxInitialTimestamp + 1);
}

function preferLikelyTimestamp(logits: Float32Array, timestampBegin: number): void {
  const timestamps = logSumExp(logits, timestampBegin);
  if (timestamps > maximumOf(logits, 0, timestampBegin)) logits.fill(-Infinity, 0, timestampBegin);
}
