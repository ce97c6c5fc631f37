import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { isSilence } from '../decoding/decode-with-fallback.ts';
import { halfContext, textTokens } from '../decoding/initial-tokens.ts';
import { roundHalfEven } from '../decoding/round-half-even.ts';
import type { LogMelSpectrogram } from '../features/log-mel-spectrogram.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { seekClips } from './seek-clips.ts';
import { SpokenContext } from './spoken-context.ts';
import { WindowListener } from './window-listener.ts';
import {
  FRAMES_PER_SECOND,
  outcomeOf,
  skippedOutcome,
  type DecodedWindow,
  type RefineWindow,
  type SegmentDraft,
  type WindowOutcome,
} from './window-outcome.ts';

export interface SequentialTask {
  readonly features: LogMelSpectrogram;
  readonly options: TranscriptionOptions;
  readonly signal: AbortSignal | undefined;
  /** Each as soon as its window is decided; gives it as it stands in the transcript. */
  readonly onSegment: (draft: SegmentDraft) => Segment;
  /** After each window: how far into the recording it has come. */
  readonly onProgress: (processedSeconds: number) => void;
  /** Has the last word on a window before its segments are handed on: where words get their times. */
  readonly refine?: RefineWindow | undefined;
}

/**
 * Slides over the clips of a recording window by window, from one timestamp to the next, telling each what was said
 * before it, as `transcribe` in openai/whisper's transcribe.py does.
 * @throws what {@link WindowListener.listen} does.
 */
export async function transcribeSequentially(
  model: WhisperModel,
  task: SequentialTask,
): Promise<Pick<Transcript, 'language' | 'languageProbability'>> {
  const { features, options } = task;
  const listener = new WindowListener(model, task);
  const context = startContext(model, options);
  const points = options.clipTimestampsSeconds.map((seconds) => roundHalfEven(seconds * FRAMES_PER_SECOND));
  for (const { startFrame, endFrame } of seekClips(points, features.contentFrames)) {
    for (let seek = startFrame; seek < endFrame;) {
      const decoded = await listener.listen({ seek, endFrame, previous: context.previous });
      const outcome = await decide(model, decoded, task);
      for (const draft of outcome.segments) context.add(task.onSegment(draft).tokens);
      if (!outcome.isSkipped && isForgotten(model, decoded, options)) context.forget();
      seek = Math.max(seek + 1, outcome.nextSeek);
      task.onProgress(seek / FRAMES_PER_SECOND);
    }
  }
  return listener.language;
}

async function decide(
  model: WhisperModel,
  decoded: DecodedWindow,
  { options, refine }: SequentialTask,
): Promise<WindowOutcome> {
  if (isSilence(decoded.result, options)) return skippedOutcome(decoded);
  const outcome = outcomeOf(model, decoded);
  return refine === undefined ? outcome : await refine(decoded, outcome);
}

function startContext(model: WhisperModel, options: TranscriptionOptions): SpokenContext {
  return new SpokenContext({
    initial: textTokens(model, options.initialPrompt),
    carriesInitial: options.carryInitialPrompt,
    room: halfContext(model) - 1 - textTokens(model, options.hotwords).length,
  });
}

function isForgotten(
  { settings }: WhisperModel,
  { result }: DecodedWindow,
  { conditionOnPreviousText, promptResetOnTemperature }: TranscriptionOptions,
): boolean {
  const conditions = conditionOnPreviousText ?? settings.conditionsOnPrevious;
  return !conditions || result.temperature > promptResetOnTemperature;
}
