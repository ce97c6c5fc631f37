"""Symmetric 8 bit integers."""
import numpy as np


def per_output_channel(weight):
    """`[outputs, inputs]` to int8 of that shape and float32 scales `[outputs]`, so that `int8 * scale` is the weight."""
    weight = weight.astype(np.float32)
    scale = np.maximum(np.abs(weight).max(axis=1), 1e-8) / 127
    quantised = np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8)
    return quantised, scale.astype(np.float32)


def by_blocks(weight, size):
    """`[outputs, inputs]` to uint8 `[outputs, blocks, size]` and float32 scales `[outputs, blocks]`: `(uint8 - 128) * scale`."""
    blocks = weight.astype(np.float32).reshape(weight.shape[0], -1, size)
    scale = np.maximum(np.abs(blocks).max(axis=2), 1e-8) / 127
    quantised = np.clip(np.rint(blocks / scale[..., None]), -127, 127) + 128
    return quantised.astype(np.uint8), scale.astype(np.float32)
