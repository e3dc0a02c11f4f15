"""Who is at the top and who is heard there: integrity, openness, who follows a director, a seat in governance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model import engine, rules
from sim.model.calendar import calendar
from sim.model.model import OrganisationModel
from sim.model.removal import Removal
from sim.model.turnover import _appointed
from sim.organisation.generate import organisation
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import Scenario, ScenarioError

SHARE = st.floats(0, 1)


def lived(scenario: Scenario, until: int) -> OrganisationModel:
    model = OrganisationModel(scenario, keep="everything")
    model.run_for(until)
    return model


# -- The director ---------------------------------------------------------------------------------------------


def test_a_directors_deeds_are_as_much_of_their_words_as_they_have_integrity(small):
    """At the start, in every month's work, and when a successor comes."""
    model = lived(small.with_({"leadership.director_integrity": 0.5, "succession.successor_commitment": 0.4}), 12)
    people, director = model.record.people, model.structure.director
    commitment, practice = people["commitment"][:, director], people["practice"][:, director]
    assert practice[0] == 0.5 * 0.9
    assert practice[1:13] == pytest.approx(0.9 * practice[:12] + 0.1 * 0.5 * commitment[:12], abs=1e-15)
    model.run_for(4)  # away for three months: rows 13 to 15
    assert model.state.practice[director] == pytest.approx(0.9 * 0.5 * 0.4 + 0.1 * 0.5 * 0.4)


def test_a_directors_openness_is_the_seats_and_nobody_elses(small):
    own = lived(small.with_({"influence.director_openness": 0.25}), 1).state.openness
    assert own[0] == 0.25
    assert set(own[1:]) == {0.75}
    change = {"kind": "change", "month": 3, "set": {"influence": {"director_openness": 0.5}}}
    changed = lived(small.with_({"influence.director_openness": 0.25, "events.change": change}), 4).state.openness
    assert changed[0] == 0.5
    assert set(changed[1:]) == {0.75}


# -- Who follows ----------------------------------------------------------------------------------------------


def test_a_promoted_manager_keeps_their_own_mind_and_leaves_a_seat_that_is_filled_the_same_month(turnover):
    """The deputy where one stands in; their links with partners go with them from the old seat."""
    scenario = turnover.with_({"succession": {"promoted": True, "interim": "deputy", "successor_commitment": 0.9}})
    model = lived(scenario, 45)
    deputy, director = model.state.deputy.item(), model.structure.director
    assert deputy >= 0
    commitment, values, leadership = (getattr(model.state, n)[deputy] for n in ("commitment", "values", "leadership"))
    pairs = np.flatnonzero((model.structure.pair_a == deputy) | (model.structure.pair_b == deputy))
    model.month += 1
    model._comings_and_goings()
    state = model.state
    assert state.present[director]
    assert (state.commitment[director], state.values[director]) == (commitment, values)
    assert state.practice[director] == commitment
    assert state.leadership[director] == max(0.6, leadership)
    assert state.came_from.item() == deputy
    assert state.leadership[deputy] == 0.2
    assert state.values[deputy] != values
    assert len(pairs) > 0
    assert not state.live[pairs].any()
    label = model.organisation.labels[deputy]
    assert model.record.log[-1] == (45, f"{label} becomes director, commitment {commitment:.2f}")


def test_without_a_deputy_the_manager_who_leads_most_when_the_time_comes_is_promoted(turnover):
    scenario = turnover.with_({"succession": {"promoted": True}, "seats": {"middle_manager 6": {"leadership": 0.99}}})
    scenario = scenario.with_({"turnover.managers": 0.0, "leadership.refusal": 0.0})
    model = lived(scenario, 46)
    assert model.state.came_from.item() == model.structure.middle_managers[5]


def test_with_no_manager_to_promote_somebody_comes_from_outside(small):
    scenario = small.with_({"succession": {"promoted": True, "successor_commitment": 0.33}})
    shape = organisation(scenario)
    managers = shape.structure.middle_managers.tolist()
    nobody_left = calendar(scenario).removing(2, managers, Removal.EMPTIED)
    record = engine.run(scenario, organisation=shape, calendar=nobody_left)
    assert record.milestones[1] == (15, "arrives", pytest.approx(0.33))


@given(a=SHARE, candidates=st.lists(SHARE, min_size=4, max_size=4))
def test_a_candidates_chances_fall_with_the_distance_from_what_is_looked_for(a, candidates):
    chances = np.array([rules.appeal(c, a, 5.0) for c in candidates])
    assert chances == pytest.approx(np.exp(-5.0 * np.abs(np.array(candidates) - a)))


def test_a_panel_weighs_the_directors_reports_against_the_lead_member():
    assert rules.wanted(0.2, 0.8, 0.0) == 0.2
    assert rules.wanted(0.2, 0.8, 1.0) == 0.8
    assert rules.wanted(0.2, 0.8, 0.25) == pytest.approx(0.35)


@pytest.mark.parametrize(("panel", "position"), [(0.0, 0.1), (1.0, 0.8)])
def test_who_is_appointed_is_like_those_who_choose(turnover, panel, position):
    """Over many draws: the appointed candidate's mean commitment is that of the rule, worked out the long way."""
    model = lived(turnover.with_({"succession.panel": panel}), 1)
    structure, state = model.structure, model.state
    lead_member = structure.lead_member
    state.commitment[:] = state.practice[:] = 0.8
    state.commitment[lead_member] = state.practice[lead_member] = 0.1
    draws = np.random.default_rng(5).random((4000, 5))
    chosen = [_appointed(structure, state, model.parameters, row, panel) for row in draws]
    shape = model.parameters.roles.values[Role.DIRECTOR]
    expected = []
    for row in draws:
        candidates = np.array([rules.quantile(u, shape) for u in row[:4]])
        weight = np.exp(-5.0 * np.abs(candidates - position))
        expected.append((candidates * weight).sum() / weight.sum())
    assert np.mean(chosen) == pytest.approx(np.mean(expected), abs=0.01)


def test_candidates_are_draws_that_nothing_else_moves(turnover):
    """The same candidates in every variant with the same seed; who is looked for decides."""
    settings = [turnover.with_({"succession": {"panel": panel}}) for panel in (0.0, 1.0)]
    draws = [OrganisationModel(setting).draws.candidates for setting in settings]
    assert draws[0].shape == (157, 5)
    assert np.array_equal(*draws)


# -- A seat in governance -------------------------------------------------------------------------------------


@given(x=SHARE, communities=SHARE, seat=SHARE, leadership=SHARE)
def test_what_the_top_stands_for_lies_between_director_and_communities(x, communities, seat, leadership):
    top = rules.top(x, communities, rules.say_of_communities(seat, leadership))
    assert min(x, communities) - 1e-12 <= top <= max(x, communities) + 1e-12
    assert rules.top(x, x, seat) == pytest.approx(x)


def test_a_seat_of_people_never_let_to_lead_is_a_token_and_changes_nothing(turnover):
    """To the bit: with no leadership, and no claim to lead granted, the seat weighs nothing."""
    token = turnover.with_(
        {"roles.vcs_partner.leadership": 0.0, "leadership.funding_dependency": 1.0, "leadership.infrastructure": 0.0}
    )
    one, other = engine.run(token), engine.run(token.with_({"governance.seat": 1.0}))
    assert np.array_equal(one.table, other.table, equal_nan=True)


@pytest.mark.parametrize(("how", "role"), [("mediated", Role.VCS_PARTNER), ("direct", Role.LIVED_EXPERIENCE_MEMBER)])
def test_communities_are_partners_where_mediated_and_lived_experience_where_direct(turnover, how, role):
    scenario = turnover.with_({"organisation.coproduction": how, "governance.seat": 0.5})
    model = lived(scenario, 6)
    seats = model.structure.seats_of(role)
    assert model.structure.communities.tolist() == seats
    shown = np.mean([model.now.shown[seat] for seat in seats])
    led = model.record.people["leadership"][5, seats].mean()  # as the month began, but for newcomers
    assert model.top_shown == pytest.approx((1 - 0.5 * led) * model.director_shown + 0.5 * led * shown, abs=0.01)
    assert model.top_shown != model.director_shown
    assert model.now.top == [model.top_shown, model.top_shown]


def test_the_echo_and_influence_hear_the_director_and_not_the_seat(turnover):
    """What partners echo is x_D; the reports' permission is x_T."""
    scenario = turnover.with_({"governance.seat": 1.0, "roles.vcs_partner.leadership": 0.8})
    model = lived(scenario, 3)
    partner = model.structure.seats_of(Role.VCS_PARTNER)[0]
    people = model.record.people
    own = 0.7 * people["commitment"][2, partner] + 0.3 * people["practice"][2, partner]
    assert model.now.shown[partner] == pytest.approx(0.3 * own + 0.7 * model.director_shown, abs=1e-12)
    manager = model.people[model.structure.middle_managers[0]]
    leadership = people["leadership"][2, manager.seat]
    line = (1 - leadership) * model.top_shown + leadership * model.now.shown[manager.seat]
    assert model.now.permitted[manager.seat] == pytest.approx(line, abs=1e-12)


# -- Attention ------------------------------------------------------------------------------------------------


def test_peers_under_one_manager_share_the_attention_that_thirteen_get(turnover):
    """Eight managers and six in the back office: thirteen peers each, so nothing changes; with thirty it does."""
    bounded = turnover.with_({"influence.attention": 13})
    assert np.array_equal(engine.run(turnover).table, engine.run(bounded).table, equal_nan=True)
    large = bounded.with_({"organisation.practitioners_per_team": 30})
    model = OrganisationModel(large)
    someone = int(model.structure.practitioners[4])
    links = model.links.into(someone)
    manager = model.managers[someone]
    fellows = [base for source, kind, base in links if kind == Kind.PEER and model.managers[source] == manager]
    others = [base for source, kind, base in links if kind == Kind.PEER and model.managers[source] != manager]
    assert len(fellows) == 29
    assert fellows == pytest.approx([13 / 29] * 29)
    assert set(others) <= {1.0}


# -- Restarts -------------------------------------------------------------------------------------------------


def test_a_lapsed_programme_may_be_taken_up_again_at_a_later_review(turnover):
    """Where no review passes but every restart does, it comes and goes by the year, and the facilitators with it."""
    scenario = turnover.with_({"subscription": {"threshold": 5.0, "restart_margin": -10.0}})
    record = engine.run(scenario, keep="people")
    lost, facilitators = record.subscription_lost, record.organisation.structure.seats_of(Role.CHANGE_FACILITATOR)
    assert lost in range(12, 24)
    subscribed = record.monthly["subscribed"]
    for year in range(5):
        assert set(subscribed[lost + 12 * year : lost + 12 * (year + 1)]) == {float(year % 2)}
    assert np.array_equal(record.people["present"][:, facilitators[0]], subscribed)
    assert (lost + 12, "the organisation subscribes again") in record.log


def test_what_lapsed_stays_lapsed_unless_the_scenario_says_otherwise(turnover):
    record = engine.run(turnover.with_({"subscription": {"threshold": 10.0}}))
    assert record.monthly["subscribed"][record.subscription_lost :].max() == 0.0


# -- Heads of service, and what is known of people ------------------------------------------------------------


def test_heads_of_service_stand_between_director_and_managers_and_get_equal_blocks_of_teams(turnover):
    plain = organisation(turnover).structure
    structure = organisation(turnover.with_({"organisation.heads_of_service": 2})).structure
    managers, director = structure.middle_managers, structure.director
    assert len(managers) == 10
    heads = managers[8:]
    assert structure.manager[heads].tolist() == [director] * 2
    assert structure.manager[managers[:8]].tolist() == [heads[0]] * 4 + [heads[1]] * 4
    assert structure.manager[structure.practitioners].tolist() == np.repeat(managers[:8], 8).tolist()
    assert np.array_equal(structure.address[managers[:8]], plain.address[plain.middle_managers])


def test_more_heads_of_service_than_teams_are_refused(turnover):
    with pytest.raises(ScenarioError, match="each head of service needs a team"):
        turnover.with_({"organisation": {"teams": 2, "heads_of_service": 3}})


def test_what_is_known_of_a_seat_replaces_what_is_drawn_and_the_rest_follows(turnover):
    """Values lead to commitment, and outside staff commitment to practice, unless these are known too."""
    seats = {
        "middle_manager 3": {"values": 0.9},
        "back_office 2": {"commitment": 0.45},
        "practitioner": {"commitment": 0.1, "practice": 0.7, "values": 0.2, "leadership": 0.3},
        "director": {"values": 0.5, "leadership": 0.4},
    }
    model = OrganisationModel(turnover.with_({"seats": seats, "leadership.champions": 1.0}))
    state, structure = model.state, model.structure

    def of(seat: int) -> list[float]:
        return [float(getattr(state, name)[seat]) for name in ("commitment", "practice", "values", "leadership")]

    assert of(structure.middle_managers[2]) == [0.6 * 0.9, 0.05, 0.9, 0.2]
    office = of(structure.seats_of(Role.BACK_OFFICE)[1])
    assert office[:2] == [0.45, 0.45]
    assert office[2] != 0.45
    assert of(structure.practitioners[0]) == [0.1, 0.7, 0.2, 0.3]  # known, so champion or not
    assert of(structure.director) == [0.5, 0.5, 0.5, 0.4]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("midle_manager 3", "middle_manager"),
        ("middle_manager three", "a role and a number"),
        ("middle_manager 0", "a role and a number"),
        ("middle_manager 9", "this organisation has 8 of role middle_manager"),
    ],
)
def test_a_seat_that_is_not_there_is_refused_in_words(turnover, name, told):
    with pytest.raises(ScenarioError, match=told):
        engine.run(turnover.with_({"seats": {name: {"values": 0.5}}}))


def test_a_survey_in_the_people_file_is_where_people_start(tmp_path, turnover):
    people = tmp_path / "people.csv"
    people.write_text("id,manager_id,commitment,practice\na,,,\nb,a,0.31,0.22\nc,b,,0.5\nd,b,0.9,\n", encoding="utf-8")
    model = OrganisationModel(turnover.around(str(people), None))
    commitment, practice = model.state.commitment, model.state.practice
    assert (commitment[1], practice[1]) == (0.31, 0.22)
    assert practice[2] == 0.5
    assert commitment[2] == pytest.approx(0.6 * model.state.values[2])
    assert (commitment[3], practice[3]) == (0.9, 0.05)
    said = "3 of 4 people start with what the files say of them: commitment of 2, practice of 2."
    assert any(said in note for note in model.organisation.notes)


def test_a_survey_out_of_range_is_refused_by_row_and_without_quoting_it(tmp_path, turnover):
    people = tmp_path / "people.csv"
    people.write_text("id,manager_id,values\na,,\nb,a,4.5\nc,b,high\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="values from 0 to 1") as told:
        organisation(turnover.around(str(people), None))
    assert "4.5" not in str(told.value)
    assert "high" not in str(told.value)
