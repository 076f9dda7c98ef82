"""Below the columns of Compare: where the answers differ, and the table of the runs."""

from __future__ import annotations

import pandas as pd

from core.compare import Comparison
from core.metrics import comparison_frame
from core.report.reading import differences
from ui.web.compare_column import name_of
from ui.web.view import Values


def difference_value(comparison: Comparison) -> Values:
    """Where neighbouring answers differ, word by word."""
    return {
        "pairs": [
            {
                "one": name_of(one.one),
                "other": name_of(one.other),
                "words": one.parts.word if one.parts else 0,
                "pieces": [[piece.change.value, piece.text] for piece in one.pieces],
            }
            for one in differences(comparison)
        ]
    }


_TABLE = {
    "column": "Column",
    "seed": "Seed",
    "finish_reason": "Ended",
    "comes_down_to": "Says",
    "prompt_tokens": "Prompt",
    "analysis_tokens": "Analysis",
    "commentary_tokens": "Commentary",
    "final_tokens": "Answer",
    "generated_tokens": "All tokens",
    "first_token_s": "First token (s)",
    "first_answer_s": "First answer (s)",
    "total_s": "Total (s)",
    "tokens_per_s_in_batch": "Tokens/s in batch",
    "tokens_per_s_alone": "Tokens/s alone",
    "repairs": "Repairs",
}
_CELL = 24
_DIGITS = {"first_token_s": 3, "first_answer_s": 3, "total_s": 3}
_RATES = ("tokens_per_s_in_batch", "tokens_per_s_alone")


def table(comparison: Comparison) -> pd.DataFrame:
    """The runs with people's names for the figures, and seconds to the millisecond."""
    frame = comparison_frame(comparison)[list(_TABLE)].round(_DIGITS)
    # As text: a seed has more digits than the browser's numbers.
    frame["seed"] = frame["seed"].astype(str)
    frame["comes_down_to"] = [_clipped(value) for value in frame["comes_down_to"]]
    for name in _RATES:
        rates = pd.to_numeric(frame[name])
        frame[name] = rates.round(1)
        if rates.isna().all():
            frame = frame.drop(columns=name)
    return frame.rename(columns=_TABLE)


def _clipped(value: object) -> str:
    """What an answer comes down to, as far as it fits into a cell; empty where there is none."""
    text = value if isinstance(value, str) else ""
    return text if len(text) <= _CELL else f"{text[:_CELL].rstrip()}…"


def empty_table() -> pd.DataFrame:
    """The table before the first run."""
    return pd.DataFrame(columns=list(_TABLE.values()))
