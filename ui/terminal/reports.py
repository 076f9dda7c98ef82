"""Reports that a command writes: refused before anything runs, written whole at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InvalidSetting

if TYPE_CHECKING:
    from core.report.files import CannotWrite


def check_files(named: Mapping[str, Path | None]) -> None:
    """Raise InvalidSetting where one cannot be written. named: by option; None where not given."""
    from core.report.files import check_new

    given = {option: file for option, file in named.items() if file is not None}
    for option, file in given.items():
        check_new(file, option)
    if len({file.absolute() for file in given.values()}) < len(given):
        raise InvalidSetting(
            f"{' and '.join(given)} name one file; allowed: a file for each. Change one."
        )


def write_files(texts: Iterable[tuple[Path, str]]) -> Iterator[CannotWrite]:
    """Write all that can be written; what cannot comes back in words."""
    from core.report.files import CannotWrite, write_new

    for file, text in texts:
        try:
            write_new(file, text)
        except CannotWrite as error:
            yield error
