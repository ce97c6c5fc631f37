"""Samples as all of this takes them: float32 at SAMPLE_RATE, in -1..1."""

import numpy as np
from scipy.signal import resample_poly

SAMPLE_RATE = 16000


def at_16khz(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """Of integers, 16 bits; of floats, -1..1."""
    samples = samples / np.float32(32768) if samples.dtype.kind == "i" else samples
    if sample_rate == SAMPLE_RATE:
        return samples
    divisor = np.gcd(SAMPLE_RATE, sample_rate)
    return resample_poly(samples, SAMPLE_RATE // divisor, sample_rate // divisor).astype(np.float32)
