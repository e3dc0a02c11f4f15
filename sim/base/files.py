"""Files seen from outside, and tables read from them."""

import csv
import re
from pathlib import Path

from sim.base.errors import ScenarioError


def with_sheet(path: Path) -> tuple[Path, str]:
    """A file, and the sheet that a name such as ``staff.xlsx#People`` asks for, "" for none."""
    match = re.fullmatch(r"(.*\.(?:xls[xmb]?|ods))#(.+)", path.name, re.IGNORECASE)
    return (path, "") if match is None else (path.with_name(match[1]), match[2])


def stamp(path: Path | None) -> tuple[int, int]:
    """What changes when the file does."""
    try:
        status = with_sheet(path)[0].stat() if path is not None else None
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
