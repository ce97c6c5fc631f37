import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Expected } from '../client/ledger.ts';
import type { NumberedAudio } from '../client/numbered-audio.ts';
import type { Fault, FaultRun, Outcome } from '../run/fault.ts';
import { underLoad } from '../run/under-load.ts';
import { REAL_ENGINE } from './hostile-media.ts';
import { mediaAudio, spokenAudio } from './spoken-audio.ts';

const STUB = fileURLToPath(new URL('./ffmpeg-stub.sh', import.meta.url));
const JOBS = 24;
const SPOKEN_BETWEEN = 3;
/** The first bytes of a file say what the stub does. */
const BEHAVIOURS: readonly (readonly [string, Expected])[] = [
  ['hangs...', { code: 'engine_failed' }],
  ['floods..', { code: 'undecodable_audio' }],
  ['crashes.', { code: 'engine_failed' }],
  ['is deaf.', { code: 'engine_failed' }],
];

export const brokenFfmpeg: Fault = {
  id: 'F22',
  title: 'an ffmpeg that hangs, writes 1 GB to stderr, dies by SIGSEGV, or ignores SIGTERM',
  load: `${JOBS} jobs on the real engine, 1 of ${SPOKEN_BETWEEN} is speech`,
  criterion: 'ended in time, tried again, then failed; the worker stays up, the speech is understood',
  run: decodeWithStub,
};

async function decodeWithStub(run: FaultRun): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'whisper-stub-'));
  const stub = join(directory, 'ffmpeg');
  await copyFile(STUB, stub);
  await chmod(stub, 0o755);
  const env = { ...REAL_ENGINE.env, FFMPEG_BIN: stub, ENGINE_STALL_SECONDS: '5' };
  try {
    return await underLoad(
      { ...run, jobs: JOBS, jobsPerSecond: 2 },
      { site: { ...REAL_ENGINE, slots: 3, env }, audioOf, mayBreak: false, warmUpOf: spokenAudio },
      () => Promise.resolve({}),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function audioOf(n: number): NumberedAudio {
  const [head, expected] = BEHAVIOURS[n % BEHAVIOURS.length] ?? [];
  if (n % SPOKEN_BETWEEN === 0 || !head || !expected) return spokenAudio(n);
  return mediaAudio(n, Buffer.from(`${head} ${n}`), expected);
}
