"""Trains pico: train.py DATA CHECKPOINTS [processes]

DATA holds `train/`, `neural/` and `people/` (shards), `dev/` (a few held-out utterances) and `tokens.json`; new shards are
taken up as they come. CHECKPOINTS holds `plan.json` (see schedule.py) and `latest.pt`, from which a later run goes on.

Several processes train copies of the model and average their weights now and then (local SGD): on a busy machine that
loses far less time than averaging gradients at each step, and a process more is a thread more.
"""

import os
import pathlib
import random
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from torch import Tensor

from batches import Batch, Batches
from casting import Casting
from greedy import word_error_rate
from model import CtcHeads, Dimensions, Whisper
from optimiser import make_optimisers
from schedule import Course
from shards import ShardReader
from targets import IGNORED
from tokens import PHONEMES, Tokens

AVERAGE_EVERY, SAVE_EVERY, LOG_EVERY, MEASURE_EVERY = 10, 50, 50, 500


class Trainer:
    def __init__(self, data: pathlib.Path, checkpoints: pathlib.Path):
        self.rank = dist.get_rank() if dist.is_initialized() else 0
        self.processes = dist.get_world_size() if dist.is_initialized() else 1
        self._checkpoints = checkpoints
        self._tokens = Tokens.load(data / "tokens.json")
        torch.manual_seed(0)
        state = self._saved()
        self._model = Whisper(Dimensions(**state["dims"]) if state else Dimensions(self._tokens.size))
        self._heads = CtcHeads(self._model.dims, len(PHONEMES), self._tokens.n_text)
        self._course = Course(checkpoints / "plan.json")
        self._optimisers = make_optimisers([self._model, self._heads], 1e-3)
        if state:
            self._resume(state)
        self._synthetic, self._neural, self._dev = (ShardReader(data / part) for part in ("train", "neural", "dev"))
        seed = self._course.step * 10 + self.rank
        rng = random.Random(seed)
        casting = Casting(self._synthetic, self._neural, ShardReader(data / "people"), rng, seed)
        self._batches = Batches(casting, self._tokens, rng)
        self._parameters = [*self._model.parameters(), *self._heads.parameters()]

    def run(self) -> None:
        sums, began = torch.zeros(4), time.time()
        while self._goes_on():
            start = time.time()
            losses = self._step()
            self._course.advance(time.time() - start, float(losses[2]))
            sums += torch.tensor([*losses, 1.0])
            if self._course.step % LOG_EVERY == 0:
                self._log(sums[:3] / sums[3], (time.time() - began) / LOG_EVERY)
                sums, began = torch.zeros(4), time.time()
                self._synthetic.refresh()
                self._neural.refresh()
            if self.rank == 0 and self._course.step % SAVE_EVERY == 0:
                self.save()
            if self.rank == 0 and self._course.step % MEASURE_EVERY == 0:
                self._measure()
        if self.rank == 0:
            self.save()
            self._measure()

    def _goes_on(self) -> bool:
        """Looks at the clock where all processes meet, so that all end at the same step."""
        if self._course.step % AVERAGE_EVERY != 0:
            return True
        weights = torch.cat([p.detach().flatten() for p in self._parameters])
        shared = torch.cat([torch.tensor([self._course.seconds_left]), weights]) / self.processes
        if self.processes > 1:
            dist.all_reduce(shared)
            at = 1
            for parameter in self._parameters:
                parameter.data.copy_(shared[at : at + parameter.numel()].view_as(parameter))
                at += parameter.numel()
        return bool(shared[0] > 0)

    def _step(self) -> Tensor:
        losses = self._losses(self._batches.draw(self._course.recipe))
        for optimiser in self._optimisers:
            optimiser.zero_grad()
        sum(weight * loss for weight, loss in zip(self._course.loss_weights, losses, strict=True)).backward()
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, 2.0)
        if torch.isfinite(norm):
            for optimiser in self._optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = self._course.learning_rate
                optimiser.step()
        return torch.stack([loss.detach() for loss in losses])

    def _losses(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        with torch.autocast("cpu", torch.bfloat16):
            layers = self._model.encoder.layers(batch.mel)
            logits = self._model.decoder(batch.fed, layers[-1])
            phonemes, tokens = self._heads(layers)
        words = F.cross_entropy(logits.flatten(0, 1).float(), batch.wanted.flatten(), ignore_index=IGNORED, label_smoothing=0.02)
        return words, ctc_loss(tokens, batch.texts), ctc_loss(phonemes, batch.phonemes)

    def _log(self, losses: Tensor, seconds: float) -> None:
        if self.rank == 0:
            course = self._course
            words, tokens, phonemes = losses.tolist()
            print(
                f"step {course.step} {course.progress:.3f} words {words:.3f} ctc {tokens:.3f} phonemes {phonemes:.3f} "
                f"hard {course.hardness:.2f} lr {course.learning_rate:.1e} {seconds:.2f} s/step "
                f"{len(self._synthetic.utterances)} + {len(self._neural.utterances)} utterances {time.strftime('%H:%M')}",
                flush=True,
            )

    def _measure(self) -> None:
        rates, examples = word_error_rate(self._model, self._tokens, self._dev)
        print(f"  held out: {rates}", *examples, sep="\n    ", flush=True)

    def save(self) -> None:
        state = {
            "dims": vars(self._model.dims),
            "model": self._model.state_dict(),
            "heads": self._heads.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self._optimisers],
            "course": self._course.state,
        }
        torch.save(state, self._checkpoints / "partial.pt")
        (self._checkpoints / "partial.pt").rename(self._checkpoints / "latest.pt")

    def _saved(self) -> dict | None:
        path = self._checkpoints / "latest.pt"
        return torch.load(path, weights_only=True) if path.exists() else None

    def _resume(self, state: dict) -> None:
        self._model.load_state_dict(state["model"])
        self._heads.load_state_dict(state["heads"])
        if "optimisers" in state:  # a grown model has none
            for optimiser, saved in zip(self._optimisers, state["optimisers"], strict=True):
                optimiser.load_state_dict(saved)
        for name, value in state["course"].items():
            setattr(self._course, name, value)


def ctc_loss(logits: Tensor, targets: list[list[int]]) -> Tensor:
    """Mean per symbol; the blank is the last symbol."""
    lengths = torch.tensor([len(target) for target in targets])
    symbols = torch.tensor([symbol for target in targets for symbol in target])
    positions = torch.full((len(targets),), logits.shape[1])
    log_probs = logits.float().log_softmax(-1).transpose(0, 1)
    total = F.ctc_loss(log_probs, symbols, positions, lengths, logits.shape[2] - 1, reduction="sum", zero_infinity=True)
    return total / lengths.sum().clamp(min=1)


def train(rank: int, processes: int, data: pathlib.Path, checkpoints: pathlib.Path) -> None:
    torch.set_num_threads(1)
    if rank == 0:
        (checkpoints / "train.pid").write_text(f"{os.getpid()}\n")
    if processes > 1:
        store = f"file://{checkpoints}/rendezvous"
        dist.init_process_group("gloo", init_method=store, rank=rank, world_size=processes)
    Trainer(data, checkpoints).run()


def main() -> None:
    data, checkpoints = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    (checkpoints / "rendezvous").unlink(missing_ok=True)
    if processes == 1:
        train(0, 1, data, checkpoints)
    else:
        mp.spawn(train, (processes, data, checkpoints), processes)


if __name__ == "__main__":
    main()
