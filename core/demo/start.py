"""A network that begins from exported weights, whose compact vocabulary may be another one."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from core.checkpoint import CONFIG, EMBEDDING, HEAD, IDS, TENSORS
from core.demo.compact import Compact, feature_table
from core.demo.grow import grown
from core.demo.layers import Shape
from core.demo.network import Network

RIDGE = 1.0
RIDGE_OUT = 1000.0  # against some 4,000 rows of a norm near 27


@torch.no_grad()
def begin_from(network: Network, compact: Compact, folder: Path) -> int:
    """Copy the weights in `folder` into a fresh network; how many of its rows were known there.

    A known token's row, in and out, is as it was. A new token starts from the composition that
    explains the known rows best, and its output from the map that best leads from the known rows in
    to the known rows out.
    """
    config = json.loads((folder / CONFIG).read_text())
    old = Shape(
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        key_heads=config["num_key_value_heads"],
        head_size=config["head_dim"],
        experts=config["num_local_experts"],
        intermediate=config["intermediate_size"],
    )
    saved = grown(load_file(folder / TENSORS), old, network.shape)
    ids = json.loads((folder / IDS).read_text())
    for name, parameter in named(network).items():
        parameter.copy_(saved[name])
    row_of = {token: row for row, token in enumerate(ids["input"])}
    known = [at for at, token in enumerate(compact.ids) if token in row_of]
    taken = [row_of[compact.ids[at]] for at in known]
    # The shared row stands last, here and there.
    at = torch.tensor([*known, len(compact.ids)])
    compose(network, compact, at, saved[EMBEDDING][[*taken, len(row_of)]])
    said = {token: row for row, token in enumerate(ids["output"])}
    picked = torch.tensor([said.get(compact.ids[row], len(said)) for row in compact.outputs])
    wanted = saved[HEAD][torch.cat((picked, torch.tensor([len(said)])))]
    new = picked == len(said)
    rows = network.rows(network.outputs)
    wanted[:-1][new] = mapped(rows[~new], wanted[:-1][~new], rows[new])
    network.head.zero_()
    network.head.copy_(wanted - network.output())
    return len(known)


def mapped(known: Tensor, wanted: Tensor, new: Tensor) -> Tensor:
    """What `new` [N, D] leads to by the affine map (ridge) from `known` [M, D] to `wanted`."""
    middle, mean = known.mean(0), wanted.mean(0)
    left = (known - middle).double().T @ (known - middle).double()
    left.diagonal().add_(RIDGE_OUT)
    right = (known - middle).double().T @ (wanted - mean).double()
    return mean + (new - middle) @ torch.linalg.solve(left, right).float()


def compose(network: Network, compact: Compact, at: Tensor, wanted: Tensor) -> None:
    """Set the features so that the embedding's rows `at` are `wanted`.

    Features that several tokens share are fitted (ridge), then each token's own vector takes what
    is left. Tokens without one (numbers) get their fit alone, which has to do.
    """
    _, names = feature_table(compact.ids)
    features = network.features
    own = torch.tensor([name.startswith("own:") or name == "unknown" for name in names])
    table = network.table[at]
    shared = torch.where(own[table], 0, table)
    used = shared.unique()
    used = used[used > 0]
    column = torch.zeros(len(names), dtype=torch.long)
    column[used] = torch.arange(1, len(used) + 1)
    design = torch.zeros(len(at), len(used) + 1).scatter_add_(
        1, column[shared], torch.ones_like(shared, dtype=torch.float32)
    )[:, 1:]
    # Rows without a vector of their own weigh more: nothing else can set them right.
    owner = torch.where(own[table], table, 0).amax(1)
    weight = torch.where(owner > 0, 1.0, 1000.0)[:, None].double()
    left = (design.double().T * weight.T) @ design.double()
    left.diagonal().add_(RIDGE)
    right = design.double().T @ (weight * wanted.double())
    features[used] = torch.linalg.solve(left, right).float()
    has = owner > 0
    features[owner[has]] = 0
    features[owner[has]] = (wanted - network.embedding()[at])[has]


def named(network: Network) -> dict[str, Tensor]:
    """The network's parameters by mlx-lm's names, all but the embedding and the head."""
    out: dict[str, Tensor] = {"model.norm.weight": network.norm.weight}
    for i, block in enumerate(network.blocks):
        at = f"model.layers.{i}"
        out[f"{at}.input_layernorm.weight"] = block.before.weight
        out[f"{at}.post_attention_layernorm.weight"] = block.after.weight
        out[f"{at}.self_attn.sinks"] = block.attention.sinks
        for name in "qkvo":
            part = getattr(block.attention, name)
            out[f"{at}.self_attn.{name}_proj.weight"] = part.weight
            out[f"{at}.self_attn.{name}_proj.bias"] = part.bias
        out[f"{at}.mlp.router.weight"] = block.experts.router.weight
        out[f"{at}.mlp.router.bias"] = block.experts.router.bias
        for name in ("gate", "up", "down"):
            out[f"{at}.mlp.experts.{name}_proj.weight"] = getattr(block.experts, name)
            out[f"{at}.mlp.experts.{name}_proj.bias"] = getattr(block.experts, f"{name}_bias")
    return out
