"""Chooses what is said in a window, by whom and when."""

import collections
import random

from recipe import WINDOW, Recipe
from scenes import Scene, Studio
from shards import ShardReader, Utterance

# Of all scenes, those by neural voices once there are FEWEST_NEURAL sentences by them; fewer before, lest they be learnt
# by heart.
NEURAL_SHARE, FEWEST_NEURAL = 0.4, 1_000


class Casting:
    """`neural` are sentences by neural voices: few, as they cost much, so they are drawn more often than their number says."""

    def __init__(self, synthetic: ShardReader, neural: ShardReader, people: ShardReader, rng: random.Random, seed: int):
        self._synthetic, self._neural, self._rng = synthetic, neural, rng
        self.studio, self._neural_studio, self._people_studio = (
            Studio(reader, seed + i) for i, reader in enumerate((synthetic, neural, people))
        )
        self._people: dict[str, list[Utterance]] = collections.defaultdict(list)
        for utterance in people.utterances:
            self._people[utterance.voice].append(utterance)

    def scene(self, recipe: Recipe) -> Scene:
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

    def previous_texts(self) -> list[str]:
        """What a window before this one might have said."""
        return [self._rng.choice(self._synthetic.utterances).text for _ in range(self._rng.randint(0, 3))]

    def _speakers(self, by_people: bool) -> tuple[Studio, list[Utterance]]:
        if by_people:
            return self._people_studio, self._rng.choice(list(self._people.values()))
        spoken = self._neural.utterances
        if self._rng.random() < NEURAL_SHARE * min(1, len(spoken) / FEWEST_NEURAL):
            return self._neural_studio, spoken
        return self.studio, self._synthetic.utterances

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
