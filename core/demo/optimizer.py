"""Muon for the matrices of the layers, AdamW for everything else. Training only."""

import torch
from torch import Tensor

from core.demo.network import Network

MATRICES = (
    "q.weight",
    "k.weight",
    "v.weight",
    "o.weight",
    "experts.gate",
    "experts.up",
    "experts.down",
)


BETAS = (0.9, 0.98)
# Most tokens come once in a hundred steps or less; at all others their rows of the head are pushed
# down a little. A short memory takes each such push for a large step: with gradients that sum to
# zero, one of 1 and 99 of -1/99, a row moves by 4 rates in a hundred steps at 0.98, 0.2 at 0.999.
BETAS_HEAD = (0.9, 0.999)


@torch.no_grad()
def orthogonal(matrices: Tensor, steps: int = 5, precision: torch.dtype = torch.float32) -> Tensor:
    """The nearest orthogonal matrices [B, R, C]: Newton-Schulz with Keller Jordan's constants.

    They need no more than bfloat16's precision: the constants themselves leave more error.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrices / (matrices.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    x = x.to(precision)
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    for _ in range(steps):
        square = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return (x.transpose(1, 2) if tall else x).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal; parameters are [R, C] or [E, R, C], equal shapes together."""

    def __init__(
        self,
        parameters: list[torch.nn.Parameter],
        lr: float,
        momentum: float = 0.95,
        precision: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum})
        self.precision = precision

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            shapes: dict[tuple[int, ...], list[torch.nn.Parameter]] = {}
            for p in group["params"]:
                shapes.setdefault(tuple(p.shape[-2:]), []).append(p)
            for (rows, columns), members in shapes.items():
                grads = [p.grad for p in members]
                buffers = [
                    self.state[p].setdefault("momentum", torch.zeros_like(p)) for p in members
                ]
                torch._foreach_mul_(buffers, group["momentum"])
                torch._foreach_add_(buffers, grads)
                updates = torch._foreach_add(  # noqa: SLF001 - as torch.optim does
                    grads, buffers, alpha=group["momentum"]
                )
                flat = [u.reshape(-1, rows, columns) for u in updates]
                made = orthogonal(torch.cat(flat), precision=self.precision)
                made *= max(1.0, rows / columns) ** 0.5
                parts = made.split([u.shape[0] for u in flat])
                for p, update in zip(members, parts, strict=True):
                    p.add_(update.view_as(p), alpha=-group["lr"])


def optimizers(network: Network) -> list[tuple[torch.optim.Optimizer, list[float]]]:
    """Each optimiser with the peak learning rates of its groups."""
    matrices, tables, head, rest = [], [], [], []
    for name, p in network.named_parameters():
        if name.endswith(MATRICES):
            matrices.append(p)
        elif name == "features":
            tables.append(p)
        elif name in ("head", "tie"):
            head.append(p)
        else:
            rest.append(p)
    peaks = [5e-3, 6e-3, 2e-3]
    groups = ((tables, BETAS), (head, BETAS_HEAD), (rest, BETAS))
    adam = torch.optim.AdamW(
        [
            {"params": ps, "lr": lr, "betas": betas}
            for (ps, betas), lr in zip(groups, peaks, strict=True)
        ],
        weight_decay=0.0,
        fused=True,
    )
    return [(Muon(matrices, 0.02, precision=network.precision), [0.02]), (adam, peaks)]
