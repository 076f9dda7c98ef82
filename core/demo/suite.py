"""The embedded model's own suite: held-out questions put to an engine, and each answer judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from core.conversation import Channel, Conversation, Message, Role, Tool
from core.demo.tasks import Level, Question, check, held_out
from core.demo.tasks.calculator import DESCRIPTION, NAME, PARAMETERS
from core.demo.transcript import Opening, random_opening
from core.engine import InferenceEngine
from core.events import FinishReason
from core.many import AT_ONCE, run_all
from core.result import GenerationResult
from core.run import Run
from core.sampling import SamplingParams
from core.vocabulary import encoding

CALCULATOR = f"functions.{NAME}"
# Stands where training left the date out: the engine always sets one, and today's would make
# every day's figures others.
NO_DATE = "2026-01-01"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question at a level, as the engine gets it. number: its place in the suite."""

    number: int
    question: Question
    level: Level
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer came to.

    answer: the final text, or the arguments of the tool call. right: well-formed too.
    well_formed: nothing was repaired, and the turn came to its own end. seconds: from the moment
    the model began to read the prompt to the end, beside the others of its batch.
    turn: all that was written, markers included; empty unless the engine kept it.
    """

    family: str
    level: Level
    question: str
    wanted: str
    answer: str
    right: bool
    well_formed: bool
    analysis_tokens: int
    generated_tokens: int
    seconds: float
    finish_reason: FinishReason
    repairs: tuple[str, ...]
    turn: str = ""


def suite(
    families: Iterable[str], levels: Sequence[Level], each: int, seed: int
) -> Iterator[Asked]:
    """`each` held-out questions of every family, each at every level, the families in turn.

    Date and instructions are drawn as in training, once for a question: its levels differ in
    nothing else.
    """
    rng = Random(seed)
    number = 0
    for questions in zip(*(held_out(each, seed, family) for family in families), strict=True):
        for question in questions:
            conversation = conversation_of(
                question, random_opening(rng, levels[0], tools=question.tools)
            )
            for level in levels:
                yield Asked(number, question, level, conversation)
                number += 1


def conversation_of(question: Question, opening: Opening) -> Conversation:
    """The question as a conversation: earlier turns, the prompt, a finished tool call if any."""
    messages: list[Message] = []
    for user, final in question.history:
        messages.append(Message(Role.USER, user))
        messages.append(Message(Role.ASSISTANT, final, Channel.FINAL))
    messages.append(Message(Role.USER, question.prompt))
    if done := question.done:
        messages += (
            Message(Role.ASSISTANT, done.analysis, Channel.ANALYSIS),
            Message(Role.ASSISTANT, done.arguments, Channel.COMMENTARY, CALCULATOR, "json"),
            Message(Role.TOOL, done.result, Channel.COMMENTARY, "assistant", name=CALCULATOR),
        )
    tools = (Tool(NAME, DESCRIPTION, PARAMETERS),) if question.tools else ()
    return Conversation(tuple(messages), opening.instructions, tools, opening.date or NO_DATE)


def evaluate(
    engine: InferenceEngine,
    asked: Iterable[Asked],
    params: SamplingParams,
    at_once: int = AT_ONCE,
    keep_turns: bool = False,
) -> Iterator[Outcome]:
    """Outcomes as they come, not in order; closing the iterator cancels what is under way.

    params: the seed of a question is params.seed and its number, so that no two draw alike.
    """
    starts = ((one, partial(_start, engine, one, params, keep_turns)) for one in asked)
    for one, result in run_all(starts, at_once):
        yield judge(one, result)


def _start(engine: InferenceEngine, one: Asked, params: SamplingParams, keep_turns: bool) -> Run:
    seeded = replace(params, seed=((params.seed or 0) + one.number) % 2**64)
    return engine.start(one.conversation, seeded, one.level, keep_turns)


def judge(one: Asked, result: GenerationResult) -> Outcome:
    """Mark one answer. What had to be repaired, or did not end by itself, is not right."""
    question = one.question
    ended = result.finish_reason in (FinishReason.STOP, FinishReason.TOOL_CALL)
    well_formed = ended and not result.repairs
    if question.arguments:
        answer = "".join(call.text for call in result.tool_calls)
        right = _is_call(result, question.arguments)
    else:
        answer = result.text
        right = result.finish_reason is FinishReason.STOP and check(question, answer)
    return Outcome(
        family=question.family,
        level=one.level,
        question=question.prompt,
        wanted=question.arguments or question.answer,
        answer=answer,
        right=well_formed and right,
        well_formed=well_formed,
        analysis_tokens=result.usage.analysis_tokens,
        generated_tokens=result.usage.generated_tokens,
        seconds=result.timing.total_s - result.timing.queued_s,
        finish_reason=result.finish_reason,
        repairs=result.repairs,
        turn=encoding().decode(result.token_ids) if result.token_ids else "",
    )


def _is_call(result: GenerationResult, arguments: str) -> bool:
    if len(result.tool_calls) != 1 or result.tool_calls[0].recipient != CALCULATOR:
        return False
    try:
        return bool(json.loads(result.tool_calls[0].text) == json.loads(arguments))
    except ValueError:
        return False
