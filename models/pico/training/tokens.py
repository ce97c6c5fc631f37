"""Byte-level BPE (GPT-2's) of lower-case English, Whisper's special tokens behind it, and the phonemes' alphabet.

tokens.py FOLDER TOKENS_JSON trains it on the texts of the shards in FOLDER.
"""

import collections
import functools
import json
import pathlib
import sys

N_MERGES = 500
SECONDS = 10
SPECIALS = (
    "<|endoftext|> <|startoftranscript|> <|en|> <|translate|> <|transcribe|> <|startoflm|> <|startofprev|> "
    "<|nospeech|> <|notimestamps|>"
).split()
SECONDS_PER_TIMESTAMP = 0.02
# What stands for one sound in espeak-ng's IPA; stress and length marks, spaces and language switches are passed over.
PHONEMES = "aəɐɑɒæbdðeɛɜɚfɡhiᵻɪjklmnŋoɔpɹɾrsʃtθuʊʌvwxzʒʔ"


class Tokens:
    def __init__(self, merges: list[list[str]]):
        self.merges = [tuple(pair) for pair in merges]
        symbols = sorted(byte_symbols().values()) + [a + b for a, b in self.merges]
        self.vocabulary = {symbol: i for i, symbol in enumerate(symbols)}
        self.n_text = len(self.vocabulary)
        first = self.n_text
        self.end, self.start, self.english, self.translate, self.transcribe, self.start_of_lm = range(first, first + 6)
        self.previous, self.no_speech, self.no_timestamps = range(first + 6, first + 9)
        self.first_timestamp = first + 9
        self.size = self.first_timestamp + round(SECONDS / SECONDS_PER_TIMESTAMP) + 1
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self._texts = {i: symbol for symbol, i in self.vocabulary.items()}
        self._bytes = {symbol: byte for byte, symbol in byte_symbols().items()}

    @classmethod
    def load(cls, path: pathlib.Path) -> "Tokens":
        return cls(json.loads(path.read_text("utf8"))["merges"])

    def encode(self, text: str) -> list[int]:
        """Each word with the space before it."""
        return [token for word in text.split() for token in self._encode_word(word)]

    def decode(self, ids: list[int]) -> str:
        """Special tokens and timestamps are passed over."""
        data = bytes(self._bytes[char] for i in ids if i < self.n_text for char in self._texts[i])
        return data.decode("utf8", "replace").strip()

    def timestamp(self, seconds: float) -> int:
        return self.first_timestamp + round(min(max(seconds, 0), SECONDS) / SECONDS_PER_TIMESTAMP)

    @functools.cache
    def _encode_word(self, word: str) -> tuple[int, ...]:
        parts = _symbols_of(word)
        while len(parts) > 1:
            rank, at = min((self._ranks.get(pair, 1 << 30), i) for i, pair in enumerate(zip(parts, parts[1:])))
            if rank == 1 << 30:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return tuple(self.vocabulary[part] for part in parts)


@functools.cache
def byte_symbols() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(others)}


def encode_phonemes(ipa: str) -> list[int]:
    return [PHONEMES.index(char) for char in ipa if char in PHONEMES]


def learn_merges(texts: list[str], count: int) -> list[list[str]]:
    """At most `count`: few words may be merged whole before."""
    words = collections.Counter(word for text in texts for word in text.split())
    split = [(_symbols_of(word), uses) for word, uses in words.items()]
    merges = []
    for _ in range(count):
        pairs: collections.Counter[tuple[str, str]] = collections.Counter()
        for parts, uses in split:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += uses
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(list(best))
        for parts, _uses in split:
            _merge(parts, best)
    return merges


def _symbols_of(word: str) -> list[str]:
    return [byte_symbols()[byte] for byte in f" {word}".encode()]


def _merge(parts: list[str], pair: tuple[str, str]) -> None:
    i = 0
    while i < len(parts) - 1:
        if (parts[i], parts[i + 1]) == pair:
            parts[i : i + 2] = ["".join(pair)]
        i += 1


def main() -> None:
    shards = sorted(pathlib.Path(sys.argv[1]).glob("*.jsonl"))[:20]
    texts = [json.loads(line)["text"] for shard in shards for line in shard.read_text("utf8").splitlines()]
    pathlib.Path(sys.argv[2]).write_text(json.dumps({"merges": learn_merges(texts, N_MERGES)}, ensure_ascii=False), "utf8")


if __name__ == "__main__":
    main()
