"""Many futures: the same draws in all variants, the same bytes everywhere, and tables that say what they say."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import sim
from sim.base.intervals import paired_share_interval, wilson
from sim.experiments.comparison import Comparison
from sim.experiments.ensemble import run_chunks, settings, shortened
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, beyond, horizon_columns, judge_all
from sim.model import engine
from sim.report.words.comparison import comparison_words, grid
from sim.scenario.scenario import ScenarioError, from_dict


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """A small organisation with three variants, twelve futures."""
    scenario = from_dict(
        {
            "title": "Small",
            "question": "Does it last?",
            "months": 40,
            "measure": {"horizon": 24, "horizons": [12, 24, 60], "taken_hold": 0.1},
            "organisation": {"teams": 2, "practitioners_per_team": 3, "back_office": 2},
            "events": {
                "departure": {"kind": "director_leaves", "month": 12, "vacancy": 3, "successor_commitment": 0.1}
            },
            "variants": {
                "stays": {"title": "Stays", "events": {"departure": {"enabled": False}}},
                "gap": {"title": "No gap", "events": {"departure": {"vacancy": 0}}},
            },
        },
        name="small",
    )
    return sim.compare(scenario, futures=12, workers=1)


def test_variants_share_every_future_until_they_part(compared):
    """Up to the departure, base and variants are the same in every future, to the bit."""
    months = {variant: compared.months(variant) for variant in compared.settings}
    for variant in ("stays", "gap"):
        assert np.array_equal(months["base"][:, :13], months[variant][:, :13], equal_nan=True)
        assert not np.array_equal(months["base"][:, 13:], months[variant][:, 13:], equal_nan=True)


def told(chunk) -> dict[str, str]:
    """What a chunk's columns hold, as words: what is not a number is like itself."""
    return {
        name: str([float(v) if isinstance(v, np.number) else v for v in values])
        for name, values in chunk.columns.items()
    }


def test_a_variant_equal_to_the_base_differs_nowhere(small):
    """To the bit: a variant that only re-words the base has the same months and the same judgements."""
    chosen = settings(small, ["stays"]) | {"same": small.with_({"title": "Same"})}
    chunks = {chunk.variant: chunk for chunk in run_chunks([chosen], 1, range(3), keep_months=True)}
    assert chunks["same"].months.tobytes() == chunks["base"].months.tobytes()
    same, base = (told(chunks[slug]) for slug in ("same", "base"))
    assert same.pop("variant") != base.pop("variant")
    assert same == base


def test_what_differs_beyond_the_events_still_shares_the_draws(turnover):
    """A variant that changes nobody's chance before month 36 has the same leavers and newcomers throughout."""
    base, sceptic = sim.run(turnover, future=5), sim.run(turnover, "sceptic", future=5)
    newcomers = [
        r.ledger.frame().query("kind == 'turnover' and listener != 0")[["month", "listener"]].to_numpy()
        for r in (base, sceptic)
    ]
    assert np.array_equal(*newcomers)


@pytest.mark.parametrize("keep_months", [False, True])
@pytest.mark.parametrize("changes", [{}, {"turnover.director_tenure": 40, "events": {}}])
def test_futures_judged_all_at_once_are_what_each_is_judged_alone(small, keep_months, changes, monkeypatch):
    """Departures scheduled or at random: the same rows, months and flows as where every future is played by itself."""
    drop = ("variants", "events") if changes else ()
    chosen = settings(small.with_(changes, drop=drop)) | {"longer": small.with_({"months": small.months + 5} | changes)}
    at_once = run_chunks([chosen], 1, range(6, 12), keep_months)

    def broken(*_: object, **__: object):
        raise RuntimeError("not here")

    monkeypatch.setattr(engine, "side_by_side", broken)
    for one, other in zip(at_once, run_chunks([chosen], 1, range(6, 12), keep_months), strict=True):
        assert told(one) == told(other)
        assert list(one.columns["status"]) == ["ok"] * 6
        if keep_months:
            assert np.array_equal(one.months, other.months, equal_nan=True)
            assert one.flows.futures == other.flows.futures == 6
            assert np.array_equal(one.flows.by_month, other.flows.by_month)
            assert np.array_equal(one.flows.given, other.flows.given)


def test_a_future_is_the_same_whatever_came_before_it(small):
    """Futures run backwards, alone, or in a chunk give the same bytes."""
    chosen = settings(small, [])
    forward = run_chunks([chosen], 1, range(4), keep_months=True)[0].months
    alone = [run_chunks([chosen], 1, range(f, f + 1), keep_months=True)[0].months[0] for f in (3, 2, 1, 0)]
    assert all(np.array_equal(forward[f], alone[3 - f], equal_nan=True) for f in range(4))


def test_one_future_from_sim_run_is_the_ensembles(compared):
    """sim.run(future=7) retraces row 7 of the ensemble."""
    record = sim.run(compared.scenario, "gap", future=7)
    assert np.array_equal(record.table.T, compared.months("gap")[7], equal_nan=True)


PRINT_BYTES = """
import hashlib, sim
scenario = sim.load("director-turnover").with_({"organisation.teams": 2, "organisation.practitioners_per_team": 3})
record = sim.run(scenario, "shared", seed=3, future=2)
parts = [values.tobytes() for values in (*record.monthly.values(), *record.people.values())]
parts.append(record.ledger.frame().to_csv().encode())
print(hashlib.sha256(b"".join(parts)).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_under_another_hash_seed():
    """Two processes with different PYTHONHASHSEED end in the same state and ledger."""
    printed = [
        subprocess.run(
            [sys.executable, "-c", PRINT_BYTES],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "4242")
    ]
    assert printed[0] == printed[1]
    assert len(printed[0]) == 65


def test_a_shortened_scenario_goes_as_the_whole_one_up_to_the_last_verdict(compared):
    """Months after the last verdict are left out where nothing is scheduled in them; the verdicts are the same."""
    short = shortened(compared.scenario)
    assert (compared.scenario.months, short.months) == (40, 36)
    found = sim.compare(short, futures=12, workers=1)
    columns = ["variant", "future", "practice_before", "practice_after", "outcome", "still_falling"]
    pd.testing.assert_frame_equal(found.futures[columns], compared.futures[columns], check_exact=True)
    late = {"kind": "austerity", "month": 38, "months": 2, "severity": 0.1}
    assert shortened(compared.scenario.with_({"events.late": late})).months == 40
    assert shortened(compared.scenario.with_({"variants.later.measure.reference_month": 14})).months == 38
    assert shortened(compared.scenario.with_({"turnover.director_tenure": 20})).months == 40


def test_another_seed_gives_other_futures(small):
    """Seeds 1 and 2 share nothing but the model."""
    assert not np.array_equal(sim.run(small, seed=1).monthly["practice"], sim.run(small, seed=2).monthly["practice"])


def test_the_summary_is_the_futures_counted(compared):
    """Shares add up to one, differences are the mean of paired differences, and the base has none."""
    summary, futures = compared.summary.set_index("variant"), compared.futures
    assert list(compared.summary.columns) == [
        "variant",
        "title",
        "compared_with",
        "futures",
        "never_took_hold",
        "collapsed",
        "collapsed_low",
        "collapsed_high",
        "survived",
        "survived_low",
        "survived_high",
        *(name + end for name in ("collapsed_12", "collapsed_60", "still_falling") for end in ("", "_low", "_high")),
        "practice_before",
        "practice_before_low",
        "practice_before_high",
        "practice_after",
        "practice_after_low",
        "practice_after_high",
        "practice_difference",
        "practice_difference_low",
        "practice_difference_high",
        "survived_difference",
        "survived_difference_low",
        "survived_difference_high",
        "collapse_difference",
        "collapse_difference_low",
        "collapse_difference_high",
        "pairing_gain",
        "subscription_lost",
    ]
    for variant, rows in futures.groupby("variant"):
        row = summary.loc[variant]
        for name, verdict in (("never_took_hold", NEVER), ("collapsed", COLLAPSED), ("survived", SURVIVED)):
            assert row[name] == (rows.outcome == verdict.word).mean()
        assert row["never_took_hold"] + row["collapsed"] + row["survived"] == pytest.approx(1, abs=1e-12)
        assert row["collapsed_low"] <= row["collapsed"] <= row["collapsed_high"]
    wide = futures.set_index(["future", "variant"]).practice_after.unstack()  # noqa: PD010 - exact, no mean
    assert summary.loc["stays", "practice_difference"] == pytest.approx((wide.stays - wide.base).mean(), abs=1e-12)
    assert summary.loc["base", ["practice_difference", "survived_difference", "collapse_difference_low"]].isna().all()
    kept = {variant: (one.outcome == "survived").to_numpy() for variant, one in futures.groupby("variant")}
    expected = paired_share_interval(kept["stays"], kept["base"])
    found = summary.loc["stays", ["survived_difference", "survived_difference_low", "survived_difference_high"]]
    assert tuple(found) == pytest.approx(expected)
    assert summary.loc["stays", "survived_low"] == pytest.approx(
        wilson(int(kept["stays"].sum()), len(kept["stays"])).low
    )


def test_collapse_is_counted_at_other_horizons_too_and_who_is_still_falling(compared):
    """Twelve months on by the futures' own months; sixty months on is past the end of the run, so nobody knows."""
    months = compared.trajectories.set_index(["variant", "future", "month"]).practice
    for row in compared.futures.itertuples():
        kept = [months[row.variant, row.future, month] for month in (12, 24, 36)]
        assert row.collapsed_12 == (row.outcome != "never took hold" and kept[1] < 0.5 * kept[0])
        assert row.still_falling == (row.outcome == "survived" and kept[1] - kept[2] > 0.02 * kept[0])
    assert compared.futures.collapsed_60.isna().all()
    assert compared.summary.collapsed_60.isna().all()
    for column in ("collapsed_12", "still_falling"):
        assert compared.futures[column].isin([0, 1]).all()
        shares = compared.futures.groupby("variant")[column].mean()
        assert compared.summary.set_index("variant")[column].to_dict() == shares.to_dict()


@pytest.mark.parametrize(
    ("practice", "collapsed", "falling"),
    [
        ({36: 0.6, 60: 0.29, 84: 0.5, 96: 0.5, 156: 0.2}, (1, 1), 0),  # gone at two years, back at five, gone at ten
        ({36: 0.6, 60: 0.6, 84: 0.50, 96: 0.487, 156: 0.31}, (0, 0), 1),  # loses 0.013 of 0.6 in the fifth year
        ({36: 0.6, 60: 0.6, 84: 0.50, 96: 0.489, 156: 0.31}, (0, 0), 0),  # 0.011: less than 2% of 0.6
        ({36: 0.6, 60: 0.5, 84: 0.40, 96: 0.299, 156: 0.6}, (0, 0), 0),  # collapsed at five years: no survivor falls
        ({36: 0.2, 60: 0.0, 84: 0.1, 96: 0.0, 156: 0.0}, (0, 0), 0),  # never took hold, so nothing collapsed
    ],
)
def test_a_verdict_at_five_years_is_told_with_two_and_ten_years(practice, collapsed, falling):
    """Known answers; MODEL's still falling: (Q at 48 months - Q at 60) / Q at first > 0.02."""
    setting = from_dict({"title": "Long", "months": 156, "measure": {"reference_month": 36}})
    row = np.full((1, 157), np.nan)
    for month, value in practice.items():
        row[0, month] = value
    judged = judge_all(row, setting, np.array([36]))
    found = beyond(row, judged, setting, horizon_columns(setting.measure))
    assert found == {"collapsed_24": collapsed[0], "collapsed_120": collapsed[1], "still_falling": falling}


def test_a_variant_may_be_compared_with_another_than_the_first_row(compared):
    """Like with like: its differences are from the one it names, in numbers, table and sentences."""
    changes = {"variants": {"gap": {"compared_with": "stays"}}}
    found = sim.compare(compared.scenario.with_(changes), futures=12, workers=1)
    rows, usual = ({row["variant"]: row for row in each.rows} for each in (found, compared))
    assert [rows[slug]["compared_with"] for slug in rows] == ["", "base", "stays"]
    after = found.futures.set_index(["future", "variant"]).practice_after.unstack()  # noqa: PD010 - exact, no mean
    assert rows["gap"]["practice_difference"] == pytest.approx((after.gap - after.stays).mean(), abs=1e-12)
    assert rows["stays"] == usual["stays"]
    shown = [row[0] for row in grid(found).rows]
    assert shown == ["Small", "Stays", "Compared with “Stays”:", "No gap"]
    told = " ".join(comparison_words(found))
    more = round(12 * rows["gap"]["collapse_difference"])
    assert more > 0
    assert f"Compared with “Stays”, {more} more of 12 futures collapsed with “No gap”." in told
    alone = sim.compare(found.scenario, futures=2, variants=["gap"], workers=1)
    assert [row["compared_with"] for row in alone.rows] == ["", "base"]  # where the one it names is not played


@pytest.mark.parametrize("other", ["gap", "elsewhere"])
def test_a_variant_is_not_compared_with_itself_or_with_one_that_is_not_there(compared, other):
    """Refused, and the others are named."""
    with pytest.raises(ScenarioError, match=r"variants\.gap\.compared_with: .*stays"):
        compared.scenario.with_({"variants": {"gap": {"compared_with": other}}})


@pytest.mark.parametrize("months", [[60, 24], [24, 24], [0, 24]])
def test_horizons_rise_from_one_month_on(months):
    """Anything else is refused, with an example of what is accepted or the least that is."""
    with pytest.raises(ScenarioError, match=r"measure\.horizons"):
        from_dict({"title": "Long", "measure": {"horizons": months}})


def test_months_and_futures_agree_with_one_another(compared):
    """Practice before and after in the futures table are rows 12 and 36 of the trajectories."""
    months = compared.trajectories.set_index(["variant", "future", "month"]).practice
    for row in compared.futures.itertuples():
        assert row.practice_before == months[row.variant, row.future, 12]
        assert row.practice_after == months[row.variant, row.future, 36]
        assert row.retention == row.practice_after / row.practice_before


def test_an_ensemble_keeps_who_moved_whom_as_the_mean_of_its_futures(compared):
    """By month, role, kind and sign, and by seat, within 1e-11 of the whole ledgers; however the work was cut."""
    flows = compared.flows("base")
    alone = [
        engine.run(compared.scenario, seed=compared.seed, future=future, flows=True).flows
        for future in range(compared.number)
    ]
    for name in ("by_month", "given"):
        mean = np.mean([getattr(each, name) for each in alone], axis=0)
        np.testing.assert_allclose(getattr(flows, name), mean, rtol=0, atol=1e-11)
    cut = sim.compare(compared.scenario, futures=compared.number, seed=compared.seed, variants=[], size=2)
    assert np.array_equal(cut.flows("base").by_month, flows.by_month)


def test_saving_writes_what_is_promised_and_reads_back(compared, tmp_path):
    """Eight files; the tables hold what the objects hold; the manifest traces them; nothing else is left behind."""
    folder = sim.save(compared, tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == [
        "flows.csv",
        "futures.parquet",
        "manifest.json",
        "momentum.png",
        "scenario.toml",
        "seats.csv",
        "summary.csv",
        "trajectories.parquet",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "futures.parquet"), compared.futures, check_dtype=False)
    pd.testing.assert_frame_equal(
        pd.read_parquet(folder / "trajectories.parquet"), compared.trajectories, check_dtype=False
    )
    read = pd.read_csv(folder / "summary.csv")
    assert read["collapsed"].tolist() == compared.summary["collapsed"].tolist()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    again = sim.load(folder / "scenario.toml")
    assert manifest["scenario_sha256"] == again.hash() == compared.scenario.hash()
    assert manifest["root_seed"] == 1
    assert manifest["versions"]["mesa"].startswith("3.5")
    assert (folder / "momentum.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("keep", "kept"), [("summary", set()), ("futures", {"futures"}), ("months", {"futures", "trajectories"})]
)
def test_keep_says_how_much_is_written(compared, tmp_path, keep, kept):
    """The summary is always there, with its picture, manifest and scenario."""
    folder = sim.save(compared, tmp_path / "out", keep=keep)
    assert {path.stem for path in folder.glob("*.parquet")} == kept
    assert {"summary.csv", "momentum.png", "manifest.json"} <= {path.name for path in folder.iterdir()}


def test_a_folder_that_holds_something_is_only_written_to_on_purpose(compared, tmp_path):
    """And then only our own files in it are replaced."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "futures.parquet").write_text("old", encoding="utf-8")
    with pytest.raises(ScenarioError, match="not empty"):
        sim.save(compared, tmp_path)
    sim.save(compared, tmp_path, keep="summary", overwrite=True)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "futures.parquet").exists()


def test_random_departures_are_judged_each_at_its_own(small):
    """The reference month is the first departure of the base's future, for the variants too; else month 18 here."""
    scenario = small.with_(
        {
            "events.departure.enabled": False,
            "turnover.director_tenure": 15.0,
            "variants": {"n": {"leadership": {"hierarchy_norm": 0.1}}},
        }
    )
    futures = sim.compare(scenario, futures=12, workers=1).futures.set_index(["variant", "future"])
    for future in range(12):
        first = sim.run(scenario, future=future).first_departure
        expected = first if first is not None and first <= 18 else 18
        assert futures.loc[("base", future), "reference_month"] == expected
        assert futures.loc[("n", future), "reference_month"] == expected


def test_changed_agents_run_in_an_ensemble(small):
    """A class from a notebook, which no other process knows, is run in this one."""
    from sim.model.agents import Practitioner

    class Keen(Practitioner):
        def practises(self) -> float:
            return 1.0

    keen = sim.compare(small, futures=2, agents=[Keen], variants=[])
    usual = sim.compare(small, futures=2, variants=[])
    assert keen.summary.practice_before.item() > usual.summary.practice_before.item() + 0.3


def test_at_least_one_future_and_known_variants_are_needed(small):
    """Both are told in words."""
    with pytest.raises(ScenarioError, match="at least one future"):
        sim.compare(small, futures=0)
    with pytest.raises(ScenarioError, match="unknown variant 'stay'; did you mean 'stays'"):
        sim.compare(small, futures=1, variants=["stay"])
