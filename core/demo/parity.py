"""Compare torch with mlx-lm, by hand: `python -m core.demo.parity build/demo/last.pt`.

Needs torch and mlx in one environment. Prints the largest difference of log-probabilities over
the compact outputs.
"""

import argparse
import tempfile
from pathlib import Path
from random import Random

import numpy as np
import torch
from safetensors.torch import save_file

from core.checkpoint import CONFIG, IDS, TENSORS, expand
from core.demo.export import config, weights
from core.demo.layers import Shape
from core.demo.network import Network
from core.demo.tasks import LEVELS, training
from core.demo.train import build, load_state
from core.demo.transcript import opening_tokens, random_opening, sample


def torch_logits(
    network: Network, row: dict[int, int], opening: list[int], branch: list[int]
) -> np.ndarray:
    """[L, outputs + 1] with the shared logit last, as the product sees it (per id, not summed)."""

    def rows(tokens: list[int]) -> torch.Tensor:
        return torch.tensor([row.get(t, len(row)) for t in tokens])

    start = torch.tensor([len(opening)])
    with torch.no_grad():
        x, output, _ = network(rows(opening)[None], start, rows(branch)[None, None], start)
        logits: np.ndarray = (x @ output.T).numpy()
        return logits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("--questions", type=int, default=20)
    args = parser.parse_args()
    import json

    import mlx.core as mx
    from mlx_lm.utils import load_model

    state = load_state(args.state)
    compact = state["compact"]
    network = build(compact, Shape())
    network.load_state_dict(state["average"])
    outputs = [compact.ids[row] for row in compact.outputs]
    row = {token: i for i, token in enumerate(compact.ids)}
    rng = Random(7)
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_file(weights(network), folder / TENSORS)
        (folder / IDS).write_text(json.dumps({"input": compact.ids, "output": outputs}))
        (folder / CONFIG).write_text(json.dumps(config(Shape())))
        model, _ = load_model(expand(folder / "full", folder))
        for i in range(args.questions):
            level = LEVELS[i % 3]
            opening = opening_tokens(random_opening(rng, level))
            branch = sample(training(rng), level).tokens
            ours = torch_logits(network, row, opening, branch)
            theirs = np.array(
                model(mx.array([opening + branch]))[0, len(opening) :].astype(mx.float32)
            )
            worst = max(worst, float(np.abs(ours[:, :-1] - theirs[:, outputs]).max()))
    print(f"largest difference of a logit over {args.questions} questions: {worst:.2e}")


if __name__ == "__main__":
    main()
