import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A Whisper with random weights in every layout: test/fixtures/nano/README.md. */
export const NANO = fileURLToPath(new URL('../fixtures/nano/model', import.meta.url));

const goldenSchema = z.object({
  tool: z.string(),
  tokens: z.array(z.int()),
  /** `[tokens x vocabulary]` */
  logits: z.array(z.number()),
  /** `[alignment heads x tokens x positions]`, before the softmax. */
  scores: z.array(z.number()),
});
export type Golden = z.infer<typeof goldenSchema>;

/** What openai/whisper says about {@link nanoMel} with the same weights. */
export async function readGolden(): Promise<Golden> {
  return goldenSchema.parse(JSON.parse(await readFile(join(NANO, '../golden.json'), 'utf8')));
}

/** The made-up window of the golden values: `[80 x 200]`; another `phase` makes another one. */
export function nanoMel(phase = 0): Float32Array {
  return Float32Array.from({ length: 80 * 200 }, (_, i) => Math.sin(i * 0.37 + phase));
}

/** A copy of the model that a test may damage; only files that `keep` wants. */
export async function copyNano(
  keep: (path: string) => boolean = () => true,
): Promise<AsyncDisposable & { path: string }> {
  const root = await mkdtemp(join(tmpdir(), 'whisper-nano-'));
  const path = join(root, 'nano');
  await cp(NANO, path, { recursive: true, filter: (source) => keep(source) });
  return { path, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}
