"""The exported checkpoint folders hold the shipped numbers, in the layout their readers expect."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest
from mlx_lm.models import gpt_oss
from mlx_lm.utils import load_model
from safetensors import safe_open
from safetensors.numpy import load_file

from core.checkpoint import CONFIG, TENSORS, WEIGHTS
from core.demo.known import known_only
from core.demo.layouts import LAYOUTS, to_hf, write
from core.demo.suite import suite
from core.demo.transcript import prompt_tokens
from core.models import ModelLoader

EXPERTS = "model.layers.0.mlp.experts"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped weights in each layout, with the known rows only: small and quick."""
    base = tmp_path_factory.mktemp("layouts")
    known_only(WEIGHTS, base / "known")
    for layout in LAYOUTS:
        write(base / layout, layout, base / "known")
    return {layout: base / layout for layout in LAYOUTS}


def logits(model: object, tokens: list[int]) -> np.ndarray:
    return np.array(model(mx.array([tokens]))[0].astype(mx.float32))


@pytest.fixture(scope="module")
def tokens() -> list[int]:
    """Rows of the known vocabulary, as many as a prompt has."""
    (one,) = suite(["sum"], ["high"], 1, seed=1)
    return [token % 1000 for token in prompt_tokens(one.question, "high")]


def test_the_mlx_layout_is_read_by_mlx_lm_as_any_folder_is(folders, tokens):
    model = ModelLoader(folders["mlx"]).load()
    assert np.isfinite(logits(model, tokens)).all()


def test_mlx_lms_own_sanitize_takes_the_hf_layout_apart_into_the_shipped_logits(folders, tokens):
    """What it lacks for unquantised experts (mlx-lm#1079) is done here: the name, and the axes."""
    config = json.loads((folders["hf"] / CONFIG).read_text())
    loaded = mx.load(str(folders["hf"] / TENSORS))
    closed = {}
    for name, tensor in loaded.items():
        if name.endswith(("gate_up_proj", "down_proj")):
            name, tensor = f"{name}.weight", tensor.swapaxes(-1, -2)  # noqa: PLW2901
        closed[name] = tensor
    model = gpt_oss.Model(gpt_oss.ModelArgs.from_dict(config))
    taken_apart = model.sanitize(closed)
    shipped = load_file(folders["mlx"] / TENSORS)
    assert set(taken_apart) == set(shipped)
    assert all((np.array(taken_apart[name]) == shipped[name]).all() for name in shipped)
    model.load_weights(list(taken_apart.items()), strict=True)
    expected = logits(load_model(folders["mlx"])[0], tokens)
    assert logits(model, tokens) == pytest.approx(expected, abs=5e-3)


def test_the_experts_of_the_hf_layout_compute_what_those_of_mlx_lm_do(folders):
    """By the formula of transformers (GptOssExperts in modeling_gpt_oss.py), for every expert."""
    hf = load_file(folders["hf"] / TENSORS)
    x = np.random.default_rng(1).standard_normal((5, hf["model.norm.weight"].shape[0]))
    x = x.astype(np.float32)
    experts = hf[f"{EXPERTS}.gate_up_proj"].shape[0]
    layer = load_model(folders["mlx"])[0].layers[0].mlp.experts
    for expert in range(experts):
        both = (
            x @ hf[f"{EXPERTS}.gate_up_proj"][expert] + hf[f"{EXPERTS}.gate_up_proj_bias"][expert]
        )
        gate, up = np.minimum(both[:, ::2], 7), np.clip(both[:, 1::2], -7, 7)
        gated = (up + 1) * gate / (1 + np.exp(-1.702 * gate))
        theirs = (
            gated @ hf[f"{EXPERTS}.down_proj"][expert] + hf[f"{EXPERTS}.down_proj_bias"][expert]
        )
        ours = np.array(layer(mx.array(x), mx.full((5, 1), expert)))[:, 0]
        # Small values are differences of large ones, and as exact as those.
        assert ours == pytest.approx(theirs, rel=1e-5, abs=float(1e-6 * np.abs(theirs).max()))


def test_the_hf_layout_has_the_names_and_shapes_of_openais_unquantised_checkpoint(folders):
    config = json.loads((folders["hf"] / CONFIG).read_text())
    count, inner = config["num_local_experts"], config["intermediate_size"]
    outer = config["hidden_size"]
    tensors = load_file(folders["hf"] / TENSORS)
    assert {n: t.shape for n, t in tensors.items() if n.startswith(EXPERTS)} == {
        f"{EXPERTS}.gate_up_proj": (count, outer, 2 * inner),
        f"{EXPERTS}.gate_up_proj_bias": (count, 2 * inner),
        f"{EXPERTS}.down_proj": (count, inner, outer),
        f"{EXPERTS}.down_proj_bias": (count, outer),
    }
    with safe_open(folders["hf"] / TENSORS, "np") as file:
        assert file.metadata() == {"format": "pt"}


def test_nothing_but_the_experts_is_touched(folders):
    mlx, hf = (load_file(folders[layout] / TENSORS) for layout in LAYOUTS)
    others = [name for name in mlx if ".experts." not in name]
    assert others == [name for name in hf if ".experts." not in name]
    assert all((mlx[name] == hf[name]).all() for name in others)
    assert sum(t.size for t in mlx.values()) == sum(t.size for t in hf.values())


def test_experts_wider_than_the_model_keep_their_axes_apart():
    """With all sizes equal, as in gpt-oss-20b, a swapped axis would go unseen."""
    gate = np.arange(2 * 3 * 5, dtype=np.float32).reshape(2, 3, 5)
    biases = np.arange(6, dtype=np.float32).reshape(2, 3)
    hf = to_hf(
        {
            "e.gate_proj.weight": gate,
            "e.up_proj.weight": gate + 100,
            "e.gate_proj.bias": biases,
            "e.up_proj.bias": biases + 100,
            "e.down_proj.weight": gate.swapaxes(1, 2),
        }
    )
    assert hf["e.gate_up_proj"].shape == (2, 5, 6)
    assert hf["e.gate_up_proj"][1, 4, 0] == gate[1, 0, 4]
    assert hf["e.gate_up_proj"][1, 4, 5] == gate[1, 2, 4] + 100
    assert hf["e.gate_up_proj_bias"][0].tolist() == [0, 100, 1, 101, 2, 102]
    assert (hf["e.down_proj"] == gate).all()


if find_spec("torch"):  # the training group; neither run nor test needs it

    @pytest.mark.filterwarnings("ignore")
    def test_transformers_reads_the_hf_layout_and_gives_the_same_logits(folders, tokens, tmp_path):
        import torch
        from transformers import AutoModelForCausalLM

        config = json.loads((folders["hf"] / CONFIG).read_text())
        config.pop("pad_token_id")  # a row that the small vocabulary has not
        (tmp_path / CONFIG).write_text(json.dumps(config))
        (tmp_path / TENSORS).symlink_to(folders["hf"] / TENSORS)
        theirs = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
        with torch.no_grad():
            read = theirs(torch.tensor([tokens])).logits[0].numpy()
        assert read == pytest.approx(logits(load_model(folders["mlx"])[0], tokens), abs=1e-2)
