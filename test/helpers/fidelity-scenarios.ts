import { z } from 'zod';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import {
  transcriptionOptionsSchema,
  type TranscriptionOptions,
} from '@whisper/shared/contracts/transcription-options';
import type { SpecialTokens } from '@whisper/speech/model/tokenizer';

/** Text tokens that are left of a vocabulary that is not large, where a scenario asks for few. */
const FEW = 40;
const LARGE = 1000;

/** One entry of test/fidelity/scenarios.json. */
export const scenarioSchema = z.strictObject({
  audio: z.enum(['long', 'window']),
  /** Without timestamps random weights give them all the same, and small ones never end; trained ones do neither. */
  few_tokens: z.boolean().default(false),
  /** By their names in a request. */
  options: z.record(z.string(), z.unknown()),
});
export type Scenario = z.infer<typeof scenarioSchema>;

/** `vocabularySize`: the timestamps are its last ids. */
export function optionsOf(
  { options, few_tokens: isFew }: Scenario,
  { endOfText, timestampBegin }: Pick<SpecialTokens, 'endOfText' | 'timestampBegin'>,
  vocabularySize: number,
): TranscriptionOptions {
  const byOption = Object.entries(options).map(([field, value]) => [optionOf(field), value]);
  const parsed = transcriptionOptionsSchema.parse(Object.fromEntries(byOption));
  if (!isFew) return parsed;
  const text = endOfText < LARGE ? range(FEW, endOfText) : [];
  // More than a request may say, which is why it is not parsed.
  return {
    ...parsed,
    suppressTokens: [-1, ...text, ...range(timestampBegin, vocabularySize)],
  };
}

function range(first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function optionOf(field: string): string {
  const entry = Object.entries(OPTION_FIELDS).find(([, name]) => name === field);
  if (entry === undefined) throw new Error(`there is no option ${field}`);
  return entry[0];
}
