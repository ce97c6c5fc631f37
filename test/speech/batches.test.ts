import * as assert from 'uvu/assert';
import type { Segment } from '@whisper/shared/contracts/transcript';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { collectSegments } from '@whisper/speech/transcript/collect-segments';
import { transcribeInBatches } from '@whisper/speech/transcript/transcribe-in-batches';
import type { HeardFeatures } from '@whisper/speech/vad/speech-features';
import { spokenWindows, stamp, type SpokenWindows } from '../helpers/spoken-windows.ts';
import { suite } from '../helpers/suite.ts';

const features: HeardFeatures = {
  contentFrames: 300,
  silence: 0,
  window: (_start, count) => new Float32Array(80 * count),
};
const WINDOWS = [
  { startFrame: 0, endFrame: 100 },
  { startFrame: 100, endFrame: 180 },
  { startFrame: 180, endFrame: 270 },
];

interface Outcome {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly progress: readonly number[];
}

async function transcribe(
  model: SpokenWindows,
  options: Partial<TranscriptionOptions> = {},
  signal?: AbortSignal,
): Promise<Outcome> {
  const collected = collectSegments(() => undefined);
  const progress: number[] = [];
  await transcribeInBatches(model, {
    features,
    windows: WINDOWS,
    batchSize: 2,
    options: { ...DEFAULT_OPTIONS, ...options },
    signal,
    onSegment: collected.add,
    onProgress: (seconds) => progress.push(seconds),
  });
  return { ...collected.transcript(), progress };
}

const times = ({ segments }: Outcome): number[][] =>
  segments.map(({ seek, startSeconds, endSeconds }) => [seek, startSeconds, endSeconds]);

suite('windows in batches', {}, (test) => {
  test('are decoded side by side, and come out in order with their times', async () => {
    const model = spokenWindows([
      [stamp(0), 1, 2, stamp(20)],
      [stamp(5), 3, stamp(20)],
      [stamp(0), 4, 5, 6, stamp(40)],
    ]);
    const outcome = await transcribe(model);
    assert.equal(model.decodings, [2, 1]);
    assert.is(outcome.text, '1 2 3 4 5 6');
    assert.equal(times(outcome), [
      [0, 0, 0.4],
      [100, 1, 1.4],
      [180, 1.8, 2.6],
    ]);
    assert.equal(outcome.progress, [1.8, 2.7]);
  });

  test('a text that breaks off in the midst of a segment is heard again from there, before what follows', async () => {
    const model = spokenWindows([
      [stamp(0), 1, stamp(20), stamp(20), 9],
      [stamp(0), 3, stamp(30)],
      [stamp(0), 2, stamp(20)],
      [stamp(0), 4, stamp(30)],
    ]);
    const outcome = await transcribe(model);
    assert.equal(model.decodings, [2, 1, 1]);
    assert.is(outcome.text, '1 2 3 4');
    assert.equal(times(outcome)[1], [40, 0.4, 0.8]);
  });

  test('a moment left after the last segment is the pause that the window was cut in', async () => {
    const model = spokenWindows([
      [stamp(0), 1, stamp(20), stamp(20)],
      [stamp(0), 2, stamp(20)],
      [stamp(0), 3, stamp(20)],
    ]);
    assert.is((await transcribe(model)).text, '1 2 3');
    assert.equal(model.decodings, [2, 1]);
  });

  test('a text without timestamps that the limit cut off does not cost the rest of its window', async () => {
    const long = [stamp(0), 1, stamp(20), stamp(20), ...Array.from({ length: 30 }, (_, i) => 60 + i)];
    const model = spokenWindows([long, [50], [2, 3], [60]]);
    const outcome = await transcribe(model, { withoutTimestamps: true });
    assert.is(outcome.text, '1 2 3 50 60');
    assert.equal(model.decodings, [2, 1, 1, 1], 'both, the first again with timestamps, its rest, the last');
    assert.equal(times(outcome).slice(0, 2), [
      [0, 0, 0.4],
      [40, 0.4, 1],
    ]);
  });

  test('an abort takes effect within one step of the decoder', async () => {
    const abort = new AbortController();
    const model = spokenWindows([
      [stamp(0), 1, 2, 3, 4, 5, 6, stamp(20)],
      [stamp(0), 1, 2, 3, 4, 5, 6, stamp(20)],
    ]);
    model.onStep = () => {
      if (model.steps() === 3) abort.abort(new Error('enough'));
    };
    try {
      await transcribe(model, {}, abort.signal);
      assert.unreachable();
    } catch (error) {
      assert.is(error, abort.signal.reason);
    }
    assert.is(model.steps(), 3);
  });
});
