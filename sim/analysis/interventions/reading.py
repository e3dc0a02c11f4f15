"""A search for interventions as rows: read from its folder, or made anew."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.analysis.interventions.catalogue import CATALOGUE
from sim.experiments.reading import Run
from sim.experiments.workers import Workers
from sim.scenario.scenario import ScenarioError

FEW = 40
"""Futures of a search made for a page."""

FOLDER = "interventions"
"""Where in a run's folder a search is looked for."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class SearchTables:
    """A search for interventions: the rows of interventions.csv, combinations.csv and pairs.csv, and their origin.

    folder: its name; empty for a search made for the page.
    """

    futures: int
    seed: int
    folder: str
    singles: tuple[Row, ...]
    combinations: tuple[Row, ...]
    pairs: tuple[Row, ...]

    @property
    def main(self) -> list[Row]:
        """Each intervention's main use (as far as it pays, or all of it), the largest gain first."""
        uses: dict[str, Row] = {}
        for wanted in ("full", "cheapest"):
            uses |= {row["intervention"]: row for row in self.singles if row["use"] == wanted}
        return sorted(uses.values(), key=lambda row: -row["survived_difference"])

    @property
    def compared(self) -> int:
        """How many intervals are read as clear or not: one for each use but the rungs, two for each judged pair."""
        judged = sum(str(row["judged"]) == "True" for row in self.pairs)
        return sum(bool(row["use"] != "rung") for row in self.singles) + 2 * judged

    def from_to(self, row: Row) -> str:
        """The value as it is and with an intervention: ``9 → 6 months``; empty for a switch."""
        if row["tenths"] == "":
            return ""
        now, value = (_shown(row[key]) for key in ("now", "value"))
        unit = next((entry.unit for entry in CATALOGUE if entry.slug == row["intervention"]), "")
        return f"{now} → {value} {unit}".rstrip()

    def what(self, row: Row) -> list[tuple[str, str]]:
        """A combination's interventions: title, and the value before and after (empty for a switch)."""
        titles = {single["intervention"]: single["title"] for single in self.singles}
        out = []
        for each in filter(None, row["what"].split("; ")):
            slug, _, value = each.partition(" ")
            now = next((_shown(single["now"]) for single in self.singles if single["intervention"] == slug), "")
            out.append((titles.get(slug, slug), "" if value == "in place" else f"{now} → {value}"))
        return out


def search_tables(run: Run, wanted: bool | Path, seed: int, workers: Workers | None = None) -> SearchTables | None:
    """The search that belongs to a run: from ``wanted``, from the run's folder, or made with ``FEW`` futures.

    None where none is wanted. Raises ScenarioError where the folder's is of another scenario.
    """
    if wanted is False:
        return None
    inside = run.folder / FOLDER
    if wanted is not True or (inside / "interventions.csv").is_file():
        return _read(inside if wanted is True else Path(wanted), run)
    from sim.analysis.interventions.run import try_interventions

    found = try_interventions(run.scenario, FEW, seed, workers=workers)
    say = run.scenario.words.say
    return SearchTables(
        FEW,
        seed,
        "",
        tuple(use.row | {"title": say(use.intervention.entry.title)} for use in found.uses),
        tuple(each.row(found.interventions) for each in (*found.by_interventions, *found.by_steps)),
        tuple(pair.row for pair in found.pairs),
    )


def _read(folder: Path, run: Run) -> SearchTables:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tables = [_rows(folder / f"{name}.csv") for name in ("interventions", "combinations", "pairs")]
        futures, seed, of = manifest["futures"], manifest["root_seed"], manifest["scenario_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScenarioError(f"{folder}: not the folder of a search for interventions ({error})") from None
    if of != run.manifest["scenario_sha256"]:
        raise ScenarioError(f"{folder}: this search was made in another scenario than that of {run.folder}")
    return SearchTables(futures, seed, folder.name, *tables)


def _rows(path: Path) -> tuple[Row, ...]:
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple({key: _plain(key, value) for key, value in row.items()} for row in csv.DictReader(file))


_TEXT = (
    "intervention", "other", "title", "use", "key", "search", "what", "finding", "now", "value", "other_value",
    "judged",
)  # fmt: skip


def _plain(key: str, value: str) -> Any:
    if key in _TEXT or value == "":
        return value if key in _TEXT or key == "tenths" else float("nan")
    return float(value)


def _shown(value: Any) -> str:
    """A value as a person reads it; of a Beta distribution's two shapes, its mean."""
    parts = [float(part) for part in str(value).split() if part not in ("True", "False")]
    if not parts:
        return str(value)
    return f"{parts[0] / sum(parts) if len(parts) > 1 else parts[0]:.3g}"


def named(pairs: Sequence[tuple[str, str]]) -> str:
    """Parameters in words: “title” (from → to) and so on."""
    said = [f"“{title}”" + (f" ({how})" if how else "") for title, how in pairs]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1] if said else "nothing done"
