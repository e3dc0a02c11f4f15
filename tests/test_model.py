"""The Mesa model lives the month of docs/odd.md."""

import mesa
import numpy as np
import pytest

import sim
from sim.model import rules
from sim.model.agents import Director, LivedExperienceMember, MiddleManager, Practitioner, VCSPartner
from sim.model.draws import draw
from sim.model.model import OrganisationModel
from sim.model.parameters import month_parameters
from sim.model.programme import review_is_due
from sim.scenario.roles import Role
from sim.scenario.scenario import ScenarioError, from_dict

EMPTY_SEAT = {"succession": {"interim": "none", "successor_commitment": 0.2}}
"""Nobody stands in, and a sceptic follows."""


def with_departure(small, **how):
    return small.with_({f"events.departure.{key}": value for key, value in how.items()})


def test_it_is_a_mesa_model_whose_people_are_agents(small):
    """Mesa sees every seat's holder as an agent of its role's class, and its clock is the month."""
    model = OrganisationModel(small)
    assert isinstance(model, mesa.Model)
    assert len(model.agents_by_type[Practitioner]) == 6
    assert model.agents_by_type[MiddleManager].agg("leadership", np.mean) == pytest.approx(0.2, abs=1e-15)
    model.run_for(5)
    assert (model.time, model.steps, model.month) == (5, 5, 5)


def test_row_0_is_the_start_of_the_table():
    """Director at u with practice c; facilitators at 1; others at 0.6 u; staff practise 0.05; quantities are absent."""
    record = sim.run("director-turnover")
    s, people = record.organisation.structure, record.people
    assert people["commitment"][0, s.director] == 0.9
    assert people["practice"][0, s.director] == 0.9
    assert people["leadership"][0, s.director] == 0.9
    for seat in s.seats_of(Role.CHANGE_FACILITATOR):
        assert people["commitment"][0, seat] == 1.0
    assert (people["practice"][0, s.staff] == 0.05).all()
    others = [seat for seat in range(110) if seat not in s.staff]
    assert (people["practice"][0, others] == people["commitment"][0, others]).all()
    assert record.monthly["practice"][0] == pytest.approx(0.05, abs=1e-15)
    assert all(np.isnan(record.monthly[name][0]) for name in ("momentum", "director_present", "director_shown"))
    means = {Role.PRACTITIONER: 0.6, Role.LIVED_EXPERIENCE_MEMBER: 0.8, Role.BACK_OFFICE: 0.35}
    for role, mean in means.items():
        values = [sim.run("director-turnover", future=f).people["commitment"][0, s.seats_of(role)] for f in range(3)]
        assert np.mean(values) / 0.6 == pytest.approx(mean, abs=0.12)


def test_a_departure_at_36_empties_the_seat_for_rows_37_to_45(turnover):
    """Nine empty months, then the successor in row 46 shows their own 0.2; the record says who was there."""
    record = sim.run(turnover.with_(EMPTY_SEAT))
    present, shown = record.monthly["director_present"], record.monthly["director_shown"]
    assert (present[1:37] == 1).all()
    assert (present[37:46] == 0).all()
    assert (present[46:] == 1).all()
    assert shown[46] == pytest.approx(0.2, abs=1e-12)
    assert record.first_departure == 36
    assert record.log[:2] == [
        (36, "the director leaves; the seat stays empty for 9 months"),
        (45, "the new director arrives, commitment 0.20"),
    ]


def test_an_empty_seat_fades_from_the_last_shown_position_to_the_lead_members(turnover):
    """Row by row: 0.15 of the way to what the lead member shows that month, from what the director last showed."""
    record = sim.run(turnover.with_(EMPTY_SEAT))
    lead = record.organisation.structure.lead_member
    shown = record.monthly["director_shown"]
    for month in range(37, 46):
        x = rules.shown(record.people["commitment"][month - 1, lead], record.people["practice"][month - 1, lead], 0.3)
        assert shown[month] == pytest.approx(shown[month - 1] + 0.15 * (x - shown[month - 1]), abs=1e-12)


def test_without_a_lead_member_an_empty_seat_holds_the_last_shown_position(turnover):
    """Nothing to fade towards."""
    record = sim.run(turnover.with_(EMPTY_SEAT | {"organisation.lead_member": False}))
    shown = record.monthly["director_shown"]
    assert (shown[37:46] == shown[36]).all()


def test_no_vacancy_puts_the_successor_there_the_same_month(turnover):
    """A groomed successor keeps 0.8 of the predecessor's commitment and adds 0.2 of their own 0.2."""
    record = sim.run(turnover.with_(EMPTY_SEAT), "groomed")
    seat = record.organisation.structure.director
    assert (record.monthly["director_present"][1:] == 1).all()
    before = record.people["commitment"][36, seat]
    assert record.monthly["director_shown"][37] == pytest.approx(0.8 * before + 0.2 * 0.2, abs=1e-12)
    assert record.people["leadership"][37, seat] == 0.6


def test_a_deputy_is_the_manager_who_leads_most_and_shows_their_own(turnover):
    """The line shows the deputy's position while the seat is empty."""
    model = OrganisationModel(turnover, keep="everything")
    model.run_for(36)
    model.run_for(1)
    managers = model.structure.seats_of(Role.MIDDLE_MANAGER)
    deputy = model.state.deputy.item()
    leadership = model.record.people["leadership"][36, managers]
    assert deputy == managers[int(np.argmax(leadership))]  # nobody among them left that month
    shown = rules.shown(model.record.people["commitment"][36, deputy], model.record.people["practice"][36, deputy], 0.3)
    assert model.director_shown == pytest.approx(shown, abs=1e-12)
    model.run_for(9)
    assert model.state.deputy.item() == -1


def test_should_the_deputy_leave_the_next_steps_in(small):
    """Person 1's leaving passes the office to the other manager."""
    scenario = with_departure(small, interim="deputy", vacancy=6)
    model = OrganisationModel(scenario)
    model.run_for(13)
    first = model.state.deputy.item()
    number = model.structure.seats_of(Role.MIDDLE_MANAGER).index(first) + 1
    leaves = {"kind": "person_leaves", "month": 14, "role": "middle_manager", "seat": number}
    scenario = scenario.with_(
        {"events.manager": leaves, "turnover.managers": 0.0, "roles.middle_manager.leadership": 0.0}
    )
    model = OrganisationModel(scenario)
    model.run_for(15)
    # The newcomer has no leadership, so the other manager, who has claimed some, is ahead unless nobody ever claimed.
    managers = model.structure.seats_of(Role.MIDDLE_MANAGER)
    assert model.state.deputy.item() == max(managers, key=lambda seat: (model.state.leadership[seat], -seat))
    assert model.state.leadership[first] == 0.0


def test_a_departure_during_a_vacancy_is_ignored(small):
    """A second departure, scheduled while the seat is empty, changes nothing to the bit."""
    again = small.with_({"events.again": {"kind": "director_leaves", "month": 13, "vacancy": 9}})
    one, other = sim.run(small), sim.run(again)
    assert all(np.array_equal(one.monthly[k], other.monthly[k], equal_nan=True) for k in one.monthly)


def test_random_departures_come_at_the_rate_of_the_tenure():
    """With a mean stay of 20 months and no vacancy, about one in twenty months sees a departure."""
    scenario = from_dict(
        {
            "months": 60,
            "measure": {"horizon": 12},
            "organisation": {"teams": 1, "practitioners_per_team": 1},
            "turnover": {"director_tenure": 20.0},
            "succession": {"vacancy": 0},
        }
    )
    departures = sum(sum("leaves" in words for _, words in sim.run(scenario, future=f).log) for f in range(30))
    assert departures == pytest.approx(30 * 60 / 20, abs=4 * np.sqrt(30 * 60 / 20))


def test_leavers_are_replaced_at_once_by_people_who_know_half(small):
    """A practitioner who leaves at month 20: the newcomer's practice is half their peers', their leadership 0.05.

    Half of that and of what is written down, that is, where anything is.
    """
    leaves = {"kind": "person_leaves", "month": 20, "role": "practitioner", "seat": 2}
    still = dict.fromkeys(("practitioners", "managers", "partners", "lived_experience"), 0.0)
    scenario = small.with_({"events.one": leaves, "organisation.cross_team_links": 0.0, "turnover": still})
    model = OrganisationModel(scenario, keep="everything")
    model.run_for(20)
    before = model.state.practice.copy()
    seat = model.structure.seats_of(Role.PRACTITIONER)[1]
    peers = [s for s in model.structure.seats_of(Role.PRACTITIONER) if s != seat][:2]
    events_before = model.state.commitment.copy()
    model.run_for(1)
    embedded = model.record.monthly["embedding"][20]
    assert embedded > 0.0
    found = before[peers].mean()
    new = max(0.05, 0.5 * (found + embedded * (1.0 - found)))
    after = model.record.people["practice"][21, seat]
    assert after == pytest.approx(0.9 * new, abs=1e-12) or after == pytest.approx(0.9 * new + 0.1, abs=1e-12)
    turnover_rows = model.record.ledger.frame().query("kind == 'turnover'")
    row = turnover_rows.query("listener == @seat and month == 21").change.item()
    assert row == pytest.approx(0.6 * model.state.values[seat] - events_before[seat], abs=1e-12)


def test_a_persons_links_go_with_them_and_come_back_in_time(turnover):
    """When the engagement lead leaves, all their links are dead that month; later about 0.1 a month are rebuilt."""
    scenario = turnover.with_(
        {
            "organisation.coproduction": "direct",
            "organisation.engagement_lead": True,
            "events.departure.enabled": False,
            "events.lead": {"kind": "person_leaves", "month": 10, "role": "engagement_lead"},
            "turnover.practitioners": 0.0,
            "turnover.lived_experience": 0.0,
            "months": 96,
        }
    )
    rebuilt = []
    for future in range(4):
        model = OrganisationModel(scenario, future=future)
        s = model.structure
        pairs = np.flatnonzero((s.pair_a == s.engagement_lead) | (s.pair_b == s.engagement_lead))
        model.run_for(10)
        assert model.state.live[pairs].sum() >= 12
        model.run_for(1)
        assert model.state.live[pairs].sum() == 0
        model.run_for(6)
        rebuilt.append(model.state.live[pairs].mean())
    assert np.mean(rebuilt) == pytest.approx(1 - 0.9**6, abs=0.25)


def test_the_directors_links_to_partners_are_lost_with_the_director(turnover):
    """They are personal; while the seat is empty none is rebuilt."""
    model = OrganisationModel(turnover)
    s = model.structure
    pairs = [i for i in range(len(s.pair_a)) if s.director in (s.pair_a[i], s.pair_b[i])]
    assert len(pairs) == 8
    model.run_for(45)
    assert model.state.live[pairs].sum() == 0
    model.run_for(40)
    assert model.state.live[pairs].sum() >= 5


def test_the_subscription_is_first_reviewed_at_month_12_plus_the_phase_then_yearly(turnover):
    """With renewal impossible it is lost at the first review; the facilitators are silent from the next month."""
    scenario = turnover.with_({"subscription.threshold": 10.0})
    rows = set()
    for future in range(12):
        record = sim.run(scenario, future=future)
        structure, lost = record.organisation.structure, record.subscription_lost
        assert lost == 12 + int(draw(structure, scenario.months, 1, future).phase[0] * 12)
        rows.add(lost)
        assert not record.people["present"][24:, structure.seats_of(Role.CHANGE_FACILITATOR)].any()
        subscribed = record.monthly["subscribed"]
        assert subscribed[lost - 1] == 1
        assert subscribed[lost] == 0
    assert min(rows) >= 12
    assert max(rows) <= 23
    assert len(rows) > 4


@pytest.mark.parametrize("every", [6, 24])
def test_reviews_may_be_closer_together_or_further_apart(turnover, every):
    """From the first on, every so many months; the phase is drawn from as many."""
    scenario = turnover.with_({"subscription.review_every": every, "subscription.threshold": -10.0})
    for future in range(6):
        model = OrganisationModel(scenario, future=future)
        due = [m for m in range(1, 97) if review_is_due(model.state, month_parameters(scenario), model.draws, m)]
        assert due == list(range(12 + int(model.draws.phase[0] * every), 97, every))


def test_a_subscription_ended_by_the_scenario_is_over_in_the_next_row(small):
    """At month 7: still subscribed in row 7, no longer in row 8."""
    record = sim.run(small.with_({"events.end": {"kind": "subscription_ends", "month": 7}}))
    assert record.monthly["subscribed"][7] == 1
    assert record.monthly["subscribed"][8] == 0


def test_austerity_acts_between_its_two_rows(small):
    """From month 10 for 4: momentum is the base's up to row 10, lower from row 11; it is over in row 15."""
    austere = small.with_({"events.a": {"kind": "austerity", "month": 10, "months": 4, "severity": 0.5}})
    one, other = sim.run(small).monthly["momentum"], sim.run(austere).monthly["momentum"]
    assert np.array_equal(one[1:11], other[1:11])
    assert (other[11:13] < one[11:13]).all()
    model = OrganisationModel(austere)
    model.run_for(14)
    assert model.austerity == 0.5
    model.run_for(1)
    assert model.austerity == 0.0


def test_a_changed_lever_acts_from_its_month_on(small):
    """A norm softened at month 9 leaves rows 0 to 9 as they were, and the parameters in force say so after."""
    softer = small.with_(
        {"events.soft": {"kind": "change", "month": 9, "set": {"leadership": {"hierarchy_norm": 0.0}}}}
    )
    model, base = OrganisationModel(softer), OrganisationModel(small)
    model.run_for(9)
    base.run_for(9)
    assert model.parameters.leadership.hierarchy_norm == 0.8
    assert np.array_equal(model.state.commitment, base.state.commitment)
    model.run_for(1)
    assert model.parameters.leadership.hierarchy_norm == 0.0


def test_champions_can_be_made_part_way_and_values_can_shift(small):
    """Half of six practitioners become champions at month 5; staff values move by 0.1, newcomers' included."""
    parameters = {"leadership": {"champions": 0.5, "values_shift": 0.1}}
    still = dict.fromkeys(("practitioners", "managers", "partners", "lived_experience"), 0.0)
    scenario = small.with_({"turnover": still})
    changed = scenario.with_({"events.push": {"kind": "change", "month": 5, "set": parameters}})
    model, base = OrganisationModel(changed), OrganisationModel(scenario)
    model.run_for(6)
    base.run_for(6)
    seats = model.structure.seats_of(Role.PRACTITIONER)
    champions = [seat for seat in seats if model.state.leadership[seat] > 0.5]
    assert len(champions) == 3
    assert (model.state.values[champions] >= 0.85).all()
    for seat in set(seats) - set(champions):
        assert model.state.values[seat] == pytest.approx(min(1, base.state.values[seat] + 0.1), abs=1e-12)


def test_champions_start_as_supporters_who_lead(turnover):
    """0.15 of 64 practitioners is 10: l = 0.6, u at least 0.85, c = u."""
    model = OrganisationModel(turnover.variant("shared"))
    seats = model.structure.seats_of(Role.PRACTITIONER)
    champions = [seat for seat in seats if model.state.leadership[seat] == 0.6]
    assert len(champions) == 10
    assert (model.state.values[champions] >= 0.85).all()
    assert np.array_equal(model.state.commitment[champions], model.state.values[champions])


def test_partners_echo_whoever_the_line_shows(turnover):
    """A VCS partner shows 0.3 of its own and 0.7 of the director's position; its practice follows what it shows."""
    model = OrganisationModel(turnover, keep="people")
    model.run_for(3)
    partner = model.agents_by_type[VCSPartner][0]
    before = model.record.people["practice"][2, partner.seat]
    shown = model.now.shown[partner.seat]
    own = 0.7 * model.record.people["commitment"][2, partner.seat] + 0.3 * before
    assert shown == pytest.approx(0.3 * own + 0.7 * model.director_shown, abs=1e-12)  # nobody new in this seat
    assert model.state.practice[partner.seat] == pytest.approx(0.9 * before + 0.1 * shown, abs=1e-12)


def test_nobody_leads_who_is_not_granted_it(small):
    """With every grant refused, leadership only falls; with every claim granted, it only rises."""
    refused = small.with_({"leadership.hierarchy_norm": 1.0, "leadership.manager_grant": 0.0})
    granted = small.with_(
        {
            "leadership.hierarchy_norm": 0.0,
            "leadership.manager_grant": 1.0,
            "leadership.funding_dependency": 0.0,
            "leadership.infrastructure": 1.0,
        }
    )
    still = dict.fromkeys(("practitioners", "managers", "partners", "lived_experience"), 0.0)
    for scenario, sign in ((refused, -1), (granted, 1)):
        people = sim.run(scenario.with_({"turnover": still})).people["leadership"]
        claimants = [i for i in range(people.shape[1]) if i not in (0, 1)]
        steps = np.diff(people[:12, claimants], axis=0) * sign
        assert (steps >= 0).all()
        assert steps.max() > 0


def test_someone_new_to_a_seat_is_announced_to_a_subclass(small):
    """A subclass that remembers something hears of a newcomer, and of a new director only once there is one."""
    arrived = []

    class Remembering(LivedExperienceMember):
        def arrives(self) -> None:
            arrived.append(self.model.month)

    scenario = small.with_({"turnover.lived_experience": 12.0})
    OrganisationModel(scenario, agents=[Remembering]).run()
    assert arrived == [month for month in range(1, 31) for _ in range(2)]

    class Minding(Director):
        def arrives(self) -> None:
            arrived.append(self.model.month)

    arrived.clear()
    OrganisationModel(small, agents=[Minding]).run()
    assert arrived == [16]  # left at month 12, three empty months in steps 13 to 15


def test_the_ledger_accounts_for_every_change_of_every_persons_commitment(turnover, ledger_gap):
    """Row by row the ledger's entries sum to the change within 1e-12, in every variant, with nothing to make up."""
    small = turnover.with_({"organisation.teams": 2, "organisation.practitioners_per_team": 3})
    for variant in ("base", *turnover.variants):
        record = sim.run(small, variant, future=3)
        assert ledger_gap(record) < 1e-12
        frame = record.ledger.frame()
        assert "changed_behaviour" not in set(frame.kind)
        assert frame.query("kind == 'clipping'").change.abs().max() < 1e-12 or "clipping" not in set(frame.kind)


def test_the_ledger_credits_an_echo_to_whoever_is_echoed(turnover):
    """What is heard from a VCS partner is owed to the director in 0.7 of their shown positions; with f = 0 none is."""
    turnover = turnover.with_(EMPTY_SEAT)  # a deputy is echoed too
    frame = sim.run(turnover).ledger.frame()
    echoes = frame[frame.source != frame.heard_from]
    structure = sim.run(turnover).organisation.structure
    assert set(echoes.source) == {structure.director}
    assert {int(structure.role[seat]) for seat in echoes.heard_from} == {Role.VCS_PARTNER}
    independent = turnover.with_({"leadership.funding_dependency": 0.0})
    frame = sim.run(independent).ledger.frame()
    assert (frame.source == frame.heard_from).all()


def test_a_sceptical_director_without_a_programme_leaves_practice_where_it_was():
    """director_values 0.3, no programme, no champions: within 0.03 of its start for eight years."""
    scenario = from_dict({"leadership": {"director_values": 0.3}, "subscription": {"enabled": False}})
    practice = np.mean([sim.run(scenario, future=f).monthly["practice"] for f in range(16)], axis=0)
    assert np.abs(practice - practice[0]).max() < 0.03


def test_momentum_is_the_expected_change_of_practice():
    """Without turnover, practised commitment changes by momentum on average: their difference is draws alone."""
    scenario = sim.load("director-turnover").with_(
        {"turnover": dict.fromkeys(("practitioners", "managers", "partners", "lived_experience"), 0.0)}
    )
    errors = []
    for future in range(6):
        monthly = sim.run(scenario, future=future).monthly
        errors.append(np.diff(monthly["practice"]) - monthly["momentum"][1:])
        assert (monthly["turnover_loss"][1:] == 0).all() or scenario.turnover.practitioners == 0
    errors = np.concatenate(errors)
    assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(len(errors))
    # One month's draws: 0.1 x a mean of 72 of standard deviation at most 1/2.
    assert errors.std() < 0.1 * 0.5 / np.sqrt(72)


def test_the_expected_loss_by_turnover_is_what_turnover_takes():
    """With nobody practising afresh (habit rate 0), practice falls by the expected loss on average."""
    scenario = from_dict(
        {"practice": {"habit_rate": 0.0}, "turnover": {"practitioners": 3.0, "managers": 3.0, "newcomer_practice": 0.0}}
    )
    differences = []
    for future in range(8):
        model = OrganisationModel(scenario, future=future)
        model.state.practice[model.structure.staff] = 0.8
        model.record.write(0, model.state, model.parameters)
        model.run_for(1)
        # The loss is computed after step 0, so compare the second month.
        first = model.record.monthly["practice"][1]
        model.run_for(1)
        differences.append((first - model.record.monthly["practice"][2], model.record.monthly["turnover_loss"][1]))
    lost, expected = np.mean(differences, axis=0)
    assert lost == pytest.approx(expected, abs=4 * np.std([a - b for a, b in differences]) / np.sqrt(8))
    assert expected > 0.05


def test_a_director_may_leave_before_the_first_month(turnover):
    """At month 0: judged at row 0, where nothing has taken hold."""
    compared = sim.compare(turnover.with_({"events.departure.month": 0}), futures=1, variants=["stays"])
    assert compared.futures.outcome.tolist() == ["never took hold"] * 2
    assert compared.futures.first_departure.iloc[0] == 0


def test_a_departure_that_falls_due_while_the_seat_is_empty_is_logged(small):
    """Not swallowed in silence; and two in the same month are refused."""
    again = small.with_({"events.again": {"kind": "director_leaves", "month": 13}})
    assert "month 13: a departure of the director is due, but the seat is empty" in sim.run(again).told
    with pytest.raises(ScenarioError, match="leaves twice in the same month"):
        small.with_({"events.again": {"kind": "director_leaves", "month": 12}})


def test_an_engagement_lead_needs_a_practitioner(small):
    """Where there is none, the event is refused, and nobody else leaves."""
    lead = {"kind": "person_leaves", "month": 5, "role": "engagement_lead"}
    scenario = small.with_(
        {
            "organisation.practitioners_per_team": 0,
            "organisation.coproduction": "direct",
            "organisation.engagement_lead": True,
            "events.lead": lead,
        }
    )
    with pytest.raises(ScenarioError, match="no practitioner who could be the engagement lead"):
        sim.run(scenario)
