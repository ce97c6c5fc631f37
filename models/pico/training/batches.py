"""Draws scenes of like length and stacks them."""

import dataclasses
import random

import numpy as np
import torch
from torch import Tensor

from casting import Casting
from recipe import WINDOW, Recipe
from scenes import Scene
from targets import IGNORED, Target, TargetWriter
from tokens import Tokens, encode_phonemes

POOL = 64
# Of the windows that are padded, those whose background ends with the file and not with the window.
FILE_ENDS_SHARE = 0.6
# Of all batches, those that are told what was said before: whole batches, as their token sequences are long.
PREVIOUS_SHARE = 0.12


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
    def __init__(self, casting: Casting, tokens: Tokens, rng: random.Random):
        self._casting, self._tokens, self._rng = casting, tokens, rng
        self._targets = TargetWriter(tokens, rng, lambda: casting.previous_texts() if self._has_previous else [])
        self._pool: list[Scene] = []
        self._has_previous = False

    def draw(self, recipe: Recipe) -> Batch:
        self._has_previous = self._rng.random() < PREVIOUS_SHARE
        if self._rng.random() < recipe.padded:
            scenes = [self._casting.scene(recipe) for _ in range(max(1, recipe.frames_per_batch // WINDOW))]
            return self._stack([self._shoot(scene, recipe, WINDOW) for scene in scenes])
        scenes = self._of_like_length(recipe)
        longest = max(scene.frames for scene in scenes)
        frames = min(WINDOW, longest + self._rng.randrange(40)) // 2 * 2
        return self._stack([self._shoot(scene, recipe, frames) for scene in scenes])

    def _of_like_length(self, recipe: Recipe) -> list[Scene]:
        self._pool += [self._casting.scene(recipe) for _ in range(POOL - len(self._pool))]
        self._pool.sort(key=lambda scene: -scene.frames)
        first = self._rng.randrange(POOL)
        count = max(1, recipe.frames_per_batch // self._pool[first].frames)
        chosen = self._pool[first : first + count]
        del self._pool[first : first + count]
        return chosen

    def _shoot(self, scene: Scene, recipe: Recipe, frames: int) -> Item:
        if self._rng.random() < recipe.silent:
            return Item(self._casting.studio.silence(frames), self._targets.nothing_said(), [], [])
        if frames == WINDOW and self._rng.random() < FILE_ENDS_SHARE:
            scene.sound_ends = scene.frames + self._rng.randrange(60)
        scene.frames = frames
        cut = scene.parts[-1] if scene.parts[-1].end > frames else None
        whole = scene.parts[:-1] if cut else scene.parts
        return Item(
            self._casting.studio.render(scene, recipe.hardness),
            self._targets.said(whole, cut),
            [token for part in whole for token in self._tokens.encode(part.utterance.text)],
            [phoneme for part in whole for phoneme in encode_phonemes(part.utterance.phonemes)],
        )

    def _stack(self, items: list[Item]) -> Batch:
        longest = max(len(item.target.fed) for item in items)
        fed = torch.full((len(items), longest), self._tokens.end)
        wanted = torch.full((len(items), longest), IGNORED)
        for row, item in enumerate(items):
            fed[row, : len(item.target.fed)] = torch.tensor(item.target.fed)
            wanted[row, : len(item.target.wanted)] = torch.tensor(item.target.wanted)
        mel = torch.from_numpy(np.stack([item.mel for item in items]).astype(np.float32)).transpose(1, 2)
        return Batch(mel, fed, wanted, [item.text for item in items], [item.phonemes for item in items])
