"""Which tokens Whisper should write for a window (Radford et al. 2022, figure 1)."""

import dataclasses
import random
from collections.abc import Callable

from scenes import Part
from tokens import Tokens

IGNORED = -100
# Sentences that follow closer than this are one segment.
SEGMENT_GAP_S = 0.25
TRANSLATE_SHARE, TIMESTAMP_SHARE = 0.05, 0.5
LONGEST_PREVIOUS = 95
# Whisper's decoding lets no first timestamp be later, so none is taught.
LATEST_FIRST_S = 1.0


@dataclasses.dataclass(frozen=True)
class Target:
    """At each position: the token that the decoder is fed, and the one it should answer (or IGNORED)."""

    fed: list[int]
    wanted: list[int]


class TargetWriter:
    """`previous_texts` gives sentences that a window before this one might have said."""

    def __init__(self, tokens: Tokens, rng: random.Random, previous_texts: Callable[[], list[str]]):
        self._tokens, self._rng, self._previous_texts = tokens, rng, previous_texts

    def said(self, parts: list[Part], cut: Part | None) -> Target:
        """`cut` is a sentence that does not end within the window: with timestamps, only its start is announced."""
        tokens, rng = self._tokens, self._rng
        task = tokens.translate if rng.random() < TRANSLATE_SHARE else tokens.transcribe
        if cut is None and rng.random() > TIMESTAMP_SHARE:
            text = [token for part in parts for token in tokens.encode(part.utterance.text)]
            return self._target(tokens.english, [task, tokens.no_timestamps], [*text, tokens.end])
        announced = [] if cut is None else [tokens.timestamp(cut.begin_s)]
        return self._target(tokens.english, [task], [*self._segments(parts), *announced, tokens.end])

    def nothing_said(self) -> Target:
        """The answer to the start token says that there is no speech; a decoder that goes on all the same ends at once."""
        tokens = self._tokens
        if self._rng.random() > TIMESTAMP_SHARE:
            return self._target(tokens.no_speech, [tokens.transcribe, tokens.no_timestamps], [tokens.end])
        return self._target(tokens.no_speech, [tokens.transcribe], [tokens.timestamp(0), tokens.end])

    def _target(self, answer_to_start: int, prompt: list[int], body: list[int]) -> Target:
        tokens = self._tokens
        previous = self._previous()
        fed = [*previous, tokens.start, tokens.english, *prompt, *body[:-1]]
        ignored = [IGNORED] * len(prompt)
        return Target(fed, [*[IGNORED] * len(previous), answer_to_start, *ignored, *body])

    def _segments(self, parts: list[Part]) -> list[int]:
        tokens, body = self._tokens, []
        for i, part in enumerate(parts):
            if i > 0 and part.begin_s - parts[i - 1].end_s < SEGMENT_GAP_S:
                body.pop()
            else:
                body.append(tokens.timestamp(part.begin_s if body else min(part.begin_s, LATEST_FIRST_S)))
            body += [*tokens.encode(part.utterance.text), tokens.timestamp(part.end_s)]
        return body

    def _previous(self) -> list[int]:
        """Without times, as a user's prompt, or with them, as Whisper tells its own text; the end of what is too long."""
        texts, timed = self._previous_texts(), self._rng.random() < TIMESTAMP_SHARE
        tokens, at, said = self._tokens, 0.0, []
        for text in texts:
            begin, at = at, at + self._rng.uniform(1, 8 / len(texts))
            words = tokens.encode(text)
            said += [tokens.timestamp(begin), *words, tokens.timestamp(at)] if timed else words
        return [tokens.previous, *said[1 - LONGEST_PREVIOUS :]] if said else []
