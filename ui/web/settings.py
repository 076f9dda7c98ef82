"""The settings drawer: instructions, sampling and what is kept; the same for both tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block

from core.config import InferenceConfig
from core.errors import InvalidSetting
from core.sampling import SamplingParams
from ui.web.models import ModelChoice

Inputs = Mapping[Block, Any]
"""What Gradio hands to a handler whose inputs are a set: values by component."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the drawer says, validated."""

    instructions: str | None
    params: SamplingParams
    keep_reasoning: bool
    keep_history: bool = True


class SettingsDrawer:
    """Fields of the drawer; `build` lays them out, `read` makes them a value."""

    def __init__(self, config: InferenceConfig, models: ModelChoice) -> None:
        self._config = config
        self._models = models

    def build(self) -> None:
        """Lay the drawer out. It is shown and hidden by the page's script."""
        defaults = self._config.sampling()
        with gr.Column(elem_id="settings", elem_classes="drawer"):
            gr.HTML(
                "<h2 id='settings-title'>Settings</h2>"
                "<button type='button' id='settings-close' class='quiet'>Close</button>",
                elem_id="settings-head",
                apply_default_css=False,
            )
            self._models.build()
            self.instructions = gr.Textbox(
                label="Instructions",
                info="The developer message: how the model should answer.",
                placeholder="None",
                lines=3,
                max_lines=8,
                elem_id="settings-instructions",
            )
            self.temperature = gr.Slider(
                0, 2, defaults.temperature, step=0.05, label="Temperature", info="0 is greedy."
            )
            self.top_p = gr.Slider(
                0.05, 1, defaults.top_p, step=0.05, label="Top-p", info="1 is off."
            )
            with gr.Row(elem_classes="pair"):
                self.top_k = gr.Number(
                    defaults.top_k,
                    label="Top-k",
                    info="0 is off.",
                    precision=0,
                    minimum=0,
                    min_width=120,
                )
                self.max_tokens = gr.Number(
                    defaults.max_tokens,
                    label="Max tokens",
                    info="Thinking included.",
                    precision=0,
                    minimum=1,
                    min_width=120,
                    elem_id="settings-max-tokens",
                )
            self.seed = gr.Textbox(
                "" if defaults.seed is None else str(defaults.seed),
                label="Seed",
                info="Empty draws a fresh one for every run.",
                placeholder="Fresh",
                max_lines=1,
                elem_id="settings-seed",
            )
            self.keep = gr.Checkbox(
                self._config.capture_reasoning,
                label="Keep reasoning",
                info="Off: it is shown while it happens, and gone when the page is loaded again.",
                elem_id="settings-keep",
            )
            self.history = gr.Checkbox(
                self._config.keep_history,
                label="Keep history",
                info="Off: what is asked from now on is not written to disk, nor the rest of its "
                "chat until that is cleared.",
                elem_id="settings-history",
            )

    @property
    def fields(self) -> set[Block]:
        """All fields, to be inputs of a handler."""
        return {
            self.instructions,
            self.temperature,
            self.top_p,
            self.top_k,
            self.max_tokens,
            self.seed,
            self.keep,
            self.history,
        }

    def read(self, inputs: Inputs) -> Settings:
        """The drawer's values. An emptied number means its default.

        Raises InvalidSetting for a value out of range.
        """
        defaults = self._config.sampling()

        def given(field: Block, default: float) -> float:
            value = inputs[field]
            return default if value is None else value

        params = SamplingParams(
            temperature=float(given(self.temperature, defaults.temperature)),
            top_p=float(given(self.top_p, defaults.top_p)),
            top_k=int(given(self.top_k, defaults.top_k)),
            max_tokens=int(given(self.max_tokens, defaults.max_tokens)),
            seed=read_seed(inputs[self.seed] or ""),
        )
        instructions = (inputs[self.instructions] or "").strip() or None
        return Settings(instructions, params, bool(inputs[self.keep]), bool(inputs[self.history]))


def read_seed(text: str) -> int | None:
    """A seed as people type it; an empty field is None. Raises InvalidSetting for anything else."""
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()):
        raise InvalidSetting(
            f"The seed is {plain[:40]!r}; allowed: a whole number from 0 to 2**64 - 1, or nothing."
        )
    return int(plain)
