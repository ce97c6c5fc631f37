import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import {
  transcriptionOptionsSchema,
  type TranscriptionOptions,
} from '@whisper/shared/contracts/transcription-options';
import { RENDERING_FIELDS } from './parse-rendering.ts';
import { readFlag, readList, readNone, readNumber, readText, type FieldReader } from './field-readers.ts';

type Option = keyof TranscriptionOptions;

/** How the text of a field becomes the value of its option; the schema then judges the value. */
const READERS: Readonly<Record<Option, FieldReader>> = {
  task: readText,
  language: readText,
  allowedLanguages: readList(readText),
  initialPrompt: readNone('', readText),
  carryInitialPrompt: readFlag,
  prefix: readNone('', readText),
  hotwords: readNone('', readText),
  conditionOnPreviousText: readNone('none', readFlag),
  promptResetOnTemperature: readNumber,
  temperatures: readList(readNumber),
  beamSize: readNone('none', readNumber),
  patience: readNone('none', readNumber),
  lengthPenalty: readNone('none', readNumber),
  bestOf: readNone('none', readNumber),
  repetitionPenalty: readNumber,
  noRepeatNgramSize: readNumber,
  suppressTokens: readList(readNumber),
  suppressBlank: readFlag,
  withoutTimestamps: readFlag,
  maxInitialTimestampSeconds: readNone('none', readNumber),
  maxNewTokens: readNone('none', readNumber),
  seed: readNumber,
  compressionRatioThreshold: readNone('none', readNumber),
  logprobThreshold: readNone('none', readNumber),
  noSpeechThreshold: readNone('none', readNumber),
  hallucinationSilenceThresholdSeconds: readNone('none', readNumber),
  clipTimestampsSeconds: readList(readNumber),
  batchSize: readNone('none', readNumber),
  vadFilter: readFlag,
  vadThreshold: readNumber,
  vadNegThreshold: readNone('none', readNumber),
  vadMinSpeechMs: readNumber,
  vadMaxSpeechSeconds: readNone('none', readNumber),
  vadMinSilenceMs: readNumber,
  vadSpeechPadMs: readNumber,
  wordTimestamps: readFlag,
  prependPunctuations: readText,
  appendPunctuations: readText,
};

const OPTIONS: ReadonlyMap<string, Option> = new Map(
  (Object.keys(OPTION_FIELDS) as Option[]).map((option) => [OPTION_FIELDS[option], option]),
);

/** Names of the fields that carry options. */
export const OPTION_FIELD_NAMES: readonly string[] = [...OPTIONS.keys()];

/**
 * Reads options from the text that a query or a form gives. A list is separated by commas, or its field is repeated.
 * @throws PipelineError `unknown_field`, `invalid_option`, each with the field's name
 */
export function parseOptions(given: Readonly<Record<string, unknown>>): TranscriptionOptions {
  const entries = Object.entries(given).map(([field, value]) => readField(field, value));
  const parsed = transcriptionOptionsSchema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = OPTION_FIELDS[issue?.path[0] as Option];
  throw invalidOption(field, issue?.message ?? 'invalid', parsed.error);
}

function readField(field: string, value: unknown): readonly [Option, unknown] {
  const option = OPTIONS.get(field.replace(/\[\]$/, ''));
  if (option === undefined) throw unknownField(field);
  try {
    return [option, READERS[option](value)];
  } catch (cause) {
    throw invalidOption(OPTION_FIELDS[option], cause instanceof Error ? cause.message : 'invalid', cause);
  }
}

function invalidOption(field: string, message: string, cause: unknown): PipelineError {
  return new PipelineError('invalid_option', `${field}: ${message}`, { field, cause });
}

/** The name comes from outside: shown short, and without anything but plain characters. */
function unknownField(name: string): PipelineError {
  const field = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  const known = ['file', 'model', 'priority', ...RENDERING_FIELDS, ...OPTION_FIELD_NAMES].join(', ');
  return new PipelineError('unknown_field', `there is no parameter "${field}"; there are: ${known}`, {
    field,
  });
}
