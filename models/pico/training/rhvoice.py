"""RHVoice (its engine under the LGPL, its CMU Arctic voices free) through its library."""

import ctypes
import pathlib

import numpy as np

from waves import at_16khz

_SET_RATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_PLAY = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_uint, ctypes.c_void_p)


class _Callbacks(ctypes.Structure):
    _fields_ = [("set_sample_rate", _SET_RATE), ("play_speech", _PLAY), ("unused", ctypes.c_void_p * 7)]


class _Settings(ctypes.Structure):
    """`RHVoice_init_params`."""

    _fields_ = [
        ("data_path", ctypes.c_char_p),
        ("config_path", ctypes.c_char_p),
        ("resource_paths", ctypes.c_void_p),
        ("callbacks", _Callbacks),
        ("options", ctypes.c_uint),
    ]


class _Manner(ctypes.Structure):
    """`RHVoice_synth_params`: rate, pitch and volume twice, first added to the voice's own, then multiplied."""

    _fields_ = [
        ("voice_profile", ctypes.c_char_p),
        ("absolute", ctypes.c_double * 3),
        ("relative", ctypes.c_double * 3),
        ("others", ctypes.c_int * 2),
        ("punctuation_list", ctypes.c_char_p),
        ("more", ctypes.c_int * 2),
    ]


class RhVoice:
    """`folder` is the prefix under which it was installed: `lib/libRHVoice.so`, `share/RHVoice/{languages,voices}`."""

    # From three quarters to one and a half times the voice's own pitch.
    _PITCH_SPAN = 0.5

    def __init__(self, folder: str) -> None:
        home = pathlib.Path(folder)
        self._library = library = ctypes.CDLL(str(home / "lib/libRHVoice.so"))
        library.RHVoice_new_tts_engine.restype = library.RHVoice_new_message.restype = ctypes.c_void_p
        self._rate, self._spoken = 24_000, bytearray()
        self._callbacks = _SET_RATE(self._set_rate), _PLAY(self._play)
        paths = str(home / "share/RHVoice").encode(), str(home / "etc/RHVoice").encode()
        settings = _Settings(*paths, None, _Callbacks(*self._callbacks), 0)
        self._engine = ctypes.c_void_p(library.RHVoice_new_tts_engine(ctypes.byref(settings)))
        if not self._engine:
            raise RuntimeError(f"RHVoice finds no voices in {folder}")

    def say(self, name: str, text: str, pace: float, pitch: float) -> np.ndarray:
        manner = _Manner(name.encode(), (0, self._PITCH_SPAN * pitch, 0), (pace, 1, 1))
        said = text.encode()
        message = ctypes.c_void_p(
            self._library.RHVoice_new_message(self._engine, said, len(said), 0, ctypes.byref(manner), None)
        )
        if not message:
            raise RuntimeError(f"RHVoice has no voice {name}")
        self._spoken.clear()
        spoke = self._library.RHVoice_speak(message)
        self._library.RHVoice_delete_message(message)
        if not spoke:
            raise RuntimeError(f"RHVoice could not say {text}")
        return at_16khz(np.frombuffer(bytes(self._spoken), np.int16), self._rate)

    def _set_rate(self, rate: int, _: object) -> int:
        self._rate = rate
        return 1

    def _play(self, samples: object, count: int, _: object) -> int:
        self._spoken += ctypes.string_at(samples, 2 * count)
        return 1
