import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { unlessAborted } from '@whisper/shared/kit/unless-aborted';
import { audioBlobKey, type Job } from '@whisper/shared/contracts/job';
import type { BlobStore } from '@whisper/shared/storage/blob-store';

/**
 * Copies a job's audio to a private local file and checks that it is what was accepted.
 * @throws PipelineError `audio_missing`, `audio_corrupt`, `storage_unavailable`; the signal's reason; nothing is left behind
 */
export async function fetchBlob(
  blobs: BlobStore,
  job: Pick<Job, 'audio' | 'tenant'>,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const source = await unlessAborted(blobs.open(audioBlobKey(job)), signal);
    await copy(source, hashing, { path, signal });
    if (hash.digest('hex') !== job.audio.sha256) {
      throw new PipelineError('audio_corrupt', 'the stored audio is not what was uploaded');
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function copy(
  source: NodeJS.ReadableStream,
  through: Transform,
  { path, signal }: { path: string; signal: AbortSignal },
): Promise<void> {
  try {
    await pipeline(source, through, createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new PipelineError('storage_unavailable', 'reading the stored audio broke off', { cause });
  }
}
