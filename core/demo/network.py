"""The gpt-oss architecture in torch, as mlx-lm computes it, over the compact vocabulary.

Parameters, residual stream, norms, softmax, router and loss are float32; `quick` lets the products
be bfloat16 and compiles the two parts whose time counts: a layer (once for all layers) and the
loss over the vocabulary.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own habit

from core.demo.batches import POSITIONS
from core.demo.layers import Block, Masks, Norm, Shape, Sizes, linear


def yarn(shape: Shape) -> tuple[Tensor, float]:
    """Inverse frequencies [S / 2] and the factor on q and k: mlx-lm's YarnRoPE, line for line."""
    dims, base = shape.head_size, shape.theta

    def dimension(rotations: float) -> float:
        return (
            dims * math.log(shape.yarn_original / (rotations * 2 * math.pi)) / (2 * math.log(base))
        )

    low = max(math.floor(dimension(shape.beta_fast)), 0)
    high = min(math.ceil(dimension(shape.beta_slow)), dims - 1)
    extra = base ** (torch.arange(0, dims, 2, dtype=torch.float32) / dims)
    inter = shape.yarn_factor * extra
    ramp = ((torch.arange(dims // 2, dtype=torch.float32) - low) / max(high - low, 0.001)).clamp(
        0, 1
    )
    mask = 1.0 - ramp
    return 1.0 / ((inter * extra) / (inter * mask + extra * (1 - mask))), 0.1 * math.log(
        shape.yarn_factor
    ) + 1.0


def entropy(x: Tensor, output: Tensor, label: Tensor, others: float) -> Tensor:
    """Mean cross-entropy of rows [M, D]; the last output stands for exp(others) equal ones."""
    logits = linear(x, output).float()
    last = torch.arange(output.shape[0], device=x.device) == output.shape[0] - 1
    return F.cross_entropy(torch.where(last, logits + others, logits), label, ignore_index=-1)


class Network(nn.Module):
    """Embedding by features, the layers, and the exact loss over the whole vocabulary."""

    def __init__(
        self, shape: Shape, table: list[list[int]], outputs: list[int], others: int
    ) -> None:
        super().__init__()
        self.shape = shape
        self.others = math.log(others)
        self.register_buffer("table", torch.tensor(table))
        self.register_buffer("outputs", torch.tensor(outputs))
        count = max(max(row) for row in table) + 1
        self.features = nn.Parameter(torch.randn(count, shape.hidden) * 0.6)
        with torch.no_grad():
            self.features[0] = 0
        self.head = nn.Parameter(torch.zeros(len(outputs) + 1, shape.hidden))
        self.tie = nn.Parameter(torch.eye(shape.hidden) * 0.02)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden, shape.epsilon)
        frequency, self.stretch = yarn(shape)
        angle = torch.arange(POSITIONS + 1).float()[:, None] * frequency
        self.register_buffer("cos", angle.cos() * self.stretch)
        self.register_buffer("sin", angle.sin() * self.stretch)
        self.precision = torch.float32
        self._entropy: Callable[[Tensor, Tensor, Tensor, float], Tensor] = entropy

    def quick(self, precision: torch.dtype, compiled: bool) -> None:
        """For training: the products in `precision`, layers and loss compiled for each shape."""
        self.precision = precision
        for block in self.blocks:
            block.precision = precision
            if compiled:
                block.compile(dynamic=False)
        if compiled:
            self._entropy = torch.compile(entropy, dynamic=False)

    def rows(self, which: Tensor) -> Tensor:
        """Embeddings [M, D] of rows [M] of the table: the sums of their features."""
        return F.embedding_bag(self.table[which], self.features, mode="sum", padding_idx=0)

    def embedding(self) -> Tensor:
        """[rows + 1, D]; the last row is every unknown id's."""
        return self.rows(torch.arange(len(self.table), device=self.table.device))

    def output(self) -> Tensor:
        """[outputs + 1, D]; the last row is shared by every other id."""
        return self.head + F.pad(self.rows(self.outputs) @ self.tie, (0, 0, 0, 1))

    def masks(
        self, prefix_length: Tensor, start: Tensor, sizes: Sizes, window: int | None
    ) -> Masks:
        wide = window or 1 << 30
        place = torch.arange(max(sizes.prefix, sizes.length), device=start.device)
        behind = place[:, None] - place
        seen = (behind >= 0) & (behind < wide)
        j = place[: sizes.prefix]
        at = start[:, None] + place[: sizes.length]
        far = (j < prefix_length[:, None, None]) & (at[:, :, None] - j < wide)
        opening, near = (seen[:n, :n].contiguous() for n in (sizes.prefix, sizes.length))
        return Masks(opening, far[:, None, None, None], near)

    def forward(
        self, prefix: Tensor, prefix_length: Tensor, branch: Tensor, start: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Normed hidden rows of the branches [G*K*L, D], the output matrix, the balance penalty."""
        g, k, length = branch.shape
        sizes = Sizes(g, k, prefix.shape[1], length)
        # A batch holds a tenth of the rows: only these are composed.
        ids = torch.cat((prefix.reshape(-1), branch.reshape(-1)))
        known, at = ids.unique(return_inverse=True)
        x = F.embedding(at, self.rows(known))
        place = torch.arange(max(sizes.prefix, length), device=start.device)
        positions = torch.cat((
            place[: sizes.prefix].repeat(g),
            (start[:, None, None] + place[:length]).expand(g, k, length).reshape(-1),
        ))  # fmt: skip
        cos, sin = self.cos[positions][:, None], self.sin[positions][:, None]
        narrow = self.masks(prefix_length, start, sizes, self.shape.window)
        full = self.masks(prefix_length, start, sizes, None)
        balance = x.new_zeros(())
        for number, block in enumerate(self.blocks):
            x, penalty = block(x, cos, sin, sizes, full if number % 2 else narrow)
            balance = balance + penalty
        return self.norm(x[g * sizes.prefix :]), self.output(), balance

    def loss(
        self,
        prefix: Tensor,
        prefix_length: Tensor,
        branch: Tensor,
        start: Tensor,
        trained: Tensor,
        label: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Mean cross-entropy over the trained tokens, with the balance penalty and without.

        trained [M]: rows of the flat branches; label [M]: their next tokens' outputs, -1 for none.
        """
        x, output, balance = self(prefix, prefix_length, branch, start)
        rows = x.index_select(0, trained).to(self.precision)
        mean = self._entropy(rows, output, label, self.others)
        return mean + 3e-3 * balance / self.shape.layers, mean
