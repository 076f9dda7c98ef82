"""The notebooks, executed by a kernel of their own."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT: Final = Path(__file__).resolve().parents[2]
NOTEBOOKS: Final = sorted((ROOT / "notebooks").glob("*.ipynb"))
SKIPPED: Final = "skip-execution"
"""The tag of cells that need what is not here; nbclient and Jupyter know it, too."""
HANGS_S: Final = 600
"""Of one cell: far more than any takes, so that a kernel that hangs ends."""

# tqdm warns in a notebook without widgets; what is kept here is read as text.
_QUIET: Final = {"PYTHONWARNINGS": "ignore:IProgress not found"}

METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""The same on every machine."""


def read(file: Path) -> NotebookNode:
    """A notebook as it lies there."""
    return nbformat.read(file, as_version=4)


def executed(book: NotebookNode, folder: Path) -> NotebookNode:
    """A notebook with the outputs that its cells have now. Raises CellExecutionError.

    folder: where it runs, and finds the files it reads.
    """
    with TemporaryDirectory() as sockets:
        # Sockets of this user's alone, where ports would be open to all of the machine.
        kernel = AsyncKernelManager(
            kernel_name="python3", transport="ipc", ip=str(Path(sockets, "kernel"))
        )
        client = NotebookClient(
            book,
            km=kernel,
            timeout=HANGS_S,
            startup_timeout=HANGS_S,
            record_timing=False,
            coalesce_streams=True,
            skip_cells_with_tag=SKIPPED,
            resources={"metadata": {"path": str(folder)}},
        )
        # The manager is ours, so nbclient has to be told to end the kernel.
        client.execute(env=os.environ | _QUIET, cleanup_kc=True)
    book["metadata"] = nbformat.from_dict(METADATA)
    return book


def skipped(cell: NotebookNode) -> bool:
    """Whether a cell is not executed."""
    return SKIPPED in cell["metadata"].get("tags", ())


def code(book: NotebookNode) -> list[NotebookNode]:
    """The cells that hold code and are executed."""
    return [cell for cell in book["cells"] if cell["cell_type"] == "code" and not skipped(cell)]
