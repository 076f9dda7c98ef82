"""`counterpoint generate`: one prompt, answered."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InvalidPrompt
from ui.terminal.options import GenerationOptions, Prompt, with_generation_options
from ui.terminal.telling import INTERRUPTED, print_json, told

if TYPE_CHECKING:
    from core.conversation import Conversation


@with_generation_options
def generate(
    prompt: Prompt,
    options: GenerationOptions,
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
) -> None:
    """Answer one prompt: the answer to stdout, all else to stderr."""
    with told(options.verbose):
        from ui.terminal.engine import open_engine
        from ui.terminal.interrupts import followed
        from ui.terminal.render import Stream, remarks, stderr, summary
        from ui.terminal.scores import left_out, print_scores, scores_of

        config = options.config()
        params = replace(config.sampling(), stop=tuple(stop or ()), logprobs=scores)
        conversation = conversation_of(prompt, options.instructions)
        notes, shown = stderr(), config.show_reasoning
        with open_engine(config) as engine:
            run = engine.start(conversation, params)
            interrupted = followed(run, Stream(answer=not options.json, reasoning=shown))
            result = run.result()
        if options.json:
            kept = config.capture_reasoning
            found = {"scores": scores_of(run, reasoning=kept)} if scores else {}
            print_json(result.as_dict() | found)
            amiss = left_out(run, "--capture-reasoning", reasoning=kept) if scores else []
        else:
            print_scores(run, notes, reasoning=shown)
            amiss = left_out(run, "--show-reasoning", reasoning=shown) if scores else []
        for remark in (*remarks(result, run.params.max_tokens), *amiss):
            notes.print(remark)
        if options.verbose:
            notes.print(summary(result))
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def conversation_of(prompt: str, instructions: str | None) -> Conversation:
    """The prompt, checked before a model is loaded for it. Raises InvalidPrompt."""
    from core.conversation import Conversation, conversation_from

    try:
        text = sys.stdin.read() if prompt == "-" else prompt
        f"{text}{instructions}".encode()
    except UnicodeError:
        raise InvalidPrompt(
            "The prompt or the instructions are not valid UTF-8. Send them as UTF-8 text."
        ) from None
    return conversation_from(Conversation(instructions=instructions or None).with_user(text))
