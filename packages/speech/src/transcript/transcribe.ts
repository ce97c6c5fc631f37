import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import { readFeatures } from '../features/read-features.ts';
import type { TranscriptionHooks } from '../model/speech-model.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { checkOptions } from './check-options.ts';
import { collectSegments } from './collect-segments.ts';
import { transcribeSequentially } from './transcribe-sequentially.ts';

/**
 * From samples to a transcript.
 * @throws what {@link SpeechModel.transcribe} lists.
 */
export async function transcribe(
  model: WhisperModel,
  pcm: AsyncIterable<Float32Array>,
  options: TranscriptionOptions,
  hooks: TranscriptionHooks,
): Promise<Transcript> {
  checkOptions(model, options);
  const features = await readFeatures(pcm, model.settings.melCount, hooks.signal);
  const durationSeconds = features.sampleCount / SAMPLE_RATE_HZ;
  const collected = collectSegments(hooks.onSegment);
  const detected = await transcribeSequentially(model, {
    features,
    options,
    signal: hooks.signal,
    onSegment: collected.add,
    onProgress: (processedSeconds) => {
      hooks.onProgress(Math.min(processedSeconds, durationSeconds), durationSeconds);
    },
  });
  hooks.onProgress(durationSeconds, durationSeconds);
  return { ...collected.transcript(), ...detected, durationSeconds };
}
