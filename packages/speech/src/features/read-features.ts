import { PipelineError } from '@whisper/shared/contracts/errors';
import { LogMelSpectrogram } from './log-mel-spectrogram.ts';

/**
 * The log-mel spectrogram of a whole recording: mono PCM at 16 kHz, in chunks of any length.
 * @throws PipelineError `undecodable_audio` for no samples or samples that are not numbers; the signal's reason.
 */
export async function readFeatures(
  pcm: AsyncIterable<Float32Array>,
  melCount: number,
  signal?: AbortSignal,
): Promise<LogMelSpectrogram> {
  const features = new LogMelSpectrogram(melCount);
  for await (const chunk of pcm) {
    signal?.throwIfAborted();
    features.append(chunk);
  }
  signal?.throwIfAborted();
  if (features.sampleCount === 0) {
    throw new PipelineError('undecodable_audio', 'The audio decodes to no samples.');
  }
  features.finish();
  return features;
}
