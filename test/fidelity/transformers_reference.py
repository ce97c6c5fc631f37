"""What transformers generates from a folder in its own format, told what openai/whisper is told."""
import importlib.metadata
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration
from whisper.tokenizer import Tokenizer

TOOL = f"transformers {importlib.metadata.version('transformers')}, torch {importlib.metadata.version('torch')}"


class TransformersReference:
    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        self.model = WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        self.features = WhisperFeatureExtractor.from_pretrained(folder)
        self.tokenizer = tokenizer

    def transcribe(self, audio: np.ndarray, options: dict) -> dict:
        """`options` by their names in a request: those that transformers has, and without fallback."""
        whole = len(audio) > self.features.n_samples
        form = {"truncation": False, "padding": "longest"} if whole else {}
        heard = self.features(audio, sampling_rate=16000, return_tensors="pt", **form).input_features
        with torch.no_grad():
            language = options.get("language") or self.language(heard)
            given = self.arguments({**options, "language": language})
            found = self.model.generate(heard, return_segments=True, **given)
        return {"language": language, "segments": [self.described(segment) for segment in found["segments"][0]]}

    def language(self, heard: torch.Tensor) -> str:
        id = self.model.detect_language(heard[..., : self.features.nb_max_frames])[0].item()
        return next(code for code in self.tokenizer.all_language_codes if self.tokenizer.special_tokens[f"<|{code}|>"] == id)

    def arguments(self, options: dict) -> dict:
        prompt = options.get("initial_prompt")
        encoded = [self.tokenizer.sot_prev, *self.tokenizer.encode(f" {prompt.strip()}")] if prompt else []
        suppressed = [id for id in options.get("suppress_tokens", []) if id >= 0]
        known = self.model.generation_config.suppress_tokens
        return {
            "language": options["language"], "task": options.get("task", "transcribe"), "temperature": 0.0, "num_beams": 1,
            "return_timestamps": not options.get("without_timestamps", False),
            "condition_on_prev_tokens": options.get("condition_on_previous_text", True),
            "max_new_tokens": options.get("max_new_tokens", self.model.config.max_target_positions // 2),
            **({"suppress_tokens": sorted({*known, *suppressed})} if suppressed else {}),
            **({"prompt_ids": torch.tensor(encoded)} if encoded else {}),
        }  # fmt: skip

    def described(self, segment: dict) -> dict:
        """Where a second timestamp follows the last it belongs to the next segment, as openai/whisper counts."""
        tokens = segment["tokens"].tolist()
        doubled = len(tokens) > 1 and min(tokens[-2:]) >= self.tokenizer.timestamp_begin
        times = {name: round(float(segment[name]), 3) for name in ("start", "end")}
        return {**times, "tokens": tokens[:-1] if doubled else tokens}
