import type { Decoder } from './decoder.ts';
import type { Encoder } from './encoder.ts';
import type { ModelSettings } from './model-files.ts';
import type { SpeechTokenizer } from './tokenizer.ts';

/** The parts of one loaded model that decoding works with. */
export interface WhisperModel {
  readonly settings: ModelSettings;
  readonly tokenizer: SpeechTokenizer;
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  /** Tokens that are never sampled. */
  readonly suppressed: readonly number[];
  /** Tokens that are not sampled first. */
  readonly blank: readonly number[];
}
