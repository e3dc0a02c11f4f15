"""The ledger added up: an ensemble's sums are those of the whole ledger, role by role and month by month."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from odd import examples, scenarios

from sim.model import engine
from sim.model.calendar import calendar
from sim.model.ledger import FALL, LEDGER_KINDS, RISE
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.scenario.roles import KINDS
from sim.scenario.scenario import ScenarioError, from_dict


def from_ledger(record) -> tuple[np.ndarray, np.ndarray]:
    """The sums made anew from every row of the ledger."""
    frame, structure = record.ledger.frame(), record.organisation.structure
    by_month, given_ = np.zeros_like(record.flows.by_month), np.zeros_like(record.flows.given)
    sign = np.where(frame.change > 0, RISE, FALL)
    kind = frame.kind.map(LEDGER_KINDS.index).to_numpy()
    np.add.at(by_month, (frame.month, structure.role[frame.source], kind, sign), frame.change)
    links = kind < len(KINDS)
    np.add.at(given_, (frame.source[links], sign[links]), frame.change[links])
    return by_month, given_


@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(data=scenarios(), gone=st.integers(0, 40), month=st.integers(0, 13))
def test_the_sums_are_those_of_the_ledger(data, gone, month):
    """By month, role, kind and sign, and by seat, within 1e-12, in any scenario, with somebody gone."""
    try:
        scenario = from_dict(data)
        shape = organisation(scenario, 1, 0)
        when = calendar(scenario).removing(month, [gone % len(shape)], Removal.EMPTIED)
        assume(set(shape.structure.staff) - {gone % len(shape)})
        record = engine.run(scenario, keep="everything", flows=True, organisation=shape, calendar=when)
        alone = engine.run(scenario, flows=True, organisation=shape, calendar=when)
    except ScenarioError:
        assume(False)
    by_month, given_ = from_ledger(record)
    np.testing.assert_allclose(record.flows.by_month, by_month, rtol=0, atol=1e-12)
    np.testing.assert_allclose(record.flows.given, given_, rtol=0, atol=1e-12)
    np.testing.assert_allclose(alone.flows.by_month, by_month, rtol=0, atol=1e-12)
    assert (record.flows.by_month[..., RISE] >= 0).all()
    assert (record.flows.by_month[..., FALL] <= 0).all()


def test_the_sums_of_a_council_add_up_to_what_commitment_did(turnover):
    """All flows of a month, the leavers' too, are the change of everybody's commitment in it, within 1e-12."""
    change = {"kind": "change", "month": 20, "set": {"leadership": {"champions": 0.3}}}
    record = engine.run(turnover.with_({"events.push": change}), keep="people", flows=True)
    moved = np.diff(record.people["commitment"].sum(axis=1))
    np.testing.assert_allclose(record.flows.by_month[1:].sum(axis=(1, 2, 3)), moved, rtol=0, atol=1e-11)
    assert record.flows.by_month[21, :, LEDGER_KINDS.index("change")].sum() > 1.0


def test_asking_for_the_sums_changes_nothing_else(turnover):
    """The same table to the bit, and none where they are not asked for."""
    with_them, without = engine.run(turnover, flows=True), engine.run(turnover)
    assert np.array_equal(with_them.table, without.table, equal_nan=True)
    assert without.flows is None
    assert with_them.flows.by_month.sum() == pytest.approx(from_everything(turnover), abs=1e-9)


def from_everything(scenario) -> float:
    """All changes in the ledger of one future."""
    return float(engine.run(scenario, keep="everything").ledger.frame().change.sum())
