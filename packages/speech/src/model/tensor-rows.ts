import { Tensor } from 'onnxruntime-node';

/** A tensor whose rows (along its first axis) are rows `sources` of a tensor of floats or bytes, in that order. */
export function takeRows(tensor: Tensor, sources: readonly number[]): Tensor {
  const bytes = bytesOf(tensor);
  const [rows = 1, ...rest] = tensor.dims;
  const rowBytes = bytes.length / rows;
  const taken = new Uint8Array(rowBytes * sources.length);
  sources.forEach((source, i) => {
    taken.set(bytes.subarray(source * rowBytes, (source + 1) * rowBytes), i * rowBytes);
  });
  return fromBytes(tensor.type, taken, [sources.length, ...rest]);
}

/** Tensors of one shape but for the length of their first axis, one after the other along it. */
export function stackRows(tensors: readonly Tensor[]): Tensor {
  const [first, ...others] = tensors;
  if (first === undefined) throw new TypeError('There is nothing to stack');
  if (others.length === 0) return first;
  const parts = tensors.map(bytesOf);
  const stacked = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((offset, part) => {
    stacked.set(part, offset);
    return offset + part.length;
  }, 0);
  const rows = tensors.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0);
  return fromBytes(first.type, stacked, [rows, ...first.dims.slice(1)]);
}

function bytesOf({ data, type }: Tensor): Uint8Array {
  if (!ArrayBuffer.isView(data)) throw new TypeError(`A ${type} tensor holds no numbers`);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function fromBytes(type: Tensor.Type, bytes: Uint8Array, dims: readonly number[]): Tensor {
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === 'float32') return new Tensor(type, new Float32Array(buffer, byteOffset, byteLength / 4), dims);
  if (type === 'float16') return new Tensor(type, new Uint16Array(buffer, byteOffset, byteLength / 2), dims);
  if (type === 'uint8') return new Tensor(type, bytes, dims);
  if (type === 'int8') return new Tensor(type, new Int8Array(buffer, byteOffset, byteLength), dims);
  throw new TypeError(`A ${type} tensor has no rows to take`);
}
