import random
import unittest

import numpy as np

from scenes import Part
from shards import Utterance
from targets import IGNORED, TargetWriter
from tokens import Tokens, learn_merges

TOKENS = Tokens(learn_merges(["one two three"], 12))


def part(text: str, begin_s: float, seconds: float) -> Part:
    utterance = Utterance(0, 0, 0, text, "", "")
    return Part(utterance, np.zeros((round(seconds * 100), 80), np.float32), round(begin_s * 100))


class Always(random.Random):
    """Draws the same share each time: 0 asks for timestamps and translation, 0.99 for neither."""

    def __init__(self, share: float):
        super().__init__(0)
        self._share = share

    def random(self) -> float:
        return self._share


def writer(share: float, *previous: str) -> TargetWriter:
    return TargetWriter(TOKENS, Always(share), lambda: list(previous))


class Targets(unittest.TestCase):
    def test_without_timestamps_the_text_is_wanted_after_the_prompt(self):
        target = writer(0.99).said([part("one two", 0.1, 1)], None)
        text = TOKENS.encode("one two")
        self.assertEqual(target.fed, [TOKENS.start, TOKENS.english, TOKENS.transcribe, TOKENS.no_timestamps, *text])
        self.assertEqual(target.wanted, [TOKENS.english, IGNORED, IGNORED, *text, TOKENS.end])

    def test_sentences_far_apart_are_segments_of_their_own(self):
        target = writer(0.3).said([part("one", 0, 1), part("two", 2, 1)], None)
        stamps = [token for token in target.wanted if token >= TOKENS.first_timestamp]
        self.assertEqual(stamps, [TOKENS.timestamp(s) for s in (0.03, 0.97, 2.03, 2.97)])

    def test_sentences_close_together_are_one_segment(self):
        target = writer(0.3).said([part("one", 0, 1), part("two", 1.11, 1)], None)
        stamps = [token for token in target.wanted if token >= TOKENS.first_timestamp]
        self.assertEqual(stamps, [TOKENS.timestamp(s) for s in (0.03, 2.08)])

    def test_a_sentence_that_is_cut_off_is_only_announced(self):
        target = writer(0.99).said([part("one", 0, 1)], part("two", 9, 3))
        self.assertEqual(target.wanted[-2:], [TOKENS.timestamp(9.03), TOKENS.end])

    def test_a_first_timestamp_is_never_later_than_decoding_allows(self):
        target = writer(0.3).said([part("one", 4, 1)], None)
        self.assertEqual(target.wanted[2], TOKENS.timestamp(1))

    def test_silence_is_told_by_the_answer_to_the_start_and_by_an_end_at_once(self):
        target = writer(0.99).nothing_said()
        self.assertEqual(target.wanted, [TOKENS.no_speech, IGNORED, IGNORED, TOKENS.end])

    def test_what_was_said_before_is_fed_and_not_learnt(self):
        target = writer(0.99, "one two").said([part("three", 0, 1)], None)
        before = 1 + len(TOKENS.encode("one two"))
        self.assertEqual(target.fed[0], TOKENS.previous)
        self.assertEqual(target.wanted[:before], [IGNORED] * before)
        self.assertEqual(len(target.fed), len(target.wanted))

    def test_what_whisper_itself_wrote_before_is_told_with_its_times(self):
        target = writer(0.3, "one", "two").said([part("three", 0, 1)], None)
        before = target.fed[1 : target.fed.index(TOKENS.start)]
        stamps = [token for token in before if token >= TOKENS.first_timestamp]
        self.assertEqual(len(stamps), 4)
        self.assertEqual(stamps, sorted(stamps))


if __name__ == "__main__":
    unittest.main()
