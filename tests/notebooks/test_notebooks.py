"""The notebooks run, and what they keep is whole. Nothing here asks whether the model was right."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

import core
from tests.notebooks.executing import NOTEBOOKS, ROOT, code, executed, read, skipped

every_notebook = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
PUBLIC = {"core": set(core.__all__), "core.demo.tasks": {"check", "held_out"}}
"""What a notebook may import of ours: the public names, and the embedded model's own questions."""


# Each further question, and each thought of hundreds of tokens costs some seconds and runs no
# other code.
SHORTER = {r"^EACH = \d+$": "EACH = 1", r"\bmax_tokens=\d{3,}": "max_tokens=160"}
EVERY = 3


@cache
def kept(file: Path) -> NotebookNode:
    return read(file)


def printed(cell: NotebookNode) -> str:
    """All text of a cell's outputs."""
    parts = []
    for output in cell["outputs"]:
        parts += [output.get("text", ""), *map(str, output.get("data", {}).values())]
    return "".join(parts)


def test_there_are_five():
    assert [file.stem[0] for file in NOTEBOOKS] == list("12345")


def with_few_questions(file: Path, folder: Path) -> NotebookNode:
    """The notebook with one question of each family and shorter thoughts, and in the folder every
    third of its table."""
    for table in file.parent.glob("*.csv"):
        head, *rows = table.read_text(encoding="utf-8").splitlines()
        (folder / table.name).write_text("\n".join([head, *rows[::EVERY]]), encoding="utf-8")
    book = read(file)
    for cell in code(book):
        for long, short in SHORTER.items():
            cell["source"] = re.sub(long, short, cell["source"], flags=re.MULTILINE)
    return book


@pytest.mark.timeout(900)
@every_notebook
def test_every_cell_runs_and_prints_where_it_printed_before(file, tmp_path):
    cells = code(executed(with_few_questions(file, tmp_path), tmp_path))
    for cell, before in zip(cells, code(kept(file)), strict=True):
        assert [output["output_type"] for output in cell["outputs"]] == [
            output["output_type"] for output in before["outputs"]
        ], cell["source"]


@every_notebook
def test_outputs_are_kept_in_the_order_of_the_cells(file):
    cells = code(kept(file))
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(bool(cell["outputs"]) for cell in cells) > len(cells) / 2


@every_notebook
def test_nothing_that_is_kept_is_an_error_or_a_warning_or_names_a_machine(file):
    for cell in code(kept(file)):
        for output in cell["outputs"]:
            assert output["output_type"] != "error", cell["source"]
            assert output.get("name") != "stderr", printed(cell)
        for place in (str(ROOT), str(Path.home()), "/home/", "/root", "/Users/", "/tmp"):
            assert place not in printed(cell), cell["source"]


@every_notebook
def test_a_cell_that_is_not_run_says_so_and_holds_no_output(file):
    for cell in kept(file)["cells"]:
        if skipped(cell):
            assert cell["source"].startswith("# Not run here: it needs ")
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_the_cells_that_are_not_run_are_those_of_other_models():
    with_such = [file.stem for file in NOTEBOOKS if any(map(skipped, kept(file)["cells"]))]
    assert with_such == ["5_your_own_model"]


@every_notebook
def test_only_public_names_are_imported(file):
    for cell in kept(file)["cells"]:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse(cell["source"])):
            if isinstance(node, ast.Import):
                assert [n.name for n in node.names if n.name.split(".")[0] in ("core", "ui")] == []
            elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in ("core", "ui"):
                assert {n.name for n in node.names} <= PUBLIC[node.module]


@every_notebook
def test_a_notebook_can_be_read_on_its_own(file):
    cells = kept(file)["cells"]
    assert cells[0]["cell_type"] == "markdown"
    assert cells[0]["source"].startswith("# ")
    told = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
    assert sum(map(len, told)) > 1500
