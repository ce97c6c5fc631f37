"""Whisper (Radford et al. 2022), small. Tensor names and meanings are those of openai/whisper's `Whisper`, so that its code
loads the weights; dropout and the auxiliary heads (`CtcHeads`) exist in training only and are not part of the model."""

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclasses.dataclass(frozen=True)
class Dimensions:
    """Names as in openai/whisper's checkpoints."""

    n_vocab: int
    n_mels: int = 80
    n_audio_ctx: int = 500
    n_audio_state: int = 192
    n_audio_head: int = 3
    n_audio_layer: int = 6
    n_text_ctx: int = 192
    n_text_state: int = 192
    n_text_head: int = 3
    n_text_layer: int = 2


class MultiHeadAttention(nn.Module):
    def __init__(self, state: int, heads: int):
        super().__init__()
        self.heads = heads
        self.query, self.key = nn.Linear(state, state), nn.Linear(state, state, bias=False)
        self.value, self.out = nn.Linear(state, state), nn.Linear(state, state)

    def forward(self, x: Tensor, source: Tensor, causal: bool = False) -> Tensor:
        query, key, value = (self._split(t) for t in (self.query(x), self.key(source), self.value(source)))
        with torch.autocast("cpu", enabled=False):  # it would copy the scores to float32 and back
            mixed = attend(query, key, value, causal)
        return self.out(mixed.transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)


def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tensor:
    """Plain products: on a CPU torch's fused attention takes three times as long going backward."""
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if causal:
        scores = scores + scores.new_full(scores.shape[-2:], float("-inf")).triu(1)
    return scores.softmax(-1) @ value


class Block(nn.Module):
    def __init__(self, state: int, heads: int, cross: bool, dropout: float):
        super().__init__()
        self.attn, self.attn_ln = MultiHeadAttention(state, heads), nn.LayerNorm(state)
        self.cross_attn = MultiHeadAttention(state, heads) if cross else None
        self.cross_attn_ln = nn.LayerNorm(state) if cross else None
        self.mlp = nn.Sequential(nn.Linear(state, 4 * state), nn.GELU(), nn.Linear(4 * state, state))
        self.mlp_ln = nn.LayerNorm(state)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, audio: Tensor | None = None) -> Tensor:
        normed = self.attn_ln(x)
        x = x + self.dropout(self.attn(normed, normed, causal=self.cross_attn is not None))
        if self.cross_attn is not None:
            x = x + self.dropout(self.cross_attn(self.cross_attn_ln(x), audio))
        return x + self.dropout(self.mlp(self.mlp_ln(x)))


class AudioEncoder(nn.Module):
    def __init__(self, dims: Dimensions, dropout: float):
        super().__init__()
        state = dims.n_audio_state
        self.conv1 = nn.Conv1d(dims.n_mels, state, kernel_size=3, padding=1)
        self.conv2 = nn.Conv1d(state, state, kernel_size=3, stride=2, padding=1)
        self.register_buffer("positional_embedding", sinusoids(dims.n_audio_ctx, state))
        blocks = (Block(state, dims.n_audio_head, False, dropout) for _ in range(dims.n_audio_layer))
        self.blocks = nn.ModuleList(blocks)
        self.ln_post = nn.LayerNorm(state)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [batch, 80, frames] to [batch, frames / 2, state]; frames may be fewer than the context."""
        return self.layers(mel)[-1]

    def layers(self, mel: Tensor) -> list[Tensor]:
        """What each block gives, the last one normalised."""
        x = F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)
        outputs = [x + self.positional_embedding[: x.shape[1]]]
        for block in self.blocks:
            outputs.append(block(outputs[-1]))
        return [*outputs[1:-1], self.ln_post(outputs[-1])]


class TextDecoder(nn.Module):
    def __init__(self, dims: Dimensions, dropout: float):
        super().__init__()
        state = dims.n_text_state
        self.token_embedding = nn.Embedding(dims.n_vocab, state)
        self.positional_embedding = nn.Parameter(torch.randn(dims.n_text_ctx, state) * 0.01)
        blocks = (Block(state, dims.n_text_head, True, dropout) for _ in range(dims.n_text_layer))
        self.blocks = nn.ModuleList(blocks)
        self.ln = nn.LayerNorm(state)
        nn.init.normal_(self.token_embedding.weight, std=0.02)

    def forward(self, tokens: Tensor, audio: Tensor) -> Tensor:
        """tokens [batch, n], audio [batch, positions, state] to logits [batch, n, vocabulary]."""
        x = self.token_embedding(tokens) + self.positional_embedding[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x, audio)
        return self.ln(x) @ self.token_embedding.weight.T


class Whisper(nn.Module):
    def __init__(self, dims: Dimensions, dropout: float = 0.0):
        super().__init__()
        self.dims = dims
        self.encoder, self.decoder = AudioEncoder(dims, dropout), TextDecoder(dims, dropout)
        self._let_features_through()

    @torch.no_grad()
    def _let_features_through(self) -> None:
        """With the usual initialisation the sinusoidal positions drown the features and training stalls. The positions are
        stored weights, so scaling them leaves the architecture as it is."""
        self.encoder.conv1.weight.mul_(3.0)
        self.encoder.conv2.weight.mul_(2.5)
        self.encoder.positional_embedding.mul_(0.25)


class CtcHeads(nn.Module):
    """Targets that align the encoder: phonemes half-way up, tokens at the top."""

    def __init__(self, dims: Dimensions, n_phonemes: int, n_tokens: int):
        super().__init__()
        self.middle = dims.n_audio_layer // 2
        self.phonemes = nn.Sequential(nn.LayerNorm(dims.n_audio_state), nn.Linear(dims.n_audio_state, n_phonemes + 1))
        self.tokens = nn.Linear(dims.n_audio_state, n_tokens + 1)

    def forward(self, layers: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits [batch, positions, symbols + 1]; the last symbol is the blank."""
        return self.phonemes(layers[self.middle - 1]), self.tokens(layers[-1])


def sinusoids(length: int, channels: int, max_timescale: float = 10_000) -> Tensor:
    step = torch.log(torch.tensor(max_timescale)) / (channels // 2 - 1)
    angles = torch.arange(length)[:, None] * torch.exp(-step * torch.arange(channels // 2))[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)
