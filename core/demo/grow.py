"""More layers and wider experts that do at first what fewer and narrower ones did.

Tensors are those of `core.demo.start.named`. What is new reads from the beginning and sends nothing
on until training lets it: its matrices that write into the residual stream are zero.
"""

import re
from dataclasses import replace

import torch
from torch import Tensor

from core.demo.layers import Shape

_LAYER = re.compile(r"(?<=model\.layers\.)\d+")
_WRITING = ("o_proj", "down_proj")  # the parts of a layer that add to the residual stream


def grown(saved: dict[str, Tensor], old: Shape, new: Shape) -> dict[str, Tensor]:
    """The tensors of `old` as those of `new`: layers in pairs, wider experts, or both.

    New layers stand in the middle. They come in pairs, so that every old layer keeps its kind: the
    window of attention alternates.

    Raises ValueError for any other difference.
    """
    if old == new:
        return saved
    more = new.layers - old.layers
    same = replace(old, layers=new.layers, intermediate=new.intermediate) == new
    if not same or more < 0 or more % 2 or new.intermediate < old.intermediate:
        raise ValueError(
            f"Weights of {old} cannot grow to {new}: only more layers, an even number of them, and "
            "a larger `intermediate` can be added. Train from the beginning (without "
            "--from-weights), or keep the shape."
        )
    half = old.layers // 4 * 2
    out = {}
    for name, tensor in saved.items():
        number = _number(name)
        moved = number is not None and number >= half
        at = _renumbered(name, number + more) if number is not None and moved else name
        out[at] = _widened(name, tensor, new.intermediate)
    for name in [name for name in out if _number(name) == 0]:
        for added in range(half, half + more):
            out[_renumbered(name, added)] = _silent(name, out[name])
    return out


def _number(name: str) -> int | None:
    found = _LAYER.search(name)
    return int(found.group()) if found else None


def _renumbered(name: str, number: int) -> str:
    return _LAYER.sub(str(number), name)


def _silent(name: str, like: Tensor) -> Tensor:
    """A tensor of a new layer, shaped as `like`: norms are one, biases and outputs 0."""
    if "layernorm" in name:
        return torch.ones_like(like)
    if name.endswith(("bias", "sinks")) or any(part in name for part in _WRITING):
        return torch.zeros_like(like)
    return _fresh(like.shape)


def _fresh(shape: tuple[int, ...]) -> Tensor:
    """A matrix that reads rows of `shape[-1]` values, spread as a fresh network's.

    Not as widely spread as trained matrices, whose layers' norms are far below one: behind a norm
    of one such a matrix holds six of ten experts' units at their clamps and attention at one place,
    where nothing is learned.
    """
    return torch.randn(shape) * shape[-1] ** -0.5


def _widened(name: str, tensor: Tensor, size: int) -> Tensor:
    """An expert's tensor with `size` inner dimensions; the new ones are read by nobody yet."""
    if "mlp.experts" not in name:
        return tensor
    if "down_proj" in name:
        if name.endswith("bias"):
            return tensor
        columns = torch.zeros(*tensor.shape[:2], size - tensor.shape[2])
        return torch.cat((tensor, columns), 2)
    wanted = (tensor.shape[0], size - tensor.shape[1], *tensor.shape[2:])
    fresh = torch.zeros(wanted) if name.endswith("bias") else _fresh(wanted)
    return torch.cat((tensor, fresh), 1)
