"""The generated organisation has the seats and links of docs/odd.md."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.organisation.generate import organisation
from sim.organisation.structure import Builder, Structure
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import Scenario, ScenarioError


def structure(**changes) -> Structure:
    return organisation(Scenario().with_({k.replace("__", "."): v for k, v in changes.items()})).structure


def sources(s: Structure, seat: int, kind: Kind) -> list[int]:
    return [int(s.source[i]) for i in range(s.first[seat], s.first[seat + 1]) if s.kind[i] == kind]


def test_the_medium_council_has_the_seats_of_the_table():
    """110 seats: 1, 1, 8, 64, 6, 8, 12, 8, 2."""
    counts = Counter(Role(r) for r in structure().role)
    assert counts == {
        Role.DIRECTOR: 1,
        Role.LEAD_MEMBER: 1,
        Role.MIDDLE_MANAGER: 8,
        Role.PRACTITIONER: 64,
        Role.BACK_OFFICE: 6,
        Role.VCS_PARTNER: 8,
        Role.LIVED_EXPERIENCE_MEMBER: 12,
        Role.HEALTH_PARTNER: 8,
        Role.CHANGE_FACILITATOR: 2,
    }


def test_the_line_runs_from_the_lead_member_to_the_front_line():
    """Lead member to director to managers and back office; managers to their eight practitioners; and back up."""
    s = structure()
    assert sources(s, s.director, Kind.LINE_DOWN) == [s.lead_member]
    for role in (Role.MIDDLE_MANAGER, Role.BACK_OFFICE):
        assert all(sources(s, seat, Kind.LINE_DOWN) == [s.director] for seat in s.seats_of(role))
    teams = Counter(int(s.manager[seat]) for seat in s.seats_of(Role.PRACTITIONER))
    assert teams == dict.fromkeys(s.seats_of(Role.MIDDLE_MANAGER), 8)
    down = {(a, b) for a, b, k in zip(s.source, s.target, s.kind, strict=True) if k == Kind.LINE_DOWN}
    up = {(b, a) for a, b, k in zip(s.source, s.target, s.kind, strict=True) if k == Kind.LINE_UP}
    assert down == up
    assert len(down) == 1 + 8 + 6 + 64


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=12))
def test_line_and_teams_are_the_same_laid_at_once_or_link_by_link(managers):
    """Down, up and among whoever has the same manager, each once, whoever manages whom."""
    found = []
    for at_once in (True, False):
        builder = Builder()
        builder.seat(Role.DIRECTOR)
        for manager in managers:
            builder.seat(Role.PRACTITIONER, min(manager, len(managers)))
        builder.link(1, 0, Kind.PARTNER, 0.5)
        if at_once:
            builder.line_and_peers()
        else:
            builder.line()
            builder.peers()
        ground = builder.settled().ground
        found.append(sorted(zip(ground.source, ground.target, ground.kind, ground.weight, strict=True)))
    assert found[0] == found[1]
    assert len({link[:3] for link in found[0]}) == len(found[0])


def test_peers_are_the_team_the_manager_apart():
    """A practitioner's own team gives seven peers; managers and back office are all one another's."""
    s = structure(organisation__cross_team_links=0.0)
    for seat in s.seats_of(Role.PRACTITIONER):
        assert len(sources(s, seat, Kind.PEER)) == 7
    top = s.seats_of(Role.MIDDLE_MANAGER) + s.seats_of(Role.BACK_OFFICE)
    for seat in top:
        assert sources(s, seat, Kind.PEER) == [other for other in top if other != seat]


def test_links_across_teams_are_mutual_and_as_many_as_asked():
    """1.7 mutual links a practitioner on average, over a hundred futures; none within a team."""
    scenario, total = Scenario(), 0
    for future in range(100):
        s = organisation(scenario, 1, future).structure
        practitioners = set(s.seats_of(Role.PRACTITIONER))
        links = {(int(a), int(b)) for a, b, k in zip(s.source, s.target, s.kind, strict=True) if k == Kind.PEER}
        across = {(a, b) for a, b in links if {a, b} <= practitioners and s.manager[a] != s.manager[b]}
        assert across == {(b, a) for a, b in across}
        total += len(across)
    assert total / 6400 == pytest.approx(1.7, abs=4 * np.sqrt(2 * 1.7 / 6400))


def test_every_pair_across_teams_is_linked_once_none_are_left():
    """Asking for as many links as there are colleagues elsewhere links all of them."""
    s = structure(organisation__cross_team_links=56.0)
    assert all(len(sources(s, seat, Kind.PEER)) == 63 for seat in s.seats_of(Role.PRACTITIONER))


def test_partners_have_one_manager_and_two_or_three_practitioners():
    """Health: one and two. VCS: one and three, and the director, who is heard by them and does not hear them."""
    s = structure()
    for role, number in ((Role.HEALTH_PARTNER, 2), (Role.VCS_PARTNER, 3)):
        for seat in s.seats_of(role):
            roles = Counter(Role(s.role[source]) for source in sources(s, seat, Kind.PARTNER))
            assert roles[Role.MIDDLE_MANAGER] == 1
            assert roles[Role.PRACTITIONER] == number
            assert roles[Role.DIRECTOR] == (role == Role.VCS_PARTNER)
    assert sources(s, s.director, Kind.PARTNER) == []


def test_coproduction_mediated_direct_and_through_one_lead():
    """Three VCS partners each; or three practitioners each, dealt round; or one practitioner for all."""
    s = structure()
    members = s.seats_of(Role.LIVED_EXPERIENCE_MEMBER)
    for seat in members:
        assert [s.role[x] for x in sources(s, seat, Kind.COPRODUCTION)] == [Role.VCS_PARTNER] * 3
    s = structure(organisation__coproduction="direct")
    dealt = Counter(x for seat in members for x in sources(s, seat, Kind.COPRODUCTION))
    assert sum(dealt.values()) == 36
    assert set(dealt.values()) == {1}  # 36 of 64: nobody twice before everybody once
    s = structure(organisation__coproduction="direct", organisation__engagement_lead=True)
    assert {x for seat in members for x in sources(s, seat, Kind.COPRODUCTION)} == {s.engagement_lead}
    assert s.role[s.engagement_lead] == Role.PRACTITIONER


def test_the_engagement_lead_is_drawn_anew_in_each_future():
    """Over thirty futures the lead is not always the same practitioner."""
    scenario = Scenario().with_({"organisation.coproduction": "direct", "organisation.engagement_lead": True})
    assert len({organisation(scenario, 1, future).structure.engagement_lead for future in range(30)}) > 15


def test_partner_and_coproduction_links_belong_to_people_and_come_in_pairs():
    """Each personal pair is one number; every other link belongs to the seat."""
    s = structure()
    personal = np.isin(s.kind, (Kind.PARTNER, Kind.COPRODUCTION))
    assert ((s.pair >= 0) == personal).all()
    for a, b, pair in zip(s.source[personal], s.target[personal], s.pair[personal], strict=True):
        assert {int(a), int(b)} == {int(s.pair_a[pair]), int(s.pair_b[pair])}


def test_facilitators_speak_to_the_director_and_managers_and_hear_nobody():
    """And without a programme there are none."""
    s = structure()
    for seat in s.seats_of(Role.CHANGE_FACILITATOR):
        heard_by = [int(t) for source, t in zip(s.source, s.target, strict=True) if source == seat]
        assert heard_by == [s.director, *s.seats_of(Role.MIDDLE_MANAGER)]
        assert s.first[seat] == s.first[seat + 1]
    assert structure(subscription__enabled=False).seats_of(Role.CHANGE_FACILITATOR) == []


def test_an_organisation_without_staff_is_refused_in_words():
    """There is no practice to follow."""
    with pytest.raises(ScenarioError, match="no middle managers and no practitioners"):
        structure(organisation__teams=0)


@pytest.mark.parametrize(
    "counts",
    [
        {"organisation__teams": 1, "organisation__practitioners_per_team": 1},
        {"organisation__vcs_partners": 0},
        {"organisation__practitioners_per_team": 0},
        {"organisation__back_office": 0, "organisation__lead_member": False},
        {"organisation__coproduction": "direct", "organisation__practitioners_per_team": 0},
    ],
)
def test_a_role_may_be_missing(counts):
    """Whatever is missing, the rest stands and every link joins two seats that exist."""
    s = structure(**counts)
    assert s.source.max() < len(s.role)
    assert (s.source != s.target).all()


@pytest.mark.parametrize("how", ["neighbours", "hubs"])
def test_ties_between_teams_may_go_to_neighbours_or_to_one_person_a_team(how):
    """As many as with random ties, on average; the rule holds for every tie, and the rest of the organisation stays."""
    size = {"organisation.teams": 8, "organisation.practitioners_per_team": 8}
    random, other = (Scenario().with_(size | {"organisation.cross_team": x}) for x in ("random", how))
    numbers = []
    for future in range(40):
        one, two = organisation(random, 1, future).structure, organisation(other, 1, future).structure
        ties = [_cross_team(structure) for structure in (one, two)]
        numbers.append([2 * len(each) / len(one.practitioners) for each in ties])
        first = int(one.practitioners[0])
        for a, b in ties[1]:
            (team, place), (team_b, place_b) = divmod(a - first, 8), divmod(b - first, 8)
            if how == "neighbours":
                assert place == place_b
                assert (team_b - team) % 8 in (1, 7)
            else:
                assert 0 in (place, place_b)
    assert np.mean(numbers, axis=0) == pytest.approx([1.7, 1.7], rel=0.04)
    assert len(one.role) == len(two.role)


def _cross_team(structure):
    """The pairs of practitioners of different teams who are linked."""
    peers = structure.kind == Kind.PEER
    pairs = zip(structure.source[peers].tolist(), structure.target[peers].tolist(), strict=True)
    practitioners = set(structure.practitioners.tolist())
    return [
        (a, b) for a, b in pairs if a < b and {a, b} <= practitioners and structure.manager[a] != structure.manager[b]
    ]
