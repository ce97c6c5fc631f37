import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { modelNameSchema, sha256Schema } from '@whisper/shared/contracts/identifiers';
import { readJson } from '../model/read-json.ts';

/** Where a model lies on the hub. */
const catalogueEntrySchema = z.strictObject({
  repository: z.string().regex(/^[\w-]+\/[\w.-]+$/),
  /** A commit hash; or a branch, which is resolved to one when the model is downloaded. */
  revision: z.string().regex(/^[\w./-]+$/),
  /** Hashes by path that win over what the hub says. */
  sha256: z.record(z.string(), sha256Schema).optional(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

const catalogueSchema = z.record(modelNameSchema, catalogueEntrySchema);
export type Catalogue = ReadonlyMap<string, CatalogueEntry>;

/** `models/catalogue.json` at the root of the repository; as far from `src` as from `dist`. */
export const CATALOGUE_FILE = fileURLToPath(new URL('../../../../models/catalogue.json', import.meta.url));

/**
 * The models that can be downloaded, by name.
 * @throws PipelineError `model_unavailable` when the file is missing or malformed.
 */
export async function readCatalogue(path: string = CATALOGUE_FILE): Promise<Catalogue> {
  return new Map(Object.entries(await readJson(path, catalogueSchema)));
}
