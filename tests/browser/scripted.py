"""The page over scripted model output, for what the embedded model never writes: attacks, repairs,
tool calls, failures. A word in the question chooses the script. `python -m tests.browser.scripted
--port N` serves it until it is ended."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Sequence
from dataclasses import replace

from core.backends.base import EndReason, EndStep, Handle, Step, TokenRequest
from core.backends.scripted import ScriptedBackend
from core.config import InferenceConfig
from core.engine import InferenceEngine
from core.errors import BackendError
from core.store.history import Store
from core.vocabulary import encoding

PAYLOAD = """\
<img src="http://attack.example/a.png" onerror="window.attacked = 1">
<script>window.attacked = 1</script><style>body { background: url(http://attack.example/b) }</style>
<iframe src="http://attack.example/c"></iframe><form action="http://attack.example/d"><input></form>
![picture](http://attack.example/e.png) ![][ref] ${window.attacked = 1} {{window.attacked}}
<svg onload="window.attacked = 1"></svg> [link](javascript:window.attacked=1)

[ref]: http://attack.example/f.png
"""
FAILURE = "The machine ran out of memory. Choose a smaller model."
CONTEXT = 4096
_ANSWER_HEADER = "<|channel|>final<|message|>"
_SLOW_TEXT = "Counting: " + " ".join(map(str, range(800)))
# Written in two and a half seconds: for what has to be seen on its way and at its end.
_STEADY_TEXT = "Counting: " + " ".join(map(str, range(250)))


def output(question: str) -> str:
    """The raw model output for a question, markers by name."""
    analysis, final = "A thought about it.", f"You said: {question}"
    if "attack" in question:
        analysis = final = PAYLOAD
    if "long answer" in question:
        final = "\n\n".join(map(str, range(60)))
    elif "slow answer" in question or "crawl answer" in question:
        final = _SLOW_TEXT
    elif "slow" in question or "crawl" in question:
        analysis = _SLOW_TEXT
    elif "steady" in question:
        analysis = _STEADY_TEXT
    elif "secret" in question:
        analysis = "An elephant meets a giraffe."
    think = f"<|channel|>analysis<|message|>{analysis}"
    start = "<|end|><|start|>assistant"
    if "tool" in question:
        note = f"{start}<|channel|>commentary<|message|>I will calculate."
        call = f"{start}<|channel|>commentary to=functions.sum <|constrain|>json<|message|>"
        return f'{think}{note}{call}{{"a": 23}}<|call|>'
    if "broken" in question:
        return f"{think}<|channel|>final<|message|>{final}<|return|>"
    if "empty" in question:
        return f"{think}<|return|>"
    return f"{think}{start}<|channel|>final<|message|>{final}<|return|>"


def question_of(request: TokenRequest) -> str:
    """The last user message of a request."""
    prompt = encoding().decode([token for segment in request.segments for token in segment])
    return prompt.rsplit("<|start|>user<|message|>", 1)[1].split("<|end|>")[0]


def script(request: TokenRequest) -> list[int]:
    """Token ids of the output; of the answer alone where its header was given."""
    text = output(question_of(request))
    if encoding().decode(request.segments[-1]).endswith(_ANSWER_HEADER):
        text = text.rpartition(_ANSWER_HEADER)[2]
    return encoding().encode(text, allowed_special="all")


class SometimesFailing(ScriptedBackend):
    """Ends as a failed machine does where the question says so, and crawls where that says so."""

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        if any("crawl" in question_of(request) for request in requests):
            return _CRAWLING.submit(requests)
        return super().submit([_failing(r) if "fail" in question_of(r) else r for r in requests])


# More than six minutes for the slow text: it is still being written, whatever a test does.
_CRAWLING = ScriptedBackend(script, tokens_per_second=4, context_length=CONTEXT)


def _failing(request: TokenRequest) -> TokenRequest:
    def on_step(step: Step) -> None:
        if isinstance(step, EndStep):
            step = EndStep(EndReason.FAILED, step.at, BackendError(FAILURE))
        request.on_step(step)

    return replace(request, on_step=on_step)


def main() -> None:
    """Serve until ended."""
    from ui.web.app import create_app, launch_options

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    backend = SometimesFailing(script, tokens_per_second=200, context_length=CONTEXT)
    engine = InferenceEngine(backend, InferenceConfig(show_reasoning=True))
    create_app(engine, Store(engine.config.home)).launch(
        **launch_options(),
        server_name="127.0.0.1",
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
    )
    threading.Event().wait()


if __name__ == "__main__":
    main()
