import random
import unittest

from kokoro import AMERICAN, BRITISH, FOREIGN, HELD_OUT, draw_mixture, kokoro_symbols


class Kokoro(unittest.TestCase):
    def test_a_mixture_is_mostly_an_english_voice_and_never_one_that_is_held_out(self):
        rng = random.Random(1)
        for _ in range(500):
            first, _, second = draw_mixture(rng).partition("+")
            name, _, share = first.partition("*")
            self.assertIn(name, AMERICAN + BRITISH)
            self.assertGreaterEqual(float(share or 1), 0.5)
            self.assertNotEqual(name, second)
        self.assertFalse(set(AMERICAN + BRITISH + FOREIGN) & set(HELD_OUT))

    def test_diphthongs_and_affricates_are_one_symbol_by_accent(self):
        self.assertEqual(kokoro_symbols("tʃˈeɪndʒ ɡˈoʊ nˈɜːs", american=True), "ʧˈAnʤ ɡˈO nˈɜɹs")
        self.assertEqual(kokoro_symbols("ɡˈəʊ ðˈeə nˈɜːs", american=False), "ɡˈQ ðˈɛː nˈɜːs")


if __name__ == "__main__":
    unittest.main()
