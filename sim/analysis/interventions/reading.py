"""The search for interventions that belongs to a run: read back from its folder, or made anew."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from sim.analysis.interventions.intervention import SET_ASIDE, Intervention, available
from sim.analysis.interventions.result import Confirmed, Interventions, Pair, Shares, Use
from sim.analysis.interventions.search import Fewest
from sim.base.files import read_table
from sim.base.intervals import Estimate
from sim.experiments.reading import Run
from sim.experiments.workers import Workers
from sim.scenario.scenario import Scenario, ScenarioError

FEW = 40
"""Futures of a search made for a page."""

WHAT = "leadership-sim interventions: what would make the change survive, on the same futures"
"""How the manifest of a search begins."""

FOLDER = "interventions"
"""Where in a run's folder a search is looked for."""


def search_of(
    run: Run, wanted: bool | Path, seed: int, workers: Workers | None = None
) -> tuple[Interventions | None, str]:
    """The search from ``wanted``, from the run's folder, or made with ``FEW`` futures; and its folder's name, if any.

    None where none is wanted. Raises ScenarioError where the folder's is of another scenario.
    """
    if wanted is False:
        return None, ""
    inside = run.folder / FOLDER
    if wanted is True and not (inside / "interventions.csv").is_file():
        from sim.analysis.interventions.run import try_interventions

        return try_interventions(run.scenario, FEW, seed, workers=workers), ""
    folder = inside if wanted is True else Path(wanted)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        found = rebuilt(run.scenario, folder, manifest)
        of = manifest["scenario_sha256"]
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise ScenarioError(f"{folder}: not the folder of a search for interventions ({error})") from None
    if of != run.manifest["scenario_sha256"]:
        raise ScenarioError(f"{folder}: this search was made in another scenario than that of {run.folder}")
    return found, folder.name


def rebuilt(scenario: Scenario, folder: Path, manifest: Mapping[str, Any]) -> Interventions:
    """The search as its manifest and tables have it."""
    seed = manifest["root_seed"]
    aside = [slug for slug, why in manifest["left_out"].items() if why == SET_ASIDE]
    interventions, left_out = available(scenario, seed, aside)
    by_slug = {each.slug: each for each in interventions}

    uses = [
        Use(by_slug[row["intervention"]], row["use"], int(row["tenths"] or 1), _shares(row), _estimate(row, GAIN))
        for row in _rows(folder / "interventions.csv")
    ]
    tried = {(use.intervention.slug, use.tenths): use for use in uses}

    def pulled(slug: str, shown: str) -> tuple[Intervention, int]:
        """What shows such a value; of several tenths that show one, the tenths that were tried."""
        alike = [n for n in range(1, by_slug[slug].most + 1) if by_slug[slug].shown(n) == shown]
        return by_slug[slug], next((n for n in alike if (slug, n) in tried), alike[0])

    pairs, confirmed = list[Pair](), []
    for row in _rows(folder / "pairs.csv"):
        pair = (row["intervention"], row["value"]), (row["other"], row["other_value"])
        one, other = (tried[slug, pulled(slug, shown)[1]] for slug, shown in pair)
        names = ("both_survived", "intervention_survived", "other_survived", "neither_survived")
        both, alone, beside, neither = (float(row[name]) for name in names)
        judged, futures = row["judged"] == "True", int(row["futures"])
        ends = _estimate(row, "interaction"), _estimate(row, GAIN)
        pairs.append(Pair((one, other), row["use"], judged, futures, both, alone, beside, neither, *ends))
    for row in _rows(folder / "combinations.csv"):
        each = [
            pulled(slug, shown) for slug, _, shown in (part.partition(" ") for part in row["what"].split("; ") if part)
        ]
        combination = tuple((interventions.index(one), tenths) for one, tenths in each)
        chosen = replace(_shares(row), never=NAN, collapsed=NAN, survived=_estimate(row, "survived_where_chosen"))
        confirmed.append(Confirmed(row["search"], combination, chosen, _shares(row), _estimate(row, GAIN)))
    base, fresh_base = (TypeAdapter(Shares).validate_python(manifest[name]) for name in ("base", "fresh_base"))
    return Interventions(
        scenario, manifest["futures"], manifest["screened_on"], seed, interventions, left_out, base, fresh_base, uses,
        pairs if manifest["pairs"] else None, TypeAdapter(Fewest).validate_python(manifest["fewest"]),
        [each for each in confirmed if each.search == "fewest interventions"],
        [each for each in confirmed if each.search == "fewest steps"], manifest["assumed"],
    )  # fmt: skip


GAIN, NAN = "survived_difference", float("nan")


def _rows(path: Path) -> list[dict[str, Any]]:
    return read_table(path) if path.is_file() else []  # where there are no rows, no file was written


def _shares(row: Mapping[str, str]) -> Shares:
    ended = float(row["never_took_hold"]), float(row["collapsed"])
    return Shares(int(row["futures"]), *ended, _estimate(row, "survived"))


def _estimate(row: Mapping[str, str], name: str) -> Estimate:
    return Estimate(*(float(row[f"{name}{end}"] or "nan") for end in ("", "_low", "_high")))
