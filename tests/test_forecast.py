"""Which futures will survive: telling apart by hand, readings that know nothing of what follows, outcomes as judged."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.forecast import READINGS, SCOPES, Forecast, Forecasts, as_known, auc, delong, forecast
from sim.experiments.ensemble import settings
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED
from sim.model.mean_field import autonomous_retention
from sim.model.model import OrganisationModel
from sim.report.words.forecast import _area as auc_words
from sim.scenario.scenario import Scenario, ScenarioError

YES, NO = True, False


@pytest.fixture
def mixed(small: Scenario) -> Scenario:
    """The small council, with a line at which some futures survive and others do not."""
    return small.with_(
        {
            "measure.taken_hold": 0.05,
            "measure.survival": 1.0,
            "succession.successor_commitment": 0.3,
            "variants": {
                "willing": {"title": "Willing", "succession": {"successor_commitment": 0.9}},
                "empty": {"title": "Empty", "events": {"departure": {"vacancy": 30}}},
                "early": {"title": "Early", "events": {"departure": {"month": 8}}, "measure": {"reference_month": 8}},
                "shared": {"title": "Shared", "leadership": {"hierarchy_norm": 0.2, "champions": 0.5}},
            },
        }
    )


def made(values: np.ndarray, outcome: list[str] | np.ndarray, slug: str = "made") -> Forecast:
    """A setting whose readings are all ``values`` ([futures]), or [readings, futures]."""
    read = np.broadcast_to(values, (len(READINGS), len(outcome))).astype(float)
    zeros = np.zeros(len(outcome))
    return Forecast(slug, slug.title(), zeros.astype(int), read, zeros, np.array(outcome))


def by_chance(futures: int, apart: float, seed: int = 5) -> Forecast:
    """A third survive; four readings of them, each a common part that tells, ``apart``, and noise of its own."""
    rng = np.random.default_rng(seed)
    survived = rng.random(futures) < 1 / 3
    common = apart * survived + rng.normal(size=futures)
    read = common + np.arange(len(READINGS))[:, None] * rng.normal(size=(len(READINGS), futures))
    return made(read, np.where(survived, SURVIVED, COLLAPSED))


# -- Telling apart ------------------------------------------------------------------------------------------


def test_the_area_by_hand():
    """Survivors 3, 5 against 1, 4: three of four pairs are in order. A tie counts half."""
    assert auc([3, 1, 5, 4], [YES, NO, YES, NO]) == 0.75
    assert auc([2, 2, 2, 1], [YES, NO, YES, NO]) == 0.75
    assert auc([1, 1], [YES, NO]) == 0.5


def test_delongs_covariance_by_hand():
    """Two readings of four futures, worked out on paper.

    First: survivors 3, 5 stand above 1/2 and 2/2 of the others; others 1, 4 stand below 2/2 and 1/2 of the survivors.
    Each has variance 1/8 about 3/4, so that the area's is 1/8 / 2 + 1/8 / 2. Second: survivors 2, 2 stand above 3/4
    each, others 2, 1 below 1/2 and 1, so that only the others vary, and against the first: -1/8 / 2.
    """
    areas, covariance = delong([[3, 1, 5, 4], [2, 2, 2, 1]], [YES, NO, YES, NO])
    np.testing.assert_allclose(areas, [0.75, 0.75], atol=1e-15)
    np.testing.assert_allclose(covariance, [[0.125, -0.0625], [-0.0625, 0.0625]], atol=1e-15)


def test_delongs_variance_of_unequal_numbers_by_hand():
    """Survivors 3, 5 against 1, 4, 2: shares 2/3, 1 with variance 1/18, and 1, 1/2, 1 with variance 1/12.

    So the area's is 1/18 / 2 + 1/12 / 3.
    """
    areas, covariance = delong([[3, 1, 5, 4, 2]], [YES, NO, YES, NO, NO])
    assert areas[0] == pytest.approx(5 / 6, abs=1e-15)
    assert covariance[0, 0] == pytest.approx(1 / 18, abs=1e-15)


def test_a_perfect_reading_and_useless_ones():
    """1 for a reading that sorts all, 0 the wrong way round, 0.5 for one that is the same for all; without interval."""
    outcome = [COLLAPSED] * 3 + [SURVIVED] * 3
    for values, value in ((np.arange(6), 1.0), (-np.arange(6), 0.0), (np.ones(6), 0.5)):
        found = made(values, outcome).areas["level"]
        assert found.value == value
        assert np.isnan(found.low)
        assert auc_words(found) == f"{value:.2f} (no interval)"
    rng = np.random.default_rng(1)
    chance = made(rng.random(4000), np.where(rng.random(4000) < 0.5, SURVIVED, COLLAPSED)).areas["level"]
    assert chance.low < 0.5 < chance.high
    assert chance.value == pytest.approx(0.5, abs=0.03)


numbers = st.lists(st.tuples(st.integers(-8, 8), st.booleans()), min_size=2, max_size=30)


@given(numbers)
def test_only_the_order_of_a_reading_counts(rows):
    """Strictly rising transforms change neither area nor variance; a falling one gives one minus the area."""
    values, survived = np.array([row[0] for row in rows], dtype=float), [row[1] for row in rows]
    areas, covariance = delong([values, np.exp(values), values**3 - 7.0, -values], survived)
    np.testing.assert_array_equal(areas[:3], areas[0])
    np.testing.assert_allclose(areas[3], 1.0 - areas[0], atol=1e-12)
    np.testing.assert_allclose(covariance[:3, :3], covariance[0, 0], atol=1e-12)
    np.testing.assert_allclose(covariance[3, 0], -covariance[0, 0], atol=1e-12)


@given(numbers)
def test_the_area_is_the_share_of_pairs(rows):
    """What is computed from ranks is what counting pair by pair gives."""
    values, survived = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows])
    pairs = [(a > b) + 0.5 * (a == b) for a in values[survived] for b in values[~survived]]
    expected = sum(pairs) / len(pairs) if pairs else np.nan
    np.testing.assert_allclose(auc(values, survived), expected, atol=1e-12)


def test_delong_agrees_with_resampling():
    """Areas and gains of 600 futures: both ends of DeLong's interval are within 0.01 of the bootstrap's."""
    one = by_chance(600, 1.0)
    resampled = Forecasts({"made": one}, 1).pooled()
    for exact, drawn in ((one.areas, resampled.areas["within"]), (one.gains, resampled.gains["within"])):
        for name, area in exact.items():
            np.testing.assert_allclose(drawn[name], area, atol=0.01)
    assert one.gains["momentum"].low > 0  # the noisiest reading tells less


def test_where_all_end_alike_nothing_is_defined():
    """No area, no interval, and the words say why; too few of one kind give an area without interval."""
    alike = made(np.arange(4), [SURVIVED, SURVIVED, NEVER, SURVIVED])
    assert alike.alike
    assert all(np.isnan(area).all() for area in [*alike.areas.values(), *alike.gains.values()])
    told = sim.words(Forecasts({"made": alike}, 1))
    assert "taken hold in 3 futures and survived in 3 of them. They all ended alike" in told
    single = made(np.arange(3), [COLLAPSED, SURVIVED, SURVIVED]).areas["level"]
    assert single.value == 1.0
    assert np.isnan(single.low)


def test_mistakes_are_said():
    """A reading that is no number, shapes that do not fit, no futures, and a future judged at row 0."""
    with pytest.raises(ValueError, match="NaN"):
        auc([1.0, np.nan], [YES, NO])
    with pytest.raises(ValueError, match="futures"):
        delong([[1.0, 2.0]], [YES])
    scenario = sim.load("director-turnover")
    with pytest.raises(ScenarioError, match="at least one future"):
        forecast(scenario, futures=0)
    with pytest.raises(ScenarioError, match="row 0"):
        forecast(scenario.with_({"measure.reference_month": 0}), futures=1, variants=[])


# -- One setting and several --------------------------------------------------------------------------------


def test_futures_that_never_took_hold_are_left_out():
    """They count neither in areas nor in fifths; a fifth of ten is two, from the lowest and from the highest."""
    outcome = [SURVIVED, COLLAPSED, COLLAPSED, COLLAPSED, SURVIVED, COLLAPSED, SURVIVED, SURVIVED, SURVIVED, COLLAPSED]
    values = np.arange(10)
    with_never = made(np.append(values, [-1.0, 99.0]), [*outcome, NEVER, NEVER])
    assert with_never.areas == made(values, outcome).areas
    assert with_never.fifths("level") == (1, 1, 2)


def test_within_and_between_make_up_the_pool():
    """Two settings by hand: one pair each within, two between; all four together are the pool.

    A: survivor 2, other 1. B: survivor 5, other 6. Within: A's pair in order, B's not. Between: A's survivor, 2,
    below B's other, 6; B's survivor, 5, above A's other, 1.
    """
    a, b = made(np.array([2, 1]), [SURVIVED, COLLAPSED], "a"), made(np.array([5, 6]), [SURVIVED, COLLAPSED], "b")
    pool = Forecasts({"a": a, "b": b}, 1).pooled()
    assert pool.pairs == {"within": 2, "between": 2, "pooled": 4}
    assert [pool.areas[scope]["level"].value for scope in SCOPES] == [0.5, 0.5, 0.5]
    b = made(np.array([8, 6]), [SURVIVED, COLLAPSED], "b")
    pool = Forecasts({"a": a, "b": b}, 1).pooled()
    assert [pool.areas[scope]["level"].value for scope in SCOPES] == [1.0, 0.5, 0.75]
    assert pool.gains["pooled"]["level"].value == 0.0


def test_a_future_counted_twice_tells_no_more():
    """A setting pooled with its copy has the setting's own area and interval, since futures are what is resampled."""
    one = by_chance(80, 1.0)
    alone, twice = (Forecasts(some, 1).pooled() for some in ({"a": one}, {"a": one, "b": one}))
    for scope in SCOPES:
        for name in READINGS:
            np.testing.assert_allclose(twice.areas[scope][name], alone.areas["pooled"][name], atol=1e-12)


def test_words_say_which_is_clearly_better():
    """Better, worse and neither are told from the interval of the gain."""
    one = by_chance(400, 1.0)
    assert "Autonomous retention told clearly more than" in sim.words(Forecasts({"made": one}, 1))
    turned = dataclasses.replace(one, readings=one.readings[::-1])
    assert "clearly less than" in sim.words(Forecasts({"made": turned}, 1))
    assert "too narrow" not in sim.words(Forecasts({"made": one}, 1))
    assert "Fewer than 30 ended one way" in sim.words(Forecasts({"made": by_chance(40, 1.0)}, 1))
    same = made(one.readings[0], one.outcome)
    assert "neither clearly more nor less than the level and staff" in sim.words(Forecasts({"made": same}, 1))


# -- Readings and outcomes ----------------------------------------------------------------------------------


def test_readings_know_nothing_of_what_follows(mixed):
    """Another successor, an empty seat, austerity or a change from row t on: every reading the same, to the bit."""
    events = {
        "cuts": {"kind": "austerity", "month": 12, "months": 6, "severity": 0.4},
        "norm": {"kind": "change", "month": 14, "set": {"leadership": {"hierarchy_norm": 0.0}}},
    }
    later = {"title": "Later", "events": events}
    found = forecast(mixed.with_({"variants.later": later}), futures=6)
    base = found.settings["base"]
    for slug in ("willing", "empty", "later"):
        np.testing.assert_array_equal(found.settings[slug].readings, base.readings)
    assert (found.settings["shared"].readings != base.readings).all()
    assert (found.settings["willing"].retention != base.retention).any()
    assert (found.settings["later"].retention != base.retention).any()


def test_what_has_begun_goes_on(mixed):
    """Austerity that began before row t is known to go on; what begins at t is not known."""
    cuts = {"kind": "austerity", "month": 11, "months": 9, "severity": 0.4}
    setting = mixed.with_({"events.cuts": cuts, "events.more": cuts | {"month": 12}})
    assert list(as_known(setting, 12).events) == ["cuts"]


def test_readings_are_those_of_row_t(mixed):
    """Level, commitment and momentum are the row's; autonomous retention is the measure's, of the state at that row."""
    found = forecast(mixed, futures=3, seed=4)
    rows = sim.compare(mixed, futures=3, seed=4).trajectories.set_index(["variant", "future", "month"])
    for slug, setting in settings(mixed).items():
        each = found.settings[slug]
        for future, (t, read) in enumerate(zip(each.reference_month, each.readings.T, strict=True)):
            row = rows.loc[(slug, future, t)]
            assert read[1:].tolist() == [row.practice, row.commitment, row.momentum]
            model = OrganisationModel(setting, seed=4, future=future)
            model.run_for(int(t))
            assert read[0] == autonomous_retention(setting, model.organisation, model.state, 12, month=int(t))


@pytest.mark.parametrize("tenure", [None, 12])
def test_outcomes_are_those_of_the_comparison(mixed, tenure):
    """Reference month, retention and outcome of every future are its row's, random departures or not."""
    scenario = mixed.with_({} if tenure is None else {"turnover.director_tenure": tenure})
    found = forecast(scenario, futures=10).futures
    rows = sim.compare(scenario, futures=10).futures
    for ours, theirs in {"setting": "variant"}.items() | {(n, n) for n in ("future", "reference_month", "outcome")}:
        assert found[ours].tolist() == rows[theirs].tolist()
    np.testing.assert_array_equal(found.retention, rows.retention)
    assert set(found.outcome) >= {COLLAPSED.word, SURVIVED.word}


def test_the_summary_has_a_row_for_each_setting_and_reading(mixed):
    """Numbers of the summary are the setting's own."""
    found = forecast(mixed, futures=10, variants=["shared"])
    summary = found.summary.set_index(["setting", "reading"])
    assert list(summary.index) == [(slug, name) for slug in ("base", "shared") for name in READINGS]
    for slug, each in found.settings.items():
        level = summary.loc[(slug, "level")]
        assert (level.took_hold, level.survived) == (each.took_hold.sum(), each.survived.sum())
        np.testing.assert_array_equal(level[["auc", "auc_low", "auc_high"]].to_numpy(float), each.areas["level"])
        np.testing.assert_array_equal(level[["gain", "gain_low", "gain_high"]].to_numpy(float), each.gains["level"])
        assert (level.lowest_survived, level.highest_survived, level.fifth) == each.fifths("level")
    assert "pairs of futures of two different settings: AUC of autonomous retention" in sim.words(found)


def test_the_python_of_the_page_runs(small_library, capsys):
    """The block of docs/findings.md gives the settings of its tables, here with one future."""
    page = (Path(__file__).parent.parent / "docs" / "findings.md").read_text(encoding="utf-8")
    block = next(block for block in re.findall(r"```python\n(.*?)```", page, flags=re.S) if "forecast(" in block)
    space: dict = {}
    exec(compile(block.replace("futures=100", "futures=1"), "findings.md", "exec"), space)
    assert list(space["found"].settings) == [
        "base", "stays", "shared", "groomed", "promoted", "sceptic", "sceptic_shared", "sceptic_declared",
        "empty", "open", "early",
    ]  # fmt: skip
    assert "“The seat stays empty”: the change had taken hold in 1 futures" in capsys.readouterr().out
