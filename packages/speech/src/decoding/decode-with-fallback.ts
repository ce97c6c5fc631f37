import type { WhisperModel } from '../model/whisper-model.ts';
import { decodeWindow, type WindowRequest, type WindowResult } from './decode-window.ts';

const TEMPERATURES = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;
const MAX_COMPRESSION_RATIO = 2.4;
const MIN_AVG_LOGPROB = -1;
const MAX_NO_SPEECH_PROBABILITY = 0.6;

/**
 * Decodes a window at rising temperatures until the text neither repeats itself nor is improbable, as
 * `decode_with_fallback` in openai/whisper's transcribe.py does. The last try is kept whatever it is.
 */
export async function decodeWithFallback(model: WhisperModel, request: WindowRequest): Promise<WindowResult> {
  const [first, ...higher] = TEMPERATURES;
  let result = await decodeWindow(model, request, first);
  for (const temperature of higher) {
    if (isAcceptable(result)) break;
    result = await decodeWindow(model, request, temperature);
  }
  return result;
}

/** Whether a window holds no speech: the model thinks so and its text is improbable too. */
export function isSilence({ noSpeechProbability, avgLogprob }: WindowResult): boolean {
  return noSpeechProbability > MAX_NO_SPEECH_PROBABILITY && avgLogprob <= MIN_AVG_LOGPROB;
}

function isAcceptable(result: WindowResult): boolean {
  if (result.noSpeechProbability > MAX_NO_SPEECH_PROBABILITY && result.avgLogprob < MIN_AVG_LOGPROB)
    return true;
  return result.compressionRatio <= MAX_COMPRESSION_RATIO && result.avgLogprob >= MIN_AVG_LOGPROB;
}
