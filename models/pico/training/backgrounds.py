"""What a microphone hears besides speech: hiss, rumble, hum, tones, simple music, clicks. All made here, none recorded."""

import numpy as np

from features import SAMPLE_RATE, log_power_mel

KINDS = ("hiss", "coloured", "gusts", "hum", "beeps", "chords", "melody", "clicks", "sweep", "drums")


def make_background(kind: str, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """float32 samples with a peak of 0.5."""
    samples = _MAKERS[kind](int(seconds * SAMPLE_RATE), rng)
    return (samples * (0.5 / max(np.abs(samples).max(), 1e-9))).astype(np.float32)


def background_bank(seconds_per_kind: float, seed: int) -> dict[str, np.ndarray]:
    """Log power features [frames, 80] of each kind, to take stretches from."""
    rng = np.random.default_rng(seed)
    return {
        kind: np.concatenate([log_power_mel(make_background(kind, 12, rng)) for _ in range(round(seconds_per_kind / 12))])
        for kind in KINDS
    }


def _hiss(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal(n)


def _coloured(n: int, rng: np.random.Generator) -> np.ndarray:
    spectrum = np.fft.rfft(rng.standard_normal(n))
    hz = np.fft.rfftfreq(n, 1 / SAMPLE_RATE) + 20
    centre = rng.uniform(100, 4000)
    shape = hz ** -rng.uniform(0.2, 1.6) + rng.uniform(0, 0.02) * np.exp(-(((hz - centre) / (centre / 3)) ** 2))
    return np.fft.irfft(spectrum * shape, n)


def _gusts(n: int, rng: np.random.Generator) -> np.ndarray:
    points = rng.uniform(0, 1, n // SAMPLE_RATE * 3 + 4) ** 2
    return _coloured(n, rng) * np.interp(np.arange(n), np.linspace(0, n, len(points)), points)


def _hum(n: int, rng: np.random.Generator) -> np.ndarray:
    hz = rng.choice((50, 60, rng.uniform(70, 250))) * rng.uniform(0.99, 1.01)
    return _partials(n, hz, rng, 1 / np.arange(1, 12) ** rng.uniform(0.5, 2)) + 0.02 * rng.standard_normal(n)


def _beeps(n: int, rng: np.random.Generator) -> np.ndarray:
    period = int(rng.uniform(0.1, 1.5) * SAMPLE_RATE)
    hz, on = rng.uniform(300, 3500), rng.uniform(0.2, 1)
    gate = (np.arange(n) % period) < on * period
    return _partials(n, hz, rng, np.array([1, 0.2])) * gate


def _chords(n: int, rng: np.random.Generator) -> np.ndarray:
    return sum(_melody(n, rng, rng.uniform(0.8, 3)) for _ in range(3))


def _melody(n: int, rng: np.random.Generator, note_s: float | None = None) -> np.ndarray:
    note = int((note_s or rng.uniform(0.12, 0.6)) * SAMPLE_RATE)
    partials = rng.uniform(0, 1, 8) / np.arange(1, 9)
    decay = np.exp(-np.arange(note) / SAMPLE_RATE * rng.uniform(0.3, 8))
    attack = np.minimum(1, np.arange(note) / (0.01 * SAMPLE_RATE))
    base = 110 * 2 ** rng.uniform(0, 3)
    scale = base * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    notes = [_partials(note, rng.choice(scale), rng, partials) * decay * attack for _ in range(n // note + 1)]
    return np.concatenate(notes)[:n]


def _clicks(n: int, rng: np.random.Generator) -> np.ndarray:
    samples = 1e-3 * rng.standard_normal(n)
    for at in rng.integers(0, max(1, n - 4000), max(1, int(n / SAMPLE_RATE * rng.uniform(0.5, 8)))):
        length = int(rng.integers(40, 4000))
        knock = rng.standard_normal(length) * np.exp(-np.arange(length) / (length / 6))
        samples[at : at + length] += rng.uniform(0.2, 1) * knock[: n - at]
    return samples


def _sweep(n: int, rng: np.random.Generator) -> np.ndarray:
    points = rng.uniform(150, 3500, n // SAMPLE_RATE + 3)
    hz = np.interp(np.arange(n), np.linspace(0, n, len(points)), points)
    return np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE)


def _drums(n: int, rng: np.random.Generator) -> np.ndarray:
    beat = int(rng.uniform(0.15, 0.5) * SAMPLE_RATE)
    t = np.arange(beat) / SAMPLE_RATE
    kick = np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t * 20)))) * np.exp(-t * 12)
    snare = rng.standard_normal(beat) * np.exp(-t * 25)
    return np.concatenate([rng.choice((0.3, 1)) * (kick if i % 2 == 0 else snare) for i in range(n // beat + 1)])[:n]


def _partials(n: int, hz: float, rng: np.random.Generator, strengths: np.ndarray) -> np.ndarray:
    t = np.arange(n) / SAMPLE_RATE
    heard = [(i + 1, s) for i, s in enumerate(strengths) if hz * (i + 1) < 7500]
    return sum(s * np.sin(2 * np.pi * hz * k * t + rng.uniform(0, 6.28)) for k, s in heard)


_MAKERS = {
    "hiss": _hiss,
    "coloured": _coloured,
    "gusts": _gusts,
    "hum": _hum,
    "beeps": _beeps,
    "chords": _chords,
    "melody": _melody,
    "clicks": _clicks,
    "sweep": _sweep,
    "drums": _drums,
}
