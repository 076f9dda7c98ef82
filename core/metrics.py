"""Runs as pandas frames."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from core.result import GenerationResult

COLUMNS = (
    "level",
    "finish_reason",
    "prompt_tokens",
    "cached_tokens",
    "analysis_tokens",
    "commentary_tokens",
    "final_tokens",
    "generated_tokens",
    "queued_s",
    "prefill_s",
    "first_token_s",
    "first_answer_s",
    "total_s",
    "tokens_per_s",
    "peak_memory_bytes",
    "repairs",
    "answer",
)


def frame(results: Iterable[GenerationResult]) -> pd.DataFrame:
    """One row per run, in the order given. Times: seconds since submission; missing ones are NaN.

    tokens_per_s of runs that were batched together are rates of the batch, not of a run alone.
    """
    return pd.DataFrame([_row(result) for result in results], columns=list(COLUMNS))


def _row(result: GenerationResult) -> dict[str, object]:
    usage, timing = result.usage, result.timing
    return {
        "level": result.reasoning_level.value,
        "finish_reason": result.finish_reason.value,
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "analysis_tokens": usage.analysis_tokens,
        "commentary_tokens": usage.commentary_tokens,
        "final_tokens": usage.final_tokens,
        "generated_tokens": usage.generated_tokens,
        "queued_s": timing.queued_s,
        "prefill_s": timing.prefill_s,
        "first_token_s": timing.first_token_s,
        "first_answer_s": timing.first_answer_s,
        "total_s": timing.total_s,
        "tokens_per_s": timing.tokens_per_s,
        "peak_memory_bytes": result.peak_memory,
        "repairs": len(result.repairs),
        "answer": result.text,
    }
