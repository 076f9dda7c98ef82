"""What runs on the thread that owns the model.

mlx's streams belong to the thread that made them, so loading, stepping, cancelling and closing all
happen here, between two steps of the batch.
"""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from itertools import chain, pairwise
from typing import Any

from core.backends.base import EndReason, EndStep, PrefillStep, TokenStep
from core.backends.drawing import sampler, scores
from core.backends.inbox import AT_ONCE, Cancel, Close, Command, Inbox, Job, ReadAhead, Submit
from core.backends.memory import forget_peak, peak_memory
from core.backends.prompt_cache import PromptCache
from core.blas import load_openblas
from core.errors import BackendError, ModelError
from core.models import ModelLoader
from core.sampling import TokenScore

# Tokens of a prompt read in one step: a step is what the others, and a cancel, wait for.
_CHUNK = 512
_CHUNK_BESIDE_OTHERS = 128
# Chats whose past waits to be read ahead; the one that was asked for first gives way.
_AHEAD = 8
_END = {"stop": EndReason.STOP, "length": EndReason.LENGTH}


class Owner:
    """Serves the inbox. Knows no backend, so that the backend can be collected."""

    def __init__(
        self, loader: ModelLoader, inbox: Inbox, loaded: Future[None], cache_bytes: int
    ) -> None:
        self._loader = loader
        self._inbox = inbox
        self._loaded = loaded
        self._cache = PromptCache(cache_bytes)
        self._active: dict[int, Job] = {}
        self._waiting: deque[list[Job]] = deque()
        self._ahead: deque[Job] = deque()
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
            self._cache.clear()
            gc.collect()
            mx.clear_cache()
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
            unread = [_jobs(command) for command in self._inbox.shut()]
            left = list(chain(*self._waiting, self._ahead, *unread))
            self._waiting.clear()
            self._ahead.clear()
            self._end(left, EndReason.FAILED if failure else EndReason.CANCELLED, failure)

    def _serve(self, model: Any) -> None:
        """Step the batch until the backend closes, or until a failure spoils this generator."""
        from mlx_lm.generate import BatchGenerator

        generator: Any = BatchGenerator(model, completion_batch_size=AT_ONCE)
        try:
            while not self._closing:
                idle = not (self._active or self._waiting or self._ahead)
                for command in self._inbox.take(wait=idle):
                    self._obey(command, generator)
                if not self._closing:
                    self._let_in(generator)
                    if self._active:
                        self._step(generator)
        except Exception as error:
            self._cache.clear()
            self._end(self._active.values(), EndReason.FAILED, _failure(error))
        else:
            self._end(self._active.values(), EndReason.CANCELLED)
        finally:
            self._active.clear()
            generator.close()

    def _obey(self, command: Command, generator: Any) -> None:
        match command:
            case Submit(jobs):
                self._put_off_reading_ahead(generator)
                groups = range(0, len(jobs), AT_ONCE)
                self._waiting += [list(jobs[at : at + AT_ONCE]) for at in groups]
            case ReadAhead(job):
                if len(self._ahead) == _AHEAD:
                    self._end([self._ahead.popleft()], EndReason.CANCELLED)
                self._ahead.append(job)
            case Cancel(job):
                self._cancel(job, generator)
            case Close():
                self._closing = True

    def _cancel(self, job: Job, generator: Any) -> None:
        if job.uid in self._active:
            removed = generator.remove([job.uid], return_prompt_caches=True)
            del self._active[job.uid]
            self._end([job], EndReason.CANCELLED)
            layers, tokens = removed[job.uid]
            self._keep(job, tokens, layers)
        elif job in self._ahead:
            self._ahead.remove(job)
            self._end([job], EndReason.CANCELLED)
        else:
            group = next((group for group in self._waiting if job in group), None)
            if group is None:
                return
            group.remove(job)
            if not group:
                self._waiting.remove(group)
            self._end([job], EndReason.CANCELLED)

    def _put_off_reading_ahead(self, generator: Any) -> None:
        """Somebody is waiting now: what was read so far is kept, and the rest is not read."""
        for job in [job for job in self._active.values() if job.ahead]:
            self._cancel(job, generator)

    def _let_in(self, generator: Any) -> None:
        """Those who came first, as far as there are places; those of one call only together."""
        while self._waiting and len(self._active) + len(self._waiting[0]) <= AT_ONCE:
            group = self._waiting.popleft()
            if not self._active:
                forget_peak()
            self._try_to_insert(group, generator)
        if self._ahead and not self._active:
            self._read_ahead(self._ahead.popleft(), generator)

    def _read_ahead(self, job: Job, generator: Any) -> None:
        past, never_read = job.request.segments
        if self._cache.longest((*past, *never_read))[0] == len(past):
            self._end([job], EndReason.STOP)
        else:
            self._try_to_insert([job], generator)

    def _try_to_insert(self, group: Sequence[Job], generator: Any) -> None:
        try:
            self._insert(group, generator)
        except Exception as error:
            self._end(group, EndReason.FAILED, _failure(error))

    def _insert(self, jobs: Sequence[Job], generator: Any) -> None:
        from mlx_lm.generate import StopSequences

        caches, unread = [], []
        for job in jobs:
            prompt = tuple(chain.from_iterable(job.request.segments))
            job.cached, layers = self._cache.longest(prompt)
            job.borders = self._cache.borders(job.request.segments)
            cuts = [job.cached, *sorted(b for b in job.borders if b > job.cached), len(prompt)]
            unread.append([list(prompt[a:b]) for a, b in pairwise(cuts)])
            caches.append((layers, list(prompt[: job.cached])))
        requests = [job.request for job in jobs]
        uids = generator.insert_segments(
            unread,
            max_tokens=[r.sampling.max_tokens for r in requests],
            caches=[layers for layers, _ in caches],
            all_tokens=[cached for _, cached in caches],
            samplers=[job.first.of(sampler(job.request)) for job in jobs],
            stop_sequences=[StopSequences([(i,) for i in sorted(r.stop_ids)]) for r in requests],
        )
        for uid, job in zip(uids, jobs, strict=True):
            job.uid = uid
            self._active[uid] = job

    def _step(self, generator: Any) -> None:
        short = any(job.writing or job.ahead for job in self._active.values())
        generator.prefill_step_size = _CHUNK_BESIDE_OTHERS if short else _CHUNK
        before = time.perf_counter()
        read, generated = generator.next()
        now = time.perf_counter()
        for response in read:
            self._was_read(response, generator, before, now)
        given = [(self._active[r.uid], r.token, r.logprobs) for r in generated]
        self._tell([token for token in given if not token[0].told_early], now)
        for response, (job, *_) in zip(generated, given, strict=True):
            job.told_early = False
            if response.finish_reason is not None:
                del self._active[response.uid]
                reason = _END[response.finish_reason]
                self._end([job], reason)
                if reason is EndReason.LENGTH:
                    self._keep(job, response.all_tokens, response.prompt_cache)
        self._begin_to_write([r.uid for r in read if r.end_of_prompt], generator)

    def _begin_to_write(self, uids: Iterable[int], generator: Any) -> None:
        """Tell the first tokens of prompts that were read, before the next step; keep what waited
        for that."""
        drawn = []
        for uid in uids:
            job = self._active[uid]
            try:
                first = job.first.take()
            except ModelError as error:
                generator.remove([uid])
                del self._active[uid]
                self._end([job], EndReason.FAILED, error)
            else:
                drawn += [(job, *first)] if first else []
        self._tell(drawn, time.perf_counter())
        for job, *_ in drawn:
            job.told_early = True
            if job.late is not None:
                (tokens, layers), job.late = job.late, None
                self._keep(job, tokens, layers)

    def _tell(self, drawn: Sequence[tuple[Job, int, Any]], at: float) -> None:
        """Tell tokens that were drawn, each with its log-probabilities [vocabulary]."""
        told = self._scores(drawn)
        for job, token, _ in drawn:
            job.writing = True
            job.tell(TokenStep(token, at, told.get(job)))

    def _was_read(self, response: Any, generator: Any, before: float, now: float) -> None:
        """Tell how far the prompt was read, and take a snapshot where it stands at a border."""
        job = self._active[response.uid]
        done, total = (n + job.cached for n in response.progress)
        if not job.reading:
            job.reading = True
            job.tell(PrefillStep(job.cached, total, job.cached, before))
        job.tell(PrefillStep(done, total, job.cached, now))
        if done in job.borders:
            layers, tokens = generator.extract_cache([job.uid])[job.uid]
            if done + 1 == total and not job.ahead:
                # Nothing but the last token is left to read: whoever waits for what the model says
                # to it does not wait for the copy, too. The generator goes on with its list.
                job.late = list(tokens), layers
            else:
                self._keep(job, tokens, layers)
        if job.ahead and done + 1 == total:
            generator.remove([job.uid])
            del self._active[response.uid]
            self._end([job], EndReason.STOP)

    def _keep(self, job: Job, tokens: Sequence[int], layers: Sequence[Any]) -> None:
        """Kept at borders, and where a run was cut off: it may be gone on with."""
        if len(tokens) <= job.cached:
            return
        try:
            self._cache.keep(tokens, layers)
        except Exception:  # no memory for a copy: that is no reason to end anybody's run
            self._cache.clear()

    def _scores(self, drawn: Sequence[tuple[Job, int, Any]]) -> dict[Job, TokenScore]:
        asked = [(one, top) for one in drawn if (top := one[0].request.sampling.logprobs)]
        if not asked:
            return {}
        told = scores(
            [logprobs for (_, _, logprobs), _ in asked],
            [token for (_, token, _), _ in asked],
            [top for _, top in asked],
        )
        return {job: score for ((job, _, _), _), score in zip(asked, told, strict=True)}

    def _end(self, jobs: Iterable[Job], reason: EndReason, error: Exception | None = None) -> None:
        now, peak = time.perf_counter(), peak_memory()
        for job in (ended := list(jobs)):
            job.tell(EndStep(reason, now, error, peak))
        self._inbox.left(sum(not job.ahead for job in ended))


def _jobs(command: Command) -> Sequence[Job]:
    match command:
        case Submit(jobs):
            return jobs
        case ReadAhead(job):
            return [job]
        case _:
            return []


def _failure(error: Exception) -> BackendError:
    failure = BackendError(
        f"Generation failed in the machine ({type(error).__name__}: {error}). The text so far is "
        "kept; try again with a shorter prompt or fewer runs at once. If it fails every time, the "
        "model's files may be damaged: download it again."
    )
    failure.__cause__ = error
    return failure
