import { z } from 'zod';
import { sha256Schema } from '@whisper/shared/contracts/identifiers';

export const REVISION_FILE = 'revision.json';

/** `revision.json`, which the downloader writes: what a model directory holds and from which commit. */
export const revisionFileSchema = z.object({
  revision: z.string().min(1),
  files: z.record(z.string(), z.object({ sha256: sha256Schema, sizeBytes: z.int().nonnegative() })),
});
export type RevisionFile = z.infer<typeof revisionFileSchema>;
