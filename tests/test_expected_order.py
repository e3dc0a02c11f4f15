"""The order expected beforehand, on fewer futures than docs/findings.md and with the same seed."""

import pandas as pd
import pytest

import sim


@pytest.fixture(scope="module")
def summary() -> pd.DataFrame:
    """what-helps on fifty futures."""
    return sim.compare("what-helps", futures=50).summary.set_index("variant")


@pytest.mark.parametrize("variant", ["shared", "softer_norm", "groomed", "open", "willing", "aligned_back_office"])
def test_what_should_help_makes_collapse_rarer(summary, variant):
    """The whole interval of the paired difference lies below zero."""
    assert summary.loc[variant, "collapse_difference_high"] < 0


@pytest.mark.parametrize("variant", ["early", "pressure", "austerity", "no_induction", "no_embedding"])
def test_what_should_harm_leaves_less_practice(summary, variant):
    """The whole interval of the paired difference in practised commitment lies below zero."""
    assert summary.loc[variant, "practice_difference_high"] < 0


def test_a_later_departure_leaves_more_practice(summary):
    """Judged five years after each; the whole interval of the paired difference lies above zero."""
    assert summary.loc["late", "practice_difference_low"] > 0


def test_delegation_only_declared_hardly_helps(summary):
    """It moves practised commitment five years on by less than 0.05; sharing leadership by more than 0.15."""
    assert abs(summary.loc["declared", "practice_difference"]) < 0.05
    assert summary.loc["shared", "practice_difference"] > 0.15


def test_the_order_among_what_helps(summary):
    """Sharing beats a softer norm alone; a willing successor beats one in two minds."""
    collapsed = summary["collapsed"]
    assert collapsed["shared"] < collapsed["softer_norm"] < collapsed["base"]
    assert collapsed["willing"] < collapsed["open"] < collapsed["base"]


def test_shared_leadership_takes_off_a_little_more_slowly(summary):
    """At month 36 practised commitment is lower, but not by a quarter."""
    before = summary["practice_before"]
    assert 0.75 * before["base"] < before["shared"] < before["base"]
