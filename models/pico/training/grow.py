"""Grows a checkpoint into a deeper one that answers the same: grow.py FROM TO ENCODER_LAYERS DECODER_LAYERS

Copies of the old blocks come before them, evenly, and add nothing at first, as their last matrices are zero (Net2Net, Chen et
al. 2016). Training goes on from there: put TO where `latest.pt` was.
"""

import dataclasses
import sys

import torch
from torch import Tensor

from model import Dimensions

# What the residual of a block ends with.
LAST = ("attn.out.weight", "attn.out.bias", "mlp.2.weight", "mlp.2.bias")


def grown(state: dict, encoder_layers: int, decoder_layers: int) -> dict:
    """The optimisers start anew: their momenta belong to other tensors."""
    dims = Dimensions(**state["dims"])
    wanted = dataclasses.replace(dims, n_audio_layer=encoder_layers, n_text_layer=decoder_layers)
    weights = deeper(state["model"], "encoder.blocks.", dims.n_audio_layer, encoder_layers)
    weights = deeper(weights, "decoder.blocks.", dims.n_text_layer, decoder_layers)
    kept = {name: state[name] for name in ("heads", "course")}
    return {"dims": vars(wanted), "model": weights, **kept}


def deeper(weights: dict[str, Tensor], prefix: str, old: int, new: int) -> dict[str, Tensor]:
    """The last of each group of blocks is an old one, so that half-way up stays half-way up where `old` is even."""
    if new < old:
        raise SystemExit(f"{new} blocks are fewer than the {old} that there are")
    others = {name: tensor for name, tensor in weights.items() if not name.startswith(prefix)}
    ends = [(at + 1) * new // old - 1 for at in range(old)]
    for place in range(new):
        source = next(at for at, end in enumerate(ends) if end >= place)
        block = f"{prefix}{source}."
        for name in (name for name in weights if name.startswith(block)):
            part = name.removeprefix(block)
            silent = place != ends[source] and part.endswith(LAST)
            others[f"{prefix}{place}.{part}"] = torch.zeros_like(weights[name]) if silent else weights[name].clone()
    return others


def main() -> None:
    source, target, *layers = sys.argv[1:]
    torch.save(grown(torch.load(source, weights_only=True), *map(int, layers)), target)


if __name__ == "__main__":
    main()
