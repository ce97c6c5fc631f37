"""What training draws: set by how far it has come (see schedule.py)."""

import dataclasses

from features import FRAMES_PER_SECOND
from tokens import SECONDS

WINDOW = SECONDS * FRAMES_PER_SECOND


@dataclasses.dataclass(frozen=True)
class Recipe:
    frames_per_batch: int
    longest_frames: int = WINDOW
    hardness: float = 0.0
    silent: float = 0.0  # share of windows without speech
    padded: float = 0.0  # share of batches that fill Whisper's whole window
    several: float = 0.0  # share of scenes with more than one sentence
    people: float = 0.0  # share of scenes by people
