"""A few held-out sentences by held-out voices, for a look while training: synthesise_dev.py FOLDER"""

import pathlib
import random
import sys

from corpus import read_corpus
from shards import ShardWriter, trimmed
from speakers import Speakers
from voices import draw_held_out_voice

COUNT, SEED = 96, 4242
SHARES = {"everyday": 0.3, "command": 0.3, "example": 0.25, "fortune": 0.15}


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng, corpus, speakers, writer = random.Random(SEED), read_corpus(), Speakers(), ShardWriter(folder, "dev")
    while len(writer) < COUNT:
        voice, text = draw_held_out_voice(rng), corpus.draw(rng, held_out=True, shares=SHARES)
        clip = trimmed(speakers.say(voice, text, rng.uniform(0.9, 1.2), rng.uniform(-0.5, 0.5)))
        if clip is not None:
            writer.add(clip, text, "", voice)
    writer.close()


if __name__ == "__main__":
    main()
