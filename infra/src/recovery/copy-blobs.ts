import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import { PipelineError } from '@whisper/shared/contracts/errors';

export interface Copied {
  readonly files: number;
  readonly bytes: number;
}

/** Every blob as a file below the folder; one that expires meanwhile is left out. */
export async function blobsToFiles(blobs: BlobStore, directory: string): Promise<Copied> {
  let copied = { files: 0, bytes: 0 };
  for await (const key of blobs.list('')) {
    const path = pathOf(directory, key);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (await copyOne(blobs, key, path)) copied = await plus(copied, path);
  }
  return copied;
}

export async function filesToBlobs(directory: string, blobs: BlobStore): Promise<Copied> {
  let copied = { files: 0, bytes: 0 };
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const key = relative(directory, path).split(sep).join('/');
    copied = await plus(copied, path);
    await blobs.putFile(key, path, (await stat(path)).size);
  }
  return copied;
}

async function copyOne(blobs: BlobStore, key: string, path: string): Promise<boolean> {
  try {
    await pipeline(await blobs.open(key), createWriteStream(path, { mode: 0o600 }));
    return true;
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'audio_missing') return false;
    throw error;
  }
}

async function plus({ files, bytes }: Copied, path: string): Promise<Copied> {
  return { files: files + 1, bytes: bytes + (await stat(path)).size };
}

/** Keys are ours, but the bucket may hold others: none leaves the folder. */
function pathOf(directory: string, key: string): string {
  const path = join(directory, key);
  if (path.startsWith(directory + sep)) return path;
  throw new Error(`the blob "${key}" has a name that is no file's`);
}
