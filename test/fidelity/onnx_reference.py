"""openai/whisper's decoding over a model's own graphs, for a model of which there is no checkpoint."""
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnxruntime
import torch

from reference import Reference
from small_vocabulary import encoding_of


class OnnxReference(Reference):
    """`folder`: a model in the Hugging Face layout whose graphs compute in float32. Every step hears the whole text again: no cache to go wrong."""

    def __init__(self, folder: Path) -> None:
        torch.nn.Module.__init__(self)
        settings = {name: json.loads((folder / f"{name}.json").read_text()) for name in ("config", "generation_config")}
        config, codes = settings["config"], settings["generation_config"]["lang_to_id"]
        self.encoding = encoding_of(json.loads((folder / "tokenizer.json").read_text(encoding="utf-8")))
        self.languages = len(codes)
        self.dims = SimpleNamespace(
            n_mels=config["num_mel_bins"], n_vocab=config["vocab_size"], n_audio_ctx=config["max_source_positions"],
            n_audio_state=config["d_model"], n_text_ctx=config["max_target_positions"],
        )  # fmt: skip
        self.heads, self.size = config["decoder_attention_heads"], config["d_model"] // config["decoder_attention_heads"]
        self.graphs = {
            name: onnxruntime.InferenceSession(next(folder.glob(f"onnx/{name}*.onnx")), providers=["CPUExecutionProvider"])
            for name in ("encoder_model", "decoder_model_merged")
        }

    def tokenizer(self, multilingual, **kwargs):
        """In a small vocabulary " ♪" starts with the bare space: the reference would suppress it with the music signs, which the engine does not."""
        tokenizer = super().tokenizer(multilingual, **kwargs)
        blank = tokenizer.encode(" ")[0]
        vars(tokenizer)["non_speech_tokens"] = tuple(token for token in tokenizer.non_speech_tokens if token != blank)
        return tokenizer

    device = property(lambda self: torch.device("cpu"))

    def encoder(self, mel: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(self.graphs["encoder_model"].run(["last_hidden_state"], {"input_features": mel.numpy()})[0])

    def logits(self, tokens: torch.Tensor, audio_features: torch.Tensor) -> torch.Tensor:
        graph = self.graphs["decoder_model_merged"]
        rows = tokens.shape[0]
        hidden = audio_features.expand(rows, -1, -1).contiguous().numpy()
        nothing = np.zeros((rows, self.heads, 0, self.size), np.float32)
        past = {item.name: nothing for item in graph.get_inputs() if item.name.startswith("past_key_values.")}
        given = {"input_ids": tokens.numpy(), "encoder_hidden_states": hidden, "use_cache_branch": np.array([False])}
        return torch.from_numpy(graph.run(["logits"], {**given, **past})[0])

    def inference(self, _initial_length: int):
        return SimpleNamespace(logits=self.logits, rearrange_kv_cache=lambda _: None, cleanup_caching=lambda: None)
