"""Where futures play out: the organisation and the draws of each, made once for all settings that share them.

Which settings share an organisation is decided in one place, by ``sim.organisation.generate.Plan``: all that the
making of an organisation reads, and nothing else. So a future is the same bytes whoever else is played beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import batched, count
from typing import Any, NamedTuple

import numpy as np

from sim.base.remembered import MOST_BYTES, Remembered
from sim.model import engine
from sim.model.calendar import Calendar
from sim.model.calendar import calendar as scheduled
from sim.model.draws import Draws, draw, drawn_for
from sim.model.record import Keep, Record
from sim.model.tracing import Trace
from sim.organisation.generate import Plan, build, plan
from sim.organisation.structure import Organisation
from sim.scenario.scenario import Scenario

MOST_PLANS = 1000

A_BATCH = 25
"""Futures that are at hand while settings are played in them, some after the other; fewer of a large organisation."""


def _bytes(made: Organisation | Draws) -> int:
    """What an organisation or a set of draws takes, roughly."""
    arrays = made.structure if isinstance(made, Organisation) else made
    return sum(part.nbytes for part in arrays if isinstance(part, np.ndarray))


class Place(NamedTuple):
    """The organisation and the draws of one future of a setting."""

    organisation: Organisation
    draws: Draws


class Environment:
    """The organisations and draws of the futures of one seed, each made when first asked for; safe between threads.

    ``most``: how many organisations, and how many sets of draws, are remembered; the oldest go first. ``months``: for
    how many months there are draws, at least, so that shorter questions share those of longer ones.
    """

    def __init__(self, seed: int, most: int = 16, months: int = 0) -> None:
        self.seed, self._months = seed, months
        self._known = Remembered[Any](2 * most, _bytes)
        self._plans: dict[int, Planned] = {}
        self._numbers, self._fresh = dict[Any, int](), count()

    def of(self, setting: Scenario, future: int, months: int | None = None) -> Place:
        """Where a future of a setting plays out, with draws for its months or for more.

        Raises ScenarioError as ``generate.organisation`` does.
        """
        planned, months = self._plan(setting).plan, max(months or setting.months, self._months)
        made = self._known.get((planned.key, future), lambda: build(planned, self.seed, future))
        own = (drawn_for(made.structure), future, months)  # organisations that differ in their links share their draws
        return Place(made, self._known.get(own, lambda: draw(made.structure, months, self.seed, future, lean=True)))

    def calendar(self, setting: Scenario) -> Calendar:
        """A setting's calendar, worked out once."""
        return self._plan(setting).calendar

    def play(
        self,
        setting: Scenario,
        future: int,
        *,
        calendar: Calendar | None = None,
        keep: Keep = "months",
        flows: bool = False,
    ) -> Record:
        """One future of a setting on the compiled engine; the other arguments as ``engine.run`` takes them."""
        return self.together([(setting, calendar or self.calendar(setting))], future, keep=keep, flows=flows)[0]

    def together(
        self,
        settings: Sequence[tuple[Scenario, Calendar]],
        future: int,
        *,
        keep: Keep = "months",
        flows: bool = False,
    ) -> list[Record]:
        """One future of several settings, each with its calendar; those that share an organisation side by side."""
        months = max(setting.months for setting, _ in settings)
        records: dict[int, Record] = {}
        for some in self._sharing([setting for setting, _ in settings]):
            theirs = [settings[i] for i in some]
            place = self.of(theirs[0][0], future, months)
            played = engine.play(theirs, self.seed, future, *place, keep=keep, flows=flows)
            records |= zip(some, played, strict=True)
        return [records[i] for i in range(len(settings))]

    def side_by_side(
        self, settings: Sequence[Scenario], futures: Sequence[int], *, whole: bool, flows: bool
    ) -> Iterator[tuple[list[int], int, Trace]]:
        """Some settings in some futures, one batch of futures after the other, without a record of each.

        Yields the places of settings that went side by side, the future, and what they left behind: see
        ``engine.side_by_side``.
        """
        months = max(setting.months for setting in settings)
        organisation, draws = self.of(settings[0], futures[0], months)
        each = _bytes(organisation) + _bytes(draws)
        for batch in batched(futures, max(1, min(A_BATCH, MOST_BYTES // each))):
            for some in self._sharing(settings):
                calendars, one = [self.calendar(settings[i]) for i in some], settings[some[0]]
                places = [self.of(one, future, months) for future in batch]
                played = engine.side_by_side(calendars, places, one.months, whole=whole, flows=flows)
                for first, place, left in played:
                    yield some[first : first + left.rows.shape[-1]], batch[place], left

    def _sharing(self, settings: Sequence[Scenario]) -> list[list[int]]:
        """The places of settings that share their organisations and are of one length."""
        groups: dict[tuple[Any, int], list[int]] = {}
        for i, setting in enumerate(settings):
            groups.setdefault((self._plan(setting).number, setting.months), []).append(i)
        return list(groups.values())

    def look_again(self) -> None:
        """Forget what files of people and links said, which may have changed."""
        self._plans = {key: known for key, known in self._plans.items() if not known.plan.imported}

    def _plan(self, setting: Scenario) -> "Planned":
        """The setting's plan; the setting is kept beside it, so that its ``id`` stays its own."""
        known = self._plans.get(id(setting))
        if known is None:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
                self._numbers.clear()
            planned = plan(setting)
            # A number is never given twice: whoever was grouped by one before the others were forgotten is not joined.
            number = self._numbers.setdefault(planned.key, next(self._fresh))
            known = self._plans[id(setting)] = Planned(setting, planned, number, scheduled(setting))
        return known


@lru_cache(maxsize=1)
def shared(seed: int) -> Environment:
    """That of this process: for all that is asked one after the other about the same futures."""
    return Environment(seed, most=1000)


class Planned(NamedTuple):
    """A setting, its plan and calendar, with a number that settings which share their organisations have in common."""

    setting: Scenario
    plan: Plan
    number: int
    calendar: Calendar


def futures_of[Name](
    settings: Mapping[Name, Scenario],
    futures: int,
    seed: int,
    keep: Keep = "months",
    flows: bool = False,
    environment: Environment | None = None,
) -> Iterator[dict[Name, Record]]:
    """The first futures of some settings, one after the other: a record of each setting, by its name.

    ``environment``: of the same seed, for whoever asks about the same futures again.
    """
    environment = environment or Environment(seed)
    together = [(setting, environment.calendar(setting)) for setting in settings.values()]
    for future in range(futures):
        yield dict(zip(settings, environment.together(together, future, keep=keep, flows=flows), strict=True))
