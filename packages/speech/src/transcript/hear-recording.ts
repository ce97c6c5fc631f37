import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { roundHalfEven } from '../decoding/round-half-even.ts';
import { SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import { readFeatures } from '../features/read-features.ts';
import type { ModelSettings } from '../model/model-files.ts';
import { findSpeech, type SpeechOptions } from '../vad/find-speech.ts';
import { intersect, toFrameRegions, type FrameRegion } from '../vad/frame-regions.ts';
import { openSpeechDetector, type Detection } from '../vad/speech-detector.ts';
import { SpeechFeatures, type HeardFeatures } from '../vad/speech-features.ts';
import { SpeechTimeline } from '../vad/speech-timeline.ts';
import { seekClips } from './seek-clips.ts';
import { FRAMES_PER_SECOND } from './window-outcome.ts';

export interface HearTask {
  readonly settings: Pick<ModelSettings, 'melCount' | 'windowFrames'>;
  readonly options: TranscriptionOptions;
  readonly signal: AbortSignal | undefined;
}

/** A recording, or stretches of it one after the other. */
export interface Recording {
  readonly features: HeardFeatures;
  readonly durationSeconds: number;
  /** The stretches, and the way back from them. */
  readonly timeline: SpeechTimeline;
  /** The clips that are still to be cut out of it; none where the stretches lie within the clips. */
  readonly clipTimestampsSeconds: readonly number[];
}

/**
 * Reads a recording. Where silence is to be left out, its stretches are those of speech.
 * @throws PipelineError `undecodable_audio`, `engine_failed`, `model_unavailable`; the signal's reason.
 */
export async function hearRecording(pcm: AsyncIterable<Float32Array>, task: HearTask): Promise<Recording> {
  return task.options.vadFilter ? hearSpeech(pcm, task) : hearAll(pcm, task);
}

async function hearAll(pcm: AsyncIterable<Float32Array>, task: HearTask): Promise<Recording> {
  const features = await readFeatures(pcm, task.settings.melCount, task.signal);
  return {
    features,
    durationSeconds: features.sampleCount / SAMPLE_RATE_HZ,
    timeline: new SpeechTimeline([{ startFrame: 0, endFrame: features.contentFrames }]),
    clipTimestampsSeconds: task.options.clipTimestampsSeconds,
  };
}

async function hearSpeech(pcm: AsyncIterable<Float32Array>, task: HearTask): Promise<Recording> {
  const { settings, options, signal } = task;
  await using detector = await openSpeechDetector();
  const detection = detector.start();
  const features = await readFeatures(overheard(pcm, detection), settings.melCount, signal);
  const { contentFrames, sampleCount } = features;
  const speech = findSpeech(await detection.finish(), sampleCount, speechOptions(task));
  const clips = clipsOf(options.clipTimestampsSeconds, contentFrames);
  const timeline = new SpeechTimeline(intersect(toFrameRegions(speech, contentFrames), clips));
  return {
    features: new SpeechFeatures(features, timeline, settings.melCount),
    durationSeconds: sampleCount / SAMPLE_RATE_HZ,
    timeline,
    clipTimestampsSeconds: [],
  };
}

/** The same samples, which the detector hears as they pass. */
async function* overheard(
  pcm: AsyncIterable<Float32Array>,
  detection: Detection,
): AsyncGenerator<Float32Array> {
  for await (const chunk of pcm) {
    await detection.append(chunk);
    yield chunk;
  }
}

/** Speech of one batched window is no longer than the window. */
function speechOptions({ settings, options }: HearTask): SpeechOptions {
  const windowSeconds = settings.windowFrames / FRAMES_PER_SECOND;
  const maxSeconds = options.vadMaxSpeechSeconds ?? Infinity;
  return {
    threshold: options.vadThreshold,
    negThreshold: options.vadNegThreshold,
    minSpeechMs: options.vadMinSpeechMs,
    maxSpeechSeconds:
      options.batchSize === null ? options.vadMaxSpeechSeconds : Math.min(maxSeconds, windowSeconds),
    minSilenceMs: options.vadMinSilenceMs,
    speechPadMs: options.vadSpeechPadMs,
  };
}

/** The stretches of a recording that are to be heard. */
export function clipsOf(timestampsSeconds: readonly number[], contentFrames: number): readonly FrameRegion[] {
  const points = timestampsSeconds.map((seconds) => roundHalfEven(seconds * FRAMES_PER_SECOND));
  return seekClips(points, contentFrames);
}
