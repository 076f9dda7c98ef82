"""`counterpoint models`: what lies here, the embedded model's card, facts of the others."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from core.checkpoint import WEIGHTS
from core.models import CATALOGUE
from ui.terminal import cli
from ui.terminal import models as command

CARD = (WEIGHTS / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub cache with a whole gpt-oss, one that was broken off, and another architecture."""
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    cached(cache, "openai/gpt-oss-20b", "gpt_oss", quantization_config={"quant_method": "mxfp4"})
    cached(cache, "acme/broken-off", "gpt_oss", whole=False)
    cached(cache, "acme/llama", "llama")
    return cache


def cached(cache: Path, name: str, kind: str, whole: bool = True, **config: object) -> None:
    """Lay a repository out as the hub's cache does."""
    repo = cache / f"models--{name.replace('/', '--')}"
    snapshot = repo / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("abc")
    (snapshot / "config.json").write_text(json.dumps({"model_type": kind, **config}))
    if whole:
        (snapshot / "model.safetensors").write_bytes(b"\0" * 2_000_000)
    else:
        index = {"weight_map": {"a": "model-1.safetensors"}}
        (snapshot / "model.safetensors.index.json").write_text(json.dumps(index))


def run(*arguments: str):
    return CliRunner().invoke(cli.app, ["models", *arguments])


def test_list_holds_the_embedded_model_and_the_whole_gpt_oss_models_of_the_hubs_cache(hub):
    done = run("list")
    assert (done.exit_code, done.stderr) == (0, "")
    head, embedded, cached, *rest = done.stdout.splitlines()
    assert head.split() == ["model", "size", "fits", "in", "memory", "here"]
    assert embedded.split()[0] == "embedded"
    assert cached.split() == ["openai/gpt-oss-20b", "2", "MB", "yes", "yes"]
    assert [line.split()[-1] for line in rest] == ["no"] * (len(CATALOGUE) - 1)


def test_list_as_json_has_sizes_in_bytes(hub):
    first, second = json.loads(run("list", "--json").stdout)["models"]
    assert first["name"] == "embedded"
    assert first["weight_bytes"] < 20_000_000
    assert second == {
        "name": "openai/gpt-oss-20b",
        "source": "hub",
        "weight_bytes": 2_000_000,
        "fits_in_memory": True,
    }


def test_a_model_larger_than_the_memory_is_said_not_to_fit(hub, monkeypatch):
    monkeypatch.setattr("os.sysconf", lambda name: 1000)
    assert [m["fits_in_memory"] for m in json.loads(run("list", "--json").stdout)["models"]] == [
        False,
        False,
    ]


def test_list_without_a_hub_cache_holds_the_embedded_model(hub, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "none"))
    assert len(run("list").stdout.splitlines()) == 2 + len(CATALOGUE)


def test_info_embedded_is_the_shipped_card_word_for_word_when_piped():
    done = run("info", "embedded")
    assert (done.exit_code, done.stdout, done.stderr) == (0, CARD, "")


def test_info_embedded_is_rendered_on_a_terminal(monkeypatch):
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("rich.console.Console", lambda: terminal)
    command._print_card("# A model\n\n**bold** words")
    shown = screen.getvalue()
    assert "A model" in shown
    assert "**" not in shown
    assert "\x1b[" in shown


def test_info_as_json_holds_the_facts():
    value = json.loads(run("info", "embedded", "--json").stdout)
    assert value["source"] == "embedded"
    assert value["context_length"] > 0
    assert Path(value["path"]).is_dir()
    assert set(value) == {
        *("name", "source", "path", "context_length", "weight_bytes", "quantization"),
        *("model_type", "fits_in_memory", "memory_needed_bytes", "memory_bytes"),
    }


def test_info_of_a_cached_hub_id_and_of_a_folder(hub):
    done = run("info", "openai/gpt-oss-20b")
    assert "quantization: mxfp4" in done.stdout
    folder = json.loads(run("info", "openai/gpt-oss-20b", "--json").stdout)["path"]
    assert json.loads(run("info", folder, "--json").stdout)["source"] == "folder"


@pytest.mark.parametrize("name", ["openai/gpt-oss-120b", "acme/broken-off"])
def test_info_of_a_hub_id_that_is_not_here_downloads_nothing_and_says_what_to_do(hub, name):
    done = run("info", name)
    assert done.exit_code == 1
    assert f"{name} is not in the hub's cache" in done.stderr
    assert "models list" in done.stderr


def test_info_of_another_architecture_names_it(hub):
    assert "model type: llama" in run("info", "acme/llama").stdout


@pytest.mark.parametrize(
    ("size", "shown"), [(6_096_104, "6 MB"), (999e6, "999 MB"), (13.8e9, "13.8 GB")]
)
def test_sizes_are_read_at_a_glance(size, shown):
    assert command.size(int(size)) == shown
