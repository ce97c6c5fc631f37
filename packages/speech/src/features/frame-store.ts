/** Frames per block: 10 s, so that a short recording does not reserve an hour's room. */
const BLOCK_FRAMES = 1000;

/** Log-mel frames, frame-major, in blocks that are never copied as the recording grows. */
export class FrameStore {
  readonly melCount: number;
  readonly #blocks: Float32Array[] = [];
  #frameCount = 0;

  constructor(melCount: number) {
    this.melCount = melCount;
  }

  get frameCount(): number {
    return this.#frameCount;
  }

  /** A new last frame, `[mels]`, for the caller to fill. */
  push(): Float32Array {
    const offset = this.#frameCount % BLOCK_FRAMES;
    if (offset === 0) this.#blocks.push(new Float32Array(BLOCK_FRAMES * this.melCount));
    this.#frameCount += 1;
    return this.#at(this.#frameCount - 1);
  }

  /** Frame `index`, `[mels]`, or `undefined` past the end. */
  frame(index: number): Float32Array | undefined {
    return index < this.#frameCount ? this.#at(index) : undefined;
  }

  #at(index: number): Float32Array {
    const start = (index % BLOCK_FRAMES) * this.melCount;
    const block = this.#blocks[Math.floor(index / BLOCK_FRAMES)] ?? new Float32Array();
    return block.subarray(start, start + this.melCount);
  }
}
