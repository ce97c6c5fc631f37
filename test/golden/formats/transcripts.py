"""Transcripts to write: hand-made ones for each trait that matters, and random ones with a fixed seed."""

import random

WORDS = ["so", "a", "certain", "transcription", "öffnet", "日本語", "を", "話す", "🎧", "don't", "x-->y", "--",
         "3.14", "end.", "\u3000wide", "tab\there", "ça"]


def word(text, start, end, probability=0.5):
    return {"word": text, "startSeconds": start, "endSeconds": end, "probability": probability}


def segment(number, start, end, text, words=None, seek=0):
    result = {
        "id": number, "seek": seek, "startSeconds": start, "endSeconds": end, "text": text,
        "tokens": [50364, 100 + number, 50464], "temperature": 0.0, "avgLogprob": -0.25 - number / 7,
        "compressionRatio": 1.1, "noSpeechProbability": 1.5e-05,
    }
    return result if words is None else {**result, "words": words}


def transcript(segments, language="en", duration=None):
    return {
        "text": "".join(s["text"] for s in segments).strip(), "language": language,
        "durationSeconds": duration or max([s["endSeconds"] for s in segments], default=0.0),
        "segments": segments,
    }


def spoken(number, start, text, step=0.3):
    """A segment whose words are the text's, `step` seconds each."""
    parts = [" " + part for part in text.split(" ")]
    times = [round(start + step * i, 2) for i in range(len(parts) + 1)]
    words = [word(part, times[i], times[i + 1], 1 / (i + 3)) for i, part in enumerate(parts)]
    return segment(number, start, times[-1], " " + text, words)


HAND_MADE = {
    "nothing": transcript([]),
    "one segment": transcript([segment(0, 0.0, 2.5, " Hello, world.")]),
    "arrows, tabs and lines": transcript([
        segment(0, 0.0, 1.0, " from A --> B ---> C"), segment(1, 1.0, 2.0, "\ta\tb\nc\r\n"),
        segment(2, 2.0, 3.0, ' "quoted" \\ back \x7f \x1f'),
    ]),
    "white space of other kinds": transcript([
        segment(0, 0.0, 1.0, "\u3000全角\u3000"), segment(1, 1.0, 2.0, "\ufeffmark\ufeff"),
        segment(2, 2.0, 3.0, "\x1cfile\x85"), segment(3, 3.0, 4.0, "\u00a0non\u00a0breaking\u00a0"),
    ]),
    "beyond the basic plane": transcript([segment(0, 0.0, 1.0, " 🎧 и 日本語 é")], "ja"),
    "empty segments": transcript([segment(0, 0.0, 0.0, ""), segment(1, 0.0, 30.0, "   "), segment(2, 30.0, 31.0, " x")]),
    "hours": transcript([
        segment(0, 3599.9994, 3599.9996, " rounds up"), segment(1, 3661.0, 360000.5, " long"),
        segment(2, 360000.5, 360001.0005, " longer"),
    ], duration=360001.25),
    "halves of milliseconds": transcript([
        segment(0, 0.0005, 0.0015, " even"), segment(1, 0.0025, 0.0035, " odd"), segment(2, 1.0005, 1.5, " more"),
    ]),
    "words": transcript([spoken(0, 0.0, "Hello there, how are you?"), spoken(1, 2.0, "I am fine, thank you very much.")]),
    "words with long gaps": transcript([
        spoken(0, 1.0, "one two"), spoken(1, 3.0, "three"), spoken(2, 9.5, "after a pause"),
        segment(3, 10.0, 21.0, " and inside", [word(" and", 10.4, 10.5), word(" inside", 20.0, 21.0)]),
    ]),
    "words in Chinese": transcript([
        segment(0, 0.0, 2.0, "今天天气", [word("今", 0.0, 0.5), word("天", 0.5, 1.0), word("天气", 1.0, 2.0)]),
        segment(1, 2.0, 3.0, "很好。", [word("很", 2.0, 2.5), word("好。", 2.5, 3.0)]),
    ], "zh"),
    "odd words": transcript([
        segment(0, 0.0, 4.0, " a --> b", [word(" -->", 0.0, 0.0), word("", 0.0, 0.2), word(" ", 0.5, 0.5)]),
        segment(1, 4.0, 5.0, "", []),
        segment(2, 5.0, 9.0, " x\ny", [word(" x\ny", 5.0, 6.0), word("  z\n", 6.0, 7.0), word("\n", 8.0, 9.0)]),
    ]),
    "words but not in the first segment's text": transcript([
        segment(0, 0.0, 1.0, "", []), spoken(1, 3700.0, "late words"),
    ]),
}


def random_transcript(dice):
    segments, now = [], round(dice.choice([0.0, 0.0, 3590.0]), 2)
    for number in range(dice.randint(1, 5)):
        words, start = [], now
        for _ in range(dice.randint(0, 9)):
            now = round(now + dice.choice([0.0, 0.0, 0.1, 0.5, 3.0, 3.01, 4.0]), 2)
            end = round(now + dice.choice([0.0, 0.08, 0.3, 1.2]), 2)
            words.append(word(dice.choice(["", " ", " "]) + dice.choice(WORDS), now, end, round(dice.random(), 4)))
            now = end
        segments.append(segment(number, start, now, "".join(w["word"] for w in words), words))
    return transcript(segments)


def all_transcripts():
    dice = random.Random(20250625)
    return {**HAND_MADE, **{f"random {i}": random_transcript(dice) for i in range(12)}}
