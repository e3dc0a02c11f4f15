"""How the patterns are measured: one function each, from a world to a number per future for every claim.

Each starts from the story of ``worlds.STORY`` and sets what its question needs; comparisons are paired, both sides on
the same futures. What is claimed of the numbers: ``sim.analysis.validation.patterns``.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.analysis.dependency.knockouts import Loss, director_of, groups_of, knock_out
from sim.analysis.interventions.intervention import available
from sim.analysis.validation.ablations import World
from sim.base.arrays import Floats
from sim.experiments.environment import futures_of
from sim.model.record import Keep, Record
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.scenario.roles import KINDS, Kind, Role
from sim.scenario.scenario import Scenario

LEFT, END = 36, 96
"""The row just before the director leaves, and the row at which the change is judged."""


def read_off(read: Callable[[Record], Any], settings: Mapping[str, Scenario], futures: int, seed: int,
             keep: Keep = "months", flows: bool = False) -> Floats:  # fmt: skip
    """What is read off every future in every setting, [futures, settings] and, where it is several numbers, more."""
    every = futures_of(settings, futures, seed, keep, flows)
    return np.array([[read(record) for record in future.values()] for future in every])


def until(month: int, **more: Any) -> dict[str, Any]:
    """Keys of a story in which nobody leaves and that ends soon after a month."""
    return {
        "events.departure.enabled": False,
        "measure.reference_month": month,
        "measure.horizon": 1,
        "months": month + 1,
    } | {key.replace("__", "."): value for key, value in more.items()}


# -- P1: the programme is dropped when the director changes -----------------------------------------------------------

WITHIN = 24


def lost_subscription(world: World, futures: int, seed: int) -> list[Floats]:
    """In each future, whether the programme is dropped within two years of the departure: less without; and alone."""
    keys = {"months": LEFT + WITHIN, "measure.horizon": WITHIN, "succession.successor_commitment": None}
    settings = {"leaves": world.setting(keys), "stays": world.setting(keys | {"events.departure.enabled": False})}
    lost = read_off(_lost, settings, futures, seed)
    running = lost[:, 0] > -1  # dropped before the departure on both sides: not at stake
    leaves, stays = (np.where(running, lost[:, i], np.nan) for i in (0, 1))
    return [leaves - stays, leaves]


def _lost(record: Record) -> float:
    """1 where the programme is lost after the departure, 0 where never, -1 where it was gone before."""
    month = record.subscription_lost
    if month is None:
        return 0.0
    return 1.0 if month > LEFT else -1.0


# -- P3: the leader still matters when the change is under way --------------------------------------------------------


def leader_above_all(world: World, futures: int, seed: int) -> list[Floats]:
    """What is lost with the director, less what is lost with whoever of the others it is most with, in each future.

    Everybody is tried, so a quarter of the futures must do.
    """
    futures = max(8, futures // 4)
    setting = world.setting({})
    shape = organisation(setting, seed, 0)
    people = [group for group in groups_of(shape) if group.kind == "person"]
    losses = [Loss(person, Removal.EMPTIED) for person in people]
    out = knock_out(setting, losses, month=LEFT, futures=futures, seed=seed, workers=1)
    lost = out.base - out.without
    director = people.index(director_of(shape))
    others = np.delete(lost, director, axis=0)
    return [lost[director] - others[np.argmax(others.mean(axis=1))]]


# -- P4: who is won first ---------------------------------------------------------------------------------------------

WON = 0.6


def won_first(world: World, futures: int, seed: int) -> list[Floats]:
    """Which crosses 0.6 first, 1, 0 or -1: managers where the director leads, practitioners where champions begin.

    Undefined where neither ever does.
    """
    stays = {"events.departure.enabled": False}
    below = {"leadership.director_values": 0.5, "leadership.champions": 0.3, "subscription.enabled": False}
    settings = {"led": world.setting(stays), "begun": world.setting(stays | below)}
    first = read_off(_managers_earlier, settings, futures, seed)
    return [np.sign(first[:, 0]), -np.sign(first[:, 1])]


def _managers_earlier(record: Record) -> float:
    """Months by which managers cross before practitioners, NaN where neither ever does."""
    one, other = record.monthly["practitioners_commitment"], record.monthly["managers_commitment"]
    if max(one.max(), other.max()) < WON:
        return float("nan")
    return float(_crosses(one, WON) - _crosses(other, WON))


def _crosses(line: Floats, level: float) -> int:
    """The first row at which a line is at a level, its length if never."""
    above = line >= level
    return int(np.argmax(above)) if above.any() else len(line)


# -- P5: a barrier in the middle --------------------------------------------------------------------------------------

PRESSURES = (0.0, 0.3)


def barrier(world: World, futures: int, seed: int) -> list[Floats]:
    """Of managers and months, the share in which the manager is below both the director and the team: under much
    pressure less under none; as they support, and as they show."""
    settings = {str(p): world.setting(until(LEFT, permission__pressure=p)) for p in PRESSURES}
    shares = read_off(_below_both, settings, futures, seed, keep="people")
    return list((shares[:, 1] - shares[:, 0]).T)


def _below_both(record: Record) -> tuple[float, float]:
    setting = record.scenario
    s, b = record.organisation.structure, setting.influence.demonstration
    rows = slice(12, LEFT + 1)
    shown = (1 - b) * record.people["commitment"][rows] + b * record.people["practice"][rows]
    top = record.monthly["director_shown"][rows]
    as_supported, as_shown = [], []
    for head in s.middle_managers.tolist():
        team = np.flatnonzero(s.manager == head)
        if len(team):
            least = np.minimum(top, shown[:, team].mean(axis=1))
            as_supported.append(shown[:, head] * (1 - setting.permission.pressure) < least)
            as_shown.append(shown[:, head] < least)
    return float(np.mean(as_supported)), float(np.mean(as_shown))


# -- P6: the vision gets stuck on the way down ------------------------------------------------------------------------


def stuck(world: World, futures: int, seed: int) -> list[Floats]:
    """The gap between what the director shows and what staff practise, and what they hold: out of step less in step."""
    settings = {str(s): world.setting(until(LEFT, leadership__back_office_shift=s)) for s in (-0.2, 0.2)}
    gaps = read_off(_gaps, settings, futures, seed)
    return list((gaps[:, 0] - gaps[:, 1]).T)


def _gaps(record: Record) -> list[float]:
    return [record.monthly["director_shown"][LEFT] - record.monthly[name][LEFT] for name in ("practice", "commitment")]


# -- P7: voluntary-sector partners lead little, and show what the funder shows ----------------------------------------


def own_voice(world: World, futures: int, seed: int) -> list[Floats]:
    """Their share of seats less their own share of what moves; the gap between held and shown, at much less at less
    dependence."""
    settings = {str(f): world.setting(until(LEFT, leadership__funding_dependency=f)) for f in (0.9, 0.5)}
    share = read_off(_unheard, {"usual": world.setting(until(LEFT))}, futures, seed, flows=True)[:, 0]
    gap = read_off(_held_back, settings, futures, seed, keep="people")
    return [share, gap[:, 0] - gap[:, 1]]


def _unheard(record: Record) -> float:
    """Partners' share of seats less their own share of what moves."""
    assert record.flows is not None
    moved = np.abs(record.flows.by_month[1:, :, : len(KINDS)]).sum(axis=(0, 2, 3))
    own = moved[Role.VCS_PARTNER] / moved.sum() if moved.sum() > 0.0 else np.nan
    return len(record.organisation.structure.seats_of(Role.VCS_PARTNER)) / len(record.organisation) - float(own)


def _held_back(record: Record) -> float:
    """Mean distance between what partners hold and what they show at the row before the departure."""
    setting = record.scenario
    b, f = setting.influence.demonstration, setting.leadership.funding_dependency
    seats = record.organisation.structure.seats_of(Role.VCS_PARTNER)
    held = (1 - b) * record.people["commitment"][LEFT, seats] + b * record.people["practice"][LEFT, seats]
    return float(np.abs(f * (record.monthly["director_shown"][LEFT] - held)).mean())


# -- P9: sharing leadership across boundaries is harder ---------------------------------------------------------------

WEIGHTS = (0.5, 1.0, 2.0)
VERTICAL = ("norm", "delegation", "champions", "manager_grant", "pressure", "reach")
ACROSS = ("funding", "infrastructure", "partner_links", "rebuild")


def harder_across(world: World, futures: int, seed: int) -> list[Floats]:
    """Retention gained by a tenth of a parameter's range: mean over the parameters in the line less mean over those
    across boundaries, at whichever weight of the links across it is least."""
    by_weight = []
    for weight in WEIGHTS:
        keys = {"influence.partner": weight, "influence.coproduction": weight}
        base = world.setting(keys)
        there = {each.slug: each for each in available(base, seed)[0]}
        steps = {slug: there[slug].at(1) for slug in (*VERTICAL, *ACROSS) if slug in there}
        settings = {"base": base} | {slug: world.setting(keys | step) for slug, step in steps.items()}
        kept = read_off(_retention, settings, futures, seed).T
        gained = dict(zip(steps, kept[1:] - kept[0], strict=True))
        line, across = (
            np.mean([gained[slug] for slug in some if slug in gained], axis=0) for some in (VERTICAL, ACROSS)
        )
        by_weight.append(line - across)
    return [min(by_weight, key=lambda values: float(np.nanmean(values)))]


def _retention(record: Record) -> float:
    practice = record.monthly["practice"]
    return float(practice[END] / practice[LEFT]) if practice[LEFT] > 0.0 else float("nan")


# -- P10: the engagement lead leaves ----------------------------------------------------------------------------------

AROUND = 12


def lead_leaves(world: World, futures: int, seed: int) -> list[Floats]:
    """What lived-experience members move a year after one practitioner left, against the year before: where many hold
    their links, less where one engagement lead held them all and was the one who left.

    A ratio of small sums is noisy, and the runs are short: twice the futures.
    """
    futures *= 2
    keys = until(LEFT + AROUND, organisation__coproduction="direct") | {
        "events.lead.kind": "person_leaves",
        "events.lead.month": LEFT,
    }
    settings = {
        "many": world.setting(keys | {"events.lead.role": "practitioner", "events.lead.seat": 1}),
        "one": world.setting(keys | {"organisation.engagement_lead": True, "events.lead.role": "engagement_lead"}),
    }
    kept = read_off(_left_of_voice, settings, futures, seed, flows=True)
    return [kept[:, 0] - kept[:, 1]]


def _left_of_voice(record: Record) -> float:
    assert record.flows is not None
    moved = np.abs(record.flows.by_month[:, Role.LIVED_EXPERIENCE_MEMBER, Kind.COPRODUCTION]).sum(axis=1)
    before, after = moved[LEFT - AROUND + 1 : LEFT + 1].sum(), moved[LEFT + 1 : LEFT + AROUND + 1].sum()
    return float(after / before) if before > 0.0 else float("nan")


# -- P11: signing up is not enough ------------------------------------------------------------------------------------

SOFT, DELEGATED = {"leadership.hierarchy_norm": 0.2}, {"leadership.delegation": 0.6}
CREDIBLE = 0.5


def declared_or_enacted(world: World, futures: int, seed: int) -> list[Floats]:
    """Retention gained by declaring; by declaring and enacting, less by declaring; what enacting adds to declaring
    beyond a softer norm; and months until delegation is credible, undefined where it never is."""
    settings = {str(keys): world.setting(keys) for keys in ({}, DELEGATED, SOFT, SOFT | DELEGATED)}
    kept = read_off(_kept_and_credible, settings, futures, seed)
    base, declared, soft, enacted = kept[:, :, 0].T
    said = declared - base
    return [said, enacted - base - said, enacted - base - (soft - base) - said, kept[:, -1, 1]]


def _kept_and_credible(record: Record) -> tuple[float, float]:
    """Retention, and the first row at which delegation is credible; NaN where it never is."""
    credibility = record.monthly["credibility"]
    return _retention(record), _crosses(credibility, CREDIBLE) if credibility.max() >= CREDIBLE else float("nan")


# -- P14: a change that fits what people value ------------------------------------------------------------------------


def congruent(world: World, futures: int, seed: int) -> list[Floats]:
    """Practised commitment after three years: values of staff a tenth up, less a tenth down."""
    settings = {str(shift): world.setting(until(LEFT, leadership__values_shift=shift)) for shift in (0.1, -0.1)}
    practice = read_off(lambda record: record.monthly["practice"][LEFT], settings, futures, seed)
    return [practice[:, 0] - practice[:, 1]]
