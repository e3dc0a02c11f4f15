"""What a page about a run needs beyond the run: knock-outs, structural influence, outcomes, curves, a network."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.dependency.knockouts import Group, Knockouts, Loss, director_of, groups_of, knock_out, split
from sim.analysis.dependency.readings import Reading, influence_up_to
from sim.analysis.dependency.readings import read as read_group
from sim.analysis.dependency.shares import mean_of, resampled
from sim.analysis.influence import effective_leaders, structural
from sim.analysis.outcomes import OUTCOMES, outcomes
from sim.base.arrays import Floats
from sim.base.intervals import Estimate, mean_interval
from sim.experiments.ensemble import BASE, run_one
from sim.experiments.flows import along_links
from sim.experiments.reading import Run
from sim.experiments.workers import Workers
from sim.model import engine
from sim.model.record import Record
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation
from sim.scenario.events import DirectorLeaves
from sim.scenario.roles import KINDS, Role
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.analysis.interventions.result import Interventions
    from sim.analysis.uncertainty.robustness import Robustness


STRUCTURAL, THEORY = 50, 30
"""Futures that structural influence and the outcomes of the theory of change are read off, at most."""

PERSONS, TEAMS = 10, 12
"""So many single persons (those with most structural influence) and teams (the largest) are knocked out, at most."""


@dataclass(frozen=True)
class Leader:
    """How far one setting rests on its director at its reference month, by the three readings.

    structural, leaders: means over futures with 95% intervals. whole: what director and programme together add to
    practised commitment a horizon later, of which dependency is a share. emptied, sceptic: causal dependency with the
    seat empty, and with a sceptic in it. collapsed: the shares of futures that collapse then. flow: of all commitment
    moved along links up to the reference month, the share the ledger enters under the director. ``alike``: titles of
    variants that are the same up to the departure, and so have the same numbers.
    """

    title: str
    month: int
    structural: Estimate
    leaders: Estimate
    whole: Estimate
    emptied: Estimate
    sceptic: Estimate
    collapsed: tuple[float, float]
    flow: float
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rests:
    """On whom the base rests: the director in full, then roles, persons and teams.

    facilitator: the structural share of one facilitator, None where there are none. persons_of: how many persons there
    are in all, of whom ``persons`` are those with most structural influence.
    """

    director: Leader
    elsewhere: tuple[Leader, ...]
    channels: Mapping[str, Estimate]
    facilitator: float | None
    roles: tuple[Reading, ...]
    persons: tuple[Reading, ...]
    teams: tuple[Reading, ...]
    persons_of: int
    futures: int


@dataclass(frozen=True)
class Found:
    """All that a page says, as numbers.

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
    rests: Rests
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
    def month(self) -> int:
        """The base's reference month."""
        return self.scenario.reference_month


def gather(run: Run, futures: int, seed: int, workers: Workers | None = None) -> Found:
    """Compute what a page needs. ``futures``: futures of the knock-outs."""
    base, group, workers = run.scenario, run.whole.settings, workers or Workers()
    titles = {slug: base.words.say(setting.title) for slug, setting in group.items()}
    network = engine.run(base, seed=run.whole.seed, future=_middle_future(run), keep="people")
    return Found(
        run,
        seed,
        titles,
        best_variant(run),
        _rests(run, titles, futures, seed, workers),
        {slug: _theory(setting, base, min(THEORY, futures), seed, workers) for slug, setting in group.items()},
        network,
        structural(network, base.reference_month),
    )


def best_variant(run: Run) -> str | None:
    """The variant in which most futures survive, of those in which the director leaves; of all, where in none."""
    rows = [row for row in run.whole.rows if row["variant"] != BASE and row["futures"]]
    leaving = [row for row in rows if leaves(run.whole.settings[row["variant"]])]
    ranked = sorted(leaving or rows, key=lambda row: (-row["survived"], -row["practice_after"]))
    return str(ranked[0]["variant"]) if ranked else None


def leaves(setting: Scenario) -> bool:
    """Whether the director leaves in a setting, or may leave."""
    return bool(setting.departures) or setting.random_departures


def _middle_future(run: Run) -> int:
    """The future of the base whose practised commitment at the horizon is the middle one of those that were kept."""
    table = run.detail.results.futures(BASE, ["future", "practice_after"])
    after = np.array(table["practice_after"].to_pylist(), dtype=np.float64)
    known = np.flatnonzero(~np.isnan(after))
    if not len(known):
        return 0
    order = known[np.argsort(after[known], kind="stable")]
    return int(table["future"].to_pylist()[order[(len(order) - 1) // 2]])


def _theory(setting: Scenario, base: Scenario, futures: int, seed: int, workers: Workers) -> Floats:
    """The outcomes of the theory of change, [futures, outcomes, 2], at the reference month and a horizon later."""
    from sim.experiments.verdict import reference_month

    def one(future: int) -> Floats:
        record = run_one(setting, seed, future, keep="everything")
        first = record if setting is base or not base.random_departures else run_one(base, seed, future)
        t = reference_month(setting, first)
        found = outcomes(record)
        return np.array([found[slug][[t, t + setting.measure.horizon]] for slug in OUTCOMES])

    return np.stack(workers.map(one, range(futures), about=("theory", setting.written(), base.written(), seed)))


# -- On whom it rests ---------------------------------------------------------------------------------------


def _rests(run: Run, titles: Mapping[str, str], futures: int, seed: int, workers: Workers) -> Rests:
    group = run.whole.settings
    alike: dict[str, list[str]] = {}
    for slug, setting in group.items():
        alike.setdefault(_before_the_departure(setting), []).append(slug)
    first, *others = alike.values()
    base, shares = run.scenario, _structural(run.scenario, futures, seed, workers)
    shape = organisation(base, seed, 0)
    mean = shares.mean(axis=0)
    groups = groups_of(shape, base.words.say)
    director = director_of(shape)
    roles = [each for role in Role if (each := _all_of(shape, role, groups)) is not None and each != director]
    singles = [each for each in groups if each.kind == "person" and each != director and each not in roles]
    singles.sort(key=lambda each: -mean[each.seats[0]])
    teams = [each for each in groups if each.kind == "team"]
    largest = sorted(teams, key=lambda each: -len(each.seats))[:TEAMS]
    drawn = [*singles[:PERSONS], *(team for team in teams if team in largest)]
    losses = [*split(director), Loss(director, Removal.REPLACED)]
    losses += [Loss(each, how) for each in roles for how in (Removal.EMPTIED, Removal.REPLACED)]
    losses += [Loss(each, Removal.EMPTIED) for each in drawn]
    found = knock_out(base, losses, futures=futures, seed=seed, workers=workers)
    flow = role_flow(run, BASE, 1, found.month)
    helpers = shape.structure.seats_of(Role.CHANGE_FACILITATOR)
    parts = [read_group(found, each, shares) for each in drawn]
    return Rests(
        director=_leader(run, titles, first, found, director, shares),
        elsewhere=tuple(_elsewhere(run, titles, slugs, futures, seed, workers) for slugs in others),
        channels=found.channels(director),
        facilitator=float(mean[helpers].mean()) if helpers else None,
        roles=tuple(
            read_group(found, each, shares, float(flow[shape.structure.role[each.seats[0]]]))
            for each in (director, *roles)
        ),
        persons=tuple(sorted(parts[: len(singles[:PERSONS])], key=_most_lost)),
        teams=tuple(parts[len(singles[:PERSONS]) :]),
        persons_of=len(singles),
        futures=futures,
    )


def _elsewhere(
    run: Run, titles: Mapping[str, str], slugs: Sequence[str], futures: int, seed: int, workers: Workers
) -> Leader:
    """How far another setting than the base, and those that are alike, rest on the director."""
    setting = run.whole.settings[slugs[0]]
    shares = _structural(setting, futures, seed, workers)
    director = director_of(organisation(setting, seed, 0))
    losses = [Loss(director, how) for how in (Removal.EMPTIED, Removal.REPLACED)]
    found = knock_out(setting, losses, futures=futures, seed=seed, workers=workers)
    return _leader(run, titles, slugs, found, director, shares)


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


def _structural(setting: Scenario, futures: int, seed: int, workers: Workers) -> Floats:
    """Structural influence at the reference month, [futures, seats]."""
    return influence_up_to(setting, setting.reference_month, min(STRUCTURAL, futures), seed, workers)[0]


def _leader(
    run: Run, titles: Mapping[str, str], slugs: Sequence[str], found: Knockouts, director: Group, shares: Floats
) -> Leader:
    i = found.index(director)
    return Leader(
        titles[slugs[0]],
        found.month,
        mean_interval(shares[:, director.seats[0]]),
        mean_interval(np.array([effective_leaders(row) for row in shares])),
        mean_of(found.base[i] - found.floor[i], resampled(found.futures, found.seed)),
        found.dependency(director),
        found.dependency(director, Removal.REPLACED),
        (found.collapsed(director), found.collapsed(director, Removal.REPLACED)),
        role_flow(run, slugs[0], 1, found.month)[Role.DIRECTOR],
        tuple(titles[slug] for slug in slugs[1:]),
    )


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


def _most_lost(part: Reading) -> float:
    return -part.dependency.value if part.dependency.defined else -part.structural.value


def _all_of(shape: Organisation, role: Role, groups: Sequence[Group]) -> Group | None:
    """Everybody of a role, or None where there is nobody or no staff would be left without them."""
    seats = tuple(shape.structure.seats_of(role))
    return next((each for each in groups if each.seats == seats and each.kind in ("role", "person")), None)
