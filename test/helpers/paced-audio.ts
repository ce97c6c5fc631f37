import { z } from 'zod';

/** "Audio" for the paced engine: what it answers, and when. */
export const pacedAudioSchema = z.strictObject({
  text: z.string(),
  delayMs: z.int().nonnegative(),
  /** `deaf` ignores a cancel, `deadly` takes the worker with it. */
  fault: z.enum(['crash', 'stall', 'nonsense', 'deaf', 'deadly']).optional(),
  /** Told one by one, `delayMs` before each; their join is the text. */
  segments: z.array(z.string()).optional(),
  /** The first attempt crashes before segment number `before`; the next finds the marker and goes on to the end. */
  crashOnce: z.strictObject({ before: z.int(), marker: z.string() }).optional(),
});
export type PacedAudio = z.infer<typeof pacedAudioSchema>;

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
