"""Muon (Jordan et al. 2024) for the matrices of the blocks, AdamW for all else.

Muon's steps are scaled to AdamW's size (Liu et al. 2025), so that one learning rate serves both.
"""

import torch
from torch import Tensor, nn


class Muon(torch.optim.Optimizer):
    def __init__(self, matrices: list[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.05):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple[int, ...], list[nn.Parameter]] = {}
            for matrix in group["params"]:
                by_shape.setdefault(tuple(matrix.shape), []).append(matrix)
            for matrices in by_shape.values():
                self._step_alike(matrices, group)

    def _step_alike(self, matrices: list[nn.Parameter], group: dict) -> None:
        updates = []
        for matrix in matrices:
            momentum = self.state[matrix].setdefault("momentum", torch.zeros_like(matrix))
            momentum.lerp_(matrix.grad, 1 - group["momentum"])
            updates.append(matrix.grad.lerp(momentum, group["momentum"]))
        rows, columns = matrices[0].shape
        size = 0.2 * max(rows, columns) ** 0.5 * group["lr"]
        for matrix, update in zip(matrices, orthogonalised(torch.stack(updates)), strict=True):
            matrix.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update, alpha=size)


def orthogonalised(stacked: Tensor) -> Tensor:
    """[n, rows, columns]: four Newton-Schulz steps in bfloat16 bring all singular values near 1."""
    tall = stacked.shape[1] > stacked.shape[2]
    x = (stacked.mT if tall else stacked).bfloat16()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(4):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x.mT if tall else x).to(stacked.dtype)


def make_optimisers(modules: list[nn.Module], lr: float) -> list[torch.optim.Optimizer]:
    named = [(name, p) for module in modules for name, p in module.named_parameters()]
    matrices = [p for name, p in named if "blocks" in name and p.ndim == 2]
    others = [p for name, p in named if not ("blocks" in name and p.ndim == 2)]
    return [Muon(matrices, lr), torch.optim.AdamW(others, lr, betas=(0.9, 0.98), weight_decay=0.01)]
