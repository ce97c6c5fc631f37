import { z } from 'zod';

/** Lanes a job can run on; each is one work-queue stream. */
export const LANES = ['gpu', 'cpu'] as const;
export type Lane = (typeof LANES)[number];
export const laneSchema = z.enum(LANES);

/** Priority classes, lightest first. */
export const MODEL_CLASSES = ['light', 'medium', 'heavy'] as const;
export type ModelClass = (typeof MODEL_CLASSES)[number];
export const modelClassSchema = z.enum(MODEL_CLASSES);

export function byLane<T>(of: (lane: Lane) => T): Record<Lane, T> {
  return { gpu: of('gpu'), cpu: of('cpu') };
}

export function byClass<T>(of: (modelClass: ModelClass) => T): Record<ModelClass, T> {
  return { light: of('light'), medium: of('medium'), heavy: of('heavy') };
}

/** A subject token: never contains a wildcard, a dot, a space or a control character. */
export const jobIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
export const workerIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** Names an API key, without telling it. A subject token. */
export const keyIdSchema = z.string().regex(/^[a-z0-9]{12}$/);

/** Who a job is for, where several share the system: one or more API keys are of one tenant. A subject token. */
export const tenantSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
/** Whoever comes without a key. */
export const DEFAULT_TENANT = 'default';

/** A request may lower its own priority, for work that can wait; it can never raise it. */
export const PRIORITIES = ['normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const prioritySchema = z.enum(PRIORITIES);

/** Lower-case hexadecimal SHA-256. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** A model's name is part of KV keys and folder names: no path, no leading, trailing or double dot. */
export const modelNameSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/);

/** `<64 hex of tenant and audio>.<model>`, or with `.<16 hex of the options>`; valid as a KV key. */
export const resultKeySchema = z.string().regex(/^[0-9a-f]{64}\.[a-z0-9]+(?:[._-][a-z0-9]+)*$/);

export const timestampSchema = z.iso.datetime();
