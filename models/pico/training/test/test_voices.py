import random
import unittest

from kokoro import HELD_OUT as HELD_OUT_STYLES
from synthesise import BATCH, FAMILIES, UTTERANCES_PER_SHARD
from voices import HELD_OUT, HELD_OUT_ESPEAK_VARIANTS, draw_voice


class Voices(unittest.TestCase):
    def test_no_family_draws_a_voice_that_is_held_out(self):
        rng = random.Random(1)
        for family in BATCH:
            for _ in range(500):
                voice = draw_voice(rng, family)
                self.assertEqual(voice.split(":")[0], family)
                self.assertNotIn(voice, HELD_OUT)
                self.assertNotIn(voice.partition("+")[2], [*HELD_OUT_ESPEAK_VARIANTS, *HELD_OUT_STYLES])

    def test_every_kind_of_shard_has_a_size_and_families_that_can_speak(self):
        self.assertEqual(set(UTTERANCES_PER_SHARD), set(FAMILIES))
        for families in FAMILIES.values():
            self.assertAlmostEqual(sum(families.values()), 1)
            self.assertLessEqual(set(families), set(BATCH))


if __name__ == "__main__":
    unittest.main()
