import * as assert from 'uvu/assert';
import { seededRandom } from '@whisper/speech/decoding/seeded-random';
import { intersect, packWindows, toFrameRegions, type FrameRegion } from '@whisper/speech/vad/frame-regions';
import { SpeechFeatures } from '@whisper/speech/vad/speech-features';
import { SpeechTimeline } from '@whisper/speech/vad/speech-timeline';
import { suite } from '../../helpers/suite.ts';

const region = (startFrame: number, endFrame: number): FrameRegion => ({ startFrame, endFrame });
const lengthOf = (regions: readonly FrameRegion[]): number =>
  regions.reduce((sum, { startFrame, endFrame }) => sum + endFrame - startFrame, 0);

function drawnRegions(random: () => number): readonly FrameRegion[] {
  const bounds = Array.from({ length: 8 }, () => Math.floor(random() * 5000)).sort((a, b) => a - b);
  const pairs = [0, 2, 4, 6].map((i) => region(bounds[i] ?? 0, bounds[i + 1] ?? 0));
  return pairs.filter(({ startFrame, endFrame }) => endFrame > startFrame);
}

suite('regions in frames', {}, (test) => {
  test('touch where they touched in samples', () => {
    const touching = [
      { startSample: 0, endSample: 1234 },
      { startSample: 1234, endSample: 9999 },
    ];
    assert.equal(toFrameRegions(touching, 62), [region(0, 8), region(8, 62)]);
  });

  test('meet clips in what lies in both', () => {
    const clips = [region(0, 15), region(40, 100)];
    assert.equal(intersect([region(10, 20), region(30, 50)], clips), [region(10, 15), region(40, 50)]);
  });

  test('are packed into windows that are no longer than allowed and cut no region that fits', () => {
    const random = seededRandom(4);
    for (let round = 0; round < 300; round += 1) {
      const regions = drawnRegions(random);
      const limit = 100 + Math.floor(random() * 2000);
      const windows = packWindows(regions, limit);
      assert.is(lengthOf(windows), lengthOf(regions));
      assert.ok(windows.every(({ startFrame, endFrame }) => endFrame - startFrame <= limit));
      windows.forEach(({ startFrame }, i) => {
        assert.is(startFrame, windows[i - 1]?.endFrame ?? 0);
      });
      const ends = regions.map((_, i) => lengthOf(regions.slice(0, i + 1)));
      const isCut = ({ endFrame }: FrameRegion): boolean => !ends.includes(endFrame);
      const hasLong = regions.some(({ startFrame, endFrame }) => endFrame - startFrame > limit);
      if (!hasLong) assert.is(windows.some(isCut), false);
    }
  });
});

suite('a spectrogram without silence', {}, (test) => {
  test('is the frames of its regions, one after the other, then silence', () => {
    const frames = {
      contentFrames: 100,
      silence: -1,
      window: (start: number, count: number) =>
        Float32Array.from({ length: 2 * count }, (_, i) =>
          i < count ? start + i : 1000 + start + i - count,
        ),
    };
    const timeline = new SpeechTimeline([region(10, 13), region(13, 14), region(50, 52)]);
    const features = new SpeechFeatures(frames, timeline, 2);
    assert.is(features.contentFrames, 6);
    assert.equal(
      features.window(1, 7),
      Float32Array.of(11, 12, 13, 50, 51, -1, -1, 1011, 1012, 1013, 1050, 1051, -1, -1),
    );
    assert.equal(
      [0, 3, 4, 6].map((frame) => timeline.recordedFrame(frame)),
      [10, 13, 50, 52],
    );
    assert.is(timeline.recordedFrame(4, true), 14);
  });
});
