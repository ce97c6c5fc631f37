"""Kokoro-82M (Apache 2.0), a neural voice: IPA of espeak-ng and a style in, speech out.

A folder holds `model.onnx`, `vocab.json` ({"vocab": {symbol: id}}) and `voices/*.bin`: float32 [510, 256], a style for each
number of symbols. Styles may be mixed, and a mixture is a speaker of its own: some fifty voices make as many as are wanted.
"""

import functools
import json
import pathlib
import random

import numpy as np
import onnxruntime

from waves import at_16khz

ACCENTS = {"a": "gmw/en-US", "b": "gmw/en"}
AMERICAN = (
    "af_alloy af_aoede af_bella af_heart af_jessica af_kore af_nicole af_river af_sarah af_sky "
    "am_adam am_echo am_eric am_fenrir am_liam am_michael am_onyx am_santa"
).split()
BRITISH = "bf_alice bf_emma bf_isabella bm_daniel bm_fable bm_lewis".split()
# They speak English in a mixture with one of those above.
FOREIGN = (
    "ef_dora em_alex ff_siwis hf_alpha hf_beta hm_omega hm_psi if_sara im_nicola jf_alpha jf_gongitsune jf_nezumi jf_tebukuro "
    "jm_kumo pf_dora pm_alex zf_xiaobei zf_xiaoni zf_xiaoxiao zf_xiaoyi zm_yunjian zm_yunxi zm_yunxia zm_yunyang"
).split()
HELD_OUT = "af_nova am_puck bf_lily bm_george".split()
# Kokoro's own signs for what espeak-ng writes with two; replaced in this order.
_BOTH = {"aɪ": "I", "aʊ": "W", "eɪ": "A", "ɔɪ": "Y", "tʃ": "ʧ", "dʒ": "ʤ", "ɚ": "əɹ", "ɐ": "ə", "r": "ɹ", "x": "k", "əl": "ᵊl"}
_AMERICAN = {"oʊ": "O", "ɜː": "ɜɹ", "ː": ""}
_BRITISH = {"əʊ": "Q", "eə": "ɛː"}


def draw_mixture(rng: random.Random) -> str:
    """`NAME` or `NAME*SHARE+NAME`: the first gives the accent and at least half of the style."""
    first = rng.choice(AMERICAN if rng.random() < 0.6 else BRITISH)
    if rng.random() < 0.2:
        return first
    second = rng.choice(FOREIGN if rng.random() < 0.3 else [name for name in AMERICAN + BRITISH if name != first])
    return f"{first}*{rng.uniform(0.5, 0.9):.2f}+{second}"


def kokoro_symbols(ipa: str, american: bool) -> str:
    for espeak, kokoro in {**_BOTH, **(_AMERICAN if american else _BRITISH)}.items():
        ipa = ipa.replace(espeak, kokoro)
    return ipa


class Kokoro:
    _SAMPLE_RATE = 24_000

    def __init__(self, folder: str) -> None:
        self._folder = pathlib.Path(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(self._folder / "model.onnx"), options)
        self._ids = json.loads((self._folder / "vocab.json").read_text("utf8"))["vocab"]

    def say(self, mixture: str, ipa: str, pace: float) -> np.ndarray:
        symbols = kokoro_symbols(ipa, mixture.startswith("a")) + "."
        ids = [self._ids[symbol] for symbol in symbols if symbol in self._ids]
        style = self._style(mixture)[len(ids) - 1]
        inputs = {"tokens": np.array([[0, *ids, 0]]), "style": style[None], "speed": np.array([pace], np.float32)}
        return at_16khz(self._session.run(None, inputs)[0].ravel(), self._SAMPLE_RATE)

    def _style(self, mixture: str) -> np.ndarray:
        first, _, second = mixture.partition("+")
        name, _, share = first.partition("*")
        if not second:
            return self._voice(name)
        return float(share) * self._voice(name) + (1 - float(share)) * self._voice(second)

    @functools.cache  # there is one instance a process
    def _voice(self, name: str) -> np.ndarray:
        return np.fromfile(self._folder / f"voices/{name}.bin", np.float32).reshape(-1, 256)
