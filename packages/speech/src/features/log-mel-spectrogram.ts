import { PipelineError } from '@whisper/shared/contracts/errors';
import { FrameStore } from './frame-store.ts';
import { fastLog10 } from './fast-log10.ts';
import { MelBank } from './mel-bank.ts';
import { FRAME_SIZE, PowerSpectrum } from './power-spectrum.ts';

export const SAMPLE_RATE_HZ = 16_000;
/** Samples from one frame to the next: 10 ms. */
export const HOP_SIZE = 160;
const HALF_FRAME = FRAME_SIZE / 2;
const SILENCE = -10; // log10 of the floor of 1e-10
const STAGING_SIZE = HALF_FRAME + 16_000;

/**
 * The log-mel spectrogram of one recording, as `log_mel_spectrogram` in openai/whisper's audio.py computes it, but fed
 * chunk by chunk: the PCM is dropped at once and only frames of 10 ms are kept. They are normalised when read, because
 * the reference clamps to 8 below the maximum over the whole recording.
 */
export class LogMelSpectrogram {
  readonly #bank: MelBank;
  readonly #spectrum = new PowerSpectrum();
  readonly #frames: FrameStore;
  /** Samples not yet framed, led by what the next frame needs of the past: first the reflected start. */
  readonly #staging = new Float32Array(STAGING_SIZE);
  #staged = HALF_FRAME;
  #reflected = false;
  #sampleCount = 0;
  #maximum = SILENCE;

  constructor(melCount: number) {
    this.#bank = new MelBank(melCount);
    this.#frames = new FrameStore(melCount);
  }

  /** Mono PCM at 16 kHz that has come in so far, in samples. */
  get sampleCount(): number {
    return this.#sampleCount;
  }

  /** Whole frames of 10 ms in the recording: `content_frames` of the reference. */
  get contentFrames(): number {
    return Math.floor(this.#sampleCount / HOP_SIZE);
  }

  /** @throws PipelineError `undecodable_audio` when a sample is not a finite number. */
  append(pcm: Float32Array): void {
    if (!isFinite(pcm)) {
      throw new PipelineError('undecodable_audio', 'The decoded audio holds samples that are not numbers.');
    }
    this.#sampleCount += pcm.length;
    this.#stage(pcm);
  }

  /** Ends the recording: frames the last samples against the silence that follows them. */
  finish(): void {
    const frameCount = Math.ceil((this.#sampleCount + HALF_FRAME) / HOP_SIZE);
    while (this.#frames.frameCount < frameCount) this.#stage(new Float32Array(FRAME_SIZE));
  }

  /** What silence comes to, normalised. */
  get silence(): number {
    return (Math.max(SILENCE, this.#maximum - 8) + 4) / 4;
  }

  /** Frames `start` to `start + count`, normalised, mel-major: `[mels x count]`. Past the end there is silence. */
  window(start: number, count: number): Float32Array {
    const { melCount } = this.#frames;
    const floor = this.#maximum - 8;
    const output = new Float32Array(melCount * count).fill(this.silence);
    for (let i = 0; i < count; i += 1) {
      const frame = this.#frames.frame(start + i);
      if (frame === undefined) break;
      for (let mel = 0; mel < melCount; mel += 1) {
        output[mel * count + i] = (Math.max(frame[mel] ?? 0, floor) + 4) / 4;
      }
    }
    return output;
  }

  #stage(pcm: Float32Array): void {
    for (let taken = 0; taken < pcm.length;) {
      const part = pcm.subarray(taken, taken + STAGING_SIZE - this.#staged);
      this.#staging.set(part, this.#staged);
      this.#staged += part.length;
      taken += part.length;
      this.#frameStaged();
    }
  }

  #frameStaged(): void {
    if (!this.#reflected && !this.#reflectStart()) return;
    let start = 0;
    for (; start + FRAME_SIZE <= this.#staged; start += HOP_SIZE) this.#pushFrame(start);
    this.#staging.copyWithin(0, start, this.#staged);
    this.#staged -= start;
  }

  /** `torch.stft(center=True)` mirrors the first 200 samples, without repeating the very first. */
  #reflectStart(): boolean {
    if (this.#staged < 2 * HALF_FRAME + 1) return false;
    const mirrored = this.#staging.slice(HALF_FRAME + 1, 2 * HALF_FRAME + 1).reverse();
    this.#staging.set(mirrored, 0);
    this.#reflected = true;
    return true;
  }

  #pushFrame(start: number): void {
    const power = this.#spectrum.compute(this.#staging, start);
    const energies = this.#bank.energies(power);
    const frame = this.#frames.push();
    let maximum = this.#maximum;
    for (let mel = 0; mel < energies.length; mel += 1) {
      const value = fastLog10(Math.max(energies[mel] ?? 0, 1e-10));
      frame[mel] = value;
      if (value > maximum) maximum = value;
    }
    this.#maximum = maximum;
  }
}

/** A sum, since `every` with a callback takes ten times as long. */
function isFinite(values: Float32Array): boolean {
  let sum = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- its iterator takes four times as long here
  for (let i = 0; i < values.length; i += 1) sum += (values[i] ?? 0) * 0;
  return sum === 0; // anything infinite or not a number makes it NaN
}
