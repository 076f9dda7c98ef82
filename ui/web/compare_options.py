"""The options of Compare, folded away: what varies, repeats, the expected answer, how it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import gradio as gr
from gradio.blocks import Block

from core.asked import How
from core.config import InferenceConfig, ReasoningLevel, reasoning_level
from core.errors import InvalidSetting
from core.models import local_models
from core.sampling import SamplingParams
from core.variants import MOST, Variant, Varied, read_variants
from ui.web.live import QUIET, Frame
from ui.web.settings import Inputs

MOST_REPEATS: Final = 20
LINES: Final = "A line for each column, two to four"
MODEL_LINES: Final = "A model a line, two to four; one is loaded at a time"
STARTS: Final = {
    Varied.LEVELS: "low\nmedium\nhigh",
    Varied.INSTRUCTIONS: "Answer in one line.\nWork step by step, then answer.",
    Varied.SAMPLING: "temperature 0\ntemperature 0.7\ntemperature 1.2",
}
_NAMES: Final = {
    Varied.LEVELS: "Levels",
    Varied.MODELS: "Models",
    Varied.INSTRUCTIONS: "Instructions",
    Varied.SAMPLING: "Sampling",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What the row says, validated."""

    variants: tuple[Variant, ...]
    how: How
    blind: bool


class CompareOptions:
    """Fields of the row; `build` lays them out, `read` makes them a value.

    models: whether the engine can load others, so that these can be compared.
    """

    def __init__(self, config: InferenceConfig, *, models: bool) -> None:
        self._config = config
        self._models = models

    def build(self) -> None:
        """Lay the row out. It is shown and hidden by the page's script."""
        with gr.Row(elem_id="compare-options"):
            with gr.Column(min_width=200):
                self.varied = gr.Radio(
                    [
                        (name, varied.value)
                        for varied, name in _NAMES.items()
                        if self._models or varied is not Varied.MODELS
                    ],
                    value=Varied.LEVELS.value,
                    label="What varies",
                    elem_id="compare-varied",
                )
                self.level = gr.Dropdown(
                    [(level.capitalize(), level.value) for level in ReasoningLevel],
                    value=self._config.reasoning_level.value,
                    label="Level of all columns",
                    visible=False,
                    elem_id="compare-level",
                )
            self.lines = gr.Textbox(
                STARTS[Varied.LEVELS],
                label=LINES,
                lines=3,
                max_lines=4,
                min_width=220,
                elem_id="compare-variants",
            )
            with gr.Column(min_width=200):
                self.expected = gr.Textbox(
                    label="Expected answer",
                    placeholder="Where you know it",
                    max_lines=1,
                    elem_id="compare-expected",
                )
                self.repeats = gr.Number(
                    1,
                    label="Runs of each",
                    precision=0,
                    minimum=1,
                    maximum=MOST_REPEATS,
                    elem_id="compare-repeats",
                )
            with gr.Column(min_width=200):
                self.in_turn = gr.Checkbox(
                    False, label="One after the other", elem_id="compare-in-turn"
                )
                self.warm_up = gr.Checkbox(
                    False, label="Warm up in any case", elem_id="compare-warm-up"
                )
                self.blind = gr.Checkbox(False, label="Blind vote", elem_id="compare-blind")

    @property
    def fields(self) -> set[Block]:
        """All fields, to be inputs of a handler."""
        return {
            self.varied,
            self.level,
            self.lines,
            self.expected,
            self.repeats,
            self.in_turn,
            self.warm_up,
            self.blind,
        }

    def wire(self) -> None:
        """What varies changes what the lines hold."""

        def chosen(varied: str) -> Frame:
            kind = Varied(varied)
            models = kind is Varied.MODELS
            typed = "\n".join(_models_here()) if models else STARTS[kind]
            return {
                self.lines: gr.update(value=typed, label=MODEL_LINES if models else LINES),
                self.level: gr.update(visible=kind is not Varied.LEVELS),
                self.in_turn: gr.update(value=models, interactive=not models),
            }

        outputs = [self.lines, self.level, self.in_turn]
        self.varied.change(chosen, self.varied, outputs, queue=False, **QUIET)

    def read(self, inputs: Inputs, params: SamplingParams) -> Options:
        """The row's values. Raises InvalidSetting."""
        varied = Varied(inputs[self.varied] or Varied.LEVELS)
        level = reasoning_level(inputs[self.level] or self._config.reasoning_level)
        typed = inputs[self.lines] or STARTS.get(varied, "")
        variants = read_variants(varied, typed, level, params)
        repeats = int(inputs[self.repeats] or 1)
        if not 1 <= repeats <= MOST_REPEATS:
            raise InvalidSetting(
                f"Runs of each is {repeats}; allowed: 1 to {MOST_REPEATS}. The command line takes "
                "more: counterpoint compare --repeats."
            )
        how = How(
            repeats,
            inputs[self.expected],
            together=not inputs[self.in_turn],
            warm_up=True if inputs[self.warm_up] else None,
        )
        return Options(variants, how, bool(inputs[self.blind]))


def _models_here() -> list[str]:
    """The first of what is on this machine and fits it."""
    return [model.name for model in local_models() if model.fits_in_memory][:MOST]
