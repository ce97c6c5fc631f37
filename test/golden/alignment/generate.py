"""
Writes words.json: the word times that openai/whisper's timing.py makes of attention that was drawn at random around
plausible times, so that the matrices are small and every rule of add_word_timestamps is met.

    pip install openai-whisper && python test/golden/alignment/generate.py
"""

import base64
import json
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from whisper import timing
from whisper.tokenizer import get_tokenizer

SCORE_STEPS = 16
"""Scores are whole sixteenths, so that one byte holds each exactly."""

TEXTS = {
    "a sentence in two segments": ("en", [" Four score and seven years ago,", " our fathers brought forth."]),
    "quotes and brackets": ("en", [" He said: \"Stop (now)!\" - and left.", " 'Why?' ... [music] ¿Qué?"]),
    "sentence ends before pauses": ("en", [" Yes. No! Maybe? Well. I don't know."]),
    "German": ("de", [" Die Straßenbahn fährt über die Brücke.", " Schön!"]),
    "Chinese": ("zh", ["今天天气很好。", "我们去公园吧！"]),
    "Japanese with rare characters": ("ja", ["「𠮷野家」で🎧を聴く。"]),
    "broken characters": ("en", [" a 🎧 \ufffd b\ufffd\ufffd"]),
    "one word": ("en", [" Hello"]),
    "nothing but punctuation": ("en", [" ...", " ?!"]),
    "no text": ("en", [""]),
    "many short words": ("en", [" a b c d e f g h", " i j k l m n o p."]),
}


class CrossAttention(torch.nn.Module):
    def __init__(self, scores):
        super().__init__()
        self.scores = scores

    def forward(self):
        return None, self.scores[None]


class DrawnModel:
    """As much of a model as find_alignment uses; both of its heads are alignment heads."""

    device = "cpu"

    def __init__(self, scores, logits):
        layers = len(scores) // 2
        self.dims = SimpleNamespace(n_text_layer=layers)
        blocks = [SimpleNamespace(cross_attn=CrossAttention(scores[2 * i : 2 * i + 2])) for i in range(layers)]
        self.decoder = SimpleNamespace(blocks=blocks)
        self.alignment_heads = torch.ones(layers, 2, dtype=torch.bool).to_sparse()
        self.logits = logits

    def __call__(self, mel, tokens):
        for block in self.decoder.blocks:
            block.cross_attn()
        return self.logits[None]


def drawn_scores(dice, peaks, positions):
    """[heads x tokens x positions]: one bump a token, noise everywhere."""
    at = np.arange(positions)[None, :]
    bump = 4.5 * np.exp(-(((at - np.array(peaks)[:, None]) / 5.0) ** 2))
    scores = np.stack([bump * dice.uniform(0.6, 1.2) + dice.normal(0, 0.6, bump.shape) for _ in range(2)])
    return np.clip(np.round(scores * SCORE_STEPS), -127, 127).astype("int8")


def drawn_peaks(dice, count):
    """When each token is said: mostly soon after the one before, now and then after a pause."""
    steps = [int(dice.choice([0, 2, 5, 8, 14, 60], p=[0.1, 0.25, 0.3, 0.2, 0.1, 0.05])) for _ in range(count)]
    return (np.cumsum(steps) + int(dice.integers(0, 30))).tolist()


def drawn_logits(dice, tokens, eot):
    logits = torch.zeros(len(tokens), eot + 1000)
    for i, following in enumerate(tokens[1:]):
        logits[i, following] = float(dice.uniform(4, 18))
    return logits


def drawn_segments(dice, tokenizer, texts, starts, seek):
    """Segments whose own times are off their words' by up to two seconds."""
    segments, first = [], 0
    for text in texts:
        ids = tokenizer.encode(text)
        first_peak, last_peak = starts[first], starts[min(first + len(ids), len(starts) - 1)]
        first += len(ids)
        start = max(0, round(seek / 100 + first_peak / 50 + dice.choice([-0.8, 0, 0.1, 0.9]), 2))
        end = max(start, round(seek / 100 + last_peak / 50 + dice.choice([-1.4, -0.2, 0, 0.8]), 2))
        stamps = [tokenizer.timestamp_begin, tokenizer.timestamp_begin + 10]
        segments.append({"seek": seek, "start": start, "end": end, "tokens": [stamps[0], *ids, stamps[1]]})
    return segments


def case(name, language, texts, dice):
    tokenizer = get_tokenizer(True, num_languages=99, language=language, task="transcribe")
    seek = int(dice.choice([0, 1234]))
    text = [id for part in texts for id in tokenizer.encode(part)]
    tokens = [*tokenizer.sot_sequence, tokenizer.no_timestamps, *text, tokenizer.eot]
    peaks = drawn_peaks(dice, len(text) + 1)
    positions = max(peaks) + int(dice.integers(5, 40))
    rows = [0] * len(tokenizer.sot_sequence) + peaks + [max(peaks)]
    steps = drawn_scores(dice, rows, positions + 10)
    logits = drawn_logits(dice, tokens, tokenizer.eot)
    model = DrawnModel(torch.from_numpy(steps.astype("float32") / SCORE_STEPS), logits)
    frames = 2 * positions + int(dice.integers(0, 2))
    segments = drawn_segments(dice, tokenizer, texts, peaks, seek)
    last_speech = round(max(0, seek / 100 - float(dice.choice([0, 0.3, 5]))), 2)
    given = json.loads(json.dumps(segments))
    alignment = timing.find_alignment(model, tokenizer, text, torch.zeros(80, 3000), frames)
    timing.add_word_timestamps(
        segments=segments, model=model, tokenizer=tokenizer, mel=torch.zeros(80, 3000), num_frames=frames,
        last_speech_timestamp=last_speech,
    )
    chosen = logits[:, : tokenizer.eot].log_softmax(-1)
    return {
        "name": name,
        "language": language,
        "seek": seek,
        "contentFrames": frames,
        "lastSpeechSeconds": last_speech,
        "endOfText": tokenizer.eot,
        "sequenceLength": len(tokenizer.sot_sequence),
        "tokens": tokens,
        "bytes": {id: tokenizer.encoding.decode_single_token_bytes(id).hex() for id in sorted(set(text))},
        "positions": steps.shape[2],
        "scores": base64.b64encode(steps.tobytes()).decode(),
        "logProbabilities": [
            round(float(chosen[i, following]), 6) if following < tokenizer.eot else None
            for i, following in enumerate(tokens[1:])
        ],
        "segments": given,
        "alignment": [
            {"word": t.word, "tokens": t.tokens, "start": float(t.start), "end": float(t.end), "probability": float(t.probability)}
            for t in alignment
        ],
        "timed": timed(segments),
    }


DRAWN_WORDS = [" yes", " no", "ly", " ", "", "...", ".", "。", ",", " (", " \"", "\"", "!?", " [", "]", " end.", "-", " “", " x "]


def drawn_timings(dice):
    """Words as find_alignment gives them, some of no length, some very long, with punctuation between them."""
    timings, now = [], 0.0
    for number in range(int(dice.integers(0, 16))):
        start = now + float(dice.choice([0, 0, 0, 0.3, 2.5]))
        now = start + float(dice.choice([0, 0.06, 0.1, 0.2, 0.4, 1, 2.9]))
        tokens = [number * 10 + i for i in range(int(dice.integers(1, 3)))]
        word = str(dice.choice(DRAWN_WORDS))
        timings.append(timing.WordTiming(word, tokens, round(start, 2), round(now, 2), float(dice.uniform(0, 1))))
    return timings


def rules_case(dice):
    """add_word_timestamps on timings that are drawn, not aligned."""
    timings, seek = drawn_timings(dice), int(dice.choice([0, 37, 1234]))
    tokens = [token for t in timings for token in t.tokens]
    cuts = sorted(int(c) for c in dice.integers(0, len(tokens) + 1, int(dice.integers(0, 4))))
    segments = []
    for first, last in zip([0, *cuts], [*cuts, len(tokens)]):
        inside = [t for t in timings if set(t.tokens) & set(tokens[first:last])]
        start = seek / 100 + (inside[0].start if inside else 0) + float(dice.choice([-0.9, 0, 0.2, 0.7, 2.4]))
        end = seek / 100 + (inside[-1].end if inside else 0) + float(dice.choice([-2.4, -0.7, 0, 0.5]))
        start = round(max(0, start), 2)
        segments.append({"seek": seek, "start": start, "end": round(max(start, end), 2), "tokens": tokens[first:last]})
    given = json.loads(json.dumps(segments))
    last_speech = round(max(0, seek / 100 - float(dice.choice([0, 0.3, 5, 12]))), 2)
    drawn = [[t.word, t.tokens, t.start, t.end, t.probability] for t in timings]
    find_alignment, timing.find_alignment = timing.find_alignment, lambda *args, **kwargs: timings
    timing.add_word_timestamps(
        segments=segments, model=None, tokenizer=SimpleNamespace(eot=50257), mel=None, num_frames=3000,
        last_speech_timestamp=last_speech,
    )
    timing.find_alignment = find_alignment
    return {
        "seek": seek,
        "lastSpeechSeconds": last_speech,
        "timings": json.loads(json.dumps(drawn)),
        "segments": given,
        "timed": timed(segments),
    }


def timed(segments):
    return [
        {"start": float(s["start"]), "end": float(s["end"]),
         "words": [[w["word"], float(w["start"]), float(w["end"]), float(w["probability"])] for w in s["words"]]}
        for s in segments
    ]


def path_case(dice):
    """A path through small whole numbers, where many steps are equally cheap."""
    rows, columns = (int(n) for n in dice.integers(1, 9, 2))
    costs = dice.integers(-2, 3, (rows, columns))
    path = timing.dtw(torch.from_numpy(costs.astype("float32")))
    return {"costs": costs.tolist(), "rows": path[0].tolist(), "columns": path[1].tolist()}


def main():
    dice = np.random.default_rng(20250625)
    cases = [
        case(f"{name}, {number}", language, texts, dice)
        for name, (language, texts) in TEXTS.items()
        for number in range(2)
    ]
    golden = {
        "tool": f"openai-whisper {version('openai-whisper')}, find_alignment and add_word_timestamps of whisper/timing.py",
        "generator": "test/golden/alignment/generate.py",
        "scoreSteps": SCORE_STEPS,
        "cases": cases,
        "rules": [rules_case(dice) for _ in range(80)],
        "paths": [path_case(dice) for _ in range(40)],
    }
    Path(__file__).with_name("words.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
