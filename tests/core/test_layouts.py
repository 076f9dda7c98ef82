"""The layouts that gpt-oss ships in, as mlx-lm's own code reads them: small checkpoints, made here,
whose logits are those of the same weights as floats."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest
from mlx.utils import tree_flatten
from mlx_lm.models import gpt_oss
from mlx_lm.utils import quantize_model, save_config, save_model
from safetensors.numpy import save_file

from core.errors import ModelError
from core.models import ModelLoader

HIDDEN, INNER, EXPERTS = 64, 96, 4
CONFIG = {
    "model_type": "gpt_oss",
    "num_hidden_layers": 2,
    "num_local_experts": EXPERTS,
    "num_experts_per_tok": 2,
    "vocab_size": 256,
    "hidden_size": HIDDEN,
    "intermediate_size": INNER,
    "head_dim": 32,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "sliding_window": 8,
    "max_position_embeddings": 128,
    "layer_types": ["sliding_attention", "full_attention"],
}
FP4 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6], dtype=np.float32)
FP4 = np.concatenate([FP4, -FP4])
TOKENS = mx.array([list(range(3, 23))])


def blank() -> gpt_oss.Model:
    mx.random.seed(1)
    return gpt_oss.Model(gpt_oss.ModelArgs.from_dict(CONFIG))


def logits(model: object) -> np.ndarray:
    return np.array(model(TOKENS)[0].astype(mx.float32))


def as_floats(blocks: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The OCP microscaling format: two 4-bit floats a byte, the low half first, 32 to a scale."""
    pairs = np.stack([FP4[blocks & 15], FP4[blocks >> 4]], axis=-1)  # [..., groups, 16, 2]
    values = (
        pairs.reshape(*blocks.shape[:-1], 32) * np.exp2(scales.astype(np.float32) - 127)[..., None]
    )
    return values.reshape(*blocks.shape[:-2], -1)


def original(folder: Path) -> dict[str, np.ndarray]:
    """A folder in openai's layout; the float weights by mlx-lm's names."""
    draw = np.random.default_rng(2)
    floats = {name: np.array(value) for name, value in tree_flatten(blank().parameters())}
    shipped = {name: value for name, value in floats.items() if ".experts." not in name}
    for layer in range(2):
        stem = f"model.layers.{layer}.mlp.experts."
        for name, rows, columns in (
            ("gate_up_proj", 2 * INNER, HIDDEN),
            ("down_proj", HIDDEN, INNER),
        ):
            groups = (EXPERTS, rows, columns // 32)
            blocks = draw.integers(0, 256, (*groups, 16), dtype=np.uint8)
            scales = draw.integers(120, 125, groups, dtype=np.uint8)
            bias = draw.standard_normal((EXPERTS, rows)).astype(np.float32)
            shipped |= {
                f"{stem}{name}_blocks": blocks,
                f"{stem}{name}_scales": scales,
                f"{stem}{name}_bias": bias,
            }
            weight = as_floats(blocks, scales)
            if name == "down_proj":
                floats |= {f"{stem}down_proj.weight": weight, f"{stem}down_proj.bias": bias}
            else:  # gate and up in turn
                for at, part in enumerate(("gate_proj", "up_proj")):
                    floats[f"{stem}{part}.weight"] = weight[:, at::2]
                    floats[f"{stem}{part}.bias"] = bias[:, at::2]
    folder.mkdir()
    save_file(
        {n: np.ascontiguousarray(t) for n, t in shipped.items()}, folder / "model.safetensors"
    )
    config = {**CONFIG, "quantization_config": {"quant_method": "mxfp4"}}
    (folder / "config.json").write_text(json.dumps(config))
    return floats


def test_openais_mxfp4_blocks_and_scales_give_the_logits_of_the_floats_they_stand_for(tmp_path):
    floats = original(tmp_path / "m")
    loader = ModelLoader(tmp_path / "m")
    assert loader.info.quantization == "mxfp4"
    reference = blank()
    reference.load_weights([(name, mx.array(value)) for name, value in floats.items()])
    assert logits(loader.load()) == pytest.approx(logits(reference), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("bits", "mode", "group", "said"),
    [(4, "affine", 32, "4-bit"), (8, "affine", 32, "8-bit"), (4, "mxfp4", 32, "mxfp4")],
)
def test_a_checkpoint_that_mlx_lm_quantised_gives_the_logits_of_its_dequantised_weights(
    tmp_path, bits, mode, group, said
):
    def experts(path: str, module: object) -> bool:
        return hasattr(module, "to_quantized") and ".mlp.experts" in path

    model, config = quantize_model(
        blank(), dict(CONFIG), group, bits, mode=mode, quant_predicate=experts
    )
    folder = tmp_path / "m"
    folder.mkdir()
    save_model(folder, model)
    save_config(config, folder / "config.json")
    loader = ModelLoader(folder)
    assert loader.info.quantization == said

    weights = dict(tree_flatten(model.parameters()))
    floats = {}
    for name, value in weights.items():
        stem = name.removesuffix(".weight")
        if name.endswith(".weight") and f"{stem}.scales" in weights:
            floats[name] = mx.dequantize(
                value,
                weights[f"{stem}.scales"],
                weights.get(f"{stem}.biases"),
                group_size=group,
                bits=bits,
                mode=mode,
            ).astype(mx.float32)
        elif not name.endswith((".scales", ".biases")):
            floats[name] = value
    reference = blank()
    reference.load_weights(list(floats.items()))
    assert logits(loader.load()) == pytest.approx(logits(reference), rel=1e-3, abs=1e-3)


def test_an_original_checkpoint_cut_short_is_refused_in_a_sentence(tmp_path):
    original(tmp_path / "m")
    file = tmp_path / "m" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(ModelError, match=r"could not be loaded.*Fetch it again"):
        ModelLoader(tmp_path / "m").load()
