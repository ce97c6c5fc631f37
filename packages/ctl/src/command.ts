import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { Paint } from './text/paint.ts';

/** What every command has at hand. */
export interface Ctl {
  readonly bus: Bus;
  readonly log: Logger;
  readonly records: JobRecords;
  readonly paint: Paint;
}

/** What a command found or did: for programs, and for people. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
}

export interface Given {
  readonly arguments: readonly string[];
  readonly option: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
}

export interface Command {
  /** As typed, such as `dead replay`. */
  readonly name: string;
  /** Names of its arguments, all of them needed. */
  readonly arguments: readonly string[];
  readonly options?: Readonly<
    Record<string, { readonly type: 'string' | 'boolean'; readonly means: string }>
  >;
  readonly summary: string;
  readonly run: (ctl: Ctl, given: Given) => Promise<Answer>;
}

/** The command line makes no sense: the message says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Call =
  | { readonly kind: 'help'; readonly about: string }
  | { readonly kind: 'run'; readonly command: Command; readonly given: Given; readonly asJson: boolean };

/** @throws UsageError */
export function readCommandLine(commands: readonly Command[], argv: readonly string[]): Call {
  const words = argv.filter((word) => !word.startsWith('-'));
  const command = commands.find(({ name }) => isPrefix(name.split(' '), words));
  const asksHelp =
    words.length === 0 || words[0] === 'help' || argv.includes('--help') || argv.includes('-h');
  if (asksHelp) return { kind: 'help', about: words.filter((word) => word !== 'help').join(' ') };
  if (!command)
    throw new UsageError(`there is no command "${words.join(' ')}"\n\n${helpFor(commands, words[0])}`);
  const rest = argv.slice();
  for (const word of command.name.split(' ')) rest.splice(rest.indexOf(word), 1);
  const { values, positionals } = parse(command, rest);
  if (positionals.length !== command.arguments.length) throw new UsageError(`usage: ${usageOf(command)}`);
  return {
    kind: 'run',
    command,
    asJson: values['json'] === true,
    given: {
      arguments: positionals,
      option: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
      flag: (name) => values[name] === true,
    },
  };
}

function parse(command: Command, args: readonly string[]): ReturnType<typeof parseArgs> {
  const options: ParseArgsConfig['options'] = { json: { type: 'boolean' } };
  for (const [name, { type }] of Object.entries(command.options ?? {})) options[name] = { type };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${why}\nusage: ${usageOf(command)}`);
  }
}

const isPrefix = (name: readonly string[], words: readonly string[]): boolean =>
  name.every((word, at) => words[at] === word);

function usageOf(command: Command): string {
  const parts = [command.name, ...command.arguments.map((name) => `<${name}>`)];
  for (const [name, { type }] of Object.entries(command.options ?? {})) {
    parts.push(type === 'string' ? `[--${name} …]` : `[--${name}]`);
  }
  return `npm run ctl -- ${parts.join(' ')}`;
}

/** All commands, or those that begin with the given words. */
export function helpFor(commands: readonly Command[], about = ''): string {
  const meant = commands.filter(({ name }) => `${name} `.startsWith(`${about} `));
  const shown = about !== '' && meant.length > 0 ? meant : commands;
  const left = shown.map((each) => [each.name, ...each.arguments.map((name) => `<${name}>`)].join(' '));
  const width = Math.max(...left.map(({ length }) => length));
  const lines = shown.map(({ summary, options = {} }, at) => {
    const details = Object.entries(options).map(
      ([name, { means }]) => `${' '.repeat(width + 4)}--${name}: ${means}`,
    );
    return [`  ${(left[at] ?? '').padEnd(width)}  ${summary}`, ...details].join('\n');
  });
  return ['npm run ctl -- <command> [--json]', '', ...lines].join('\n');
}
