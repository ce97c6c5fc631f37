import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** An upload in the spool: complete, its hash known, never read by name. */
export interface SpooledFile {
  readonly path: string;
  /** Without a header of ours. */
  readonly uploadedBytes: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Writes an upload to a private file while hashing it. A stream that breaks off leaves nothing behind. */
export async function hashUpload(
  source: NodeJS.ReadableStream,
  directory: string,
  header: Buffer = Buffer.alloc(0),
): Promise<SpooledFile> {
  const path = join(directory, randomUUID());
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  if (header.length > 0) counting.write(header);
  const target = createWriteStream(path, { mode: 0o600, flags: 'wx' });
  try {
    await pipeline(source, counting, target);
  } catch (error) {
    await closed(target); // else it might make the file after we removed it
    await rm(path, { force: true });
    throw error;
  }
  return { path, uploadedBytes: sizeBytes - header.length, sizeBytes, sha256: hash.digest('hex') };
}

async function closed(stream: WriteStream): Promise<void> {
  stream.destroy();
  if (stream.closed) return;
  await new Promise<void>((resolve) => {
    stream.once('close', resolve);
  });
}
