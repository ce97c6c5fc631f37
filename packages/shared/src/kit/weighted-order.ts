import { MODEL_CLASSES, type ModelClass } from '../contracts/identifiers.ts';
import { DEFAULT_CLASS_WEIGHTS, type ClassWeights } from '../contracts/settings.ts';

/** The order in which to ask the classes for the next job. */
export interface WeightedOrder {
  readonly next: () => readonly ModelClass[];
  /** A job was found: the turn is over, whichever class gave it. Looks that find nothing cost no turn. */
  readonly picked: () => void;
}

/**
 * Smooth weighted round robin: each turn has a class that leads, the others follow lightest first. A leading class
 * that has no work gives its turn away and keeps no credit for later, so none can be starved by an empty one.
 * @param weights may change at any time; the next turn goes by the new ones
 */
export function createWeightedOrder(
  weights: () => ClassWeights = (): ClassWeights => DEFAULT_CLASS_WEIGHTS,
): WeightedOrder {
  const credit = { light: 0, medium: 0, heavy: 0 };
  const worth = (each: ModelClass): number => credit[each] + weights()[each];
  const leading = (): ModelClass =>
    MODEL_CLASSES.reduce((best, each) => (worth(each) > worth(best) ? each : best));
  return {
    next: () => {
      const first = leading();
      return [first, ...MODEL_CLASSES.filter((each) => each !== first)];
    },
    picked: () => {
      const first = leading();
      for (const each of MODEL_CLASSES) credit[each] = worth(each);
      credit[first] -= MODEL_CLASSES.reduce((sum, each) => sum + weights()[each], 0);
    },
  };
}
