"""The months of a future, steps 1 to 5 as loops over arrays: what is translated into the compiled engine.

It calls the same rules and the same events as the Mesa model, in the same order, and the twins agree month by month
(tests/test_twins.py). To read the model, read ``sim.model.agents`` and ``sim.model.model``; to change what people do,
subclass them there: a changed person runs on the Mesa model. Everything here is plain Python for one setting; the
translation (``compiler/``) makes of it what plays several settings side by side.
"""

import numpy as np

from sim.base.arrays import Floats, Ints
from sim.model import draws as drawn
from sim.model import programme, rules, tracing, turnover
from sim.model.calendar import Schedule
from sim.model.draws import Draws
from sim.model.embedding import back_office_shown, embed
from sim.model.ledger import CLIPPING, TURNOVER
from sim.model.line import line_read, read_positions, settle_line
from sim.model.month import Month
from sim.model.month import blank as blank_month
from sim.model.parameters import MonthParameters
from sim.model.record import PRESENT
from sim.model.removal import INFLUENCE, PERMISSION
from sim.model.state import State, begin, is_staff, learn, link_bases, norm_outside, team_norm
from sim.model.tracing import AlongLinks, Trace
from sim.organisation.structure import Structure
from sim.scenario.roles import Kind, Role

ENDED, NOT_RENEWED, TAKEN_UP = 1, 2, 4
"""What became of the subscription in a month, added up."""


def first_row(structure: Structure, parameters: MonthParameters, draws: Draws, state: State, trace: Trace) -> None:
    """Fill a blank state with the start, and write row 0."""
    begin(structure, parameters, draws, state)
    tracing.write(structure, state, parameters, 0, np.nan, np.nan, np.nan, trace)
    if len(trace.rows) > 1:
        trace.rows[PRESENT, 0] = np.nan


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
    whole = len(trace.rows) > 1
    now, along = blank_month(len(structure.role)), tracing.blank(structure, whole, len(trace.flows) > 0)
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
        gain = loss = np.nan
        if whole:
            gain = _expected_gain(structure, state, parameters, now)
            loss = turnover.turnover_loss(structure, state, parameters, along.found)
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
        tracing.write(structure, state, parameters, month, gain, loss, state.line[0], trace)


def _expected_gain(structure: Structure, state: State, parameters: MonthParameters, now: Month[Floats]) -> float:
    """The change of practised commitment that practising is expected to bring this month."""
    gain, here = 0.0, 0
    for seat in structure.staff:
        if state.present[seat]:
            gain += now.willing[seat] - state.practice[seat]
            here += 1
    gain /= here
    return gain * parameters.practice.habit_rate


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
        leaving[seat] = drawn.leave(structure, draws, month, seat) < going[structure.role[seat]]
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
    first = now.shown[stand_in] if stand_in >= 0 else 0.0
    lead_member = now.shown[structure.lead_member] if structure.lead_member >= 0 else 0.0
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
    """How loud everyone is, and what there is to see of them: nothing of those who are not there or are cut off."""
    for seat in range(len(structure.role)):
        authority = parameters.roles.authority[structure.role[seat]]
        voice = rules.voice(authority, state.leadership[seat], parameters.influence.voice_floor)
        works, there = not state.shut[seat] & INFLUENCE, state.present[seat]
        along.works[seat] = 1.0 if works else 0.0
        along.work[seat] = state.practice[seat] if works else 0.0
        along.audible[seat] = there and works
        now.voices[seat] = voice if along.audible[seat] else 0.0
        along.counts[seat] = 1.0 if along.audible[seat] else 0.0
        along.shows[seat] = state.practice[seat] if along.audible[seat] else 0.0


def _along_links(structure: Structure, state: State, base: Floats, now: Month[Floats], along: AlongLinks) -> None:
    """What comes in along everyone's live links: how loud, in which direction, and how far they see it practised.

    Of a colleague with links of two kinds, one counts for what is seen. Nobody's silence adds a zero, which changes
    no sum: so lanes in which somebody speaks and others in which nobody does need not be told apart.
    """
    keeps, finds = len(along.told) > 0, len(along.found) > 0
    for seat in range(len(structure.role)):
        total, pull, before = 0.0, 0.0, state.commitment[seat]
        begin, end = structure.first[seat], structure.first[seat + 1]
        # In three loops, since a loop that adds up few numbers keeps them all at hand.
        for link in range(begin, end):
            source, pair = structure.source[link], structure.pair[link]
            voice = base[link] * now.voices[source]
            if pair >= 0:
                voice = voice if state.live[pair] else 0.0
            told = voice * (now.shown[source] - before)
            if keeps:
                along.told[link] = told
            total += voice
            pull += told
        seen, colleagues, last, seen_already = 0.0, 0.0, -1, False
        for link in range(begin, end):
            if not Kind.PEER <= structure.kind[link] <= Kind.COPRODUCTION:
                continue
            source, pair = structure.source[link], structure.pair[link]
            if pair < 0 and source != last and (link + 1 == end or structure.source[link + 1] != source):
                seen += along.shows[source]
                colleagues += along.counts[source]
            else:
                here = along.audible[source] and (pair < 0 or state.live[pair])
                if source == last:
                    here = here and not seen_already
                seen += state.practice[source] if here else 0.0
                colleagues += 1.0 if here else 0.0
                seen_already = here or (source == last and seen_already)
            last = source
        along.total[seat], along.pull[seat] = total, pull
        along.seen[seat] = seen / colleagues if colleagues > 0.0 else state.practice[seat]
        if finds:
            found, peers = 0.0, 0.0
            for link in range(begin, end):
                if structure.kind[link] == Kind.PEER:
                    found += along.work[structure.source[link]]
                    peers += along.works[structure.source[link]]
            along.found[seat] = found / max(peers, 1.0)


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
            now.done[seat] = 1.0 if drawn.practise(structure, draws, month, seat) < chance else 0.0
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
        if drawn.claim(structure, draws, month, seat) < chance:
            yes = drawn.grant(structure, draws, month, seat) < grant
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
