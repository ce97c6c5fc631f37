import { Tensor } from 'onnxruntime-node';

/**
 * The tensor as `float16` or `float32`, whichever `type` says: community exports differ in what their inputs take.
 * Halves travel as their bits in a `Uint16Array`, which every Node version has.
 */
export function toFloatTensor(tensor: Tensor, type: 'float16' | 'float32'): Tensor {
  if (tensor.type === type) return tensor;
  const values = floatsOf(tensor);
  if (type === 'float32') return new Tensor('float32', values, tensor.dims);
  return new Tensor('float16', Uint16Array.from(values, floatToHalf), tensor.dims);
}

/** The values of a `float32` or `float16` tensor, without a copy where it is `float32`. */
export function floatsOf(tensor: Tensor): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (tensor.type !== 'float16' || !ArrayBuffer.isView(data)) {
    throw new TypeError(`A ${tensor.type} tensor holds no floats`);
  }
  return Float32Array.from(new Uint16Array(data.buffer, data.byteOffset, tensor.size), halfToFloat);
}

/** IEEE 754 binary16 bits to a number. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A number to the nearest IEEE 754 binary16, as bits; what is too large becomes infinite. */
export function floatToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65_520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | Math.round(magnitude * 2 ** 24);
  const exponent = Math.floor(Math.log2(magnitude));
  // Rounding up to 1024 carries into the exponent, as it must.
  return sign | (((exponent + 15) << 10) + Math.round((magnitude / 2 ** exponent - 1) * 1024));
}
