"""What decides what an experiment's runs come to: settings, weights and prompts, to be held against
those of another day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from core.engine import InferenceEngine
from core.experiment.experiment import Experiment

_BLOCK: Final = 4096
_BLOCKS: Final = 256
_IN_WORDS: Final = {"max_tokens": "max-tokens", "top_p": "top-p", "top_k": "top-k"}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """weights: see `weights_of`. prompts: a SHA-256 of each question with its instructions."""

    model: str
    weights: str
    format: str
    date: str
    knowledge_cutoff: str
    instructions: str | None
    temperature: float
    top_p: float
    top_k: int
    max_tokens: int
    seed: int | None
    prompts: tuple[str, ...]

    def differences(self, other: Fingerprint) -> list[str]:
        """Where the other one is not the same, each in words: `temperature was 0.7 and is 0`."""
        found = list(_settings(self, other))
        if self.model == other.model and self.weights != other.weights:
            found.append(f"the weights of {self.model} were others")
        if len(self.prompts) != len(other.prompts):
            many = f"there were {len(self.prompts)} prompts and are {len(other.prompts)}"
            return [*found, many]
        pairs = zip(self.prompts, other.prompts, strict=False)
        number = next((n for n, (was, now) in enumerate(pairs, 1) if was != now), None)
        return found if number is None else [*found, f"prompt {number} was another"]


def _settings(was: Fingerprint, now: Fingerprint) -> Iterator[str]:
    for field in fields(Fingerprint):
        one, other = getattr(was, field.name), getattr(now, field.name)
        if field.name not in ("weights", "prompts") and one != other:
            name = _IN_WORDS.get(field.name, field.name.replace("_", " "))
            yield f"{name} was {_shown(one)} and is {_shown(other)}"


def _shown(value: object) -> str:
    text = "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def fingerprint(experiment: Experiment, engine: InferenceEngine) -> Fingerprint:
    """Of an experiment that has its date, on the model that is loaded."""
    params, info = experiment.params, engine.info
    return Fingerprint(
        model=engine.model,
        weights="" if info is None else weights_of(info.path),
        format=engine.format.name,
        date=experiment.date,
        knowledge_cutoff=engine.config.knowledge_cutoff,
        instructions=experiment.instructions,
        temperature=params.temperature,
        top_p=params.top_p,
        top_k=params.top_k,
        max_tokens=params.max_tokens,
        seed=params.seed,
        prompts=tuple(_sha256(q.prompt, q.instructions or "") for q in experiment.questions),
    )


def weights_of(folder: Path) -> str:
    """A SHA-256 of a checkpoint's config.json and of 256 blocks spread over each file of weights:
    another training shows in them, and gigabytes need not be read."""
    told = hashlib.sha256((folder / "config.json").read_bytes())
    for file in sorted(folder.glob("model*.safetensors")):
        length = file.stat().st_size
        told.update(f"{file.name} {length}".encode())
        with file.open("rb") as weights:
            for n in range(_BLOCKS):
                weights.seek(n * max(0, length - _BLOCK) // (_BLOCKS - 1))
                told.update(weights.read(_BLOCK))
    return told.hexdigest()


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
