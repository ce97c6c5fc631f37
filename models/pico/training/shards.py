"""Utterances on disk: `NAME.mel` holds the features of all of them one after the other, `NAME.jsonl` says which is which."""

import dataclasses
import json
import pathlib

import numpy as np

from features import FRAMES_PER_SECOND, HOP, N_MELS, SAMPLE_RATE, from_bytes, log_power_mel, to_bytes

MARGIN_S = 0.03
LONGEST_S = 9.4


@dataclasses.dataclass(frozen=True)
class Utterance:
    """`frames` of features from `start` on; the speech itself begins and ends MARGIN_S inside of them."""

    shard: int
    start: int
    frames: int
    text: str
    phonemes: str
    voice: str


def trimmed(samples: np.ndarray) -> np.ndarray | None:
    """Peak at 0.5, silence cut to MARGIN_S at both ends; None for what holds no speech or too much."""
    peak = np.abs(samples).max(initial=0)
    loud = np.nonzero(np.abs(samples) > 0.01 * peak)[0]
    if peak < 1e-3 or not 0.15 < (loud[-1] - loud[0]) / SAMPLE_RATE < LONGEST_S:
        return None
    margin = int(MARGIN_S * SAMPLE_RATE)
    padded = np.pad(samples[loud[0] : loud[-1]], margin) * (0.5 / peak)
    return np.pad(padded, (0, -len(padded) % HOP)).astype(np.float32)


class ShardWriter:
    def __init__(self, folder: pathlib.Path, name: str):
        self._folder, self._name = folder, name
        self._mels: list[np.ndarray] = []
        self._lines: list[str] = []
        self._frames = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, samples: np.ndarray, text: str, phonemes: str, voice: str) -> None:
        mel = to_bytes(log_power_mel(samples))
        fields = {"start": self._frames, "frames": len(mel), "text": text, "phonemes": phonemes, "voice": voice}
        self._lines.append(json.dumps(fields, ensure_ascii=False))
        self._mels.append(mel)
        self._frames += len(mel)

    def close(self) -> float:
        """Writes the shard at once, so that a reader never meets half of one. Returns hours."""
        np.concatenate(self._mels).tofile(self._folder / f"{self._name}.mel")
        partial = self._folder / f"{self._name}.partial"
        partial.write_text("\n".join(self._lines), "utf8")
        partial.rename(self._folder / f"{self._name}.jsonl")
        return self._frames / FRAMES_PER_SECOND / 3600


class ShardReader:
    """All utterances of a folder; `refresh` finds shards that came since."""

    def __init__(self, folder: pathlib.Path):
        self._folder = folder
        self._names: list[str] = []
        self._mels: list[np.ndarray] = []
        self.utterances: list[Utterance] = []
        self.refresh()

    def refresh(self) -> bool:
        fresh = sorted(path.stem for path in self._folder.glob("*.jsonl") if path.stem not in self._names)
        for name in fresh:
            self._mels.append(np.memmap(self._folder / f"{name}.mel", np.uint8, "r").reshape(-1, N_MELS))
            lines = (self._folder / f"{name}.jsonl").read_text("utf8").splitlines()
            self.utterances += [Utterance(len(self._names), **json.loads(line)) for line in lines]
            self._names.append(name)
        return len(fresh) > 0

    def log_power(self, utterance: Utterance) -> np.ndarray:
        """[frames, 80] float32."""
        return from_bytes(self._mels[utterance.shard][utterance.start : utterance.start + utterance.frames])
