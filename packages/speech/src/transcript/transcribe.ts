import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { alignWords } from '../alignment/align-words.ts';
import { refineWithWords } from '../alignment/refine-window.ts';
import type { TranscriptionHooks } from '../model/speech-model.ts';
import type { WhisperModel } from '../model/whisper-model.ts';
import { packWindows, type FrameRegion } from '../vad/frame-regions.ts';
import { checkOptions } from './check-options.ts';
import { collectSegments, type CollectedSegments } from './collect-segments.ts';
import { cutWindows } from './cut-windows.ts';
import { clipsOf, hearRecording, type Recording } from './hear-recording.ts';
import { transcribeInBatches } from './transcribe-in-batches.ts';
import { transcribeSequentially, type SequentialTask } from './transcribe-sequentially.ts';
import { clearIfEmpty, FRAMES_PER_SECOND, type RefineWindow } from './window-outcome.ts';

/**
 * From samples to a transcript.
 * @throws what {@link SpeechModel.transcribe} lists.
 */
export async function transcribe(
  model: WhisperModel,
  pcm: AsyncIterable<Float32Array>,
  options: TranscriptionOptions,
  hooks: TranscriptionHooks,
): Promise<Transcript> {
  checkOptions(model, options);
  const recording = await hearRecording(pcm, { settings: model.settings, options, signal: hooks.signal });
  const collected = collectSegments(hooks.onSegment);
  const task = taskOf(recording, collected, hooks, options);
  const refine = refinementOf(model, recording, options);
  const detected =
    options.batchSize === null
      ? await transcribeSequentially(model, { ...task, refine })
      : await transcribeInBatches(model, {
          ...task,
          refine,
          batchSize: options.batchSize,
          windows: windowsOf(model, recording, options),
        });
  const { durationSeconds } = recording;
  hooks.onProgress(durationSeconds, durationSeconds);
  return { ...collected.transcript(), ...detected, durationSeconds };
}

/** Silence that is left out is where to cut; else the recording is cut in pauses. */
function windowsOf(
  { settings }: WhisperModel,
  { features, timeline, clipTimestampsSeconds }: Recording,
  { vadFilter }: TranscriptionOptions,
): readonly FrameRegion[] {
  if (vadFilter) return packWindows(timeline.regions, settings.windowFrames);
  return cutWindows(features, settings, clipsOf(clipTimestampsSeconds, features.contentFrames));
}

/** What goes out goes out in the recording's own time. */
function taskOf(
  { features, timeline, durationSeconds, clipTimestampsSeconds }: Recording,
  collected: CollectedSegments,
  hooks: TranscriptionHooks,
  options: TranscriptionOptions,
): SequentialTask {
  return {
    features,
    options: { ...options, clipTimestampsSeconds: [...clipTimestampsSeconds] },
    signal: hooks.signal,
    onSegment: (draft) => collected.add(timeline.restore(clearIfEmpty(draft))),
    onProgress: (processedSeconds) => {
      const frame = timeline.recordedFrame(Math.round(processedSeconds * FRAMES_PER_SECOND), true);
      hooks.onProgress(Math.min(frame / FRAMES_PER_SECOND, durationSeconds), durationSeconds);
    },
  };
}

function refinementOf(
  model: WhisperModel,
  { features }: Recording,
  options: TranscriptionOptions,
): RefineWindow | undefined {
  if (!options.wordTimestamps || model.aligner === undefined) return undefined;
  return refineWithWords({
    addWords: alignWords(model, model.aligner, options),
    windowFrames: model.settings.windowFrames,
    recordingFrames: features.contentFrames,
    options,
  });
}
