"""flite's voices through its libraries."""

import ctypes

import numpy as np

from waves import at_16khz


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
