"""Every voice the data is spoken with, behind one function: text in, 16 kHz samples out.

espeak-ng, flite and SVOX Pico are called in this process through their libraries (a process per sentence would cost more
than the speech); festival speaks whole batches through its own program; Kokoro is a neural voice, near to people and a
hundred times as costly. Voices in HELD_OUT speak in evaluation sets only.
"""

import ctypes
import functools
import os
import pathlib
import random
import subprocess
import tempfile

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

import kokoro

SAMPLE_RATE = 16000

ESPEAK_ACCENTS = {
    "gmw/en-US": 5,
    "gmw/en": 3,
    "gmw/en-GB-x-rp": 2,
    "gmw/en-GB-scotland": 1,
    "gmw/en-029": 1,
    "gmw/en-GB-x-gbclan": 1,
    "gmw/en-GB-x-gbcwmd": 1,
    "gmw/en-US-nyc": 1,
}
ESPEAK_VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m7 f1 f2 f3 f4 f5 klatt klatt2 klatt3 klatt4 Alex Alicia Andrea Andy Annie Diogo Gene Henrique "
    "Hugo Jacky Lee Marco Mario Michael Nguyen RicishayMax RicishayMax2 adam anika announcer antonio belinda "
    "benjamin boris caleb david ed edward edward2 grandma grandpa iven iven2 john kaukovalta linda marcelo max michel "
    "norbert pablo paul pedro quincy rob robert sandro shelby steph steph3 travis victor zac"
).split()
HELD_OUT_ESPEAK_VARIANTS = "m8 Mike Denis Gene2 aunty gustave iven3 klatt6 miguel steph2".split()
FLITE = {"flite:kal": 1, "flite:kal16": 4, "flite:awb": 4, "flite:rms": 5, "flite:slt": 5}
FESTIVAL = {"festival:kal_diphone": 1, "festival:cmu_us_slt_arctic_hts": 3}
SVOX = {"svox:en-US": 3}
HELD_OUT = ("festival:ked_diphone", "svox:en-GB")


def draw_voice(rng: random.Random, family: str) -> str:
    if family == "espeak":
        accent = rng.choices(list(ESPEAK_ACCENTS), list(ESPEAK_ACCENTS.values()))[0]
        variant = "" if rng.random() < 0.05 else "+" + rng.choice(ESPEAK_VARIANTS)
        return f"espeak:{accent}{variant}"
    if family == "kokoro":
        return f"kokoro:{kokoro.draw_mixture(rng)}"
    weights = {"flite": FLITE, "festival": FESTIVAL, "svox": SVOX}[family]
    return rng.choices(list(weights), list(weights.values()))[0]


def draw_held_out_voice(rng: random.Random) -> str:
    """Half espeak-ng variants, half people whom the training part has never heard."""
    if rng.random() < 0.5:
        accent = rng.choices(list(ESPEAK_ACCENTS), list(ESPEAK_ACCENTS.values()))[0]
        return f"espeak:{accent}+{rng.choice(HELD_OUT_ESPEAK_VARIANTS)}"
    return rng.choice(HELD_OUT)


class Speakers:
    """Loads an engine at its first use. `say` and `say_all` give float32 at 16 kHz in -1..1."""

    def __init__(self, svox_folder: str | None = None):
        self._svox_folder = svox_folder or os.environ.get("SVOX_DIR", "/usr/share/pico/lang")
        self._engines: dict[str, "FliteVoice | SvoxVoice"] = {}

    @functools.cached_property
    def espeak(self) -> "EspeakEngine":
        return EspeakEngine()

    @functools.cached_property
    def _kokoro(self) -> "kokoro.Kokoro":
        return kokoro.Kokoro(os.environ["KOKORO_DIR"])

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
        if voice not in self._engines:
            self._engines[voice] = FliteVoice(name) if family == "flite" else SvoxVoice(self._svox_folder, name)
        return [self._engines[voice].say(text, pace, pitch) for text in texts]

    def _kokoro_say(self, name: str, text: str, pace: float) -> np.ndarray:
        ipa = self.espeak.phonemes(text, kokoro.ACCENTS[name[0]])
        return at_16khz(self._kokoro.say(name, ipa, pace) * 32768, kokoro.Kokoro.SAMPLE_RATE)


def at_16khz(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    samples = samples.astype(np.float32) / 32768
    if sample_rate == SAMPLE_RATE:
        return samples
    divisor = np.gcd(SAMPLE_RATE, sample_rate)
    return resample_poly(samples, SAMPLE_RATE // divisor, sample_rate // divisor).astype(np.float32)


class EspeakEngine:
    WORDS_PER_MINUTE = 165
    _RATE, _PITCH, _RANGE = 1, 3, 4

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._sample_rate = self._library.espeak_Initialize(2, 0, None, 0)
        self._chunks: list[bytes] = []
        callback_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = callback_type(self._keep)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def say(self, name: str, text: str, pace: float, pitch: float) -> np.ndarray:
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {name}")
        self._library.espeak_SetParameter(self._RATE, int(self.WORDS_PER_MINUTE * pace), 0)
        self._library.espeak_SetParameter(self._PITCH, int(50 + 30 * pitch), 0)
        self._library.espeak_SetParameter(self._RANGE, int(50 + 25 * pitch), 0)
        self._chunks.clear()
        encoded = text.encode()
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        return at_16khz(np.frombuffer(b"".join(self._chunks), np.int16), self._sample_rate)

    def phonemes(self, text: str, accent: str = "gmw/en-US") -> str:
        """IPA, words apart by spaces: American as the auxiliary target, any as what Kokoro reads."""
        self._library.espeak_SetVoiceByName(accent.encode())
        pointer = ctypes.c_char_p(text.encode())
        parts = []
        while pointer.value is not None:
            parts.append(self._library.espeak_TextToPhonemes(ctypes.byref(pointer), 1, 2).decode())
        return " ".join(parts).strip()

    def _keep(self, samples, count, _events) -> int:
        if samples and count > 0:
            self._chunks.append(ctypes.string_at(samples, count * 2))
        return 0


class _FliteWave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


class _FliteVoiceStruct(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


class FliteVoice:
    def __init__(self, name: str) -> None:
        self._flite = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
        for dependency in ("cmulex", "usenglish"):
            ctypes.CDLL(f"libflite_{dependency}.so.1", mode=ctypes.RTLD_GLOBAL)
        self._flite.flite_init()
        register = getattr(ctypes.CDLL(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
        register.restype = ctypes.POINTER(_FliteVoiceStruct)
        self._voice = register(None)
        self._flite.flite_text_to_wave.restype = ctypes.POINTER(_FliteWave)
        self._flite.flite_text_to_wave.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        self._flite.flite_feat_set_float.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float]
        self._flite.delete_wave.argtypes = [ctypes.c_void_p]

    def say(self, text: str, pace: float, pitch: float) -> np.ndarray:
        features = self._voice.contents.features
        self._flite.flite_feat_set_float(features, b"duration_stretch", 1 / pace)
        self._flite.flite_feat_set_float(features, b"f0_shift", 1 + 0.2 * pitch)
        wave = self._flite.flite_text_to_wave(text.encode(), self._voice)
        samples = np.ctypeslib.as_array(wave.contents.samples, (wave.contents.num_samples,)).copy()
        sample_rate = wave.contents.sample_rate
        self._flite.delete_wave(wave)
        return at_16khz(samples, sample_rate)


class SvoxVoice:
    """SVOX Pico (Apache 2.0). Its library and its `*_ta.bin`, `*_sg.bin` lie in one folder or where Debian puts them."""

    _MEMORY_BYTES = 2_500_000
    _STEP_BUSY = 201

    def __init__(self, folder: str, language: str) -> None:
        local = pathlib.Path(folder) / "libttspico.so"
        self._pico = ctypes.CDLL(str(local) if local.exists() else "libttspico.so.0")
        self._memory = ctypes.create_string_buffer(self._MEMORY_BYTES)
        self._system, self._engine = ctypes.c_void_p(), ctypes.c_void_p()
        self._check(self._pico.pico_initialize(self._memory, self._MEMORY_BYTES, ctypes.byref(self._system)))
        self._check(self._pico.pico_createVoiceDefinition(self._system, b"voice"))
        for part in ("ta", "sg"):
            resource, name = ctypes.c_void_p(), ctypes.create_string_buffer(64)
            path = next(pathlib.Path(folder).glob(f"{language}_*{part}.bin"))
            self._check(self._pico.pico_loadResource(self._system, str(path).encode(), ctypes.byref(resource)))
            self._check(self._pico.pico_getResourceName(self._system, resource, name))
            self._check(self._pico.pico_addResourceToVoiceDefinition(self._system, b"voice", name))
        self._check(self._pico.pico_newEngine(self._system, b"voice", ctypes.byref(self._engine)))

    def say(self, text: str, pace: float, pitch: float) -> np.ndarray:
        level = f'<pitch level="{int(100 + 15 * pitch)}"><speed level="{int(100 * pace)}">{text}</speed></pitch>'
        rest, samples = level.encode() + b"\0", bytearray()
        buffer, taken, got, kind = ctypes.create_string_buffer(4096), ctypes.c_int16(), ctypes.c_int16(), ctypes.c_int16()
        while rest:
            self._check(self._pico.pico_putTextUtf8(self._engine, rest, len(rest), ctypes.byref(taken)))
            rest = rest[taken.value :]
            status = self._STEP_BUSY
            while status == self._STEP_BUSY:
                arguments = (self._engine, buffer, 4096, ctypes.byref(got), ctypes.byref(kind))
                status = self._pico.pico_getData(*arguments)
                samples += buffer.raw[: got.value]
        return at_16khz(np.frombuffer(bytes(samples[: len(samples) // 2 * 2]), np.int16), SAMPLE_RATE)

    @staticmethod
    def _check(status: int) -> None:
        if status != 0:
            raise RuntimeError(f"SVOX Pico answered {status}")


def festival_say(name: str, texts: list[str], pace: float) -> list[np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        script = [f"(voice_{name})", f"(Parameter.set 'Duration_Stretch {1 / pace:.3f})"]
        for i, text in enumerate(texts):
            script.append(f"(utt.save.wave (utt.synth (Utterance Text \"{text}\")) \"{folder}/{i}.wav\" 'riff)")
        path = pathlib.Path(folder) / "say.scm"
        path.write_text("\n".join(script))
        subprocess.run(["festival", "-b", str(path)], check=True, capture_output=True)
        waves = [wavfile.read(f"{folder}/{i}.wav") for i in range(len(texts))]
    return [at_16khz(samples, sample_rate) for sample_rate, samples in waves]
