"""Evidence: verdicts by rule, every statistic worked out another way, mechanisms that are off, the page's numbers."""

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure import by_number
from typer.testing import CliRunner

import sim
from sim.analysis.dependency.knockouts import Loss, groups_of, knock_out
from sim.analysis.interventions.intervention import available
from sim.analysis.ranges import ranges, spread
from sim.analysis.validation import ask, measurements, validate
from sim.analysis.validation.ablations import ABLATIONS, AS_IT_IS, RIVALS, World
from sim.analysis.validation.findings import CANNOT_TELL, DOES_NOT, SHOWS, UNDEFINED, Claim, Finding, found, together
from sim.analysis.validation.patterns import PATTERNS, Pattern
from sim.analysis.validation.study import Studies, studies
from sim.base.errors import ScenarioError
from sim.base.intervals import Estimate
from sim.interface.cli import app
from sim.model.model import OrganisationModel
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.report.pages.validation import page, told
from sim.scenario.parameters import Parameters
from sim.scenario.roles import KINDS, Role
from sim.scenario.scenario import library_names, load

ROOT = Path(__file__).parent.parent
SMALL = {
    "organisation.teams": 3,
    "organisation.practitioners_per_team": 4,
    "organisation.lived_experience": 4,
    "organisation.vcs_partners": 3,
}
SMALL_WORLD = World("small", "A small council", below=SMALL)
RUNS = 3


def small(world: World) -> World:
    """A world in a small council."""
    return World(world.slug, world.title, above=world.above, below=SMALL)


def world_of(slug: str) -> World:
    """An ablation or a rival by its name, in a small council."""
    return small(next(world for world in (*ABLATIONS, *RIVALS) if world.slug == slug))


def numbers(measure, world: World, futures: int):
    """What a measurement gives in one world, seed 1."""
    return measurements.measured(measure, [world], futures, 1)[0]


def run(keys: dict, future: int):
    """One future of the story in a small council, with everything kept."""
    return sim.run(SMALL_WORLD.setting(keys), future=future)


# -- Side by side -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", [each for each in PATTERNS if each.slug != "P3"], ids=lambda each: each.slug)
def test_what_is_measured_in_worlds_side_by_side_is_what_is_measured_in_each(pattern):
    """To the bit, in worlds of one organisation and of another, whatever a pattern asks for, and how often."""
    worlds = [SMALL_WORLD, world_of("influence"), World("two", "Two teams", below=SMALL | {"organisation.teams": 2})]
    together = measurements.measured(pattern.measure, worlds, 2, 1)
    for world, values in zip(worlds, together, strict=True):
        for one, other in zip(values, numbers(pattern.measure, world, 2), strict=True):
            assert np.array_equal(one, other, equal_nan=True)


# -- Verdicts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "least", "most", "verdict"),
    [
        ((0.2, 0.1, 0.3), 0.0, math.inf, SHOWS),
        ((0.2, 0.1, 0.3), 0.15, math.inf, CANNOT_TELL),
        ((0.2, 0.1, 0.3), 0.3, math.inf, DOES_NOT),
        ((0.0, 0.0, 0.0), 0.0, math.inf, DOES_NOT),
        ((0.2, 0.1, 0.3), 0.04, 0.62, SHOWS),
        ((0.7, 0.65, 0.75), 0.04, 0.62, DOES_NOT),
        ((0.6, 0.5, 0.7), 0.04, 0.62, CANNOT_TELL),
        ((math.nan, math.nan, math.nan), 0.0, math.inf, UNDEFINED),
    ],
)
def test_a_verdict_follows_from_where_the_interval_lies(interval, least, most, verdict):
    """By hand: wholly inside, wholly outside, across a bound, undefined."""
    assert Finding(Claim("", "", least, most), Estimate(*interval), 10).verdict == verdict


def test_a_pattern_shows_where_all_its_claims_do_and_an_aside_does_not_count():
    """One claim that does not show is enough against it."""
    shows, does_not = (Finding(Claim("", ""), Estimate(x, x, x), 5) for x in (1.0, -1.0))
    unclear, aside = (
        Finding(Claim("", ""), Estimate(0.0, -1.0, 1.0), 5),
        Finding(Claim("", "", aside=True), Estimate(-1.0, -1.0, -1.0), 5),
    )
    assert together([shows, aside]) == SHOWS
    assert together([shows, unclear]) == CANNOT_TELL
    assert together([shows, unclear, does_not]) == DOES_NOT
    undefined = Finding(Claim("", ""), Estimate(), 0)
    assert together([shows, unclear, undefined]) == UNDEFINED
    assert together([undefined, does_not]) == DOES_NOT


def test_futures_are_counted_or_averaged_and_the_undefined_left_out():
    """Shares by Agresti & Min, worked by hand; means by the t interval; NaN is no future."""
    counted = found(Claim("", "", counting=True), np.array([1.0] * 6 + [0.0] * 3 + [-1.0]))
    assert (counted.estimate.value, counted.futures) == (0.5, 10)
    middle, half = 5 / 12, 1.959963984540054 * math.sqrt(8 - 25 / 12) / 12
    assert (counted.estimate.low, counted.estimate.high) == pytest.approx((middle - half, middle + half), abs=1e-12)
    mean = found(Claim("", ""), np.array([0.1, 0.3, math.nan]))
    assert (mean.estimate.value, mean.futures) == (pytest.approx(0.2), 2)
    assert mean.estimate.high - mean.estimate.value == pytest.approx(12.706204736432095 * 0.1, rel=1e-9)
    alike = found(Claim("", "", 0.05), np.zeros(20))
    assert (alike.estimate.low, alike.estimate.high, alike.verdict) == (0.0, 0.0, DOES_NOT)


# -- Each statistic, another way --------------------------------------------------------------------------------------


def test_p1_counts_the_futures_in_which_the_programme_is_dropped():
    """From runs one by one, with and without the departure; those dropped before it are left out."""
    difference, level = numbers(measurements.lost_subscription, SMALL_WORLD, 12)
    for future in range(12):
        keys = {"months": 60, "measure.horizon": 24}
        leaves, stays = (run(keys | {"events.departure.enabled": on}, future).subscription_lost for on in (True, False))
        if leaves is not None and leaves <= 36:
            assert math.isnan(level[future])
            continue
        assert level[future] == (leaves is not None)
        assert difference[future] == (leaves is not None) - (stays is not None)
    assert 0 < np.nansum(level) < 12


def test_p3_compares_the_director_with_the_one_other_person_whom_most_hangs_on():
    """From the knock-outs of everybody, first in one future, and then of the ten with whom most was lost."""
    (values,) = numbers(measurements.leader_above_all, SMALL_WORLD, 32)
    setting = SMALL_WORLD.setting({})
    people = [group for group in groups_of(organisation(setting, 1, 0)) if group.kind == "person"]
    out = knock_out(setting, [Loss(person, Removal.EMPTIED) for person in people], month=36, futures=8, seed=1)
    lost = {person.title: (out.base[i] - out.without[i]) for i, person in enumerate(people)}
    director = lost.pop("director")
    most = sorted(lost, key=lambda title: -lost[title][0])[:10]
    best = max((lost[title] for title in most), key=np.mean)
    assert list(values) == list(director - best)
    assert len(lost) > 20


def test_p2_follows_the_programme_and_what_is_practised():
    """From runs one by one: lost or fallen within five years, and half of practice three years after the loss."""
    ahead, there, alone = numbers(measurements.outlives, SMALL_WORLD, 12)
    ends = {"events.departure.enabled": False, "events.end.kind": "subscription_ends", "events.end.month": 36}
    for future in range(12):
        record = run({"months": 132}, future)
        practice, lost = record.monthly["practice"], record.subscription_lost
        if (lost is not None and lost < 36) or practice[36] < 0.25:
            assert math.isnan(ahead[future])
            assert math.isnan(there[future])
        else:
            lapses = lost is not None and lost <= 96
            assert ahead[future] == lapses - any(practice[month] < practice[36] / 2 for month in range(37, 97))
            assert (
                (there[future] == (practice[lost + 36] / practice[lost] >= 0.5))
                if lapses
                else math.isnan(there[future])
            )
        record = run(ends, future)
        if record.subscription_lost == 36 and record.monthly["practice"][36] >= 0.25:
            assert alone[future] == (record.monthly["practice"][72] / record.monthly["practice"][36] >= 0.5)
    assert 0 < np.nansum(there) < 12
    assert not np.isnan(alone).all()


def test_p4_says_who_is_half_way_first():
    """From the months' rows, without facilitators: 1 where managers are, -1 where practitioners."""
    (first,) = numbers(measurements.won_first, SMALL_WORLD, RUNS)
    for future in range(RUNS):
        months = run({"events.departure.enabled": False, "subscription.enabled": False}, future).months
        half_way = []
        for name in ("managers_commitment", "practitioners_commitment"):
            gained = (months[name] - months[name][0]) / (months[name][96] - months[name][0])
            assert months[name][96] > months[name][0]
            half_way.append(next(m for m, x in enumerate(gained) if x >= 0.5))
        assert first[future] == np.sign(half_way[1] - half_way[0])
    (nobody,) = numbers(measurements.won_first, world_of("influence"), RUNS)
    assert not (nobody == 1.0).all()  # nobody is moved by anybody: managers have no start


def test_p5_is_a_slope_between_teams_their_values_held_equal():
    """Against the model that knows everybody's values, what values explain being taken out first; and every manager."""
    world = World("six", "Six teams", below=SMALL | {"organisation.teams": 6})
    usual, past, none, supports, shows = numbers(measurements.in_the_middle, world, RUNS)
    for future in range(RUNS):
        slopes = []
        for keys in (
            {},
            {"permission.director_reach": 0.7},
            {"practice.permission_weight": 0.0, "practice.commitment_weight": 0.8},
        ):
            model = OrganisationModel(world.setting(measurements.until(36) | keys), future=future, keep="people")
            model.run_for(36)
            people, manager = model.record.people, model.structure.manager
            shown = (0.7 * people["commitment"] + 0.3 * people["practice"])[24:37].mean(axis=0)
            heads = model.structure.middle_managers
            teams = [manager == head for head in heads]
            values = np.array([model.state.values[team].mean() for team in teams])
            practice = np.array([people["practice"][36, team].mean() for team in teams])
            left = [x - np.polyval(np.polyfit(values, x, 1), values) for x in (shown[heads], practice)]
            slopes.append(0.1 * (left[0] @ left[1]) / (left[0] @ left[0]))
            if not keys:
                top = model.record.monthly["director_shown"][24:37].mean()
                sides = [min(top, shown[team].mean()) for team in teams]
                assert supports[future] == any(0.85 * shown[heads] < sides)
                assert shows[future] == any(shown[heads] < sides)
        assert usual[future] == pytest.approx(slopes[0], abs=1e-9)
        assert past[future] == pytest.approx(slopes[0] - slopes[1], abs=1e-9)
        assert none[future] == pytest.approx(slopes[0] - slopes[2], abs=1e-9)


def test_p6_and_p14_compare_rows_at_month_36():
    """The gap to practice and to commitment; practice itself."""
    gap, held = numbers(measurements.stuck, SMALL_WORLD, RUNS)
    (taken_off,) = numbers(measurements.congruent, SMALL_WORLD, RUNS)
    for future in range(RUNS):
        out, in_step = (
            run(measurements.until(36) | {"leadership.back_office_shift": shift}, future).months.loc[36]
            for shift in (-0.2, 0.2)
        )
        assert gap[future] == pytest.approx(
            (out.director_shown - out.practice) - (in_step.director_shown - in_step.practice), abs=1e-12
        )
        assert held[future] == pytest.approx(
            (out.director_shown - out.commitment) - (in_step.director_shown - in_step.commitment), abs=1e-12
        )
        more, less = (
            run(measurements.until(36) | {"leadership.values_shift": shift}, future).months.loc[36]
            for shift in (0.1, -0.1)
        )
        assert taken_off[future] == pytest.approx(more.practice - less.practice, abs=1e-12)


def test_p7_and_p10_are_sums_of_the_ledger():
    """Partners' own share of what moved along links, and what lived-experience members moved before and after."""
    share, gap = numbers(measurements.own_voice, SMALL_WORLD, RUNS)
    _, left = numbers(measurements.moves_on, SMALL_WORLD, RUNS)
    for future in range(RUNS):
        record = run(measurements.until(36), future)
        frame = record.ledger.frame()
        rows = frame[frame.kind.isin([kind.slug for kind in KINDS])]
        roles = record.organisation.structure.role
        moved = rows.change.abs()
        own = moved[roles[rows.source] == Role.VCS_PARTNER].sum() / moved.sum()
        assert share[future] == pytest.approx(3 / len(roles) - own, abs=1e-12)
        gaps = []
        for f in (0.9, 0.5):
            record = run(measurements.until(36) | {"leadership.funding_dependency": f}, future)
            x = 0.7 * record.people["commitment"][36] + 0.3 * record.people["practice"][36]
            top = record.monthly["director_shown"][36]
            partners = record.organisation.structure.role == Role.VCS_PARTNER
            gaps.append(np.abs(x - ((1 - f) * x + f * top))[partners].mean())
        assert gap[future] == pytest.approx(gaps[0] - gaps[1], abs=1e-12)
        kept = []
        for more in (
            {"events.lead.role": "practitioner", "events.lead.seat": 1},
            {"events.lead.role": "engagement_lead", "organisation.engagement_lead": True},
        ):
            event = {"events.lead.kind": "person_leaves", "events.lead.month": 36}
            keys = measurements.until(48) | {"organisation.coproduction": "direct"}
            record = run(keys | event | more, future)
            rows = record.ledger.frame().query("kind == 'coproduction'")
            lived = record.organisation.structure.role[rows.source] == Role.LIVED_EXPERIENCE_MEMBER
            by_month = rows[lived].change.abs().groupby(rows[lived].month).sum()
            kept.append(by_month.loc[37:48].sum() / by_month.loc[25:36].sum())
        assert left[future] == pytest.approx(kept[0] - kept[1], abs=1e-9)


def test_p8_compares_what_people_with_lived_experience_value():
    """From runs one by one: nearly all for the change, or nearly all against it."""
    mediated, direct, token, seated, up, down, later = numbers(measurements.reach_decisions, SMALL_WORLD, 2)
    led = {"leadership.infrastructure": 0.9, "leadership.hierarchy_norm": 0.2}
    free, seat = led | {"organisation.coproduction": "direct"}, {"governance.seat": 0.5}
    for future in range(2):

        def practice(keys: dict, values: list, future=future) -> float:
            keys = measurements.until(36) | keys | {"roles.lived_experience_member.values": values}
            return run(keys, future).monthly["practice"][36]

        most, least = [1000.0, 0.01], [100.0, 900.0]
        for found_, keys in (
            (mediated, led | seat),
            (direct, free),
            (token, free | seat | {"leadership.infrastructure": 0.0}),
            (seated, free | seat),
        ):
            assert found_[future] == practice(keys, most) - practice(keys, least)
        assert up[future] == practice(free | seat, most) - practice(free, most)
        assert down[future] == practice(free, least) - practice(free | seat, least)
        values = {"roles.lived_experience_member.values": most}
        ends = [run(keys | values, future).monthly["practice"][96] for keys in (free | seat, free)]
        assert later[future] == ends[0] - ends[1]
    for values, mean in ((most, 1.0), (least, 0.1)):
        assert values[0] / sum(values) == pytest.approx(mean, abs=1e-4)


def test_p10_compares_a_manager_who_is_a_champion_with_one_of_four():
    """The first team's practice a year after, from runs with the champions in their seats and without the departure."""
    lost, _ = numbers(measurements.moves_on, SMALL_WORLD, RUNS)
    assert len(lost) == 2 * RUNS
    champion = {"values": 0.85, "commitment": 0.85, "leadership": 0.6}
    for future in range(RUNS):
        losses = []
        for role, number in (("middle_manager", 1), ("practitioner", 4)):
            keys = measurements.until(48) | {"seats": {f"{role} {i}": champion for i in range(1, number + 1)}}
            event = {"events.x.kind": "person_leaves", "events.x.month": 36, "events.x.role": role}
            ends = []
            for more in ({}, event):
                record = sim.run(SMALL_WORLD.setting(keys | more), future=future)
                s = record.organisation.structure
                team = [seat for seat in s.practitioners if s.manager[seat] == s.middle_managers[0]]
                holders = team[:4] if role == "practitioner" else [s.middle_managers[0]]
                assert record.people["leadership"][0, holders] == pytest.approx(0.6)
                ends.append(record.people["practice"][48, team].mean())
            losses.append(ends[0] - ends[1])
        assert lost[future] == pytest.approx(losses[0] - losses[1], abs=1e-12)


def test_p12_counts_what_survives_while_directors_change():
    """From runs one by one, as the outcome is defined, at month 96 against month 36."""
    stable, missing = numbers(measurements.stable_team, SMALL_WORLD, 2)
    assert len(stable) == 8
    for future in range(8):
        went = []
        for keys in (
            {},
            {"turnover.director_tenure": 36.0, "turnover.managers": 0.0},
            {"turnover.director_tenure": 36.0},
        ):
            setting = {"events.departure.enabled": False, "measure.reference_month": 36} | keys
            practice = run(setting, future).monthly["practice"]
            went.append(practice[36] >= 0.25 and practice[96] / practice[36] >= 0.5)
        assert stable[future] == int(went[1]) - int(went[2])
        assert missing[future] == int(went[0]) - int(went[1])
    assert np.abs([stable, missing]).sum() > 0


def test_p13_compares_links_with_how_near_partners_come():
    """Live links of health partners, and their distance from staff, counted pair by pair and partner by partner."""
    sooner, nearer = numbers(measurements.more_contact, SMALL_WORLD, RUNS)
    for future in range(RUNS):
        links, apart = [], []
        for more in ({}, {"organisation.health_practitioner_links": 6, "turnover.rebuild": 0.5}):
            setting = SMALL_WORLD.setting(measurements.until(36) | more)
            record = sim.run(setting, future=future)
            s, people = record.organisation.structure, record.people
            roles = [(s.role[a], s.role[b]) for a, b in zip(s.pair_a, s.pair_b, strict=True)]
            links.append(sum(record.live[36, i] for i, both in enumerate(roles) if Role.HEALTH_PARTNER in both))
            x = 0.7 * people["commitment"][36] + 0.3 * people["practice"][36]
            staff = x[(s.role == Role.PRACTITIONER) | (s.role == Role.MIDDLE_MANAGER)].mean()
            apart.append(np.mean([abs(x[seat] - staff) for seat in np.flatnonzero(s.role == Role.HEALTH_PARTNER)]))
        assert sooner[future] == pytest.approx(links[1] / links[0] - apart[0] / apart[1], abs=1e-9)
        assert nearer[future] == pytest.approx(apart[0] - apart[1], abs=1e-12)
        assert links[1] > links[0]


def test_p15_differs_in_deeds_alone():
    """The director's commitment is the same every month; practice is read from runs one by one."""
    deeds, words_only = numbers(measurements.words_and_deeds, SMALL_WORLD, RUNS)
    for future in range(RUNS):
        for found_, heard in ((deeds, {}), (words_only, {"influence.demonstration": 0.0})):
            ends, said = [], []
            for integrity in (1.0, 0.5):
                keys = {"influence.director_openness": 0.0, "leadership.director_integrity": integrity} | heard
                record = sim.run(SMALL_WORLD.setting(measurements.until(36) | keys), future=future)
                ends.append(record.monthly["practice"][36])
                said.append(record.people["commitment"][:, record.organisation.structure.director])
            assert found_[future] == ends[0] - ends[1]
            assert said[0] == pytest.approx(said[1], abs=1e-12)
            assert said[0] == pytest.approx(0.9, abs=1e-12)
    assert (words_only == 0.0).all()
    assert (deeds > 0.0).all()


def test_p11_is_made_of_differences_in_retention():
    """From runs one by one."""
    said, more, beyond, months = numbers(measurements.declared_or_enacted, SMALL_WORLD, RUNS)
    for future in range(RUNS):
        kept = {}
        for name, keys in (
            ("base", {}),
            ("said", {"leadership.delegation": 0.6}),
            ("soft", {"leadership.hierarchy_norm": 0.2}),
            ("done", {"leadership.delegation": 0.6, "leadership.hierarchy_norm": 0.2}),
        ):
            record = run(keys, future)
            kept[name] = record.monthly["practice"][96] / record.monthly["practice"][36]
        assert said[future] == pytest.approx(kept["said"] - kept["base"], abs=1e-12)
        assert more[future] == pytest.approx(kept["done"] - kept["said"], abs=1e-12)
        assert beyond[future] == pytest.approx(kept["done"] - kept["soft"] - kept["said"] + kept["base"], abs=1e-12)
        credible = record.monthly["credibility"] >= 0.5
        assert (months[future] == np.flatnonzero(credible)[0]) if credible.any() else math.isnan(months[future])


def test_p9_compares_steps_in_the_line_with_steps_across_at_the_weight_where_they_differ_least():
    """From runs one by one, each parameter a tenth of its range towards its helpful end; norm and funding by hand."""
    (values,) = numbers(measurements.harder_across, SMALL_WORLD, 2)
    by_weight = []
    for weight in (0.5, 1.0, 2.0):
        keys = {"influence.partner": weight, "influence.coproduction": weight}
        parameters = {parameter.slug: parameter.at(1) for parameter in available(SMALL_WORLD.setting(keys), 1)[0]}
        assert parameters["norm"] == {"leadership.hierarchy_norm": pytest.approx(0.8 - 0.07)}
        assert parameters["funding"] == {"leadership.funding_dependency": pytest.approx(0.7 - 0.04)}
        difference = []
        for future in range(2):

            def kept(more: dict, keys=keys, future=future) -> float:
                practice = run(keys | more, future).monthly["practice"]
                return practice[96] / practice[36]

            line, across = (
                np.mean([kept(parameters[slug]) - kept({}) for slug in slugs])
                for slugs in (
                    ("norm", "delegation", "champions", "manager_grant", "pressure", "reach"),
                    ("funding", "infrastructure", "partner_links", "rebuild"),
                )
            )
            difference.append(line - across)
        by_weight.append(difference)
    assert list(values) == pytest.approx(min(by_weight, key=np.mean), abs=1e-12)


# -- Worlds -----------------------------------------------------------------------------------------------------------


def test_a_mechanism_that_is_off_is_off_whatever_is_asked():
    """A world's keys above a pattern's win, those below lose."""
    world = World("x", "x", above={"leadership.funding_dependency": 0.0}, below={"permission.pressure": 0.3})
    setting = world.setting({"leadership.funding_dependency": 0.9, "permission.pressure": 0.1})
    assert (setting.leadership.funding_dependency, setting.permission.pressure) == (0.0, 0.1)


def test_what_hangs_on_a_mechanism_alone_is_exactly_nothing_without_it():
    """Known answers: no echo, no pressure, no permission, no programme, no leavers, no deeds, nobody moved."""
    _, gap = numbers(measurements.own_voice, world_of("echo"), RUNS)
    assert (gap == 0.0).all()
    *_, supports, shows = numbers(measurements.in_the_middle, world_of("pressure"), 6)
    assert (supports == shows).all()
    _, _, without, *_ = numbers(measurements.in_the_middle, world_of("permission"), RUNS)
    assert (without == 0.0).all()
    stable, _ = numbers(measurements.stable_team, world_of("turnover"), RUNS)
    assert (stable == 0.0).all()
    deeds, _ = numbers(measurements.words_and_deeds, world_of("deeds"), RUNS)
    assert (deeds == 0.0).all()
    difference, level = numbers(measurements.lost_subscription, world_of("subscription"), RUNS)
    assert (difference == 0.0).all()
    assert (level == 0.0).all()
    share, _ = numbers(measurements.own_voice, world_of("influence"), RUNS)
    _, left = numbers(measurements.moves_on, world_of("influence"), RUNS)
    assert np.isnan(share).all()
    assert np.isnan(left).all()
    _, level = numbers(measurements.lost_subscription, world_of("influence-only"), 10)
    assert (level == 0.0).all(), "there the programme is always renewed"


def test_every_world_can_be_asked_for_every_pattern():
    """No ablation, rival or plausible setting makes a question impossible."""
    for world in (*ABLATIONS, *RIVALS, *(World(str(i), "", below=keys) for i, keys in enumerate(spread(2)))):
        for keys in ({}, measurements.until(36), {"organisation.coproduction": "direct"}):
            world.setting(keys)


# -- Ranges -----------------------------------------------------------------------------------------------------------


def test_the_ranges_are_the_levers_own():
    """Every key is a parameter, its central value the default, unit and provenance the same; both ends can be set.

    A director's openness is by default everybody's.
    """
    parameters = Parameters()
    usual = {"influence.director_openness": parameters.influence.openness}
    for one in ranges():
        table, name = one.key.split(".")
        field = type(getattr(parameters, table)).model_fields[name]
        assert one.central == usual.get(one.key, getattr(getattr(parameters, table), name)), one.key
        assert one.low < one.high
        assert one.low <= one.central <= one.high
        assert one.unit == field.json_schema_extra["unit"], one.key
        assert one.provenance == field.json_schema_extra["provenance"], one.key
        assert one.source.strip()
    AS_IT_IS.setting({one.key: one.at(0.0) for one in ranges()})
    AS_IT_IS.setting({one.key: one.at(1.0) for one in ranges()})


@given(points=st.integers(1, 12), seed=st.integers(0, 1000))
def test_settings_are_spread_evenly_over_every_range(points, seed):
    """A Latin hypercube: each of so many equal parts of a range is used once."""
    settings = spread(points, seed)
    for one in ranges():
        if not one.whole:
            parts = sorted(int((keys[one.key] - one.low) / (one.high - one.low) * points) for keys in settings)
            assert parts == list(range(points))
    assert settings == spread(points, seed)


# -- The study again --------------------------------------------------------------------------------------------------


def test_simulated_studies_are_counted_by_hand():
    """Two studies of five sites: one drops out after a change of director in the first, three in the second."""
    lost = np.array([[1.0, 0, 0, 0, 0], [1.0, 1, 1, 0, 0]])
    changed = np.array([[1.0, 1, 0, 0, 0], [1.0, 0, 0, 0, 0]])
    made = Studies(lost, changed)
    assert made.counts == [0, 1, 0, 1, 0, 0]
    assert made.one_after_a_change == 0.5
    assert made.share(True)[0] == pytest.approx(2 / 3)
    assert made.share(False)[0] == pytest.approx(2 / 7)


def test_a_site_is_a_future_of_the_library():
    """Each of ten sites against its own run."""
    made = studies(2, seed=4)
    for site in range(10):
        record = sim.run("five-sites", seed=4, future=site)
        dropped, left = record.subscription_lost, record.first_departure
        assert made.lost.ravel()[site] == (dropped is not None and dropped >= 12)
        assert made.changed.ravel()[site] == (left is not None and (dropped is None or left < dropped))


# -- The page ---------------------------------------------------------------------------------------------------------

FAST = tuple(pattern for pattern in PATTERNS if pattern.slug in ("P6", "P14"))


@pytest.fixture(scope="module")
def little():
    """Evidence of two patterns in all worlds, with ten futures and two settings."""
    return validate(10, 2, 1, patterns=FAST, workers=1)


def test_a_world_is_asked_with_its_own_number_of_futures(little):
    """Ten, five and two; and a finding is what its measure gives."""
    assert [len(little.worlds), len(little.points)] == [1 + len(ABLATIONS) + len(RIVALS), 2]
    for world, futures in ((little.worlds["as-it-is"], 10), (little.worlds["habit"], 5), (little.points[1], 2)):
        assert world["P14"][0].futures == futures
    assert ask("P14", AS_IT_IS, 10, 1) == little.worlds["as-it-is"]["P14"]
    assert ask("P14", {"leadership.champions": 0.2}, 4) != ask("P14", futures=4)


def test_a_pattern_of_ones_own_is_asked_by_its_own_measure():
    """Not looked up by its number, in one process and in two; what makes no sense is refused in words."""
    own = Pattern("P14", "mine", (Claim("No future is like another", "seed"),), by_number)
    assert [finding.estimate.value for finding in ask(own, futures=4)] == [2.5]
    found_ = validate(10, 0, patterns=[own], workers=2)
    assert found_.worlds["habit"]["P14"][0].estimate.value == 3.0
    with pytest.raises(ScenarioError, match="unknown pattern 'P16'"):
        ask("P16")
    with pytest.raises(ScenarioError, match="unknown world 'permision'; did you mean 'permission'"):
        ask("P14", "permision")
    assert ask("P14", "habit", futures=2) == ask(
        "P14", next(one for one in ABLATIONS if one.slug == "habit"), futures=2
    )
    with pytest.raises(ScenarioError, match="its measure returns 1 and its claims are 2"):
        ask(Pattern("P14", "mine", (*own.claims, *own.claims), by_number), futures=4)
    with pytest.raises(ScenarioError, match="at least 2 futures"):
        ask("P14", futures=1)
    for key in ("events.departure.month", "months", "measure.horizon"):
        with pytest.raises(ScenarioError, match="a world may set parameters and the organisation"):
            ask("P14", {key: 24}, futures=2)


def test_a_measure_of_ones_own_that_yields_needs_nothing_else():
    """A plain function that asks for readings, each sent as [futures, settings], in one world and in several."""

    def practice(world, futures, seed):
        settings = {"up": world.setting(measurements.until(36)), "long": world.setting(measurements.until(60))}
        found_ = yield measurements.Reading(lambda record: record.scenario.months, settings, futures)
        assert found_.shape == (futures, 2)
        return [found_[:, 1] - found_[:, 0]]

    own = Pattern("mine", "mine", (Claim("Runs differ in length", "months"),), practice)
    assert ask(own, SMALL_WORLD, futures=3)[0].estimate == (24.0, 24.0, 24.0)
    assert validate(10, 0, patterns=[own], workers=1).worlds["habit"]["mine"][0].estimate.value == 24.0


def test_the_page_tells_every_claim_and_its_verdict(little, tmp_path):
    """The table beside it has the same numbers; nothing is overwritten unasked."""
    text = page(little)
    for pattern in FAST:
        for finding in little.worlds["as-it-is"][pattern.slug]:
            assert finding.claim.statistic in text
            assert f"{100 * finding.estimate.value:.1f}".replace("-", "−") in text
    assert "Of 2 patterns" in text
    out = sim.save(little, tmp_path / "to")
    assert (out / "validation.md").read_text(encoding="utf-8") == text
    with (tmp_path / "to" / "validation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * (len(little.worlds) + 2)
    first = next(row for row in rows if (row["world"], row["pattern"]) == ("as-it-is", "P14"))
    assert float(first["value"]) == little.worlds["as-it-is"]["P14"][0].estimate.value
    assert {path.name for path in (tmp_path / "to").iterdir()} == {
        "validation.md", "validation.csv", "validation-claims.png", "validation-worlds.png", "manifest.json",
    }  # fmt: skip
    with pytest.raises(ScenarioError, match="not empty"):
        sim.save(little, tmp_path / "to")


def test_what_falls_and_what_is_spared_comes_from_the_verdicts(little):
    """A mechanism without which a pattern that shows does not is named with it; any other is named as idle."""
    shows = [slug for slug in ("P6", "P14") if little.verdict("as-it-is", slug) == SHOWS]
    assert shows == ["P6", "P14"]
    text = page(little)
    idle = re.search(r"\*\*Change no verdict\*\*: (.*?)\. No claim", text)
    assert idle is not None
    before = [little.worlds["as-it-is"][slug][0].verdict for slug in shows]  # P6's second is told aside
    for world in ABLATIONS:
        after = [little.worlds[world.slug][slug][0].verdict for slug in shows]
        names = [name for name, verdict in zip(("P6a", "P14"), after, strict=True) if verdict == DOES_NOT]
        assert little.turns(world.slug) == names
        assert (world.title.lower() in idle.group(1).split("; ")) == (after == before)


def test_bad_input_is_answered_in_words(tmp_path):
    """Too few futures, a file in the way."""
    with pytest.raises(ScenarioError, match="at least 10 futures"):
        validate(5, 0)
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = CliRunner().invoke(app, ["validate", "-o", str(tmp_path / "file")])
    assert (done.exit_code, "this is a file" in done.stderr) == (2, True)
    done = CliRunner().invoke(app, ["validate", "-o", str(tmp_path / "new"), "--futures", "3"])
    assert (done.exit_code, "at least 10 futures" in done.stderr) == (2, True)


def test_the_committed_page_has_the_models_numbers():
    """Three patterns asked again with its futures and seed: the same to the last digit it prints."""
    text = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    command = re.search(r"`leadership-sim validate --futures (\d+) --points \d+ --seed (\d+)`", text)
    assert command is not None
    for slug in ("P4", "P6", "P14"):
        for finding in ask(slug, AS_IT_IS, int(command.group(1)), int(command.group(2))):
            row = next(row for row in text.splitlines() if finding.claim.statistic in row)
            assert f" {told(finding)}, {finding.futures} |" in row
            assert finding.verdict in row


# -- The library ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", library_names())
def test_every_scenario_says_where_it_comes_from_and_what_to_look_for(name):
    """A question, a passage, what to look at; docs/library.md lists it; and these words are no part of its hash."""
    scenario = load(name)
    assert scenario.question.endswith("?")
    assert scenario.paper.strip()
    assert scenario.look_for.endswith(".")
    assert len(scenario.variants) >= 2
    listed = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    assert f"| `{name}` | {scenario.question} |" in listed
    plain = {key: value for key, value in scenario.written().items() if key not in ("paper", "look_for")}
    assert sim.scenario.scenario.from_dict(plain, name=name).hash() == scenario.hash()
