/** Against texts that repeat themselves, as CTranslate2 does it: on the logits, before anything else is masked. */

/** Divides the logits of tokens in `sampled` by `penalty`, once each; multiplies negative ones. */
export function penaliseRepetition(logits: Float32Array, sampled: readonly number[], penalty: number): void {
  for (const id of new Set(sampled)) {
    const logit = logits[id] ?? 0;
    logits[id] = logit < 0 ? logit * penalty : logit / penalty;
  }
}

/** Masks every token that would complete a sequence of `size` tokens that is in `sampled` already. */
export function forbidRepeatedNgrams(logits: Float32Array, sampled: readonly number[], size: number): void {
  const lead = size - 1;
  const current = sampled.slice(sampled.length - lead);
  for (let end = lead; end < sampled.length; end += 1) {
    const repeats = current.every((id, i) => sampled[end - lead + i] === id);
    const next = sampled[end];
    if (repeats && next !== undefined) logits[next] = -Infinity;
  }
}
