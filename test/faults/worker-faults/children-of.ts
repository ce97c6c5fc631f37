import { readdir, readFile } from 'node:fs/promises';

/** The processes that this one has begun, whichever of its threads did. */
export async function childrenOf(parent: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${parent}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${parent}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.join(' ').split(/\s+/).filter(Boolean).map(Number);
}
