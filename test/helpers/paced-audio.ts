import { z } from 'zod';

/** "Audio" for the paced engine: what it answers, and when. */
export const pacedAudioSchema = z.strictObject({
  /** Without one the answer is made of the sha256 of all this, see `heardText`. */
  text: z.string().optional(),
  /** Tells two of them apart that are alike in all else. */
  number: z.int().optional(),
  delayMs: z.int().nonnegative(),
  /** `deaf` ignores a cancel, `deadly` takes the worker with it, `late` crashes when the text should come. */
  fault: z.enum(['crash', 'stall', 'nonsense', 'deaf', 'deadly', 'late']).optional(),
  /** The first attempt takes so much memory before it goes on; whoever finds the marker takes none. */
  eatsOnce: z.strictObject({ bytes: z.int(), marker: z.string() }).optional(),
  /** Told one by one, `delayMs` before each; their join is the text. */
  segments: z.array(z.string()).optional(),
  /** The first attempt crashes before segment number `before`; the next finds the marker and tells `then`, or all. */
  crashOnce: z
    .strictObject({ before: z.int(), marker: z.string(), then: z.array(z.string()).optional() })
    .optional(),
});
export type PacedAudio = z.infer<typeof pacedAudioSchema>;

/** What the paced engine answers to audio without a text: whoever knows the audio knows what must come. */
export function heardText(sha256: string): string {
  return `heard ${sha256.slice(0, 16)}`;
}

export function pacedAudio(audio: PacedAudio): Blob {
  return new Blob([JSON.stringify(audio)]);
}

/** "Audio" that is told in segments. */
export function pacedSegments(
  segments: readonly string[],
  delayMs: number,
  more: Partial<PacedAudio> = {},
): Blob {
  return pacedAudio({ text: segments.join('').trim(), delayMs, segments: [...segments], ...more });
}
