import type { ChosenToken } from './choose-token.ts';
import { logSumExp } from './log-softmax.ts';

/** The `count` likeliest tokens of `logits` (`[vocabulary]`), likeliest first; of equals the lower id. */
export function likeliestTokens(logits: Float32Array, count: number): readonly ChosenToken[] {
  const total = logSumExp(logits);
  const top: number[] = [];
  const valueOf = (id: number | undefined): number => logits[id ?? -1] ?? -Infinity;
  for (let id = 0; id < logits.length; id += 1) {
    if (top.length >= count && valueOf(id) <= valueOf(top.at(-1))) continue;
    const place = top.findIndex((other) => valueOf(other) < valueOf(id));
    top.splice(place < 0 ? top.length : place, 0, id);
    if (top.length > count) top.pop();
  }
  return top.map((id) => ({ id, logprob: valueOf(id) - total }));
}
