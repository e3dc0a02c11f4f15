"""The outcomes of the theory of change: by hand, in clear-cut cases, and in range whatever is set."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from odd import examples, organisations, scenarios

import sim
from sim.analysis.outcomes import OUTCOMES, outcomes, outcomes_frame
from sim.model import engine
from sim.model.agents import Practitioner
from sim.model.ledger import OWN_VALUES, TURNOVER, Ledger
from sim.model.model import OrganisationModel
from sim.model.record import Record
from sim.model.weights import weights_of
from sim.organisation.structure import Builder, Organisation
from sim.scenario.roles import KINDS, Kind, Role
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

DOCUMENT = Path(__file__).parent.parent / "docs" / "outcomes.md"
TRUST, PRACTICE, CHALLENGE, INFLUENCE, OPENNESS, PARTNERSHIPS, INCLUSION = OUTCOMES
FLOWS = (CHALLENGE, INFLUENCE)

DIRECTOR, ONE, TWO, ANN, BOB, CYN, PARTNER, MEMBER, HELPER = range(9)
"""The seats by hand: two managers, Ann and Bob in the first's team, Cyn in the second's, and three from outside."""


def by_hand() -> Organisation:
    """Nine people and the links that the sums below need, not one more."""
    builder = Builder()
    builder.seat(Role.DIRECTOR)
    for _ in range(2):
        builder.seat(Role.MIDDLE_MANAGER, DIRECTOR)
    for manager in (ONE, ONE, TWO):
        builder.seat(Role.PRACTITIONER, manager)
    for role in (Role.VCS_PARTNER, Role.LIVED_EXPERIENCE_MEMBER, Role.CHANGE_FACILITATOR):
        builder.seat(role)
    builder.link(ONE, ANN, Kind.LINE_DOWN)
    builder.link(BOB, ANN, Kind.PEER)
    builder.link(CYN, ANN, Kind.PEER)
    builder.mutual(ANN, PARTNER, Kind.PARTNER)
    builder.mutual(PARTNER, MEMBER, Kind.COPRODUCTION)
    builder.link(DIRECTOR, PARTNER, Kind.PARTNER)
    builder.link(HELPER, ONE, Kind.FACILITATION)
    return builder.build()


SETTING = {
    "months": 1,
    "measure": {"horizon": 1, "reference_month": 0},
    "leadership": {"delegation": 0.5},
}


def record_by_hand() -> Record:
    """Two rows: everything as it was, then the link between Ann and the partner lost and the facilitator gone."""
    record = Record.blank(from_dict(SETTING), by_hand(), 1, 0, "everything")
    assert record.live is not None
    #                                D    1    2   Ann  Bob  Cyn   P    M    H
    record.people["leadership"][:] = [0.0, 0.3, 0.1, 0.2, 0.4, 0.6, 0.4, 0.2, 0.0]
    record.people["commitment"][:] = [0.6, 0.1, 0.1, 0.5, 0.1, 0.1, 0.8, 0.9, 1.0]
    record.people["practice"][:] = [0.9, 0.9, 0.9, 0.5, 0.25, 0.5, 0.9, 0.9, 1.0]
    record.people["present"][:] = 1.0
    record.people["present"][1, HELPER] = 0.0
    record.monthly["credibility"][:] = 0.4
    record.live[:] = True
    structure = record.organisation.structure
    record.live[1] = (structure.pair_a != ANN) | (structure.pair_b != PARTNER)
    return record


def test_trust_and_reciprocity_by_hand():
    """The smaller weight over the larger, 0 for one-way and lost links."""
    # Voices: director 1 + 0, manager one 0.5 + 0.3, Bob 0.4, Cyn 0.6, partner 0.4, Ann 0.2, member 0.2. Ann hears
    # 2.5 x 0.8 + 0.4 + 0.6 + 0.4 = 3.4, so she gives the partner 0.4 / (0.6 + 3.4) = 0.1; the partner hears
    # 0.2 + 0.2 + 1.0 = 1.4, so gives Ann and the member 0.2 / 2.0 = 0.1 each; the member hears 0.4, so gives the
    # partner 0.4 / 1.0. Pairs: Ann and the partner 1, partner and member 0.1 / 0.4, director and partner 0.
    # With the first link lost the partner hears 0.2 + 1.0 and gives the member 0.2 / 1.8 = 1/9.
    found = outcomes(record_by_hand())[TRUST]
    assert found == pytest.approx([(1 + 0.25 + 0) / 3, (0 + (1 / 9) / 0.4 + 0) / 3], abs=1e-15)


def test_creative_and_relational_practice_by_hand():
    """Practice times autonomy, over practitioners."""
    # Delegation 0.5 x credibility 0.4 = 0.2. Ann g = 1 - 0.8 x 0.8 = 0.36, Bob 1 - 0.6 x 0.8 = 0.52, Cyn
    # 1 - 0.4 x 0.8 = 0.68; times practice 0.5, 0.25, 0.5: 0.18 + 0.13 + 0.34.
    assert outcomes(record_by_hand())[PRACTICE] == pytest.approx([0.65 / 3] * 2, abs=1e-15)


def enter(ledger: Ledger) -> None:
    """A month in which links move staff by 0.10 in all, and the director by 0.04."""
    for listener, source, heard_from, kind, change in (
        (ANN, ONE, ONE, Kind.LINE_DOWN, -0.02),
        (ANN, BOB, BOB, Kind.PEER, 0.03),
        (ANN, CYN, CYN, Kind.PEER, -0.01),
        (ANN, DIRECTOR, PARTNER, Kind.PARTNER, 0.01),
        (ANN, PARTNER, PARTNER, Kind.PARTNER, -0.02),
        (ONE, HELPER, HELPER, Kind.FACILITATION, 0.01),
        (DIRECTOR, MEMBER, MEMBER, Kind.COPRODUCTION, 0.04),
        (PARTNER, MEMBER, MEMBER, Kind.COPRODUCTION, 0.30),
        (ANN, ANN, ANN, OWN_VALUES, 0.50),
        (BOB, BOB, BOB, TURNOVER, -0.40),
    ):
        ledger.enter(1, listener, source, heard_from, kind, change)


def test_shares_of_influence_by_hand():
    """Peers' upward pull over all influence on staff; communities' own over that on staff and the director."""
    record = record_by_hand()
    enter(record.ledger)
    found = outcomes(record)
    # Staff: 0.02 + 0.03 + 0.01 + 0.01 + 0.02 + 0.01 = 0.10, of which a peer pulled up 0.03. With the director 0.14,
    # of which the partner's own 0.02 and the member's 0.04; the partner's echo is the director's.
    assert found[CHALLENGE][1] == pytest.approx(0.3, abs=1e-15)
    assert found[INFLUENCE][1] == pytest.approx(3 / 7, abs=1e-15)
    assert np.isnan(found[CHALLENGE][0])
    assert np.isnan(found[INFLUENCE][0])


def test_an_echo_along_a_peer_link_is_not_a_peers_challenge():
    """A partner who is somebody's peer may echo; that pull is the director's."""
    record = record_by_hand()
    record.ledger.enter(1, ANN, BOB, BOB, Kind.PEER, 0.03)
    record.ledger.enter(1, ANN, DIRECTOR, PARTNER, Kind.PEER, 0.01)
    assert outcomes(record)[CHALLENGE][1] == pytest.approx(0.75, abs=1e-15)


def test_openness_to_learning_by_hand():
    """The weight of those outside one's own team and line, over all staff."""
    # Ann: Cyn of the other team 0.6 / 4.0 and the partner 0.4 / 4.0, in all 0.25; her manager and Bob are inside.
    # Manager one: the facilitator, voice 0.6 + 0, 0.6 / 1.2 = 0.5. Nobody else hears anyone: 0.75 over five staff.
    # Later, without partner and facilitator: Cyn 0.6 / (0.6 + 2.0 + 0.4 + 0.6) = 1/6.
    assert outcomes(record_by_hand())[OPENNESS] == pytest.approx([0.15, 1 / 30], abs=1e-15)


def test_an_empty_seat_hears_nobody_and_is_not_counted():
    """With Ann's seat empty, only manager one heeds anybody from outside, and there are four staff."""
    record = record_by_hand()
    record.people["present"][0, ANN] = 0.0
    found = outcomes(record)
    assert found[OPENNESS][0] == pytest.approx(0.5 / 4, abs=1e-15)
    assert found[PRACTICE][0] == pytest.approx((0.13 + 0.34) / 2, abs=1e-15)


def test_people_without_a_manager_are_no_team():
    """Two practitioners whom nobody leads, each other's peers: each is outside to the other."""
    builder = Builder()
    builder.seat(Role.DIRECTOR)
    builder.mutual(builder.seat(Role.PRACTITIONER), builder.seat(Role.PRACTITIONER), Kind.PEER)
    record = Record.blank(from_dict(SETTING), builder.build(), 1, 0, "everything")
    record.people["leadership"][:], record.people["present"][:] = 0.4, 1.0
    record.people["practice"][:] = 0.5
    found = outcomes(record)
    assert found[OPENNESS] == pytest.approx([0.4 / (0.6 + 0.4)] * 2, abs=1e-15)
    # Nobody leads a team, so no delegation has proved real: autonomy is leadership.
    assert found[PRACTICE] == pytest.approx([0.5 * 0.4] * 2, abs=1e-15)


def test_facilitators_hear_nobody():
    """A practitioner and a facilitator linked as partners are no relation of equals."""
    builder = Builder()
    builder.seat(Role.DIRECTOR)
    builder.mutual(builder.seat(Role.PRACTITIONER), builder.seat(Role.CHANGE_FACILITATOR), Kind.PARTNER)
    record = Record.blank(from_dict(SETTING), builder.build(), 1, 0, "everything")
    record.live[:], record.people["leadership"][:], record.people["present"][:] = True, 0.4, 1.0
    assert (outcomes(record)[TRUST] == 0.0).all()


def test_strengthened_partnerships_by_hand():
    """The smaller commitment of each pair that stands."""
    # Ann and the partner 0.5, partner and member 0.8, director and partner 0.6; later the first is lost.
    assert outcomes(record_by_hand())[PARTNERSHIPS] == pytest.approx([1.9 / 3, 1.4 / 3], abs=1e-15)


def test_inclusive_workplaces_by_hand():
    """The effective number of kinds with a voice, from one kind (0) to all (1)."""
    # Managers (0.8 + 0.6) / 2 = 0.7, practitioners (0.2 + 0.4 + 0.6) / 3 = 0.4, partner 0.4, member 0.2: sum 1.7,
    # squares 0.49 + 0.16 + 0.16 + 0.04 = 0.85, so 2.89 / 0.85 = 3.4 kinds of 4: 2.4 / 3.
    assert outcomes(record_by_hand())[INCLUSION] == pytest.approx([0.8] * 2, abs=1e-15)


def test_the_whole_range_of_evenness_is_used():
    """Only managers with a voice: 0. Everyone with the same: 1."""
    record = record_by_hand()
    record.scenario = from_dict(SETTING | {"influence": {"voice_floor": 0.0}})
    record.people["leadership"][0] = 0.0
    record.people["leadership"][1] = [0.0, 0.0, 0.0, *[0.5] * 5, 0.0]
    assert outcomes(record)[INCLUSION] == pytest.approx([0.0, 1.0], abs=1e-15)


def outside(structure, source: int, listener: int) -> bool:
    """Whether one seat is outside another's team and line, said again and otherwise."""
    one, other = structure.manager[source], structure.manager[listener]
    return not (one == other != -1 or one == listener or other == source)


def test_weights_are_the_models(small):
    """Reciprocity and openness of a run's last row are those of W as the model's state gives it."""
    model = OrganisationModel(small, keep="everything")
    model.run_for(20)
    structure, state = model.structure, model.state
    weights = weights_of(structure, state, model.parameters).toarray()
    mutual = {(int(a), int(b)) for a, b in zip(structure.source, structure.target, strict=True)}
    ratios = []
    for pair, (a, b) in enumerate(zip(structure.pair_a, structure.pair_b, strict=True)):
        both = sorted((weights[a, b], weights[b, a]))
        stands = state.live[pair] and {(a, b), (b, a)} <= mutual
        ratios.append(both[0] / both[1] if stands else 0.0)
    heed = [
        sum(weights[i, j] for j in range(len(state.present)) if i != j and outside(structure, j, i))
        for i in structure.staff
    ]
    found = outcomes(model.record)
    assert 0 < np.mean(ratios) < 1
    assert found[TRUST][20] == pytest.approx(np.mean(ratios), abs=1e-12)
    assert found[OPENNESS][20] == pytest.approx(np.mean(heed), abs=1e-12)


def test_shares_of_influence_are_the_ledgers(small):
    """Every month's are what adding up the ledger's rows one by one gives."""
    record = sim.run(small)
    structure = record.organisation.structure
    links, staff = {kind.slug for kind in KINDS}, set(structure.staff.tolist())
    them = staff | {structure.director}
    communities = {*structure.seats_of(Role.VCS_PARTNER), *structure.seats_of(Role.LIVED_EXPERIENCE_MEMBER)}
    sums = np.zeros((4, small.months + 1))
    for row in record.ledger.frame().itertuples():
        if row.kind not in links:
            continue
        size = abs(row.change)
        sums[0, row.month] += size * (row.listener in staff and row.kind == "peer" and row.change > 0)
        sums[1, row.month] += size * (row.listener in staff)
        sums[2, row.month] += size * (
            row.listener in them and row.source == row.heard_from and row.source in communities
        )
        sums[3, row.month] += size * (row.listener in them)
    found = outcomes(record)
    assert found[CHALLENGE][1:] == pytest.approx(sums[0, 1:] / sums[1, 1:], abs=1e-12)
    assert found[INFLUENCE][1:] == pytest.approx(sums[2, 1:] / sums[3, 1:], abs=1e-12)
    assert (found[INFLUENCE][1:] > 0).any()


def last(scenario: Scenario, changes: dict | None = None, future: int = 0) -> dict[str, float]:
    """The outcomes in the last row of one future, with some parameters changed."""
    record = engine.run(scenario.with_(changes or {}), future=future, keep="everything")
    return {slug: values[-1] for slug, values in outcomes(record).items()}


def test_partners_who_leave_every_month_leave_nothing_across(small):
    """With no link standing there is neither reciprocity nor partnership."""
    found = last(small, {"turnover.partners": 12.0})
    assert found[TRUST] == 0.0
    assert found[PARTNERSHIPS] == 0.0


def test_delegation_that_proves_real_makes_practice_creative(small):
    """Under a norm that grants every claim, delegating all that can be raises it; declared under a norm that
    grants none, it changes nothing."""
    told = {"leadership.delegation": 1.0}
    soft, hard = {"leadership.hierarchy_norm": 0.0}, {"leadership.hierarchy_norm": 1.0}
    assert last(small, soft | told)[PRACTICE] > last(small, soft)[PRACTICE] + 0.02
    assert last(small, hard | told)[PRACTICE] == pytest.approx(last(small, hard)[PRACTICE], abs=1e-12)


@pytest.mark.parametrize("future", range(4))
def test_champions_challenge_their_peers(small, future):
    """A third of practitioners as champions: in each month of the first year, more of what moves staff is peers
    pulling upwards."""
    usual = outcomes(engine.run(small, future=future, keep="everything"))[CHALLENGE]
    champions = small.with_({"leadership.champions": 0.34})
    assert (outcomes(engine.run(champions, future=future, keep="everything"))[CHALLENGE] > usual)[1:13].all()


def test_partners_who_only_echo_have_no_influence_of_their_own(small):
    """Funding dependency 1 and co-production through partners: none; 0: some."""
    assert last(small, {"leadership.funding_dependency": 1.0})[INFLUENCE] == 0.0
    assert last(small, {"leadership.funding_dependency": 0.0})[INFLUENCE] > last(small)[INFLUENCE] > 0.0


def test_the_programmes_end_and_closed_teams_make_less_open(small):
    """Without facilitators staff heed fewer from outside; with no links between teams fewer still."""
    ends = {"events.ends.kind": "subscription_ends", "events.ends.month": 1}
    closed = ends | {"organisation.cross_team_links": 0.0}
    open_, without, inside = last(small)[OPENNESS], last(small, ends)[OPENNESS], last(small, closed)[OPENNESS]
    assert open_ > without > inside > 0.0


def test_commitment_on_both_sides_strengthens_partnerships(small):
    """Staff whose values are further from the change weaken them."""
    assert last(small, {"leadership.values_shift": -0.4})[PARTNERSHIPS] < last(small)[PARTNERSHIPS]


def test_granting_the_claims_of_those_without_position_makes_a_workplace_inclusive(small):
    """No norm, no dependency and full investment in co-production, against a norm under which none is granted."""
    granted = {
        "leadership.hierarchy_norm": 0.0,
        "leadership.funding_dependency": 0.0,
        "leadership.infrastructure": 1.0,
    }
    refused = {"leadership.hierarchy_norm": 1.0}
    longer = small.with_({"months": 60})
    assert last(longer, granted)[INCLUSION] > 3 * last(longer, refused)[INCLUSION]


def assert_in_range(found: dict[str, np.ndarray], months: int) -> None:
    """Every value in its definition's range, or undefined."""
    assert list(found) == list(OUTCOMES)
    for slug, values in found.items():
        low, high = OUTCOMES[slug].low, OUTCOMES[slug].high
        assert values.shape == (months + 1,), slug
        assert ((values >= low - 1e-12) & (values <= high + 1e-12) | np.isnan(values)).all(), slug
        if slug in FLOWS:
            assert np.isnan(values[0]), slug
        else:  # weights, practice and voices have a value in every row or in none, unless everyone is silent
            assert slug == INCLUSION or np.isnan(values).all() or np.isfinite(values).all(), slug


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])
@given(data=scenarios(), future=st.integers(0, 3))
def test_outcomes_keep_to_their_ranges_whatever_is_set(data, future):
    """Any parameters, any events, any role missing: a number in range, or NaN."""
    try:
        record = engine.run(from_dict(data), future=future, keep="everything")
    except ScenarioError:
        assume(False)
    assert_in_range(outcomes(record), record.scenario.months)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=organisations())
def test_outcomes_of_an_organisation_from_files_keep_to_their_ranges(tmp_path, texts):
    """Any tree, roles and links that can be read."""
    for name, text in zip(("people.csv", "links.csv"), texts, strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    setting = {"months": 5, "measure": {"horizon": 1, "reference_month": 1}}
    setting["organisation"] = {"people": "people.csv", "links": "links.csv", "outside_line": "keep"}
    try:
        record = engine.run(from_dict(setting, folder=tmp_path), keep="everything")
    except ScenarioError:
        assume(False)
    assert_in_range(outcomes(record), 5)


def test_without_partners_what_lies_across_the_boundary_is_undefined(networks):
    """A real organisation's managers: no pairs, no communities; inclusion is between managers and practitioners."""
    folder = networks / "krackhardt_hightech"
    scenario = Scenario().around(str(folder / "nodes.csv"), str(folder / "edges.csv"))
    found = outcomes(engine.run(scenario, keep="everything"))
    for slug in (TRUST, INFLUENCE, PARTNERSHIPS):
        assert np.isnan(found[slug]).all(), slug
    for slug in (PRACTICE, CHALLENGE, OPENNESS, INCLUSION):
        assert np.isfinite(found[slug][1:]).all(), slug


def test_a_line_alone_has_no_peers_and_nothing_from_outside():
    """A director, a manager and one practitioner, and nobody to hear beside the line."""
    builder = Builder()
    manager = builder.seat(Role.MIDDLE_MANAGER, builder.seat(Role.DIRECTOR))
    builder.seat(Role.PRACTITIONER, manager)
    builder.line()
    setting = from_dict({"months": 3, "measure": {"horizon": 1, "reference_month": 1}})
    found = outcomes(engine.run(setting, keep="everything", organisation=builder.build()))
    undefined = {slug for slug, values in found.items() if np.isnan(values).all()}
    assert undefined == {TRUST, CHALLENGE, INFLUENCE, OPENNESS, PARTNERSHIPS}


class Aloof(Practitioner):
    """Hears nobody."""

    def hears(self):
        """No link is listened to."""
        return []


def test_outcomes_of_changed_people():
    """One team, whose practitioners hear nobody: the manager, who has no peers, is all that is left to move."""
    builder = Builder()
    manager = builder.seat(Role.MIDDLE_MANAGER, builder.seat(Role.DIRECTOR))
    for _ in range(4):
        builder.seat(Role.PRACTITIONER, manager)
    builder.line()
    builder.peers()
    setting, within = from_dict({"months": 6, "measure": {"horizon": 1, "reference_month": 1}}), builder.build()
    usual = outcomes(OrganisationModel(setting, organisation=within, keep="everything").run())
    aloof = outcomes(OrganisationModel(setting, organisation=within, agents=[Aloof], keep="everything").run())
    assert (usual[CHALLENGE][1:4] > 0).all()
    assert (aloof[CHALLENGE][1:] == 0).all()
    assert_in_range(aloof, 6)


def test_the_mesa_models_record_gives_the_same(small):
    """Row by row, whichever twin ran."""
    one = outcomes(OrganisationModel(small, keep="everything").run())
    other = outcomes(engine.run(small, keep="everything"))
    for slug in OUTCOMES:
        assert one[slug] == pytest.approx(other[slug], abs=1e-12, nan_ok=True), slug


def test_the_frame_has_a_row_a_month(small):
    """The same numbers, by month."""
    record = sim.run(small)
    frame = outcomes_frame(record)
    assert list(frame.columns) == list(OUTCOMES)
    assert frame.index.name == "month"
    assert frame.index.tolist() == list(range(small.months + 1))
    assert frame[PARTNERSHIPS].to_numpy() == pytest.approx(outcomes(record)[PARTNERSHIPS], abs=0)


@pytest.mark.parametrize("keep", ["months", "people"])
def test_a_record_that_kept_too_little_is_refused_in_words(small, keep):
    """The message says what to do."""
    with pytest.raises(ValueError, match='keep="everything"'):
        outcomes(engine.run(small, keep=keep))


def test_the_documents_example_runs():
    """What docs/outcomes.md says to type gives the rows it says."""
    code = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), flags=re.S)[0]
    names: dict = {}
    exec(code, names)
    assert names["outcomes"](names["future"])[PRACTICE].shape == (157,)


def test_the_document_defines_the_outcomes_as_the_code_does():
    """docs/outcomes.md has every definition in the code's own words, in the study's order."""
    document = DOCUMENT.read_text(encoding="utf-8")
    rows = [line for line in document.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{slug}` | {it.title} | {it.definition} | {it.unit} | {it.low:g} to {it.high:g} | {it.reads} "
        f"| {it.weakness} |"
        for slug, it in OUTCOMES.items()
    ]


def test_some_months_outcomes_are_those_of_all_months(small):
    """To the bit, for whoever needs two months of many."""
    record = engine.run(small, keep="everything")
    whole, some = outcomes(record), outcomes(record, [10, 22])
    for slug in OUTCOMES:
        assert np.array_equal(some[slug], whole[slug][[10, 22]], equal_nan=True)
