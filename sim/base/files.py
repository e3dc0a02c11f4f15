"""Files seen from outside, and tables read from them."""

import csv
from pathlib import Path

from sim.base.errors import ScenarioError


def stamp(path: Path | None) -> tuple[int, int]:
    """What changes when the file does."""
    try:
        status = path.stat() if path is not None else None
    except (OSError, ValueError):
        status = None
    return (0, 0) if status is None else (status.st_mtime_ns, status.st_size)


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a line of headings. Raises ScenarioError where it cannot be read as one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{key.strip(): cell for key, cell in row.items() if key} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or "it is not a table in UTF-8"
        raise ScenarioError(f"{path}: cannot be read ({why})") from None
