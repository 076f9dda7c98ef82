"""The layers of gpt-oss in torch, as mlx-lm computes them, for training in groups of branches.

Shapes: N rows in all (G * P of the openings, then G * K * L of the branches), hidden D, H heads
over J key heads of size S (R = H / J), E experts of which the best two are mixed.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own habit


@dataclass(frozen=True)
class Shape:
    """The sizes that end up in config.json."""

    hidden: int = 128
    layers: int = 6
    heads: int = 4
    key_heads: int = 4
    head_size: int = 64
    experts: int = 4
    intermediate: int = 192
    window: int = 128
    theta: float = 150_000.0
    yarn_factor: float = 32.0
    yarn_original: int = 4096
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    epsilon: float = 1e-5


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The product in the precision of `x`."""
    return F.linear(x, weight.to(x.dtype), None if bias is None else bias.to(x.dtype))


class Norm(nn.Module):
    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        scale: Tensor = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return x * scale * self.weight


@dataclass(frozen=True)
class Sizes:
    """G groups of an opening of P positions and K branches of L."""

    groups: int
    branches: int
    prefix: int
    length: int


@dataclass(frozen=True)
class Masks:
    """What is seen in one kind of layer; true is seen.

    opening [P, P], far [G, 1, 1, 1, L, P] from a branch to its opening, near [L, L] in a branch.
    """

    opening: Tensor
    far: Tensor
    near: Tensor


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

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, sizes: Sizes, masks: Masks) -> Tensor:
        g, k, p, length = sizes.groups, sizes.branches, sizes.prefix, sizes.length
        c = self.shape
        n, j, r, s = x.shape[0], c.key_heads, c.heads // c.key_heads, c.head_size
        parts = (self.q, self.k, self.v)
        every = linear(x, torch.cat([m.weight for m in parts]), torch.cat([m.bias for m in parts]))
        every = every.view(n, (r + 2) * j, s)
        query, key, value = every.split((j * r, j, j), 1)
        query = (rotate(query, cos, sin) / math.sqrt(s)).to(x.dtype)
        key = rotate(key, cos, sin).to(x.dtype)
        cut = g * p
        # The opening: R * P queries over P keys, for each group and key head.
        qp = query[:cut].view(g, p, j, r, s).permute(0, 2, 3, 1, 4)
        kp, vp = (t[:cut].view(g, p, j, s).transpose(1, 2) for t in (key, value))
        kp, vp = kp.reshape(g * j, p, s), vp.reshape(g * j, p, s)
        sinks = self.sinks.view(1, j, 1, r, 1, 1)
        scores = torch.bmm(qp.reshape(g * j, r * p, s), kp.mT).float().view(g, j, 1, r, p, p)
        scores = scores.masked_fill(~masks.opening, -torch.inf)
        top = torch.maximum(scores.amax(-1, keepdim=True), sinks).detach()
        weight = (scores - top).exp()
        total = weight.sum(-1, keepdim=True) + (sinks - top).exp()
        mixed = torch.bmm(weight.to(x.dtype).view(g * j, r * p, p), vp).view(g, j, 1, r, p, s)
        first = (mixed / total).to(x.dtype).permute(0, 2, 4, 1, 3, 5).reshape(cut, j * r * s)
        # The branches: their queries over the opening's keys, which they share, and their own.
        qb = query[cut:].view(g, k, length, j, r, s).permute(0, 3, 1, 4, 2, 5)
        kb, vb = (t[cut:].view(g, k, length, j, s).permute(0, 3, 1, 2, 4) for t in (key, value))
        qb = qb.reshape(g * j, k * r * length, s)
        kb, vb = kb.reshape(g * j * k, length, s), vb.reshape(g * j * k, length, s)
        far = torch.bmm(qb, kp.mT).float().view(g, j, k, r, length, p)
        near = torch.bmm(qb.reshape(g * j * k, r * length, s), kb.mT).float()
        near = near.view(g, j, k, r, length, length).masked_fill(~masks.near, -torch.inf)
        far = far.masked_fill(~masks.far, -torch.inf)
        top = torch.maximum(far.amax(-1, keepdim=True), near.amax(-1, keepdim=True))
        top = torch.maximum(top, sinks).detach()
        far, near = (far - top).exp(), (near - top).exp()
        total = far.sum(-1, keepdim=True) + near.sum(-1, keepdim=True) + (sinks - top).exp()
        mixed = torch.bmm(far.to(x.dtype).view(g * j, k * r * length, p), vp).view(qb.shape)
        own = torch.bmm(near.to(x.dtype).view(g * j * k, r * length, length), vb)
        mixed = (mixed.float() + own.view(qb.shape).float()).view(g, j, k, r, length, s) / total
        second = mixed.to(x.dtype).permute(0, 2, 4, 1, 3, 5).reshape(n - cut, j * r * s)
        return linear(torch.cat((first, second)), self.o.weight, self.o.bias)


class Experts(nn.Module):
    """Each row goes to the two experts with the best router scores, mixed by their softmax.

    All experts are computed, as two products: half of it is multiplied by 0, and still it is
    faster than gathering rows.
    """

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

    def forward(self, x: Tensor, precision: torch.dtype) -> tuple[Tensor, Tensor]:
        """Output [N, D] and the balance penalty."""
        e, d, i = self.shape.experts, self.shape.hidden, self.shape.intermediate
        scores = self.router(x)
        a, b = scores[:, :, None], scores[:, None, :]
        number = torch.arange(e, device=x.device)
        better = (b > a) | ((b == a) & (number[None, :] < number[:, None]))
        chosen = better.sum(-1) < 2
        weight = torch.softmax(scores.masked_fill(~chosen, -torch.inf), -1)
        enter = torch.cat((self.gate.view(e * i, d), self.up.view(e * i, d)))
        bias = torch.cat((self.gate_bias.view(-1), self.up_bias.view(-1)))
        gate, up = linear(x.to(precision), enter, bias).float().view(-1, 2, e, i).unbind(1)
        # gpt-oss's clipped SwiGLU.
        low = gate.clamp(max=7.0)
        inner = low * torch.sigmoid(1.702 * low) * (up.clamp(-7.0, 7.0) + 1.0) * weight[..., None]
        out = linear(inner.view(-1, e * i).to(precision), self.down.transpose(0, 1).reshape(d, -1))
        share = torch.softmax(scores, -1).mean(0)
        return out + weight @ self.down_bias, e * (share * chosen.float().mean(0)).sum() / 2


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.before = Norm(shape.hidden, shape.epsilon)
        self.attention = Attention(shape)
        self.after = Norm(shape.hidden, shape.epsilon)
        self.experts = Experts(shape)
        self.precision = torch.float32

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, sizes: Sizes, masks: Masks
    ) -> tuple[Tensor, Tensor]:
        """The rows after the layer [N, D] and the balance penalty."""
        x = x + self.attention(self.before(x).to(self.precision), cos, sin, sizes, masks)
        out, penalty = self.experts(self.after(x), self.precision)
        return x + out, penalty


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Half-split rotary embedding of [N, heads, S]; cos and sin carry YaRN's factor."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)
