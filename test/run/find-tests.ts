import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every `*.test.ts` below a folder whose path holds one of the wanted parts; all when none is wanted. */
export async function findTests(root: string, wanted: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true });
  return entries
    .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules'))
    .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
    .map((path) => relative(process.cwd(), join(root, path)))
    .sort();
}
