"""An organisation of a visitor's own: two small texts, checked, given other ids, forgotten with the answer."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sim import reading
from sim.mistakes import ScenarioError
from sim.organisation import organisation
from sim.reading.files import LINK_COLUMNS, PEOPLE_COLUMNS
from sim.scenario import Scenario

MOST_TEXT = 500_000
"""Letters of a file at most."""

MOST_SEATS = 400
"""People at most, so that an answer takes a second or two."""

IDS = {"id": "p", "manager_id": "p", "source": "p", "target": "p", "team": "t"}
"""Columns whose contents are replaced, and with what: p1, p2, ... for people, t1, t2, ... for teams."""


@contextmanager
def around(scenario: Scenario, people: str, links: str) -> Iterator[Scenario]:
    """The scenario on the organisation of two texts (CSV), while the block lasts; then nothing of them is left.

    Raises ScenarioError for files that are too large or cannot be read, and for too many people.
    """
    for name, text in (("people.csv", people), ("links.csv", links)):
        if len(text) > MOST_TEXT:
            raise ScenarioError(f"{name}: {len(text):,} letters; at most {MOST_TEXT:,} are read here")
    with TemporaryDirectory(prefix="leadership-sim-") as name:
        folder = Path(name)
        paths: list[str | None] = []
        for file, text in (("people.csv", people), ("links.csv", links)):
            if text:
                (folder / file).write_text(text, encoding="utf-8", newline="")
            paths.append(str(folder / file) if text else None)
        try:
            setting = scenario.around(*paths)
            seats = len(organisation(setting, 1, 0))
            if seats > MOST_SEATS:
                raise ScenarioError(f"{seats} people: at most {MOST_SEATS} are answered for here; use the command line")
            yield setting
        except ScenarioError as error:
            raise ScenarioError(str(error).replace(f"{folder}/", "").replace(f"{folder}\\", "")) from None
        finally:
            reading.forget()


def pseudonymised(people: str, links: str) -> tuple[str, str]:
    """The two texts with other ids, and without the columns that are not read."""
    known: dict[tuple[str, str], str] = {}

    def renamed(text: str, columns: tuple[str, ...]) -> str:
        if not text:
            return ""
        reader = csv.DictReader(io.StringIO(text))
        there = [name for name in reader.fieldnames or () if name.strip().lower() in columns]
        out = io.StringIO()
        writer = csv.DictWriter(out, [name.strip().lower() for name in there], lineterminator="\n")
        writer.writeheader()
        for row in reader:
            writer.writerow({name.strip().lower(): replaced(name.strip().lower(), row) for name in there})
        return out.getvalue()

    def replaced(column: str, row: Mapping[str, str | None]) -> str:
        value = next((v or "" for k, v in row.items() if k is not None and k.strip().lower() == column), "").strip()
        if column not in IDS or not value:
            return value
        kind = IDS[column]
        number = sum(1 for each, _ in known if each == kind) + 1
        return known.setdefault((kind, value), f"{kind}{number}")

    return renamed(people, PEOPLE_COLUMNS), renamed(links, LINK_COLUMNS)
