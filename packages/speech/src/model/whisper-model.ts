import type { Aligner } from './aligner.ts';
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
  /** For the times of words; undefined where the export does not say where it looked. */
  readonly aligner?: Aligner | undefined;
  /** Tokens that are never sampled. */
  readonly suppressed: readonly number[];
  /** Tokens that are not sampled first. */
  readonly blank: readonly number[];
}
