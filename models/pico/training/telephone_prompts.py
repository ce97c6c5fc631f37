"""Asterisk's English prompts as sentences by a person: Allison Smith, CC BY-SA 3.0, Debian's asterisk-core-sounds-en(-g722).

They are for evaluation only: training never hears her.
"""

import gzip
import pathlib
import re
import subprocess
from collections.abc import Iterator

import numpy as np

from corpus import as_spoken
from waves import SAMPLE_RATE

FEWEST_WORDS = 3


def read_prompts(root: pathlib.Path = pathlib.Path("/")) -> Iterator[tuple[str, np.ndarray]]:
    """What is said, and its samples, of all prompts of words alone."""
    sounds = root / "usr/share/asterisk/sounds/en_US_f_Allison"
    listed = gzip.open(root / "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz", "rt", encoding="utf8")
    seen = set()
    for line in listed:
        name, _, text = line.partition(":")
        spoken, path = as_spoken(re.sub(r"[.!?;:,]", " ", text)), sounds / f"{name}.g722"
        if spoken and spoken not in seen and len(spoken.split()) >= FEWEST_WORDS and path.exists():
            seen.add(spoken)
            yield spoken, _read_g722(path)


def _read_g722(path: pathlib.Path) -> np.ndarray:
    command = ["ffmpeg", "-v", "error", "-f", "g722", "-i", str(path), "-f", "f32le", "-ar", str(SAMPLE_RATE), "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)
