"""Prompts to start from, of families in which the embedded model is right more often than not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """label: what the button says. prompt: what is asked."""

    label: str
    prompt: str


CHAT = (
    Example("Add two numbers", "What is 23 + 48?"),
    Example("Multiply", "What is 48 * 7?"),
    Example("Name a capital", "What is the capital of Peru?"),
    Example(
        "Pull out an e-mail address",
        "Extract the email: Send the report to anna@river.org before Monday.",
    ),
    Example("Count days", "What date is 40 days after March 20?"),
    Example("What can you do?", "What can you do?"),
)

COMPARE = (
    Example("23 + 48", "What is 23 + 48?"),
    Example("48 × 7", "What is 48 * 7?"),
    Example("738 + 496", "What is 738 + 496?"),
    Example("A date", "What date is 40 days after March 20?"),
    Example("Word problem", "Tom has 47 apples and gives 19 to Anna. How many apples are left?"),
    Example("Capital", "What is the capital of Peru?"),
)
