"""Wider attention heads that do at first what the narrower ones did.

Tensors are those of `core.demo.start.named`. A head of S dimensions turns S / 2 pairs
(i, i + S / 2); twice the size has every old frequency at the even pairs. What is new sends nothing
on until training lets it.
"""

from dataclasses import replace

import torch
from torch import Tensor

from core.demo.layers import Shape


def grown(saved: dict[str, Tensor], old: Shape, new: Shape) -> dict[str, Tensor]:
    """The tensors of `old` as those of `new`: heads of twice the size, or more key heads, or both.

    Raises ValueError for any other difference.
    """
    if old == new:
        return saved
    wider = new.head_size // old.head_size
    same = replace(old, head_size=new.head_size, key_heads=new.key_heads) == new
    if not same or wider * old.head_size != new.head_size or wider not in (1, 2):
        raise ValueError(
            f"Weights of {old} cannot grow to {new}: only key_heads may differ, and head_size be "
            "twice as large. Train from the beginning (without --from-weights), or keep the shape."
        )
    out = dict(saved)
    for name, tensor in saved.items():
        if "_proj" not in name or "self_attn" not in name:
            continue
        kind = name.split(".")[-2][0]
        if kind == "o":
            out[name] = _leave(tensor, old, new) if tensor.dim() == 2 else tensor
        else:
            heads = old.heads if kind == "q" else old.key_heads
            parts = tensor.view(heads, old.head_size, -1)
            if kind != "q":
                parts = parts.repeat_interleave(new.key_heads // old.key_heads, 0)
            out[name] = _enter(parts, new.head_size, kind).reshape(-1, *tensor.shape[1:])
    return out


def _places(old: int, new: int, turned: bool) -> Tensor:
    """Where the old dimensions of a head stand in the new one."""
    if old == new or not turned:
        return torch.arange(old)
    pair = torch.arange(old // 2) * 2
    return torch.cat((pair, pair + new // 2))


def _enter(parts: Tensor, size: int, kind: str) -> Tensor:
    """[heads, S, D] with heads of `size`; keys get random new dimensions, queries none."""
    heads, old, width = parts.shape
    at = _places(old, size, kind != "v")
    if kind == "q":
        # The product is divided by the root of the size.
        parts = parts * (size / old) ** 0.5
        fresh = torch.zeros(heads, size, width)
    elif width == 1:
        fresh = torch.zeros(heads, size, width)
    else:
        fresh = torch.randn(heads, size, width) * parts.std()
    fresh[:, at] = parts
    return fresh


def _leave(weight: Tensor, old: Shape, new: Shape) -> Tensor:
    """The output matrix [D, H * S], with nothing for the new dimensions."""
    fresh = torch.zeros(weight.shape[0], new.heads, new.head_size)
    fresh[:, :, : old.head_size] = weight.view(-1, old.heads, old.head_size)
    return fresh.view(weight.shape[0], -1)
