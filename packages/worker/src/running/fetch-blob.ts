import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { audioBlobKey, type Job } from '@whisper/shared/contracts/job';
import type { BlobStore } from '@whisper/shared/storage/blob-store';

/**
 * Copies a job's audio to a private local file and checks that it is what was accepted.
 * @throws PipelineError `audio_missing`, `audio_corrupt`, `storage_unavailable`; nothing is left behind
 */
export async function fetchBlob(blobs: BlobStore, audio: Job['audio'], path: string): Promise<void> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await copy(await blobs.open(audioBlobKey(audio.sha256)), hashing, path);
    if (hash.digest('hex') !== audio.sha256) {
      throw new PipelineError('audio_corrupt', 'the stored audio is not what was uploaded');
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function copy(source: NodeJS.ReadableStream, through: Transform, path: string): Promise<void> {
  try {
    await pipeline(source, through, createWriteStream(path, { mode: 0o600 }));
  } catch (cause) {
    throw new PipelineError('storage_unavailable', 'reading the stored audio broke off', { cause });
  }
}
