import { buffer } from 'node:stream/consumers';
import { BLOB_PREFIXES } from '../contracts/blob-prefixes.ts';
import { decodeJson, encodeJson } from '../contracts/define-message.ts';
import { PipelineError } from '../contracts/errors.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import { acceptedBlobKey, acceptedJobSchema, type Job } from '../contracts/job.ts';
import type { BlobStore } from './blob-store.ts';

export interface AcceptedJob {
  readonly job: Job;
  readonly modelClass: ModelClass;
}

/** Writes down beside the audio what is to be done with it. */
export async function keepAccepted(blobs: BlobStore, job: Job, modelClass: ModelClass): Promise<void> {
  const bytes = encodeJson(acceptedJobSchema, { version: 1, modelClass, job });
  await blobs.putBytes(acceptedBlobKey(job.jobId), bytes);
}

/** The job has ended, or is to be forgotten. */
export async function forgetAccepted(blobs: BlobStore, jobId: string): Promise<void> {
  await blobs.delete(acceptedBlobKey(jobId));
}

/** Every job that was accepted and has not ended, as the blob store tells; those that ended meanwhile are left out. */
export async function* listAccepted(blobs: BlobStore): AsyncGenerator<AcceptedJob> {
  for await (const key of blobs.list(BLOB_PREFIXES.accepted)) {
    const bytes = await readIfThere(blobs, key);
    if (bytes) yield decodeJson('accepted job', acceptedJobSchema, bytes);
  }
}

async function readIfThere(blobs: BlobStore, key: string): Promise<Uint8Array | undefined> {
  try {
    return await buffer(await blobs.open(key));
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'audio_missing') return undefined;
    throw error;
  }
}
