import * as assert from 'uvu/assert';
import { seededRandom } from '@whisper/speech/decoding/seeded-random';
import { cutWindows } from '@whisper/speech/transcript/cut-windows';
import type { HeardFeatures } from '@whisper/speech/vad/speech-features';
import { suite } from '../helpers/suite.ts';

const SETTINGS = { melCount: 2, windowFrames: 300 };

/** Loud everywhere but in 20 frames from each of `pauses` on. */
function recording(contentFrames: number, pauses: readonly number[]): HeardFeatures {
  const loudness = (frame: number): number =>
    pauses.some((pause) => frame >= pause && frame < pause + 20) ? -1 : 1;
  return {
    contentFrames,
    silence: -1,
    window: (start, count) =>
      Float32Array.from({ length: 2 * count }, (_, i) => loudness(start + (i % count))),
  };
}

suite('cutting a recording into windows', {}, (test) => {
  test('a window that is not the last of its clip ends in a pause', () => {
    const clips = [
      { startFrame: 0, endFrame: 700 },
      { startFrame: 800, endFrame: 900 },
    ];
    assert.equal(cutWindows(recording(900, [100, 270, 530]), SETTINGS, clips), [
      { startFrame: 0, endFrame: 280 },
      { startFrame: 280, endFrame: 540 },
      { startFrame: 540, endFrame: 700 },
      { startFrame: 800, endFrame: 900 },
    ]);
  });

  test('leaves nothing out, and no window is too long', () => {
    const random = seededRandom(6);
    for (let round = 0; round < 100; round += 1) {
      const endFrame = 1 + Math.floor(random() * 2000);
      const pauses = Array.from({ length: 5 }, () => Math.floor(random() * endFrame));
      const windows = cutWindows(recording(endFrame, pauses), SETTINGS, [{ startFrame: 0, endFrame }]);
      windows.forEach((window, i) => {
        assert.is(window.startFrame, windows[i - 1]?.endFrame ?? 0);
        const frames = window.endFrame - window.startFrame;
        assert.ok(frames > 0 && frames <= SETTINGS.windowFrames);
      });
      assert.is(windows.at(-1)?.endFrame, endFrame);
    }
  });
});
