import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const entrySchema = z.strictObject({
  set: z.string(),
  file: z.string(),
  voice: z.string(),
  text: z.string(),
  segments: z.array(z.strictObject({ startSeconds: z.number(), endSeconds: z.number(), text: z.string() })),
});

/** One file to transcribe, and what is said in it; no text where nobody speaks. */
export type EvalEntry = z.infer<typeof entrySchema>;

/**
 * Reads what models/pico/training/make_eval_sets.py wrote.
 * @throws Error that says how to make the sets when they are not there.
 */
export async function readEvalSets(directory: string): Promise<ReadonlyMap<string, readonly EvalEntry[]>> {
  const entries = z.array(entrySchema).parse(await readManifest(join(directory, 'manifest.json')));
  const names = [...new Set(entries.map(({ set }) => set))];
  return new Map(names.map((name) => [name, entries.filter(({ set }) => set === name)]));
}

async function readManifest(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} cannot be read: make it as models/pico/training/README.md says`, { cause });
  }
}
