"""
Writes windows.json: where openai/whisper's transcribe() goes on, and what it keeps, when words have been timed; the texts
and the words are drawn.

    pip install openai-whisper && python test/golden/alignment/generate_windows.py
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
import whisper
from whisper.decoding import DecodingResult

MODULE = sys.modules["whisper.transcribe"]
TIMESTAMP_BEGIN = 50364
TEXT = 1000


def drawn_tokens(dice):
    """Segments between timestamps, as the decoder gives them: open or closed at the end, or without a pair."""
    stamps = sorted(int(s) for s in dice.integers(0, 1501, int(dice.integers(1, 7))))
    tokens = [TIMESTAMP_BEGIN + stamps[0]]
    for i, stamp in enumerate(stamps[1:]):
        tokens += [TEXT + i, TIMESTAMP_BEGIN + stamp, TIMESTAMP_BEGIN + stamp]
    return tokens[: len(tokens) - int(dice.integers(0, 3))] or tokens


def drawn_words(dice, segment):
    words, now = [], segment["start"] + float(dice.choice([0, 0, 0.4, 4]))
    for _ in range(int(dice.choice([0, 1, 2, 5, 10]))):
        start = now + float(dice.choice([0, 0, 0.5, 3]))
        now = start + float(dice.choice([0.02, 0.1, 0.3, 1, 2.5]))
        word = str(dice.choice([" a", " b", ".", " c,"]))
        probability = float(dice.choice([0.05, 0.1, 0.5, 0.9]))
        words.append({"word": word, "start": round(start, 2), "end": round(now, 2), "probability": probability})
    return words


class DrawnModel:
    """As much of a model as transcribe() uses."""

    device = torch.device("cpu")
    dims = SimpleNamespace(n_mels=80, n_audio_ctx=1500, n_text_ctx=448)
    is_multilingual = True
    num_languages = 99

    def __init__(self, dice):
        self.dice = dice
        self.said = []

    def decode(self, mel, options):
        self.said = drawn_tokens(self.dice)
        return DecodingResult(
            audio_features=None, language="en", tokens=self.said, avg_logprob=-0.1, no_speech_prob=0.0, temperature=0.0,
            compression_ratio=1.0,
        )


def recording(dice, number):
    """One recording: every window with the words it was given, and the segments that were kept."""
    model, windows = DrawnModel(dice), []
    seconds = float(dice.choice([20, 45, 90.5]))
    threshold = [None, 0.5, 2.0][number % 3]

    def add_word_timestamps(*, segments, num_frames, last_speech_timestamp, **rest):
        window = {"seek": segments[0]["seek"], "contentFrames": num_frames, "tokens": model.said, "words": [],
                  "lastSpeechSeconds": last_speech_timestamp}
        for segment in segments:
            segment["words"] = drawn_words(dice, segment)
            if segment["words"]:
                segment["start"], segment["end"] = segment["words"][0]["start"], segment["words"][-1]["end"]
            window["words"].append([[w["word"], w["start"], w["end"], w["probability"]] for w in segment["words"]])
        windows.append(window)

    MODULE.add_word_timestamps = add_word_timestamps
    result = whisper.transcribe(
        model, np.zeros(int(seconds * 16000), "float32"), verbose=None, language="en", word_timestamps=True, fp16=False,
        hallucination_silence_threshold=threshold,
    )
    return {
        "recordingFrames": int(seconds * 100),
        "thresholdSeconds": threshold,
        "windows": windows[:40],
        "kept": [
            {"seek": s["seek"], "start": s["start"], "end": s["end"], "words": len(s["words"])} for s in result["segments"]
        ],
    }


dice = np.random.default_rng(7)
golden = {
    "tool": f"openai-whisper {version('openai-whisper')}, the loop of whisper/transcribe.py",
    "generator": "test/golden/alignment/generate_windows.py",
    "timestampBegin": TIMESTAMP_BEGIN,
    "recordings": [recording(dice, number) for number in range(45)],
}
Path(__file__).with_name("windows.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")
