"""The engine reads a chat's past while nothing else is to be done."""

from __future__ import annotations

from core.ahead import past_of
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig, ReasoningLevel
from core.conversation import Channel, Conversation, Message, Role
from core.engine import InferenceEngine
from core.sampling import SamplingParams
from core.vocabulary import encoding

ASKED = Conversation(instructions="Be brief.").with_user("What is 23 + 48?")
ANSWER = Message(Role.ASSISTANT, "It is 71, as 20 + 40 is 60 and 3 + 8 is 11.", Channel.FINAL)
GREEDY = SamplingParams(temperature=0, max_tokens=4)


def test_the_next_question_finds_the_answer_read_without_its_analysis(engine):
    engine.generate(ASKED, GREEDY, "low")
    answered = ASKED.adding(ANSWER)
    assert engine.read_ahead(answered, "low").wait(60)
    past = past_of(engine.format, answered, ReasoningLevel.LOW)
    assert encoding().decode(past).endswith("8 is 11.<|end|><|start|>user<|message|>")
    usage = engine.start(answered.with_user("And 2 more?"), GREEDY, "low").result().usage
    assert usage.cached_tokens == len(past) < usage.prompt_tokens


def test_a_backend_that_cannot_read_ahead_is_left_alone():
    engine = InferenceEngine(ScriptedBackend(lambda _: []), InferenceConfig(_env_file=None))
    ahead = engine.read_ahead(ASKED.adding(ANSWER))
    assert ahead.wait(0)
    ahead.cancel()
    engine.close()
    assert engine.read_ahead(ASKED.adding(ANSWER)).wait(0)
