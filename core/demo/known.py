"""The compact weights run as they are, without the rows that nothing distinguishes.

All ids that the model does not know have equal logits, so greedy turns are those of the whole
vocabulary, and a step costs a twentieth. For trying out checkpoints while training; figures that
are published come from the whole checkpoint (`counterpoint evaluate --suite embedded`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from core.backends.base import Handle, Step, TokenBackend, TokenRequest, TokenStep
from core.backends.mlx import MLXBackend
from core.checkpoint import CONFIG, IDS, TENSORS, expand
from core.models import ModelLoader

UNKNOWN = 199_999  # stands for every id that the model does not know


class KnownRows:
    """A TokenBackend on `weights` that computes only the rows they hold. Not for temperatures
    above 0: there the weight of all the other ids together counts.

    folder: an empty one, for the checkpoint; it must stay until the backend is closed.
    """

    def __init__(self, weights: Path, folder: Path) -> None:
        self._names = [*known_only(weights, folder / "known"), UNKNOWN]
        self._row = {token: row for row, token in enumerate(self._names)}
        path = expand(folder / "cache", folder / "known")
        self._backend: TokenBackend = MLXBackend(ModelLoader(path))

    @property
    def context_length(self) -> int:
        return self._backend.context_length

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        return self._backend.submit([self._in_rows(request) for request in requests])

    def close(self) -> None:
        self._backend.close()

    def _in_rows(self, request: TokenRequest) -> TokenRequest:
        row, unknown = self._row, self._row[UNKNOWN]
        return replace(
            request,
            segments=tuple(tuple(row.get(t, unknown) for t in s) for s in request.segments),
            stop_ids=frozenset(row[t] for t in request.stop_ids),
            on_step=self._in_ids(request.on_step),
        )

    def _in_ids(self, on_step: Callable[[Step], None]) -> Callable[[Step], None]:
        def tell(step: Step) -> None:
            if isinstance(step, TokenStep):
                step = replace(step, token=self._names[step.token])
            on_step(step)

        return tell


def known_only(weights: Path, folder: Path) -> list[int]:
    """Write the weights for a vocabulary of the known rows and one more; return their ids."""
    folder.mkdir()
    ids = json.loads((weights / IDS).read_text())
    known: list[int] = ids["input"]
    row = {token: i for i, token in enumerate(known)}
    config = json.loads((weights / CONFIG).read_text()) | {"vocab_size": len(known) + 1}
    rows = {"input": list(range(len(known))), "output": [row[t] for t in ids["output"]]}
    (folder / CONFIG).write_text(json.dumps(config))
    (folder / IDS).write_text(json.dumps(rows))
    (folder / TENSORS).write_bytes((weights / TENSORS).read_bytes())
    return known
