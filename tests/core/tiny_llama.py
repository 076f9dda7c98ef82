"""A llama checkpoint of random weights with a tokenizer and a chat template of its own, in the
layout that mlx-lm loads."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm.models.llama import Model, ModelArgs
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
PLAIN = ("<think>", "</think>")

TEMPLATE = """\
{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' }}"""
THINKS = TEMPLATE + "{{- '<think>\\n' }}{%- endif %}"
"""Opens the thoughts in the prompt."""
SWITCHED = (
    TEMPLATE
    + "{%- if not enable_thinking %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}"
)
"""Takes enable_thinking, and leaves it to the model to open its thoughts."""
EFFORT = TEMPLATE + "{{- 'effort: ' + reasoning_effort + '\\n' }}{%- endif %}"
"""Takes reasoning_effort, and knows no thoughts."""
STRICT = (
    "{%- if messages[0].role == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
    + TEMPLATE
    + "{%- endif %}"
)


def checkpoint(folder: Path, template: str | None = THINKS) -> Path:
    """Write a whole checkpoint into `folder`; the same weights every time."""
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>"}
    if template is not None:
        settings["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    config = {
        "model_type": "llama",
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "intermediate_size": 64,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-5,
        # Padded, as many checkpoints are: the last ids are no token.
        "vocab_size": tokenizer.get_vocab_size() + 3,
        "max_position_embeddings": 2048,
    }
    mx.random.seed(0)
    weights = tree_flatten(Model(ModelArgs.from_dict(config)).parameters())
    ends = [tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")]
    (folder / "config.json").write_text(json.dumps({**config, "eos_token_id": ends}))
    mx.save_safetensors(str(folder / "model.safetensors"), dict(weights))
    return folder


def _tokenizer() -> Tokenizer:
    """Every byte is a token, and so are the markers and tags."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({c: n for n, c in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in SPECIAL])
    tokenizer.add_tokens([AddedToken(name, special=False) for name in PLAIN])
    return tokenizer
