"""How long the change stood: times, curves, medians, and two variants compared."""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import sim
from sim.analysis.survival import (
    Middle,
    Times,
    collapsed_first,
    durations_frame,
    log_rank,
    median,
    practised,
    survival_curve,
    times_to_collapse,
    times_to_half,
)
from sim.base.intervals import wilson
from sim.experiments.chunks import write
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, judge
from sim.report.plots.survival import LABEL, LOOKS, _spread, plot_survival
from sim.report.words.survival import durations_words
from sim.scenario.scenario import Measure, Scenario

Z = 1.959963984540054
SIX = Measure(horizon=6)
NONE = float("nan")


def times(*months: float, horizon: int = 6, below: float = 0.5) -> Times:
    """Times by hand: 4 happened in month 4, -4 was censored in month 4, NaN never took hold."""
    given_months = np.array(months, dtype=np.float64)
    took_hold = ~np.isnan(given_months)
    return Times(abs(given_months), given_months > 0, took_hold, np.zeros_like(took_hold), horizon, below)


# -- Times ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "collapse", "half"),
    [
        ((0.7, 0.6, 0.39, 0.3, 0.2, 0.1), 3, 3),
        ((0.3, 0.3, 0.5, 0.5, 0.5, 0.5), -6, 1),
        ((0.3, 0.5, 0.3, 0.5, 0.39, 0.39), 5, 1),
        ((0.1, 0.1, 0.1, 0.1, 0.1, 0.1), 1, 1),
        ((0.9, 0.9, 0.9, 0.9, 0.9, 0.39), 6, 6),
        ((0.3, 0.3, 0.3, 0.3, 0.3, 0.4), -6, 1),
        ((0.4, 0.4, 0.4, 0.4, 0.4, 0.4), -6, -6),
        ((0.7, 0.6, 0.6, NONE, NONE, NONE), -3, -3),
        ((0.7, 0.6, 0.39, 0.3, NONE, NONE), -2, 3),
        ((0.7, NONE, 0.1, 0.1, 0.1, 0.1), -1, -1),
    ],
    ids=[
        "falls below for good",
        "dips and recovers",
        "recovers twice, then not",
        "never back",
        "below in the last month only",
        "exactly at the line in the end",
        "always exactly at the line",
        "ends early, standing",
        "ends early, below: it might have come back",
        "what comes after a gap is not known to follow",
    ],
)
def test_the_months_to_collapse_and_to_half_of_series_made_by_hand(after, collapse, half):
    """Q is 0.8 at row 2, so the line is 0.4; a minus stands for the month until which it is known to stand."""
    practice = np.array([[0.1, 0.1, 0.8, *after]])
    for found, expected in (
        (times_to_collapse(practice, [2], SIX), collapse),
        (times_to_half(practice, [2], SIX), half),
    ):
        assert (found.month[0], found.happened[0]) == (abs(expected), expected > 0)
        assert found.followed == 1


def test_a_change_that_never_took_hold_and_a_failed_future_are_counted_apart():
    """Neither is in the curve; 0.25 has taken hold, 0.2499 has not; a failed run has no reference month."""
    practice = np.full((4, 9), 0.9)
    practice[:, 2] = 0.25, 0.2499, 0.8, 0.8
    practice[3] = np.nan
    for found in (times_to_collapse(practice, [2, 2, 2, NONE], SIX), times_to_half(practice, [2, 2, 2, 2], SIX)):
        assert found.took_hold.tolist() == [True, False, True, False]
        assert (found.followed, found.never_took_hold, int(found.failed.sum())) == (2, 1, 1)
        assert np.isnan(found.month).tolist() == [False, True, False, True]
        assert not found.happened.any()


def test_each_future_is_followed_from_its_own_reference_month():
    """Two futures with the same fall, judged from rows 0 and 2: it comes two months later in the first."""
    practice = np.array([[0.8, 0.8, 0.8, 0.8, 0.8, 0.1, 0.1, 0.1, 0.1]] * 2)
    assert times_to_collapse(practice, [0, 2], SIX).month.tolist() == [5.0, 3.0]


def test_a_run_that_is_too_short_is_censored_where_it_ends():
    """From row 2 of a run of 5 rows only two months can be followed."""
    found = times_to_collapse(np.full((1, 5), 0.8), [2], SIX)
    assert (found.month[0], found.happened[0]) == (2.0, False)


@pytest.mark.parametrize(
    ("practice", "reference", "said"),
    [
        ([0.5, 0.5], [0], r"practice is \(2,\) and reference \(1,\)"),
        ([[0.5, 0.5]], [0, 0], r"reference \(2,\)"),
        ([[0.5, 0.5]], [2], "reference 2 is not a row of practice, which has rows 0 to 1"),
        ([[0.5, 0.5]], [-1], "reference -1 is not a row"),
        ([[0.5, 0.5]], [0.5], "reference 0.5 is not a row"),
    ],
)
def test_shapes_and_rows_that_do_not_fit_are_refused(practice, reference, said):
    """The message says what was given and what is there."""
    with pytest.raises(ValueError, match=said):
        times_to_collapse(practice, reference, SIX)


levels = st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])


@example(practice=np.array([[2e-311, *[0.1] * 13]] * 5), reference=[0] * 5, survival=0.5)  # of next to nothing
@given(
    practice=arrays(np.float64, (5, 14), elements=levels | st.floats(0, 1)),
    reference=st.lists(st.integers(0, 7), min_size=5, max_size=5),
    survival=st.sampled_from([0.0, 0.5, 0.75, 1.0, 1.5]),
)
def test_at_the_horizon_the_curve_says_what_the_verdicts_say(practice, reference, survival):
    """Future by future and in the share; and nothing about the time to half contradicts it."""
    setting = Scenario(measure=Measure(horizon=6, survival=survival))
    verdicts = [judge(q, setting, t).outcome for q, t in zip(practice, reference, strict=True)]
    found = times_to_collapse(practice, reference, setting.measure)
    said = np.where(~found.took_hold, NEVER, np.where(found.happened, COLLAPSED, SURVIVED))
    assert said.tolist() == verdicts
    assert found.month[found.took_hold & ~found.happened].tolist() == [6.0] * verdicts.count(SURVIVED)
    curve = survival_curve(found)
    assert curve.happened[-1] == verdicts.count(COLLAPSED)
    assert curve.never_took_hold == verdicts.count(NEVER)
    if found.followed:
        assert curve.standing[-1] == pytest.approx(verdicts.count(SURVIVED) / found.followed, abs=1e-12)
        assert ((curve.low <= curve.standing + 1e-12) & (curve.standing <= curve.high + 1e-12)).all()
    half = times_to_half(practice, reference, setting.measure)
    if survival == 0.5:
        assert (half.month[found.happened] <= found.month[found.happened]).all()
        assert half.happened[found.happened].all()


# -- Curves --------------------------------------------------------------------------------------------------


def test_five_futures_by_hand_with_one_censored_early():
    """2, 3+, 4, 4, 6+: 4/5 from month 2, 4/5 x 1/3 from month 4, with Greenwood's variance on the log-log scale."""
    curve = survival_curve(times(2, -3, 4, 4, -6))
    assert curve.month.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert curve.at_risk.tolist() == [5, 5, 5, 4, 3, 1, 1]
    assert curve.happened.tolist() == [0, 0, 1, 1, 3, 3, 3]
    assert curve.standing == pytest.approx([1, 1, 4 / 5, 4 / 5, 4 / 15, 4 / 15, 4 / 15], abs=1e-12)
    for month, share, terms in ((2, 4 / 5, 1 / (5 * 4)), (4, 4 / 15, 1 / (5 * 4) + 2 / (3 * 1))):
        half = Z * math.sqrt(terms) / abs(math.log(share))
        assert curve.low[month] == pytest.approx(share ** math.exp(half), abs=1e-12)
        assert curve.high[month] == pytest.approx(share ** math.exp(-half), abs=1e-12)
    assert (curve.low[1], curve.high[1]) == wilson(5, 5)[1:]


def test_where_all_or_none_have_collapsed_wilsons_interval_stands_in():
    """The log-log band is undefined there; of ten futures all gone, at most 28% would be standing."""
    gone = survival_curve(times(*[3] * 10))
    assert gone.standing.tolist() == [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert (gone.low[2], gone.high[2]) == wilson(10, 10)[1:]
    assert (gone.low[6], gone.high[6]) == pytest.approx((0.0, 0.2775), abs=5e-5)
    standing = survival_curve(times(*[-6] * 10))
    assert (standing.low[6], standing.high[6]) == pytest.approx((0.7225, 1.0), abs=5e-5)


def test_a_future_no_longer_followed_does_not_make_that_interval_narrower():
    """Two of ten are lost after month 2: from month 3 on the interval is that of eight."""
    curve = survival_curve(times(*[-6] * 8, -2, -2))
    assert [curve.low[m] for m in (2, 3)] == [wilson(10, 10).low, wilson(8, 8).low]


def test_nothing_is_said_where_nobody_is_followed():
    """After the last future is lost, and for a variant in which the change never took hold."""
    curve = survival_curve(times(2, -3))
    assert curve.standing[:4].tolist() == [1.0, 1.0, 0.5, 0.5]
    assert np.isnan([curve.standing[4:], curve.low[4:], curve.high[4:]]).all()
    empty = survival_curve(times(NONE, NONE))
    assert np.isnan(empty.standing).all()
    assert (empty.at_risk[0], empty.never_took_hold) == (0, 2)
    assert median(empty) == Middle(None, None, None)


SIX_MP = (10, 7, -32, 23, 22, 6, 16, -34, -32, -25, -11, -20, -19, 6, -17, -35, 6, 13, -9, -6, -10)
PLACEBO = (1, 22, 3, 12, 8, 17, 2, 11, 8, 12, 2, 5, 4, 15, 8, 23, 5, 11, 4, 1, 8)
"""Weeks of remission of 21 pairs of children with leukaemia, in order of pair (Freireich et al. 1963, Blood 21,
699-716; as in Andersen, Borgan, Gill & Keiding 1993, Statistical Models Based on Counting Processes)."""


def test_the_published_curve_of_the_leukaemia_trial():
    """Kaplan-Meier of 6-MP at weeks 6, 7, 10, 13, 16, 22 and 23; medians 23 and 8 weeks."""
    drug, placebo = (survival_curve(times(*weeks, horizon=35)) for weeks in (SIX_MP, PLACEBO))
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert drug.standing[[6, 7, 10, 13, 16, 22, 23]] == pytest.approx(published, abs=6e-4)
    assert median(drug) == Middle(23, 13, None)
    assert median(placebo) == Middle(8, 4, 11)


def test_the_median_is_the_first_month_with_half_of_them_gone():
    """Of four, two have collapsed in month 3: half; of three, not before the second goes, in month 5."""
    assert median(survival_curve(times(1, 3, 5, -6))).month == 3
    assert median(survival_curve(times(1, 5, -6))).month == 5
    assert median(survival_curve(times(1, -6, -6))) == Middle(None, 1, None)


# -- Two variants --------------------------------------------------------------------------------------------


def test_the_published_log_rank_of_the_leukaemia_trial():
    """Chi-squared 16.79 on one degree of freedom, whichever comes first."""
    drug, placebo = times(*SIX_MP, horizon=35), times(*PLACEBO, horizon=35)
    found = log_rank(drug, placebo)
    assert found.chi_squared == pytest.approx(16.79, abs=5e-3)
    assert found.p_value == pytest.approx(4.17e-5, abs=1e-7)
    assert (found.futures, found.happened) == ((21, 21), (9, 21))
    assert log_rank(placebo, drug).chi_squared == pytest.approx(found.chi_squared, abs=1e-9)


def test_the_published_preferences_of_the_leukaemia_trial():
    """6-MP did better in 18 of the 21 pairs; the sign test's p is 2 (1 + 21 + 210 + 1330) / 2^21."""
    found = collapsed_first(times(*PLACEBO, horizon=35), times(*SIX_MP, horizon=35))
    assert (found.one_first, found.other_first, found.same_month, found.unknown, found.unpaired) == (18, 3, 0, 0, 0)
    assert found.p_value == pytest.approx(2 * 1562 / 2**21, abs=1e-12)


def test_a_pair_counts_only_where_its_order_is_known():
    """Collapsed against standing at the horizon is known, also in its last month; lost before is not."""
    one = times(2, 6, 4, -6, -3, -4, NONE, 5)
    other = times(5, -6, 4, -6, 5, 4, 2, NONE)
    found = collapsed_first(one, other)
    assert (found.one_first, found.other_first, found.same_month) == (2, 1, 1)
    assert (found.unknown, found.unpaired) == (2, 2)
    assert found.p_value == pytest.approx(1.0, abs=1e-12)
    assert found.months_later == 1.5
    swapped = collapsed_first(other, one)
    assert (swapped.one_first, swapped.other_first, swapped.months_later) == (1, 2, -1.5)


def test_pairs_show_what_the_log_rank_test_cannot_see():
    """Sixty futures that each stand one month longer: the order is the same in all, the curves are close."""
    months = np.tile(np.arange(1, 21), 3)
    one, other = times(*months, horizon=30), times(*(months + 1), horizon=30)
    assert log_rank(one, other).p_value > 0.2
    assert collapsed_first(one, other).p_value < 1e-15
    assert collapsed_first(one, other).months_later == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (times(-6, -6), times(-6, -6)),
        (times(NONE, NONE), times(3, -6)),
        (times(*[5] * 49), times(*[-3] * 49)),
        (times(4, 4), times(4, 4)),
    ],
    ids=["no collapse", "nobody followed", "never at risk together", "all in the same month"],
)
def test_the_log_rank_of_nothing_to_compare_is_no_number(one, other):
    """Not 0 or 1, and no warning; the pairs say that there was no order."""
    found = log_rank(one, other)
    assert math.isnan(found.chi_squared)
    assert math.isnan(found.p_value)
    assert collapsed_first(one, other).p_value == 1.0


def test_pairs_need_the_same_futures():
    """Two ensembles of different size cannot be paired."""
    with pytest.raises(ValueError, match="2 and 3 futures"):
        collapsed_first(times(1, 2), times(1, 2, 3))


# -- In an ensemble ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many():
    """Twenty futures in which staff go often, nobody hands on, and some changes collapse or never take hold."""
    scenario = sim.load("director-turnover").with_(
        {"organisation.teams": 2, "turnover.practitioners": 0.5, "measure.taken_hold": 0.45}
    )
    return sim.compare(scenario, futures=20, variants=["stays"])


def test_the_arrays_of_a_comparison_and_the_files_it_writes_give_the_tables_numbers(many, tmp_path):
    """The three ways to get at practice agree, and all three verdicts with the summary, count for count."""
    write(tmp_path / "trajectories.parquet", many.results.all_months())
    write(tmp_path / "futures.parquet", many.results.all_futures())
    read = practised(pd.read_parquet(tmp_path / "trajectories.parquet"), pd.read_parquet(tmp_path / "futures.parquet"))
    assert list(read) == ["base", "stays"]
    for row in many.rows:
        slug = row["variant"]
        measure = many.settings[slug].measure
        reference = many.results.futures(slug, ["reference_month"])["reference_month"].tolist()
        direct = times_to_collapse(many.months(slug)[:, :, 0], reference, measure)
        again = times_to_collapse(*read[slug], measure)
        assert np.array_equal(direct.month, again.month, equal_nan=True)
        assert np.array_equal(direct.happened, again.happened)
        assert direct.never_took_hold / 20 == row["never_took_hold"]
        assert direct.happened.sum() / 20 == row["collapsed"]
    base = many.rows[0]
    assert min(base["never_took_hold"], base["collapsed"], base["survived"]) > 0  # so that all three were tried


def test_a_failed_future_stays_a_row_so_that_pairs_stay_pairs():
    """In frames it has a row with no reference month and months without numbers."""
    months = pd.DataFrame({"variant": "base", "future": [1, 1, 0, 0], "month": [0, 1, 0, 1]})
    months["practice"] = [0.8, 0.7, NONE, NONE]
    futures = pd.DataFrame({"variant": "base", "future": [0, 1], "reference_month": [NONE, 0.0]})
    practice, reference = practised(months, futures)["base"]
    found = times_to_collapse(practice, reference, Measure(horizon=1))
    assert found.failed.tolist() == [True, False]
    assert practice[1].tolist() == [0.8, 0.7]


def test_the_frame_has_a_row_per_variant_and_month():
    """With what is at risk, gone, and standing, and how many are not in the curve."""
    frame = durations_frame({"base": survival_curve(times(2, -6, NONE)), "stays": survival_curve(times(-6, -6))})
    columns = ["variant", "month", "at_risk", "collapsed", "standing", "low", "high", "never_took_hold"]
    assert list(frame.columns) == columns
    assert len(frame) == 14
    row = frame[(frame.variant == "base") & (frame.month == 2)].iloc[0]
    assert row[["at_risk", "collapsed", "standing", "never_took_hold"]].tolist() == [2, 1, 0.5, 1]


# -- In words and pictures -----------------------------------------------------------------------------------


def test_the_words_are_the_numbers():
    """Every branch: some, one, none, never took hold, lost early, failed; recovered halves; who came first."""
    failed = times(NONE, -3, -6)
    failed = Times(failed.month, failed.happened, failed.took_hold, np.array([True, False, False]), 6, 0.5)
    collapse = {
        "base": times(2, 3, -6),
        "one": times(3, -6, NONE),
        "none": times(-6, -6, -6),
        "never": times(NONE, NONE, NONE),
        "failed": failed,
    }
    half = collapse | {"none": times(*[1] * 2, *[2] * 6, *[3] * 2)}
    words = durations_words(collapse, half, {slug: slug.title() for slug in collapse}, "the director left")
    assert words == [
        "With “Base”, the change collapsed within 6 months in 2 of the 3 futures in which it had taken hold; half of "
        "these collapses came within 2 months after the director left. In half of the futures, practised commitment "
        "had fallen below half of its former level 3 months after the director left (95% interval 1 to beyond 6).",
        "With “One”, the change collapsed within 6 months in 1 of the 2 futures in which it had taken hold; it did so "
        "3 months after the director left. With “One”, the change never took hold in 1 of 3 futures. In half of "
        "the futures, practised commitment had fallen below half of its former level 3 months after the director left "
        "(95% interval 1 to beyond 6). Future by future, it outlasted “Base” in 2 futures and collapsed before it in "
        "none. Where both collapsed, it did so 1 month later in the middle future.",
        "With “None”, the change collapsed within 6 months in none of the 3 futures in which it had taken hold. In "
        "half of the futures, practised commitment had fallen below half of its former level 2 months after the "
        "director left (95% interval 1 to 2). Future by future, it outlasted “Base” in 2 futures and collapsed before "
        "it in none.",
        "With “Never”, the change never took hold in 3 of 3 futures.",
        "With “Failed”, the change collapsed within 6 months in none of the 2 futures in which it had taken hold. With "
        "“Failed”, 1 future could not be followed to the end. With “Failed”, 1 future failed. In fewer than half "
        "of the futures did practised commitment fall below half of its former level within 6 months. Future by "
        "future, it outlasted “Base” in 1 future and collapsed before it in none.",
    ]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=len(LOOKS)))
def test_no_label_of_the_picture_covers_another(ends):
    """They are a label apart, in the order of the curves' ends, and inside the axis."""
    places = _spread(ends)
    ordered = np.array(places)[np.argsort(ends, kind="stable")]
    assert (np.diff(ordered) > LABEL - 1e-9).all()
    assert 0 <= ordered[0] <= ordered[-1] <= 1 + 1e-9


@pytest.mark.parametrize("variants", [1, len(LOOKS), len(LOOKS) + 1])
def test_every_curve_is_drawn_named_and_told_from_the_others(variants):
    """By colour and by dashes in one picture, by its panel in many."""
    curves = {f"v{i}": survival_curve(times(*range(1, i + 2), -24, -24, horizon=24)) for i in range(variants)}
    curves["v0"] = survival_curve(times(3, -24, NONE, horizon=24))
    figure = plot_survival(curves, {slug: f"Title {slug}" for slug in curves}, since="month 36")
    shown = [axis for axis in figure.axes if axis.axison]
    texts = [text.get_text() for axis in shown for text in (*axis.texts, axis.title, axis._left_title)]
    words = " ".join(texts)
    for slug, curve in curves.items():
        assert re.search(rf"Title {slug}\W+{100 * curve.standing[-1]:.3g}%", words)
    drawn = [line for axis in shown for line in axis.lines if len(line.get_xdata()) == 25]
    for slug, curve in curves.items():
        assert any(np.array_equal(line.get_ydata(), curve.standing) for line in drawn), slug
    assert len(shown) == (1 if variants <= len(LOOKS) else variants)
    if len(shown) == 1:
        assert len({line.get_color() for line in drawn}) == variants
        assert len({str(line._dash_pattern) for line in drawn}) == variants
    assert "never took hold in 1 with “Title v0”" in figure._supxlabel.get_text().replace("\n", " ")
    assert shown[-1].get_xlabel() == "years after month 36"
    figure.canvas.draw()


def test_the_python_of_the_document_runs(tmp_path, monkeypatch, capsys):
    """With fewer futures; it says something of every variant."""
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parent.parent / "docs" / "survival.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, flags=re.S)
    exec(compile(re.sub(r"futures=\d+", "futures=2", block), "survival.md", "exec"), {"__name__": "a_document"})
    assert capsys.readouterr().out.count("With “") >= 6
    assert (tmp_path / "durations.png").is_file()
