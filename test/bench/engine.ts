import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LogMelSpectrogram } from '@whisper/speech/features/log-mel-spectrogram';
import { contestantsFor, ownCommand, type BenchSettings } from './engine/contestants.ts';
import { interleave, throughput, type Result } from './engine/rounds.ts';
import { quantile } from './measure.ts';

/**
 * `npm run bench:engine`: one window of 30 s with 64 tokens through our engine and through the peers that the environment
 * names, on the same weights, interleaved; docs/engine.md says how to prepare them.
 */
const { env } = process;
const ROUNDS = Number(env['BENCH_ROUNDS'] ?? 5);
const MODELS = (env['BENCH_NAMES'] ?? 'tiny,base').split(',');
const THREADS = (env['BENCH_THREADS'] ?? '1,2').split(',').map(Number);
const settings: BenchSettings = {
  models: env['BENCH_MODELS'] ?? '.data/bench/models',
  whisperCpp: peer(env['WHISPER_CPP_BENCH'], env['WHISPER_CPP_MODELS'], ([program, models]) => ({
    program,
    models,
  })),
  fasterWhisper: peer(env['FASTER_WHISPER_PYTHON'], env['FASTER_WHISPER_MODELS'], ([python, models]) => ({
    python,
    models,
  })),
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

sayLogMel();
for (const model of MODELS) {
  if (!existsSync(join(settings.models, model))) {
    say(`${model}: not in ${settings.models}`);
    continue;
  }
  for (const threads of THREADS) {
    sayTable(model, threads, await interleave(contestantsFor(settings, model, threads), ROUNDS));
  }
  await sayShortWindow(join(settings.models, model));
  await sayProcesses(join(settings.models, model));
}

function sayLogMel(): void {
  const pcm = Float32Array.from({ length: 480_000 }, (_, i) => Math.sin(i * 0.05) * Math.sin(i * 0.0003));
  const times: number[] = [];
  for (let round = 0; round < 10 + ROUNDS; round += 1) {
    const startMs = performance.now();
    const features = new LogMelSpectrogram(80);
    features.append(pcm);
    features.finish();
    features.window(0, 3000);
    if (round >= 10) times.push(performance.now() - startMs);
  }
  say(`log-mel of 30 s: ${quantile(times, 0.5).toFixed(1)} ms`);
}

function sayTable(model: string, threads: number, results: readonly Result[]): void {
  say(`\n${model}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, median of ${ROUNDS}`);
  say(
    '| engine | encoder ms | step ms | window ms | CPU ms | memory MB | window, ours = 1 | CPU, ours = 1 |',
  );
  say('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  const [ours] = results;
  for (const { name, encodeMs, tokenMs, windowMs, cpuMs, residentBytes } of results) {
    const times = [encodeMs.toFixed(0), tokenMs.toFixed(2), windowMs.toFixed(0), cpuMs.toFixed(0)];
    const memory = (residentBytes / 1e6).toFixed(0);
    const ratios = [windowMs / (ours?.windowMs ?? NaN), cpuMs / (ours?.cpuMs ?? NaN)];
    say(`| ${[name, ...times, memory, ...ratios.map((ratio) => ratio.toFixed(2))].join(' | ')} |`);
  }
}

async function sayShortWindow(directory: string): Promise<void> {
  const results = await interleave(
    [
      ownCommand('30 s', { directory, precision: 'packed-int8', threads: 1 }),
      ownCommand('10 s', { directory, precision: 'packed-int8', threads: 1, frames: 1000 }),
    ],
    ROUNDS,
  );
  const [long, short] = results.map(({ encodeMs }) => encodeMs);
  const share = (short ?? NaN) / (long ?? NaN);
  say(`encoder: 30 s ${long?.toFixed(0)} ms, 10 s ${short?.toFixed(0)} ms: ${share.toFixed(2)} of it`);
}

/** Turn about, so that both see the same neighbours. */
async function sayProcesses(directory: string): Promise<void> {
  const one = ownCommand('one', { directory, precision: 'packed-int8', threads: 1 });
  const [apart, together]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    apart.push(await throughput([one, { ...one, name: 'two' }], 3));
    together.push(
      await throughput([ownCommand('both', { directory, precision: 'packed-int8', threads: 2 })], 6),
    );
  }
  const [two, lone] = [quantile(apart, 0.5), quantile(together, 0.5)];
  const ratio = (two / lone).toFixed(2);
  say(
    `windows a second: 2 processes of 1 thread ${two.toFixed(2)}, 1 of 2 ${lone.toFixed(2)}: ${ratio} times`,
  );
}

function peer<T>(
  program: string | undefined,
  models: string | undefined,
  make: (both: readonly [string, string]) => T,
): T | undefined {
  return program === undefined || models === undefined ? undefined : make([program, models]);
}
