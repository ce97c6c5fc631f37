import { z } from 'zod';
import { BLOB_PREFIXES } from './blob-prefixes.ts';
import { jobIdSchema, resultKeySchema, sha256Schema, timestampSchema } from './identifiers.ts';

/** Which weights made a result; a result of another revision or precision is a miss. */
export const modelIdentitySchema = z.strictObject({
  name: z.string(),
  revision: z.string(),
  precision: z.string(),
});
export type ModelIdentity = z.infer<typeof modelIdentitySchema>;

/** One entry in the bucket `results`: a transcript, gzipped, inline or behind a pointer into the blob store. */
export const storedResultSchema = z.strictObject({
  version: z.literal(1),
  resultKey: resultKeySchema,
  model: modelIdentitySchema,
  createdAt: timestampSchema,
  /** The job whose result it was first. */
  madeBy: jobIdSchema.exactOptional(),
  body: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('inline'), gzipBase64: z.string() }),
    z.strictObject({
      kind: z.literal('blob'),
      key: z.string(),
      sizeBytes: z.int().positive(),
      sha256: sha256Schema,
    }),
  ]),
});
export type StoredResult = z.infer<typeof storedResultSchema>;

/** The blob that holds a large result; named by content, so that two writers never write one key differently. */
export const resultBlobKey = (resultKey: string, sha256: string): string =>
  `${resultBlobPrefix(resultKey)}${sha256}`;
export const resultBlobPrefix = (resultKey: string): string =>
  `${BLOB_PREFIXES.results}${resultKeySchema.parse(resultKey)}/`;
