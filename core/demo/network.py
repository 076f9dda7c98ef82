"""The gpt-oss architecture in torch, as mlx-lm computes it, over the compact vocabulary.

Shapes: N rows in all (G * P of the openings, then G * K * L of the branches), hidden D, H heads
over J key heads of size S, E experts of which the best two are mixed.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own habit

from core.demo.batches import POSITIONS


@dataclass(frozen=True)
class Shape:
    """The sizes that end up in config.json."""

    hidden: int = 128
    layers: int = 4
    heads: int = 4
    key_heads: int = 2
    head_size: int = 32
    experts: int = 4
    intermediate: int = 128
    window: int = 128
    theta: float = 150_000.0
    yarn_factor: float = 32.0
    yarn_original: int = 4096
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    epsilon: float = 1e-5


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


class Norm(nn.Module):
    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        scale: Tensor = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return x * scale * self.weight


class Attention(nn.Module):
    """Attention with sinks over an opening and the branches behind it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        d, s = shape.hidden, shape.head_size
        self.q = nn.Linear(d, shape.heads * s)
        self.k = nn.Linear(d, shape.key_heads * s)
        self.v = nn.Linear(d, shape.key_heads * s)
        self.o = nn.Linear(shape.heads * s, d)
        self.sinks = nn.Parameter(torch.zeros(shape.heads))

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, sizes: tuple[int, int, int, int], masks: "Masks"
    ) -> Tensor:
        g, k, p, length = sizes
        c = self.shape
        n, h, j, s = x.shape[0], c.heads, c.key_heads, c.head_size
        query = rotate(self.q(x).view(n, h, s), cos, sin)
        key = rotate(self.k(x).view(n, j, s), cos, sin).repeat_interleave(h // j, 1)
        value = self.v(x).view(n, j, s).repeat_interleave(h // j, 1)
        # Eight more places a head: there queries hold 1, the sink's key the sink, others 0.
        query = F.pad(F.pad(query, (0, 1), value=1.0), (0, 7))
        key, value = F.pad(key, (0, 8)), F.pad(value, (0, 8))
        cut = g * p

        def rows(t: Tensor, groups: int, count: int) -> Tensor:
            return t.view(groups, count, h, s + 8).transpose(1, 2)

        qp, kp, vp = (rows(t[:cut], g, p) for t in (query, key, value))
        qb, kb, vb = (rows(t[cut:], g * k, length) for t in (query, key, value))
        first = self._attend(qp, kp, vp, masks.opening)
        kb = torch.cat((kp.repeat_interleave(k, 0), kb), 2)
        vb = torch.cat((vp.repeat_interleave(k, 0), vb), 2)
        second = self._attend(qb, kb, vb, masks.branches)
        out: Tensor = self.o(torch.cat((first, second)))
        return out

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
        """[B, H, Q, S + 8] to [B * Q, H * S]; mask [.., Q, 1 + keys] with the sink first."""
        b, h, q, wide = query.shape
        s = self.shape.head_size
        sink = F.pad((self.sinks * math.sqrt(s)).view(1, h, 1, 1), (s, 7)).expand(b, h, 1, wide)
        key = torch.cat((sink, key), 2)
        value = F.pad(value, (0, 0, 1, 0))
        out = F.scaled_dot_product_attention(query, key, value, mask, scale=1.0 / math.sqrt(s))
        return out[..., :s].transpose(1, 2).reshape(b * q, h * s)


class Experts(nn.Module):
    """Each row goes to the two experts with the best router scores, mixed by their softmax."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        e, d, i = shape.experts, shape.hidden, shape.intermediate
        self.shape = shape
        self.router = nn.Linear(d, e)
        self.gate = nn.Parameter(torch.randn(e, i, d) * d**-0.5)
        self.up = nn.Parameter(torch.randn(e, i, d) * d**-0.5)
        self.down = nn.Parameter(torch.randn(e, d, i) * i**-0.5 * 0.5)
        self.gate_bias = nn.Parameter(torch.zeros(e, i))
        self.up_bias = nn.Parameter(torch.zeros(e, i))
        self.down_bias = nn.Parameter(torch.zeros(e, d))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Output [N, D] and the balance penalty."""
        scores = self.router(x)
        best, index = scores.topk(2, -1)
        weight = torch.zeros_like(scores).scatter(-1, index, torch.softmax(best, -1))
        chosen = torch.zeros_like(scores, dtype=torch.bool).scatter(-1, index, True)
        out = weight @ self.down_bias
        for number in range(self.shape.experts):
            at = chosen[:, number].nonzero()[:, 0]
            rows = x[at]
            inner = Activation.apply(
                F.linear(rows, self.gate[number], self.gate_bias[number]),
                F.linear(rows, self.up[number], self.up_bias[number]),
            )
            made = F.linear(inner, self.down[number]) * weight[at, number, None]
            out = out.index_add(0, at, made)
        share = torch.softmax(scores, -1).mean(0)
        return out, self.shape.experts * (share * chosen.float().mean(0)).sum() / 2


class Activation(torch.autograd.Function):
    """gpt-oss's clipped SwiGLU, its gradient by hand: autograd would keep and read eight copies."""

    @staticmethod
    def forward(ctx: Any, gate: Tensor, up: Tensor) -> Tensor:
        ctx.save_for_backward(gate, up)
        low = gate.clamp(max=7.0)
        return torch.sigmoid(1.702 * low).mul_(low).mul_(up.clamp(-7.0, 7.0).add_(1.0))

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        gate, up = ctx.saved_tensors
        low = gate.clamp(max=7.0)
        sigmoid = torch.sigmoid(1.702 * low)
        glu = low * sigmoid
        d_up = grads[0] * glu
        # d glu / d gate = sigmoid + 1.702 * glu * (1 - sigmoid)
        slope = (1.0 - sigmoid).mul_(glu).mul_(1.702).add_(sigmoid)
        d_gate = slope.mul_(grads[0]).mul_(up.clamp(-7.0, 7.0).add_(1.0))
        return d_gate.masked_fill_(gate > 7.0, 0.0), d_up.masked_fill_(up.abs() > 7.0, 0.0)


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.before = Norm(shape.hidden, shape.epsilon)
        self.attention = Attention(shape)
        self.after = Norm(shape.hidden, shape.epsilon)
        self.experts = Experts(shape)


class Masks:
    """Additive masks of one kind of layer, the sink first.

    opening [P, 1 + P], branches [G * K, 1, L, 1 + P + L].
    """

    def __init__(self, opening: Tensor, branches: Tensor) -> None:
        self.opening, self.branches = opening, branches


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

    def embedding(self) -> Tensor:
        """[rows + 1, D]; the last row is every unknown id's."""
        mask = (self.table != 0).unsqueeze(-1)
        return (self.features[self.table] * mask).sum(1)

    def output(self, embedding: Tensor) -> Tensor:
        """[outputs + 1, D]; the last row is shared by every other id."""
        tied = F.pad(embedding[self.outputs] @ self.tie, (0, 0, 0, 1))
        return self.head + tied

    def masks(
        self,
        prefix_length: Tensor,
        start: Tensor,
        sizes: tuple[int, int, int, int],
        window: int | None,
    ) -> Masks:
        _, k, p, length = sizes
        wide = window or 1 << 30
        i, j = torch.arange(p)[:, None], torch.arange(p)
        opening = (j <= i) & (i - j < wide)
        b, key = torch.arange(length)[:, None], torch.arange(length)
        near = ((key <= b) & (b - key < wide)).expand(len(start), -1, -1)
        at = start[:, None] + torch.arange(length)
        far = (j < prefix_length[:, None, None]) & (at[:, :, None] - j < wide)
        branches = torch.cat((far, near), -1).repeat_interleave(k, 0)[:, None]

        def additive(mask: Tensor) -> Tensor:
            return F.pad(torch.where(mask, 0.0, -1e9), (1, 0))

        return Masks(additive(opening), additive(branches))

    def forward(
        self, prefix: Tensor, prefix_length: Tensor, branch: Tensor, start: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Normed hidden rows of the branches [G*K*L, D], the output matrix, the balance penalty."""
        g, k, length = branch.shape
        p = prefix.shape[1]
        embedding = self.embedding()
        x = embedding[torch.cat((prefix.reshape(-1), branch.reshape(-1)))]
        positions = torch.cat((
            torch.arange(p).repeat(g),
            (start[:, None, None] + torch.arange(length)).expand(g, k, length).reshape(-1),
        ))  # fmt: skip
        cos, sin = self.cos[positions][:, None], self.sin[positions][:, None]
        narrow = self.masks(prefix_length, start, (g, k, p, length), self.shape.window)
        full = self.masks(prefix_length, start, (g, k, p, length), None)
        balance = x.new_zeros(())
        for number, block in enumerate(self.blocks):
            masks = full if number % 2 else narrow
            x = x + block.attention(block.before(x), cos, sin, (g, k, p, length), masks)
            out, penalty = block.experts(block.after(x))
            x = x + out
            balance = balance + penalty
        return self.norm(x[g * p :]), self.output(embedding), balance

    def loss(
        self, prefix: Tensor, prefix_length: Tensor, branch: Tensor, start: Tensor, target: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Mean cross-entropy over the trained tokens, with the balance penalty and without."""
        x, output, balance = self(prefix, prefix_length, branch, start)
        flat = target.reshape(-1)
        at = (flat >= 0).nonzero()[:, 0]
        bias = F.pad(torch.zeros(output.shape[0] - 1), (0, 1), value=self.others)
        entropy = F.cross_entropy(F.linear(x[at], output, bias), flat[at])
        return entropy + 3e-3 * balance / self.shape.layers, entropy


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Half-split rotary embedding of [N, heads, S]; cos and sin carry YaRN's factor."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)
