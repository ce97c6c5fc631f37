import * as assert from 'uvu/assert';
import { LogMelSpectrogram } from '@whisper/speech/features/log-mel-spectrogram';
import { melFilters } from '@whisper/speech/features/mel-filters';
import { suite } from '../helpers/suite.ts';

/** Deterministic noise under a chirp, loud first and faint later, so that the clamp to maximum - 8 is reached. */
function signal(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    const loudness = i < length / 2 ? 0.5 : 1e-6;
    return loudness * (Math.sin((i * i) / 30_000) + 0.1 * (state / 0x40000000 - 1));
  });
}

/** The reference's definition, term by term: reflect, Hann, DFT, filters, log, clamp. `[mels x frames]`. */
function bruteForce(pcm: Float32Array, melCount: number, frames: number): Float64Array {
  const at = (index: number): number => pcm[index < 0 ? -index : index] ?? 0;
  const filters = melFilters(melCount);
  const output = new Float64Array(melCount * frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const power = dftPower(Float64Array.from({ length: 400 }, (_, i) => at(frame * 160 + i - 200)));
    filters.forEach(({ firstBin, weights }, mel) => {
      const energy = weights.reduce((sum, weight, i) => sum + weight * (power[firstBin + i] ?? 0), 0);
      output[mel * frames + frame] = Math.log10(Math.max(energy, 1e-10));
    });
  }
  const floor = output.reduce((a, b) => Math.max(a, b)) - 8;
  return output.map((value) => (Math.max(value, floor) + 4) / 4);
}

function dftPower(frame: Float64Array): Float64Array {
  return Float64Array.from({ length: 201 }, (_, k) => {
    let re = 0;
    let im = 0;
    frame.forEach((sample, i) => {
      const windowed = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 400));
      re += windowed * Math.cos((2 * Math.PI * k * i) / 400);
      im += windowed * Math.sin((2 * Math.PI * k * i) / 400);
    });
    return re * re + im * im;
  });
}

function spectrogramOf(pcm: Float32Array, melCount: number, chunkSize: number): LogMelSpectrogram {
  const spectrogram = new LogMelSpectrogram(melCount);
  for (let i = 0; i < pcm.length; i += chunkSize) spectrogram.append(pcm.subarray(i, i + chunkSize));
  spectrogram.finish();
  return spectrogram;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.is(a.length, b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
}

suite('log-mel spectrogram', {}, (test) => {
  for (const melCount of [80, 128]) {
    test(`equals a brute-force DFT with ${melCount} mels`, () => {
      const pcm = signal(16_100);
      const actual = spectrogramOf(pcm, melCount, 4096).window(0, 120);
      assert.ok(largestDifference(actual, bruteForce(pcm, melCount, 120)) < 1e-4);
    });
  }

  for (const length of [1, 2, 159, 200, 201, 399, 401]) {
    test(`equals a brute-force DFT for ${length} samples`, () => {
      const pcm = signal(length);
      const actual = spectrogramOf(pcm, 80, 7).window(0, 8);
      assert.ok(largestDifference(actual, bruteForce(pcm, 80, 8)) < 1e-4);
    });
  }

  test('does not depend on how the samples are cut into chunks', () => {
    const pcm = signal(40_000);
    const whole = spectrogramOf(pcm, 80, pcm.length).window(0, 250);
    for (const size of [1, 160, 16_201]) assert.equal(spectrogramOf(pcm, 80, size).window(0, 250), whole);
  });

  test('has one content frame per whole 10 ms', () => {
    assert.is(spectrogramOf(signal(1), 80, 1).contentFrames, 0);
    assert.is(spectrogramOf(signal(160), 80, 160).contentFrames, 1);
    assert.is(spectrogramOf(signal(16_159), 80, 500).contentFrames, 100);
  });

  test('gives a later window as the part of the whole that it is', () => {
    const spectrogram = spectrogramOf(signal(20_000), 80, 999);
    const whole = spectrogram.window(0, 100);
    const part = spectrogram.window(30, 10);
    for (let mel = 0; mel < 80; mel += 1) {
      assert.equal(part.slice(mel * 10, mel * 10 + 10), whole.slice(mel * 100 + 30, mel * 100 + 40));
    }
  });

  test('gives silence past the end', () => {
    const silence = spectrogramOf(new Float32Array(1600), 80, 1600).window(0, 20);
    assert.ok(silence.every((value) => value === -1.5));
  });

  test('refuses samples that are not numbers', () => {
    const spectrogram = new LogMelSpectrogram(80);
    for (const bad of [NaN, Infinity]) {
      assert.throws(
        () => {
          spectrogram.append(Float32Array.of(0, bad));
        },
        (error: unknown) => (error as { code?: unknown }).code === 'undecodable_audio',
      );
    }
  });
});
