"""The compiled engine: futures of one setting, or of several side by side, on what ``sim.model.months`` was made into.

The twin of the Mesa model. Settings that share an organisation and its draws are lanes of one pass; a lane has the
bits that its setting has alone. Where the sources have moved on from the module, the same functions run as the plain
Python that they are: the same numbers, slowly.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import numpy as np

from sim.base import machine as machines
from sim.base.arrays import Floats, Ints
from sim.base.machine import WIDTHS, Laid, Placed, Same, laid, lay, machine, warn_if_stale
from sim.model import months as plain
from sim.model import tracing, turnover
from sim.model.calendar import Calendar
from sim.model.calendar import calendar as scheduled
from sim.model.draws import Draws, draw
from sim.model.ledger import CHANGED, LEDGER_KINDS, LEDGER_ROW, Flows, Ledger
from sim.model.months import ENDED, NOT_RENEWED, TAKEN_UP
from sim.model.parameters import MonthParameters
from sim.model.record import MONTHLY, PEOPLE, Keep, Record, kept_rows
from sim.model.state import State, blank
from sim.model.tracing import Trace
from sim.organisation import generate
from sim.organisation.structure import Organisation, Structure
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario


def run(
    scenario: Scenario,
    *,
    seed: int = 1,
    future: int = 0,
    keep: Keep = "months",
    flows: bool = False,
    organisation: Organisation | None = None,
    calendar: Calendar | None = None,
    draws: Draws | None = None,
) -> Record:
    """One future of one setting; the record that ``OrganisationModel(...).run()`` leaves.

    ``flows``: whether to add up who moved whom as well, which costs far less than a whole ledger.
    ``organisation``, ``calendar``, ``draws``: those of this future, where they are at hand already.
    """
    organisation = organisation or generate.organisation(scenario, seed, future)
    calendar = calendar or scheduled(scenario)
    draws = draws or draw(organisation.structure, scenario.months, seed, future, lean=True)
    settings = [(scenario, calendar)]
    return play(settings, seed, future, organisation, draws, keep=keep, flows=flows)[0]


def play(
    settings: Sequence[tuple[Scenario, Calendar]],
    seed: int,
    future: int,
    organisation: Organisation,
    draws: Draws,
    *,
    keep: Keep = "months",
    flows: bool = False,
) -> list[Record]:
    """One future of several settings, each with its calendar; they share months, organisation and draws."""
    records = [Record.bare(scenario, organisation, seed, future, keep, flows) for scenario, _ in settings]
    calendars, asked = [when for _, when in settings], _Asked(settings[0][0].months, keep, flows)
    ledgers = [record.ledger for record in records]
    for first, _, lived in _lived(calendars, [(organisation, draws)], asked, ledgers):
        some = zip(lived.traces(), records[first:], calendars[first:], lived.leavers, strict=False)
        for left, record, when, leavers in some:
            _keep(record, left)
            record.untold = partial(_tell, when=when, leavers=leavers, trace=left)
    return records


def side_by_side(
    calendars: Sequence[Calendar],
    places: Sequence[tuple[Organisation, Draws]],
    months: int,
    *,
    whole: bool,
    keep: Keep = "months",
    flows: bool = False,
) -> Iterator[tuple[int, int, Trace]]:
    """Several settings, by their calendars, in several futures, each an organisation and its draws.

    Yields what some of the settings left behind in one future, the last axis of its arrays being the setting: with the
    place of the first of these settings and that of the future. It stands until anything else is played. ``whole``: all
    columns of the months' rows are wanted, and not practice alone. ``keep``: as in a record, but for the ledger.
    """
    asked = _Asked(months, keep, flows, whole)
    for first, place, lived in _lived(calendars, places, asked, [None] * len(calendars)):
        yield first, place, lived.left


def so_far(scenario: Scenario, months: int, organisation: Organisation, draws: Draws) -> tuple[State, Floats]:
    """What some months of a future come to: everybody's state, and the last of their rows of ``MONTHLY``.

    It is what ``OrganisationModel(...).run_for(months)`` comes to.
    """
    asked, usual = _Asked(months, "months", False), blank(1, 1)
    ((_, _, lived),) = _lived([scheduled(scenario)], [(organisation, draws)], asked, [None])
    _, state, trace = lived.so_far(months)
    arrays = (array.astype(like.dtype) for array, like in zip(state, usual, strict=True))  # the module's yes is -1
    return State(*arrays), trace.rows[:, months]  # type: ignore[arg-type]


class _Asked(NamedTuple):
    """What months are to leave behind: see ``play``. ``whole``: all columns of a month's row, not practice alone."""

    months: int
    keep: Keep
    flows: bool
    whole: bool = True


def _lived(
    calendars: Sequence[Calendar],
    places: Sequence[tuple[Organisation, Draws]],
    asked: _Asked,
    ledgers: Sequence[Ledger | None],
) -> "Iterator[tuple[int, int, _Plain | _Lanes]]":
    """All months of some settings in some futures: as many settings at a time as go side by side, future after future.

    With the place of the first setting and that of the future. ``ledgers``: of every setting, where that is wanted.
    """
    if warn_if_stale():
        for first, when in enumerate(calendars):
            for place, (organisation, draws) in enumerate(places):
                slowly = _Plain(when, organisation.structure, draws, asked)
                _months([when], slowly, ledgers[first : first + 1], 1, asked.months)
                yield first, place, slowly
        return
    most = min(_most_lanes(organisation.structure, draws, asked) for organisation, draws in places)
    begun: list[_Begun | None] = [None] * len(places)
    if len(calendars) > most and asked.keep != "everything":
        shared = _alike(tuple(map(Same, calendars)))
        if shared.month >= WORTH_SHARING:
            for place, (organisation, draws) in enumerate(places):
                one = _Lanes([shared.by], organisation.structure, draws, asked)
                _months([shared.by], one, [None], 1, shared.month)
                begun[place] = one.so_far(shared.month)
    for first in range(0, len(calendars), most):
        theirs = calendars[first : first + most]
        for place, (organisation, draws) in enumerate(places):
            already = begun[place]
            lived = _Lanes(theirs, organisation.structure, draws, asked, already)
            start = already.month + 1 if already else 1
            _months(theirs, lived, ledgers[first : first + most], start, asked.months)
            yield first, place, lived


WORTH_SHARING = 6
"""Months that many settings have in common from which they are lived once for all."""


class _Begun(NamedTuple):
    """The first months of a future, as many settings have them in common: what they left behind."""

    month: int
    state: State
    trace: Trace


class _Shared(NamedTuple):
    """Up to which month some calendars are the same, and one by which those months can be lived."""

    month: int
    by: Calendar


def _most_lanes(structure: Structure, draws: Draws, asked: _Asked) -> int:
    """How many settings fit into the machine's memory side by side; 1 where not even one may, which is told then."""
    seats, links, pairs = len(structure.role), len(structure.source), len(structure.pair_a)
    kept = kept_rows(asked.keep, asked.months) * (len(PEOPLE) * seats + pairs)
    months = (asked.months + 1) * A_MONTH
    ledger = 6 * _ledger_rows(seats, links) if asked.keep == "everything" else 0
    lane = 8 * (kept + months + ledger + (SCRATCH_A_SEAT + 20) * seats + SCRATCH_A_LINK * links + pairs)
    shared = sum(np.asarray(part).nbytes for part in (*structure, *draws)) + SCRATCH
    return max((width for width in WIDTHS if shared + width * lane < machine().largest), default=1)


class _Plain:
    """One setting, lived by the functions of ``sim.model.months`` as they stand."""

    def __init__(self, when: Calendar, structure: Structure, draws: Draws, asked: _Asked) -> None:
        self.structure, self.asked, self._when, self._draws = structure, asked, when, draws
        self._state = blank(len(structure.role), len(structure.pair_a))
        self._trace = blank_trace(*_size(structure), asked.months, asked.keep, asked.flows, asked.whole)
        self.leavers = [when.leavers(structure)]

    def so_far(self, month: int) -> _Begun:
        return _Begun(month, self._state, self._trace)

    def first_row(self) -> None:
        plain.first_row(self.structure, self._when.parameters[0], self._draws, self._state, self._trace)

    def retune(self, month: int) -> None:
        old, new = self._when.parameters[month - 1 : month + 1]
        turnover.retune(self.structure, self._state, old, new, self._draws)

    def live(self, first: int, last: int) -> None:
        plain.live(
            self.structure, self._state, self._draws, self._when.parameters[first], self._when.schedule,
            self.leavers[0], first, last, self._trace,
        )  # fmt: skip

    def commitment(self, _: int) -> Floats:
        return self._state.commitment.copy()

    def trace(self, _: int) -> Trace:
        return self._trace

    def traces(self) -> list[Trace]:
        return [self._trace]

    @property
    def left(self) -> Trace:
        return Trace(*(array[..., np.newaxis] for array in self._trace))  # type: ignore[arg-type]


A_MONTH = 1000
"""Numbers, at most, that are kept of a month of a lane, whatever the organisation's size."""

SCRATCH, SCRATCH_A_SEAT, SCRATCH_A_LINK = 1 << 20, 40, 3
"""Room that a month needs to work in: bytes, and numbers a seat, a link and a lane. It uses about half of it."""


class _Lanes:
    """Several settings side by side, lived by the module."""

    def __init__(
        self,
        calendars: Sequence[Calendar],
        structure: Structure,
        draws: Draws,
        asked: _Asked,
        begun: _Begun | None = None,
    ) -> None:
        self.structure, self.asked, self._number = structure, asked, len(calendars)
        self._width, self._machine = next(w for w in WIDTHS if w >= len(calendars)), machine()
        when, width = _when(tuple(map(Same, calendars)), self._width), self._width
        self.leavers = [one.leavers(structure) for one in calendars]
        seats, pairs, links = _size(structure)
        state = _blank_state(seats, pairs, width)
        trace = _blank_trace(seats, pairs, links, *asked, width)
        leavers = lay(_padded(self.leavers, width), width) if any(map(len, self.leavers)) else _nobody(width)
        staying = [laid(structure), laid(draws), when.schedule, *when.parameters]
        scratch = 8 * width * (SCRATCH_A_SEAT * seats + SCRATCH_A_LINK * links)
        placed = self._machine.place(staying, [state, trace, leavers], scratch + SCRATCH)
        self._structure, self._draws, self._schedule = placed[:3]
        self._parameters, (self._state, self._trace, self._leavers) = placed[3:-3], placed[-3:]
        self._which = when.which
        if begun is not None:
            for place, known in ((self._state, begun.state), (self._trace, begun.trace)):
                for name, array in zip(known._fields, known, strict=True):
                    place[name][:] = array[..., np.newaxis]

    def so_far(self, month: int) -> _Begun:
        """What the first lane has come to, for others to go on from."""
        state, trace = (
            kind(*(place[name][..., 0].copy() for name in kind._fields))
            for kind, place in ((State, self._state), (Trace, self._trace))
        )
        return _Begun(month, state, trace)  # type: ignore[arg-type]

    def first_row(self) -> None:
        self._call("first_row", self._structure, self._parameters[0], self._draws, self._state, self._trace)

    def retune(self, month: int) -> None:
        old, new = (self._at(one) for one in (month - 1, month))
        self._call("retune", self._structure, self._state, old, new, self._draws)

    def live(self, first: int, last: int) -> None:
        self._call(
            "live", self._structure, self._state, self._draws, self._at(first), self._schedule, self._leavers,
            first, last, self._trace,
        )  # fmt: skip

    def commitment(self, lane: int) -> Floats:
        return self._state["commitment"][..., lane].copy()

    def trace(self, lane: int) -> Trace:
        """What a lane has left behind so far."""
        mine = Trace(*(array[..., lane] for array in self._left))  # type: ignore[arg-type]
        return mine._replace(live=mine.live != 0, departed=mine.departed != 0)

    @cached_property
    def _left(self) -> Trace:
        return Trace(*(self._trace[name] for name in Trace._fields))

    @property
    def left(self) -> Trace:
        """What all settings have left behind so far, the last axis being the setting."""
        mine = Trace(*(array[..., : self._number] for array in self._left))  # type: ignore[arg-type]
        return mine._replace(live=mine.live != 0, departed=mine.departed != 0)

    def traces(self) -> list[Trace]:
        """What all lanes have left behind in the end, for good."""
        left = self._left._replace(ledger=self._left.ledger[:0])  # it is in the records already
        each = Trace(*(np.moveaxis(array, -1, 0).copy() for array in left))  # type: ignore[arg-type]
        each = each._replace(live=each.live != 0, departed=each.departed != 0)
        return [Trace(*(array[lane] for array in each)) for lane in range(self._width)]

    def _at(self, month: int) -> Placed:
        return self._parameters[self._which[month]]

    def _call(self, name: str, *given: Placed | int) -> None:
        self._machine.call(f"{name}_{self._width}", *given)


def _months(
    calendars: Sequence[Calendar], lived: _Plain | _Lanes, ledgers: Sequence[Ledger | None], start: int, end: int
) -> None:
    """Live the months ``start`` to ``end`` of some settings."""
    if start == 1:
        lived.first_row()
    changes = _changes(tuple(map(Same, calendars)))
    by_month = lived.asked.keep == "everything"
    stops = {start, *(month for month in changes if start <= month <= end)}
    starts = sorted(stops | set(range(start, end + 1, LEDGER_MONTHS) if by_month else ()))
    for first, after in zip(starts, [*starts[1:], end + 1], strict=True):
        if first in changes:
            before = [lived.commitment(lane) for lane in changes[first]]
            lived.retune(first)
            for lane, was in zip(changes[first], before, strict=True):
                _credit(ledgers[lane], lived, lane, first, was)
        lived.live(first, after - 1)
        for lane, ledger in enumerate(ledgers):
            if ledger is not None:
                ledger.add(_rows(lived.trace(lane)))


def _credit(ledger: Ledger | None, lived: _Plain | _Lanes, lane: int, month: int, before: Floats) -> None:
    """A change of parameters moved somebody's commitment at once: in the ledger, and in who moved whom."""
    after = lived.commitment(lane)
    for seat in np.flatnonzero(before != after):
        change = float(after[seat] - before[seat])
        if ledger is not None:
            ledger.enter(month, int(seat), int(seat), int(seat), CHANGED, change)
        if lived.asked.flows:
            tracing.add(lived.trace(lane).flows[month], lived.structure.role[seat], CHANGED, change)


def _rows(left: Trace) -> np.ndarray:
    """The month's rows of the ledger as they are stored."""
    entered = left.ledger[: int(left.entered[0])]
    rows = np.empty(len(entered), dtype=LEDGER_ROW)
    for column, name in enumerate(LEDGER_ROW.names or ()):
        rows[name] = entered[:, column]
    return rows


def _keep(record: Record, left: Trace) -> None:
    record.table = left.rows
    if record.live is not None:
        record.states, record.live = left.people, left.live
    if record.flows is not None:
        record.flows = Flows(left.flows, left.given)
    left_on, lost_on = np.flatnonzero(left.departed), np.flatnonzero(left.over & (ENDED | NOT_RENEWED))
    record.first_departure = int(left_on[0]) - 1 if len(left_on) else None
    record.subscription_lost = int(lost_on[0]) if len(lost_on) else None


LEDGER_MONTHS = 12
"""Of so many months the ledger is taken over at a time."""


def _ledger_rows(seats: int, links: int) -> int:
    """Room for the ledger until it is taken over."""
    return LEDGER_MONTHS * (3 * seats + 2 * links)


def _size(structure: Structure) -> tuple[int, int, int]:
    """How many seats, pairs and links an organisation has."""
    return len(structure.role), len(structure.pair_a), len(structure.source)


def blank_trace(seats: int, pairs: int, links: int, months: int, keep: Keep, flows: bool, whole: bool = True) -> Trace:
    """Room for what some months leave behind; ``whole``: all columns of their rows, not practice alone."""
    rows = months + 1
    kept, shape = kept_rows(keep, months), (rows, len(Role) + 1, len(LEDGER_KINDS), 2)
    return Trace(
        rows=np.full((len(MONTHLY) if whole else 1, rows), np.nan),
        people=np.full((len(PEOPLE), kept, seats), np.nan),
        live=np.zeros((kept, pairs), dtype=np.bool_),
        departed=np.zeros(rows, dtype=np.bool_),
        deputy=np.full(rows, -1, dtype=np.int64),
        arrival=np.full(rows, np.nan),
        came_from=np.full(rows, -1, dtype=np.int64),
        over=np.zeros(rows, dtype=np.int64),
        ledger=np.zeros((_ledger_rows(seats, links) if keep == "everything" else 0, 6)),
        entered=np.zeros(1, dtype=np.int64),
        flows=np.zeros(shape) if flows else np.empty((0, 0, 0, 0)),
        given=np.zeros((seats, 2)) if flows else np.empty((0, 2)),
    )


@lru_cache(maxsize=64)
def _blank_trace(
    seats: int, pairs: int, links: int, months: int, keep: Keep, flows: bool, whole: bool, width: int
) -> Laid:
    return machines.blank(blank_trace(seats, pairs, links, months, keep, flows, whole), width)


@lru_cache(maxsize=64)
def _blank_state(seats: int, pairs: int, width: int) -> Laid:
    return machines.blank(blank(seats, pairs), width)


@lru_cache(maxsize=len(WIDTHS))
def _nobody(width: int) -> Laid:
    """Nobody who is due to leave."""
    return lay([np.zeros((0, 2), dtype=np.int64)] * width, width)


class _When(NamedTuple):
    """The calendars of some lanes laid out: their parameters, each once, and which are in force in each month."""

    schedule: Laid
    parameters: list[Laid]
    which: list[int]


@lru_cache(maxsize=128)
def _changes(calendars: tuple[Same[Calendar], ...]) -> dict[int, list[int]]:
    """The months in which parameters change, and in which lanes."""
    found: dict[int, list[int]] = {}
    for lane, when in enumerate(one.thing for one in calendars):
        for month in range(1, len(when.parameters)):
            if when.parameters[month] is not when.parameters[month - 1]:
                found.setdefault(month, []).append(lane)
    return found


@lru_cache(maxsize=16)
def _alike(calendars: tuple[Same[Calendar], ...]) -> _Shared:
    """Up to which month all calendars are the same; the last month is each one's own."""
    whens = [one.thing for one in calendars]
    by = max(whens, key=lambda when: len(when.schedule.removals))
    last = min(len(when.parameters) for when in whens) - 2
    for when in whens:
        there, here = when.schedule, by.schedule
        months = [i for i in range(last + 1) if when.parameters[i] is not by.parameters[i]][:1]
        for one, other in zip(there[:-2], here[:-2], strict=True):
            months += np.flatnonzero((one != other) & ~((one != one) & (other != other)))[:1].tolist()
        if there.removals is not here.removals:
            months += [*there.removals[:, 0], *here.removals[:, 0]]
        months += [month for month, *_ in set(when.leaving) ^ set(by.leaving)]
        last = min([last, *(month - 1 for month in months)])
    return _Shared(max(int(last), 0), by)


@lru_cache(maxsize=64)
def _when(calendars: tuple[Same[Calendar], ...], width: int) -> _When:
    whens = _padded([one.thing for one in calendars], width)
    known, laid, which = dict[tuple[int, ...], int](), list[Laid](), list[int]()
    changes = _changes(calendars)
    for month in range(len(whens[0].parameters)):
        if month == 0 or month in changes:
            there = [when.parameters[month] for when in whens]
            key = tuple(map(id, there))
            if key not in known:
                known[key] = len(laid)
                laid.append(_parameters(tuple(map(Same, there)), width))
        which.append(known[key])
    return _When(lay([when.schedule for when in whens], width), laid, which)


@lru_cache(maxsize=64)
def _parameters(there: tuple[Same[MonthParameters], ...], width: int) -> Laid:
    return lay([one.thing for one in there], width)


def _padded[T](some: Sequence[T], width: int) -> list[T]:
    return [*some, *[some[-1]] * (width - len(some))]


def _tell(out: Record, when: Calendar, leavers: Ints, trace: Trace) -> None:
    """Put what happened into the record's log, in order."""
    news = trace.departed | ~np.isnan(trace.arrival) | (trace.over > 0) | when.schedule.departs
    news[1:] |= trace.deputy[1:] != trace.deputy[:-1]
    news[leavers[:, 0]] = True
    for month in np.flatnonzero(news):
        if trace.over[month] & ENDED:
            out.lapse(int(month), scheduled=True)
        departs, arrival = bool(trace.departed[month]), float(trace.arrival[month])
        due = leavers[leavers[:, 0] == month, 1]
        stand_ins = int(trace.deputy[month - 1]), int(trace.deputy[month])
        out.notice(int(month), when.schedule, due, departs, *stand_ins, arrival, int(trace.came_from[month]))
        if trace.over[month] & NOT_RENEWED:
            out.lapse(int(month), scheduled=False)
        if trace.over[month] & TAKEN_UP:
            out.restart(int(month))
