import { Tensor } from 'onnxruntime-node';

const FIRST_CAPACITY = 64;

/**
 * The keys and values of a decoder's rows: `[times, rows, width]`, one after the other in time, so that what a graph gets
 * is a view of one array and what it gives is appended without moving anything.
 */
export class KvStore {
  readonly #type: 'float32' | 'float16';
  readonly #width: number;
  #rows: number;
  #length = 0;
  #values: Float32Array | Uint16Array;

  constructor(type: 'float32' | 'float16', width: number, rows: number) {
    this.#type = type;
    this.#width = width;
    this.#rows = rows;
    this.#values = this.#allocate(FIRST_CAPACITY);
  }

  /** Tokens that each row has been given. */
  get length(): number {
    return this.#length;
  }

  /** A view, valid until the next change. */
  tensor(): Tensor {
    const view = this.#values.subarray(0, this.#length * this.#rows * this.#width);
    const dims = [this.#length, this.#rows, this.#width];
    return view instanceof Float32Array
      ? new Tensor('float32', view, dims)
      : new Tensor('float16', view, dims);
  }

  /** `added`: `[times, rows, width]`, of this store's type. */
  append(added: Tensor): void {
    const length = this.#length + (added.dims[0] ?? 0);
    this.#reserve(length);
    this.#values.set(valuesOf(added), this.#length * this.#rows * this.#width);
    this.#length = length;
  }

  /** Row i becomes what row `sources[i]` was. */
  reorder(sources: readonly number[]): void {
    const from = this.#values;
    const [rows, width] = [this.#rows, this.#width];
    const capacity = from.length / (rows * width);
    this.#rows = sources.length;
    this.#values = this.#allocate(capacity);
    for (let time = 0; time < this.#length; time += 1) {
      sources.forEach((source, i) => {
        const start = (time * rows + source) * width;
        this.#values.set(from.subarray(start, start + width), (time * sources.length + i) * width);
      });
    }
  }

  #reserve(length: number): void {
    const capacity = this.#values.length / (this.#rows * this.#width);
    if (length <= capacity) return;
    const old = this.#values;
    this.#values = this.#allocate(Math.max(length, 2 * capacity));
    this.#values.set(old);
  }

  #allocate(times: number): Float32Array | Uint16Array {
    const size = times * this.#rows * this.#width;
    return this.#type === 'float32' ? new Float32Array(size) : new Uint16Array(size);
  }
}

function valuesOf({ data, type }: Tensor): Float32Array | Uint16Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16' && ArrayBuffer.isView(data)) {
    return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  }
  throw new TypeError(`A ${type} tensor holds no keys and values`);
}
