"""Wordings that training must not see: those of the questions that people typed for the test.

The package holds their digests only. A grammar that happens to make one of them is drawn again.
"""

import re
from functools import cache
from hashlib import blake2b
from importlib.resources import files

_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(uary|ruary|ch|il|e|y|ust|tember|ober|ember|t)?\b"
)


def normalised(text: str) -> str:
    """A phrasing without its case, its marks, its numbers and the names of its months."""
    text = _MONTH.sub("#", text.lower())
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("'", ""))
    text = re.sub(r"\d+", "#", text)
    return re.sub(r"[^a-z#@+*/×-]+", " ", text).strip()


def digest(prompt: str) -> str:
    """What stands for a prompt's wording in the list."""
    return blake2b(normalised(prompt).encode(), digest_size=6).hexdigest()


@cache
def kept_apart() -> frozenset[str]:
    """The digests of the wordings that training must not see."""
    text = files("core.demo.tasks").joinpath("wordings.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
