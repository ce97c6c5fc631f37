"""A quick look while training: greedy transcripts without timestamps, and their word error rate by kind of voice."""

import collections

import numpy as np
import torch

from features import normalised
from model import Whisper
from shards import ShardReader, Utterance
from tokens import Tokens

BATCH = 16


def word_error_rate(model: Whisper, tokens: Tokens, dev: ShardReader) -> tuple[dict[str, float], list[str]]:
    """Rates by voice, and some transcripts to look at."""
    errors: collections.Counter[str] = collections.Counter()
    words: collections.Counter[str] = collections.Counter()
    examples = []
    by_length = sorted(dev.utterances, key=lambda utterance: utterance.frames)
    for first in range(0, len(by_length), BATCH):
        utterances = by_length[first : first + BATCH]
        for utterance, text in zip(utterances, _transcribe(model, tokens, dev, utterances), strict=True):
            kind = utterance.voice.split("/")[0]
            errors[kind] += edit_distance(utterance.text.split(), text.split())
            words[kind] += len(utterance.text.split())
        examples.append(f"{utterance.text} | {text}")
    rates = {kind: round(errors[kind] / words[kind], 3) for kind in sorted(words)}
    return {"all": round(errors.total() / words.total(), 3), **rates}, examples


@torch.no_grad()
def _transcribe(model: Whisper, tokens: Tokens, dev: ShardReader, utterances: list[Utterance]) -> list[str]:
    frames = (max(utterance.frames for utterance in utterances) + 20) // 2 * 2
    mels = [np.pad(dev.log_power(u), ((0, frames - u.frames), (0, 0)), constant_values=-10) for u in utterances]
    mel = torch.from_numpy(np.stack([normalised(m) for m in mels])).transpose(1, 2)
    prompt = [tokens.start, tokens.english, tokens.transcribe, tokens.no_timestamps]
    written = torch.tensor([prompt] * len(utterances))
    ended = torch.zeros(len(utterances), dtype=torch.bool)
    with torch.autocast("cpu", torch.bfloat16):
        audio = model.encoder(mel)
        while not ended.all() and written.shape[1] < 64:
            best = model.decoder(written, audio)[:, -1].argmax(-1)
            ended |= best == tokens.end
            written = torch.cat([written, best.masked_fill(ended, tokens.end)[:, None]], dim=1)
    return [tokens.decode(row) for row in written[:, len(prompt) :].tolist()]


def edit_distance(reference: list[str], hypothesis: list[str]) -> int:
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(hypothesis, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]
