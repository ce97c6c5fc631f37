"""Symmetric 8 bit integers."""
import numpy as np


def per_output_channel(weight):
    """`[outputs, inputs]` to int8 of that shape and float32 scales `[outputs]`, so that `int8 * scale` is the weight."""
    weight = weight.astype(np.float32)
    scale = np.maximum(np.abs(weight).max(axis=1), 1e-8) / 127
    quantised = np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8)
    return quantised, scale.astype(np.float32)
