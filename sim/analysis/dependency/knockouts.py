"""Many futures with and without somebody: who holds the change up, and through which channel.

In every future the director stays after row t (no departure, scheduled or random) unless it is the director who is
knocked out, so that the difference is owed to whoever was. What each kind of removal does: ``sim.model.removal``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import batched
from typing import NamedTuple

import numpy as np

from sim.analysis.dependency.shares import dependency, mean_of, resampled, shapley
from sim.base.arrays import Bools, Floats, Ints
from sim.base.intervals import Estimate
from sim.experiments.environment import Environment, shared
from sim.experiments.workers import Workers
from sim.model import engine
from sim.model.calendar import Calendar, calendar
from sim.model.record import PEOPLE
from sim.model.removal import ALL_CHANNELS, CHANNELS, WAYS, Removal
from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError

SCEPTIC = 0.2
"""Commitment and values of a sceptical replacement."""


class Group(NamedTuple):
    """Seats that are knocked out together: a person, a role, a team or any others."""

    kind: str
    """person, role, team or group"""
    title: str
    seats: tuple[int, ...]


class Loss(NamedTuple):
    """A group knocked out in one way: emptied, replaced by sceptics, or some channels shut (``sim.model.removal``)."""

    group: Group
    removal: Removal


@dataclass(frozen=True)
class Knockouts:
    """Practised commitment at row t + horizon in every future, of the staff present on both sides.

    base, floor, without: [losses, futures]; ``base`` with everybody there, ``floor`` with the director's seat empty and
    the programme over, ``without`` with the loss. before: [losses, futures], the same staff's at row t.
    """

    scenario: Scenario
    month: int
    futures: int
    seed: int
    losses: tuple[Loss, ...]
    before: Floats
    base: Floats
    floor: Floats
    without: Floats

    @cached_property
    def _samples(self) -> Floats:
        return resampled(self.futures, self.seed)

    def index(self, group: Group, removal: Removal = Removal.EMPTIED) -> int:
        """The place of a loss. Raises ValueError for one that was not run."""
        if Loss(group, removal) not in self.losses:
            raise ValueError(
                f"{group.title}, {removal!r}: not among the losses that were run; split(group) has all eight"
            )
        return self.losses.index(Loss(group, removal))

    def dependency(self, group: Group, removal: Removal = Removal.EMPTIED) -> Estimate:
        """Causal dependency on a group: its share of what leader and programme together contribute."""
        i = self.index(group, removal)
        return dependency(self.base[i], self.without[i], self.floor[i], self._samples)

    def lost(self, group: Group, removal: Removal = Removal.EMPTIED) -> Estimate:
        """Practised commitment lost with a group: mean of base - without, over futures."""
        i = self.index(group, removal)
        return mean_of(self.base[i] - self.without[i], self._samples)

    def channels(self, group: Group) -> dict[str, Estimate]:
        """The dependency on a group split over its channels by Shapley value; the parts add up to the whole."""
        last = self.index(group, Removal.EMPTIED)
        shut = [self.index(group, removal) for removal in map(Removal, range(1, ALL_CHANNELS))]
        zero = np.zeros((1, self.futures))
        lost = np.concatenate([zero, self.base[shut] - self.without[shut], self.base[[last]] - self.without[[last]]])
        parts = shapley(lost)
        return {
            str(channel.name).lower(): dependency(
                self.base[last], self.base[last] - part, self.floor[last], self._samples
            )
            for channel, part in zip(CHANNELS, parts, strict=True)
        }

    def collapsed(self, group: Group, removal: Removal = Removal.EMPTIED) -> float:
        """Of the futures in which the change survives with everybody there, the share that collapse with the loss.

        NaN where it survives in none: what collapses anyway is owed to nobody's loss.
        """
        i = self.index(group, removal)
        fell, stands = self.without[i] < self.scenario.measure.survival * self.before[i], self._stands(i)
        return float(fell[stands].mean()) if stands.any() else float("nan")

    def stands(self, group: Group) -> float:
        """The share of all futures in which the change survives with everybody there."""
        return float(self._stands(self.index(group)).mean())

    def _stands(self, loss: int) -> Bools:
        before, measure = self.before[loss], self.scenario.measure
        return np.asarray((before >= measure.taken_hold) & (self.base[loss] >= measure.survival * before))


def groups_of(shape: Organisation, words: Callable[[str], str] = str) -> list[Group]:
    """Every person, role and team of an organisation without whom some staff would be left to follow."""
    structure = shape.structure
    out = [Group("person", label, (seat,)) for seat, label in enumerate(shape.labels)]
    for role in Role:
        seats = tuple(structure.seats_of(role))
        if len(seats) > 1:
            out.append(Group("role", words(f"all {role.several}"), seats))
    for head in structure.middle_managers:
        members = tuple(int(seat) for seat in np.flatnonzero(structure.manager == head))
        if members:
            out.append(Group("team", words(f"the team of {shape.labels[head]}"), members))
    return [group for group in out if leaves_staff(shape, group.seats)]


def leaves_staff(shape: Organisation, seats: Iterable[int]) -> bool:
    """Whether any staff are left, whose practice can be followed, once some seats are out of it."""
    out, staff = set(seats), shape.structure.staff
    return len(out) < len(staff) or bool(set(staff.tolist()) - out)


def director_of(shape: Organisation) -> Group:
    """The director."""
    chief = shape.structure.director
    return Group("person", shape.labels[chief], (chief,))


def of_role(shape: Organisation, role: Role) -> Group:
    """The person or people of a role, as ``groups_of`` names them. Raises StopIteration where there are none."""
    seats = tuple(shape.structure.seats_of(role))
    return next(group for group in groups_of(shape) if group.seats == seats)


def split(group: Group) -> list[Loss]:
    """The losses that ``Knockouts.channels`` needs: every combination of channels shut, and the seats emptied."""
    return [*(Loss(group, removal) for removal in map(Removal, range(1, ALL_CHANNELS))), Loss(group, Removal.EMPTIED)]


def staying(scenario: Scenario, month: int | None = None) -> tuple[Scenario, int]:
    """The setting judged at row ``month`` (None: its reference month), no longer than that takes; and the month.

    Raises ScenarioError for a month that cannot be.
    """
    t = scenario.reference_month if month is None else month
    if not 0 <= t <= scenario.months:
        raise ScenarioError(f"month {t}: the run has months 0 to {scenario.months}")
    return judged(scenario, t, scenario.measure.horizon), t


def judged(scenario: Scenario, month: int, horizon: int) -> Scenario:
    """The setting judged at row ``month`` and a horizon later, no longer than that takes, without its variants.

    What is scheduled later is left out, because so short a run would be refused with it.
    """
    end = month + horizon
    events = {slug: event for slug, event in scenario.written().get("events", {}).items() if event["month"] < end}
    judged_then = {"months": end, "measure": {"reference_month": month, "horizon": horizon}}
    return scenario.with_(judged_then | {"events": events}, drop=("variants", "events"))


def knock_out(
    scenario: Scenario,
    losses: Sequence[Loss],
    *,
    month: int | None = None,
    futures: int = 100,
    first: int = 0,
    seed: int = 1,
    workers: Workers | int | None = None,
    environment: Environment | None = None,
) -> Knockouts:
    """Run every future with everybody there, with leader and programme gone, and with each of the losses.

    ``month``: row t after which they go, by default the scenario's reference month. The futures are ``first`` to
    ``first + futures - 1``. The scenario's variants are not run. The same seed gives the same numbers on any number of
    ``workers`` (threads; default: one per core). ``environment``: of the seed, for whoever asks again.
    Raises ScenarioError for what cannot be run.
    """
    setting, t = staying(scenario, month)
    when = calendar(setting).staying(t)
    shape = organisation(setting, seed, 0)
    if futures < 1:
        raise ScenarioError(f"futures = {futures}: at least one future is needed")
    for group, removal in losses:
        strange = [seat for seat in group.seats if not 0 <= seat < len(shape)]
        if strange or not group.seats:
            what = f"there is no seat {strange[0]}" if strange else "nobody is in it"
            raise ScenarioError(f"{group.title}: {what}; seats are 0 to {len(shape) - 1}")
        if removal not in WAYS:
            raise ScenarioError(
                f"{group.title}: {removal!r} is not a way to take them out; give some channels, EMPTIED or REPLACED"
            )
        if not leaves_staff(shape, group.seats):
            raise ScenarioError(f"{group.title}: without them no staff are left whose practice could be followed")

    gone = [when.removing(t, [shape.structure.director], Removal.EMPTIED).ending_programme(t)]
    gone += [
        when.removing(t, group.seats, removal, SCEPTIC if removal == Removal.REPLACED else np.nan)
        for group, removal in losses
    ]
    staying_on = [np.setdiff1d(shape.structure.staff, group.seats) for group, _ in losses]
    which = range(first, first + futures)
    found = Workers.of(workers).map(
        lambda future: _one_future(setting, when, gone, staying_on, t, environment or shared(seed), future),
        which,
        about=("knock-outs", setting.written(), t, losses, which, seed),
        runs=len(losses) + 2,
    )
    return Knockouts(setting, t, futures, seed, tuple(losses), *np.stack(found, axis=-1))


def _one_future(
    setting: Scenario,
    when: Calendar,
    gone: Sequence[Calendar],
    staying_on: Sequence[Ints],
    t: int,
    environment: Environment,
    future: int,
) -> Floats:
    """Before, base, floor and without of one future, [4, losses]; ``gone``: the calendars of the floor and the losses.

    ``staying_on``: the seats of the staff who are left by each loss. Everybody has the same seat in every future.
    """
    base = environment.play(setting, future, calendar=when, keep="people").people["practice"][[t, setting.months]]
    place = environment.of(setting, future)
    ends = np.empty((len(gone), len(place.organisation)))
    for first, _, left in engine.side_by_side(gone, [place], setting.months, whole=False, keep="end"):
        some = left.people[PEOPLE.index("practice"), 0].T
        ends[first : first + len(some)] = some
    floor, *without = ends
    out = np.empty((4, len(staying_on)))
    for i, (there, left_over) in enumerate(zip(staying_on, without, strict=True)):
        out[:, i] = base[0, there].mean(), base[1, there].mean(), floor[there].mean(), left_over[there].mean()
    return out


@dataclass(frozen=True)
class Smallest:
    """A small group whose loss collapses the change in at least ``share`` of futures, and what was tried.

    group: None where no group of at most ``MOST`` people was found that leaves staff to follow. Searched greedily, by
    how much is lost with each person alone; no member can be spared, but a smaller group of others might do.
    collapsed: of the group found (else of the last one tried), where it was chosen; fresh: of the group found, on as
    many other futures, since choosing flatters it. Both NaN where there is none.
    """

    share: float
    group: Group | None
    collapsed: float
    fresh: float
    tried: tuple[tuple[Group, float], ...]


MOST, TOGETHER = 12, 6
"""The most people in a group, when looking for the smallest whose loss collapses the change; how many sizes of it are
tried at a time."""


def smallest_group(
    alone: Knockouts,
    removal: Removal = Removal.EMPTIED,
    share: float = 0.5,
    workers: Workers | int | None = None,
    ranking: Removal | None = None,
    environment: Environment | None = None,
) -> Smallest:
    """The smallest group found whose loss collapses the change in at least ``share`` of futures.

    ``alone``: knock-outs of single persons in the same way, or in another (``ranking``). No group is tried that
    has all the staff in it: nobody would be left whose practice could be followed.
    """
    shape = organisation(alone.scenario, alone.seed, 0)
    way = removal if ranking is None else ranking
    persons = [loss.group for loss in alone.losses if loss.removal == way and loss.group.kind == "person"]
    ranked = sorted(persons, key=lambda group: -alone.lost(group, way).value)
    tried: list[tuple[Group, float]] = []
    workers = replace(Workers.of(workers), on_progress=Workers.on_progress)

    def shares_with(groups: Sequence[Group], first: int) -> list[float]:
        found = knock_out(
            alone.scenario,
            [Loss(group, removal) for group in groups],
            month=alone.month,
            futures=alone.futures,
            first=first,
            seed=alone.seed,
            workers=workers,
            environment=environment,
        )
        return [found.collapsed(group, removal) for group in groups]

    def together(members: Sequence[Group]) -> Group:
        return Group("group", ", ".join(member.title for member in members), tuple(m.seats[0] for m in members))

    in_turn: list[Group] = []
    for person in ranked:
        if len(in_turn) < MOST and leaves_staff(shape, [each.seats[0] for each in (*in_turn, person)]):
            in_turn.append(person)
    enough = None
    for some in batched([together(in_turn[: i + 1]) for i in range(len(in_turn))], TOGETHER):
        tried += zip(some, shares_with(some, 0), strict=True)
        enough = next((i for i, (_, collapsed) in enumerate(tried, 1) if collapsed >= share), None)
        if enough is not None:
            break
    if enough is None:
        collapsed = tried[-1][1] if tried else float("nan")
        return Smallest(share, None, collapsed, float("nan"), tuple(tried))
    tried, chosen = tried[:enough], in_turn[:enough]
    for person in chosen[:-1]:
        spared = [other for other in chosen if other is not person]
        tried.append((together(spared), shares_with([together(spared)], 0)[0]))
        chosen = spared if tried[-1][1] >= share else chosen
    seats = tuple(person.seats[0] for person in chosen)
    group, collapsed = next((g, c) for g, c in tried if g.seats == seats)
    return Smallest(share, group, collapsed, shares_with([group], alone.futures)[0], tuple(tried))
