"""A gpt-oss checkpoint of random weights: small enough to run the backend through long chats."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm.models.gpt_oss import Model, ModelArgs

VOCABULARY = 300
WINDOW = 32


def checkpoint(folder: Path, layers: int = 4, context: int = 8192) -> Path:
    """Write config.json and model.safetensors into `folder`; the same weights every time."""
    config = {
        "model_type": "gpt_oss",
        "num_hidden_layers": layers,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "vocab_size": VOCABULARY,
        "hidden_size": 32,
        "intermediate_size": 32,
        "head_dim": 8,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "sliding_window": WINDOW,
        "layer_types": ["sliding_attention", "full_attention"] * (layers // 2),
    }
    mx.random.seed(0)
    model = Model(ModelArgs(**config))
    # Enough spread that what stands far back decides the next token, too.
    weights = {name: value * 3 for name, value in tree_flatten(model.parameters())}
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": context}))
    mx.save_safetensors(str(folder / "model.safetensors"), weights)
    return folder
