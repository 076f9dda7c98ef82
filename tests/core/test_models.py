"""Finding and loading a checkpoint, and the sentences for what cannot be loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.blas import load_openblas
from core.errors import ModelError
from core.models import (
    EMBEDDED,
    ModelLoader,
    ModelSource,
    default_cache,
    default_model,
    local_models,
)


@pytest.fixture
def no_hub(tmp_path, monkeypatch):
    """An empty hub cache and no network."""
    import huggingface_hub.constants as constants

    cache = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return cache


EMPTY_SAFETENSORS = b"\x02\0\0\0\0\0\0\0{}"


def checkpoint(folder: Path, **config: object) -> Path:
    """A folder that looks like a checkpoint; its weight file is no weights."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt_oss", **config}))
    (folder / "model.safetensors").write_bytes(b"\0" * 64)
    return folder


def test_the_embedded_model_is_described_without_loading_it():
    info = ModelLoader().info
    assert info.source is ModelSource.EMBEDDED
    assert info.context_length > 0
    assert (info.path / "config.json").is_file()


def test_the_embedded_model_is_unpacked_below_the_home_that_the_dotenv_file_names(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("COUNTERPOINT_HOME")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"COUNTERPOINT_HOME={tmp_path / 'mine'}\n")
    assert default_cache() == tmp_path / "mine" / "cache"
    monkeypatch.setenv("COUNTERPOINT_HOME", str(tmp_path / "environment"))
    assert default_cache() == tmp_path / "environment" / "cache"


def test_a_folder_is_described_from_its_config(tmp_path):
    folder = checkpoint(
        tmp_path / "m", max_position_embeddings=512, quantization={"bits": 8, "group_size": 64}
    )
    info = ModelLoader(folder).info
    assert (info.source, info.path) == (ModelSource.FOLDER, folder)
    assert (info.context_length, info.weight_bytes, info.quantization) == (512, 64, "8-bit")


def test_mxfp4_is_named_as_openai_ships_it(tmp_path):
    folder = checkpoint(tmp_path / "m", quantization_config={"quant_method": "mxfp4"})
    assert ModelLoader(folder).info.quantization == "mxfp4"


def test_a_missing_model_names_what_was_given_and_what_is_allowed(no_hub):
    with pytest.raises(ModelError, match=r"no model 'nowhere'.*folder.*hub id.*'embedded'"):
        _ = ModelLoader("nowhere").info


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("gpt-oss-20b", "Did you mean openai/gpt-oss-20b?"),
        ("gpt-oss:120b", "Did you mean openai/gpt-oss-120b?"),
        ("Embeded", "Did you mean embedded?"),
        ("https://huggingface.co/openai/gpt-oss-20b", "Did you mean openai/gpt-oss-20b?"),
        ("", None),
        ("x" * 5000, None),
        ("~nobody-here/model", None),
        ("llama", None),
    ],
)
def test_a_mistyped_name_is_answered_with_what_is_allowed_and_the_name_that_is_near(
    no_hub, name, near
):
    with pytest.raises(ModelError) as caught:
        _ = ModelLoader(name).info
    said = str(caught.value)
    assert said.startswith(f"There is no model {name!r}")
    assert "a model that mlx-lm runs" in said
    assert said.endswith(
        "`counterpoint models list` shows what is here, and what can be downloaded."
    )
    assert (near in said) if near else ("Did you mean" not in said)


def test_a_hub_id_that_cannot_be_fetched_says_so(no_hub):
    with pytest.raises(
        ModelError, match=r"acme/gpt-oss.*could not be downloaded.*--model embedded"
    ):
        _ = ModelLoader("acme/gpt-oss").info


def test_a_folder_without_config_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"config\.json could not be read"):
        _ = ModelLoader(tmp_path).info


@pytest.mark.parametrize("config", ["", "{", "[" * 100_000, '{"n": ' + "9" * 5000 + "}", "[]"])
def test_a_config_of_whatever_shape_is_refused_with_the_file_named(tmp_path, config):
    folder = checkpoint(tmp_path / "m")
    (folder / "config.json").write_text(config)
    with pytest.raises(ModelError, match=r"config\.json .*Give a folder with a whole checkpoint"):
        _ = ModelLoader(folder).info


def test_a_folder_in_the_place_of_a_file_is_refused_with_its_name(tmp_path):
    folder = checkpoint(tmp_path / "m")
    for name, call in (("model.safetensors", "load"), ("config.json", "check_fits")):
        (folder / name).unlink()
        (folder / name).mkdir()
        with pytest.raises(ModelError, match=str(folder)):
            getattr(ModelLoader(folder), call)()


def test_another_architecture_is_described_too(tmp_path):
    folder = checkpoint(tmp_path / "m", model_type="llama", text_config={})
    assert ModelLoader(folder).info.model_type == "llama"


def test_an_architecture_that_mlx_lm_does_not_run_is_refused_by_name(tmp_path):
    folder = checkpoint(tmp_path / "m", model_type="abacus")
    (folder / "model.safetensors").write_bytes(EMPTY_SAFETENSORS)
    with pytest.raises(ModelError, match="Model type abacus not supported"):
        ModelLoader(folder).load()


def test_a_config_that_names_no_architecture_is_refused(tmp_path):
    folder = checkpoint(tmp_path / "m", model_type=7)
    with pytest.raises(ModelError, match="model_type 7; it must name an architecture"):
        _ = ModelLoader(folder).info


def test_a_folder_without_weights_is_refused(tmp_path):
    folder = checkpoint(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no model\*\.safetensors"):
        _ = ModelLoader(folder).info


def test_weights_behind_a_link_that_leads_nowhere_are_refused_with_the_file_named(tmp_path):
    folder = checkpoint(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(tmp_path / "gone")
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read .* points to is gone"):
        _ = ModelLoader(folder).info


@pytest.mark.parametrize("length", ["many", -1, 2.5, [512], True])
def test_a_context_that_is_no_number_of_tokens_is_refused(tmp_path, length):
    folder = checkpoint(tmp_path / "m", max_position_embeddings=length)
    with pytest.raises(ModelError, match=r"max_position_embeddings .* whole number, 1 or more"):
        _ = ModelLoader(folder).info


def test_of_a_long_error_the_first_line_is_told(tmp_path):
    """mlx-lm names every missing parameter: hundreds of lines of a model that lacks a shard."""
    folder = checkpoint(tmp_path / "m", num_hidden_layers=2, vocab_size=8, hidden_size=8)
    (folder / "model.safetensors").write_bytes(EMPTY_SAFETENSORS)
    with pytest.raises(
        ModelError, match=r"could not be loaded \(ValueError: Missing \d+ param"
    ) as e:
        ModelLoader(folder).load()
    assert "\n" not in str(e.value)


def test_broken_weights_are_refused_with_the_folder_named(tmp_path):
    folder = checkpoint(tmp_path / "m")
    with pytest.raises(ModelError, match=f"checkpoint in {folder} could not be loaded"):
        ModelLoader(folder).load()


def test_a_loaded_output_matrix_is_that_of_the_file_and_on_the_cpu_stored_by_columns():
    load_openblas()
    import mlx.core as mx

    loader = ModelLoader()
    head = loader.load().lm_head.weight
    saved = mx.load(str(loader.info.path / "model.safetensors"))["lm_head.weight"]
    assert head.shape == saved.shape
    assert mx.array_equal(head, saved)
    if mx.default_device() == mx.cpu:
        assert memoryview(head).strides == (head.itemsize, head.itemsize * len(head))


def test_without_a_cached_gpt_oss_the_default_is_the_embedded_model(no_hub):
    assert default_model() == EMBEDDED


def cached(cache: Path, name: str, *, whole: bool) -> None:
    """Lay a repository out as the hub's cache does."""
    repo = cache / f"models--{name.replace('/', '--')}"
    snapshot = checkpoint(repo / "snapshots" / "abc")
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("abc")
    files = {"a": "model.safetensors", "b": "model.safetensors" if whole else "model-2.safetensors"}
    index = {"weight_map": files}
    (snapshot / "model.safetensors.index.json").write_text(json.dumps(index))


def test_a_cached_gpt_oss_20b_that_fits_in_memory_is_the_default(no_hub):
    cached(no_hub, "openai/gpt-oss-20b", whole=True)
    assert default_model() == "openai/gpt-oss-20b"
    assert ModelLoader("openai/gpt-oss-20b").info.source is ModelSource.HUB


def test_a_download_that_was_broken_off_is_not_taken_for_a_model(no_hub):
    cached(no_hub, "openai/gpt-oss-20b", whole=False)
    assert default_model() == EMBEDDED


@pytest.mark.parametrize("index", [True, False])
def test_a_model_whose_weights_were_cleared_from_the_cache_is_not_taken_for_one(no_hub, index):
    cached(no_hub, "openai/gpt-oss-20b", whole=True)
    (weights,) = no_hub.rglob("model.safetensors")
    weights.unlink()
    weights.symlink_to(no_hub / "gone")
    if not index:
        (weights.parent / "model.safetensors.index.json").unlink()
    assert default_model() == EMBEDDED
    assert [model.name for model in local_models()] == [EMBEDDED]


@pytest.mark.parametrize("name", ["models/gpt oss", "models/a--b", "models/x.git"])
def test_a_mistyped_path_is_no_hub_id_and_says_so(no_hub, name):
    with pytest.raises(ModelError, match="There is no model"):
        _ = ModelLoader(name).info


def test_a_damaged_index_in_the_hubs_cache_is_not_taken_for_a_model(no_hub):
    cached(no_hub, "openai/gpt-oss-20b", whole=True)
    (index,) = no_hub.rglob("model.safetensors.index.json")
    index.write_text("{")
    assert default_model() == EMBEDDED


def test_some_shards_without_the_index_that_names_them_all_are_not_taken_for_a_model(no_hub):
    cached(no_hub, "openai/gpt-oss-20b", whole=True)
    (index,) = no_hub.rglob("model.safetensors.index.json")
    index.unlink()
    whole = index.with_name("model.safetensors")
    whole.rename(index.with_name("model-00001-of-00002.safetensors"))
    assert default_model() == EMBEDDED
    index.with_name("model-00002-of-00002.safetensors").write_bytes(b"\0")
    assert default_model() == "openai/gpt-oss-20b"
