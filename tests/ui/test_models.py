"""`counterpoint models`: what lies here, the embedded model's card, facts of the others."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from core.catalogue import CATALOGUE
from core.checkpoint import WEIGHTS
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
        *("name", "source", "here", "path", "context_length", "weight_bytes", "quantization"),
        *("model_type", "fits_in_memory", "memory_needed_bytes", "memory_bytes"),
    }


def test_info_of_a_cached_hub_id_and_of_a_folder(hub):
    done = run("info", "openai/gpt-oss-20b")
    assert "quantization: mxfp4" in done.stdout
    folder = json.loads(run("info", "openai/gpt-oss-20b", "--json").stdout)["path"]
    assert json.loads(run("info", folder, "--json").stdout)["source"] == "folder"


def test_info_of_a_model_that_is_not_here_says_what_it_would_take_and_how_to_get_it(hub):
    done = run("info", "openai/gpt-oss-120b")
    assert (done.exit_code, done.stderr) == (0, "")
    head, disk, memory, command = done.stdout.splitlines()
    assert head == "openai/gpt-oss-120b is not on this machine."
    assert disk.startswith("disk: about 65.3 GB to download; ")
    assert f"are free on the disk of {hub}" in disk
    assert memory.startswith("memory: about 81.6 GB; this machine has ")
    assert "counterpoint models download openai/gpt-oss-120b" in command


@pytest.mark.parametrize(
    ("pages", "fits", "command"),
    [(10**6, False, " --anyway"), (10**10, True, "")],
)
def test_what_would_not_run_here_is_said_not_to_and_its_command_insists(
    hub, monkeypatch, pages, fits, command
):
    monkeypatch.setattr("os.sysconf", lambda name: pages if "PAGES" in name else 10)
    value = json.loads(run("info", "openai/gpt-oss-120b", "--json").stdout)
    assert value["fits_in_memory"] is fits
    assert value["memory_needed_bytes"] == 81_625_000_000
    assert value["memory_bytes"] == 10 * pages
    assert value["disk_needed_bytes"] == value["weight_bytes"] == 65_300_000_000
    assert value["download"] == f"counterpoint models download openai/gpt-oss-120b{command}"
    assert value["here"] is False


def test_what_was_downloaded_already_is_told_and_a_piece_that_a_kill_left_is_not(hub):
    cached(hub, "openai/gpt-oss-120b", "gpt_oss", whole=False)
    blobs = hub / "models--openai--gpt-oss-120b" / "blobs"
    blobs.mkdir()
    (blobs / "aa").write_bytes(b"\0" * 5_000_000)
    (blobs / "bb.1234.incomplete").write_bytes(b"\0" * 7_000_000)
    done = run("info", "openai/gpt-oss-120b")
    assert "is not on this machine (5 MB of it are here)." in done.stdout
    value = json.loads(run("info", "openai/gpt-oss-120b", "--json").stdout)
    assert value["disk_needed_bytes"] == 65_300_000_000 - 5_000_000


def test_info_of_a_model_that_only_the_hub_knows_asks_it_nothing(hub):
    done = run("info", "acme/broken-off")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "only the hub can tell" in done.stdout
    assert "counterpoint models download acme/broken-off" in done.stdout
    value = json.loads(run("info", "acme/broken-off", "--json").stdout)
    assert value["weight_bytes"] is value["fits_in_memory"] is value["disk_needed_bytes"] is None


def test_info_of_another_architecture_names_it(hub):
    assert "model type: llama" in run("info", "acme/llama").stdout


@pytest.mark.parametrize(
    ("size", "shown"), [(6_096_104, "6 MB"), (999e6, "999 MB"), (13.8e9, "13.8 GB")]
)
def test_sizes_are_read_at_a_glance(size, shown):
    assert command.size(int(size)) == shown
