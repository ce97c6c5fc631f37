"""A vocabulary of bytes, some pairs and eight languages, for openai/whisper and as a tokenizer.json."""
import json
from pathlib import Path

import tiktoken
from whisper.tokenizer import LANGUAGES

PICO = Path(__file__).parents[2] / "models" / "pico" / "tokenizer.json"
PAIRS, LANGUAGE_COUNT, SECONDS = 60, 8, 10
PATTERN = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def special_tokens() -> list[str]:
    return [
        "<|endoftext|>",
        "<|startoftranscript|>",
        *[f"<|{code}|>" for code in list(LANGUAGES)[:LANGUAGE_COUNT]],
        *[f"<|{name}|>" for name in ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")],
        *[f"<|{i * 0.02:.2f}|>" for i in range(SECONDS * 50 + 1)],
    ]


def small_tokenizer() -> dict:
    """The first pairs of pico's tokenizer."""
    content = json.loads(PICO.read_text(encoding="utf-8"))
    model = content["model"]
    size = 256 + PAIRS
    model["merges"] = model["merges"][:PAIRS]
    model["vocab"] = {token: id for token, id in model["vocab"].items() if id < size}
    form = content["added_tokens"][0]
    content["added_tokens"] = [{**form, "id": size + i, "content": name} for i, name in enumerate(special_tokens())]
    return content


def encoding_of(tokenizer: dict) -> tiktoken.Encoding:
    """The same vocabulary for openai/whisper; ids of pairs rise in the order of their merges, as tiktoken needs."""
    bytes_of = {letter: byte for byte, letter in byte_letters().items()}
    ranks = {bytes(bytes_of[letter] for letter in token): id for token, id in tokenizer["model"]["vocab"].items()}
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    return tiktoken.Encoding("small", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=special)


def byte_letters() -> dict[int, str]:
    """GPT-2's alphabet: a printable letter for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}
