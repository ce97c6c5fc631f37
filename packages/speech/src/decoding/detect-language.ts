import type { EncodedWindow } from '../model/encoded-window.ts';
import type { WhisperModel } from '../model/whisper-model.ts';

/**
 * The language that the model hears in one window, as an ISO 639 code. A model with one language is not asked.
 * @throws PipelineError `engine_failed`.
 */
export async function detectLanguage(model: WhisperModel, window: EncodedWindow): Promise<string> {
  const { languages, startOfTranscript } = model.tokenizer.special;
  const codes = [...languages.keys()];
  if (codes.length <= 1) return codes[0] ?? 'en';
  const logits = (await model.decoder.start([window]).step([[startOfTranscript]])).at(0, -1);
  const scoreOf = (code: string): number => logits[languages.get(code) ?? -1] ?? -Infinity;
  return codes.reduce((best, code) => (scoreOf(code) > scoreOf(best) ? code : best));
}
