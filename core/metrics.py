"""Runs as rows and pandas frames; `COLUMNS` and `COMPARISON_COLUMNS` say what each column holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from core.agreement import answer, matches
from core.compare import Comparison
from core.result import GenerationResult
from core.tellings import why_not

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final[dict[str, str]] = {
    "level": "reasoning level asked for: low, medium or high",
    "finish_reason": "stop, tool_call, length (the budget ran out) or cancelled",
    "prompt_tokens": "tokens of the rendered prompt",
    "cached_tokens": "of those, not computed again",
    "analysis_tokens": "content tokens of the analysis channel",
    "commentary_tokens": "content tokens of the commentary channel",
    "final_tokens": "content tokens of the final channel: the answer",
    "generated_tokens": "all that the model wrote, markers included",
    "queued_s": "seconds from sending until the model began to read the prompt",
    "prefill_s": "seconds it read the prompt; empty where it had not read all of it",
    "first_token_s": "seconds from sending to the first token; empty without one",
    "first_answer_s": "seconds from sending to the first token of the answer; empty without one",
    "total_s": "seconds from sending to the end",
    "tokens_per_s": "tokens after the first, per second; of the batch where runs shared one",
    "peak_memory_bytes": "most memory of the machine, with all that ran beside; empty if unknown",
    "repairs": "places where malformed output was mended",
    "answer": "the text of the final channel",
}

_RATES: Final = {
    "tokens_per_s_in_batch": "tokens after the first, per second, of a run that shared a batch",
    "tokens_per_s_alone": "the same of a run that shared none; one of the two is empty",
}
COMPARISON_COLUMNS: Final[dict[str, str]] = {
    "column": "name of the column: the level where levels were compared",
    "repeat": "counted from 1",
    "seed": "the seed of the run; the same in all columns of a repeat",
    "temperature": "0 is greedy",
    "top_p": "1 is off",
    "top_k": "0 is off",
    "max_tokens": "budget of the turn, analysis included",
    "instructions": "the developer message; empty without one",
    **{name: said for name, said in COLUMNS.items() if name not in ("tokens_per_s", "answer")},
    **_RATES,
    "counts": "whether the run counts in the verdict: it ended by itself, with an answer",
    "comes_down_to": "what the answer was compared by: its number, JSON or words",
    "right": "whether it is the expected answer; empty where none was given",
    "prompt_sha256": "hex digest of the prompt's token ids",
    "model": "the model's name",
    "prompt": "the question",
    "expected": "the expected answer; empty where none was given",
    "verdict_column": "the column that the verdict names; empty where it names none",
    "verdict": "the verdict's sentence, the same in all rows",
    "answer": COLUMNS["answer"],
}


def results_frame(results: Iterable[GenerationResult]) -> pd.DataFrame:
    """One row per run, in the order given. Times: seconds since submission; missing ones are NaN.

    tokens_per_s of runs that were batched together are rates of the batch, not of a run alone.
    """
    import pandas as pd

    return pd.DataFrame([results_row(result) for result in results], columns=list(COLUMNS))


def comparison_frame(comparison: Comparison) -> pd.DataFrame:
    """One row per run, column by column, with COMPARISON_COLUMNS; missing values are NaN."""
    import pandas as pd

    return pd.DataFrame(comparison_rows(comparison), columns=list(COMPARISON_COLUMNS))


def comparison_rows(comparison: Comparison) -> Iterator[dict[str, object]]:
    """The rows of `comparison_frame`, without pandas; missing values are None."""
    asked, verdict = comparison.asked, comparison.verdict
    for variant in asked.variants:
        params = variant.sampling(asked.params)
        batched = comparison.in_batch(variant.label)
        for n, run in enumerate(comparison.runs[variant.label], 1):
            row = results_row(run)
            rate = row.pop("tokens_per_s")
            counts = why_not(run) is None
            values: dict[str, object] = {
                "column": variant.label,
                "repeat": n,
                "seed": run.seed,
                "temperature": params.temperature,
                "top_p": params.top_p,
                "top_k": params.top_k,
                "max_tokens": params.max_tokens,
                "instructions": variant.instructions or asked.instructions,
                **row,
                "tokens_per_s_in_batch": rate if batched else None,
                "tokens_per_s_alone": None if batched else rate,
                "counts": counts,
                "comes_down_to": answer(run.text).value if counts else None,
                "right": asked.expected and counts and matches(run.text, asked.expected),
                "prompt_sha256": run.prompt_sha256,
                "model": run.model,
                "prompt": comparison.prompt,
                "expected": asked.expected,
                "verdict_column": verdict.winner,
                "verdict": verdict.reason,
            }
            yield {name: values[name] for name in COMPARISON_COLUMNS}


def results_row(result: GenerationResult) -> dict[str, object]:
    """The row of `results_frame`, without pandas."""
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
