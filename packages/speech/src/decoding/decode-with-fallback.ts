import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { WhisperModel } from '../model/whisper-model.ts';
import { decodeWindows, type WindowRequest, type WindowResult } from './decode-windows.ts';

type Thresholds = Pick<
  TranscriptionOptions,
  'compressionRatioThreshold' | 'logprobThreshold' | 'noSpeechThreshold'
>;

export interface Decoding {
  readonly options: TranscriptionOptions;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decodes windows side by side at one temperature after the other until each text neither repeats itself nor is
 * improbable, as `decode_with_fallback` in openai/whisper's transcribe.py. The last try is kept whatever it is.
 * @throws what {@link decodeWindows} does.
 */
export async function decodeWithFallback(
  model: WhisperModel,
  requests: readonly WindowRequest[],
  { options, signal }: Decoding,
): Promise<readonly WindowResult[]> {
  const results: WindowResult[] = [];
  let pending = requests.map((_, i) => i);
  for (const temperature of options.temperatures) {
    const asked = requests.filter((_, i) => pending.includes(i));
    const tried = await decodeWindows(model, asked, { options, temperature, signal });
    pending = pending.filter((i, k) => {
      const result = tried[k];
      if (result !== undefined) results[i] = result;
      return result !== undefined && needsFallback(result, options);
    });
    if (pending.length === 0) break;
  }
  return results;
}

/** Whether a window holds no speech: the model thinks so and its text is not probable either. */
export function isSilence(result: WindowResult, thresholds: Thresholds): boolean {
  const { noSpeechThreshold, logprobThreshold } = thresholds;
  if (noSpeechThreshold === null || result.noSpeechProbability <= noSpeechThreshold) return false;
  return logprobThreshold === null || result.avgLogprob <= logprobThreshold;
}

function needsFallback(result: WindowResult, thresholds: Thresholds): boolean {
  const { compressionRatioThreshold, logprobThreshold, noSpeechThreshold } = thresholds;
  const isRepetitive =
    compressionRatioThreshold !== null && result.compressionRatio > compressionRatioThreshold;
  const isImprobable = logprobThreshold !== null && result.avgLogprob < logprobThreshold;
  const isSilent = noSpeechThreshold !== null && result.noSpeechProbability > noSpeechThreshold;
  return (isRepetitive || isImprobable) && !(isImprobable && isSilent);
}
