"""What an organisation remembers: what is embedded in it, and what its teams learn about who may lead."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model import engine, rules
from sim.model.model import OrganisationModel
from sim.model.record import MONTHLY, Record
from sim.model.turnover import retune
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, from_dict, merged

SHARE = st.floats(0, 1)
FIRST_VERSION = Path(__file__).with_name("first_version.json")
SWITCHED_OFF = {
    "succession": {"interim": "none"},
    "influence": {"attention": 1e6},
    "embedding": {"rate": 0.0},
    "leadership": {"norm_granted": 0.0, "norm_refused": 0.0, "norm_drift": 0.0},
}
LATER = ("norm", "embedding")
"""Columns that the first version did not have."""


def settings_of_the_first_version() -> list[tuple[str, Scenario, list[list]]]:
    rows = json.loads(FIRST_VERSION.read_text(encoding="utf-8"))
    return [(row["name"], from_dict(merged(SWITCHED_OFF, row["setting"])), row["futures"]) for row in rows]


def mark(record: Record) -> str:
    kept = [i for i, name in enumerate(MONTHLY) if name not in LATER]
    return sha256((np.nan_to_num(record.table[kept], nan=-1.0) + 0.0).tobytes()).hexdigest()[:16]


@pytest.mark.parametrize("future", range(3))
def test_with_every_switch_off_futures_are_those_of_the_first_version_to_the_bit(future):
    """Its library with all variants, and random scenarios: marks of their tables, made by the first version's own
    engine with the one change that e^x and powers are worked out as the rules do now, in plain arithmetic."""
    differ = []
    for name, setting, futures in settings_of_the_first_version():
        record, (expected, practised) = engine.run(setting, future=future), futures[future]
        if mark(record) != expected:
            differ.append(f"{name}: practised commitment {record.table[0, -1]!r}, was {practised!r}")
    assert not differ


@given(practice=SHARE, back_office=SHARE, top=SHARE, start=SHARE)
def test_with_all_else_constant_embedding_comes_to_rest_where_gain_and_loss_meet(practice, back_office, top, start):
    """A tends to e Q B x_T / (e Q B x_T + d (1 - x_T)), geometrically with factor 1 - both."""
    gain, loss = 0.10 * practice * back_office * top, 0.03 * (1.0 - top)
    embedding = start
    for _ in range(120):
        embedding = rules.embedding(embedding, practice, back_office, top, 0.10, 0.03)
    rest = gain / (gain + loss) if gain + loss > 0.0 else start
    assert embedding == pytest.approx(rest + (start - rest) * (1.0 - gain - loss) ** 120, abs=1e-9)


def embedding(scenario: Scenario, **changes) -> Scenario:
    return scenario.with_({"embedding": {"rate": 0.10, **changes}})


def test_embedding_grows_with_practice_and_is_read_off_the_month_that_made_it(small):
    """Every month's step by the formula, from that month's rows: Q at its end, B and x_T shown in it."""
    model = OrganisationModel(embedding(small))
    for month in range(1, 25):
        model.step()
        now, before = model.now, model.record.monthly["embedding"][month - 1]
        offices = model.structure.seats_of(Role.BACK_OFFICE)
        back_office = np.mean([now.shown[seat] for seat in offices])
        practice, top = model.record.monthly["practice"][month], model.director_shown
        expected = before + 0.10 * practice * back_office * top * (1 - before) - 0.03 * (1 - top) * before
        if model.record.subscription_lost == month:
            expected *= 0.7
        assert model.record.monthly["embedding"][month] == pytest.approx(expected, abs=1e-12)
    assert model.record.monthly["embedding"][24] > 0.01


def test_without_red_tape_and_induction_embedding_changes_nothing_else_to_the_bit(turnover):
    """With no back office B is 1: there is no red tape to take away, and newcomers learn from nothing."""
    plain = turnover.with_({"organisation.back_office": 0, "turnover.induction": 0.0})
    one, other = engine.run(plain, future=2), engine.run(embedding(plain), future=2)
    rows = [i for i, name in enumerate(MONTHLY) if name != "embedding"]
    assert np.array_equal(one.table[rows], other.table[rows], equal_nan=True)
    assert other.monthly["embedding"].max() > 0.1


def test_what_is_embedded_spares_staff_red_tape_and_teaches_newcomers():
    assert rules.red_tape_left(0.08, 0.25, 0.0) == pytest.approx(0.06)
    assert rules.red_tape_left(0.08, 0.25, 0.5) == pytest.approx(0.03)
    assert rules.found_by_newcomers(0.4, 0.0) == 0.4
    assert rules.found_by_newcomers(0.4, 0.5) == pytest.approx(0.7)


def test_the_end_of_the_programme_takes_its_share_of_what_is_embedded(turnover):
    """By an event in step 0 of the month after row 40; everything else of that month is as without the event."""
    stays = embedding(turnover.with_({"events.departure.enabled": False, "subscription.threshold": -10.0}))
    ends = stays.with_({"events.ends": {"kind": "subscription_ends", "month": 40}})
    kept, lost = (engine.run(setting).monthly["embedding"] for setting in (stays, ends))
    assert np.array_equal(kept[:41], lost[:41])
    assert kept[40] > 0.3
    step = kept[41] - kept[40]  # the month's own growth, a little more where less is embedded
    assert lost[41] == pytest.approx(0.7 * kept[40] + step, abs=0.02)


def test_newcomers_find_what_was_embedded_when_the_month_before_ended(turnover):
    """Newcomers of the very month in which the programme ends still find what stood in the rules until then."""
    scenario = embedding(turnover.with_({"events.departure.enabled": False, "subscription.threshold": -10.0}))
    leaves = {"kind": "person_leaves", "month": 40, "role": "practitioner", "seat": 5}
    both = scenario.with_({"events.leaver": leaves})
    ends = both.with_({"events.ends": {"kind": "subscription_ends", "month": 40}})
    models = []
    for setting in (both, ends):
        model = OrganisationModel(setting)
        model.run_for(41)
        models.append(model)
    seat = models[0].structure.seat_of("practitioner", 5, "")
    practices = {model.state.practice[seat] - 0.1 * model.now.done[seat] for model in models}
    assert max(practices) - min(practices) < 1e-15


def test_a_norm_nobody_claims_against_stays_where_it_is_and_drifts_back_after_austerity():
    """N_t = N_o - (N_o - N)(1 - drift)^months while austerity lasts, and back to N from then on."""
    scenario = from_dict(
        {
            "months": 40,
            "measure": {"horizon": 4, "reference_month": 30},
            "leadership": {
                "claim_base": 0.0, "claim_slope": 0.0, "hierarchy_norm": 0.6,
                "norm_granted": 0.02, "norm_refused": 0.01, "norm_drift": 0.01,
            },
            "events": {"cuts": {"kind": "austerity", "month": 10, "months": 12, "severity": 0.1}},
        }
    )  # fmt: skip
    norm = engine.run(scenario).monthly["norm"]
    assert set(norm[:11]) == {0.6}
    towards = 0.6 + 0.4 * 0.5
    expected = [towards - (towards - 0.6) * 0.99**months for months in range(1, 13)]
    assert norm[11:23] == pytest.approx(expected, abs=1e-12)
    assert norm[23:] - 0.6 == pytest.approx((norm[22] - 0.6) * 0.99 ** np.arange(1, 19), abs=1e-12)


@given(norm=SHARE, granted=st.integers(0, 8), refused=st.integers(0, 8))
def test_each_claim_granted_softens_a_norm_and_each_refused_hardens_it(norm, granted, refused):
    after = rules.norm(norm, granted, refused, 0.02, 0.01)
    softer = norm * 0.98**granted
    assert after == pytest.approx(1.0 - (1.0 - softer) * 0.99**refused, abs=1e-12)
    assert 0.0 <= after <= 1.0


def test_teams_learn_apart_and_people_from_outside_meet_their_mean(turnover):
    scenario = turnover.with_({"leadership.norm_granted": 0.05, "leadership.hierarchy_norm": 0.3})
    model = OrganisationModel(scenario)
    model.run_for(30)
    heads = model.structure.team_heads
    norms = 0.3 + model.state.norm[heads]
    assert len(heads) == 8
    assert np.ptp(norms) > 0.01
    assert max(norms) < 0.3
    practitioner = model.people[model.structure.practitioners[20]]
    own = 0.3 + model.state.norm[model.structure.manager[practitioner.seat]]
    assert practitioner.is_granted() == pytest.approx(1.0 - own)
    partner = model.people[model.structure.seats_of(Role.VCS_PARTNER)[0]]
    assert partner.is_granted() == pytest.approx((1.0 - norms.mean()) * 0.3)


def test_a_changed_hierarchy_norm_moves_every_teams_by_as_much(turnover):
    scenario = turnover.with_(
        {
            "leadership.norm_granted": 0.05,
            "events.softer": {"kind": "change", "month": 20, "set": {"leadership": {"hierarchy_norm": 0.5}}},
        }
    )
    model = OrganisationModel(scenario)
    model.run_for(20)
    before = 0.8 + model.state.norm
    retune(model.structure, model.state, model.parameters, model.calendar.parameters[21], model.draws)
    assert 0.5 + model.state.norm == pytest.approx(before - 0.3, abs=1e-12)
    assert np.ptp(model.state.norm) > 0.01
