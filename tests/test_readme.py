"""What the README says, held against the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from core.config import InferenceConfig, variable

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Started" in done.stdout
    assert "Finished" in done.stdout


def test_the_settings_table_holds_every_variable_with_its_default():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? ?\|", README, re.MULTILINE))
    fields = InferenceConfig.model_fields
    assert set(rows) == {variable(field) for field in fields}
    for field, info in fields.items():
        shown = rows[variable(field)]
        empty = info.default is None or info.default_factory is not None
        assert shown == ("" if empty else str(info.default).lower()), field


def test_every_file_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
