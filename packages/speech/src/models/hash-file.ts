import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * The hash of a file in hex, read as a stream. `prefix` is hashed first, as git does for its blobs.
 * @throws the file system's error, or the signal's reason.
 */
export async function hashFile(
  path: string,
  algorithm: 'sha256' | 'sha1',
  { prefix = '', signal }: { readonly prefix?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  await pipeline(createReadStream(path), hash, signal === undefined ? {} : { signal });
  return hash.digest('hex');
}
