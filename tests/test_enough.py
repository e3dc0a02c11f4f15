"""How many futures are enough: by hand, and as the command runs until it is."""

import csv
import math

import numpy as np
import pytest
from test_cli import SMALL, call

import sim
from sim.base.errors import ScenarioError
from sim.base.intervals import gain
from sim.experiments.precision import check, needed, widest, would_tell
from sim.report.words.comparison import comparison_words as sentences
from sim.report.words.comparison import pairing


@pytest.fixture
def scenario(tmp_path):
    """A scenario file of one's own."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_the_widest_interval_and_how_many_futures_make_it_narrow(small):
    """Halves shrink with the square root: to halve the widest takes four times the futures, and a little more."""
    compared = sim.compare(small, futures=40)
    halves = [(row["collapsed_high"] - row["collapsed_low"]) / 2 for row in compared.rows]
    halves += [(compared.rows[1]["collapse_difference_high"] - compared.rows[1]["collapse_difference_low"]) / 2]
    assert widest(compared) == max(halves)
    assert needed(compared, widest(compared) / 2) == 200  # 4 x 40 x 1.02, in fifties
    assert needed(compared, 0.49) == 50
    with pytest.raises(ScenarioError, match="at most 1,000,000"):
        needed(compared, 1e-5)


@pytest.mark.parametrize("precision", [0.0, -0.1, 0.5, math.nan])
def test_a_precision_that_is_no_half_width_is_refused(precision):
    """In words."""
    with pytest.raises(ScenarioError, match="half the width of an interval"):
        check(precision)


def test_what_pairing_gains_is_the_ratio_of_variances():
    """Independent samples of shares 1/2 and 1/4 vary by 7/16; paired, where the second is within the first, by 3/16."""
    one = np.array([True] * 8 + [False] * 8)
    other = np.array([True] * 4 + [False] * 12)
    assert gain(one, other) == pytest.approx((1 / 4 + 3 / 16) / (1 / 4 - 1 / 16))
    assert math.isnan(gain(one, one))


def test_how_many_futures_would_tell():
    """A difference of 2 with 4 either way: four times as many show it half the time, and 2.04 times that four times in
    five (Lehr's rule: 16 variances over the difference squared, where 1.96 squared shows it half the time).
    """
    row = {
        "futures": 200,
        "collapse_difference": -0.02,
        "collapse_difference_low": -0.06,
        "collapse_difference_high": 0.02,
    }
    assert would_tell(row) == 1650
    assert would_tell(row | {"collapse_difference": 0.0}) is None


def test_a_run_says_where_the_interval_is_too_wide_and_what_would_do(small):
    """The variant that cannot be told is named, with the futures that would tell were the difference seen true."""
    compared = sim.compare(small, futures=12)
    row = compared.rows[1]
    row |= {"collapse_difference": -0.1, "collapse_difference_low": -0.3, "collapse_difference_high": 0.1}
    row |= {"pairing_gain": 2.5}
    compared.rows[0].update(never_took_hold=0.0, collapsed=0.5, survived=0.5)
    said = " ".join(sentences(compared))
    assert f"With “{row['title']}”, collapse was not clearly more or less common" in said
    assert "a run of about 100 futures has four chances in five of showing it (--futures 100)." in said
    assert "--futures" not in " ".join(sentences(compared, hints=False))
    assert list(pairing(compared)) == [
        "Every row plays the same futures. With separate futures for each row, the same differences in collapse would "
        "take up to 2 times as many."
    ]


def test_a_run_goes_on_until_it_is_precise_enough(scenario, tmp_path):
    """Every interval is at most as wide as asked; the result is that of a run of as many futures."""
    done = call("run", scenario, "--precision", 0.08, "--futures", 30, "--no-picture", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader((tmp_path / "out" / "summary.csv").read_text(encoding="utf-8").splitlines()))
    assert int(rows[0]["futures"]) > 30
    for row in rows:
        for name in ("collapsed", "collapse_difference"):
            if row[f"{name}_high"]:
                assert (float(row[f"{name}_high"]) - float(row[f"{name}_low"])) / 2 <= 0.08
    assert "either way at the widest. Now" in done.stderr
    call("run", scenario, "--futures", rows[0]["futures"], "--no-picture", "--out", tmp_path / "same")
    for name in ("summary.csv", "futures.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "same" / name).read_bytes()
    assert call("run", scenario, "--precision", 3, "--out", tmp_path / "no").exit_code == 2
