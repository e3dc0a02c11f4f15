"""An organisation of a visitor's own: two small files, checked, given other ids, forgotten with the answer."""

import binascii
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.base.errors import ScenarioError
from sim.organisation import imported, organisation
from sim.organisation.imported.edges import LINK_COLUMNS
from sim.organisation.imported.roster import PEOPLE_COLUMNS
from sim.organisation.imported.sheets import Sheet
from sim.scenario.scenario import Scenario

MOST_TEXT = 500_000
"""Letters of a file at most."""

MOST_SEATS = 400
"""People at most, so that an answer takes some seconds."""

BYTES = "data:;base64,"
"""What the text of a file begins with that is no text, such as a spreadsheet."""

IDS = {"id": "p", "manager_id": "p", "dotted_line": "p", "source": "p", "target": "p", "team": "t"}
"""Columns whose contents are replaced, and with what: p1, p2, ... for people, t1, t2, ... for teams."""

FILES = ("people.csv", "links.csv")


@contextmanager
def around(scenario: Scenario, people: str, links: str) -> Iterator[Scenario]:
    """The scenario on the organisation of two files, while the block lasts; then nothing of them is left.

    Each is its text or, where that is not UTF-8, ``BYTES`` and its bytes in base64.

    Raises ScenarioError for files that are too large or cannot be read, and for too many people.
    """
    with _written(people, links) as paths:
        setting = scenario.around(*(None if path is None else str(path) for path in paths))
        seats = len(organisation(setting, 1, 0))
        if seats > MOST_SEATS:
            raise ScenarioError(f"{seats} people: at most {MOST_SEATS} are answered for here; use the command line")
        yield setting


def pseudonymised(people: str, links: str) -> tuple[str, str]:
    """The two texts with other ids, only the columns that are read, and only roles that the model knows.

    Other roles are left out, so that they are worked out from the line, as they would have been. Raises ScenarioError
    for files that cannot be read.
    """
    known: dict[tuple[str, str], str] = {}

    def replaced(column: str, value: str) -> str:
        if column not in IDS or not value:
            return value
        kind = IDS[column]
        number = sum(1 for each, _ in known if each == kind) + 1
        return known.setdefault((kind, value), f"{kind}{number}")

    def renamed(sheet: Sheet, columns: tuple[str, ...]) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        there = [name for name in columns if any(sheet[name])]
        writer.writerow(there)
        for row in zip(*(sheet[name] for name in there), strict=True):
            writer.writerow([replaced(name, value) for name, value in zip(there, row, strict=True)])
        return out.getvalue()

    with _written(people, links) as paths:
        sheets = imported.plain(
            {name: path for name, path in zip(("people", "links"), paths, strict=True) if path is not None}
        )
        first = renamed(sheets[0], PEOPLE_COLUMNS)
        return first, renamed(sheets[1], LINK_COLUMNS) if len(sheets[1]) else ""


@contextmanager
def _written(people: str, links: str) -> Iterator[list[Path | None]]:
    """The two texts as files, while the block lasts; what cannot be read is told without this machine's paths."""
    texts = dict(zip(FILES, (people, links), strict=True))
    for name, text in texts.items():
        if len(text) > MOST_TEXT:
            raise ScenarioError(f"{name}: {len(text):,} letters; at most {MOST_TEXT:,} are read here")
    with TemporaryDirectory(prefix="leadership-sim-") as name:
        folder = Path(name)
        try:
            for file, text in texts.items():
                if text:
                    (folder / file).write_bytes(_bytes(text))
            yield [folder / file if text else None for file, text in texts.items()]
        except ScenarioError as error:
            raise ScenarioError(str(error).replace(f"{folder}/", "").replace(f"{folder}\\", "")) from None
        except (UnicodeEncodeError, binascii.Error):
            raise ScenarioError("the files hold something that is not text") from None
        finally:
            imported.forget()


def _bytes(text: str) -> bytes:
    if text.startswith(BYTES):
        return binascii.a2b_base64(text.removeprefix(BYTES), strict_mode=True)
    return text.encode("utf-8")
