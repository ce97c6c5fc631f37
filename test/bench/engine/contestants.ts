import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINE_ENV, ENGINE_FLAGS } from '@whisper/worker/engine/engine-process';
import type { ContestantCommand } from './contestant.ts';

const OWN = fileURLToPath(new URL('own-window.js', import.meta.url));
const FASTER_WHISPER = fileURLToPath(
  new URL('../../../bench/peers/faster_whisper_window.py', import.meta.url),
);

export const TOKENS = 64;

export interface BenchSettings {
  /** Folders by model's name, with our graphs and perhaps the community's int8. */
  readonly models: string;
  /** The program made of bench/peers/whisper-cpp-window.cpp, and folders by model's name with its files. */
  readonly whisperCpp: { readonly program: string; readonly models: string } | undefined;
  /** A Python with ctranslate2, and folders by model's name with converted models. */
  readonly fasterWhisper: { readonly python: string; readonly models: string } | undefined;
}

/** Everybody who can take part with a model; ours is the first. */
export function contestantsFor(
  settings: BenchSettings,
  model: string,
  threads: number,
): readonly ContestantCommand[] {
  return [
    ...ourCommands(join(settings.models, model), threads),
    ...whisperCppCommands(settings, model, threads),
    ...fasterWhisperCommands(settings, model, threads),
  ];
}

function ourCommands(directory: string, threads: number): readonly ContestantCommand[] {
  const packed = ownCommand('ours, packed int8', { directory, precision: 'packed-int8', threads });
  const hub = ownCommand('ours, Hugging Face int8', { directory, precision: 'quantized', threads });
  return existsSync(join(directory, 'onnx/encoder_model_quantized.onnx')) ? [packed, hub] : [packed];
}

function whisperCppCommands(
  { whisperCpp }: BenchSettings,
  model: string,
  threads: number,
): readonly ContestantCommand[] {
  if (whisperCpp === undefined) return [];
  return ['q8_0', 'f16'].flatMap((kind) => {
    const path = join(whisperCpp.models, model, `${kind}.bin`);
    const args = [path, String(threads), String(TOKENS)];
    return existsSync(path) ? [{ name: `whisper.cpp ${kind}`, command: whisperCpp.program, args }] : [];
  });
}

function fasterWhisperCommands(
  { fasterWhisper }: BenchSettings,
  model: string,
  threads: number,
): readonly ContestantCommand[] {
  if (fasterWhisper === undefined) return [];
  const path = join(fasterWhisper.models, model);
  const args = [FASTER_WHISPER, path, String(threads), String(TOKENS)];
  return existsSync(path) ? [{ name: 'faster-whisper int8', command: fasterWhisper.python, args }] : [];
}

export interface OwnRun {
  readonly directory: string;
  readonly precision: string;
  readonly threads: number;
  /** Of the window; default 3000. */
  readonly frames?: number;
}

export function ownCommand(
  name: string,
  { directory, precision, threads, frames = 3000 }: OwnRun,
): ContestantCommand {
  const args = [...ENGINE_FLAGS, OWN, directory, precision, String(threads), String(TOKENS), String(frames)];
  return { name, command: process.execPath, args, env: ENGINE_ENV };
}
