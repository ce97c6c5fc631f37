import json
import pathlib
import tempfile
import time
import unittest

import numpy as np
import torch

from grow import LAST, grown
from model import Dimensions, Whisper
from onnx_whisper import decoder_model, encoder_model
from optimiser import orthogonalised
from schedule import Course
from train import ctc_loss

DIMS = Dimensions(
    n_vocab=90,
    n_audio_ctx=50,
    n_audio_state=64,
    n_audio_head=1,
    n_audio_layer=2,
    n_text_ctx=32,
    n_text_state=64,
    n_text_head=1,
)
IDS = torch.tensor([[5, 6, 7, 8, 9, 10]])


class Export(unittest.TestCase):
    def setUp(self):
        try:
            import onnxruntime
        except ImportError:
            self.skipTest("onnxruntime is not installed")
        self._runtime = onnxruntime
        torch.manual_seed(1)
        self._model = Whisper(DIMS).eval()
        self._arrays = {name: tensor.numpy() for name, tensor in self._model.state_dict().items()}

    def test_graphs_compute_what_the_model_does_with_and_without_a_past(self):
        hidden, logits = self._reference()
        self.assertLess(np.abs(self._encode(int8=False) - hidden).max(), 1e-4)
        self.assertLess(np.abs(self._decode(hidden, int8=False) - logits).max(), 1e-4)

    def test_the_decoder_tells_where_it_listens(self):
        hidden, _ = self._reference()
        for later in (False, True):
            attention = self._attention(hidden, later)
            self.assertEqual(attention.shape, (1, 1, 6, 50))
            self.assertLess(np.abs(attention.sum(-1) - 1).max(), 1e-5)

    def test_int8_stays_near(self):
        hidden, logits = self._reference()
        self.assertLess(np.abs(self._encode(int8=True) - hidden).max(), 0.2)
        self.assertLess(np.abs(self._decode(hidden, int8=True) - logits).max(), 0.1)

    def test_openai_whisper_loads_the_weights_and_agrees(self):
        try:
            from whisper.model import ModelDimensions
            from whisper.model import Whisper as Reference
        except ImportError:
            self.skipTest("openai-whisper is not installed")
        reference = Reference(ModelDimensions(**vars(DIMS))).eval()
        reference.load_state_dict(self._model.state_dict())
        with torch.no_grad():
            logits = reference.decoder(IDS, reference.encoder(self._mel())).numpy()
        self.assertLess(np.abs(logits - self._reference()[1]).max(), 1e-4)

    def _mel(self) -> torch.Tensor:
        return torch.randn(1, 80, 100, generator=torch.Generator().manual_seed(2))

    def _reference(self) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            hidden = self._model.encoder(self._mel())
            return hidden.numpy(), self._model.decoder(IDS, hidden).numpy()

    def _encode(self, int8: bool) -> np.ndarray:
        graph = encoder_model(self._arrays, vars(DIMS), int8)
        session = self._runtime.InferenceSession(graph.SerializeToString())
        return session.run(None, {"input_features": self._mel().numpy()})[0]

    def _attention(self, hidden: np.ndarray, later: bool) -> np.ndarray:
        session = self._runtime.InferenceSession(decoder_model(self._arrays, vars(DIMS), False).SerializeToString())
        feeds = {"input_ids": IDS.numpy(), "encoder_hidden_states": hidden, "use_cache_branch": np.array([later])}
        held = [each.name for each in session.get_inputs() if each.name.startswith("past_key_values")]
        feeds |= {name: np.zeros((1, 1, 50 if "encoder" in name else 0, 64), np.float32) for name in held}
        return session.run(["cross_attentions.1"], feeds)[0]

    def _decode(self, hidden: np.ndarray, int8: bool) -> np.ndarray:
        """A prompt of four tokens, then one token at a time on what was kept."""
        graph = decoder_model(self._arrays, vars(DIMS), int8)
        session = self._runtime.InferenceSession(graph.SerializeToString())
        outputs = [output.name for output in session.get_outputs()]
        names = [name.replace("present", "past_key_values") for name in outputs if name.startswith("present")]
        past, logits = {name: np.zeros((1, 1, 0, 64), np.float32) for name in names}, []
        for number, ids in enumerate((IDS[:, :4], IDS[:, 4:5], IDS[:, 5:])):
            feeds = {"input_ids": ids.numpy(), "encoder_hidden_states": hidden, "use_cache_branch": np.array([number > 0])}
            results = session.run(outputs, {**feeds, **past})
            logits.append(results[0])
            past = dict(zip(names, results[1 : 1 + len(names)], strict=True))
        return np.concatenate(logits, axis=1)


class Growth(unittest.TestCase):
    @torch.no_grad()
    def test_a_grown_model_answers_the_same_half_way_up_and_at_the_end(self):
        torch.manual_seed(1)
        small, mel = Whisper(DIMS).eval(), torch.randn(1, 80, 100)
        state = grown({"dims": vars(DIMS), "model": small.state_dict(), "heads": {}, "course": {}}, 6, 3)
        large = Whisper(Dimensions(**state["dims"])).eval()
        large.load_state_dict(state["model"])
        self.assertEqual((len(large.encoder.blocks), len(large.decoder.blocks)), (6, 3))
        few, many = small.encoder.layers(mel), large.encoder.layers(mel)
        for expected, got in ((few[0], many[2]), (few[-1], many[-1])):
            self.assertLess((expected - got).abs().max(), 1e-5)
        self.assertLess((small.decoder(IDS, few[-1]) - large.decoder(IDS, few[-1])).abs().max(), 1e-4)

    def test_every_block_can_learn_though_it_adds_nothing_yet(self):
        state = {"dims": vars(DIMS), "model": Whisper(DIMS).state_dict(), "heads": {}, "course": {}}
        large = Whisper(Dimensions(**grown(state, 4, 2)["dims"]))
        large.load_state_dict(grown(state, 4, 2)["model"])
        large.decoder(IDS, large.encoder(torch.randn(1, 80, 100))).sum().backward()
        for name, parameter in large.named_parameters():
            if name.endswith(LAST):
                self.assertGreater(parameter.grad.abs().max(), 0, name)


class Training(unittest.TestCase):
    def test_muon_brings_singular_values_near_one(self):
        matrices = torch.randn(3, 16, 48, generator=torch.Generator().manual_seed(3))
        for stacked in (matrices, matrices.mT):
            values = torch.linalg.svdvals(orthogonalised(stacked))
            self.assertTrue(bool(((values > 0.4) & (values < 1.4)).all()))

    def test_ctc_is_zero_where_nothing_is_said_and_the_blank_is_sure(self):
        logits = torch.zeros(1, 10, 5)
        logits[..., -1] = 30
        self.assertAlmostEqual(float(ctc_loss(logits, [[]])), 0, places=3)

    def test_the_learning_rate_is_gone_when_the_time_is(self):
        with tempfile.TemporaryDirectory() as folder:
            course = self._course(folder, seconds=1000)
            course.step, course.seconds_per_step = 1000, 1.0
            self.assertAlmostEqual(course.progress, 0.5, delta=0.01)
            self.assertEqual(course.learning_rate, 0.003)
            ended = self._course(folder, seconds=-5)
            ended.step = 1000
            self.assertEqual(ended.learning_rate, 0)

    def test_scenes_stay_easy_until_the_encoder_has_aligned(self):
        with tempfile.TemporaryDirectory() as folder:
            course = self._course(folder, seconds=1000)
            self.assertEqual(course.recipe.hardness, 0)
            for _ in range(300):
                course.advance(1.0, phoneme_loss=0.1)
            self.assertIsNotNone(course.aligned_at)
            self.assertGreater(course.recipe.hardness, 0)

    def _course(self, folder: str, seconds: float) -> Course:
        plan = pathlib.Path(folder) / "plan.json"
        end = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() + seconds))
        plan.write_text(json.dumps({"end": end, "peak": 0.003, "hardest": 0.5}))
        return Course(plan, seconds_per_step=1.0)


if __name__ == "__main__":
    unittest.main()
