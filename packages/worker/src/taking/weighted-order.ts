import { MODEL_CLASSES, type ModelClass } from '@whisper/shared/contracts/identifiers';

/** Of 12 picks under full backlog 8 go to light, 3 to medium, 1 to heavy: light first, heavy never starves. */
export const CLASS_WEIGHTS: Readonly<Record<ModelClass, number>> = { light: 8, medium: 3, heavy: 1 };
const TURNS = Object.values(CLASS_WEIGHTS).reduce((sum, weight) => sum + weight, 0);

/** The order in which to ask the classes for the next job. */
export interface WeightedOrder {
  readonly next: () => readonly ModelClass[];
  /** A job was found: the turn is over, whichever class gave it. Looks that find nothing cost no turn. */
  readonly picked: () => void;
}

/**
 * Smooth weighted round robin: each turn has a class that leads, the others follow lightest first. A leading class
 * that has no work gives its turn away and keeps no credit for later, so none can be starved by an empty one.
 */
export function createWeightedOrder(): WeightedOrder {
  const credit = { light: 0, medium: 0, heavy: 0 };
  const worth = (each: ModelClass): number => credit[each] + CLASS_WEIGHTS[each];
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
      credit[first] -= TURNS;
    },
  };
}
