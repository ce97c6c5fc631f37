import type { SpeechRegion } from './find-speech.ts';

/** Widens each region by `pad` samples; two that come closer than twice that share the silence between them. */
export function padRegions(
  regions: readonly SpeechRegion[],
  sampleCount: number,
  pad: number,
): readonly SpeechRegion[] {
  return regions.map(({ startSample, endSample }, i) => ({
    startSample: Math.max(0, startSample - shareBefore(regions, i, pad)),
    endSample: Math.min(sampleCount, endSample + shareBefore(regions, i + 1, pad)),
  }));
}

/** How far region `i` reaches back, which is also how far the one before it reaches on. */
function shareBefore(regions: readonly SpeechRegion[], i: number, pad: number): number {
  const before = regions[i - 1];
  const region = regions[i];
  if (before === undefined || region === undefined) return pad;
  const silence = region.startSample - before.endSample;
  return silence < 2 * pad ? Math.floor(silence / 2) : pad;
}
