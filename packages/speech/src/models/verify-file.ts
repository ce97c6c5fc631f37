import { stat } from 'node:fs/promises';
import { hashFile } from './hash-file.ts';
import type { HubFile } from './hub.ts';

/** Whether a file has the size and the checksum that the hub stated. */
export async function isVerified(path: string, { sizeBytes, checksum }: HubFile): Promise<boolean> {
  if ((await sizeOf(path)) !== sizeBytes) return false;
  const [algorithm, prefix] =
    checksum.kind === 'sha256' ? (['sha256', ''] as const) : (['sha1', `blob ${sizeBytes}\0`] as const);
  return (await hashFile(path, algorithm, { prefix })) === checksum.hex;
}

/** Bytes in a file; 0 for one that is not there. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
