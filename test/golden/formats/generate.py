"""
Writes expected.json: what the writers of openai/whisper make of the transcripts in transcripts.py.

    pip install openai-whisper && python test/golden/formats/generate.py
"""

import io
import json
from importlib.metadata import version
from pathlib import Path

from whisper import utils

from transcripts import all_transcripts

LINE_OPTIONS = [
    {},
    {"highlight_words": True},
    {"max_words_per_line": 2},
    {"max_line_width": 12},
    {"max_line_width": 16, "max_line_count": 1},
    {"max_line_width": 10, "max_line_count": 2},
    {"max_line_width": 9, "max_line_count": 2, "highlight_words": True},
    {"max_line_count": 2, "max_words_per_line": 3},
]


def as_whisper(transcript):
    """The result of whisper's transcribe() that says the same."""

    def word(w):
        return {"word": w["word"], "start": w["startSeconds"], "end": w["endSeconds"], "probability": w["probability"]}

    def segment(s):
        result = {
            "id": s["id"], "seek": s["seek"], "start": s["startSeconds"], "end": s["endSeconds"], "text": s["text"],
            "tokens": s["tokens"], "temperature": s["temperature"], "avg_logprob": s["avgLogprob"],
            "compression_ratio": s["compressionRatio"], "no_speech_prob": s["noSpeechProbability"],
        }
        return {**result, "words": [word(w) for w in s["words"]]} if "words" in s else result

    return {
        "text": transcript["text"],
        "segments": [segment(s) for s in transcript["segments"]],
        "language": transcript["language"],
    }


def written(writer, result, options):
    file = io.StringIO()
    writer(".").write_result(result, file=file, options=options)
    return file.getvalue()


def cases(transcript):
    result = as_whisper(transcript)
    has_words = bool(result["segments"]) and "words" in result["segments"][0]
    plain = {"text": utils.WriteTXT, "tsv": utils.WriteTSV, "whisperJson": utils.WriteJSON}
    lines = LINE_OPTIONS if has_words else [{}]
    return {
        **{name: written(writer, result, {}) for name, writer in plain.items()},
        "subtitles": [
            {"options": options, "srt": written(utils.WriteSRT, result, options), "vtt": written(utils.WriteVTT, result, options)}
            for options in lines
        ],
    }


def main():
    golden = {
        "tool": f"openai-whisper {version('openai-whisper')}, the writers of whisper/utils.py",
        "generator": "test/golden/formats/generate.py",
        "cases": [
            {"name": name, "transcript": transcript, **cases(transcript)}
            for name, transcript in all_transcripts().items()
        ],
    }
    path = Path(__file__).with_name("expected.json")
    path.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
