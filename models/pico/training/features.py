"""Whisper's log-mel features (80 bands, 25 ms windows, 10 ms hops) and the bytes they are stored in."""

import functools

import numpy as np

SAMPLE_RATE, N_FFT, HOP, N_MELS = 16000, 400, 160, 80
FRAMES_PER_SECOND = SAMPLE_RATE // HOP
FLOOR = -10.0  # log10 of the least power
STEP = 0.05  # of the stored bytes, in log10: half a decibel


def log_power_mel(samples: np.ndarray) -> np.ndarray:
    """float32 samples in -1..1 to log10 mel power [frames, 80], before Whisper's normalisation (see `normalised`)."""
    padded = np.pad(samples, N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP][: len(samples) // HOP]
    power = np.abs(np.fft.rfft(frames * _window(), axis=1)).astype(np.float32) ** 2
    return np.log10(np.maximum(power @ mel_filters().T, 10**FLOOR))


def normalised(log_power: np.ndarray) -> np.ndarray:
    """Whisper's dynamic range and scale, over one window."""
    return (np.maximum(log_power, log_power.max() - 8.0) + 4.0) / 4.0


def to_bytes(log_power: np.ndarray) -> np.ndarray:
    return np.clip(np.rint((log_power - FLOOR) / STEP), 0, 255).astype(np.uint8)


def from_bytes(stored: np.ndarray) -> np.ndarray:
    return stored.astype(np.float32) * STEP + FLOOR


@functools.cache
def _window() -> np.ndarray:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)


@functools.cache
def mel_filters() -> np.ndarray:
    """[80, 201], Slaney's scale and area norm, as librosa's `filters.mel` and openai/whisper's `mel_filters.npz`."""
    edges = _mel_to_hz(np.linspace(_hz_to_mel(0.0), _hz_to_mel(SAMPLE_RATE / 2), N_MELS + 2))
    bins = np.linspace(0, SAMPLE_RATE / 2, N_FFT // 2 + 1)
    widths, ramps = np.diff(edges), edges[:, None] - bins[None]
    triangles = np.maximum(0, np.minimum(-ramps[:-2] / widths[:-1, None], ramps[2:] / widths[1:, None]))
    return (triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


def _hz_to_mel(hz: float) -> float:
    return 15 + np.log(hz / 1000) / (np.log(6.4) / 27) if hz >= 1000 else hz * 3 / 200


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel >= 15, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)), mel * 200 / 3)
