"""What comes once a comparison is over: the vote, the differences, the exports, the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import gradio as gr
from gradio.blocks import Block

from core.compare import Comparison
from core.report.markdown import as_markdown
from core.report.page import as_html
from core.report.tables import as_csv, as_json
from core.votes import Vote, VoteBook, shares
from ui.web import compare_strip, compare_table, panels
from ui.web.board import Board
from ui.web.live import QUIET, Frame
from ui.web.view import Values


@dataclass(frozen=True, slots=True)
class Export:
    """A file of a comparison. label: on its button; kind: its media type; write: makes it."""

    label: str
    name: str
    kind: str
    write: Callable[..., str]


EXPORTS = (
    Export("Report (HTML)", "comparison.html", "text/html", as_html),
    Export("CSV", "comparison.csv", "text/csv", as_csv),
    Export("JSON", "comparison.json", "application/json", as_json),
    Export("Markdown", "comparison.md", "text/markdown", as_markdown),
)


class CompareAfter:
    """The parts under the columns, and the row of a blind vote over them."""

    def __init__(self, votes: VoteBook) -> None:
        self._votes = votes

    def build_vote(self) -> None:
        """The row of a blind vote; each column has a button of its own besides."""
        with gr.Row(visible=False, elem_id="compare-vote") as self.vote:
            self.no_difference = gr.Button(
                "No difference", size="sm", scale=0, elem_id="compare-no-difference"
            )

    def build(self) -> None:
        """Lay out the rest."""
        self.difference = panels.panel(
            "difference", {"pairs": []}, panels.DIFFERENCE, elem_id="compare-difference"
        )
        with gr.Row(visible=False, elem_id="compare-exports") as self.exports:
            self.buttons = [
                (gr.Button(export.label, size="sm", scale=0, min_width=20), export)
                for export in EXPORTS
            ]
            self.link = panels.panel(
                "compareLink", compare_strip.link(""), panels.LINK, elem_id="compare-link"
            )
            self.with_reasoning = gr.Checkbox(
                False,
                label="With the reasoning, where it was kept",
                container=False,
                elem_id="compare-with-reasoning",
            )
        self.download = panels.panel("download", {}, panels.DOWNLOAD, elem_id="compare-download")
        self.table = gr.Dataframe(
            compare_table.empty_table(),
            label="Every run: tokens by channel, seconds since sending",
            interactive=False,
            visible=False,
            wrap=False,
            elem_id="compare-table",
        )

    def wire(self, board_of: Callable[[gr.Request], Board | None]) -> None:
        """Connect the exports. board_of: the comparison that a request's tab shows."""
        for button, export in self.buttons:
            button.click(
                _made(board_of, export), self.with_reasoning, self.download, queue=False, **QUIET
            )

    @property
    def outputs(self) -> list[Block]:
        """What a frame may hold of these."""
        return [
            self.vote,
            self.difference,
            self.exports,
            self.link,
            self.download,
            self.table,
        ]

    def blank(self) -> Frame:
        """Nothing to show."""
        return {
            self.vote: gr.update(visible=False),
            self.difference: {"pairs": []},
            self.exports: gr.update(visible=False),
            self.link: compare_strip.link(""),
            self.download: {},
            self.table: gr.update(visible=False),
        }

    def voting(self) -> Frame:
        """While a vote is awaited."""
        return self.blank() | {self.vote: gr.update(visible=True)}

    def of(self, comparison: Comparison, link: Values) -> Frame:
        """What came of it. link: to where it is stored."""
        some = any(comparison.runs.values())
        return self.blank() | {
            self.difference: compare_table.difference_value(comparison),
            self.exports: gr.update(visible=some),
            self.link: link,
            self.table: gr.update(value=compare_table.table(comparison), visible=some),
        }

    def voted(self, board: Board, taken: str | None) -> str:
        """Keep a vote, let the names be shown, and say what the votes so far come to."""
        shown = tuple(slot.variant.label for slot in board.shown())
        board.voted = True
        self._votes.add(Vote(shown, taken, board.asked.prompt, _now(), board.id or None))
        chosen = "You saw no difference." if taken is None else f"You took {taken}."
        # Votes between other columns say nothing of these.
        alike = [vote for vote in self._votes.votes() if set(vote.shown) == set(shown)]
        return f"{chosen} {compare_strip.tally(shares(alike))}"


def _made(
    board_of: Callable[[gr.Request], Board | None], export: Export
) -> Callable[[bool, gr.Request], object]:
    def handler(included: bool, request: gr.Request) -> object:
        board = board_of(request)
        if board is None or board.hidden:
            return gr.skip()
        text = export.write(board.comparison(), include_reasoning=included)
        # The time makes two downloads of one file two values.
        return {"name": export.name, "type": export.kind, "text": text, "at": _now()}

    return handler


def _now() -> str:
    return datetime.now(UTC).isoformat()
