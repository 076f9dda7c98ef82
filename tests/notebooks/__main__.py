"""`make notebooks`: execute every notebook, and keep what its cells print.

ARGS="2 4" executes those whose names begin so.
"""

from __future__ import annotations

import sys
import time

import nbformat

from tests.notebooks.executing import NOTEBOOKS, executed, read


def main() -> None:
    """Execute all in place; a notebook that fails stays as it was."""
    wanted = tuple(sys.argv[1:]) or ("",)
    for file in (file for file in NOTEBOOKS if file.name.startswith(wanted)):
        start = time.perf_counter()
        book = executed(read(file), file.parent)
        nbformat.write(book, file)
        print(f"{file.name}: {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
