import { z } from 'zod';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import {
  transcriptionOptionsSchema,
  type TranscriptionOptions,
} from '@whisper/shared/contracts/transcription-options';

/** One entry of test/fidelity/scenarios.json. */
export const scenarioSchema = z.strictObject({
  audio: z.enum(['long', 'window']),
  /** First id and the one after the last; without timestamps random weights give them all the same, and never end. */
  suppress_ranges: z.array(z.tuple([z.int(), z.int()])).default([]),
  /** By their names in a request. */
  options: z.record(z.string(), z.unknown()),
});
export type Scenario = z.infer<typeof scenarioSchema>;

export function optionsOf(scenario: Scenario): TranscriptionOptions {
  const ids = scenario.suppress_ranges.flatMap(([first, end]) =>
    Array.from({ length: end - first }, (_, i) => first + i),
  );
  const given = { ...scenario.options, ...(ids.length > 0 && { suppress_tokens: [-1, ...ids] }) };
  const options = Object.entries(given).map(([field, value]) => [optionOf(field), value]);
  return transcriptionOptionsSchema.parse(Object.fromEntries(options));
}

function optionOf(field: string): string {
  const entry = Object.entries(OPTION_FIELDS).find(([, name]) => name === field);
  if (entry === undefined) throw new Error(`there is no option ${field}`);
  return entry[0];
}
