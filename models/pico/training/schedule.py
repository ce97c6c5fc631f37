"""How training goes from easy to hard, and when it ends.

The end is not a number of steps but what PLAN says, read again and again: {"end": "2030-01-31T20:35", "peak": 0.003,
"hardest": 1.0}. The learning rate falls to zero by that time at the speed that the machine shows; a later sitting writes a
later end. `hardest` caps how much scenes are spoilt: a short training learns more from clean ones.
"""

import dataclasses
import datetime
import json
import pathlib
import time

from recipe import WINDOW, Recipe

WARM_UP_STEPS = 150
# Frames of a step of one process.
FRAMES_PER_STEP = 5_600
# CTC loss per phoneme, smoothed over SMOOTHING steps, below which the encoder counts as aligned.
ALIGNED_LOSS, SMOOTHING = 0.45, 50
# Steps after that over which scenes become hard.
RAMP_STEPS = 1200
# Share of the training behind which half of the batches fill Whisper's window; until then few do, as they are mostly silence.
PADDED_FROM = 0.9


@dataclasses.dataclass
class Course:
    """Where training stands. `state` goes into checkpoints."""

    plan: pathlib.Path
    step: int = 0
    aligned_at: int | None = None
    seconds_per_step: float = 1.0
    phoneme_loss: float = 5.0

    @property
    def state(self) -> dict:
        names = ("step", "aligned_at", "seconds_per_step", "phoneme_loss")
        return {name: getattr(self, name) for name in names}

    def advance(self, seconds: float, phoneme_loss: float) -> None:
        self.step += 1
        self.seconds_per_step += (min(seconds, 20) - self.seconds_per_step) / min(self.step, 200)
        self.phoneme_loss += (phoneme_loss - self.phoneme_loss) / SMOOTHING
        if self.aligned_at is None and self.phoneme_loss < ALIGNED_LOSS:
            self.aligned_at = self.step

    @property
    def seconds_left(self) -> float:
        return datetime.datetime.fromisoformat(self._planned["end"]).timestamp() - time.time()

    @property
    def progress(self) -> float:
        """0..1 of the steps there will have been."""
        left = max(0.0, self.seconds_left / self.seconds_per_step)
        return self.step / max(1.0, self.step + left)

    @property
    def learning_rate(self) -> float:
        """Up, level, and down to zero over the last two fifths."""
        peak = self._planned["peak"]
        return peak * min(1.0, (self.step + 1) / WARM_UP_STEPS, (1 - self.progress) / 0.4)

    @property
    def matured(self) -> float:
        """0..1 over RAMP_STEPS from alignment on."""
        return 0.0 if self.aligned_at is None else min(1.0, (self.step - self.aligned_at) / RAMP_STEPS)

    @property
    def hardness(self) -> float:
        return self.matured * self._planned["hardest"]

    @property
    def loss_weights(self) -> tuple[float, float, float]:
        """Of the decoder, of CTC on tokens, of CTC on phonemes."""
        if self.aligned_at is None:
            return 0.3, 0.4, 1.0
        return 1.0, 0.5 - 0.2 * self.matured, 0.7 - 0.4 * self.matured

    @property
    def recipe(self) -> Recipe:
        if self.aligned_at is None:
            return Recipe(FRAMES_PER_STEP, longest_frames=360)
        matured = self.matured
        longest = min(WINDOW, 400 + int(800 * matured))
        padded = (0.5 if self.progress > PADDED_FROM else 0.2) * matured
        return Recipe(FRAMES_PER_STEP, longest, self.hardness, 0.08 * matured, padded, 0.55 * matured, 0.08)

    @property
    def _planned(self) -> dict:
        return json.loads(self.plan.read_text())
