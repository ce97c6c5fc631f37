import type { ModelIdentity } from '@whisper/shared/contracts/stored-result';
import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';

export interface TranscriptionHooks {
  /** After each window; `totalSeconds` is the length of the recording. */
  readonly onProgress: (processedSeconds: number, totalSeconds: number) => void;
  /** Each segment once, in order, as soon as its window is decoded. */
  readonly onSegment: (segment: Segment) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A loaded model. It transcribes one recording at a time. */
export interface SpeechModel extends AsyncDisposable {
  readonly identity: ModelIdentity;
  /**
   * `pcm`: mono, 16 kHz, -1..1, in chunks of any length.
   * @throws PipelineError `undecodable_audio`, `invalid_option` or `engine_failed`, or the signal's reason.
   */
  transcribe(
    pcm: AsyncIterable<Float32Array>,
    options: TranscriptionOptions,
    hooks: TranscriptionHooks,
  ): Promise<Transcript>;
}
