"""What the Compare tab shows at each moment of a comparison: values by component."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block

from core.asked import ONE_MODEL_AT_A_TIME, OWN_VOCABULARY
from core.compare import Comparison
from core.config import ReasoningLevel
from core.conversation import Channel
from core.variants import Varied
from ui.web import compare_charts, compare_column, compare_strip
from ui.web.board import Board
from ui.web.compare_after import CompareAfter
from ui.web.compare_column import Column
from ui.web.held_back import HIDE, SHOW
from ui.web.inert import inert
from ui.web.live import Frame, buttons, changed

LEVELS = (*ReasoningLevel, None)
BUSY = "A comparison is still running. Press Stop first, or wait for its end."
GONE = "This comparison is no longer in the server's memory: run it again."


@dataclass(frozen=True, slots=True)
class ColumnParts:
    """One column's components. position: from 0, left to right."""

    position: int
    panel: gr.HTML
    answer: gr.Markdown
    stop: gr.Button
    finish: gr.Button
    again: gr.Button
    take: gr.Button
    carry: gr.Button


class CompareFrames:
    """Frames of one tab's components."""

    def __init__(
        self,
        run: gr.Button,
        stop: gr.Button,
        strip: gr.HTML,
        columns: list[ColumnParts],
        charts: gr.HTML,
        after: CompareAfter,
        think: gr.Button,
    ) -> None:
        self._run = run
        self._stop = stop
        self._strip = strip
        self._columns = columns
        self._charts = charts
        self._after = after
        self.think = think

    @property
    def outputs(self) -> list[Block]:
        """All components that a frame may hold."""
        parts = [c for column in self._columns for c in (column.panel, column.answer)]
        own = [self._strip, *parts, self._charts, self._run, self._stop]
        return [*own, self.think, *self._after.outputs]

    @property
    def held_parts(self) -> list[Block]:
        """What is held back while presenting, and the button that asks for it."""
        return [self.think, *(column.panel for column in self._columns)]

    def columns_now(self, board: Board) -> Frame:
        """The columns' panels as they are to be shown now."""
        told = {} if board.running else compare_column.summaries(board.comparison())
        voting = board.hidden and not board.running
        frame = self._live(board, board.columns(), told, voting=voting)
        return {c: frame[c] for c in self.held_parts if c in frame}

    def blank(self) -> Frame:
        """The tab before its first comparison."""
        frame: Frame = {
            self._strip: compare_strip.idle_strip(),
            self._charts: compare_charts.idle_bars(),
            **self._after.blank(),
            **buttons(self._run, self._stop, running=False),
        }
        for part in self._columns:
            frame[part.panel] = compare_column.idle_column(LEVELS[part.position])
            frame[part.answer] = ""
        return frame

    def refused(self, sentence: str, title: str = "Nothing was started") -> Frame:
        """Say why nothing was started; all else stays, what was typed above all."""
        return {self._strip: compare_strip.strip("error", title, sentence)}

    def begun(self) -> Frame:
        """What a comparison changes as it begins, once: what came of the one before goes."""
        return self._after.blank() | buttons(self._run, self._stop, running=True)

    def changed(self, sent: Frame, new: Frame) -> Frame:
        """What of a frame the page does not show yet."""
        return changed(sent, new, {self._strip})

    def running(self, board: Board) -> Frame:
        """While it runs."""
        seen = board.columns()
        if board.hidden:
            shown = compare_strip.blind_strip(voting=False)
        else:
            loading = board.loading.label if board.loading else ""
            shown = compare_strip.running_strip(
                seen, board.warming, board.asked.varied is Varied.MODELS, loading
            )
        return self._live(board, seen) | {self._strip: shown}

    def replaying(self, board: Board, title: str, detail: str) -> Frame:
        """While it is replayed."""
        return self._live(board, board.columns()) | {
            self._strip: compare_strip.strip("running", title, detail),
            **buttons(self._run, self._stop, board.running),
        }

    def ended(self, board: Board, said: str = "") -> Frame:
        """Once it is over: the verdict and all that comes with it. said: stands before it."""
        comparison = board.comparison()
        seen = board.columns()
        voting = board.hidden and not (board.interrupted or board.failure)
        if voting and sum(bool(column.counted) for column in comparison.tellings()) > 1:
            return self._live(board, seen, voting=True) | {
                self._strip: compare_strip.blind_strip(voting=True),
                **self._after.voting(),
                **buttons(self._run, self._stop, running=False),
            }
        # With fewer than two answers there is nothing to choose from.
        board.voted = True
        seen = board.columns()
        frame = self._live(board, seen, compare_column.summaries(comparison))
        frame[self._charts] = compare_charts.bars(seen) | compare_charts.dots(comparison)
        if board.failure is not None:
            failed = " ".join(filter(None, (said, board.failure)))
            shown = compare_strip.strip("error", "The run failed", failed)
        elif board.interrupted:
            shown = compare_strip.interrupted_strip(said)
        else:
            before = " ".join(filter(None, (said, board.trouble)))
            shown = compare_strip.verdict_strip(comparison.verdict, before, after(comparison))
        return frame | {
            self._strip: shown,
            **self._after.of(comparison, compare_strip.link(board.id, board.trouble)),
            **buttons(self._run, self._stop, running=False),
        }

    def kept(self, board: Board, frame: Frame, prompt: Block) -> Frame:
        """What is shown again after a reload: the prompt, and the last frame."""
        kept = {prompt: board.asked.prompt, **frame}
        if not board.keep_reasoning:
            for part in self._columns:
                kept[part.panel] = compare_column.without_thinking(frame[part.panel])
        return kept

    def _live(
        self,
        board: Board,
        seen: list[Column | None],
        summaries: dict[str, str] | None = None,
        *,
        voting: bool = False,
    ) -> Frame:
        """The columns and charts as they stand."""
        charts = compare_charts.idle_bars() if board.hidden else compare_charts.bars(seen)
        # On a page that does not present, this button is not there.
        asks = gr.update(value=SHOW if board.held_back else HIDE)
        frame: Frame = {self._charts: charts, self.think: asks}
        for part in self._columns:
            at = part.position
            one = seen[at] if at < len(seen) else None
            answer = one.transcript.text(Channel.FINAL) if one else ""
            if at >= len(seen):
                value = compare_column.idle_column(None)
            elif board.hidden:
                value = compare_column.blind_column(at, voting, bool(answer.strip()))
                answer = answer if voting else ""
            elif one is None:
                slot = board.shown()[at]
                named = slot.variant.level, slot.variant.label
                value = compare_column.idle_column(*named, board.waits_for(slot))
            else:
                value = compare_column.column(
                    one, (summaries or {}).get(one.label, ""), held_back=board.held_back
                )
            frame[part.panel] = value
            frame[part.answer] = inert(answer)
        return frame


def after(comparison: Comparison) -> str:
    """What must be said behind a verdict of how it was measured."""
    models = comparison.asked.varied is Varied.MODELS
    return f"{ONE_MODEL_AT_A_TIME} {OWN_VOCABULARY}" if models else ""
