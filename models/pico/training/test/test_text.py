import random
import unittest

from corpus import as_spoken, is_held_out
from phrases import command_sentence, everyday_sentence
from spoken_numbers import cardinal, ordinal
from tokens import Tokens, encode_phonemes, learn_merges


class SpokenText(unittest.TestCase):
    def test_numbers_are_said_as_people_say_them(self):
        self.assertEqual(cardinal(0), "zero")
        self.assertEqual(cardinal(1_042, " and "), "one thousand and forty two")
        self.assertEqual(cardinal(2_360_115), "two million three hundred sixty thousand one hundred fifteen")
        self.assertEqual([ordinal(n) for n in (3, 20, 21, 90)], ["third", "twentieth", "twenty first", "ninetieth"])

    def test_templates_hold_nothing_but_spoken_words(self):
        rng = random.Random(1)
        for _ in range(2000):
            for sentence in (command_sentence(rng), everyday_sentence(rng)):
                self.assertRegex(sentence, r"^[a-z']+( [a-z']+)*$")

    def test_lines_that_a_reader_would_have_to_interpret_are_left_out(self):
        self.assertEqual(as_spoken(" Don't go, well-known friend! "), "don't go well known friend")
        for line in ("in 1984", "the USA won", "a b c", "see fig. 2"):
            self.assertIsNone(as_spoken(line))

    def test_short_sentences_are_never_held_out(self):
        self.assertFalse(any(is_held_out(f"word {word}") for word in "abcdefghijklmnopqrstuvwxyz"))


class TokensTest(unittest.TestCase):
    def setUp(self):
        self.tokens = Tokens(learn_merges(["the cat and the hat", "the end"] * 5, 20))

    def test_text_survives_the_way_there_and_back(self):
        self.assertEqual(self.tokens.decode(self.tokens.encode("the cat isn't new")), "the cat isn't new")
        self.assertEqual(len(self.tokens.encode("the")), 1)

    def test_timestamps_follow_the_special_tokens_in_steps_of_20_ms(self):
        self.assertEqual(self.tokens.timestamp(0), self.tokens.no_timestamps + 1)
        self.assertEqual(self.tokens.timestamp(10), self.tokens.size - 1)

    def test_stress_and_length_are_no_phonemes(self):
        self.assertEqual(len(encode_phonemes("dˈoʊnt tˈɜːn")), 8)


if __name__ == "__main__":
    unittest.main()
