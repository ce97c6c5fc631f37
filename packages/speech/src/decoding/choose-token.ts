import { logSumExp, maximumOf } from './log-softmax.ts';

export interface ChosenToken {
  readonly id: number;
  /** Natural logarithm of the token's probability at temperature 1, after masking. */
  readonly logprob: number;
}

/** The likeliest token at temperature 0, else one drawn from `softmax(logits / temperature)`. `logits`: [vocabulary]. */
export function chooseToken(logits: Float32Array, temperature: number, random: () => number): ChosenToken {
  const id = temperature === 0 ? likeliest(logits) : draw(logits, temperature, random());
  return { id, logprob: (logits[id] ?? -Infinity) - logSumExp(logits) };
}

function likeliest(logits: Float32Array): number {
  return Math.max(0, logits.indexOf(maximumOf(logits)));
}

/** Inverse transform sampling; `point` in [0, 1). */
function draw(logits: Float32Array, temperature: number, point: number): number {
  const scaled = logits.map((value) => value / temperature);
  const total = logSumExp(scaled);
  let remaining = point;
  for (let id = 0; id < scaled.length; id += 1) {
    remaining -= Math.exp((scaled[id] ?? -Infinity) - total);
    if (remaining < 0) return id;
  }
  return likeliest(logits); // rounding left a sliver
}
