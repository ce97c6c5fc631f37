import unittest

import numpy as np

from backgrounds import KINDS, make_background
from features import from_bytes, log_power_mel, normalised, to_bytes
from scenes import VOCAL_TRACTS, resampled, vocal_tract
from shards import trimmed


class Features(unittest.TestCase):
    def test_they_are_those_of_openai_whisper(self):
        try:
            import torch
            from whisper.audio import log_mel_spectrogram
        except ImportError:
            self.skipTest("openai-whisper is not installed")
        samples = make_background("melody", 3, np.random.default_rng(1))
        expected = log_mel_spectrogram(torch.from_numpy(samples)).numpy().T
        np.testing.assert_allclose(normalised(log_power_mel(samples)), expected, atol=2e-3)

    def test_bytes_keep_half_a_decibel(self):
        log_power = log_power_mel(make_background("coloured", 1, np.random.default_rng(2)))
        self.assertLess(np.abs(from_bytes(to_bytes(log_power)) - log_power).max(), 0.0251)

    def test_resampling_by_nothing_changes_nothing(self):
        log_power = log_power_mel(make_background("gusts", 1, np.random.default_rng(3)))
        np.testing.assert_allclose(resampled(log_power, 1.0), log_power, atol=1e-4)
        self.assertEqual(len(resampled(log_power, 2.0)), 50)

    def test_a_vocal_tract_keeps_the_order_of_bands_and_the_level(self):
        for number in range(VOCAL_TRACTS):
            matrix = vocal_tract(number)
            taken_from = (matrix * np.arange(len(matrix))[:, None]).sum(0)
            self.assertTrue((np.diff(taken_from) > -1e-5).all())
            np.testing.assert_allclose(matrix.sum(0), 1, atol=1e-5)

    def test_trimming_leaves_30_ms_around_the_sound(self):
        samples = np.zeros(32000, np.float32)
        samples[8000:16000] = np.sin(np.arange(8000))
        self.assertAlmostEqual(len(trimmed(samples)) / 16000, 0.56, delta=0.011)
        self.assertIsNone(trimmed(np.zeros(16000, np.float32)))

    def test_every_background_is_as_long_as_asked_and_finite(self):
        for kind in KINDS:
            samples = make_background(kind, 1.5, np.random.default_rng(4))
            self.assertEqual(samples.shape, (24000,))
            self.assertTrue(np.isfinite(samples).all())


if __name__ == "__main__":
    unittest.main()
