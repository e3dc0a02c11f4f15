"""The compiled engine is the Mesa model's twin: the same state month by month, the same ledger, the same log."""

import numpy as np
import pytest
from few import FEW_PEOPLE
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from odd import examples, is_thorough, organisations, scenarios

import sim
from sim.model import engine
from sim.model.calendar import calendar
from sim.model.draws import draw
from sim.model.ledger import LEDGER_KINDS
from sim.model.model import OrganisationModel
from sim.model.record import PEOPLE, Record
from sim.model.removal import WAYS, Removal
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario, ScenarioError, from_dict, library_names

CLOSE = 1e-12
"""How far sums over rows of the ledger may be apart, which are added up in another order; nothing else may be."""


def ledger(record: Record) -> tuple[np.ndarray, np.ndarray]:
    """What each listener owes each source by month, way and kind: a number for each of these, and the sum."""
    rows, seats = record.ledger.rows(), len(record.organisation)
    columns = [rows[name] for name in ("month", "listener", "source", "heard_from", "kind")]
    entries = np.ravel_multi_index(columns, (record.scenario.months + 1, seats, seats, seats, len(LEDGER_KINDS)))
    each, place = np.unique(entries, return_inverse=True)
    return each, np.bincount(place, weights=rows["change"])


def assert_twins(mesa: Record, compiled: Record) -> None:
    for name, column in mesa.monthly.items():
        assert np.array_equal(column, compiled.monthly[name], equal_nan=True), name
    for name in PEOPLE:
        assert np.array_equal(mesa.people[name], compiled.people[name]), name
    assert np.array_equal(mesa.live, compiled.live)
    assert mesa.log == compiled.log
    assert mesa.first_departure == compiled.first_departure
    assert mesa.subscription_lost == compiled.subscription_lost
    owed = [ledger(record) for record in (mesa, compiled)]
    every = np.union1d(*(each for each, _ in owed))
    one, other = np.zeros((2, len(every)))
    for column, (each, sums) in zip((one, other), owed, strict=True):
        column[np.searchsorted(every, each)] = sums
    assert np.abs(one - other).max() <= CLOSE


def both(scenario, future, organisation=None, calendar=None) -> tuple[Record, Record]:
    model = OrganisationModel(scenario, future=future, keep="everything", organisation=organisation, calendar=calendar)
    return model.run(), engine.run(
        scenario, future=future, keep="everything", organisation=organisation, calendar=calendar
    )


def in_a_lane(scenario: Scenario, future: int, lanes: int) -> tuple[Record, Record]:
    """The Mesa model's record, and the engine's from the last of some lanes; in the others people move more slowly."""
    model = OrganisationModel(scenario, future=future, keep="everything")
    others = [scenario.with_({"influence.rate": 0.05 + 0.01 * lane}) for lane in range(lanes - 1)]
    chosen = [(setting, calendar(setting)) for setting in (*others, scenario)]
    drawn = draw(model.structure, scenario.months, 1, future, lean=True)
    return model.run(), engine.play(chosen, 1, future, model.organisation, drawn, keep="everything")[-1]


LANES = st.sampled_from([1, 4, 8])


def brief(scenario: Scenario) -> Scenario:
    """The same, over two and a half years after what is scheduled last; all of it in the profile ``thorough``."""
    if is_thorough():
        return scenario
    last = max((event.month for event in scenario.events.values() if event.enabled), default=0)
    return scenario.with_({"months": max(last, scenario.reference_month) + 30, "measure.horizon": 12})


@pytest.mark.parametrize("name", library_names())
def test_every_scenario_of_the_library_and_its_variants_is_the_same_in_both(name):
    """Every setting that comes with the package, each in another future; variants with a few people of each role."""
    base = sim.load(name)
    assert_twins(*both(brief(base), future=0))
    small = base.with_({f"organisation.{key}": count for key, count in FEW_PEOPLE.items()})
    for i, slug in enumerate(base.variants):
        assert_twins(*both(brief(small.variant(slug)), future=i + 1))


@pytest.mark.parametrize("name", ["director-turnover", "directors-come-and-go"])
def test_whole_runs_are_the_same_in_both(name):
    """As long as they are: what a director leaves behind after ten years, and thirty years of directors."""
    assert_twins(*both(sim.load(name), future=0))


@pytest.mark.parametrize("name", ["directors-come-and-go", "embedding", "programme-ends"])
def test_everybodys_state_after_some_months_is_the_same_in_both(name):
    """Commitment, links, who stands in, what is written down: every part of it, and the last month's row."""
    setting = sim.load(name).with_({f"organisation.{key}": count for key, count in FEW_PEOPLE.items()})
    model = OrganisationModel(setting, seed=2, future=1)
    model.run_for(47)
    drawn = draw(model.structure, setting.months, 2, 1, lean=True)
    state, row = engine.so_far(setting, 47, model.organisation, drawn)
    assert np.array_equal(row, model.record.table[:, 47], equal_nan=True)
    for part, here, there in zip(state._fields, state, model.state, strict=True):
        assert (here.dtype, here.tobytes()) == (there.dtype, np.ascontiguousarray(there).tobytes()), part


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=scenarios(), future=st.integers(0, 3), lanes=LANES)
def test_random_scenarios_are_the_same_in_both(data, future, lanes):
    """Every parameter over its range, every kind of event, on organisations with any role missing, in any lane."""
    try:
        scenario = from_dict(data)
        records = in_a_lane(scenario, future, lanes)
    except ScenarioError:
        assume(False)
    assert_twins(*records)


CUTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60), st.sampled_from(WAYS)), min_size=1, max_size=4)


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(data=scenarios(), wanted=CUTS, ends=st.booleans())
def test_people_cut_off_are_cut_off_alike_in_both(data, wanted, ends):
    """Seats emptied, replaced, or shut in any of their channels, in any role and month."""
    try:
        scenario = from_dict(data)
        shape, when = organisation(scenario, 1, 0), calendar(scenario)
        _ = when.leavers(shape.structure)
    except ScenarioError:
        assume(False)
    for month, seat, how in wanted:
        when = when.removing(
            month % scenario.months, [seat % len(shape)], how, 0.2 if how == Removal.REPLACED else np.nan
        )
    assume(
        set(shape.structure.staff) - {int(seat) for _, seat, how in when.schedule.removals if how == Removal.EMPTIED}
    )
    when = when.ending_programme(wanted[0][0] % scenario.months) if ends else when
    assert_twins(*both(scenario, 0, organisation=shape, calendar=when))


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(files=organisations(), data=scenarios(), partners=st.integers(0, 2), lanes=LANES)
def test_random_imported_organisations_are_the_same_in_both(tmp_path_factory, files, data, partners, lanes):
    """Any tree of people, any links between them, with and without partners around them, in any lane."""
    folder = tmp_path_factory.mktemp("files")
    for name, text in zip(("people.csv", "links.csv"), files, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    data["organisation"] = {"people": "people.csv", "links": "links.csv", "vcs_partners": partners}
    try:
        scenario = from_dict(data, folder=folder)
        records = in_a_lane(scenario, 0, lanes)
    except ScenarioError:
        assume(False)
    assert_twins(*records)


@pytest.mark.parametrize("name", ["krackhardt_hightech", "michalski_manufacturing"])
def test_a_real_organisation_is_the_same_in_both(turnover, networks, name):
    """Two published networks with a line of their own."""
    scenario = turnover.around(str(networks / name / "nodes.csv"), str(networks / name / "edges.csv"))
    assert_twins(*both(brief(scenario), 1))


def test_keeping_less_changes_nothing(turnover):
    """The months of an ensemble, run in one go, are those of a future that keeps everything, run month by month."""
    change = {"kind": "change", "month": 20, "set": {"leadership": {"champions": 0.3}, "influence": {"openness": 0.5}}}
    scenario = turnover.with_({"events.push": change, "turnover.director_tenure": 30.0})
    months, everything = engine.run(scenario), engine.run(scenario, keep="everything")
    assert np.array_equal(months.table, everything.table, equal_nan=True)
    assert months.log == everything.log
    assert not months.people
    assert months.ledger is None


def test_the_draws_and_the_organisation_may_be_shared(turnover):
    """A run that is given its organisation, calendar and draws is the run that works them out."""
    shape = organisation(turnover, 5, 7)
    draws = draw(shape.structure, turnover.months, 5, 7)
    given_all = engine.run(turnover, seed=5, future=7, organisation=shape, draws=draws, calendar=calendar(turnover))
    assert np.array_equal(given_all.table, engine.run(turnover, seed=5, future=7).table, equal_nan=True)
