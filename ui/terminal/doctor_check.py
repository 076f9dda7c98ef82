"""One thing that `counterpoint doctor` looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. advice: what to do; also given where it works but could work better."""

    name: str
    ok: bool
    found: str | dict[str, str | None]
    advice: str | None = None

    def line(self) -> str:
        """For people: a mark, the name, what was found, and under it what to do."""
        mark = "✗" if not self.ok else "!" if self.advice else "✓"
        found = self.found
        if isinstance(found, dict):
            found = ", ".join(f"{name} {number or 'missing'}" for name, number in found.items())
        advice = f"\n  {self.advice}" if self.advice else ""
        return f"{mark} {self.name}: {found}{advice}"

    def as_dict(self) -> dict[str, Any]:
        """For `doctor --json`."""
        return {key: value for key, value in asdict(self).items() if key != "name"}
