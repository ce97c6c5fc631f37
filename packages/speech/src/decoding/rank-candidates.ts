import type { Candidate } from './search.ts';

/**
 * The likeliest text, by its mean log-probability or, with `lengthPenalty`, over Google NMT's penalty
 * `((5 + length) / 6) ^ lengthPenalty`; after `MaximumLikelihoodRanker` in openai/whisper's decoding.py. An empty text,
 * on which the reference divides by zero, counts as one token long.
 */
export function bestCandidate(candidates: readonly Candidate[], lengthPenalty: number | null): Candidate {
  const [first, ...others] = candidates;
  if (first === undefined) throw new TypeError('A search came to nothing');
  const scoreOf = ({ tokens, sumLogprob }: Candidate): number =>
    sumLogprob /
    (lengthPenalty === null ? Math.max(1, tokens.length) : ((5 + tokens.length) / 6) ** lengthPenalty);
  return others.reduce((best, candidate) => (scoreOf(candidate) > scoreOf(best) ? candidate : best), first);
}
