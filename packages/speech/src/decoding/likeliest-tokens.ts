import type { ChosenToken } from './choose-token.ts';
import { logSumExp } from './log-softmax.ts';

/** The `count` likeliest tokens of `logits` (`[vocabulary]`), likeliest first; of equals the lower id. */
export function likeliestTokens(logits: Float32Array, count: number): readonly ChosenToken[] {
  const top: { readonly id: number; readonly logit: number }[] = [];
  let least = -Infinity;
  for (let id = 0; id < logits.length; id += 1) {
    const logit = logits[id] ?? -Infinity;
    if (logit <= least && top.length >= count) continue;
    const place = top.findIndex((other) => other.logit < logit);
    top.splice(place < 0 ? top.length : place, 0, { id, logit });
    if (top.length > count) top.pop();
    least = top.at(-1)?.logit ?? -Infinity;
  }
  const total = logSumExp(logits);
  return top.map(({ id, logit }) => ({ id, logprob: logit - total }));
}
