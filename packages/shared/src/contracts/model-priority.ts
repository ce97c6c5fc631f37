import { z } from 'zod';
import { modelNameSchema, type ModelClass } from './identifiers.ts';

/** Model -> number, lighter first. Changed live under this key of the bucket `settings`. */
export const MODEL_PRIORITY_KEY = 'model-priority';
export const modelPrioritySchema = z.record(modelNameSchema, z.int().min(0).max(999));
export type ModelPriority = z.infer<typeof modelPrioritySchema>;

export const DEFAULT_MODEL_PRIORITY: ModelPriority = {
  pico: 0,
  tiny: 1,
  'tiny.en': 1,
  base: 2,
  'base.en': 2,
  small: 3,
  'small.en': 3,
  'distil-small.en': 3,
  medium: 4,
  'medium.en': 4,
  'distil-medium.en': 4,
  'distil-large-v3': 5,
  'large-v3-turbo': 5,
  'large-v3': 6,
  'large-v2': 7,
  'large-v1': 8,
};

const LIGHT_UP_TO = 2;
const MEDIUM_UP_TO = 4;

/** Numbers 0-2 are light, 3-4 medium, above or unlisted heavy. */
export function classOf(model: string, priority: ModelPriority): ModelClass {
  const number = priority[model] ?? DEFAULT_MODEL_PRIORITY[model] ?? Infinity;
  if (number <= LIGHT_UP_TO) return 'light';
  return number <= MEDIUM_UP_TO ? 'medium' : 'heavy';
}
