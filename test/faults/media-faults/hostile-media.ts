import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Fault, FaultRun, Outcome } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { underLoad } from '../run/under-load.ts';
import { makeHostileCorpus } from './hostile-corpus.ts';
import { mediaAudio, spokenAudio } from './spoken-audio.ts';

const SPOKEN_BETWEEN = 4;
const MAX_AUDIO_SECONDS = '60';

export const hostileMedia: Fault = {
  id: 'F21',
  title:
    'hostile media: truncated, bits flipped, lying headers, playlists, 10 hours of silence, 100 tracks, no audio',
  load: 'the real engine and ffmpeg in its sandbox, speech in between',
  criterion: 'stable error codes; no process ends, nothing is fetched; the speech is understood',
  run: hearCorpus,
};

async function hearCorpus(run: FaultRun): Promise<Outcome> {
  const asked: string[] = [];
  const listener = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const corpus = await makeHostileCorpus(`http://127.0.0.1:${port}`);
  const audioOf = (n: number): ReturnType<typeof spokenAudio> => {
    const file = n % SPOKEN_BETWEEN === 0 ? undefined : corpus[n - Math.ceil(n / SPOKEN_BETWEEN)];
    return file ? mediaAudio(n, file.bytes, { oneOf: file.oneOf }) : spokenAudio(n);
  };
  const jobs = Math.ceil((corpus.length * SPOKEN_BETWEEN) / (SPOKEN_BETWEEN - 1));
  try {
    return await underLoad(
      { ...run, jobs, jobsPerSecond: Math.min(2, run.jobsPerSecond) },
      { site: REAL_ENGINE, audioOf, mayBreak: false, warmUpOf: spokenAudio },
      async (scene) => {
        await allEnded(scene);
        return {
          notes: [`${corpus.length} hostile files`],
          violations: asked.map((path) => `somebody asked for ${path}`),
        };
      },
    );
  } finally {
    listener.close();
  }
}

export const REAL_ENGINE = {
  workers: 1,
  slots: 2,
  workerEntry: 'services/cpu-worker/src/main.ts',
  env: { MAX_AUDIO_SECONDS },
} as const;
