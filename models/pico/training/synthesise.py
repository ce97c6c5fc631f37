"""Speaks the training part of the corpus: synthesise.py FOLDER FIRST_SHARD LAST_SHARD [kokoro|rhvoice]

With `kokoro`, small shards by that voice alone, as it takes half a second of a core to say a second; with `rhvoice`, by the
voices of that, which has to be built first; without, large ones by all the others. A shard is made from its number alone,
and skipped when it is there: many processes may share the work, and any may be ended.
"""

import pathlib
import random
import sys

import numpy as np
from scipy.signal import fftconvolve

from corpus import Corpus, read_corpus
from shards import ShardWriter, trimmed
from speakers import Speakers
from voices import draw_voice
from waves import SAMPLE_RATE

UTTERANCES_PER_SHARD = {"all": 2000, "kokoro": 50, "rhvoice": 500}
FAMILIES = {
    "all": {"espeak": 0.55, "flite": 0.24, "svox": 0.16, "festival": 0.05},
    "kokoro": {"kokoro": 1.0},
    "rhvoice": {"rhvoice": 1.0},
}
# Festival starts anew for each batch, so its batches are large.
BATCH = {"espeak": 1, "flite": 1, "svox": 1, "festival": 20, "kokoro": 1, "rhvoice": 1}
REVERBERANT = 0.2
# The first shards hold what aligns most easily: see the schedule in train.py.
EASY_SHARDS = 6
EASY_SHARES = {"everyday": 0.35, "command": 0.35, "example": 0.2, "fortune": 0.1}


def make_shard(folder: pathlib.Path, number: int, corpus: Corpus, speakers: Speakers, voices: str = "all") -> float:
    rng = random.Random(number)
    families, easy = FAMILIES[voices], voices == "all" and number < EASY_SHARDS
    rooms = np.random.default_rng(number)
    writer = ShardWriter(folder, f"{number:04d}")
    while len(writer) < UTTERANCES_PER_SHARD[voices]:
        family = rng.choices(list(families), list(families.values()))[0]
        voice, pace, pitch = draw_voice(rng, family), rng.uniform(0.85, 1.4), rng.uniform(-1, 1)
        shares = {"shares": EASY_SHARES} if easy else {}
        texts = [corpus.draw(rng, **shares) for _ in range(BATCH[family])]
        for text, samples in zip(texts, speakers.say_all(voice, texts, pace, pitch), strict=True):
            if not easy and rng.random() < REVERBERANT:
                samples = in_a_room(samples, rooms)
            clip = trimmed(samples)
            if clip is not None:
                writer.add(clip, text, speakers.espeak.phonemes(text), voice)
    return writer.close()


def in_a_room(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Convolved with decaying noise after a direct sound: a small to middling room."""
    seconds = rng.uniform(0.1, 0.5)
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.standard_normal(len(times)) * 10 ** (-3 * times / seconds)
    tail *= rng.uniform(0.2, 0.8) / np.sqrt((tail**2).sum())
    tail[0] += 1
    return fftconvolve(samples, tail)[: len(samples)].astype(np.float32)


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    corpus, speakers, voices = read_corpus(), Speakers(), sys.argv[4] if len(sys.argv) > 4 else "all"
    for number in range(int(sys.argv[2]), int(sys.argv[3]) + 1):
        if not (folder / f"{number:04d}.jsonl").exists():
            print(f"shard {number}: {make_shard(folder, number, corpus, speakers, voices):.2f} hours", flush=True)


if __name__ == "__main__":
    main()
