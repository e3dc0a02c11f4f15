"""What a page about a run needs beyond the run: knock-outs, structural influence, outcomes, curves, a network."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.dependency.knockouts import judged
from sim.analysis.dependency.readings import MOST_FUTURES, Dependency, Whom, measure_dependency
from sim.analysis.influence import structural
from sim.analysis.outcomes import OUTCOMES, outcomes
from sim.base.arrays import Floats
from sim.experiments.ensemble import BASE
from sim.experiments.environment import Environment
from sim.experiments.flows import along_links
from sim.experiments.reading import Run
from sim.experiments.verdict import reference_month
from sim.experiments.workers import Workers
from sim.model import engine
from sim.model.calendar import calendar
from sim.model.record import Record
from sim.report.words.comparison import better_first, leaves
from sim.scenario.events import DirectorLeaves
from sim.scenario.roles import KINDS, Role
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.analysis.interventions.result import Interventions
    from sim.analysis.uncertainty.robustness import Robustness


THEORY = 30
"""Futures that the outcomes of the theory of change are read off, at most."""


@dataclass(frozen=True)
class Found:
    """All that a page says, as numbers.

    ``rests``: on whom the base rests, and how far each other setting rests on its director, by variant; those that are
    alike up to the departure have the same numbers and are one entry, all whose titles are in ``alike``.
    ``best``: the slug of the variant that is shown beside the base, None where there is none. ``theory``: by variant,
    [futures, outcomes, 2], at the reference month and a horizon later. ``network``: one future of the base, and its
    people's structural influence at ``month``. ``search``: for interventions, where one was asked for;
    ``search_folder``: the name of the folder it was read from, empty if made for the page. ``over``: the variants over
    plausible worlds, where that was asked for.
    """

    run: Run
    seed: int
    titles: dict[str, str]
    best: str | None
    rests: dict[str, Dependency]
    alike: dict[str, list[str]]
    futures: int
    theory: dict[str, Floats]
    network: Record
    influence: Floats
    search: "Interventions | None" = None
    search_folder: str = ""
    over: "Robustness | None" = None

    @property
    def scenario(self) -> Scenario:
        """The base's setting."""
        return self.run.scenario

    @property
    def shown(self) -> list[str]:
        """The base, and the variant that is shown beside it."""
        return [BASE, *([self.best] if self.best else [])]

    @property
    def month(self) -> int:
        """The base's reference month."""
        return self.scenario.reference_month


def gather(run: Run, futures: int, seed: int, workers: Workers, **beside: Any) -> Found:
    """Compute what a page needs. ``futures``: futures of the knock-outs. ``beside``: what was found already."""
    base, group = run.scenario, run.whole.settings
    titles = {slug: base.words.say(setting.title) for slug, setting in group.items()}
    alike: dict[str, list[str]] = {}
    for slug, setting in group.items():
        alike.setdefault(_before_the_departure(setting), []).append(slug)
    horizon = max(setting.reference_month + setting.measure.horizon for setting in group.values())
    environment = Environment(seed, min(futures, MOST_FUTURES), horizon)
    network = engine.run(base, seed=run.whole.seed, future=_middle_future(run), keep="people")
    return Found(
        run,
        seed,
        titles,
        best_variant(run),
        {slugs[0]: _rests(run, slugs[0], futures, environment, workers) for slugs in alike.values()},
        {slugs[0]: [titles[each] for each in slugs] for slugs in alike.values()},
        futures,
        {slug: _theory(setting, base, min(THEORY, futures), environment, workers) for slug, setting in group.items()},
        network,
        structural(network, base.reference_month),
        **beside,
    )


def best_variant(run: Run) -> str | None:
    """The variant in which most futures survive, of those in which the director leaves; of all, where in none."""
    rows = [row for row in run.whole.rows if row["variant"] != BASE and row["futures"]]
    leaving = [row for row in rows if leaves(run.whole.settings[row["variant"]])]
    ranked = better_first(leaving or rows)
    return str(ranked[0]["variant"]) if ranked else None


def _middle_future(run: Run) -> int:
    """The future of the base whose practised commitment at the horizon is the middle one of those that were kept."""
    table = run.detail.results.futures(BASE, ["future", "practice_after"])
    after = table["practice_after"]
    known = np.flatnonzero(~np.isnan(after))
    if not len(known):
        return 0
    order = known[np.argsort(after[known], kind="stable")]
    return int(table["future"][order[(len(order) - 1) // 2]])


def _theory(setting: Scenario, base: Scenario, futures: int, environment: Environment, workers: Workers) -> Floats:
    """The outcomes of the theory of change, [futures, outcomes, 2], at the reference month and a horizon later."""
    short = setting if base.random_departures else judged(setting, setting.reference_month, setting.measure.horizon)
    when = calendar(short)

    def one(future: int) -> Floats:
        record = environment.play(short, future, calendar=when, keep="everything")
        first = record if setting is base or not base.random_departures else environment.play(base, future)
        t = reference_month(setting, first)
        found = outcomes(record, [t, t + setting.measure.horizon])
        return np.array([found[slug] for slug in OUTCOMES])

    about = "theory", setting.written(), base.written(), environment.seed
    return np.stack(workers.map(one, range(futures), about=about))


def _rests(run: Run, slug: str, futures: int, environment: Environment, workers: Workers) -> Dependency:
    """On whom the base rests, or how far any other setting rests on its director; what roles moved is the run's own."""
    whom: Whom = "foremost" if slug == BASE else "director"
    setting, seed = run.whole.settings[slug], environment.seed
    found = measure_dependency(setting, futures=futures, seed=seed, whom=whom, workers=workers, environment=environment)
    flow, role = role_flow(run, slug, 1, found.month), found.shape.structure.role
    moved = {each.group: float(flow[role[each.group.seats[0]]]) for each in found.roles}
    readings = [replace(each, flow=moved.get(each.group, each.flow)) for each in found.readings]
    director = next(each for each in readings if each.group == found.director.group)
    return replace(found, readings=tuple(readings), director=director)


def _before_the_departure(setting: Scenario) -> str:
    """What a setting is but for its words and for how its director leaves at its reference month or later.

    In knock-outs the director stays, so settings that differ in nothing else have the same numbers.
    """
    data = setting.resolved()
    for key in ("title", "question", "labels", "months"):
        data.pop(key, None)
    late = [
        slug
        for slug, event in setting.events.items()
        if not event.enabled or (isinstance(event, DirectorLeaves) and event.month >= setting.reference_month)
    ]
    data["events"] = {slug: event for slug, event in data["events"].items() if slug not in late}
    data["measure"]["reference_month"] = setting.reference_month
    if not setting.random_departures and not any(month < setting.reference_month for month in setting.departures):
        data.pop("succession", None)
    return json.dumps(data, sort_keys=True)


def role_flow(run: Run, slug: str, first: int, last: int) -> Floats:
    """Each role's share of all commitment moved along links in some months, up and down together, by role number."""
    flows = run.detail.flows(slug)
    moved = np.zeros(len(Role) + 1) if flows is None else along_links(flows, first, last).sum(axis=1)
    return np.asarray(moved / moved.sum() if moved.sum() > 0.0 else moved)


def direction_flow(run: Run, slug: str, first: int, last: int) -> dict[str, float]:
    """The share of all commitment moved along links in some months by direction: vertical, inside, across, support."""
    flows = run.detail.flows(slug)
    moved = np.zeros(len(KINDS)) if flows is None else along_links(flows, first, last).sum(axis=0)
    total = moved.sum()
    out: dict[str, float] = {}
    for kind, size in zip(KINDS, moved, strict=True):
        out[kind.direction] = out.get(kind.direction, 0.0) + (float(size / total) if total > 0.0 else 0.0)
    return out
