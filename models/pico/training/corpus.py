"""Sentences to speak: WordNet's examples and definitions, fortunes, the King James Bible, and templates.

All text is what is said: lower case, apostrophes, no punctuation, numbers as words. One sentence in forty (by its hash) is
held out of everything but the evaluation sets.
"""

import collections
import dataclasses
import hashlib
import pathlib
import random
import re
import subprocess

from phrases import command_sentence, everyday_sentence

LONGEST_WORDS = 14
# Words met fewer times than this in the whole corpus are mostly names, foreign words and misprints.
RAREST_WORD = 5
SHARES = {"everyday": 0.2, "command": 0.22, "example": 0.25, "definition": 0.08, "fortune": 0.2, "bible": 0.05}


def is_held_out(sentence: str) -> bool:
    """Sentences of one or two words are in every set: there are too few of them."""
    if len(sentence.split()) < 3:
        return False
    return hashlib.sha1(sentence.encode()).digest()[0] % 40 == 0


@dataclasses.dataclass(frozen=True)
class Corpus:
    """Sentences by source; `draw` gives one of the training or of the held-out part."""

    sources: dict[str, list[str]]

    def draw(self, rng: random.Random, held_out: bool = False, shares: dict[str, float] = SHARES) -> str:
        while True:
            kind = rng.choices(list(shares), list(shares.values()))[0]
            sentence = self._draw_from(kind, rng)
            if held_out and len(sentence.split()) < 3:
                continue
            if is_held_out(sentence) == held_out and len(sentence.split()) <= LONGEST_WORDS:
                return sentence

    def _draw_from(self, kind: str, rng: random.Random) -> str:
        if kind == "everyday":
            return everyday_sentence(rng)
        if kind == "command":
            return command_sentence(rng)
        return rng.choice(self.sources[kind])


def read_corpus(wordnet: str = "/usr/share/wordnet", fortunes: str = "/usr/share/games/fortunes") -> Corpus:
    examples, definitions = _wordnet(pathlib.Path(wordnet))
    sources = {
        "example": _sentences(examples, 2),
        "definition": _sentences(definitions, 4),
        "fortune": _sentences(_fortunes(pathlib.Path(fortunes)), 3),
        "bible": _sentences(_bible(), 4),
    }
    counts = collections.Counter(word for lines in sources.values() for line in lines for word in line.split())
    known = {word for word, count in counts.items() if count >= RAREST_WORD}
    return Corpus({kind: [s for s in lines if known.issuperset(s.split())] for kind, lines in sources.items()})


def _wordnet(folder: pathlib.Path) -> tuple[list[str], list[str]]:
    examples, definitions = [], []
    for name in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{name}").read_text("utf8").splitlines():
            gloss = line.partition(" | ")[2]
            examples += re.findall(r'"([^"]+)"', gloss)
            definitions += re.sub(r'"[^"]*"|\([^)]*\)', "", gloss).split(";")
    return examples, definitions


def _fortunes(folder: pathlib.Path) -> list[str]:
    files = (path for path in sorted(folder.iterdir()) if path.suffix == "" and path.is_file())
    text = "\n%\n".join(path.read_text("utf8", errors="ignore") for path in files)
    text = re.sub(r"--.*|\n%\n", ". ", text)
    return re.split(r"[.!?;:()\[\]]|,(?= (?:and|but|or|so|which|that|because)\b)", re.sub(r"\s+", " ", text))


def _bible() -> list[str]:
    spoken = subprocess.run(["bible", "-f"], input="gen1:1-rev22:21\nquit\n", capture_output=True, text=True, check=True).stdout
    verses = (line.partition(" ")[2] for line in spoken.splitlines())
    return [part for verse in verses for part in re.split(r"[.!?;:,]", verse)]


def _sentences(raw: list[str], fewest_words: int) -> list[str]:
    spoken = (as_spoken(line) for line in raw)
    fitting = (s for s in spoken if s is not None and fewest_words <= len(s.split()) <= LONGEST_WORDS)
    return list(dict.fromkeys(fitting))


def as_spoken(raw: str) -> str | None:
    """None for what holds digits, abbreviations or quotes that a reader would have to interpret."""
    line = raw.strip().replace("`", "'").replace("’", "'")
    line = re.sub(r"\s+", " ", re.sub(r"[,\"]|--|(?<=[a-z])-(?=[a-z])", " ", line)).strip(" '-.!?")
    if not re.fullmatch(r"[A-Za-z]+(?:'[A-Za-z]+)?(?: [A-Za-z]+(?:'[A-Za-z]+)?)*", line):
        return None
    words = line.split()
    if any(len(word) > 1 and word.isupper() for word in words) or any(len(w) == 1 and w.lower() not in "aio" for w in words):
        return None
    return line.lower()
