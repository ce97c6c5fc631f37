import { MODEL_CLASSES, type ModelClass } from '@whisper/shared/contracts/identifiers';

/** Of 12 picks under full backlog 8 go to light, 3 to medium, 1 to heavy: light first, heavy never starves. */
export const CLASS_WEIGHTS: Readonly<Record<ModelClass, number>> = { light: 8, medium: 3, heavy: 1 };
const TOTAL = Object.values(CLASS_WEIGHTS).reduce((sum, weight) => sum + weight, 0);

/** The order in which to ask the classes for the next job. */
export interface WeightedOrder {
  readonly next: () => readonly ModelClass[];
  /** Tell which class gave the job: only picks count, not looks. */
  readonly picked: (modelClass: ModelClass) => void;
}

/**
 * Smooth weighted round robin chooses the class that leads; the others follow lightest first. A class that
 * has no work gives its turn away and keeps no credit for later.
 */
export function createWeightedOrder(): WeightedOrder {
  const credit = new Map<ModelClass, number>(MODEL_CLASSES.map((modelClass) => [modelClass, 0]));
  const of = (modelClass: ModelClass): number => credit.get(modelClass) ?? 0;
  const leading = (): ModelClass =>
    MODEL_CLASSES.reduce((best, each) =>
      of(each) + CLASS_WEIGHTS[each] > of(best) + CLASS_WEIGHTS[best] ? each : best,
    );
  return {
    next: () => {
      const first = leading();
      return [first, ...MODEL_CLASSES.filter((each) => each !== first)];
    },
    picked: (modelClass) => {
      for (const each of MODEL_CLASSES) credit.set(each, of(each) + CLASS_WEIGHTS[each]);
      credit.set(modelClass, of(modelClass) - TOTAL);
      const bound = TOTAL;
      for (const each of MODEL_CLASSES) credit.set(each, Math.max(-bound, Math.min(bound, of(each))));
    },
  };
}
