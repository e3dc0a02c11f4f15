"""The compiled engine: the month of ``sim.model.model``, steps 1 to 5 as loops over the same state, for ensembles.

It calls the same rules and the same events as the Mesa model, in the same order, and the twins agree month by month
(tests/test_twins.py). To read the model, read ``sim.model.agents`` and ``sim.model.model``; to change what people do, subclass
them there: a changed person runs on the Mesa model.
"""

import sys

import numpy as np

from sim.base.arrays import Floats, Ints
from sim.base.compile import compiled, usable
from sim.model import programme, record, removal, rules, state, tracing, turnover
from sim.model.calendar import Calendar, Schedule
from sim.model.calendar import calendar as scheduled
from sim.model.draws import Draws, draw
from sim.model.ledger import CHANGED, CLIPPING, LEDGER_ROW, TURNOVER, Flows
from sim.model.parameters import MonthParameters
from sim.model.record import PRESENT, Keep, Record
from sim.model.state import INFLUENCE, PERMISSION, State, begin, blank, is_staff
from sim.model.tracing import Month, Trace
from sim.organisation import generate
from sim.organisation.structure import Organisation, Structure
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import Scenario

ENDED, NOT_RENEWED = 1, 2
"""How the subscription came to be over."""


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
    structure, months = organisation.structure, scenario.months
    draws = draws or draw(structure, months, seed, future)
    out = Record.blank(scenario, organisation, seed, future, keep)
    now = blank(structure)
    if flows:
        out.flows = Flows.blank(months, len(organisation))
    trace = _trace(out, structure)
    leavers = calendar.leavers(structure)
    _begin(structure, calendar.parameters[0], draws, now, trace)
    first = 1
    while first <= months:
        parameters, last = calendar.parameters[first], first
        if parameters is not calendar.parameters[first - 1]:
            before = now.commitment.copy()
            turnover.retune(structure, now, calendar.parameters[first - 1], parameters, draws)
            out.credit(first, before, now, CHANGED)
            if out.flows is not None:
                for seat in np.flatnonzero(before != now.commitment):
                    tracing.add(trace.flows[first], structure.role[seat], CHANGED, now.commitment[seat] - before[seat])
        while last < months and calendar.parameters[last + 1] is parameters and out.ledger is None:
            last += 1
        live(structure, now, draws, parameters, calendar.schedule, leavers, first, last, trace)
        if out.ledger is not None:
            out.ledger.add(trace.ledger[: trace.entered[0]].copy())
        first = last + 1
    _tell(out, calendar, leavers, trace)
    return out


def _trace(out: Record, structure: Structure) -> Trace:
    rows = out.scenario.months + 1
    seats, links = len(structure.role), len(structure.source)
    return Trace(
        rows=out.table,
        people=out.states,
        live=np.empty((0, 0), dtype=np.bool_) if out.live is None else out.live,
        departed=np.zeros(rows, dtype=np.bool_),
        deputy=np.full(rows, -1, dtype=np.int64),
        arrival=np.full(rows, np.nan),
        over=np.zeros(rows, dtype=np.int64),
        ledger=np.empty(0 if out.ledger is None else 3 * seats + 2 * links, dtype=LEDGER_ROW),
        entered=np.zeros(1, dtype=np.int64),
        flows=np.empty((0, 0, 0, 0)) if out.flows is None else out.flows.by_month,
        given=np.empty((0, 2)) if out.flows is None else out.flows.given,
    )


def _tell(out: Record, when: Calendar, leavers: Ints, trace: Trace) -> None:
    """Put what happened into the record's log, in order."""
    news = trace.departed | ~np.isnan(trace.arrival) | (trace.over > 0) | when.schedule.departs
    news[1:] |= trace.deputy[1:] != trace.deputy[:-1]
    news[leavers[:, 0]] = True
    for month in np.flatnonzero(news):
        if trace.over[month] == ENDED:
            out.lapse(int(month), renewed=True)
        departs, arrival = bool(trace.departed[month]), float(trace.arrival[month])
        due = leavers[leavers[:, 0] == month, 1]
        stand_ins = int(trace.deputy[month - 1]), int(trace.deputy[month])
        out.notice(int(month), when.schedule, due, departs, *stand_ins, arrival)
        if trace.over[month] == NOT_RENEWED:
            out.lapse(int(month), renewed=False)


@compiled
def _begin(structure: Structure, parameters: MonthParameters, draws: Draws, now: State, trace: Trace) -> None:
    begin(structure, parameters, draws, now)
    tracing.write(structure, now, 0, np.nan, np.nan, np.nan, trace)
    trace.rows[PRESENT, 0] = np.nan


@compiled
def live(
    structure: Structure,
    now: State,
    draws: Draws,
    parameters: MonthParameters,
    schedule: Schedule,
    leavers: Ints,
    first: int,
    last: int,
    trace: Trace,
) -> None:
    """Live the months ``first`` to ``last`` under the same parameters; ``leavers``: who is due to leave, (month, seat)."""
    seats, influence = len(structure.role), parameters.influence
    kinds = (
        influence.line_down,
        influence.line_up,
        influence.peer,
        influence.partner,
        influence.coproduction,
        influence.facilitation,
    )
    base = np.empty(len(structure.source))
    for link in range(len(base)):
        base[link] = kinds[structure.kind[link]] * structure.weight[link]
    going = np.empty(len(parameters.roles.authority))
    for role in range(len(going)):
        going[role] = turnover.leaving_probability(role, parameters)
    m = Month(
        np.empty(seats),
        np.empty(seats),
        np.empty(seats),
        np.empty(seats),
        np.empty(seats),
        np.empty(seats),
        np.empty(seats),
        np.empty(seats),
        np.empty(seats),
        np.empty(len(base)),
        np.empty(seats, dtype=np.bool_),
    )
    trace.entered[0] = 0
    for month in range(first, last + 1):
        austerity = schedule.austerity[month]
        _comings_and_goings(structure, now, draws, parameters, schedule, leavers, going, month, trace)  # 0
        who_shows = _positions(structure, now, parameters, schedule, m)  # 1
        _permission(structure, now, parameters, austerity, m)  # 2
        _voices(structure, now, parameters, m)
        _along_links(structure, now, base, m)
        _practice(structure, now, draws, parameters, month, m)  # 3
        _listen(structure, now, parameters, m)  # 4
        if len(trace.ledger) > 0:
            tracing.enter_heard(structure, now, parameters, base, who_shows, month, m, trace)
        if len(trace.flows) > 0:
            tracing.sum_heard(structure, now, parameters, base, who_shows, month, m, trace)
        gain, here = 0.0, 0
        for seat in structure.staff:
            if now.present[seat]:
                gain += m.willing[seat] - now.practice[seat]
                here += 1
        gain /= here
        loss = turnover.turnover_loss(structure, now, parameters)
        _claims(structure, now, draws, parameters, month, m)  # 5
        _land(structure, now, parameters, month, m, trace)
        if len(trace.flows) > 0:
            tracing.sum_clipped(structure, now, m, trace.flows[month])
        if programme.review_is_due(now, parameters, draws, month):  # 6
            lead_member = m.shown[structure.lead_member] if structure.lead_member >= 0 else 0.0
            if draws.renewal[month] >= programme.renewal(structure, now, parameters, lead_member, austerity):
                programme.end_programme(structure, now)
                trace.over[month] = NOT_RENEWED
        tracing.write(structure, now, month, parameters.practice.habit_rate * gain, loss, now.line[0], trace)


def _comings_and_goings(
    structure: Structure,
    now: State,
    draws: Draws,
    parameters: MonthParameters,
    schedule: Schedule,
    leavers: Ints,
    going: Floats,
    month: int,
    trace: Trace,
) -> None:
    director = structure.director
    if schedule.programme_ends[month] and now.subscribed[0]:
        programme.end_programme(structure, now)
        trace.over[month] = ENDED
    leaving = np.empty(len(structure.role), dtype=np.bool_)
    for seat in range(len(leaving)):
        leaving[seat] = draws.leave[month, seat] < going[structure.role[seat]]
    for due in range(len(leavers)):
        if leavers[due, 0] == month:
            leaving[leavers[due, 1]] = True
    if schedule.departs[month]:
        leaving[director] = True
    trace.departed[month] = leaving[director] and now.present[director]
    before = now.commitment.copy()
    new = turnover.comings_and_goings(structure, now, parameters, draws, schedule, month, leaving)
    if new[director]:
        trace.arrival[month] = now.commitment[director]
    trace.deputy[month] = now.deputy[0]
    if len(trace.ledger) > 0:
        for seat in range(len(before)):
            tracing.enter(trace, month, seat, seat, seat, TURNOVER, now.commitment[seat] - before[seat])
    if len(trace.flows) > 0:
        for seat in range(len(before)):
            tracing.add(trace.flows[month], structure.role[seat], TURNOVER, now.commitment[seat] - before[seat])


def _positions(structure: Structure, now: State, parameters: MonthParameters, schedule: Schedule, m: Month) -> int:
    """Step 1: what the line shows from the top, then what everyone shows. Returns who is echoed."""
    director = structure.director
    stand_in = director if now.present[director] else now.deputy[0]
    for seat in range(len(structure.role)):
        m.shown[seat] = rules.shown(now.commitment[seat], now.practice[seat], parameters.influence.demonstration)
    # Where there is no such seat, index -1, the number goes unread.
    first, lead_member = m.shown[stand_in], m.shown[structure.lead_member]
    echoed = removal.settle_line(structure, now, parameters, stand_in, first, lead_member)
    line = removal.line_read(structure, now, INFLUENCE)
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.VCS_PARTNER:
            m.shown[seat] = rules.echoed(m.shown[seat], line, parameters.leadership.funding_dependency)
    removal.take_positions(structure, now, parameters, schedule, m.shown)
    return echoed


def _permission(structure: Structure, now: State, parameters: MonthParameters, austerity: float, m: Month) -> None:
    """Step 2, for staff; nobody else works under permission."""
    pressure, top = parameters.permission.pressure + austerity, removal.line_read(structure, now, PERMISSION)
    for seat in structure.staff:
        manager, line = structure.manager[seat], top
        if manager >= 0 and manager != structure.director:
            position = now.stands[manager] if now.shut[PERMISSION, manager] else m.shown[manager]
            support = rules.manager_support(position, pressure)
            line = rules.line_allows(support, top, parameters.permission.director_reach)
        team = seat if structure.role[seat] == Role.MIDDLE_MANAGER else manager
        credibility = now.credibility[team] if team >= 0 else 0.0
        autonomy = rules.autonomy(now.leadership[seat], parameters.leadership.delegation, credibility)
        m.permitted[seat] = rules.permission(autonomy, line, m.shown[seat])


def _voices(structure: Structure, now: State, parameters: MonthParameters, m: Month) -> None:
    for seat in range(len(structure.role)):
        authority = parameters.roles.authority[structure.role[seat]]
        voice = rules.voice(authority, now.leadership[seat], parameters.influence.voice_floor)
        m.audible[seat] = now.present[seat] and not now.shut[INFLUENCE, seat]
        m.voices[seat] = voice if m.audible[seat] else 0.0


def _along_links(structure: Structure, now: State, base: Floats, m: Month) -> None:
    """What comes in along everyone's live links: how loud, in which direction, and how far they see it practised."""
    for seat in range(len(structure.role)):
        total, pull, seen, before = 0.0, 0.0, 0.0, now.commitment[seat]
        colleagues, last = 0, -1
        for link in range(structure.first[seat], structure.first[seat + 1]):
            source, pair = structure.source[link], structure.pair[link]
            m.told[link] = 0.0
            if m.audible[source] and (pair < 0 or now.live[pair]):
                voice = base[link] * m.voices[source]
                total += voice
                m.told[link] = voice * (m.shown[source] - before)
                pull += m.told[link]
                kind = structure.kind[link]
                if source != last and Kind.PEER <= kind <= Kind.COPRODUCTION:
                    seen += now.practice[source]
                    colleagues += 1
                    last = source
        m.total[seat], m.pull[seat] = total, pull
        m.seen[seat] = seen / colleagues if colleagues > 0 else now.practice[seat]


def _practice(
    structure: Structure, now: State, draws: Draws, parameters: MonthParameters, month: int, m: Month
) -> None:
    """Step 3."""
    how, back_office, offices = parameters.practice, 0.0, 0
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.BACK_OFFICE and not now.shut[PERMISSION, seat]:
            back_office += m.shown[seat]
            offices += 1
    back_office = back_office / offices if offices > 0 else 1.0
    for seat in range(len(structure.role)):
        role = structure.role[seat]
        if is_staff(role):
            support = rules.practice_support(
                now.commitment[seat],
                m.permitted[seat],
                m.seen[seat],
                how.commitment_weight,
                how.permission_weight,
                how.evidence_weight,
            )
            chance = rules.practice_probability(support, how.threshold, how.red_tape, back_office, how.steepness)
            m.willing[seat] = chance
            m.done[seat] = 1.0 if draws.practise[month, seat] < chance else 0.0
        else:
            m.willing[seat] = m.shown[seat] if role == Role.VCS_PARTNER else now.commitment[seat]
            m.done[seat] = m.willing[seat]


def _listen(structure: Structure, now: State, parameters: MonthParameters, m: Month) -> None:
    """Step 4."""
    rate = parameters.influence.rate
    for seat in range(len(structure.role)):
        before, openness = now.commitment[seat], now.openness[seat]
        others = rules.moved_by_others(m.pull[seat], m.total[seat], now.self_weight[seat], rate, openness)
        own = rules.moved_by_values(now.values[seat], before, rate, openness)
        m.heard[seat] = before + others + own


def _claims(structure: Structure, now: State, draws: Draws, parameters: MonthParameters, month: int, m: Month) -> None:
    """Step 5: claims, answers, and how many of a team's were granted."""
    how, seats = parameters.leadership, len(structure.role)
    claimed, granted = np.zeros(seats), np.zeros(seats)
    for seat in range(seats):
        role = structure.role[seat]
        if not now.present[seat]:
            continue
        if role == Role.MIDDLE_MANAGER:
            grant = how.manager_grant
        elif role == Role.PRACTITIONER:
            grant = rules.grant_probability(how.hierarchy_norm, 1.0)
        elif role == Role.VCS_PARTNER:
            grant = rules.grant_probability(how.hierarchy_norm, 1.0 - how.funding_dependency)
        elif role == Role.LIVED_EXPERIENCE_MEMBER:
            grant = rules.grant_probability(how.hierarchy_norm, how.infrastructure)
        else:
            continue
        if is_staff(role) and m.permitted[seat] <= how.claim_permission:
            continue
        if now.commitment[seat] <= how.claim_commitment:
            continue
        chance = rules.claim_probability(now.leadership[seat], how.claim_base, how.claim_slope)
        if draws.claim[month, seat] < chance:
            yes = draws.grant[month, seat] < grant
            now.leadership[seat] = rules.leadership_after(now.leadership[seat], yes, how.growth, how.refusal)
            team = structure.manager[seat]
            if team >= 0 and not now.shut[PERMISSION, seat]:
                claimed[team] += 1.0
                granted[team] += yes
    for team in range(seats):
        if claimed[team] > 0.0:
            now.credibility[team] = rules.credibility(
                now.credibility[team], claimed[team], granted[team], how.credibility_memory
            )


def _land(structure: Structure, now: State, parameters: MonthParameters, month: int, m: Month, trace: Trace) -> None:
    """The month's practice and commitment, for everyone who is present and not fixed."""
    for seat in range(len(structure.role)):
        if not now.present[seat] or structure.role[seat] == Role.CHANGE_FACILITATOR:
            continue
        now.practice[seat] = rules.habit(now.practice[seat], m.done[seat], parameters.practice.habit_rate)
        now.commitment[seat] = rules.clip(m.heard[seat])
        if len(trace.ledger) > 0:
            tracing.enter(trace, month, seat, seat, seat, CLIPPING, now.commitment[seat] - m.heard[seat])


for _module in (rules, state, removal, turnover, programme, record, tracing, sys.modules[__name__]):
    usable(_module)
