"""The gpt-oss models of the hub, and what a model that is not here would take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from core.hub_cache import bytes_here, cache_folder
from core.machine import fits_in_memory, free_disk, memory, needed


@dataclass(frozen=True, slots=True)
class Known:
    """A gpt-oss model of the hub.

    weight_bytes: about. openai's from its model card (12.8 and 60.8 GiB); the others reckoned from
    the architecture: experts at 4.25 bits a weight, the rest at 8.5.
    """

    name: str
    weight_bytes: int


CATALOGUE = (
    Known("openai/gpt-oss-20b", 13_700_000_000),
    Known("openai/gpt-oss-120b", 65_300_000_000),
    Known("mlx-community/gpt-oss-20b-MXFP4-Q8", 12_100_000_000),
    Known("mlx-community/gpt-oss-120b-MXFP4-Q8", 63_400_000_000),
)


@dataclass(frozen=True, slots=True)
class Absent:
    """A model of the hub that is not on this machine, or not all of it, and what it would take.

    weight_bytes: about; None where the catalogue does not have it, and only the hub could tell.
    here_bytes: what of it was downloaded already.
    """

    name: str
    weight_bytes: int | None
    here_bytes: int

    @property
    def memory_needed_bytes(self) -> int | None:
        """Memory that it would ask for; None where its size is not known."""
        return None if self.weight_bytes is None else needed(self.weight_bytes)

    @property
    def fits_in_memory(self) -> bool | None:
        """Whether it would run here; None where its size is not known."""
        return None if self.weight_bytes is None else fits_in_memory(self.weight_bytes)

    @property
    def disk_needed_bytes(self) -> int | None:
        """What is still to be downloaded; None where its size is not known."""
        if self.weight_bytes is None:
            return None
        return max(0, self.weight_bytes - self.here_bytes)

    @property
    def command(self) -> str:
        """The command that downloads it. One for what would not run here has to insist."""
        insist = " --anyway" if self.fits_in_memory is False else ""
        return f"counterpoint models download {self.name}{insist}"

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of `counterpoint models info`."""
        return {
            "name": self.name,
            "source": "hub",
            "here": False,
            "weight_bytes": self.weight_bytes,
            "fits_in_memory": self.fits_in_memory,
            "memory_needed_bytes": self.memory_needed_bytes,
            "memory_bytes": memory(),
            "disk_needed_bytes": self.disk_needed_bytes,
            "disk_free_bytes": free_disk(cache_folder()),
            "download": self.command,
        }


def absent(name: str) -> Absent:
    """What the hub's model of this name would take; asks no network."""
    sizes = {known.name: known.weight_bytes for known in CATALOGUE}
    return Absent(name, sizes.get(name), bytes_here(name))


def meant(name: str, *others: str) -> str | None:
    """What of the catalogue, or of the other names, somebody may have meant; None where none is
    near."""
    full = [known.name for known in CATALOGUE]
    # The owner is easily left out; of two that share the rest, the one that stands first.
    ends = {known.partition("/")[2].lower(): known for known in reversed(full)}
    names = {**ends, **{known.lower(): known for known in (*full, *others)}}
    bare = re.sub(r"^https?://[^/]*/", "", name.strip().lower())
    found = get_close_matches(bare, names, n=1, cutoff=0.75)
    return names[found[0]] if found else None
