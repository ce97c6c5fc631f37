"""
Checkpoints of random weights whose texts are long and varied. With plain random weights the output layer, which is the
embedding too, gives a token back again and again; here layers and positions speak louder than the embedding. Ends and
timestamps come now and then.
"""
import math

import torch
from whisper.model import ModelDimensions, Whisper

TOKENS, POSITIONS, BRANCHES, SHARPNESS = 0.7, 3.0, 3.0, 2.5
TIMESTAMP_SPREAD, END_SPREAD = 0.9, 1.6  # for a vocabulary of SMALL_VOCABULARY text tokens
SMALL_VOCABULARY = 316


def random_checkpoint(dims: ModelDimensions, special: dict[str, int], seed: int) -> dict:
    """In the form of openai/whisper's .pt files; the same seed gives the same weights with the same torch."""
    generator = torch.Generator().manual_seed(seed)
    state = Whisper(dims).state_dict()
    weights = {name: initial(name, tensor, generator) for name, tensor in sorted(state.items())}
    spread_logits(weights["decoder.token_embedding.weight"], special)
    return {"dims": dims.__dict__, "model_state_dict": weights}


def initial(name: str, tensor: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Scaled by the fan-in; exact in half precision."""
    if name == "encoder.positional_embedding":
        return tensor
    noise = torch.randn(tensor.shape, generator=generator)
    if tensor.ndim == 1:
        values = noise * 0.1 + (1.0 if ("ln" in name and name.endswith("weight")) else 0.0)
    else:
        values = noise * spread_of(name) / (1 if "embedding" in name else math.sqrt(tensor[0].numel()))
    return values.half().float()


def spread_of(name: str) -> float:
    kinds = {"token_embedding": TOKENS, "positional": POSITIONS, "query": SHARPNESS, "key": SHARPNESS}
    kinds |= {"attn.out": BRANCHES, "mlp.2": BRANCHES}
    return next((spread for kind, spread in kinds.items() if kind in name), 1.0)


def spread_logits(embedding: torch.Tensor, special: dict[str, int]) -> None:
    """
    The rows of the embedding are the output layer too: their length says how far a token's logits spread. An end has to
    outdo the largest of all text tokens, which grows with the square root of the logarithm of their number.
    """
    end, first_timestamp = special["<|endoftext|>"], special["<|0.00|>"]
    growth = math.sqrt(math.log(end) / math.log(SMALL_VOCABULARY))
    embedding[end] *= END_SPREAD * growth
    embedding[first_timestamp:] *= TIMESTAMP_SPREAD * growth
    embedding.copy_(embedding.half().float())
