import type { TranscriptionOptions } from './transcription-options.ts';

export interface Contradiction {
  readonly option: keyof TranscriptionOptions;
  readonly message: string;
}

type Rule = readonly [keyof TranscriptionOptions, (options: TranscriptionOptions) => boolean, string];

const samples = ({ temperatures }: TranscriptionOptions): boolean => temperatures.some((value) => value > 0);
const searches = ({ temperatures }: TranscriptionOptions): boolean => temperatures.includes(0);

/** Options that cannot all be meant, and options that would do nothing without another; the first is at fault. */
const RULES: readonly Rule[] = [
  ['patience', (o) => o.patience !== null && o.beamSize === null, 'needs beam_size'],
  [
    'patience',
    (o) => o.patience !== null && o.beamSize !== null && o.beamSize * o.patience <= 0.5,
    'times beam_size must come to at least one text',
  ],
  [
    'beamSize',
    (o) => o.beamSize !== null && !searches(o),
    'needs a temperature of 0: above it tokens are drawn',
  ],
  ['bestOf', (o) => o.bestOf !== null && !samples(o), 'needs a temperature above 0: at 0 nothing is drawn'],
  ['carryInitialPrompt', (o) => o.carryInitialPrompt && o.initialPrompt === null, 'needs initial_prompt'],
  ['hotwords', (o) => o.hotwords !== null && o.prefix !== null, 'cannot be given together with prefix'],
  [
    'language',
    (o) => o.language !== null && o.allowedLanguages.length > 0 && !o.allowedLanguages.includes(o.language),
    'is not among allowed_languages',
  ],
  [
    'hallucinationSilenceThresholdSeconds',
    (o) => o.hallucinationSilenceThresholdSeconds !== null && !o.wordTimestamps,
    'needs word_timestamps',
  ],
  [
    'hallucinationSilenceThresholdSeconds',
    (o) => o.hallucinationSilenceThresholdSeconds !== null && o.batchSize !== null,
    'cannot be given together with batch_size: windows side by side are not moved',
  ],
  [
    'conditionOnPreviousText',
    (o) => o.conditionOnPreviousText === true && o.batchSize !== null,
    'cannot be given together with batch_size: windows side by side are not told what was said before',
  ],
  [
    'clipTimestampsSeconds',
    (o) => !areClips(o.clipTimestampsSeconds),
    'must be start, end, start, end, …: each end after its start, no start before the last end',
  ],
  [
    'vadNegThreshold',
    (o) => o.vadNegThreshold !== null && o.vadNegThreshold > o.vadThreshold,
    'must not be above vad_threshold',
  ],
];

/** They travel with the job in one message, whose size the queues limit. */
const MOST_BYTES = 32 * 1024;

/** Options that together do not fit into a job's message: the largest is at fault. */
export function findOversized(options: TranscriptionOptions): Contradiction | undefined {
  if (bytesOf(options) <= MOST_BYTES) return undefined;
  const names = Object.keys(options) as (keyof TranscriptionOptions)[];
  const option = names.reduce((largest, name) =>
    bytesOf(options[name]) > bytesOf(options[largest]) ? name : largest,
  );
  return { option, message: `is too long: all options together may take ${MOST_BYTES} bytes` };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

export function findContradictions(options: TranscriptionOptions): readonly Contradiction[] {
  return RULES.filter(([, contradicts]) => contradicts(options)).map(([option, , message]) => ({
    option,
    message,
  }));
}

function areClips(times: readonly number[]): boolean {
  return times.every((time, i) => {
    const before = times[i - 1] ?? 0;
    return i % 2 === 0 ? time >= before : time > before;
  });
}
