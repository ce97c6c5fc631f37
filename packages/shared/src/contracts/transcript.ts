import { z } from 'zod';

/** One word; `word` as decoded, with its leading space and the punctuation that belongs to it. */
export const wordSchema = z.strictObject({
  word: z.string(),
  startSeconds: z.number().nonnegative(),
  endSeconds: z.number().nonnegative(),
  /** Mean probability of the word's tokens. */
  probability: z.number().min(0).max(1),
});
export type Word = z.infer<typeof wordSchema>;

/** One segment of a transcript; the fields and their meaning are those of openai/whisper. */
export const segmentSchema = z.strictObject({
  id: z.int().nonnegative(),
  /** Start of the window that the segment was decoded in, in mel frames (10 ms). */
  seek: z.int().nonnegative(),
  startSeconds: z.number().nonnegative(),
  endSeconds: z.number().nonnegative(),
  /** As decoded: a leading space is kept. */
  text: z.string(),
  tokens: z.array(z.int().nonnegative()),
  temperature: z.number(),
  avgLogprob: z.number(),
  compressionRatio: z.number(),
  noSpeechProbability: z.number(),
  /** Only where word timestamps were asked for. */
  words: z.array(wordSchema).exactOptional(),
});
export type Segment = z.infer<typeof segmentSchema>;

/** The canonical transcript that every response format is rendered from. */
export const transcriptSchema = z.strictObject({
  /** All segments' text joined and trimmed. */
  text: z.string(),
  /** ISO 639-1 code, as in the tokenizer's language token. */
  language: z.string(),
  /** How sure the model is of the language, among all that it knows; only where it was detected. */
  languageProbability: z.number().min(0).max(1).exactOptional(),
  durationSeconds: z.number().nonnegative(),
  segments: z.array(segmentSchema),
});
export type Transcript = z.infer<typeof transcriptSchema>;
