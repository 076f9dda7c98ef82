"""Results and comparisons made by hand, for tests of what is made of them."""

from __future__ import annotations

from core.asked import Asked
from core.compare import Comparison, Proof, compared
from core.config import ReasoningLevel
from core.events import FinishReason, Timing, Usage
from core.result import GenerationResult
from core.sampling import SamplingParams
from core.variants import Variant, of_levels, varied_in

LOW, MEDIUM, HIGH = ReasoningLevel


def result(
    level: ReasoningLevel,
    text: str,
    tokens: int = 10,
    reason: FinishReason = FinishReason.STOP,
    *,
    reasoning: str | None = None,
    seed: int = 1,
) -> GenerationResult:
    """A run of so many tokens at 100 a second, a quarter of them analysis."""
    thought = tokens // 4
    timing = Timing(0.01, 0.02, 0.02 + thought / 100, 0.02 + tokens / 100, 100.0, 0.01)
    return GenerationResult(
        text=text,
        reasoning=reasoning,
        commentary="",
        channels={"final": text} | ({"analysis": reasoning} if reasoning else {}),
        messages=(),
        finish_reason=reason,
        reasoning_level=level,
        model="test",
        prompt_sha256="ab" * 32,
        usage=Usage(7, 0, thought, 0, tokens - thought - 1, tokens),
        timing=timing,
        repairs=(),
        token_ids=(1, 2, 3) if reasoning else None,
        seed=seed,
    )


def comparison(
    *columns: tuple[Variant | ReasoningLevel, list[GenerationResult]],
    prompt: str = "What is 23 + 48?",
    expected: str | None = None,
    together: bool = True,
    instructions: str | None = None,
) -> Comparison:
    """A comparison of columns that have run."""
    variants = tuple(one if isinstance(one, Variant) else of_levels([one])[0] for one, _ in columns)
    asked = Asked(
        prompt,
        variants,
        varied_in(variants),
        max(len(runs) for _, runs in columns),
        SamplingParams(seed=1),
        together,
        date="2026-01-31",
        instructions=instructions,
        expected=expected,
        model="test",
    )
    runs = {variant.label: runs for variant, (_, runs) in zip(variants, columns, strict=True)}
    proofs = {v.label: Proof(f"Reasoning: {v.level}", "ab" * 32, 7) for v in variants}
    return compared(asked, runs, proofs)
