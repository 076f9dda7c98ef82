"""Numbers as people read them: counts, seconds, rates, hashes."""

from __future__ import annotations

NONE = "–"
"""Stands where there is no figure, so that nothing is taken for a zero."""


def count(number: int) -> str:
    """3384 -> '3,384'."""
    return f"{number:,}"


def tokens(number: int) -> str:
    """1 -> '1 token', 3384 -> '3,384 tokens'."""
    return f"{number:,} token" if number == 1 else f"{number:,} tokens"


def seconds(value: float | None) -> str:
    """Two digits that mean something: 0.042 -> '0.04 s', 1.84 -> '1.8 s', 75 -> '1 min 15 s'."""
    if value is None:
        return NONE
    if value < 0.995:
        return f"{value:.2f} s"
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def rate(tokens_per_s: float | None) -> str:
    """302.4 -> '302 tokens/s'; below ten with one decimal."""
    if tokens_per_s is None:
        return NONE
    digits = 0 if tokens_per_s >= 9.95 else 1
    return f"{tokens_per_s:,.{digits}f} tokens/s"


def short_hash(sha256: str) -> str:
    """The first eight hex digits, enough to tell prompts apart by eye."""
    return sha256[:8] or NONE
