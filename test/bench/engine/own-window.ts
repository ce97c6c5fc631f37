import { createInterface } from 'node:readline';
import { openModel } from '@whisper/speech/model/load-model';
import type { DecoderRun } from '@whisper/speech/model/decoder';
import type { Measurement } from './contestant.ts';

/**
 * Our own engine in `npm run bench:engine`: `own-window DIRECTORY PRECISION THREADS TOKENS FRAMES`. It answers each line
 * of stdin with one {@link Measurement} of a window, as the peers do.
 */
const [directory = '', precision = '', threads = '1', tokens = '64', frames = '3000'] = process.argv.slice(2);
const PROMPT = [50258, 50259, 50359, 50363];

const model = await openModel(directory, {
  executionProviders: ['cpu'],
  threads: Number(threads),
  precision,
});
const mel = Float32Array.from(
  { length: model.settings.melCount * Number(frames) },
  (_, i) => ((i * 7919) % 2000) / 1000 - 1,
);
process.stdout.write('{"ready":true}\n');
for await (const _ of createInterface(process.stdin)) {
  process.stdout.write(`${JSON.stringify(await measure())}\n`);
}
await model[Symbol.asyncDispose]();

async function measure(): Promise<Measurement> {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const window = await model.encoder.encode(mel);
  const encodedMs = performance.now();
  const run = model.decoder.start([window]);
  let next = await bestAfter(run, PROMPT);
  const promptedMs = performance.now();
  for (let token = 1; token < Number(tokens); token += 1) next = await bestAfter(run, [next]);
  const endMs = performance.now();
  return {
    encodeMs: encodedMs - startMs,
    tokenMs: (endMs - promptedMs) / (Number(tokens) - 1),
    windowMs: endMs - startMs,
    cpuMs: used(process.cpuUsage(cpu)),
    residentBytes: process.memoryUsage.rss(),
  };
}

async function bestAfter(run: DecoderRun, ids: readonly number[]): Promise<number> {
  const row = (await run.step([ids])).at(0, -1);
  let best = 0;
  for (let id = 1; id < row.length; id += 1) if ((row[id] ?? 0) > (row[best] ?? 0)) best = id;
  return best;
}

function used({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
