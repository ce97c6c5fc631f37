import { z } from 'zod';
import { BLOB_PREFIXES } from './blob-prefixes.ts';
import {
  DEFAULT_TENANT,
  jobIdSchema,
  keyIdSchema,
  modelClassSchema,
  modelNameSchema,
  prioritySchema,
  resultKeySchema,
  sha256Schema,
  tenantSchema,
  timestampSchema,
} from './identifiers.ts';
import { transcriptionOptionsSchema } from './transcription-options.ts';

/** One unit of work: one result key. Carries no file name and no text. */
export const jobSchema = z.strictObject({
  version: z.literal(1),
  jobId: jobIdSchema,
  resultKey: resultKeySchema,
  audio: z.strictObject({ sha256: sha256Schema, sizeBytes: z.int().positive() }),
  model: modelNameSchema,
  options: transcriptionOptionsSchema,
  /** Whose share of the fleet it takes. */
  tenant: tenantSchema.default(DEFAULT_TENANT),
  /** The API key that it was sent with: what it is counted for. */
  keyId: keyIdSchema.exactOptional(),
  /** `low` lets the tenant's other jobs of the class go first, until it has waited long enough. */
  priority: prioritySchema.default('normal'),
  submittedAt: timestampSchema,
});
export type Job = z.infer<typeof jobSchema>;

/** A job as it was accepted, kept beside its audio until it ends: from these a queue that is lost is built anew. */
export const acceptedJobSchema = z.strictObject({
  version: z.literal(1),
  modelClass: modelClassSchema,
  job: jobSchema,
});
export const acceptedBlobKey = (jobId: string): string => BLOB_PREFIXES.accepted + jobIdSchema.parse(jobId);

/**
 * The blob that holds a job's audio; built from server data only. Each tenant has its own, so that what becomes of one
 * tenant's audio tells another nothing.
 */
export function audioBlobKey({ audio, tenant }: Pick<Job, 'audio' | 'tenant'>): string {
  const sha256 = sha256Schema.parse(audio.sha256);
  const folder = tenant === DEFAULT_TENANT ? '' : `${tenantSchema.parse(tenant)}/`;
  return `${BLOB_PREFIXES.audio}${folder}${sha256}`;
}
