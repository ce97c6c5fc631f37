"""Evaluation sets of what training never saw: make_eval_sets.py FOLDER [FSDD_RECORDINGS]

Writes wav files and `manifest.json` for `npm run eval:pico`. The same seeds give the same files.
"""

import json
import pathlib
import random
import sys

import numpy as np
from scipy.io import wavfile

from backgrounds import KINDS, make_background
from corpus import Corpus, read_corpus
from import_digits import HELD_OUT_PEOPLE, read_recording
from kokoro import HELD_OUT as HELD_OUT_NEURAL
from shards import MARGIN_S, trimmed
from speakers import Speakers
from spoken_numbers import DIGITS
from telephone_prompts import read_prompts
from voices import draw_held_out_voice
from waves import SAMPLE_RATE

UTTERANCES, SILENT, LONG_FILES = 320, 200, 100
EVERYDAY_SHARES = {"everyday": 0.4, "example": 0.35, "fortune": 0.25}
COMMAND_SHARES = {"command": 1.0}
NOISE_DB = (10, 20)


class SetWriter:
    """Collects one manifest over all sets."""

    def __init__(self, folder: pathlib.Path):
        self._folder = folder
        self.entries: list[dict] = []

    def add(self, name: str, samples: np.ndarray, text: str, voice: str, segments: list[dict] | None = None) -> None:
        file = f"{name}/{sum(entry['set'] == name for entry in self.entries):04d}.wav"
        path = self._folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        wavfile.write(path, SAMPLE_RATE, np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int16))
        self.entries.append({"set": name, "file": file, "voice": voice, "text": text, "segments": segments or []})

    def close(self) -> None:
        (self._folder / "manifest.json").write_text(json.dumps(self.entries, indent=1), "utf8")


def held_out_speech(rng: random.Random, corpus: Corpus, speakers: Speakers, shares: dict, voice: str | None = None):
    """Voice, text and trimmed samples of one held-out sentence."""
    while True:
        spoken_by, text = voice or draw_held_out_voice(rng), corpus.draw(rng, held_out=True, shares=shares)
        clip = trimmed(speakers.say(spoken_by, text, rng.uniform(0.85, 1.2), rng.uniform(-0.6, 0.6)))
        if clip is not None:
            return spoken_by, text, clip


def write_sentences(writer: SetWriter, corpus: Corpus, speakers: Speakers) -> None:
    """One sentence a file, between two moments of silence; the everyday ones again with noise."""
    for name, shares in (("everyday", EVERYDAY_SHARES), ("commands", COMMAND_SHARES)):
        rng, noise = random.Random(f"{name} 1"), np.random.default_rng(len(name))
        for _ in range(UTTERANCES):
            voice, text, clip = held_out_speech(rng, corpus, speakers, shares)
            samples = np.pad(clip, (pause(rng, 0.05, 0.5), pause(rng, 0.05, 0.8))) * 10 ** rng.uniform(-1, 0.2)
            writer.add(name, samples, text, voice)
            if name == "everyday":
                writer.add("everyday-noisy", with_noise(samples, rng, noise), text, voice)


def write_neural(writer: SetWriter, corpus: Corpus, speakers: Speakers) -> None:
    """Everyday sentences by neural voices, which are nearer to people than the others."""
    rng = random.Random("neural 1")
    for _ in range(UTTERANCES):
        voice = f"kokoro:{rng.choice(HELD_OUT_NEURAL)}"
        _, text, clip = held_out_speech(rng, corpus, speakers, EVERYDAY_SHARES, voice)
        writer.add("everyday-neural", np.pad(clip, (pause(rng, 0.05, 0.5), pause(rng, 0.05, 0.8))), text, voice)


def write_prompts(writer: SetWriter) -> None:
    for text, samples in read_prompts():
        writer.add("people-sentences", samples, text, "person:allison")


def write_digits(writer: SetWriter, recordings: pathlib.Path) -> None:
    """Half of the files hold one digit, half three to seven by the same person."""
    rng = random.Random("digits 1")
    by_person: dict[str, list[tuple[str, np.ndarray]]] = {person: [] for person in HELD_OUT_PEOPLE}
    for path in sorted(recordings.glob("*.wav")):
        digit, person, _take = path.stem.split("_")
        clip = trimmed(read_recording(path)) if person in by_person else None
        if clip is not None:
            by_person[person].append((DIGITS[int(digit)], clip))
    for number in range(UTTERANCES):
        person = HELD_OUT_PEOPLE[number % len(HELD_OUT_PEOPLE)]
        name, count = ("people-one-digit", 1) if number < UTTERANCES // 2 else ("people-several-digits", rng.randint(3, 7))
        chosen = rng.sample(by_person[person], count)
        pieces = [np.pad(clip, (pause(rng, 0.02, 0.3), pause(rng, 0.02, 0.1))) for _, clip in chosen]
        writer.add(name, np.concatenate(pieces), " ".join(word for word, _ in chosen), f"person:{person}")


def write_silence(writer: SetWriter) -> None:
    rng, noise = random.Random("silence 1"), np.random.default_rng(77)
    for number in range(SILENT):
        seconds = rng.uniform(1, 15)
        kind = (*KINDS, "digital silence")[number % (len(KINDS) + 1)]
        if kind == "digital silence":
            samples = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
        else:
            samples = make_background(kind, seconds, noise) * 10 ** rng.uniform(-2.5, 0.2)
        writer.add("no-speech", samples, "", kind)


def write_long(writer: SetWriter, corpus: Corpus, speakers: Speakers) -> None:
    """Three to six sentences of one voice with pauses, over one to three windows; where each begins and ends is known."""
    rng = random.Random("segments 1")
    for _ in range(LONG_FILES):
        voice, pieces, segments, at, texts = None, [], [], 0.0, []
        for _ in range(rng.randint(3, 6)):
            voice, text, clip = held_out_speech(rng, corpus, speakers, EVERYDAY_SHARES, voice)
            before = pause(rng, 0.4, 1.2) if pieces else pause(rng, 0, 0.5)
            begin = at + before / SAMPLE_RATE + MARGIN_S
            pieces.append(np.pad(clip, (before, 0)))
            at += len(pieces[-1]) / SAMPLE_RATE
            segments.append({"startSeconds": round(begin, 3), "endSeconds": round(at - MARGIN_S, 3), "text": text})
            texts.append(text)
        writer.add("several-sentences", np.concatenate(pieces), " ".join(texts), voice or "", segments)


def with_noise(samples: np.ndarray, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    background = make_background(rng.choice(KINDS), len(samples) / SAMPLE_RATE + 0.1, noise)[: len(samples)]
    ratio = 10 ** (-rng.uniform(*NOISE_DB) / 20) * np.sqrt((samples**2).mean() / ((background**2).mean() + 1e-12))
    return samples + background * ratio


def pause(rng: random.Random, shortest_s: float, longest_s: float) -> int:
    return int(rng.uniform(shortest_s, longest_s) * SAMPLE_RATE)


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    writer, corpus, speakers = SetWriter(folder), read_corpus(), Speakers()
    write_sentences(writer, corpus, speakers)
    write_silence(writer)
    write_long(writer, corpus, speakers)
    write_neural(writer, corpus, speakers)
    write_prompts(writer)
    if len(sys.argv) > 2:
        write_digits(writer, pathlib.Path(sys.argv[2]))
    writer.close()


if __name__ == "__main__":
    main()
