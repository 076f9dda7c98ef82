"""Token ids in, token ids out, through mlx-lm's BatchGenerator on one thread that owns the model.

mlx's streams belong to the thread that made them, so loading, stepping, cancelling and closing all
happen on the owner thread; other threads only put commands into its inbox. Requests of all callers
share one continuous batch.
"""

from __future__ import annotations

import gc
import queue
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from core.backends.base import (
    EndReason,
    EndStep,
    Handle,
    PrefillStep,
    Step,
    TokenRequest,
    TokenStep,
)
from core.blas import load_openblas
from core.errors import BackendError, ModelError
from core.models import ModelLoader

_JOIN_SECONDS = 30.0
_CANDIDATES = 256
_END = {"stop": EndReason.STOP, "length": EndReason.LENGTH}


@dataclass(eq=False, slots=True)
class _Sequence:
    """A request on its way through the batch; `uid` once it was inserted."""

    request: TokenRequest
    uid: int | None = None
    reading: bool = False

    def tell(self, step: Step) -> None:
        self.request.on_step(step)


@dataclass(frozen=True, slots=True)
class _Submit:
    sequences: Sequence[_Sequence]


@dataclass(frozen=True, slots=True)
class _Cancel:
    sequence: _Sequence


class _Close:
    pass


_Command = _Submit | _Cancel | _Close


class _Inbox:
    """Commands for the owner thread; nothing gets in behind the command to close."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Command] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False

    def put(self, command: _Command) -> bool:
        """False where the inbox is closed and the command was left out."""
        with self._lock:
            if self._closed:
                return False
            self._closed = isinstance(command, _Close)
            self._queue.put(command)
            return True

    def shut(self) -> list[_Command]:
        """Let nothing more in; what was still waiting."""
        with self._lock:
            self._closed = True
            return list(self.take(wait=False))

    def take(self, wait: bool) -> Iterator[_Command]:
        """Everything that is in; `wait` for the first."""
        if wait:
            yield self._queue.get()
        while not self._queue.empty():
            yield self._queue.get()


@dataclass(frozen=True, slots=True)
class _Handle:
    inbox: _Inbox
    sequence: _Sequence

    def cancel(self) -> None:
        self.inbox.put(_Cancel(self.sequence))


class MLXBackend:
    """A gpt-oss checkpoint behind an owner thread. Loading happens in the constructor.

    Raises ModelError where the checkpoint cannot be read.
    """

    def __init__(self, loader: ModelLoader) -> None:
        self._context_length = loader.info.context_length
        self._inbox = _Inbox()
        loaded: Future[None] = Future()
        owner = _Owner(loader, self._inbox, loaded)
        self._thread = threading.Thread(target=owner.run, name="counterpoint-mlx", daemon=True)
        self._thread.start()
        # Runs at interpreter exit too: mlx aborts a process whose thread still steps then.
        self._finalizer = weakref.finalize(self, _shut, self._inbox, self._thread)
        loaded.result()

    @property
    def context_length(self) -> int:
        return self._context_length

    def submit(self, requests: Sequence[TokenRequest]) -> Sequence[Handle]:
        sequences = [_Sequence(request) for request in requests]
        if not self._inbox.put(_Submit(sequences)):
            raise BackendError("The engine is closed; make a new InferenceEngine.")
        return [_Handle(self._inbox, sequence) for sequence in sequences]

    def close(self) -> None:
        self._finalizer()


def _shut(inbox: _Inbox, thread: threading.Thread) -> None:
    inbox.put(_Close())
    if thread is not threading.current_thread():
        thread.join(_JOIN_SECONDS)


class _Owner:
    """What runs on the owner thread. Knows no backend, so that the backend can be collected."""

    def __init__(self, loader: ModelLoader, inbox: _Inbox, loaded: Future[None]) -> None:
        self._loader = loader
        self._inbox = inbox
        self._loaded = loaded
        self._active: dict[int, _Sequence] = {}
        self._closing = False

    def run(self) -> None:
        load_openblas()
        try:
            import mlx.core as mx
        except ImportError as error:
            self._loaded.set_exception(
                ModelError(
                    f"mlx could not be imported ({error}). Install it again: "
                    "pip install --force-reinstall -r requirements.lock"
                )
            )
            return
        try:
            self._own()
        finally:
            gc.collect()
            mx.clear_streams()

    def _own(self) -> None:
        """Load the model and serve it; whoever still waits at the end is told so."""
        try:
            model = self._loader.load()
        except BaseException as error:
            self._loaded.set_exception(error)
            return
        self._loaded.set_result(None)
        failure = None
        try:
            while not self._closing:
                self._serve(model)
        except Exception as error:
            failure = _failure(error)
        finally:
            left = [c for c in self._inbox.shut() if isinstance(c, _Submit)]
            _end((s for c in left for s in c.sequences), EndReason.FAILED, failure)

    def _serve(self, model: Any) -> None:
        """Step the batch until the backend closes, or until a failure spoils this generator."""
        from mlx_lm.generate import BatchGenerator

        generator: Any = BatchGenerator(model)
        try:
            while not self._closing:
                for command in self._inbox.take(wait=not self._active):
                    self._obey(command, generator)
                if self._active and not self._closing:
                    self._step(generator)
        except Exception as error:
            _end(self._active.values(), EndReason.FAILED, _failure(error))
        else:
            _end(self._active.values(), EndReason.CANCELLED)
        finally:
            self._active.clear()
            generator.close()

    def _obey(self, command: _Command, generator: Any) -> None:
        match command:
            case _Submit(sequences):
                try:
                    self._insert(sequences, generator)
                except Exception as error:
                    _end(sequences, EndReason.FAILED, _failure(error))
            case _Cancel(sequence):
                if sequence.uid in self._active:
                    generator.remove([sequence.uid])
                    del self._active[sequence.uid]
                    sequence.tell(EndStep(EndReason.CANCELLED, time.perf_counter()))
            case _Close():
                self._closing = True

    def _insert(self, sequences: Sequence[_Sequence], generator: Any) -> None:
        from mlx_lm.generate import StopSequences

        requests = [sequence.request for sequence in sequences]
        uids = generator.insert_segments(
            [[list(segment) for segment in r.segments] for r in requests],
            max_tokens=[r.sampling.max_tokens for r in requests],
            samplers=[sampler(r) for r in requests],
            stop_sequences=[StopSequences([(i,) for i in sorted(r.stop_ids)]) for r in requests],
        )
        for uid, sequence in zip(uids, sequences, strict=True):
            sequence.uid = uid
            self._active[uid] = sequence

    def _step(self, generator: Any) -> None:
        before = time.perf_counter()
        read, generated = generator.next()
        now = time.perf_counter()
        for r in read:
            sequence = self._active[r.uid]
            done, total = r.progress
            if not sequence.reading:
                sequence.reading = True
                sequence.tell(PrefillStep(0, total, 0, before))
            sequence.tell(PrefillStep(done, total, 0, now))
        for response in generated:
            sequence = self._active[response.uid]
            sequence.tell(TokenStep(response.token, now))
            if response.finish_reason is not None:
                del self._active[response.uid]
                sequence.tell(EndStep(_END[response.finish_reason], now))


def _end(sequences: Iterable[_Sequence], reason: EndReason, error: Exception | None = None) -> None:
    now = time.perf_counter()
    for sequence in sequences:
        sequence.tell(EndStep(reason, now, error))


def _failure(error: Exception) -> BackendError:
    failure = BackendError(
        f"Generation failed in the machine ({type(error).__name__}: {error}). The text so far is "
        "kept; try again with a shorter prompt or fewer runs at once."
    )
    failure.__cause__ = error
    return failure


def sampler(request: TokenRequest) -> Callable[[Any], Any]:
    """mlx-lm's sampling chain with a random key of its own, so that neighbours never move it.

    Takes log-probabilities [1, vocabulary], gives token ids [1].
    """
    import mlx.core as mx
    from mlx_lm.sample_utils import apply_top_k, greedy_sampler

    params = request.sampling
    if params.temperature == 0:
        return greedy_sampler
    key = mx.random.key(params.seed if params.seed is not None else time.time_ns())

    def sample(logprobs: Any) -> Any:
        nonlocal key
        if params.top_p < 1:
            logprobs = nucleus(logprobs, params.top_p)
        if 0 < params.top_k < logprobs.shape[-1]:  # mlx-lm raises beyond the vocabulary
            logprobs = apply_top_k(logprobs, params.top_k)
        key, now = mx.random.split(key)
        return mx.random.categorical(logprobs * (1 / params.temperature), key=now)

    return sample


def nucleus(logprobs: Any, top_p: float) -> Any:
    """mlx-lm's apply_top_p, and on a CPU mostly without sorting the whole vocabulary.

    Takes normalised log-probabilities [rows, vocabulary]; what lies outside the nucleus becomes
    -inf. On a GPU the sort is quick, and looking at a value amid a step would cost more.
    """
    import mlx.core as mx
    from mlx_lm.sample_utils import apply_top_p

    if device() != "cpu" or logprobs.shape[-1] <= _CANDIDATES:
        return apply_top_p(logprobs, top_p)
    likeliest = mx.sort(mx.topk(logprobs, _CANDIDATES, axis=-1), axis=-1)
    mass = mx.exp(likeliest.astype(mx.float32))
    if (mass.sum(axis=-1) < top_p).any().item():
        return apply_top_p(logprobs, top_p)
    above = mx.cumsum(mass, axis=-1, reverse=True, inclusive=False)
    inside = mx.where(above < top_p, likeliest, float("inf"))
    return mx.where(logprobs < inside.min(axis=-1, keepdims=True), -float("inf"), logprobs)


def device() -> str:
    """Where mlx computes by default: `cpu` or `gpu`."""
    import mlx.core as mx

    return str(mx.default_device().type.name)
