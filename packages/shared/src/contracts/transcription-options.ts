import { createHash } from 'node:crypto';
import { z } from 'zod';
import { findContradictions, findOversized } from './option-contradictions.ts';

const seconds = z.number().nonnegative().max(1_000_000);
const milliseconds = z.int().nonnegative().max(3_600_000);
const probability = z.number().min(0).max(1);
const promptText = z.string().max(10_000);
const languageCode = z.string().regex(/^[a-z]{2,3}$/, 'must be an ISO 639-1 code such as "en"');

/** What the text is to be, and what the model is told beforehand. */
const textOptions = {
  task: z.enum(['transcribe', 'translate']).default('transcribe'),
  /** ISO 639-1 code; `null` lets the model detect it. */
  language: languageCode.nullable().default(null),
  /** Languages that detection chooses among; empty for all that the model knows. */
  allowedLanguages: z.array(languageCode).max(200).default([]),
  /** Text as if it had been said before the first window. */
  initialPrompt: promptText.nullable().default(null),
  /** Tells every window the initial prompt, not the first alone. */
  carryInitialPrompt: z.boolean().default(false),
  /** Text that every window's transcript begins with; not repeated in the transcript. */
  prefix: promptText.nullable().default(null),
  /** Words to expect, told to every window before what was said; as in faster-whisper. */
  hotwords: promptText.nullable().default(null),
  /** Tells a window what was said before it; `null` does as the model asks, which is yes unless it says otherwise. */
  conditionOnPreviousText: z.boolean().nullable().default(null),
  /** What was said is forgotten after a window that took a temperature above this. */
  promptResetOnTemperature: z.number().min(0).max(10).default(0.5),
} as const;

export const MAX_BEAMS = 16;

/** How tokens are chosen. */
const searchOptions = {
  /** Tried in order until a text is accepted; 0 takes the likeliest token, more draws from the distribution. */
  temperatures: z.array(z.number().min(0).max(10)).min(1).max(20).default([0, 0.2, 0.4, 0.6, 0.8, 1]),
  /** Beams at temperature 0; `null` is as the model asks, which is greedy unless it says otherwise. */
  beamSize: z.int().min(1).max(MAX_BEAMS).nullable().default(null),
  /** The search goes on until `round(beamSize x patience)` texts have ended; `null` is 1. */
  patience: z.number().positive().max(10).nullable().default(null),
  /** Alpha of Google NMT's length penalty; `null` ranks by the mean log-probability. */
  lengthPenalty: z.number().min(0).max(1).nullable().default(null),
  /** Texts drawn above temperature 0, of which the likeliest is kept; `null` is 1. */
  bestOf: z.int().min(1).max(16).nullable().default(null),
  /** Above 1 makes tokens that were said less likely to come again; as in CTranslate2. */
  repetitionPenalty: z.number().positive().max(10).default(1),
  /** No sequence of this many tokens comes twice; 0 lets it. */
  noRepeatNgramSize: z.int().nonnegative().max(448).default(0),
  /** Ids of tokens that are never chosen; -1 stands for those of no speech, such as "♪" and "(". */
  suppressTokens: z.array(z.int().min(-1)).max(100_000).default([-1]),
  /** A text does not begin with a space or end at once. */
  suppressBlank: z.boolean().default(true),
  withoutTimestamps: z.boolean().default(false),
  /** The first timestamp is no later; `null` and 0 set no limit. */
  maxInitialTimestampSeconds: seconds.nullable().default(1),
  /** Tokens of one window; `null` is half of the decoder's context. */
  maxNewTokens: z.int().positive().max(10_000).nullable().default(null),
  /** Of the draws above temperature 0. */
  seed: z.int().nonnegative().max(0xffff_ffff).default(0),
} as const;

/** When a window's text is not believed; `null` switches a check off. */
const thresholdOptions = {
  /** Bytes of text per byte deflated; above it the text repeats itself and the next temperature is tried. */
  compressionRatioThreshold: z.number().nonnegative().nullable().default(2.4),
  /** Mean log-probability per token; below it the next temperature is tried. */
  logprobThreshold: z.number().max(0).nullable().default(-1),
  /** Above it, and below `logprobThreshold`, a window is silent. */
  noSpeechThreshold: probability.nullable().default(0.6),
  /** With word timestamps: longer silence around a likely hallucination is skipped. */
  hallucinationSilenceThresholdSeconds: seconds.nullable().default(null),
} as const;

/** Which stretches of the recording are heard, and how it is cut. */
const stretchOptions = {
  /** Start, end, start, end, … in rising order; a last start without an end goes to the end of the recording. */
  clipTimestampsSeconds: z.array(seconds).max(10_000).default([]),
  /** Windows decoded together, cut where nobody speaks; `null` decodes one after the other. */
  batchSize: z.int().min(1).max(64).nullable().default(null),
  /** Skips what Silero's voice activity detection takes for no speech. */
  vadFilter: z.boolean().default(false),
  /** Speech begins above this probability. */
  vadThreshold: probability.default(0.5),
  /** Speech ends below this probability; `null` is `vadThreshold - 0.15`, at least 0.01. */
  vadNegThreshold: probability.nullable().default(null),
  vadMinSpeechMs: milliseconds.default(0),
  /** Longer speech is split; `null` sets no limit. */
  vadMaxSpeechSeconds: z.number().positive().max(1_000_000).nullable().default(null),
  vadMinSilenceMs: milliseconds.default(2000),
  vadSpeechPadMs: milliseconds.default(400),
} as const;

const wordOptions = {
  wordTimestamps: z.boolean().default(false),
  /** Belongs to the next word. */
  prependPunctuations: z.string().max(200).default('"\'“¿([{-'),
  /** Belongs to the word before. */
  appendPunctuations: z.string().max(200).default('"\'.。,，!！?？:：”)]}、'),
} as const;

/**
 * Options that change what a transcript says: openai/whisper's, with their defaults in `transcribe()`, and those of
 * faster-whisper. Defaults are left out of the result key. Contradictions, and more than a job's message can carry, are
 * issues at the option at fault.
 */
export const transcriptionOptionsSchema = z
  .strictObject({
    ...textOptions,
    ...searchOptions,
    ...thresholdOptions,
    ...stretchOptions,
    ...wordOptions,
  })
  .superRefine((options, context) => {
    const oversized = findOversized(options);
    for (const { option, message } of [...findContradictions(options), ...(oversized ? [oversized] : [])]) {
      context.addIssue({ code: 'custom', path: [option], message });
    }
  });
export type TranscriptionOptions = z.infer<typeof transcriptionOptionsSchema>;

export const DEFAULT_OPTIONS: TranscriptionOptions = transcriptionOptionsSchema.parse({});

/**
 * 16 hexadecimal digits that stand for the options that depart from their defaults,
 * or `undefined` when none does.
 */
export function optionsDigest(options: TranscriptionOptions): string | undefined {
  const departures = Object.entries(options)
    .filter(([name, value]) => !isDefault(name as keyof TranscriptionOptions, value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (departures.length === 0) return undefined;
  return createHash('sha256').update(JSON.stringify(departures)).digest('hex').slice(0, 16);
}

function isDefault(name: keyof TranscriptionOptions, value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(DEFAULT_OPTIONS[name]);
}
