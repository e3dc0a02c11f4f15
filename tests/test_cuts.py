"""Cutting people off: an emptied seat, a replaced holder, channels shut one by one."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from odd import examples, scenarios

from sim.model import engine
from sim.model.calendar import calendar
from sim.model.model import OrganisationModel
from sim.model.removal import ALL_CHANNELS, SUBSCRIPTION, WAYS, Removal
from sim.organisation.generate import organisation
from sim.scenario.roles import Role
from sim.scenario.scenario import ScenarioError, from_dict


@pytest.fixture(scope="module")
def council():
    """A small council whose director stays."""
    return from_dict({"months": 60, "measure": {"reference_month": 24, "horizon": 36},
                      "organisation": {"teams": 3, "practitioners_per_team": 4}})  # fmt: skip


def people(scenario, when, shape):
    """What one future leaves of everyone, [names, months + 1, seats]."""
    return engine.run(scenario, keep="people", organisation=shape, calendar=when).states


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(data=scenarios(), month=st.integers(0, 40), seats=st.sets(st.integers(0, 60), min_size=1, max_size=5))
def test_a_seat_with_all_channels_shut_is_an_empty_seat_to_everybody_else(data, month, seats):
    """The four channels are all the ways there are in which a person bears on others: to the bit, in any scenario."""
    try:
        scenario = from_dict(data)
        shape, usual = organisation(scenario, 1, 0), calendar(scenario)
        _ = usual.leavers(shape.structure)
    except ScenarioError:
        assume(False)
    gone = sorted({seat % len(shape) for seat in seats})
    others = np.delete(np.arange(len(shape)), gone)
    assume(set(shape.structure.staff) & set(others))
    month = month % scenario.months
    emptied = people(scenario, usual.removing(month, gone, Removal.EMPTIED), shape)[:, :, others]
    shut = people(scenario, usual.removing(month, gone, ALL_CHANNELS), shape)[:, :, others]
    assert np.array_equal(emptied, shut)


LIVELY = {"leadership.delegation": 0.9, "leadership.hierarchy_norm": 0.1, "leadership.champions": 0.3,
          "subscription.practice_weight": 3.0, "subscription.threshold": 1.0}  # fmt: skip
"""Claims and grants in every team, a renewal that hangs on practice: channels that random scenarios rarely use."""


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param([0, 1], id="director and lead member"),
        pytest.param([2], id="a manager"),
        pytest.param([5, 6, 7], id="most of a team"),
        pytest.param([2, 5, 6, 7, 9, 10, 13], id="a manager and practitioners"),
    ],
)
def test_no_channel_is_left_out_where_all_are_busy(council, gone):
    """Emptied is shut, to the bit, over ten futures in which delegation proves real and renewal hangs on practice."""
    scenario = council.with_(LIVELY | {"events.goes": {"kind": "director_leaves", "month": 30, "vacancy": 12}})
    for future in range(10):
        shape, usual = organisation(scenario, 1, future), calendar(scenario)
        others = np.delete(np.arange(len(shape)), gone)
        emptied, shut = (
            engine.run(
                scenario, future=future, keep="people", organisation=shape, calendar=usual.removing(12, gone, how)
            )
            for how in (Removal.EMPTIED, ALL_CHANNELS)
        )
        assert np.array_equal(emptied.states[:, :, others], shut.states[:, :, others])
        assert emptied.subscription_lost == shut.subscription_lost


def test_an_emptied_directors_seat_is_a_departure_that_nobody_follows(council):
    """The same months, to the bit, as a scheduled departure whose vacancy outlasts the run."""
    shape = organisation(council, 1, 3)
    leaves = {"kind": "director_leaves", "month": 24, "vacancy": 600, "interim": "none"}
    scheduled = engine.run(council.with_({"events.goes": leaves}), organisation=shape)
    emptied = engine.run(council, organisation=shape, calendar=calendar(council).removing(24, [0], Removal.EMPTIED))
    assert np.array_equal(scheduled.table, emptied.table, equal_nan=True)


def test_a_replaced_director_is_a_departure_with_no_gap(council):
    """The same months as a successor of that commitment who is there at once."""
    shape = organisation(council, 1, 3)
    leaves = {"kind": "director_leaves", "month": 24, "vacancy": 0, "successor_commitment": 0.2}
    scheduled = engine.run(council.with_({"events.goes": leaves}), organisation=shape)
    replaced = engine.run(
        council, organisation=shape, calendar=calendar(council).removing(24, [0], Removal.REPLACED, 0.2)
    )
    assert np.array_equal(scheduled.table, replaced.table, equal_nan=True)


def test_nothing_differs_before_the_cut_and_something_does_after(council):
    """Rows up to the month of the cut are the same future; the next ones are not."""
    shape, usual = organisation(council, 1, 0), calendar(council)
    stays = engine.run(council, organisation=shape, calendar=usual).table
    gone = engine.run(council, organisation=shape, calendar=usual.removing(24, [0], Removal.EMPTIED)).table
    assert np.array_equal(stays[:, :25], gone[:, :25], equal_nan=True)
    assert abs(stays[0, -1] - gone[0, -1]) > 0.1


def test_an_emptied_seat_is_not_refilled_and_counts_in_no_mean(council):
    """An emptied practitioner's seat stays empty, and practised commitment is that of the others."""
    shape, usual = organisation(council, 1, 0), calendar(council)
    seat = int(shape.structure.practitioners[0])
    record = engine.run(
        council, keep="people", organisation=shape, calendar=usual.removing(10, [seat], Removal.EMPTIED)
    )
    assert not record.people["present"][11:, seat].any()
    others = np.setdiff1d(shape.structure.staff, [seat])
    mean = record.people["practice"][:, others].mean(axis=1)
    np.testing.assert_allclose(record.monthly["practice"][11:], mean[11:], rtol=0, atol=1e-12)


def test_what_stands_in_an_empty_managers_place_fades_towards_the_directors_position():
    """By hand: one team, nobody moves; permission tends from the manager's to the director's shown position."""
    still = dict.fromkeys(("practitioners", "managers", "partners", "lived_experience"), 0.0)
    scenario = from_dict(
        {
            "months": 40,
            "measure": {"reference_month": 10, "horizon": 30},
            "turnover": still,
            "influence": {"rate": 0.0, "demonstration": 0.0},
            "subscription": {"enabled": False},
            "leadership": {"growth": 0.0, "refusal": 0.0},
            "organisation": {"teams": 1, "practitioners_per_team": 1, "back_office": 0, "lived_experience": 0,
                             "vcs_partners": 0, "health_partners": 0, "lead_member": False},
        }
    )  # fmt: skip
    from sim.model.model import OrganisationModel

    shape = organisation(scenario, 1, 0)
    manager, practitioner = shape.structure.seats_of(Role.MIDDLE_MANAGER)[0], int(shape.structure.practitioners[0])
    model = OrganisationModel(
        scenario, organisation=shape, calendar=calendar(scenario).removing(10, [manager], Removal.EMPTIED)
    )
    c = model.state.commitment.copy()
    stands, leadership = c[manager], model.state.leadership[practitioner]
    for month in range(1, 41):
        model.step()
        if month > 10:
            stands += 0.15 * (0.9 - stands)
        line = 0.65 * 0.85 * stands + 0.35 * 0.9
        expected = (1 - leadership) * line + leadership * c[practitioner]
        assert model.now.permitted[practitioner] == pytest.approx(expected, abs=1e-12), month


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seat=st.integers(0, 40), how=st.sampled_from(WAYS))
def test_a_cut_after_the_last_month_that_matters_changes_nothing(council, seat, how):
    """Cut between the last two rows, nobody's practice at the earlier row differs."""
    shape, usual = organisation(council, 1, 0), calendar(council)
    cut = usual.removing(59, [seat % len(shape)], how, 0.2)
    assert np.array_equal(people(council, usual, shape)[:, :60], people(council, cut, shape)[:, :60])


def test_who_is_shut_for_subscription_counts_in_no_renewal(council):
    """By hand: without them the mean practice is that of the other staff, and a lead member's weight is shared out."""
    from sim.model import programme
    from sim.model.draws import draw
    from sim.model.state import start

    structure = organisation(council, 1, 0).structure
    parameters = calendar(council).parameters[0]
    state = start(structure, parameters, draw(structure, 60, 1, 0))
    state.practice[structure.staff] = np.linspace(0.0, 1.0, len(structure.staff))
    state.shut[structure.staff[10:]] |= SUBSCRIPTION
    shown, kept = np.full(len(structure.role), 0.3), state.practice[structure.staff[:10]].mean()

    def chance(support):
        return pytest.approx(1 / (1 + np.exp(-14 * (support - 0.45))), abs=1e-12)

    assert programme.renewal(structure, state, parameters, shown, 0.6, 0.0) == chance(
        0.65 * 0.6 + 0.25 * kept + 0.10 * 0.3
    )
    state.shut[structure.lead_member] |= SUBSCRIPTION
    assert programme.renewal(structure, state, parameters, shown, 0.6, 0.0) == chance((0.65 * 0.6 + 0.25 * kept) / 0.9)


@pytest.mark.parametrize("twin", ["compiled", "mesa"])
def test_with_all_staff_cut_off_from_what_is_written_down_none_of_it_is_added(turnover, twin):
    """Nobody's practice counts, so it only fades; it is not a number that nobody knows."""
    shape = organisation(turnover)
    staff = shape.structure.staff.tolist()
    when = calendar(turnover).removing(20, staff, Removal.EMBEDDING | Removal.SUBSCRIPTION)
    if twin == "mesa":
        record = OrganisationModel(turnover, organisation=shape, calendar=when).run()
    else:
        record = engine.run(turnover, organisation=shape, calendar=when)
    written = record.monthly["embedding"]
    assert (np.diff(written[:21]) > 0).any()
    assert (np.diff(written[20:]) < 0).all()
