"""Compare torch with mlx-lm, by hand: `python -m core.demo.parity build/demo/last.pt`.

Needs torch and mlx in one environment. Prints the largest difference of a logit, and how many
greedy turns of the engine on mlx are, token for token, those of the torch network: a turn is where
each of its tokens is the network's best one behind all tokens before it.
"""

import argparse
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import mlx.core as mx
import numpy as np
import torch
from mlx_lm.utils import load_model

from core.checkpoint import expand
from core.config import InferenceConfig
from core.demo.export import write
from core.demo.known import KnownRows
from core.demo.layers import Shape
from core.demo.network import Network
from core.demo.suite import suite
from core.demo.tasks import FAMILIES, LEVELS, training
from core.demo.train import build, load_state
from core.demo.transcript import opening_tokens, random_opening, sample
from core.engine import InferenceEngine
from core.many import run_all
from core.sampling import SamplingParams

PREFIX = 32  # tokens of a prompt that stand for the opening: which ones does not matter


class Trainer:
    """The network as it was trained, asked for logits over its outputs."""

    def __init__(self, state: Path) -> None:
        saved = load_state(state)
        self.compact = saved["compact"]
        self.network: Network = build(self.compact, Shape())
        self.network.load_state_dict(saved["average"])
        self.outputs = [self.compact.ids[row] for row in self.compact.outputs]
        self._row = {token: i for i, token in enumerate(self.compact.ids)}

    def logits(self, opening: list[int], branch: list[int]) -> np.ndarray:
        """[L, outputs + 1] behind each token of `branch`; the last is each other id's."""
        start = torch.tensor([len(opening)])
        with torch.no_grad():
            x, output, _ = self.network(
                self._rows(opening)[None], start, self._rows(branch)[None, None], start
            )
            logits: np.ndarray = (x @ output.T).numpy()
            return logits

    def agrees(self, prompt: list[int], turn: list[int]) -> bool:
        """Whether `turn` is what the network writes greedily behind `prompt`."""
        behind = [*prompt[PREFIX:], *turn[:-1]]
        best = self.logits(prompt[:PREFIX], behind)[-len(turn) :].argmax(-1)
        return [([*self.outputs, -1])[i] for i in best] == turn

    def _rows(self, tokens: list[int]) -> torch.Tensor:
        return torch.tensor([self._row.get(t, len(self._row)) for t in tokens])


def worst_difference(trainer: Trainer, model: Path, questions: int) -> float:
    """The largest difference of a logit over questions with their answers."""
    network, _ = load_model(model)
    rng = Random(7)
    worst = 0.0
    for i in range(questions):
        level = LEVELS[i % 3]
        opening = opening_tokens(random_opening(rng, level))
        branch = sample(training(rng), level).tokens
        ours = trainer.logits(opening, branch)
        theirs = np.array(network(mx.array([opening + branch]))[0, len(opening) :])
        worst = max(worst, float(np.abs(ours[:, :-1] - theirs[:, trainer.outputs]).max()))
    return worst


def greedy_turns(folder: Path, work: Path, each: int) -> Iterator[tuple[list[int], list[int]]]:
    """Prompt and turn of `each` held-out questions of every family at every level."""
    params = SamplingParams(temperature=0, max_tokens=700)
    with InferenceEngine(KnownRows(folder, work), InferenceConfig()) as engine:
        asked = suite([f for f in FAMILIES if f != "tool"], LEVELS, each, seed=3)
        starts = (
            (one, partial(engine.start, one.conversation, params, one.level, True)) for one in asked
        )
        for one, result in run_all(starts):
            prompt = engine.format.prompt(one.conversation, result.reasoning_level)
            yield list(prompt.token_ids), list(result.token_ids or ())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("--questions", type=int, default=20, help="for the logits")
    parser.add_argument("--each", type=int, default=12, help="of a family and level, for the turns")
    args = parser.parse_args()
    trainer = Trainer(args.state)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(trainer.network, trainer.compact, folder)
        worst = worst_difference(trainer, expand(folder / "full", folder), args.questions)
        print(f"largest difference of a logit over {args.questions} questions: {worst:.2e}")
        work = folder / "work"
        work.mkdir()
        turns = list(greedy_turns(folder, work, args.each))
        same = sum(trainer.agrees(prompt, turn) for prompt, turn in turns)
    print(f"greedy turns that are the same: {same} of {len(turns)}")


if __name__ == "__main__":
    main()
