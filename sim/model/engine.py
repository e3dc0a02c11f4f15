"""The compiled engine: the month of ``sim.model.model``, steps 1 to 5 as loops over the same state, for ensembles.

It calls the same rules and the same events as the Mesa model, in the same order, and the twins agree month by month
(tests/test_twins.py). To read the model, read ``sim.model.agents`` and ``sim.model.model``; to change what people do,
subclass them there: a changed person runs on the Mesa model.
"""

import numpy as np

from sim.base import compile as machine_code
from sim.base.arrays import Floats, Ints
from sim.base.compile import compiled
from sim.model import programme, rules, tracing, turnover
from sim.model.calendar import Calendar, Schedule
from sim.model.calendar import calendar as scheduled
from sim.model.draws import Draws, draw
from sim.model.embedding import back_office_shown, embed
from sim.model.ledger import CHANGED, CLIPPING, LEDGER_ROW, TURNOVER, Flows
from sim.model.line import line_read, read_positions, settle_line
from sim.model.month import Month
from sim.model.month import blank as blank_month
from sim.model.parameters import MonthParameters
from sim.model.record import PRESENT, Keep, Record
from sim.model.removal import INFLUENCE, PERMISSION
from sim.model.state import State, begin, blank, is_staff, learn, link_bases, norm_outside, team_norm
from sim.model.tracing import AlongLinks, Trace
from sim.organisation import generate
from sim.organisation.structure import Organisation, Structure
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import Scenario

ENDED, NOT_RENEWED, TAKEN_UP = 1, 2, 4
"""What became of the subscription in a month, added up."""


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
    state = blank(structure)
    if flows:
        out.flows = Flows.blank(months, len(organisation))
    trace = _trace(out, structure)
    leavers = calendar.leavers(structure)
    _begin(structure, calendar.parameters[0], draws, state, trace)
    first = 1
    while first <= months:
        parameters, last = calendar.parameters[first], first
        if parameters is not calendar.parameters[first - 1]:
            before = state.commitment.copy()
            turnover.retune(structure, state, calendar.parameters[first - 1], parameters, draws)
            out.credit(first, before, state, CHANGED)
            if out.flows is not None:
                for seat in np.flatnonzero(before != state.commitment):
                    tracing.add(
                        trace.flows[first], structure.role[seat], CHANGED, state.commitment[seat] - before[seat]
                    )
        while last < months and calendar.parameters[last + 1] is parameters and out.ledger is None:
            last += 1
        live(structure, state, draws, parameters, calendar.schedule, leavers, first, last, trace)
        if out.ledger is not None:
            out.ledger.add(trace.ledger[: trace.entered[0]].copy())
        first = last + 1
    _tell(out, calendar, leavers, trace)
    return out


def is_ready() -> bool:
    """Whether the engine is compiled on this machine already, so that nobody has to wait for it."""
    return machine_code.is_ready(live)


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
        came_from=np.full(rows, -1, dtype=np.int64),
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


@compiled
def _begin(structure: Structure, parameters: MonthParameters, draws: Draws, state: State, trace: Trace) -> None:
    begin(structure, parameters, draws, state)
    tracing.write(structure, state, parameters, 0, np.nan, np.nan, np.nan, trace)
    trace.rows[PRESENT, 0] = np.nan


@compiled
def live(
    structure: Structure,
    state: State,
    draws: Draws,
    parameters: MonthParameters,
    schedule: Schedule,
    leavers: Ints,
    first: int,
    last: int,
    trace: Trace,
) -> None:
    """Live the months ``first`` to ``last`` under the same parameters; ``leavers``: (month, seat) of who is to go."""
    # Made here and not by the caller: so the compiler knows that none of these arrays is part of another.
    now, along = blank_month(len(structure.role)), tracing.blank(structure)
    base = link_bases(structure, parameters)
    going = np.empty(len(parameters.roles.authority))
    for role in range(len(going)):
        going[role] = turnover.leaving_probability(role, parameters)
    trace.entered[0] = 0
    for month in range(first, last + 1):
        austerity = schedule.austerity[month]
        _comings_and_goings(structure, state, draws, parameters, schedule, leavers, going, month, trace)  # 0
        _positions(structure, state, parameters, schedule, now)  # 1
        _permission(structure, state, parameters, austerity, now)  # 2
        _voices(structure, state, parameters, now, along)
        _along_links(structure, state, base, now, along)
        _practice(structure, state, draws, parameters, month, now, along)  # 3
        _listen(structure, state, parameters, now, along)  # 4
        if len(trace.ledger) > 0:
            tracing.enter_heard(structure, state, parameters, base, month, now, along, trace)
        if len(trace.flows) > 0:
            tracing.sum_heard(structure, state, parameters, base, month, now, along, trace)
        gain, here = 0.0, 0
        for seat in structure.staff:
            if state.present[seat]:
                gain += now.willing[seat] - state.practice[seat]
                here += 1
        gain /= here
        loss = turnover.turnover_loss(structure, state, parameters)
        _claims(structure, state, draws, parameters, austerity, month, now)  # 5
        _land(structure, state, parameters, month, now, trace)
        if len(trace.flows) > 0:
            tracing.sum_clipped(structure, state, now, trace.flows[month])
        embed(structure, state, parameters, now.shown, now.top[0])  # 6
        if programme.review_is_due(state, parameters, draws, month):  # 7
            chance = programme.renewal(structure, state, parameters, now.shown, now.top[1], austerity)
            subscribes = draws.renewal[month] < chance
            if subscribes and not state.subscribed[0]:
                programme.restart(structure, state)
                trace.over[month] |= TAKEN_UP
            elif not subscribes and state.subscribed[0]:
                programme.end_programme(structure, state)
                programme.lose_artefacts(state, parameters)
                trace.over[month] |= NOT_RENEWED
        gain *= parameters.practice.habit_rate
        tracing.write(structure, state, parameters, month, gain, loss, state.line[0], trace)


def _comings_and_goings(
    structure: Structure,
    state: State,
    draws: Draws,
    parameters: MonthParameters,
    schedule: Schedule,
    leavers: Ints,
    going: Floats,
    month: int,
    trace: Trace,
) -> None:
    director = structure.director
    ends = schedule.programme_ends[month] and state.subscribed[0]
    if ends:
        programme.end_programme(structure, state)
        trace.over[month] |= ENDED
    leaving = np.empty(len(structure.role), dtype=np.bool_)
    for seat in range(len(leaving)):
        leaving[seat] = draws.leave[month, seat] < going[structure.role[seat]]
    for due in range(len(leavers)):
        if leavers[due, 0] == month:
            leaving[leavers[due, 1]] = True
    if schedule.departs[month]:
        leaving[director] = True
    trace.departed[month] = leaving[director] and state.present[director]
    before = state.commitment.copy()
    new = turnover.comings_and_goings(structure, state, parameters, draws, schedule, month, leaving)
    if ends:
        programme.lose_artefacts(state, parameters)
    if new[director]:
        trace.arrival[month] = state.commitment[director]
        trace.came_from[month] = state.came_from[0]
    trace.deputy[month] = state.deputy[0]
    if len(trace.ledger) > 0:
        for seat in range(len(before)):
            tracing.enter(trace, month, seat, seat, seat, TURNOVER, state.commitment[seat] - before[seat])
    if len(trace.flows) > 0:
        for seat in range(len(before)):
            tracing.add(trace.flows[month], structure.role[seat], TURNOVER, state.commitment[seat] - before[seat])


def _positions(
    structure: Structure, state: State, parameters: MonthParameters, schedule: Schedule, now: Month[Floats]
) -> None:
    """Step 1: what the line shows from the top, then what everyone shows."""
    stand_in = structure.director if state.present[structure.director] else state.deputy[0]
    for seat in range(len(structure.role)):
        now.shown[seat] = rules.shown(state.commitment[seat], state.practice[seat], parameters.influence.demonstration)
    # Where there is no such seat, index -1, the number goes unread.
    first, lead_member = now.shown[stand_in], now.shown[structure.lead_member]
    settle_line(structure, state, parameters, stand_in, first, lead_member)
    line = line_read(structure, state, INFLUENCE)
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.VCS_PARTNER:
            now.shown[seat] = rules.echoed(now.shown[seat], line, parameters.leadership.funding_dependency)
    read_positions(structure, state, parameters, schedule, now.shown, now.read, now.top)


def _permission(
    structure: Structure, state: State, parameters: MonthParameters, austerity: float, now: Month[Floats]
) -> None:
    """Step 2, for staff; nobody else works under permission."""
    pressure, top = parameters.permission.pressure + austerity, now.read[structure.director]
    for seat in structure.staff:
        manager, line = structure.manager[seat], top
        if manager >= 0 and manager != structure.director:
            support = rules.manager_support(now.read[manager], pressure)
            line = rules.line_allows(support, top, parameters.permission.director_reach)
        team = seat if structure.role[seat] == Role.MIDDLE_MANAGER else manager
        credibility = state.credibility[team] if team >= 0 else 0.0
        autonomy = rules.autonomy(state.leadership[seat], parameters.leadership.delegation, credibility)
        now.permitted[seat] = rules.permission(autonomy, line, now.shown[seat])


def _voices(
    structure: Structure, state: State, parameters: MonthParameters, now: Month[Floats], along: AlongLinks
) -> None:
    for seat in range(len(structure.role)):
        authority = parameters.roles.authority[structure.role[seat]]
        voice = rules.voice(authority, state.leadership[seat], parameters.influence.voice_floor)
        along.audible[seat] = state.present[seat] and not state.shut[seat] & INFLUENCE
        now.voices[seat] = voice if along.audible[seat] else 0.0


def _along_links(structure: Structure, state: State, base: Floats, now: Month[Floats], along: AlongLinks) -> None:
    """What comes in along everyone's live links: how loud, in which direction, and how far they see it practised."""
    for seat in range(len(structure.role)):
        total, pull, seen, before = 0.0, 0.0, 0.0, state.commitment[seat]
        colleagues, last = 0, -1
        for link in range(structure.first[seat], structure.first[seat + 1]):
            source, pair = structure.source[link], structure.pair[link]
            along.told[link] = 0.0
            if along.audible[source] and (pair < 0 or state.live[pair]):
                voice = base[link] * now.voices[source]
                total += voice
                along.told[link] = voice * (now.shown[source] - before)
                pull += along.told[link]
                kind = structure.kind[link]
                if source != last and Kind.PEER <= kind <= Kind.COPRODUCTION:
                    seen += state.practice[source]
                    colleagues += 1
                    last = source
        along.total[seat], along.pull[seat] = total, pull
        along.seen[seat] = seen / colleagues if colleagues > 0 else state.practice[seat]


def _practice(
    structure: Structure,
    state: State,
    draws: Draws,
    parameters: MonthParameters,
    month: int,
    now: Month[Floats],
    along: AlongLinks,
) -> None:
    """Step 3."""
    how, integrity = parameters.practice, parameters.leadership.director_integrity
    now.back_office[0] = back_office_shown(structure, state, now.shown, PERMISSION)
    red_tape = rules.red_tape_left(how.red_tape, now.back_office[0], state.embedding[0])
    written = parameters.embedding.support * state.embedding[0]
    for seat in range(len(structure.role)):
        role = structure.role[seat]
        if is_staff(role):
            support = rules.practice_support(
                state.commitment[seat],
                now.permitted[seat],
                along.seen[seat],
                how.commitment_weight,
                how.permission_weight,
                how.evidence_weight,
            )
            chance = rules.practice_probability(support, how.threshold, red_tape, written, how.steepness)
            now.willing[seat] = chance
            now.done[seat] = 1.0 if draws.practise[month, seat] < chance else 0.0
        else:
            if role == Role.VCS_PARTNER:
                now.willing[seat] = now.shown[seat]
            elif role == Role.DIRECTOR:
                now.willing[seat] = rules.deeds(state.commitment[seat], integrity)
            else:
                now.willing[seat] = state.commitment[seat]
            now.done[seat] = now.willing[seat]


def _listen(
    structure: Structure, state: State, parameters: MonthParameters, now: Month[Floats], along: AlongLinks
) -> None:
    """Step 4."""
    rate = parameters.influence.rate
    for seat in range(len(structure.role)):
        before, openness = state.commitment[seat], state.openness[seat]
        others = rules.moved_by_others(along.pull[seat], along.total[seat], state.self_weight[seat], rate, openness)
        own = rules.moved_by_values(state.values[seat], before, rate, openness)
        now.heard[seat] = before + others + own


def _claims(
    structure: Structure,
    state: State,
    draws: Draws,
    parameters: MonthParameters,
    austerity: float,
    month: int,
    now: Month[Floats],
) -> None:
    """Step 5: claims, answers, and what teams learn from how many were granted."""
    how, seats = parameters.leadership, len(structure.role)
    claimed, granted = np.zeros(seats), np.zeros(seats)
    outside = norm_outside(state.norm, structure.team_heads, how.hierarchy_norm)
    for seat in range(seats):
        role = structure.role[seat]
        if not state.present[seat]:
            continue
        if role == Role.MIDDLE_MANAGER:
            grant = how.manager_grant
        elif role == Role.PRACTITIONER:
            grant = rules.grant_probability(team_norm(state.norm, structure.manager[seat], how.hierarchy_norm), 1.0)
        elif role == Role.VCS_PARTNER:
            grant = rules.grant_probability(outside, 1.0 - how.funding_dependency)
        elif role == Role.LIVED_EXPERIENCE_MEMBER:
            grant = rules.grant_probability(outside, how.infrastructure)
        else:
            continue
        if is_staff(role) and now.permitted[seat] <= how.claim_permission:
            continue
        if state.commitment[seat] <= how.claim_commitment:
            continue
        chance = rules.claim_probability(state.leadership[seat], how.claim_base, how.claim_slope)
        if draws.claim[month, seat] < chance:
            yes = draws.grant[month, seat] < grant
            state.leadership[seat] = rules.leadership_after(state.leadership[seat], yes, how.growth, how.refusal)
            team = structure.manager[seat]
            if team >= 0 and not state.shut[seat] & PERMISSION:
                claimed[team] += 1.0
                granted[team] += yes
    learn(structure, state, parameters, claimed, granted, austerity)


def _land(
    structure: Structure, state: State, parameters: MonthParameters, month: int, now: Month[Floats], trace: Trace
) -> None:
    """The month's practice and commitment, for everyone who is present and not fixed."""
    for seat in range(len(structure.role)):
        if not state.present[seat] or structure.role[seat] == Role.CHANGE_FACILITATOR:
            continue
        state.practice[seat] = rules.habit(state.practice[seat], now.done[seat], parameters.practice.habit_rate)
        state.commitment[seat] = rules.clip(now.heard[seat])
        if len(trace.ledger) > 0:
            tracing.enter(trace, month, seat, seat, seat, CLIPPING, state.commitment[seat] - now.heard[seat])
