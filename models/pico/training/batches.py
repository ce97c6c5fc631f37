"""Draws scenes of like length and stacks them."""

import collections
import dataclasses
import random

import numpy as np
import torch
from torch import Tensor

from features import FRAMES_PER_SECOND
from scenes import Scene, Studio
from shards import ShardReader, Utterance
from targets import IGNORED, Target, TargetWriter
from tokens import SECONDS, Tokens, encode_phonemes

WINDOW = SECONDS * FRAMES_PER_SECOND
POOL = 64
# Of the windows that are padded, those whose background ends with the file and not with the window.
FILE_ENDS_SHARE = 0.6
# Of all batches, those that are told what was said before: whole batches, as their token sequences are long.
PREVIOUS_SHARE = 0.12
# Of all scenes, those by neural voices once there are FEWEST_NEURAL sentences by them; fewer before, lest they be learnt by heart.
NEURAL_SHARE, FEWEST_NEURAL = 0.35, 1_000


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What to draw: set by how far training has come (see schedule.py)."""

    frames_per_batch: int
    longest_frames: int = WINDOW
    hardness: float = 0.0
    silent: float = 0.0  # share of windows without speech
    padded: float = 0.0  # share of batches that fill Whisper's whole window
    several: float = 0.0  # share of scenes with more than one sentence
    people: float = 0.0  # share of scenes by people


@dataclasses.dataclass(frozen=True)
class Item:
    mel: np.ndarray  # [frames, 80]
    target: Target
    text: list[int]
    phonemes: list[int]


@dataclasses.dataclass(frozen=True)
class Batch:
    mel: Tensor  # [batch, 80, frames]
    fed: Tensor  # [batch, n]
    wanted: Tensor  # [batch, n]
    texts: list[list[int]]
    phonemes: list[list[int]]


class Batches:
    """`neural` are sentences by neural voices: few, as they cost much, so they are drawn more often than their number says."""

    def __init__(self, synthetic: ShardReader, neural: ShardReader, people: ShardReader, tokens: Tokens, seed: int):
        self._synthetic, self._neural, self._tokens = synthetic, neural, tokens
        self._rng = random.Random(seed)
        self._studio, self._neural_studio, self._people_studio = (
            Studio(reader, seed + i) for i, reader in enumerate((synthetic, neural, people))
        )
        self._targets = TargetWriter(tokens, self._rng, self._previous_texts)
        self._pool: list[Scene] = []
        self._has_previous = False
        self._people: dict[str, list[Utterance]] = collections.defaultdict(list)
        for utterance in people.utterances:
            self._people[utterance.voice].append(utterance)

    def draw(self, recipe: Recipe) -> Batch:
        self._has_previous = self._rng.random() < PREVIOUS_SHARE
        if self._rng.random() < recipe.padded:
            scenes = [self._scene(recipe) for _ in range(max(1, recipe.frames_per_batch // WINDOW))]
            return self._stack([self._shoot(scene, recipe, WINDOW) for scene in scenes])
        scenes = self._of_like_length(recipe)
        longest = max(scene.frames for scene in scenes)
        frames = min(WINDOW, longest + self._rng.randrange(40)) // 2 * 2
        return self._stack([self._shoot(scene, recipe, frames) for scene in scenes])

    def _of_like_length(self, recipe: Recipe) -> list[Scene]:
        self._pool += [self._scene(recipe) for _ in range(POOL - len(self._pool))]
        self._pool.sort(key=lambda scene: -scene.frames)
        first = self._rng.randrange(POOL)
        count = max(1, recipe.frames_per_batch // self._pool[first].frames)
        chosen = self._pool[first : first + count]
        del self._pool[first : first + count]
        return chosen

    def _scene(self, recipe: Recipe) -> Scene:
        """One or several sentences with pauses; the last may be cut off by the window's end."""
        rng = self._rng
        by_people = rng.random() < recipe.people
        studio, source = self._speakers(by_people)
        wanted = rng.randint(1, 9) if by_people else rng.randint(2, 5) if rng.random() < recipe.several else 1
        at = self._lead(recipe)
        parts = []
        while len(parts) < wanted:
            if parts and at > WINDOW - 40:
                break
            part = studio.part(self._fitting(source, recipe.longest_frames - at), at, recipe.hardness)
            fits = part.end <= recipe.longest_frames
            if fits or (parts and recipe.longest_frames == WINDOW and rng.random() < 0.4):
                parts.append(part)
            if not fits:
                break
            at = part.end + self._pause(by_people)
        return Scene(parts, min(recipe.longest_frames, parts[-1].end + rng.randrange(20)))

    def _speakers(self, by_people: bool) -> tuple[Studio, list[Utterance]]:
        if by_people:
            return self._people_studio, self._rng.choice(list(self._people.values()))
        spoken = self._neural.utterances
        if self._rng.random() < min(NEURAL_SHARE, len(spoken) / FEWEST_NEURAL * NEURAL_SHARE):
            return self._neural_studio, spoken
        return self._studio, self._synthetic.utterances

    def _lead(self, recipe: Recipe) -> int:
        """Frames before the first word: none, some, and long ones where there is room."""
        if self._rng.random() < 0.1 and recipe.longest_frames == WINDOW:
            return self._rng.randrange(400)
        return int(self._rng.random() ** 2 * 90) if self._rng.random() < 0.6 else 0

    def _fitting(self, source: list[Utterance], longest: int) -> Utterance:
        """Of a few drawn, one that may fit in `longest` frames; else the last."""
        for _ in range(20):
            utterance = self._rng.choice(source)
            if utterance.frames * 1.2 < longest:
                break
        return utterance

    def _pause(self, by_people: bool) -> int:
        """In frames. Digits follow each other closely, sentences after a breath or much later."""
        rng = self._rng
        if by_people:
            return rng.randint(0, 30)
        return rng.randint(3, 20) if rng.random() < 0.15 else int(20 + 130 * rng.random() ** 2)

    def _shoot(self, scene: Scene, recipe: Recipe, frames: int) -> Item:
        if self._rng.random() < recipe.silent:
            return Item(self._studio.silence(frames), self._targets.nothing_said(), [], [])
        if frames == WINDOW and self._rng.random() < FILE_ENDS_SHARE:
            scene.sound_ends = scene.frames + self._rng.randrange(60)
        scene.frames = frames
        cut = scene.parts[-1] if scene.parts[-1].end > frames else None
        whole = scene.parts[:-1] if cut else scene.parts
        return Item(
            self._studio.render(scene, recipe.hardness),
            self._targets.said(whole, cut),
            [token for part in whole for token in self._tokens.encode(part.utterance.text)],
            [phoneme for part in whole for phoneme in encode_phonemes(part.utterance.phonemes)],
        )

    def _previous_texts(self) -> list[str]:
        count = self._rng.randint(0, 3) if self._has_previous else 0
        return [self._rng.choice(self._synthetic.utterances).text for _ in range(count)]

    def _stack(self, items: list[Item]) -> Batch:
        longest = max(len(item.target.fed) for item in items)
        fed = torch.full((len(items), longest), self._tokens.end)
        wanted = torch.full((len(items), longest), IGNORED)
        for row, item in enumerate(items):
            fed[row, : len(item.target.fed)] = torch.tensor(item.target.fed)
            wanted[row, : len(item.target.wanted)] = torch.tensor(item.target.wanted)
        mel = torch.from_numpy(np.stack([item.mel for item in items]).astype(np.float32)).transpose(1, 2)
        return Batch(mel, fed, wanted, [item.text for item in items], [item.phonemes for item in items])
