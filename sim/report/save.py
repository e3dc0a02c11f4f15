"""The one writer of results: tables, pictures, scenario and manifest into a folder, all of it or nothing."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from sim.base.machine import is_stale
from sim.experiments.chunks import write
from sim.experiments.comparison import Comparison, Written
from sim.experiments.ensemble import BASE
from sim.experiments.flows import COLUMNS, rows, seat_rows
from sim.experiments.folder import file_hashes, looking, moved, sha256, versions, whole_folder
from sim.experiments.jobs import model_print
from sim.experiments.reading import ACROSS, WHAT
from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation
from sim.report import of_kind
from sim.report.plots import plot
from sim.report.words import sentences
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from sim.analysis.interventions.intervention import Intervention
    from sim.analysis.interventions.result import Interventions
    from sim.analysis.sensitivity.run import Sensitivity
    from sim.analysis.uncertainty.calibration import CalibrationRun
    from sim.analysis.uncertainty.robustness import Robustness
    from sim.analysis.validation.run import Validation
    from sim.experiments.replay import Replay
    from sim.experiments.store import InFolder
    from sim.experiments.sweep import Swept
    from sim.model.record import Record

TABLES = (".csv", ".parquet")
"""Endings of the files whose SHA-256 a manifest holds, so that numbers changed by hand are noticed."""

PICTURES = ("answer", "person", "led", "network", "outcomes", "durations", "interventions")
PAGE = ("report.html", "report.md", "report.pdf", "report.csv", *(f"report-{name}.svg" for name in PICTURES))
"""The files of the page about a run (``sim.report.director``), which lies in the run's folder and goes with it."""


@dataclass
class Contents:
    """What is written about a result.

    what: the result in a few words. said: what the manifest has beside the scenario, versions and hashes. files: by
    name, rows for a .csv, tables for a .parquet, a figure for a .png, text for any other. former: files of a former
    result that go if they are not written anew. ``scenario`` is None where there is none.
    """

    what: str
    scenario: Scenario | None
    said: Mapping[str, Any]
    files: Mapping[str, Any]
    former: Sequence[str] = ()


def save(result: object, folder: Path | str, *, overwrite: bool = False, **options: Any) -> Path:
    """Write a result into a folder, all or nothing: its tables, pictures, scenario and manifest.

    A comparison takes ``keep``, how much of every future is written ("summary", "futures", "months"), and ``picture``,
    whether one is drawn. A comparison and a replay take ``names``, whether people.csv says whose id in the people file
    each seat is. Returns the folder.
    Raises ScenarioError if the folder holds something and ``overwrite`` is not set, or cannot be written.
    """
    folder = Path(folder)
    found = of_kind(result, _CONTENTS)(result, **options)
    ours = sorted((*found.former, *found.files, "scenario.toml", "manifest.json"))
    with whole_folder(folder, ours, overwrite) as to:
        for name, content in found.files.items():
            _write_file(to / name, content)
        if found.scenario is not None:
            (to / "scenario.toml").write_text(tomli_w.dumps(moved(found.scenario, folder)), encoding="utf-8")
        _write_manifest(to, found)
    return folder


def _write_file(path: Path, content: Any) -> None:
    match path.suffix:
        case ".csv":
            write_csv(path, content)
        case ".parquet":
            write(path, content)
        case ".png":
            # Somewhat larger than it could be, and written in half the time.
            content.savefig(path, metadata={"Software": None}, pil_kwargs={"compress_level": 1})
        case _:
            path.write_text(content, encoding="utf-8", newline="\n")


def keep(store: "InFolder", result: object, **options: Any) -> None:
    """Write a job's result into its folder; then the parts that it was made of can go."""
    save(result, store.folder, overwrite=True, **options)
    store.finish()


def save_rows(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write rows as a CSV file by itself. Raises ScenarioError if it cannot be written."""
    with looking(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(path, rows)


def write_csv(path: Path, table: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV, an empty field for no number; nothing at all for no rows."""
    some = iter(table)
    if (first := next(some, None)) is None:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, first, lineterminator="\n")
        writer.writeheader()
        for row in chain([first], some):  # what is not itself is no number
            writer.writerow({name: "" if cell != cell else cell for name, cell in row.items()})


def _write_manifest(folder: Path, found: Contents) -> None:
    """Write manifest.json: everything needed to trace and repeat the numbers, and the SHA-256 of every table."""
    of = {}
    if found.scenario is not None:
        of = {
            "scenario": found.scenario.to_dict() | {"name": found.scenario.name},
            "scenario_sha256": found.scenario.hash(),
            "files_sha256": file_hashes(found.scenario),
        }
    tables = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.suffix in TABLES}
    model = {"model_sha256": model_print(), "model_changed": is_stale()}
    last = {"versions": versions(), **model, "git": git_state(), "results_sha256": tables}
    said = {"what": found.what, **of, **found.said, **last}
    text = json.dumps(said, indent=2, ensure_ascii=False, default=asdict)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def git_state() -> dict[str, Any]:
    """The commit of the clone this package runs from and whether it has changes; empty outside a clone."""
    here = Path(__file__).parent.parent
    git = shutil.which("git")
    if git is None or not (here.parent / ".git").exists():
        return {}

    def ask(*words: str) -> str:
        done = subprocess.run([git, *words], cwd=here, capture_output=True, encoding="utf-8", check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    return {"commit": ask("rev-parse", "HEAD"), "dirty": bool(ask("status", "--porcelain", "--untracked-files=no"))}


# -- What is written about each kind of result --------------------------------------------------------------

CALLED = {
    "root_seed": "seed",
    "implementation": "twin",
    "assumed": "notes",
    "worlds_from": "source",
    "screened_on": "screen",
}
"""What a manifest calls otherwise than a result does."""


def _said(found: object, names: str) -> dict[str, Any]:
    """Some of what a result says of itself, by the names of a manifest."""
    return {name: getattr(found, CALLED.get(name, name)) for name in names.split()}


def _comparison(found: Comparison, keep: Written = "months", names: bool = False, picture: bool = True) -> Contents:
    files: dict[str, Any] = {"summary.csv": found.rows}
    if keep != "summary":
        files["futures.parquet"] = found.results.all_futures()
    if keep == "months":
        files |= _flows(found) | {"trajectories.parquet": found.results.all_months()}
    if names:
        files["people.csv"] = _names(organisation(found.scenario, found.seed, 0))
    if picture and found.results.has_months and found.tellable:
        files["momentum.png"] = plot(found)
    said = _said(found, "assumed root_seed implementation") | {
        "variants": {
            slug: {"sha256": setting.hash(), "resolved": setting.to_dict()}
            for slug, setting in found.settings.items()
            if slug != BASE
        },
        "futures": found.number,
        "first_future": found.which.start,
        "changed_agents": list(found.agents),
        "own_outcomes": list(found.outcomes),
    }
    former = (
        "futures.parquet", "trajectories.parquet", "flows.csv", "seats.csv", "momentum.png", "people.csv", *PAGE,
    )  # fmt: skip
    return Contents(WHAT, found.scenario, said, files, former)


def _names(people: Organisation) -> list[dict[str, str]]:
    """Whose id in the people file each seat is. Raises ScenarioError for a generated organisation."""
    if people.ids is None:
        raise ScenarioError("--names: the organisation is generated, so there are no names")
    return [{"seat": label, "id": name} for label, name in zip(people.labels, people.ids, strict=True)]


def _flows(found: Comparison) -> dict[str, Iterable[Mapping[str, Any]]]:
    """Who moved whom in each variant, where that was kept."""
    flows = {slug: each for slug in found.settings if (each := found.flows(slug)) is not None}
    if not flows:
        return {}
    shapes = {slug: organisation(found.settings[slug], found.seed, 0) for slug in flows}
    return {
        "flows.csv": (dict(zip(COLUMNS, row, strict=True)) for slug, each in flows.items() for row in rows(slug, each)),
        "seats.csv": (row for slug, each in flows.items() for row in seat_rows(slug, shapes[slug], each)),
    }


def _replay(found: "Replay", names: bool = False) -> Contents:
    import pyarrow as pa

    base = found.records[BASE]
    months = {slug: found.outcome(slug).reference_month for slug in found.records}
    said = _said(base, "future root_seed") | {
        "variants": [slug for slug in found.records if slug != BASE],
        "assumed": base.organisation.notes,
        "started": found.started.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    files: dict[str, Any] = {"events.txt": "\n".join(sentences(found)) + "\n"}
    for name, frame in (("trajectories", found.trajectories), ("people", found.people), ("ledger", found.ledger)):
        files[f"{name}.parquet"] = [pa.Table.from_pandas(frame, preserve_index=False)]
    files |= {f"network-{slug}.graphml": _graphml(record, months[slug]) for slug, record in found.records.items()}
    if names:
        files["people.csv"] = _names(base.organisation)
    return Contents("leadership-sim replay of one future", base.scenario, said, files, former=("people.csv",))


def _graphml(record: "Record", month: int) -> str:
    import networkx as nx

    sink = io.BytesIO()
    nx.write_graphml(record.graph(month), sink)
    return sink.getvalue().decode("utf-8")


def _sweep(found: "Swept") -> Contents:
    what = "leadership-sim sweep of a scenario's parameters on the same futures"
    files = {"sweep.csv": found.rows, "futures.parquet": found.all_futures()}
    said = _said(found, "points variants futures root_seed implementation")
    return Contents(what, found.scenario, said, files)


def _interventions(found: "Interventions") -> Contents:
    from sim.analysis.interventions.result import TARGET

    say, names = found.scenario.words.say, "assumed root_seed futures screened_on compared left_out"
    said = _said(found, f"{names} fewest base fresh_base") | {
        "fresh_futures": [found.futures, 2 * found.futures - 1],
        "target": TARGET,
        "pairs": found.pairs is not None,
        "interventions": {each.slug: _range(each) for each in found.interventions},
    }
    files = {
        "interventions.csv": [use.row | {"title": say(use.intervention.entry.title)} for use in found.uses],
        "pairs.csv": [pair.row for pair in found.pairs or ()],
        "combinations.csv": [each.row(found.interventions) for each in (*found.by_interventions, *found.by_steps)],
        "interventions.png": plot(found),
    }
    from sim.analysis.interventions.reading import WHAT as INTERVENTIONS

    return Contents(INTERVENTIONS, found.scenario, said, files)


def _range(each: "Intervention") -> dict[str, Any]:
    """An intervention in the manifest: its range, where it stands, and where the range comes from."""
    return _said(each.entry, "title worst best whole switch provenance source") | {"now": dict(each.now)}


def _robustness(found: "Robustness") -> Contents:
    said = _said(found, "root_seed worlds_from worlds") | {"futures": found.outcomes.shape[2]}
    files = {
        "robustness.csv": found.table(),
        "worlds.csv": found.rows(),
        "futures.parquet": [found.all_futures()],
        "robustness.png": plot(found),
    }
    return Contents(ACROSS, found.scenario, said, files, former=PAGE)


def _calibration(found: "CalibrationRun") -> Contents:
    from sim.analysis.ranges import TABLE
    from sim.report.pages.calibration import page

    said = _said(found, "futures root_seed targets") | {
        "settings": len(found.settings), "accepted": len(found.accepted), "ranges_sha256": sha256(TABLE),
    }  # fmt: skip
    files = {"settings.csv": found.rows(), "calibration.png": plot(found), "calibration.md": page(found)}
    return Contents("leadership-sim search for settings that agree with the targets", None, said, files)


def _sensitivity(found: "Sensitivity") -> Contents:
    from sim.analysis.ranges import TABLE
    from sim.report.pages.sensitivity import page
    from sim.report.plots.sensitivity import first_and_total, strongest

    said = _said(found, "root_seed futures trajectories samples") | {"ranges_sha256": sha256(TABLE)}
    files: dict[str, Any] = {f"{name}.csv": table for name, table in found.tables().items()}
    files |= {"morris.png": strongest(found), "sobol.png": first_and_total(found), "sensitivity.md": page(found)}
    return Contents("leadership-sim sensitivity of a scenario", found.scenario, said, files)


def _validation(found: "Validation") -> Contents:
    from sim.report.pages.validation import page
    from sim.report.plots.validation import by_world, claims

    said = _said(found, "root_seed futures") | {"points": len(found.points)}
    pictures = {"validation-claims.png": claims(found), "validation-worlds.png": by_world(found)}
    files = {"validation.csv": found.rows(), "validation.md": page(found)} | pictures
    return Contents("leadership-sim validation: the study's patterns, asked of the model", None, said, files)


_CONTENTS: dict[str, Callable[..., Contents]] = {
    "Comparison": _comparison,
    "Replay": _replay,
    "Swept": _sweep,
    "Interventions": _interventions,
    "Robustness": _robustness,
    "CalibrationRun": _calibration,
    "Sensitivity": _sensitivity,
    "Validation": _validation,
}
"""What is written about a result, by the name of its class, whose module is none of ours until there is one."""
