"""espeak-ng through its library: a process per sentence would cost more than the speech."""

import ctypes

import numpy as np

from waves import at_16khz


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
