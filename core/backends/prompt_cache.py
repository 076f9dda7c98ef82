"""Snapshots of the model's cache at message borders, found again by the tokens they hold.

gpt-oss keeps the last 128 tokens of every other layer in a rotating cache, which cannot be cut back
once it has turned: a prompt can only go on from a border where a snapshot was taken. mlx-lm's
LRUPromptCache stores such snapshots, too, but looks for longer ones first and copies its path at
every token: 0.5 s for one unrelated prompt beside a snapshot of 4,000 tokens, 10 s at 20,000. Here
a look-up compares bytes, and what was used last is what stays.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any


@dataclass(frozen=True, slots=True)
class _Snapshot:
    layers: Sequence[Any]
    nbytes: int


class PromptCache:
    """Snapshots of at most `limit` bytes together; 0 keeps none. Owner thread only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[bytes, _Snapshot] = OrderedDict()
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def borders(self, segments: Sequence[Sequence[int]]) -> frozenset[int]:
        """Where to take snapshots of a prompt: behind its first segment and before its last.

        The first is what all chats with these instructions share, the last is where the chat's
        next turn departs. Those between were taken when their own turn was the last, and reading
        them apart would only make a prompt of many turns slower to read.
        """
        ends = list(accumulate(map(len, segments)))[:-1]
        return frozenset({ends[0], ends[-1]}) if ends and self._limit else frozenset()

    def longest(self, tokens: Sequence[int]) -> tuple[int, Sequence[Any] | None]:
        """The snapshot that holds most of the beginning of `tokens`, never all of them.

        Gives its length in tokens, and its layers, which are not to be changed.
        """
        asked = _key(tokens)
        found = [key for key in self._kept if len(key) < len(asked) and asked.startswith(key)]
        if not found:
            return 0, None
        best = max(found, key=len)
        self._kept.move_to_end(best)
        return len(best) // array("I").itemsize, self._kept[best].layers

    def keep(self, tokens: Sequence[int], layers: Sequence[Any]) -> None:
        """Remember the cache of `tokens`; what was used longest ago gives way."""
        import mlx.core as mx

        for layer in layers:
            _drop_what_left_the_window(layer)
        nbytes = sum(layer.nbytes for layer in layers)
        if nbytes > self._limit:
            return
        mx.eval([layer.state for layer in layers])
        key = _key(tokens)
        self._drop(key)
        self._kept[key] = _Snapshot(layers, nbytes)
        self.nbytes += nbytes
        while self.nbytes > self._limit:
            self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.nbytes = 0

    def _drop(self, key: bytes) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.nbytes -= dropped.nbytes


def _key(tokens: Sequence[int]) -> bytes:
    return array("I", tokens).tobytes()


def _drop_what_left_the_window(layer: Any) -> None:
    """A rotating cache holds more than its window where it has just read a long chunk."""
    import mlx.core as mx
    from mlx_lm.models.cache import RotatingKVCache

    if not isinstance(layer, RotatingKVCache) or layer.empty():
        return
    keys, values, offset, keep, window, _ = layer.state
    if keys.shape[2] > window:
        keys, values = (mx.contiguous(x[..., -window:, :]) for x in (keys, values))
        layer.state = (keys, values, offset, keep, window, window)
