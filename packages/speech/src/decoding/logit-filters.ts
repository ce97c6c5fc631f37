import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { HOP_SIZE, SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import type { ModelSettings } from '../model/model-files.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { forbidRepeatedNgrams, penaliseRepetition } from './repetition.ts';
import { roundHalfEven } from './round-half-even.ts';
import { suppressedBy } from './suppress-tokens.ts';
import { applyTimestampRules } from './timestamp-rules.ts';

/** Changes `logits` (`[vocabulary]`) in place by what may follow `sampled`. */
export type LogitFilter = (logits: Float32Array, sampled: readonly number[]) => void;

/** The filters that the options ask for, in the order of openai/whisper's decoding.py; CTranslate2's come first. */
export function logitFilters(model: WhisperModel, options: TranscriptionOptions): readonly LogitFilter[] {
  const filters: LogitFilter[] = [];
  const { repetitionPenalty, noRepeatNgramSize } = options;
  if (repetitionPenalty !== 1)
    filters.push((logits, sampled) => {
      penaliseRepetition(logits, sampled, repetitionPenalty);
    });
  if (noRepeatNgramSize > 0)
    filters.push((logits, sampled) => {
      forbidRepeatedNgrams(logits, sampled, noRepeatNgramSize);
    });
  if (options.suppressBlank)
    filters.push((logits, sampled) => {
      if (sampled.length === 0) mask(logits, model.blank);
    });
  const suppressed = suppressedBy(model, options.suppressTokens);
  filters.push((logits) => {
    mask(logits, suppressed);
  });
  if (!options.withoutTimestamps) filters.push(timestampFilter(model, options));
  return filters;
}

function timestampFilter({ tokenizer, settings }: WhisperModel, options: TranscriptionOptions): LogitFilter {
  const maxInitialTimestamp = stepsOf(options.maxInitialTimestampSeconds, settings);
  return (logits, sampled) => {
    applyTimestampRules(logits, sampled, { special: tokenizer.special, maxInitialTimestamp });
  };
}

/** 0 sets no limit either, as in the reference. */
function stepsOf(seconds: number | null, { framesPerPosition }: ModelSettings): number {
  const stepSeconds = (framesPerPosition * HOP_SIZE) / SAMPLE_RATE_HZ;
  return seconds === null || seconds === 0 ? Infinity : roundHalfEven(seconds / stepSeconds);
}

function mask(logits: Float32Array, ids: readonly number[]): void {
  for (const id of ids) logits[id] = -Infinity;
}
