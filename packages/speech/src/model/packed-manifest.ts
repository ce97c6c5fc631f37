import { z } from 'zod';
import { sha256Schema } from '@whisper/shared/contracts/identifiers';

/** `onnx/packed_<precision>.json`, which `models/export` writes beside its graphs. */
export const packedManifestSchema = z.object({
  layout: z.literal('whisper-packed'),
  /** Of the inputs and outputs of the graphs. */
  version: z.literal(1),
  precision: z.string(),
  /** By name within the folder. */
  files: z.record(z.string(), z.object({ sha256: sha256Schema, sizeBytes: z.int().nonnegative() })),
});
