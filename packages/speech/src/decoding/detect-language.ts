import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import type { EncodedWindow } from '../model/encoded-window.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { logSumExp } from './log-softmax.ts';

export interface DetectedLanguage {
  /** ISO 639 code, as in the tokenizer's language tokens. */
  readonly language: string;
  /** Among all languages that the model knows. */
  readonly probability: number;
}

/**
 * What the model thinks is spoken in one window, by language; after `detect_language` in openai/whisper's decoding.py.
 * @throws PipelineError `engine_failed`.
 */
export async function languageProbabilities(
  model: WhisperModel,
  window: EncodedWindow,
): Promise<ReadonlyMap<string, number>> {
  const { languages, startOfTranscript } = model.tokenizer.special;
  const logits = (await model.decoder.start([window]).step([[startOfTranscript]])).at(0, -1);
  const ofLanguages = Float32Array.from(languages.values(), (id) => logits[id] ?? -Infinity);
  const total = logSumExp(ofLanguages);
  return new Map(
    [...languages.keys()].map((code, i) => [code, Math.exp((ofLanguages[i] ?? -Infinity) - total)]),
  );
}

/** The likeliest language of those allowed; all that the model knows where none is named. A lone language is not asked for. */
export async function detectLanguage(
  model: WhisperModel,
  window: EncodedWindow,
  { allowedLanguages }: Pick<TranscriptionOptions, 'allowedLanguages'>,
): Promise<DetectedLanguage> {
  const [only, ...others] = model.tokenizer.special.languages.keys();
  if (only === undefined || others.length === 0) return { language: only ?? 'en', probability: 1 };
  const ranked = [...(await languageProbabilities(model, window))]
    .filter(([code]) => allowedLanguages.length === 0 || allowedLanguages.includes(code))
    .sort(([, a], [, b]) => b - a);
  const [language = only, probability = 0] = ranked[0] ?? [];
  return { language, probability };
}
