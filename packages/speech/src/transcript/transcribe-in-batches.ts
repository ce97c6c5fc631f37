import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { isSilence } from '../decoding/decode-with-fallback.ts';
import { textTokens } from '../decoding/initial-tokens.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import type { FrameRegion } from '../vad/frame-regions.ts';
import type { HeardFeatures } from '../vad/speech-features.ts';
import { WindowListener, type Stretch } from './window-listener.ts';
import {
  FRAMES_PER_SECOND,
  outcomeOf,
  type DecodedWindow,
  type RefineWindow,
  type SegmentDraft,
} from './window-outcome.ts';

/** One second. */
const LONG_REST_FRAMES = 100;

export interface BatchTask {
  readonly features: HeardFeatures;
  /** Stretches of the features no longer than a window, in order. */
  readonly windows: readonly FrameRegion[];
  readonly batchSize: number;
  readonly options: TranscriptionOptions;
  readonly signal: AbortSignal | undefined;
  /** In order, as soon as their batch is decided. */
  readonly onSegment: (draft: SegmentDraft) => Segment;
  /** After each batch: how far into the features it has come. */
  readonly onProgress: (processedSeconds: number) => void;
  /** Gives segments their words. */
  readonly refine?: RefineWindow | undefined;
}

/**
 * Decodes windows side by side, each on its own: told the initial prompt, not what was said before it. After
 * `BatchedInferencePipeline` in faster-whisper, but that what a window left unsaid is heard again.
 * @throws what {@link WindowListener.listen} does.
 */
export async function transcribeInBatches(
  model: WhisperModel,
  task: BatchTask,
): Promise<Pick<Transcript, 'language' | 'languageProbability'>> {
  const listener = new WindowListener(model, task);
  for (let first = 0; first < task.windows.length; first += task.batchSize) {
    const batch = task.windows.slice(first, first + task.batchSize);
    for (const decoded of await listenToAll(model, listener, batch, task)) {
      const outcome = outcomeOf(model, decoded);
      const { segments } = task.refine === undefined ? outcome : await task.refine(decoded, outcome);
      segments.forEach(task.onSegment);
    }
    task.onProgress((batch.at(-1)?.endFrame ?? 0) / FRAMES_PER_SECOND);
  }
  return listener.language;
}

/** Every window of a batch until nothing of it is left, in the order of the recording; without those of silence. */
async function listenToAll(
  model: WhisperModel,
  listener: WindowListener,
  batch: readonly FrameRegion[],
  { options }: BatchTask,
): Promise<readonly DecodedWindow[]> {
  const previous = textTokens(model, options.initialPrompt);
  const heard: DecodedWindow[] = [];
  let left: readonly Stretch[] = batch.map(({ startFrame: seek, endFrame }) => ({
    seek,
    endFrame,
    previous,
  }));
  while (left.length > 0) {
    const decoded = await listener.listenTogether(left);
    const spoken = decoded.filter(({ result }) => !isSilence(result, options));
    heard.push(...spoken);
    left = left.flatMap((stretch, i) => leftOf(model, stretch, decoded[i], options));
  }
  return heard.sort((a, b) => a.seek - b.seek);
}

/**
 * What a window did not come to: its text was cut off by the limit of tokens, ends in the midst of a segment, or ends
 * where another segment would begin. In the last case what is left is a moment before a pause unless it is long.
 */
function leftOf(
  model: WhisperModel,
  stretch: Stretch,
  decoded: DecodedWindow | undefined,
  options: TranscriptionOptions,
): readonly Stretch[] {
  if (decoded === undefined || isSilence(decoded.result, options)) return [];
  const seek = Math.max(stretch.seek + 1, outcomeOf(model, decoded).nextSeek);
  const isMoment = endsWithSegment(model, decoded) && stretch.endFrame - seek < LONG_REST_FRAMES;
  return seek < stretch.endFrame && !isMoment ? [{ ...stretch, seek }] : [];
}

function endsWithSegment(
  { tokenizer }: WhisperModel,
  { result: { tokens, hasEnded } }: DecodedWindow,
): boolean {
  const lastTwo = tokens.slice(-2);
  return hasEnded && lastTwo.length === 2 && lastTwo.every((id) => id >= tokenizer.special.timestampBegin);
}
