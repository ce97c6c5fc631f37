import type { Tensor } from 'onnxruntime-node';

/**
 * What an encoder says about one window. Only the decoder and the aligner of the same export read the tensors: hidden
 * states `[1, positions, width]` in the Hugging Face layout, keys and values of the cross-attention in our own.
 */
export interface EncodedWindow {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Steps of the timestamps that the window holds: 1500 for 30 s. */
  readonly positions: number;
}
