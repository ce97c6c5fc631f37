"""Every voice behind one function: its name and a text in, 16 kHz samples out.

espeak-ng, flite, RHVoice and SVOX Pico are called in this process through their libraries; festival speaks whole batches through its own
program; Kokoro is a neural voice, near to people and a hundred times as costly.
"""

import functools
import os

import numpy as np

from espeak import EspeakEngine
from festival import festival_say
from flite import FliteVoice
from kokoro import ACCENTS, Kokoro
from rhvoice import RhVoice
from svox import SvoxVoice


class Speakers:
    """Loads an engine at its first use. `say` and `say_all` give float32 at 16 kHz in -1..1."""

    def __init__(self, svox_folder: str | None = None):
        self._svox_folder = svox_folder or os.environ.get("SVOX_DIR", "/usr/share/pico/lang")
        self._engines: dict[str, FliteVoice | SvoxVoice] = {}

    @functools.cached_property
    def espeak(self) -> EspeakEngine:
        return EspeakEngine()

    @functools.cached_property
    def _kokoro(self) -> Kokoro:
        return Kokoro(os.environ["KOKORO_DIR"])

    @functools.cached_property
    def _rhvoice(self) -> RhVoice:
        return RhVoice(os.environ["RHVOICE_DIR"])

    def say(self, voice: str, text: str, pace: float, pitch: float) -> np.ndarray:
        """`pace` 1 is the voice's own speed, more is faster; `pitch` -1..1 from low to high."""
        return self.say_all(voice, [text], pace, pitch)[0]

    def say_all(self, voice: str, texts: list[str], pace: float, pitch: float) -> list[np.ndarray]:
        family, name = voice.split(":")
        if family == "festival":
            return festival_say(name, texts, pace)
        if family == "espeak":
            return [self.espeak.say(name, text, pace, pitch) for text in texts]
        if family == "kokoro":
            return [self._kokoro_say(name, text, pace) for text in texts]
        if family == "rhvoice":
            return [self._rhvoice.say(name, text, pace, pitch) for text in texts]
        if voice not in self._engines:
            self._engines[voice] = FliteVoice(name) if family == "flite" else SvoxVoice(self._svox_folder, name)
        return [self._engines[voice].say(text, pace, pitch) for text in texts]

    def _kokoro_say(self, name: str, text: str, pace: float) -> np.ndarray:
        return self._kokoro.say(name, self.espeak.phonemes(text, ACCENTS[name[0]]), pace)
