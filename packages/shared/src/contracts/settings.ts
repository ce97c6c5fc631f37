import { z } from 'zod';
import { MODEL_CLASSES, tenantSchema, type ModelClass } from './identifiers.ts';
import { MODEL_PRIORITY_KEY, modelPrioritySchema } from './model-priority.ts';

export const CLASS_WEIGHTS_KEY = 'class-weights';
export const TENANT_WEIGHTS_KEY = 'tenant-weights';

/** Of 12 picks under full backlog 8 go to light, 3 to medium, 1 to heavy: light first, heavy never starves. */
export const DEFAULT_CLASS_WEIGHTS: Readonly<Record<ModelClass, number>> = { light: 8, medium: 3, heavy: 1 };
export const DEFAULT_TENANT_WEIGHT = 1;

const classWeight = z.int().min(1).max(1_000);
export const classWeightsSchema = z.strictObject({
  light: classWeight,
  medium: classWeight,
  heavy: classWeight,
} satisfies Record<(typeof MODEL_CLASSES)[number], z.ZodType>);
export type ClassWeights = z.infer<typeof classWeightsSchema>;

/** Tenant -> its share of a class's turns, against that of each other tenant who has work there. */
export const tenantWeightsSchema = z.record(tenantSchema, z.number().min(0.01).max(1_000));
export type TenantWeights = z.infer<typeof tenantWeightsSchema>;

/** What the bucket `settings` may hold, by key; changed live. */
export const SETTINGS = {
  [MODEL_PRIORITY_KEY]: modelPrioritySchema,
  [CLASS_WEIGHTS_KEY]: classWeightsSchema,
  [TENANT_WEIGHTS_KEY]: tenantWeightsSchema,
} as const;
export type SettingKey = keyof typeof SETTINGS;
export type Setting<K extends SettingKey> = z.infer<(typeof SETTINGS)[K]>;

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}
