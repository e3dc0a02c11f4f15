"""On whom the change rests: known answers for the three readings, by hand and by shutting every channel."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd import examples

from sim.analysis.dependency.knockouts import (
    Group,
    Loss,
    director_of,
    groups_of,
    judged,
    knock_out,
    of_role,
    smallest_group,
    split,
    staying,
)
from sim.analysis.dependency.readings import measure_dependency
from sim.analysis.dependency.shares import dependency, mean_of, resampled, shapley
from sim.analysis.influence import effective_leaders, share_over, shares_over, structural, total_influence
from sim.model import engine
from sim.model.calendar import calendar
from sim.model.model import OrganisationModel
from sim.model.removal import ALL_CHANNELS, Removal
from sim.model.weights import weights_of
from sim.organisation.generate import organisation
from sim.report.numbers import estimate
from sim.report.words.dependency import dependency_words
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

SMALL = {"teams": 3, "practitioners_per_team": 4, "back_office": 2, "vcs_partners": 2, "lived_experience": 2,
         "health_partners": 2}  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Scenario:
    """A small council whose director leaves at month 24, judged a year and a half later."""
    return from_dict(
        {
            "months": 60,
            "measure": {"horizon": 18},
            "organisation": SMALL,
            "events": {"goes": {"kind": "director_leaves", "month": 24}},
        }
    )


@pytest.fixture(scope="module")
def found(small):
    """The director's and a manager's losses in twenty futures."""
    shape = organisation(small, 1, 0)
    director, managers = of_role(shape, Role.DIRECTOR), of_role(shape, Role.MIDDLE_MANAGER)
    losses = [*split(director), Loss(director, Removal.REPLACED), *split(managers)]
    return knock_out(small, losses, futures=20), director, managers


# -- The arithmetic, by hand -------------------------------------------------------------------------------


def test_an_interval_is_undefined_where_a_sample_has_nothing_to_take_a_share_of():
    """Director and programme add 0.2 in one future and nothing in the other: some samples hold the other alone."""
    base, floor = np.array([0.6, 0.3]), np.array([0.4, 0.3])
    share = dependency(base, np.array([0.5, 0.3]), floor, resampled(2, seed=1))
    assert share.value == pytest.approx(0.5)
    assert not share.has_interval
    assert estimate(share) == "50% (no interval)"


def test_dependency_is_the_share_of_what_leader_and_programme_make():
    """Means first: base 0.8, without 0.5, floor 0.2 gives 0.3 / 0.6; better without gives less than 0."""
    samples = resampled(2, 1)
    base, floor = np.array([0.7, 0.9]), np.array([0.3, 0.1])
    assert dependency(base, np.array([0.4, 0.6]), floor, samples).value == pytest.approx(0.5, abs=1e-12)
    assert dependency(base, np.array([0.8, 0.92]), floor, samples).value == pytest.approx(-0.1, abs=1e-12)


def test_dependency_is_undefined_where_there_is_nothing_to_share():
    """Below a difference of 0.05, in means over futures, there is no number, and at 0.05 there is."""
    base = np.array([0.5, 0.5])
    assert not dependency(base, base, base - np.array([0.04, 0.05]), resampled(2, 1)).defined
    assert dependency(base, base, base - 0.0501, resampled(2, 1)).value == 0.0


def test_the_interval_is_the_bootstraps():
    """For a plain mean of many futures it is the normal interval, within a twentieth of its width; pairs stay pairs."""
    values = np.random.default_rng(3).normal(0.3, 0.1, size=400)
    samples = resampled(400, 1)
    estimate = mean_of(values, samples)
    half = 1.96 * values.std(ddof=1) / 20
    assert estimate.value == pytest.approx(values.mean(), abs=1e-12)
    assert estimate.low == pytest.approx(values.mean() - half, abs=half / 10)
    assert estimate.high == pytest.approx(values.mean() + half, abs=half / 10)
    assert np.array_equal(samples, resampled(400, 1))
    # What is always half of the whole has no interval at all, however much the whole varies.
    half_of = dependency(values, values / 2, np.zeros(400), samples)
    assert (half_of.low, half_of.value, half_of.high) == pytest.approx((0.5, 0.5, 0.5), abs=1e-12)


def test_shapley_by_hand():
    """Two who only work together share alike; a third who adds 1 to everything keeps exactly that."""
    losses = np.array([0.0, 0.0, 0.0, 4.0, 1.0, 1.0, 1.0, 5.0])  # bits: 1, 2 need each other; 4 adds 1
    np.testing.assert_allclose(shapley(losses), [2.0, 2.0, 1.0], rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="7 entries"):
        shapley(losses[:7])


@settings(max_examples=examples(50))
@given(st.lists(st.floats(-1, 1), min_size=7, max_size=7))
def test_shapley_parts_sum_to_the_whole(losses):
    """Within 1e-12, whatever the coalitions lose."""
    parts = shapley(np.array([0.0, *losses]))
    assert parts.sum() == pytest.approx(losses[-1], abs=1e-12)


# -- Structural: organisations small enough to work by hand ------------------------------------------------


def test_a_chain_worked_by_hand():
    """a -> b -> c, openness 1/2, half of the weight on oneself: V_ba = 1/3, V_ca = 1/9, V_cb = 2/9."""
    w = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 0.5, 0.5]])
    total = total_influence([0.5] * 3, w)
    np.testing.assert_allclose(total, [[1, 0, 0], [1 / 3, 2 / 3, 0], [1 / 9, 2 / 9, 2 / 3]], rtol=0, atol=1e-14)
    np.testing.assert_allclose(shares_over([0.5] * 3, w, [1, 2]), [2 / 9, 4 / 9, 1 / 3], rtol=0, atol=1e-14)


def test_two_cliques_with_a_bridge_worked_by_hand():
    """Two pairs, a-b and c-d, joined by b <-> c: the two at the bridge have equal shares, above those at the ends."""
    w = np.array([[0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 1, 0]])
    r = shares_over([0.5] * 4, w, range(4))
    # r = z / 2 with z_a = z_d = p and z_b = z_c = q: p = 1/4 + q/4 and 3q/4 = 1/4 + p/2, so q = 3/5 and p = 2/5.
    np.testing.assert_allclose(r, [0.2, 0.3, 0.3, 0.2], rtol=0, atol=1e-14)
    assert effective_leaders(r) == pytest.approx(1 / 0.26, abs=1e-12)


@settings(max_examples=examples(40))
@given(st.integers(2, 8), st.integers(0, 10_000), st.booleans())
def test_shares_without_v_are_those_with_it(people, seed, stubborn):
    """The one sparse system gives the mean row of V, fully stubborn people and all."""
    rng = np.random.default_rng(seed)
    w = rng.dirichlet(np.ones(people), size=people)
    openness = rng.uniform(0.0, 0.99, size=people)
    openness[0] = 0.0 if stubborn else openness[0]
    listeners = rng.choice(people, size=people - 1, replace=False)
    dense = share_over(total_influence(openness, w), listeners)
    np.testing.assert_allclose(shares_over(openness, w, listeners), dense, rtol=0, atol=1e-12)


def test_the_structural_reading_of_a_record_is_that_of_the_models_state(small):
    """At any month, the shares from what a run left behind are those from the state itself."""
    model = OrganisationModel(small, keep="people")
    for month in (12, 30):
        model.run_for(month - model.month)
        weights = weights_of(model.structure, model.state, model.parameters)
        expected = share_over(total_influence(model.state.openness, weights), model.structure.staff)
        record = engine.run(small, keep="people")
        np.testing.assert_allclose(structural(record, month), expected, rtol=0, atol=1e-12)


# -- Causal ------------------------------------------------------------------------------------------------


def test_the_split_over_channels_sums_to_the_whole(found):
    """Within 1e-9, for the director and for all managers together."""
    knocked, *groups = found
    for group in groups:
        parts = knocked.channels(group)
        assert list(parts) == ["influence", "permission", "embedding", "subscription"]
        whole = knocked.dependency(group).value
        assert sum(part.value for part in parts.values()) == pytest.approx(whole, abs=1e-9)


def test_a_director_whose_every_channel_is_shut_has_no_causal_dependency(small):
    """Exactly 0: shut from the start, the director's leaving changes nothing for anybody."""
    setting, t = staying(small)
    for future in range(5):
        shape = organisation(setting, 1, future)
        shut = calendar(setting).staying(t).removing(0, [shape.structure.director], ALL_CHANNELS)
        base, gone = (
            engine.run(setting, future=future, keep="people", organisation=shape, calendar=when).people["practice"][-1]
            for when in (shut, shut.removing(t, [shape.structure.director], Removal.EMPTIED))
        )
        staff = shape.structure.staff
        assert base[staff].mean() - gone[staff].mean() == 0.0
        floor = engine.run(setting, future=future, organisation=shape, calendar=shut.ending_programme(t)).monthly[
            "practice"
        ][-1]
        one = np.array([base[staff].mean()])
        if one[0] - floor >= 0.05:
            assert dependency(one, np.array([gone[staff].mean()]), np.array([floor]), resampled(1, 1)).value == 0.0


def test_where_only_the_director_is_committed_everything_rests_on_the_director():
    """Nobody else values the change and there is no programme: dependency near 1, and nobody else's is."""
    nobody = {role.slug: {"values": [1.0, 200.0], "authority": 0.0} for role in Role if role != Role.DIRECTOR}
    scenario = from_dict(
        {
            "months": 96,
            "measure": {"reference_month": 36},
            "organisation": SMALL,
            "subscription": {"enabled": False},
            "permission": {"director_reach": 0.9},
            "leadership": {"director_values": 1.0},
            "practice": {"threshold": 0.3},
            "embedding": {"rate": 0.0},  # what is written down would outlast the director a little
            "roles": nobody,
        }
    )
    shape = organisation(scenario, 1, 0)
    groups = groups_of(shape)
    knocked = knock_out(scenario, [Loss(group, Removal.EMPTIED) for group in groups], futures=20)
    director = of_role(shape, Role.DIRECTOR)
    assert knocked.dependency(director).value == pytest.approx(1.0, abs=0.02)
    others = [knocked.dependency(group).value for group in groups if group.kind == "person" and group != director]
    assert max(others) < 0.02
    assert knocked.base.mean() > 0.8
    assert knocked.floor.mean() < 0.1


def test_a_sceptic_costs_more_than_an_empty_seat(found):
    """In the default council, and more futures collapse."""
    knocked, director, _ = found
    assert knocked.lost(director, Removal.REPLACED).value > knocked.lost(director).value
    assert knocked.collapsed(director, Removal.REPLACED) >= knocked.collapsed(director)


def test_what_is_scheduled_for_the_director_is_no_part_of_it(small, found):
    """In the base of the comparison the director stays: each future is that of a scenario without the departure."""
    knocked, director, _ = found
    stays = small.with_({"events.goes.enabled": False, "measure.reference_month": 24})
    for future in (0, 7):
        expected = engine.run(stays, future=future).monthly["practice"][42]
        assert knocked.base[knocked.index(director), future] == pytest.approx(expected, abs=1e-12)


def test_the_floor_has_neither_director_nor_programme(small, found):
    """It is the future of a scenario in which the seat stays empty and the programme ends, both at row t."""
    knocked, director, _ = found
    neither = {
        "events.goes": {"kind": "director_leaves", "month": 24, "vacancy": 600, "interim": "none"},
        "events.ends": {"kind": "subscription_ends", "month": 24},
        "measure.reference_month": 24,
    }
    for future in (0, 7):
        expected = engine.run(small.with_(neither), future=future).monthly["practice"][42]
        assert knocked.floor[knocked.index(director), future] == pytest.approx(expected, abs=1e-12)


def test_practised_commitment_is_compared_over_who_is_there_on_both_sides(small):
    """Without a practitioner, base and loss are both of the other staff: leaving is no loss by itself."""
    shape = organisation(small, 1, 3)
    seat = int(shape.structure.practitioners[2])
    person = next(group for group in groups_of(shape) if group.seats == (seat,))
    knocked = knock_out(small, [Loss(person, Removal.EMPTIED)], futures=4)
    stays = small.with_({"events.goes.enabled": False, "measure.reference_month": 24})
    practice = engine.run(stays, future=3, keep="people").people["practice"][42]
    others = np.setdiff1d(shape.structure.staff, [seat])
    assert knocked.base[0, 3] == pytest.approx(practice[others].mean(), abs=1e-12)


def test_random_departures_are_no_part_of_it_either(small):
    """With a tenure of a few months the base is still one in which the director stays after row t."""
    random = small.with_({"turnover.director_tenure": 400.0, "measure.reference_month": 24})
    director = of_role(organisation(random, 1, 0), Role.DIRECTOR)
    knocked = knock_out(random, [Loss(director, Removal.EMPTIED)], futures=4)
    tenure = calendar(knocked.scenario).staying(24).parameters
    assert tenure[24].turnover.director_tenure == 400.0
    assert math.isinf(tenure[25].turnover.director_tenure)
    assert knocked.dependency(director).value > 0.1


def test_the_same_seed_gives_the_same_numbers_on_any_number_of_workers(small):
    """To the bit."""
    director = of_role(organisation(small, 1, 0), Role.DIRECTOR)
    one, three = (knock_out(small, [Loss(director, Removal.EMPTIED)], futures=6, workers=n) for n in (1, 3))
    assert np.array_equal(one.without, three.without)
    assert one.dependency(director) == three.dependency(director)


def test_no_group_may_leave_nobody_to_practise(small):
    """All staff together are refused in words."""
    shape = organisation(small, 1, 0)
    everyone = Group("group", "everyone", tuple(map(int, shape.structure.staff)))
    with pytest.raises(ScenarioError, match="no staff are left whose practice"):
        knock_out(small, [Loss(everyone, Removal.EMPTIED)], futures=1)
    with pytest.raises(ScenarioError, match="month -1"):
        staying(small, -1)


@pytest.mark.parametrize(
    ("seats", "how", "futures", "words"),
    [
        ((999,), Removal.EMPTIED, 1, "no seat 999"),
        ((-1,), Removal.EMPTIED, 1, "no seat -1"),
        ((), Removal.EMPTIED, 1, "nobody is in it"),
        ((0,), Removal(0), 1, "Removal: 0"),
        ((0,), Removal.EMPTIED | Removal.REPLACED, 1, "EMPTIED|REPLACED"),
        ((0,), Removal.EMPTIED, 0, "futures = 0"),
    ],
)
def test_a_loss_that_cannot_be_is_refused_and_not_found_to_be_nothing(small, seats, how, futures, words):
    """A mistyped seat or way would otherwise look like a dependency of 0."""
    with pytest.raises(ScenarioError, match=words):
        knock_out(small, [Loss(Group("group", "somebody", seats), how)], futures=futures)


def test_what_was_not_run_or_kept_is_told(small, found):
    """A loss that was not among those run, and a month that a record does not have."""
    knocked, _, managers = found
    with pytest.raises(ValueError, match="not among the losses"):
        knocked.dependency(managers, Removal.REPLACED)
    record = engine.run(small, keep="people")
    for wrong in (-1, 61):
        with pytest.raises(ValueError, match="a row from 0 to 60"):
            structural(record, wrong)
    with pytest.raises(ValueError, match="kept people"):
        structural(engine.run(small), 12)


def test_a_setting_is_judged_later_than_it_was_written_for(small):
    """Another month and horizon make the run as long as they need, and later events fall away."""
    late = judged(small, 50, 30)
    assert (late.months, late.reference_month, late.measure.horizon) == (80, 50, 30)
    assert judged(small, 0, 10).events == {}


def test_the_smallest_group_is_the_director_where_a_sceptic_is_enough(small):
    """Greedy, and no member can be spared."""
    shape = organisation(small, 1, 0)
    persons = [group for group in groups_of(shape) if group.kind == "person"][:6]
    alone = knock_out(small, [Loss(person, Removal.REPLACED) for person in persons], futures=10)
    found = smallest_group(alone, Removal.REPLACED, share=0.3)
    if alone.collapsed(persons[0], Removal.REPLACED) >= 0.3:
        assert found.group is not None
        assert found.group.seats == (0,)
    assert smallest_group(alone, Removal.REPLACED, share=1.01).group is None


@pytest.fixture(scope="module")
def seven(tmp_path_factory) -> Scenario:
    """A director and two managers, each with two practitioners, from a file."""
    people = tmp_path_factory.mktemp("seven") / "people.csv"
    people.write_text("id,manager_id\nd,\nm0,d\na,m0\nb,m0\nm1,d\nc,m1\ne,m1\n", encoding="utf-8")
    return from_dict(
        {"months": 20, "measure": {"horizon": 8}, "organisation": {"people": str(people)},
         "events": {"goes": {"kind": "director_leaves", "month": 10}}},
        name="seven", folder=people.parent,
    )  # fmt: skip


def test_no_group_is_tried_that_has_all_the_staff_in_it(seven):
    """Six of seven people are staff: one of them is left in every group tried, and that none was found is said."""
    shape = organisation(seven, 1, 0)
    persons = [group for group in groups_of(shape) if group.kind == "person"]
    alone = knock_out(seven, [Loss(person, Removal.EMPTIED) for person in persons], futures=3)
    none = smallest_group(alone, Removal.EMPTIED, share=1.01)
    assert none.group is None
    assert math.isnan(none.fresh)
    assert len(none.tried) == len(persons) - 1
    staff = set(shape.structure.staff.tolist())
    assert all(staff - set(group.seats) for group, _ in none.tried)
    found = replace(measure_dependency(seven, futures=3), few=replace(none, collapsed=0.25))
    assert f"No group of up to {len(persons) - 1} people was found whose loss collapses the change" in " ".join(
        dependency_words(found)
    )


def test_who_is_all_the_staff_there_is_is_no_group(tmp_path):
    """A director and one practitioner: without the practitioner nobody would be left to follow."""
    (tmp_path / "people.csv").write_text("id,manager_id\nd,\np,d\n", encoding="utf-8")
    two = from_dict({"organisation": {"people": "people.csv"}}, name="two", folder=tmp_path)
    shape = organisation(two, 1, 0)
    (practitioner,) = shape.structure.staff.tolist()
    groups = groups_of(shape)
    assert groups[0] == director_of(shape)
    assert not [group for group in groups if practitioner in group.seats]


def test_everybodys_readings_stand_side_by_side(small):
    """Shares of all persons sum to 1, the director leads the list, and a row is there for each role and team."""
    found = measure_dependency(small, futures=6)
    persons = [each for each in found.readings if each.group.kind == "person"]
    assert sum(each.structural.value for each in persons) == pytest.approx(1.0, abs=1e-9)
    assert sum(each.flow for each in persons) == pytest.approx(1.0, abs=1e-9)
    assert found.readings[0].group.title == "director"
    assert len(persons) == len(found.shape)
    kinds = [row["kind"] for row in found.rows()]
    assert kinds.count("team") == 3
    assert kinds.count("role") == 7
