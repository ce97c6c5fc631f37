import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { transcriptionOptionsSchema } from '@whisper/shared/contracts/transcription-options';
import { loadModel } from '@whisper/speech/model/load-model';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { decodeAudio } from '@whisper/worker/engine/decode-audio';
import { bestSandbox } from '@whisper/worker/engine/ffmpeg-command';
import { quantile } from '../bench/measure.ts';
import { readEvalSets, type EvalEntry } from './eval-sets.ts';
import { joinFiles } from './joined.ts';
import { measureTimes } from './segment-times.ts';
import { countWordErrors, rateOf, sumOf, wordsOf, type WordErrors } from './word-errors.ts';

/**
 * `npm run eval:pico`: what the bundled model gets wrong on sets that its training never saw, heard by the code that
 * serves requests: the worker's decoder, the engine's features, windows and decoding.
 *
 *   npm run eval:pico -- [--sets .cache/pico-eval] [--model models/pico] [--only everyday,…] [--limit n] [--show n]
 *     [--joined] [--options '{"beamSize":5}']
 *
 * `--joined` hears each set as one long recording; `--options` departs from the defaults.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAX_AUDIO_SECONDS = 3600;
const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: join(ROOT, '.cache/pico-eval') },
    model: { type: 'string', default: join(ROOT, 'models/pico') },
    only: { type: 'string' },
    limit: { type: 'string', default: '1000000' },
    show: { type: 'string', default: '0' },
    joined: { type: 'boolean', default: false },
    options: { type: 'string', default: '{}' },
  },
});

let sandbox: ReturnType<typeof bestSandbox> | undefined;

interface Heard {
  readonly entry: EvalEntry;
  readonly transcript: Transcript;
  /** By the clock, from the file to its text. */
  readonly elapsedMs: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

const options = transcriptionOptionsSchema.parse(JSON.parse(values.options));
const sets = await readEvalSets(resolve(values.sets));
const only = values.only?.split(',');
await using model = await loadModel(resolve(values.model), { executionProviders: ['cpu'], threads: 1 });
say(`${resolve(values.model)}, ${model.identity.precision}`);
for (const [name, entries] of sets) {
  if (only !== undefined && !only.includes(name)) continue;
  const heard: Heard[] = [];
  const chosen = entries.slice(0, Number(values.limit));
  for (const entry of values.joined ? [await joinFiles(resolve(values.sets), chosen)] : chosen) {
    const startedMs = performance.now();
    const transcript = await transcribe(model, resolve(values.sets, entry.file));
    heard.push({ entry, transcript, elapsedMs: performance.now() - startedMs });
  }
  for (const { entry, transcript } of heard.slice(0, Number(values.show))) {
    say(`    ${entry.voice} | ${entry.text} | ${transcript.text}`);
  }
  report(name, heard);
  reportSpeed(heard);
}

async function transcribe(speech: SpeechModel, audioPath: string): Promise<Transcript> {
  const ffmpegPath = process.env['FFMPEG_BIN'] ?? 'ffmpeg';
  const call = { tier: sandboxOf(ffmpegPath), ffmpegPath, audioPath, maxAudioSeconds: MAX_AUDIO_SECONDS };
  const nothing = (): undefined => undefined;
  return speech.transcribe(decodeAudio(call), options, { onProgress: nothing, onSegment: nothing });
}

function sandboxOf(ffmpegPath: string): ReturnType<typeof bestSandbox> {
  sandbox ??= bestSandbox(ffmpegPath);
  return sandbox;
}

function report(name: string, heard: readonly Heard[]): void {
  const spoken = heard.filter(({ entry }) => entry.text !== '');
  if (spoken.length === 0) {
    const quiet = heard.filter(({ transcript }) => wordsOf(transcript.text).length === 0).length;
    say(`${name}: no words in ${quiet} of ${heard.length} (${percent(quiet / heard.length)})`);
    return;
  }
  say(`${name}: word error rate ${percent(rateOf(sumOf(spoken.map(errorsOf))))} over ${spoken.length} files`);
  for (const [kind, some] of byVoice(spoken))
    say(`  ${kind}: ${percent(rateOf(sumOf(some.map(errorsOf))))} over ${some.length}`);
  reportTimes(spoken.filter(({ entry }) => entry.segments.length > 0));
}

function errorsOf({ entry, transcript }: Heard): WordErrors {
  return countWordErrors(entry.text, transcript.text);
}

/** espeak-ng's variants are one kind. */
function byVoice(heard: readonly Heard[]): ReadonlyMap<string, readonly Heard[]> {
  const kindOf = ({ entry }: Heard): string => (entry.voice.startsWith('espeak') ? 'espeak' : entry.voice);
  const kinds = [...new Set(heard.map(kindOf))].sort();
  return new Map(kinds.map((kind) => [kind, heard.filter((one) => kindOf(one) === kind)]));
}

function reportTimes(heard: readonly Heard[]): void {
  if (heard.length === 0) return;
  const measured = heard.map(({ entry, transcript }) => measureTimes(entry.segments, transcript.segments));
  const starts = measured.flatMap((one) => one.starts);
  const ends = measured.flatMap((one) => one.ends);
  const missed = measured.reduce((sum, one) => sum + one.missed, 0);
  const ms = (errors: readonly number[], q: number): string =>
    `${(1000 * quantile(errors, q)).toFixed(0)} ms`;
  say(`  starts: median error ${ms(starts, 0.5)}, 90 % within ${ms(starts, 0.9)}`);
  say(`  ends: median error ${ms(ends, 0.5)}, 90 % within ${ms(ends, 0.9)}`);
  say(`  sentences with a segment of their own: ${starts.length} of ${starts.length + missed}`);
}

function reportSpeed(heard: readonly Heard[]): void {
  const audioSeconds = heard.reduce((sum, { transcript }) => sum + transcript.durationSeconds, 0);
  const seconds = heard.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000;
  const speed = (audioSeconds / seconds).toFixed(0);
  say(
    `  heard ${audioSeconds.toFixed(0)} s of audio in ${seconds.toFixed(0)} s: ${speed} s a second, one thread`,
  );
}
