import { readFile } from 'node:fs/promises';

const PAGE_BYTES = 4096;

/** Memory that a process holds, as the kernel counts it; 0 for one that has ended. Linux alone tells. */
export async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const [, pages = ''] = (await readFile(`/proc/${pid ?? ''}/statm`, 'utf8')).split(' ');
    return Number(pages) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
