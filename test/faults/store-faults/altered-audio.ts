import { setTimeout as sleep } from 'node:timers/promises';
import { audioBlobKey } from '@whisper/shared/contracts/job';
import { DEFAULT_TENANT } from '@whisper/shared/contracts/identifiers';
import { createS3BlobStore } from '@whisper/shared/storage/s3-blob-store';
import { numberedAudio, type NumberedAudio } from '../client/numbered-audio.ts';
import type { Fault } from '../run/fault.ts';
import { underLoad, usualPace, type Found, type Scene } from '../run/under-load.ts';

const JOBS = 30;
const SETTLED_MS = 3_000;

/** Of each three jobs one finds its audio altered, one finds it gone. */
const fateOf = (n: number): 'altered' | 'gone' | 'left' =>
  (['altered', 'gone', 'left'] as const)[n % 3] ?? 'left';
const CODES = { altered: 'audio_corrupt', gone: 'audio_missing', left: undefined } as const;

export const alteredAudio: Fault = {
  id: 'F35',
  title: 'stored audio is altered or removed before its job runs',
  load: `${JOBS} jobs, a third each altered, removed, left alone`,
  criterion: 'failed with audio_corrupt or audio_missing, never a wrong text; the rest is done',
  run: (run) =>
    underLoad({ ...run, jobs: JOBS, jobsPerSecond: 20 }, { site: { workers: 1 }, audioOf }, alterAudio),
};

function audioOf(n: number): NumberedAudio {
  const code = CODES[fateOf(n)];
  return code === undefined ? numberedAudio(n, usualPace(n)) : numberedAudio(n, usualPace(n), code);
}

async function alterAudio({ client, isLoaded, site }: Scene): Promise<Found> {
  const [worker] = site.workers;
  await worker?.service.stayDown('SIGTERM');
  while (isLoaded()) await sleep(50);
  const blobs = createS3BlobStore(site.s3Settings);
  for (const { number, sha256 } of client.accepted().filter((entry) => entry.number >= 0)) {
    const key = audioBlobKey({ audio: { sha256, sizeBytes: 1 }, tenant: DEFAULT_TENANT });
    if (fateOf(number) === 'gone') await blobs.delete(key);
    if (fateOf(number) === 'altered') await blobs.putBytes(key, Buffer.from('somebody else’s words'));
  }
  await sleep(SETTLED_MS);
  await worker?.service.resume();
  return {};
}
