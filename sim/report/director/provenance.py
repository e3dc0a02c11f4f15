"""What was assumed, what the page does not say, and how to make it again."""

import shlex
from collections.abc import Iterator

from sim.experiments.ensemble import BASE
from sim.experiments.folder import versions
from sim.report.bag import run_again
from sim.report.director.gather import Found
from sim.report.director.page import Block, Code, Points, Table, Text
from sim.report.numbers import count
from sim.report.words.common import CAVEATS
from sim.report.words.scenario import changed, parameters

STUDY = (
    "All of it rests on one qualitative study: Miller et al. (2025), Leading by example? Culture, change, and "
    "strength-based social work, British Journal of Social Work 55(6), 2755-2774, doi:10.1093/bjsw/bcaf070, in which "
    "an “initially committed local area” dropped out when its director changed. Most constants of the model are "
    "assumptions, not measurements."
)

KNOCKED_OUT = (
    "Taking somebody out assumes: nobody else leaves because of it; the seat stays empty for good, or a sceptic "
    "(commitment and values 0.2) is in it at once; and what stands in an empty seat's place is the last position its "
    "holder showed, fading month by month towards that of the next person up who is still read (for the director, "
    "the lead member). An empty seat is therefore kinder at first than a sceptic. No other departure of the director "
    "happens."
)


def made(found: Found) -> Iterator[Block]:
    """The section, block by block."""
    scenario, run = found.scenario, found.run
    yield Text(" ".join(CAVEATS))
    yield Text(STUDY)
    yield Text(KNOCKED_OUT)
    yield Text("Parameters that differ from the model's defaults, in every variant:")
    yield Points(list(parameters(scenario)) or ["none"])
    if len(found.titles) > 1:
        yield _variants(found)
    if run.whole.notes:
        yield Text("What was assumed in reading the organisation:")
        yield Points(run.whole.notes)
    yield Text("To do it again, from the folder in which this run's folder lies:")
    yield Code(_commands(found))
    yield _trace(found)


def _variants(found: Found) -> Table:
    """What each variant changes, as ``leadership-sim scenarios`` says it."""
    rows = [
        [title, "; ".join(changed(found.scenario.variants[slug]))]
        for slug, title in found.titles.items()
        if slug != BASE
    ]
    return Table("What each variant changes", ["variant", "changed"], rows, prose=True)


def _commands(found: Found) -> list[str]:
    run, name = found.run, found.run.folder.name
    place, again = shlex.quote(name), shlex.quote(f"{name}-again")
    lines = [f"{run_again(run.manifest, run.scenario, f'{place}/scenario.toml')} --out {again}"]
    search = found.search
    if search is not None and found.search_folder:
        asked = f"--futures {search.futures} --seed {search.seed} --out {again}/interventions"
        asked += " --pairs" if search.pairs is not None else ""
        lines.append(f"leadership-sim interventions {place}/scenario.toml {asked}")
    asked = "" if found.seed == run.whole.seed else f", seed={found.seed}"
    asked += ", interventions=False" if search is None else ""
    if asked:  # only from Python
        call = f"sim.write_report({f'{name}-again'!r}, full=True, futures={found.futures}{asked})"
        return [*lines, f'python -c "import sim; {call}"']
    return [*lines, f"leadership-sim report {again} --full --futures {found.futures}"]


def _trace(found: Found) -> Table:
    run, manifest = found.run, found.run.manifest
    now, then = versions(), manifest["versions"]
    git = manifest["git"]
    commit = git.get("commit") or "not from a clone"
    search = found.search
    rows = [
        ["Run", f"{count(run.whole.number, 'future')} of each variant, seed {run.whole.seed}, {run.whole.twin} engine"],
        ["Page", f"knock-outs {count(found.futures, 'future')}, seed {found.seed}"],
        ["Scenario, SHA-256", str(manifest["scenario_sha256"])],
        ["Git commit", f"{commit}{' with changes that were not committed' if git.get('dirty') else ''}"],
        ["Versions", ", ".join(f"{name} {version}" for name, version in then.items())],
    ]
    rows += [[f"File of {what}, SHA-256", digest] for what, digest in manifest["files_sha256"].items()]
    if search is not None:
        origin = f"from {found.search_folder}" if found.search_folder else "made for this page"
        rows.insert(2, ["Interventions", f"{count(search.futures, 'future')}, seed {search.seed}, {origin}"])
    changed = [f"{name} {now[name]}" for name in now if then.get(name) != now[name]]
    if changed:
        rows.append(["Differs on the page's own futures", ", ".join(changed)])
    return Table("Where every number comes from", ["what", "which"], rows, prose=True)
