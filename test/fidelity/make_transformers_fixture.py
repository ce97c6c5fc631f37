"""Makes test/fidelity/transformers: a model of random weights that transformers saved, and what transformers generates from it.

    python test/fidelity/make_transformers_fixture.py

Needs transformers, openai-whisper, torch, onnx and numpy; their versions are written into golden.json. Of transformers'
options these scenarios use those that openai/whisper has too, where the two follow the same algorithm.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from whisper.model import ModelDimensions
from whisper.tokenizer import Tokenizer

from hub_layout import write_decoder, write_encoder
from make_fixture import SAMPLES, options_of, read_wav, write_json
from random_model import random_checkpoint
from small_vocabulary import LANGUAGE_COUNT, SECONDS, encoding_of, small_tokenizer
from transformers_checkpoint import save_checkpoint
from transformers_reference import TOOL, TransformersReference

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = HERE / "transformers"
SEED = 5
SILENT_END = 400


def main() -> None:
    torch.set_num_threads(1)
    tokens = small_tokenizer()
    tokenizer = Tokenizer(encoding_of(tokens), LANGUAGE_COUNT, language="en", task="transcribe")
    checkpoint = halves(random_checkpoint(dimensions(tokens), tokenizer.special_tokens, SEED))
    save_checkpoint(checkpoint, tokenizer, FOLDER / "checkpoint")
    write_json(FOLDER / "checkpoint" / "tokenizer.json", tokens, indent=None)
    write_graphs(checkpoint)
    reference = TransformersReference(FOLDER / "checkpoint", tokenizer)
    scenarios = json.loads((FOLDER / "scenarios.json").read_text(encoding="utf-8"))
    found = {name: transcribe(reference, scenario) for name, scenario in scenarios.items()}
    write_json(FOLDER / "golden.json", {"tool": TOOL, "scenarios": found}, indent=None)


def dimensions(tokens: dict) -> ModelDimensions:
    """Heads are 64 wide, as models/export wants them."""
    vocabulary = len(tokens["model"]["vocab"]) + len(tokens["added_tokens"])
    return ModelDimensions(80, SECONDS * 50, 64, 1, 1, vocabulary, 112, 64, 1, 2)


def halves(checkpoint: dict) -> dict:
    """All of it exact in half precision, in which the files are stored."""
    state = {name: values.half().float() for name, values in checkpoint["model_state_dict"].items()}
    return {**checkpoint, "model_state_dict": state}


def write_graphs(checkpoint: dict) -> None:
    """The .pt file holds the same weights; both layouts lie beside the settings that transformers wrote."""
    state = {name: values.half() for name, values in checkpoint["model_state_dict"].items()}
    torch.save({**checkpoint, "model_state_dict": state}, FOLDER / "checkpoint.pt")
    model = FOLDER / "model"
    exporter = [sys.executable, ROOT / "models" / "export", FOLDER / "checkpoint", "--out", model, "--precision", "fp32"]
    subprocess.run(exporter, check=True)
    write_encoder(checkpoint, model / "onnx" / "encoder_model.onnx")
    write_decoder(checkpoint, model / "onnx" / "decoder_model_merged.onnx")


def transcribe(reference: TransformersReference, scenario: dict) -> dict:
    """The end is silent: transformers mirrors it where openai/whisper hears silence after it."""
    long = read_wav(SAMPLES / "long-numbers.wav")
    audio = np.array(long if scenario["audio"] == "long" else long[: SECONDS * 16000])
    audio[-SILENT_END:] = 0
    return reference.transcribe(audio, options_of(scenario, reference.tokenizer.special_tokens))


if __name__ == "__main__":
    main()
