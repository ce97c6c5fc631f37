"""The Free Spoken Digit Dataset (CC BY-SA 4.0) as shards: import_digits.py RECORDINGS FOLDER

Speakers in HELD_OUT_PEOPLE are left to the evaluation.
"""

import pathlib
import sys

import numpy as np
from scipy.io import wavfile

from espeak import EspeakEngine
from shards import ShardWriter, trimmed
from spoken_numbers import DIGITS
from waves import at_16khz

HELD_OUT_PEOPLE = ("theo", "yweweler")


def read_recording(path: pathlib.Path) -> np.ndarray:
    sample_rate, samples = wavfile.read(path)
    return at_16khz(samples, sample_rate)


def main() -> None:
    recordings, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    espeak, writer = EspeakEngine(), ShardWriter(folder, "digits")
    for path in sorted(recordings.glob("*.wav")):
        digit, speaker, _take = path.stem.split("_")
        clip = None if speaker in HELD_OUT_PEOPLE else trimmed(read_recording(path))
        if clip is not None:
            text = DIGITS[int(digit)]
            writer.add(clip, text, espeak.phonemes(text), f"person:{speaker}")
    print(f"{len(writer)} recordings, {writer.close():.2f} hours")


if __name__ == "__main__":
    main()
