"""How the patterns are measured: one function each, from a world to a number per future for every claim.

Most yield what they want read off every future and are sent what was read, so that what several worlds ask for is
played side by side; the shortest is P14's, ``congruent``.

Each starts from the story of ``ablations.STORY`` and sets what its question needs; comparisons are paired, both sides
on the same futures. They set keys of a scenario and read records, and work out no step of a month themselves: the
equations are in ``sim.model.rules``. What is claimed of the numbers: ``sim.analysis.validation.patterns``.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.dependency.knockouts import Group, Loss, director_of, groups_of, knock_out
from sim.analysis.interventions.intervention import available
from sim.analysis.validation.ablations import END, World
from sim.base.arrays import Floats
from sim.experiments.environment import futures_of, shared
from sim.experiments.verdict import SURVIVED, judge
from sim.model.draws import draw
from sim.model.parameters import month_parameters
from sim.model.record import Keep, Record
from sim.model.removal import Removal
from sim.model.state import drawn_values
from sim.model.turnover import leaving_probability
from sim.model.weights import on_arrays
from sim.organisation.generate import organisation
from sim.scenario.roles import KINDS, Kind, Role
from sim.scenario.scenario import Scenario

LEFT = 36
"""The row just before the director leaves. The change is judged at row ``END``."""


class Reading(NamedTuple):
    """What is to be read off every future in every setting, by a function of its record.

    futures: how many. keep: "months", or "people" where everybody's state is read too; flows: whether who moved whom
    is. What a measurement is sent for it: [futures, settings], or [futures, settings, numbers] where ``read`` gives
    several.
    """

    read: Callable[[Record], Any]
    settings: Mapping[str, Scenario]
    futures: int
    keep: Keep = "months"
    flows: bool = False


Asking = Generator[Reading, Floats, Sequence[Floats]]
Measurement = Callable[[World, int, int], Asking | Sequence[Floats]]
"""Takes a world, a number of futures and a root seed. It gives an array for each claim, [futures], at once or, as most
do, after yielding what it wants to read."""


def measured(measure: Measurement, worlds: Sequence[World], futures: int, seed: int) -> list[Sequence[Floats]]:
    """What a measurement gives in each of some worlds, played side by side.

    They take turns, each asking for a reading, until all have returned.
    """
    begun = [measure(world, futures, seed) for world in worlds]
    going = {place: each for place, each in enumerate(begun) if isinstance(each, Generator)}
    done = {place: each for place, each in enumerate(begun) if not isinstance(each, Generator)}
    read = dict[int, Floats]()
    while going:
        asked = dict[int, Reading]()
        for place, each in list(going.items()):
            try:
                asked[place] = each.send(read.get(place))  # type: ignore[arg-type]
            except StopIteration as end:
                done[place] = end.value
                del going[place]
        read = _answered(asked, seed)
    return [done[place] for place in range(len(worlds))]


def _answered(asked: Mapping[int, Reading], seed: int) -> dict[int, Floats]:
    """What was read for each who asked, by their place; whoever wants as much of the same futures is played at once."""
    alike: dict[tuple[int, Keep, bool], list[int]] = {}
    for place, reading in asked.items():
        alike.setdefault((reading.futures, reading.keep, reading.flows), []).append(place)
    rows: dict[int, list[list[Any]]] = {place: [] for place in asked}
    for (futures, keep, flows), places in alike.items():
        settings = {(place, name): setting for place in places for name, setting in asked[place].settings.items()}
        for future in futures_of(settings, futures, seed, keep, flows, shared(seed)):
            for place in places:
                reading = asked[place]
                rows[place].append([reading.read(future[place, name]) for name in reading.settings])
    return {place: np.array(found) for place, found in rows.items()}


def read_off(read: Callable[[Record], Any], settings: Mapping[str, Scenario], futures: int, seed: int,
             keep: Keep = "months") -> Floats:  # fmt: skip
    """One reading, answered."""
    return _answered({0: Reading(read, settings, futures, keep)}, seed)[0]


def until(month: int) -> dict[str, Any]:
    """Keys of a story in which nobody leaves and that ends soon after a month."""
    return {
        "events.departure.enabled": False,
        "measure.reference_month": month,
        "measure.horizon": 1,
        "months": month + 1,
    }


# -- P1: the programme is dropped when the director changes -----------------------------------------------------------

WITHIN = 24


def lost_subscription(world: World, futures: int, seed: int) -> Asking:
    """In each future, whether the programme is dropped within two years of the departure: less without; and alone."""
    keys = {"months": LEFT + WITHIN, "measure.horizon": WITHIN}
    settings = {"leaves": world.setting(keys), "stays": world.setting(keys | {"events.departure.enabled": False})}
    lost = yield Reading(_dropped, settings, futures)
    running = lost[:, 0] > -1  # dropped before the departure on both sides: not at stake
    leaves, stays = (np.where(running, lost[:, i], np.nan) for i in (0, 1))
    return [leaves - stays, leaves]


def _dropped(record: Record) -> float:
    """1 where the programme is lost after the departure, 0 where never, -1 where it was gone before."""
    month = record.subscription_lost
    if month is None:
        return 0.0
    return 1.0 if month > LEFT else -1.0


# -- P2: practice outlives the programme ------------------------------------------------------------------------------

AFTER = 36


def outlives(world: World, futures: int, seed: int) -> Asking:
    """Whether the programme is lost in the five years, less whether practice falls below half of what it was; whether
    half of practice is there three years after the programme was lost, and after it ended while the director stays.

    Undefined where the programme is not running at row 36, or the change has not taken hold; the second also where the
    programme is not lost. The last is of the futures in which the change has taken hold.
    """
    ends = {"events.departure.enabled": False, "events.end.kind": "subscription_ends", "events.end.month": LEFT}
    settings = {"leaves": world.setting({"months": END + AFTER}), "ends": world.setting(ends)}
    return list((yield Reading(_programme_and_practice, settings, futures))[:, [0, 0, 1], [0, 1, 1]].T)


def _programme_and_practice(record: Record) -> tuple[float, float]:
    """Programme lost less practice fallen; and whether half of practice is there three years after the programme."""
    practice, lost = record.monthly["practice"], record.subscription_lost
    if (lost is not None and lost < LEFT) or practice[LEFT] < record.scenario.measure.taken_hold:
        return float("nan"), float("nan")
    fell = float(practice[LEFT : END + 1].min() < practice[LEFT] / 2)
    if lost is None or lost > END:
        return -fell, float("nan")
    return 1.0 - fell, float(practice[lost + AFTER] >= practice[lost] / 2)


# -- P3: the leader still matters when the change is under way --------------------------------------------------------


MOST_MISSED = 10


def leader_above_all(world: World, futures: int, seed: int) -> list[Floats]:
    """What is lost with the director, less what is lost with whoever of the others it is most with, in each future.

    A quarter of the futures must do; everybody is tried in an eighth of these, and in all of them the director and the
    ten others with whom most was lost.
    """
    futures = max(8, futures // 4)
    setting = world.setting({})
    shape = organisation(setting, seed, 0)
    director = director_of(shape)
    others = [group for group in groups_of(shape) if group.kind == "person" and group != director]
    few = _lost(setting, others, futures // 8, seed).mean(axis=1)
    missed = [others[i] for i in np.argsort(-few, kind="stable")[:MOST_MISSED]]
    lost = _lost(setting, [director, *missed], futures, seed)
    return [lost[0] - lost[1 + np.argmax(lost[1:].mean(axis=1))]]


def _lost(setting: Scenario, people: list[Group], futures: int, seed: int) -> Floats:
    """Practised commitment lost with each person, [people, futures]."""
    losses = [Loss(person, Removal.EMPTIED) for person in people]
    out = knock_out(setting, losses, month=LEFT, futures=futures, seed=seed, workers=1)
    return out.base - out.without


# -- P4: who is won first ---------------------------------------------------------------------------------------------


def won_first(world: World, futures: int, seed: int) -> Asking:
    """Whose mean commitment first has half of what it gains in all, 1 where managers', -1 where practitioners'.

    The director stays, and nobody facilitates: facilitators are linked with managers. 0 in the same month; undefined
    where one of the two gains nothing.
    """
    setting = world.setting({"events.departure.enabled": False, "subscription.enabled": False})
    return [np.sign((yield Reading(_managers_earlier, {"led": setting}, futures))[:, 0])]


def _managers_earlier(record: Record) -> float:
    """Months by which managers are half-way before practitioners, NaN where one of the two gains nothing."""
    one, other = record.monthly["practitioners_commitment"], record.monthly["managers_commitment"]
    if min(one[END] - one[0], other[END] - other[0]) <= 0.0:
        return float("nan")
    return float(_crosses(one, (one[0] + one[END]) / 2) - _crosses(other, (other[0] + other[END]) / 2))


def _crosses(line: Floats, level: float) -> int:
    """The first row at which a line is at a level, its length if never."""
    above = line >= level
    return int(np.argmax(above)) if above.any() else len(line)


# -- P5: managers as instigators and as barriers ----------------------------------------------------------------------

PAST_MANAGERS = {"permission.director_reach": 0.7}
NO_PERMISSION = {"practice.permission_weight": 0.0, "practice.commitment_weight": 0.8}
TENTH = 0.1


def in_the_middle(world: World, futures: int, seed: int) -> Asking:
    """How much more a team practises for a tenth more shown by its manager; how much less of that there is where the
    director reaches past managers, and where permission plays no part; whether some manager supports less than the
    director and the team show, and whether some manager shows less."""
    settings = {
        "usual": world.setting(until(LEFT)),
        "past": world.setting(until(LEFT) | PAST_MANAGERS),
        "none": world.setting(until(LEFT) | NO_PERMISSION),
    }
    usual, past, none = (yield Reading(_middle, settings, futures, keep="people")).transpose(1, 2, 0)
    return [usual[0], usual[0] - past[0], usual[0] - none[0], usual[1], usual[2]]


def _middle(record: Record) -> tuple[float, float, float]:
    """The slope between teams, their mean values held equal; and whether some manager is below both sides, as they
    support and as they show. What is shown: the mean of the last year."""
    setting, s, held = record.scenario, record.organisation.structure, _values(record)
    rows = slice(LEFT - 12, LEFT + 1)
    shown = _shown(record, rows).mean(axis=0)
    teams = [np.flatnonzero(s.manager == head) for head in s.team_heads]
    practice = [record.people["practice"][LEFT, team].mean() for team in teams]
    known = np.array([[1.0, shown[head], held[team].mean()] for head, team in zip(s.team_heads, teams, strict=True)])
    slope = np.linalg.lstsq(known, np.array(practice), rcond=None)[0][1]
    both = np.minimum(record.monthly["director_shown"][rows].mean(), [shown[team].mean() for team in teams])
    support = shown[s.team_heads] * (1 - setting.permission.pressure)
    return TENTH * float(slope), float((support < both).any()), float((shown[s.team_heads] < both).any())


def _shown(record: Record, rows: int | slice) -> Floats:
    """What people show at some rows by themselves, words and deeds, before any contract is echoed; [..., seats]."""
    people, demonstration = record.people, record.scenario.influence.demonstration
    return np.asarray(on_arrays.shown(people["commitment"][rows], people["practice"][rows], demonstration))


def _values(record: Record) -> Floats:
    """What everybody values at the row before the departure, from the draws; right for staff who are no champions."""
    s, parameters = record.organisation.structure, month_parameters(record.scenario)
    draws = draw(s, LEFT, record.seed, record.future)
    leaves = np.array([leaving_probability(role, parameters) for role in s.role])
    came = np.array([max(np.flatnonzero(draw), default=-1) + 1 for draw in (draws.leave[1:] < leaves).T])
    return np.array([drawn_values(draws.newcomer[m, seat], s.role[seat], parameters) for seat, m in enumerate(came)])


# -- P6: the vision gets stuck on the way down ------------------------------------------------------------------------


def stuck(world: World, futures: int, seed: int) -> Asking:
    """The gap between what the director shows and what staff practise, and what they hold: out of step less in step."""
    settings = {str(s): world.setting(until(LEFT) | {"leadership.back_office_shift": s}) for s in (-0.2, 0.2)}
    gaps = yield Reading(_gaps, settings, futures)
    return list((gaps[:, 0] - gaps[:, 1]).T)


def _gaps(record: Record) -> list[float]:
    return [record.monthly["director_shown"][LEFT] - record.monthly[name][LEFT] for name in ("practice", "commitment")]


# -- P7: voluntary-sector partners lead little, and show what the funder shows ----------------------------------------


def own_voice(world: World, futures: int, seed: int) -> Asking:
    """Their share of seats less their own share of what moves; the gap between held and shown, at much less at less
    dependence."""
    settings = {str(f): world.setting(until(LEFT) | {"leadership.funding_dependency": f}) for f in (0.9, 0.5)}
    share = (yield Reading(_unheard, {"usual": world.setting(until(LEFT))}, futures, flows=True))[:, 0]
    gap = yield Reading(_held_back, settings, futures, keep="people")
    return [share, gap[:, 0] - gap[:, 1]]


def _unheard(record: Record) -> float:
    """Partners' share of seats less their own share of what moves."""
    assert record.flows is not None
    moved = np.abs(record.flows.by_month[1:, :, : len(KINDS)]).sum(axis=(0, 2, 3))
    own = moved[Role.VCS_PARTNER] / moved.sum() if moved.sum() > 0.0 else np.nan
    return len(record.organisation.structure.seats_of(Role.VCS_PARTNER)) / len(record.organisation) - float(own)


def _held_back(record: Record) -> float:
    """Mean distance between what partners hold and what they show at the row before the departure."""
    f = record.scenario.leadership.funding_dependency
    seats = record.organisation.structure.seats_of(Role.VCS_PARTNER)
    held = _shown(record, LEFT)[seats]
    return float(np.abs(f * (record.monthly["director_shown"][LEFT] - held)).mean())


# -- P8: those consulted are not given the opportunity to lead --------------------------------------------------------

FOR, AGAINST = [1000.0, 0.01], [100.0, 900.0]
"""Distributions of values near 1, and near 0.1."""
DIRECT: dict[str, Any] = {"organisation.coproduction": "direct"}
SEAT = {"governance.seat": 0.5}
LET_TO_LEAD = {"leadership.infrastructure": 0.9, "leadership.hierarchy_norm": 0.2}
NOT_LET = LET_TO_LEAD | {"leadership.infrastructure": 0.0}


def reach_decisions(world: World, futures: int, seed: int) -> Asking:
    """Practised commitment where lived-experience members are for the change less where they are against it: mediated,
    with a seat and let to lead; direct, without a seat; direct, with a seat and not let to lead; direct, with a seat
    and let to lead. Of the last, what the seat adds where they are for it, and takes away where they are against; and
    what it adds five years after the director has left."""
    values, free = "roles.lived_experience_member.values", DIRECT | LET_TO_LEAD
    cases: tuple[dict[str, Any], ...] = (SEAT | LET_TO_LEAD, free, DIRECT | SEAT | NOT_LET, free | SEAT)
    settings = {
        f"{case} {held}": world.setting(until(LEFT) | keys | {values: held})
        for case, keys in enumerate(cases)
        for held in (FOR, AGAINST)
    } | {f"left {case}": world.setting(cases[case] | {values: FOR}) for case in (1, 3)}
    practice = yield Reading(_last_judged, settings, futures)
    for_it, against, left = practice[:, 0:8:2].T, practice[:, 1:8:2].T, practice[:, 8:].T
    return [*(for_it - against), for_it[3] - for_it[1], against[1] - against[3], left[1] - left[0]]


def _last_judged(record: Record) -> float:
    """Practised commitment at the row at which a story is judged: its end, or where nobody leaves the row before."""
    return float(record.monthly["practice"][LEFT if record.scenario.months < END else END])


# -- P9: sharing leadership across boundaries is harder ---------------------------------------------------------------

WEIGHTS = (0.5, 1.0, 2.0)
VERTICAL = ("norm", "delegation", "champions", "manager_grant", "pressure", "reach")
ACROSS = ("funding", "infrastructure", "partner_links", "rebuild")


def harder_across(world: World, futures: int, seed: int) -> Asking:
    """Retention gained by a tenth of a parameter's range: mean over the parameters in the line less mean over those
    across boundaries, at whichever weight of the links across it is least."""
    by_weight = []
    for weight in WEIGHTS:
        keys = {"influence.partner": weight, "influence.coproduction": weight}
        base = world.setting(keys)
        there = {each.slug: each for each in available(base, seed)[0]}
        steps = {slug: there[slug].at(1) for slug in (*VERTICAL, *ACROSS) if slug in there}
        settings = {"base": base} | {slug: world.setting(keys | step) for slug, step in steps.items()}
        kept = (yield Reading(_retention, settings, futures)).T
        gained = dict(zip(steps, kept[1:] - kept[0], strict=True))
        line, across = (
            np.mean([gained[slug] for slug in some if slug in gained], axis=0) for some in (VERTICAL, ACROSS)
        )
        by_weight.append(line - across)
    return [min(by_weight, key=lambda values: float(np.nanmean(values)))]


def _retention(record: Record) -> float:
    practice = record.monthly["practice"]
    return float(practice[END] / practice[LEFT]) if practice[LEFT] > 0.0 else float("nan")


# -- P10: those on whom one activity hangs move on --------------------------------------------------------------------

AROUND = 12
MANY = 4


def moves_on(world: World, futures: int, seed: int) -> Asking:
    """What a team loses when the manager who is its champion leaves, less what one loses when one of four champions
    does; and what lived-experience members move a year after one practitioner left, against the year before: where many
    hold their links, less where one engagement lead held them all and was the one who left.

    A ratio of small sums is noisy, and the runs are short: twice the futures.
    """
    futures *= 2
    champion = yield from _champion_leaves(world, futures)
    lead = yield from _lead_leaves(world, futures)
    return [champion, lead]


def _champion_leaves(world: World, futures: int) -> Generator[Reading, Floats, Floats]:
    usual = world.setting({}).leadership
    champion = {"values": usual.champion_values, "commitment": usual.champion_values,
                "leadership": usual.champion_leadership}  # fmt: skip
    settings: dict[str, Scenario] = {}
    for role, number in (("middle_manager", 1), ("practitioner", MANY)):
        keys = until(LEFT + AROUND) | {"seats": {f"{role} {i + 1}": champion for i in range(number)}}
        settings |= {role: world.setting(keys), f"{role} leaves": world.setting(keys | _leaves(role))}
    kept = yield Reading(_first_team, settings, futures, keep="people")
    return kept[:, 0] - kept[:, 1] - (kept[:, 2] - kept[:, 3])


def _leaves(role: str) -> dict[str, Any]:
    """The first of a role leaves when directors do."""
    return {"events.lead.kind": "person_leaves", "events.lead.month": LEFT, "events.lead.role": role}


def _first_team(record: Record) -> float:
    """Practice of the practitioners of the first team, a year after the departure."""
    s = record.organisation.structure
    return float(record.people["practice"][LEFT + AROUND, s.manager == s.team_heads[0]].mean())


def _lead_leaves(world: World, futures: int) -> Generator[Reading, Floats, Floats]:
    keys = until(LEFT + AROUND) | DIRECT
    settings = {
        "many": world.setting(keys | _leaves("practitioner")),
        "one": world.setting(keys | {"organisation.engagement_lead": True} | _leaves("engagement_lead")),
    }
    kept = yield Reading(_left_of_voice, settings, futures, flows=True)
    return np.asarray(kept[:, 0] - kept[:, 1])


def _left_of_voice(record: Record) -> float:
    assert record.flows is not None
    moved = np.abs(record.flows.by_month[:, Role.LIVED_EXPERIENCE_MEMBER, Kind.COPRODUCTION]).sum(axis=1)
    before, after = moved[LEFT - AROUND + 1 : LEFT + 1].sum(), moved[LEFT + 1 : LEFT + AROUND + 1].sum()
    return float(after / before) if before > 0.0 else float("nan")


# -- P11: signing up is not enough ------------------------------------------------------------------------------------

SOFT, DELEGATED = {"leadership.hierarchy_norm": 0.2}, {"leadership.delegation": 0.6}
CREDIBLE = 0.5


def declared_or_enacted(world: World, futures: int, seed: int) -> Asking:
    """Retention gained by declaring; by declaring and enacting, less by declaring; what enacting adds to declaring
    beyond a softer norm; and months until delegation is credible, undefined where it never is."""
    settings = {str(keys): world.setting(keys) for keys in ({}, DELEGATED, SOFT, SOFT | DELEGATED)}
    kept = yield Reading(_kept_and_credible, settings, futures)
    base, declared, soft, enacted = kept[:, :, 0].T
    said = declared - base
    return [said, enacted - base - said, enacted - base - (soft - base) - said, kept[:, -1, 1]]


def _kept_and_credible(record: Record) -> tuple[float, float]:
    """Retention, and the first row at which delegation is credible; NaN where it never is."""
    credibility = record.monthly["credibility"]
    return _retention(record), _crosses(credibility, CREDIBLE) if credibility.max() >= CREDIBLE else float("nan")


# -- P12: a single leader or a stable team ----------------------------------------------------------------------------


def stable_team(world: World, futures: int, seed: int) -> Asking:
    """Whether the change survives, directors coming and going: where managers stay, less where they leave as usual; and
    under one director, less where managers stay.

    Which directors come and go makes more of a difference than who manages: four times the futures.
    """
    futures *= 4
    stays = {"events.departure.enabled": False, "measure.reference_month": LEFT}
    change = stays | {"turnover.director_tenure": 36.0}
    settings = {
        "one director": world.setting(stays),
        "stable": world.setting(change | {"turnover.managers": 0.0}),
        "usual": world.setting(change),
    }
    one, stable, usual = (yield Reading(_survives, settings, futures)).T
    return [stable - usual, one - stable]


def _survives(record: Record) -> float:
    return float(judge(record.monthly["practice"], record.scenario, LEFT).outcome == SURVIVED)


# -- P13: more contact, still fractured -------------------------------------------------------------------------------

CONTACT = {"organisation.health_practitioner_links": 6, "turnover.rebuild": 0.5}


def more_contact(world: World, futures: int, seed: int) -> Asking:
    """How many times as many live links health partners have with more contact, less how many times nearer they are to
    what staff show; and how much nearer."""
    settings = {"usual": world.setting(until(LEFT)), "more": world.setting(until(LEFT) | CONTACT)}
    usual, more = (yield Reading(_links_and_distance, settings, futures, keep="people")).transpose(1, 2, 0)
    return [more[0] / usual[0] - usual[1] / more[1], usual[1] - more[1]]


def _links_and_distance(record: Record) -> tuple[float, float]:
    """Health partners' live links, and how far what they show is from the mean of what staff show, on average."""
    assert record.live is not None
    s = record.organisation.structure
    theirs = np.isin(s.pair_a, s.seats_of(Role.HEALTH_PARTNER)) | np.isin(s.pair_b, s.seats_of(Role.HEALTH_PARTNER))
    shown = _shown(record, LEFT)
    apart = np.abs(shown[s.seats_of(Role.HEALTH_PARTNER)] - shown[s.staff].mean())
    return float(record.live[LEFT, theirs].sum()), float(apart.mean())


# -- P14: a change that fits what people value ------------------------------------------------------------------------


def congruent(world: World, futures: int, seed: int) -> Asking:
    """Practised commitment after three years: values of staff a tenth up, less a tenth down."""
    settings = {str(shift): world.setting(until(LEFT) | {"leadership.values_shift": shift}) for shift in (0.1, -0.1)}
    practice = yield Reading(lambda record: record.monthly["practice"][LEFT], settings, futures)
    return [practice[:, 0] - practice[:, 1]]


# -- P15: words and deeds ---------------------------------------------------------------------------------------------

IN_PART = 0.5


def words_and_deeds(world: World, futures: int, seed: int) -> Asking:
    """Practised commitment under a director who does as they say less under one who does half of it, the words of both
    the same all the time; as it is, and where only words are heard."""
    keys = until(LEFT) | {"influence.director_openness": 0.0}
    settings = {
        f"{heard} {integrity}": world.setting(keys | heard | {"leadership.director_integrity": integrity})
        for heard in ({}, {"influence.demonstration": 0.0})
        for integrity in (1.0, IN_PART)
    }
    practice = yield Reading(lambda record: record.monthly["practice"][LEFT], settings, futures)
    return [practice[:, 0] - practice[:, 1], practice[:, 2] - practice[:, 3]]
