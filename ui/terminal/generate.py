"""`counterpoint generate`: one prompt, answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.terminal.options import GenerationOptions, with_generation_options
from ui.terminal.question import Files, Prompt, conversation_of
from ui.terminal.telling import INTERRUPTED, print_json, told

if TYPE_CHECKING:
    from core.conversation import Conversation
    from core.engine import InferenceEngine
    from core.run import Run
    from core.sampling import SamplingParams
    from core.tool_loop import ToolTurn
    from core.tools import Function
    from ui.terminal.render import Stream


@with_generation_options
def generate(
    options: GenerationOptions,
    prompt: Prompt = None,
    file: Files = None,
    stop: Annotated[
        list[str] | None,
        typer.Option(
            help="End the answer right before this text; may be given several times.",
            metavar="TEXT",
            show_default=False,
        ),
    ] = None,
    scores: Annotated[
        int,
        typer.Option(
            min=0,
            max=20,
            help="Say of every token how likely it was, beside the N likeliest: a table on "
            "stderr, or `scores` in --json. 0 is off; it costs some speed.",
            metavar="N",
        ),
    ] = 0,
    tools: Annotated[
        str | None,
        typer.Option(
            help="Built-in tools that the model may call, comma-separated: calculator. Calls and "
            "their results go to stderr, and into the messages of --json.",
            metavar="NAMES",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Answer one prompt: the answer to stdout, all else to stderr."""
    with told(options.verbose):
        from core.toolbox import functions_named
        from ui.terminal.engine import open_engine
        from ui.terminal.render import Stream, stderr, summary
        from ui.terminal.scores import print_scores

        config = options.config()
        functions = functions_named(tools.split(",")) if tools is not None else []
        params = replace(config.sampling(), stop=tuple(stop or ()), logprobs=scores)
        conversation = conversation_of(prompt, file, options.instructions)
        shown, notes = config.show_reasoning, stderr()
        stream = Stream(answer=not options.json, reasoning=shown, tools=bool(functions))
        with open_engine(config) as engine:
            turn = _answered(engine, conversation, params, functions, stream)
        if options.json:
            print_json(turn.as_dict(kept=config.capture_reasoning))
        elif scores:
            for run in turn.runs:
                print_scores(run, notes, reasoning=shown)
        kept, flag = (
            (config.capture_reasoning, "--capture-reasoning")
            if options.json
            else (shown, "--show-reasoning")
        )
        for remark in turn.remarks(flag, reasoning=kept):
            notes.print(remark)
        for run in turn.runs if options.verbose else ():
            notes.print(summary(run.result()))
    if turn.interrupted:
        raise typer.Exit(INTERRUPTED)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What came of the prompt: one run, or those of a turn with tools. interrupted: by Ctrl-C."""

    runs: tuple[Run, ...]
    with_tools: ToolTurn | None
    interrupted: bool

    def as_dict(self, *, kept: bool) -> dict[str, Any]:
        """The JSON object. kept: with the scores of the analysis, where there are scores."""
        from ui.terminal.scores import scores_of

        whole = (self.with_tools or self.runs[-1].result()).as_dict()
        if self.runs[-1].params.logprobs:
            for run, one in zip(self.runs, whole.get("runs", ()), strict=False):
                one["scores"] = scores_of(run, reasoning=kept)
            whole["scores"] = scores_of(self.runs[-1], reasoning=kept)
        return whole

    def remarks(self, flag: str, *, reasoning: bool) -> list[str]:
        """What must be said beside the answer, each once. See scores.left_out."""
        from core.tool_loop import LIMIT
        from ui.terminal.render import remarks
        from ui.terminal.scores import left_out

        said = []
        for run in self.runs:
            said += remarks(run.result(), run.params.max_tokens, tools=self.with_tools is not None)
            said += left_out(run, flag, reasoning=reasoning) if run.params.logprobs else []
        if self.with_tools is not None and self.with_tools.limit_reached:
            said.append(
                f"The model called tools {LIMIT} times and then once more; the turn was ended "
                "there, without an answer. Ask again, or ask for less at once."
            )
        return list(dict.fromkeys(said))


def _answered(
    engine: InferenceEngine,
    conversation: Conversation,
    params: SamplingParams,
    functions: list[Function],
    stream: Stream,
) -> _Turn:
    """Run the prompt to its end, printing what comes."""
    from ui.terminal.interrupts import followed

    runs: list[Run] = []
    stopped: list[bool] = []

    def follow(run: Run) -> None:
        runs.append(run)
        stopped.append(followed(run, stream))

    turn = None
    if functions:
        turn = engine.run_tools(conversation, functions, params, on_run=follow, on_call=stream.call)
    else:
        follow(engine.start(conversation, params))
    return _Turn(tuple(runs), turn, any(stopped))
