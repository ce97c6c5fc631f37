"""SVOX Pico (Apache 2.0) through its library."""

import ctypes
import pathlib

import numpy as np

from waves import SAMPLE_RATE, at_16khz


class SvoxVoice:
    """Its library and its `*_ta.bin`, `*_sg.bin` lie in one folder or where Debian puts them."""

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
