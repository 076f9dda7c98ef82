"""The Compare tab: one prompt at low, medium and high, three live columns in one batch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.blocks import Block

from core.compare import judge
from core.config import ReasoningLevel
from core.conversation import Channel, Conversation
from core.engine import InferenceEngine
from core.errors import CoreError
from core.metrics import frame as metrics_frame
from core.result import result_of
from core.run import Run
from ui.web import compare_view, examples, panels, view
from ui.web.inert import inert
from ui.web.live import QUIET, STREAMING, TICK_S, Frame, buttons, drained, facts, why_not_started
from ui.web.sessions import Session, Sessions
from ui.web.settings import Inputs, Settings, SettingsDrawer

LEVELS = tuple(ReasoningLevel)
BUSY = "A comparison is still running. Press Stop first, or wait for its end."
EMPTY = "The prompt is empty; type a question or an instruction."


class CompareTab:
    """The tab; one object for the app. The state of each browser tab lies in `sessions`."""

    def __init__(self, engine: InferenceEngine, sessions: Sessions, drawer: SettingsDrawer) -> None:
        self._engine = engine
        self._sessions = sessions
        self._drawer = drawer

    def build(self) -> None:
        """Lay the tab out."""
        with gr.Row(elem_id="compare-ask", equal_height=True):
            self.input = gr.Textbox(
                label="Prompt",
                show_label=False,
                placeholder="Ask the same thing at low, medium and high",
                lines=1,
                max_lines=4,
                container=False,
                elem_id="compare-input",
                scale=1,
            )
            self.run = gr.Button(
                "Compare", variant="primary", elem_id="compare-run", scale=0, min_width=112
            )
            self.stop = gr.Button(
                "Stop", elem_id="compare-stop", interactive=False, scale=0, min_width=84
            )
        with gr.Row(elem_id="compare-examples"):
            gr.HTML("Try", elem_classes="hint", apply_default_css=False)
            self.examples = [
                (gr.Button(e.label, size="sm", scale=0, min_width=20), e.prompt)
                for e in examples.COMPARE
            ]
        self.strip = panels.panel(
            "strip", compare_view.idle_strip(), panels.STRIP, elem_id="compare-verdict"
        )
        with gr.Row(elem_id="compare-columns", equal_height=True):
            self.columns = [self._build_column(n, level) for n, level in enumerate(LEVELS, 1)]
        self.charts = panels.panel(
            "charts", compare_view.idle_bars(), panels.CHARTS, elem_id="compare-charts"
        )
        self.table = gr.Dataframe(
            compare_view.empty_table(),
            label="All figures: tokens by channel, seconds since sending, rates in one batch",
            interactive=False,
            visible=False,
            wrap=False,
            elem_id="compare-table",
        )

    def _build_column(self, number: int, level: ReasoningLevel) -> _ColumnParts:
        value = compare_view.idle_column() | {"level": level.value}
        opens = "opens" if self._engine.config.show_reasoning else "stays"
        column = panels.panel(
            "column",
            value,
            panels.COLUMN,
            elem_id=f"compare-column-{number}",
            elem_classes=["level-column", f"level-{level}", opens],
        )
        with column:
            answer = gr.Markdown(
                "",
                elem_classes="answer",
                latex_delimiters=panels.LATEX,
                container=False,
                line_breaks=True,
            )
        return _ColumnParts(level, column, answer)

    def wire(self) -> None:
        """Connect the events; to be called once all of the page is laid out."""
        inputs: set[Block] = {self.input, *self._drawer.fields}
        outputs = self.restorable
        gr.on([self.run.click, self.input.submit], self._ran, inputs, outputs, **STREAMING)
        for button, prompt in self.examples:
            chosen = button.click(self._chosen(prompt), None, self.input, queue=False, **QUIET)
            chosen.then(self._ran, inputs, outputs, **STREAMING)
        self.stop.click(self._stopped, None, None, queue=False, **QUIET)

    @property
    def restorable(self) -> list[Block]:
        """The components that `restored` fills; those that a run writes are among them."""
        parts = [c for column in self.columns for c in (column.panel, column.answer)]
        return [self.input, self.strip, *parts, self.charts, self.table, self.run, self.stop]

    def restored(self, session: Session) -> Frame:
        """What a page that was loaded again shows."""
        return self._blank_frame() | (session.compare_panels or {})

    # Handlers. `inputs` holds values by component.

    def _chosen(self, prompt: str) -> Callable[[gr.Request], Any]:
        def put(request: gr.Request) -> Any:
            # While a comparison runs, its prompt stays in the box.
            busy = bool(self._sessions.get(request.session_hash).compare_runs)
            return gr.skip() if busy else prompt

        return put

    def _stopped(self, request: gr.Request) -> None:
        self._sessions.get(request.session_hash).stop_compare()

    async def _ran(self, inputs: Inputs, request: gr.Request) -> AsyncIterator[Frame]:
        session = self._sessions.get(request.session_hash)
        prompt = inputs[self.input] or ""
        if session.compare_runs:
            yield self._refused(BUSY)
            return
        if not prompt.strip():
            yield self._refused(EMPTY)
            return
        try:
            settings = self._drawer.read(inputs)
            runs = self._started(prompt, settings)
        except CoreError as error:
            yield self._refused(why_not_started(error))
            return
        session.compare_runs, session.compare_panels = runs, None
        watch = _Watch(runs)
        try:
            first: Frame = {self.table: gr.update(visible=False)}
            while watch.tick():
                yield self._frame(watch) | first
                first = {}
                await asyncio.sleep(TICK_S)
            session.compare_runs = ()
            final = self._frame(watch) | self._ending(watch, settings.keep_reasoning)
            session.compare_panels = self._kept(final, prompt, settings.keep_reasoning)
            yield final
        finally:
            # Also reached when the page is gone; nothing may be yielded here.
            for run in runs:
                run.cancel()
            if session.compare_runs is runs:
                session.compare_runs = ()
                watch.interrupted = True
                last = self._frame(watch) | self._ending(watch, settings.keep_reasoning)
                session.compare_panels = self._kept(last, prompt, settings.keep_reasoning)

    # One comparison.

    def _started(self, prompt: str, settings: Settings) -> tuple[Run, ...]:
        conversation = Conversation(instructions=settings.instructions).with_user(prompt)
        return self._engine.start_levels(
            conversation, LEVELS, settings.params, settings.keep_reasoning
        )

    def _frame(self, watch: _Watch) -> Frame:
        seen = watch.columns()
        frame: Frame = {
            self.strip: compare_view.running_strip(seen),
            self.charts: compare_view.bars(seen),
            **buttons(self.run, self.stop, watch.running),
        }
        for part, one in zip(self.columns, seen, strict=True):
            frame[part.panel] = compare_view.column(one)
            frame[part.answer] = inert(one.transcript.text(Channel.FINAL))
        return frame

    def _ending(self, watch: _Watch, keep_reasoning: bool) -> Frame:
        """The verdict and the table, once every column has ended."""
        failure = next((f for f in watch.failures if f), None)
        results = [
            result_of(
                run.transcript,
                run.level,
                run.model,
                keep_reasoning,
                run.format.name,
                run.notes,
            )
            for run in watch.runs
            if run.transcript.finished is not None
        ]
        if failure is not None:
            strip = compare_view.strip("error", "The run failed", failure)
        elif watch.interrupted:
            strip = compare_view.interrupted_strip()
        else:
            strip = compare_view.verdict_strip(judge({r.reasoning_level: (r,) for r in results}))
        table = compare_view.table(metrics_frame(results))
        return {self.strip: strip, self.table: gr.update(value=table, visible=bool(results))}

    def _refused(self, sentence: str) -> Frame:
        """Say why nothing was started; all else stays, what was typed above all."""
        return {self.strip: compare_view.strip("error", "Nothing was started", sentence)}

    def _blank_frame(self) -> Frame:
        frame: Frame = {
            self.strip: compare_view.idle_strip(),
            self.charts: compare_view.idle_bars(),
            self.table: gr.update(visible=False),
            **buttons(self.run, self.stop, running=False),
        }
        for part in self.columns:
            frame[part.panel] = compare_view.idle_column()
            frame[part.answer] = ""
        return frame

    def _kept(self, frame: Frame, prompt: str, keep_reasoning: bool) -> Frame:
        """What is shown again after a reload: the prompt, and the last frame."""
        kept = {self.input: prompt, **frame}
        if not keep_reasoning:
            for part in self.columns:
                kept[part.panel] = compare_view.without_thinking(frame[part.panel])
        return kept


@dataclass(frozen=True, slots=True)
class _ColumnParts:
    level: ReasoningLevel
    panel: gr.HTML
    answer: gr.Markdown


@dataclass(slots=True)
class _Watch:
    """The runs of one comparison, drained tick by tick.

    interrupted: nobody follows the runs any more. failures: a sentence where a run failed.
    """

    runs: tuple[Run, ...]
    interrupted: bool = False
    failures: list[str | None] = field(init=False)

    def __post_init__(self) -> None:
        self.failures = [None] * len(self.runs)

    @property
    def running(self) -> bool:
        return not self.interrupted and not all(run.done for run in self.runs)

    def tick(self) -> bool:
        """Take in what is new. False once all runs have ended."""
        for n, run in enumerate(self.runs):
            if not run.done:
                self.failures[n] = drained(run)
        return self.running

    def columns(self) -> list[compare_view.Column]:
        """Every run as far as it has come."""
        return [
            compare_view.Column(
                run.level,
                run.transcript,
                run.timing,
                facts(run),
                self._health(run, failure),
            )
            for run, failure in zip(self.runs, self.failures, strict=True)
        ]

    def _health(self, run: Run, failure: str | None) -> view.Health:
        if self.interrupted and not run.done:
            return view.INTERRUPTED
        return view.health(run.transcript, failure)
