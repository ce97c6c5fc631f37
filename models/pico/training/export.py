"""Writes a checkpoint as a model folder: export.py CHECKPOINT TOKENS_JSON OUT [--precision int8|fp32] [--weights]

`--weights` adds the float32 weights as `model.safetensors` (Hugging Face's names) and `model.pt` (openai/whisper's).
"""

import argparse
import pathlib

import numpy as np
import torch

from hub_files import write_safetensors, write_settings
from onnx_whisper import decoder_model, encoder_model
from tokens import Tokens

SUFFIXES = {"int8": "_int8", "fp32": ""}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("tokens", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--precision", choices=list(SUFFIXES), default="int8")
    parser.add_argument("--weights", action="store_true")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    state = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
    dims, weights = state["dims"], state["model"]
    arrays: dict[str, np.ndarray] = {name: tensor.float().numpy() for name, tensor in weights.items()}
    (arguments.out / "onnx").mkdir(parents=True, exist_ok=True)
    write_settings(arguments.out, dims, Tokens.load(arguments.tokens))
    for name, build in (("encoder_model", encoder_model), ("decoder_model_merged", decoder_model)):
        model = build(arrays, dims, arguments.precision == "int8")
        (arguments.out / "onnx" / f"{name}{SUFFIXES[arguments.precision]}.onnx").write_bytes(model.SerializeToString())
    if arguments.weights:
        write_safetensors(arguments.out / "model.safetensors", arrays)
        torch.save({"dims": dims, "model_state_dict": weights}, arguments.out / "model.pt")


if __name__ == "__main__":
    main()
