"""Write a trained run as compact weights: `python -m core.demo.export build/demo/last.pt`.

Tensors carry mlx-lm's names; the embedding and the head hold the compact rows and, last, the
shared row.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from core.checkpoint import CONFIG, EMBEDDING, HEAD, IDS, TENSORS, WEIGHTS
from core.demo.batches import POSITIONS
from core.demo.compact import FULL_ROWS, Compact
from core.demo.layers import Shape
from core.demo.network import Network
from core.demo.start import named
from core.demo.train import build, load_state
from core.vocabulary import CALL, END, RETURN


def config(shape: Shape) -> dict[str, Any]:
    """config.json as gpt-oss's own; positions as far as training reached, not as YaRN allows."""
    kinds = ["sliding_attention", "full_attention"]
    return {
        "architectures": ["GptOssForCausalLM"],
        "attention_bias": True,
        "attention_dropout": 0.0,
        "eos_token_id": [RETURN, CALL],
        "pad_token_id": END,
        "experts_per_token": 2,
        "num_experts_per_tok": 2,
        "num_local_experts": shape.experts,
        "head_dim": shape.head_size,
        "hidden_act": "silu",
        "hidden_size": shape.hidden,
        "initial_context_length": shape.yarn_original,
        "intermediate_size": shape.intermediate,
        "layer_types": [kinds[i % 2] for i in range(shape.layers)],
        "max_position_embeddings": POSITIONS,
        "model_type": "gpt_oss",
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.key_heads,
        "rms_norm_eps": shape.epsilon,
        "rope_scaling": {
            "beta_fast": shape.beta_fast,
            "beta_slow": shape.beta_slow,
            "factor": shape.yarn_factor,
            "original_max_position_embeddings": shape.yarn_original,
            "rope_type": "yarn",
            "truncate": True,
        },
        "rope_theta": int(shape.theta),
        "sliding_window": shape.window,
        "swiglu_limit": 7.0,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "vocab_size": FULL_ROWS,
    }


def weights(network: Network) -> dict[str, torch.Tensor]:
    """The tensors by mlx-lm's names, gate and up apart."""
    out = {EMBEDDING: network.embedding(), HEAD: network.output(), **named(network)}
    return {name: tensor.detach().float().contiguous().clone() for name, tensor in out.items()}


def write(network: Network, compact: Compact, folder: Path) -> None:
    """Write the compact weights as the product ships them."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights(network), folder / TENSORS)
    ids = {"input": compact.ids, "output": [compact.ids[row] for row in compact.outputs]}
    (folder / IDS).write_text(json.dumps(ids) + "\n")
    (folder / CONFIG).write_text(json.dumps(config(network.shape), indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    parser.add_argument(
        "--raw", action="store_true", help="the last weights, not their running average"
    )
    args = parser.parse_args()
    state = load_state(args.state)
    network = build(state["compact"], Shape())
    network.load_state_dict(state["network" if args.raw else "average"])
    write(network, state["compact"], args.to)
    print(f"{args.to}: {state['steps']} steps, {state['tokens'] / 1e6:.1f}M tokens")


if __name__ == "__main__":
    main()
