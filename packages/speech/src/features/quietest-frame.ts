const SMOOTHING_FRAMES = 20;

/**
 * The frame from `from` on around which it is quietest for 0.2 s; of equals the last.
 * `mel`: log-mel, mel-major `[mels x frames]`.
 */
export function quietestFrame(
  mel: Float32Array,
  { melCount, from }: { readonly melCount: number; readonly from: number },
): number {
  const loudness = loudnessOf(mel, melCount);
  const last = loudness.length - SMOOTHING_FRAMES / 2;
  let quietest = from;
  let least = Infinity;
  for (let frame = from; frame <= last; frame += 1) {
    const around = loudness.subarray(frame - SMOOTHING_FRAMES / 2, frame + SMOOTHING_FRAMES / 2);
    const sum = around.reduce((total, value) => total + value, 0);
    if (sum > least) continue;
    least = sum;
    quietest = frame;
  }
  return quietest;
}

/** Each frame's sum over the mels. */
function loudnessOf(mel: Float32Array, melCount: number): Float32Array {
  const frames = mel.length / melCount;
  const loudness = new Float32Array(frames);
  for (let i = 0; i < mel.length; i += 1) loudness[i % frames] = (loudness[i % frames] ?? 0) + (mel[i] ?? 0);
  return loudness;
}
