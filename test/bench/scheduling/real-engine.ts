import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODEL_PRIORITY_KEY } from '@whisper/shared/contracts/model-priority';
import { watchSettings } from '@whisper/shared/storage/settings';
import { postAudio } from '../../helpers/post-audio.ts';
import { samplePath } from '../../helpers/sample-path.ts';
import { silent } from '../../helpers/start-servers.ts';
import { startSystem, type System } from '../../helpers/start-system.ts';
import { quantile } from '../measure.ts';

const PICO = fileURLToPath(new URL('../../../models/pico', import.meta.url));
/** The same weights under a name that is of the heavy class, for long audio. */
const HEAVY = 'pico-long';
const CLIPS = 15;
const HEAVY_JOBS = 12;
const HEAVY_TIMES_LONGER = 40;

/** The whole pipeline with the real model: a short clip, alone and while long files wait. */
export async function realEngine(): Promise<string> {
  await using system = await startSystem({ engine: 'pico', slots: 2, env: { MAX_UPLOADS: '100' } });
  await using bus = await system.servers.connect();
  await using settings = await watchSettings(bus, silent);
  await settings.set(MODEL_PRIORITY_KEY, { pico: 0, [HEAVY]: 9 });
  await mkdir(join(system.servers.directory, 'models'), { recursive: true });
  await cp(PICO, join(system.servers.directory, 'models', HEAVY), { recursive: true });
  const wav = await readFile(samplePath('numbers.wav'));
  await clip(system, wav, 'warm-up');
  const alone = await clips(system, wav, 'alone');
  const heavy = Array.from({ length: HEAVY_JOBS }, (_, n) => post(system, longer(wav), `long ${n}`, HEAVY));
  const flooded = await clips(system, wav, 'flood');
  const ended = await Promise.all(heavy);
  const [p95Alone, p95Flooded] = [quantile(alone, 0.95), quantile(flooded, 0.95)];
  return (
    `real model, 2 slots: p95 of a clip alone ${p95Alone.toFixed(0)} ms, among ${HEAVY_JOBS} long files ` +
    `${p95Flooded.toFixed(0)} ms: ${(p95Flooded / p95Alone).toFixed(2)} ×; ${ended.length} long ones ended well`
  );
}

async function clips(system: System, wav: Buffer, name: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < CLIPS; n++) times.push(await clip(system, wav, `${name} ${n}`));
  return times;
}

async function clip(system: System, wav: Buffer, name: string): Promise<number> {
  const startedMs = performance.now();
  await post(system, wav, name, 'pico');
  return performance.now() - startedMs;
}

/** A trailing chunk makes each file another one and is skipped by the decoder. */
async function post(system: System, wav: Buffer, name: string, model: string): Promise<void> {
  const note = Buffer.alloc(64, 32);
  note.write('note', 0);
  note.writeUInt32LE(56, 4);
  note.write(name, 8);
  const answer = await postAudio(system.url, new Blob([wav, note]), { query: `?model=${model}` });
  if (answer.status !== 200) throw new Error(`${name}: ${answer.error?.code ?? answer.status}`);
}

/** The samples many times over behind one header; ffmpeg reads to the end, whatever the header says. */
function longer(wav: Buffer): Buffer {
  const at = wav.indexOf('data') + 8;
  const samples = wav.subarray(at);
  const head = Buffer.from(wav.subarray(0, at));
  head.writeUInt32LE(samples.length * HEAVY_TIMES_LONGER, at - 4);
  return Buffer.concat([head, ...Array.from({ length: HEAVY_TIMES_LONGER }, () => samples)]);
}
