"""On whom the change rests at a moment: every person, role and team by the three readings of dependency.

Definitions, and why the readings differ: docs/dependency.md.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.analysis.dependency.knockouts import (
    Group,
    Knockouts,
    Loss,
    Smallest,
    director_of,
    groups_of,
    judged,
    knock_out,
    smallest_group,
    split,
    staying,
)
from sim.analysis.dependency.shares import mean_of, resampled
from sim.analysis.influence import effective_leaders, structural
from sim.base.arrays import Floats, Ints
from sim.base.intervals import UNDEFINED, Estimate
from sim.experiments.environment import Environment
from sim.experiments.flows import Total, seat_shares
from sim.experiments.workers import Workers
from sim.model.calendar import calendar
from sim.model.ledger import Flows
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError

MOST_PERSONS = 250
"""At most so many single persons are taken out (those with most structural influence); all roles and teams are."""

Whom = Literal["everybody", "foremost", "director"]
"""Whom to take out: everybody; every role in both ways, the ``PERSONS`` with most structural influence and the
``TEAMS`` that are largest; or the director alone."""

PERSONS, TEAMS = 10, 12

MOST_FUTURES = 200
"""Futures whose organisations are kept at hand, at most."""

STRUCTURAL = 50
"""Futures that structural influence is read off, at most, unless everybody is taken out."""


@dataclass(frozen=True)
class Reading:
    """A person, role or team by the three readings; structural and flow: shares of all seats', means over futures.

    dependency, practice_lost, collapsed: with their seats empty. sceptic: the dependency with sceptics in their seats,
    sceptic_collapsed: with sceptics in them; undefined where that was not tried. flow: NaN where nobody asked.
    """

    group: Group
    structural: Estimate
    flow: float
    dependency: Estimate
    practice_lost: Estimate
    collapsed: float
    sceptic: Estimate = UNDEFINED
    sceptic_collapsed: float = float("nan")


def read(found: Knockouts, group: Group, influence: Floats, flow: float = float("nan")) -> Reading:
    """A group by the three readings. influence: structural, [futures, seats]. flow: the group's share of all flow."""
    sceptics = Loss(group, Removal.REPLACED) in found.losses
    return Reading(
        group,
        structural=mean_of(influence[:, list(group.seats)].sum(axis=1), resampled(len(influence), found.seed)),
        flow=flow,
        dependency=found.dependency(group),
        practice_lost=found.lost(group),
        collapsed=found.collapsed(group),
        sceptic=found.dependency(group, Removal.REPLACED) if sceptics else UNDEFINED,
        sceptic_collapsed=found.collapsed(group, Removal.REPLACED) if sceptics else float("nan"),
    )


@dataclass(frozen=True)
class Dependency:
    """Everybody's readings at row ``month``, the most depended on first; the director's in full as well.

    channels: the director's causal dependency by channel. leaders: the effective number of leaders. few, sceptics: the
    smallest group whose seats emptied, or filled with sceptics, collapse the change in half of the futures; None unless
    everybody was taken out. base, floor: mean practised commitment a horizon on, with everybody there, and with neither
    director nor programme; ``whole``: the difference, what the two add. stands: the share of futures in which the
    change survives with everybody there.
    """

    scenario: Scenario
    month: int
    futures: int
    seed: int
    shape: Organisation
    readings: tuple[Reading, ...]
    director: Reading
    channels: dict[str, Estimate]
    leaders: Estimate
    few: Smallest | None
    sceptics: Smallest | None
    base: float
    floor: float
    whole: Estimate
    stands: float
    flows: Flows

    def rows(self) -> list[dict[str, Any]]:
        """A row for each person, role and team, as plain numbers; NaN where undefined."""
        out = []
        for each in self.readings:
            row: dict[str, Any] = {"kind": each.group.kind, "who": each.group.title, "seats": len(each.group.seats)}
            for name in ("structural", "dependency", "practice_lost"):
                row |= getattr(each, name).columns(name)
            row |= {"flow": each.flow, "collapsed": each.collapsed}
            alone = each is self.director
            row |= {name: part.value if alone else float("nan") for name, part in self.channels.items()}
            row["sceptic"] = each.sceptic.value
            row |= {name: getattr(self, name) for name in ("base", "floor", "month")}
            out.append(row | {"horizon": self.scenario.measure.horizon, "futures": self.futures, "seed": self.seed})
        return out

    @property
    def roles(self) -> list[Reading]:
        """The director, then everybody of each other role without whom some staff are left, in the roles' order."""
        by_seats = {each.group.seats: each for each in self.readings}
        others = [by_seats.get(tuple(self.shape.structure.seats_of(role))) for role in Role if role != Role.DIRECTOR]
        return [self.director, *(each for each in others if each is not None)]

    @property
    def departures_before(self) -> list[int]:
        """The months of the director's scheduled departures up to the month asked about."""
        return [month for month in self.scenario.departures if month < self.month]


def runs_needed(scenario: Scenario, futures: int, seed: int) -> int:
    """About how many runs ``measure_dependency`` takes, for a progress bar."""
    return futures * (len(_losses(organisation(scenario, seed, 0), None, "everybody")) + 3)


def measure_dependency(
    scenario: Scenario,
    *,
    month: int | None = None,
    futures: int = 40,
    seed: int = 1,
    whom: Whom = "everybody",
    workers: Workers | int | None = None,
    environment: Environment | None = None,
) -> Dependency:
    """Take people out in turn after row ``month`` (None: the reference month), in the same futures, and compare.

    Structural shares are of the weights of that row, flow shares of everything moved along links up to it. The
    scenario's variants are not run. ``environment``: of the seed, for whoever asks again. Raises ScenarioError for
    what cannot be run.
    """
    setting, t = staying(scenario, month)
    if t < 1:
        raise ScenarioError("month 0: nothing has moved anybody yet; ask of month 1 or later")
    shape = organisation(setting, seed, 0)
    crew = Workers.of(workers)
    environment = environment or Environment(seed, min(futures, MOST_FUTURES), setting.months)
    everybody = whom == "everybody"
    shares, flows = influence_up_to(
        setting, t, futures if everybody else min(STRUCTURAL, futures), environment, workers=crew
    )
    losses = _losses(shape, shares.mean(axis=0), whom)
    found = knock_out(setting, losses, month=t, futures=futures, seed=seed, workers=crew, environment=environment)
    moved = seat_shares(flows)
    readings = [
        read(found, group, shares, float(moved[list(group.seats)].sum()))
        for group, removal in losses
        if removal == Removal.EMPTIED
    ]
    readings.sort(key=lambda reading: -reading.practice_lost.value)
    director = next(each for each in readings if each.group == director_of(shape))
    alone, few, sceptics = found.index(director.group), None, None
    if everybody:
        few, sceptics = (
            smallest_group(found, way, workers=crew, ranking=Removal.EMPTIED, environment=environment)
            for way in (Removal.EMPTIED, Removal.REPLACED)
        )
    return Dependency(
        setting, t, futures, seed, shape, tuple(readings), director,
        channels={} if whom == "director" else found.channels(director.group),
        leaders=mean_of(np.array([effective_leaders(row) for row in shares]), resampled(len(shares), seed)),
        few=few,
        sceptics=sceptics,
        base=float(found.base[alone].mean()),
        floor=float(found.floor[alone].mean()),
        whole=mean_of(found.base[alone] - found.floor[alone], resampled(futures, seed)),
        stands=found.stands(director.group),
        flows=flows,
    )  # fmt: skip


def _losses(shape: Organisation, shares: Floats | None, whom: Whom) -> list[Loss]:
    """Seats emptied; the director's also channel by channel, and filled by a sceptic. shares: mean structural ones."""
    chief = director_of(shape)
    if whom == "director":
        return [Loss(chief, Removal.EMPTIED), Loss(chief, Removal.REPLACED)]
    groups = groups_of(shape)
    persons, roles, teams = ([group for group in groups if group.kind == kind] for kind in ("person", "role", "team"))
    replaced, most = [chief], MOST_PERSONS
    if whom == "foremost":
        alone = [group for group in persons if len(shape.structure.seats_of(_role(shape, group))) == 1]
        roles = replaced = [*alone, *roles]
        persons, most = [group for group in persons if group not in alone], PERSONS
        largest = sorted(teams, key=lambda team: -len(team.seats))[:TEAMS]
        teams = [team for team in teams if team in largest]
    if shares is not None and len(persons) > most:
        foremost = sorted(persons, key=lambda group: -shares[group.seats[0]])[:most]
        persons = [group for group in persons if group in foremost]
    emptied = [Loss(group, Removal.EMPTIED) for group in (*persons, *roles, *teams) if group != chief]
    return [*emptied, *split(chief), *(Loss(group, Removal.REPLACED) for group in replaced)]


def _role(shape: Organisation, group: Group) -> Role:
    return Role(shape.structure.role[group.seats[0]])


def influence_up_to(
    setting: Scenario, t: int, futures: int, environment: Environment, workers: Workers
) -> tuple[Floats, Flows]:
    """Structural shares at row t, [futures, seats], and the mean flows up to it."""
    short = judged(setting, 0, t)
    when = calendar(short)

    def one(future: int) -> tuple[Floats, Ints, Ints]:
        record = environment.play(short, future, calendar=when, keep="end", flows=True)
        assert record.flows is not None
        total = Total.of(record.flows)
        return structural(record, t), total.by_month, total.given

    found = workers.map(one, range(futures), about=("readings", short.written(), t, environment.seed))
    shares, by_month, given = zip(*found, strict=True)
    return np.stack(shares), Total(futures, np.sum(by_month, axis=0), np.sum(given, axis=0)).mean
