import { z } from 'zod';

/** "Audio" for the paced engine: what it answers, and when. */
export const pacedAudioSchema = z.strictObject({
  text: z.string(),
  delayMs: z.int().nonnegative(),
  /** `deaf` ignores a cancel, `deadly` takes the worker with it. */
  fault: z.enum(['crash', 'stall', 'nonsense', 'deaf', 'deadly']).optional(),
});
export type PacedAudio = z.infer<typeof pacedAudioSchema>;

export function pacedAudio(audio: PacedAudio): Blob {
  return new Blob([JSON.stringify(audio)]);
}
