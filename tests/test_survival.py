"""Outcomes of futures and the intervals of many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.intervals import mean_interval, paired_share_interval, wilson
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, judge, of_total
from sim.report.words.comparison import _differences
from sim.scenario.scenario import Scenario


def practice(before: float, after: float) -> np.ndarray:
    values = np.full(97, 0.9)
    values[36], values[96] = before, after
    return values


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (0.24, 0.24, NEVER),
        (0.25, 0.125, SURVIVED),
        (0.25, 0.1249, COLLAPSED),
        (0.60, 0.30, SURVIVED),
        (0.60, 0.29, COLLAPSED),
        (0.10, 0.90, NEVER),
    ],
)
def test_a_future_is_judged_at_the_reference_month_and_the_horizon(before, after, verdict):
    """Never took hold below 0.25; survived with at least half of it left 60 months on; else collapsed."""
    judged = judge(practice(before, after), Scenario(), 36)
    assert judged.outcome == verdict
    assert judged.retention == pytest.approx(after / before, abs=1e-15)


def test_wilsons_interval_is_the_published_one():
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, method 3); 1 of 5: 0.04 to 0.62."""
    assert wilson(81, 263)[1:] == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(1, 5)[1:] == pytest.approx((0.0362, 0.6245), abs=5e-5)


def test_a_paired_difference_of_shares_and_its_interval():
    """By hand: of 10 pairs 6 gained and 1 lost: 0.5, and Agresti & Min's interval about 5/12."""
    one = np.array([True] * 6 + [False] + [True] * 2 + [False])
    other = np.array([False] * 6 + [True] + [True] * 2 + [False])
    difference, low, high = paired_share_interval(one, other)
    half = 1.959964 * np.sqrt(8 - 25 / 12) / 12
    assert difference == pytest.approx(0.5, abs=1e-15)
    assert (low, high) == pytest.approx((5 / 12 - half, 5 / 12 + half), abs=1e-6)


def test_futures_that_never_differ_still_leave_doubt():
    """Twenty pairs alike: the interval is not a point."""
    same = np.array([True, False] * 10)
    difference, low, high = paired_share_interval(same, same)
    assert difference == 0.0
    assert -0.13 < low < -0.05
    assert high == pytest.approx(-low, abs=1e-12)


def test_the_interval_of_a_mean_is_students():
    """1, 2, 3: mean 2, half-width 4.303 / sqrt 3; one value alone has none."""
    mean, low, high = mean_interval(np.array([1.0, 2.0, 3.0]))
    assert (mean, low, high) == pytest.approx((2.0, 2 - 2.48414, 2 + 2.48414), abs=1e-5)
    assert np.isnan(mean_interval(np.array([1.0]))[1:]).all()


@given(st.lists(st.integers(0, 500), min_size=3, max_size=3).filter(sum))
def test_whole_numbers_of_a_hundred_add_up(counts):
    """And none is a whole one away from its share."""
    whole = of_total(counts)
    assert sum(whole) == 100
    assert all(abs(w - 100 * c / sum(counts)) < 1 for w, c in zip(whole, counts, strict=True))


@pytest.mark.parametrize(
    ("collapse", "low", "high", "said"),
    [
        (-0.40, -0.47, -0.33, "40 fewer (33 to 47)"),
        (0.10, 0.05, 0.15, "10 more (5 to 15)"),
        (-0.02, -0.05, 0.01, "2 fewer (5 fewer to 1 more)"),
        (-0.025, -0.05, 0.0, "3 fewer (0 to 5)"),
        (0.0, -0.01, 0.01, "0 fewer (1 fewer to 1 more)"),
    ],
)
def test_a_difference_is_said_in_whole_futures(collapse, low, high, said):
    """Fewer or more, halves upwards, an interval that reads as it is meant, and a small loss as a loss."""
    row = {"collapse_difference": collapse, "collapse_difference_low": low, "collapse_difference_high": high}
    row |= {"practice_difference": -0.001, "practice_difference_low": -0.2, "practice_difference_high": 0.1}
    assert _differences(row, 100) == (said, "-0.00 (-0.20 to +0.10)")
