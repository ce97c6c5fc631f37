import type { ModelSettings } from '../model/model-files.ts';
import type { LogMelSpectrogram } from './log-mel-spectrogram.ts';

/** A part of the recording, no longer than a window, in mel frames. */
export interface HeardPart {
  readonly seek: number;
  readonly contentFrames: number;
}

/**
 * One window for the encoder, `[mels x windowFrames]`: the part that is heard, then zeros, as `pad_or_trim` in
 * openai/whisper's transcribe.py has it, or silence where the model says that it was trained on that.
 */
export function heardWindow(
  features: Pick<LogMelSpectrogram, 'window' | 'silence'>,
  { windowFrames, padsWithSilence }: Pick<ModelSettings, 'windowFrames' | 'padsWithSilence'>,
  { seek, contentFrames }: HeardPart,
): Float32Array {
  const mel = features.window(seek, windowFrames);
  const filling = padsWithSilence ? features.silence : 0;
  for (let start = 0; start < mel.length; start += windowFrames) {
    mel.fill(filling, start + contentFrames, start + windowFrames);
  }
  return mel;
}
