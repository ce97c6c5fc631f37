"""Puts utterances and backgrounds together into one window of features.

Everything happens on mel powers: mixing adds them, level and bands scale them, pace and vocal tract length resample them.
That is a hundred times cheaper than the same on samples, and near enough.
"""

import dataclasses
import functools
import random

import numpy as np

from backgrounds import KINDS, background_bank
from features import FLOOR, FRAMES_PER_SECOND, N_MELS, normalised
from shards import MARGIN_S, ShardReader, Utterance

# Of the utterances in clean scenes, too, those that are given another pace and vocal tract.
OTHER_SPEAKER_SHARE = 0.7
# The backgrounds that speech is met with most.
NOISES = KINDS[:3]


@dataclasses.dataclass
class Part:
    """One utterance in a scene, `begin` in frames."""

    utterance: Utterance
    log_power: np.ndarray
    begin: int

    @property
    def end(self) -> int:
        return self.begin + len(self.log_power)

    @property
    def begin_s(self) -> float:
        return self.begin / FRAMES_PER_SECOND + MARGIN_S

    @property
    def end_s(self) -> float:
        return self.end / FRAMES_PER_SECOND - MARGIN_S


@dataclasses.dataclass
class Scene:
    parts: list[Part]
    frames: int
    sound_ends: int | None = None  # a frame behind which there is nothing, as behind the end of a file


class Studio:
    """`hardness` 0..1 says how often and how much a scene is spoilt."""

    def __init__(self, reader: ShardReader, seed: int):
        self._reader = reader
        self._rng, self._seed = random.Random(seed), seed

    @functools.cached_property
    def _bank(self) -> dict[str, np.ndarray]:
        return background_bank(180, self._seed)

    def part(self, utterance: Utterance, begin: int, hardness: float) -> Part:
        log_power = self._reader.log_power(utterance)
        if self._rng.random() < max(hardness, OTHER_SPEAKER_SHARE):
            tract = vocal_tract(self._rng.randrange(VOCAL_TRACTS))
            log_power = resampled(log_power, self._rng.uniform(0.85, 1.15)) @ tract + self._colour()
        return Part(utterance, log_power, begin)

    def render(self, scene: Scene, hardness: float) -> np.ndarray:
        """[frames, 80], normalised as Whisper does over the window."""
        rng = self._rng
        power = np.full((scene.frames, N_MELS), 10**FLOOR, np.float32)
        for part in scene.parts:
            gain = rng.uniform(-0.6, 0) * hardness
            audible = part.log_power[: scene.frames - part.begin]
            power[part.begin : part.begin + len(audible)] += 10 ** (audible + gain)
        speech = float(np.quantile(power.sum(1), 0.9)) if scene.parts else 1.0
        if rng.random() < 0.25 * hardness:
            power = echoed(power, rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.4))
        if rng.random() < 0.65 * hardness and scene.parts:
            power += self._background(scene.frames, speech, rng.uniform(3, 35), NOISES if rng.random() < 0.5 else KINDS)
        elif not scene.parts:
            power += self._background(scene.frames, speech, rng.uniform(0, 60), KINDS)
        if rng.random() < 0.08 * hardness and scene.parts:
            power += self._babble(scene.frames, speech, rng.uniform(10, 25))
        if scene.sound_ends is not None:
            power[scene.sound_ends :] = 10**FLOOR
        log_power = np.log10(power)
        if rng.random() < 0.25 * hardness:
            log_power = log_power + self._band()
        log_power = np.maximum(log_power + rng.uniform(-2.5, 0.8) * hardness, FLOOR)
        features = normalised(log_power)
        return self._with_holes(features) if scene.parts and rng.random() < 0.6 * hardness else features

    def silence(self, frames: int) -> np.ndarray:
        """A window without speech: backgrounds, or digital silence now and then."""
        if self._rng.random() < 0.1:
            return normalised(np.full((frames, N_MELS), FLOOR, np.float32))
        return self.render(Scene([], frames), 1.0)

    def _background(self, frames: int, speech: float, snr_db: float, kinds: tuple[str, ...]) -> np.ndarray:
        bank = self._bank[self._rng.choice(kinds)]
        begin = self._rng.randrange(len(bank) - frames)
        power = 10 ** bank[begin : begin + frames]
        power *= speech * 10 ** (-snr_db / 10) / (power.sum(1).mean() + 1e-12)
        if self._rng.random() < 0.15:  # comes or goes
            edge = self._rng.randrange(frames)
            power[edge:] = 0
            power = power[::-1] if self._rng.random() < 0.5 else power
        return power

    def _babble(self, frames: int, speech: float, snr_db: float) -> np.ndarray:
        power = np.zeros((frames, N_MELS), np.float32)
        for utterance in self._rng.sample(self._reader.utterances, 4):
            voice = 10 ** self._reader.log_power(utterance)[:frames]
            begin = self._rng.randint(0, frames - len(voice))
            power[begin : begin + len(voice)] += voice
        return power * (speech * 10 ** (-snr_db / 10) / (power.sum(1).mean() + 1e-12))

    def _colour(self) -> np.ndarray:
        """Some decibels up and down over the bands, smoothly: another voice and another microphone."""
        bands = np.arange(N_MELS) / N_MELS
        waves = (self._rng.uniform(-0.25, 0.25) * np.cos(np.pi * k * bands) for k in (1, 2, 3))
        return sum(waves).astype(np.float32)

    def _band(self) -> np.ndarray:
        """A telephone or a small loudspeaker: what lies outside is 20 to 60 dB down."""
        low, high = self._rng.uniform(0, 10), self._rng.uniform(48, 78)
        bands = np.arange(N_MELS)
        outside = np.clip(np.maximum(low - bands, bands - high) / 2, 0, 1)
        return (-self._rng.uniform(2, 6) * outside).astype(np.float32)

    def _with_holes(self, features: np.ndarray) -> np.ndarray:
        """SpecAugment (Park et al. 2019)."""
        rng, floor = self._rng, features.min()
        features = features.copy()
        for _ in range(2):
            width = rng.randint(0, 10)
            low = rng.randrange(N_MELS - width)
            features[:, low : low + width] = floor
            length = rng.randint(0, 12)
            begin = rng.randrange(max(1, len(features) - length))
            features[begin : begin + length] = floor
        return features


VOCAL_TRACTS = 200


def resampled(log_power: np.ndarray, pace: float) -> np.ndarray:
    at = np.linspace(0, len(log_power) - 1, max(8, round(len(log_power) / pace)))
    left = np.minimum(at.astype(int), len(log_power) - 2)
    part = (at - left)[:, None].astype(np.float32)
    return log_power[left] * (1 - part) + log_power[left + 1] * part


@functools.cache
def vocal_tract(number: int) -> np.ndarray:
    """[80, 80]: moves all formants up or down, and each a little on its own. The highest bands are squeezed to stay in."""
    rng, knee = random.Random(number), 62
    bands = np.arange(N_MELS)
    factor, phase, cycles = rng.uniform(0.84, 1.16), rng.uniform(0, 2 * np.pi), rng.uniform(1, 2.5)
    ripple = rng.uniform(0, 1.5) * np.sin(2 * np.pi * cycles * bands / N_MELS + phase) * np.sin(np.pi * bands / N_MELS)
    top = knee * factor
    at = np.where(bands < knee, bands * factor, top + (bands - knee) * (N_MELS - 1 - top) / (N_MELS - 1 - knee))
    at = np.clip(at + ripple, 0, N_MELS - 1)
    left = np.minimum(at.astype(int), N_MELS - 2)
    matrix = np.zeros((N_MELS, N_MELS), np.float32)
    matrix[left, bands] = 1 - (at - left)
    matrix[left + 1, bands] += at - left
    return matrix


def echoed(power: np.ndarray, seconds: float, share: float) -> np.ndarray:
    """A tail that falls by 60 dB in `seconds`."""
    decay = 10 ** (-6 / (seconds * FRAMES_PER_SECOND))
    tail, carried = np.empty_like(power), np.zeros(N_MELS, np.float32)
    for i, frame in enumerate(power):
        carried = decay * carried + frame
        tail[i] = carried
    return power + share * (1 - decay) * tail
