"""One future again, alone; and outcomes of one's own."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import sim
from sim.experiments.ensemble import run_chunks, settings
from sim.experiments.replay import replay
from sim.scenario.scenario import ScenarioError


def test_a_replayed_future_is_the_ensembles_to_the_byte(small, tmp_path):
    """Its rows of the trajectories, and its judgement, are the same bytes in every variant."""
    again = replay(small, 5)
    chunks = {chunk.variant: chunk for chunk in run_chunks([settings(small)], 1, range(4, 7), keep_months=True)}
    for slug, record in again.records.items():
        assert np.ascontiguousarray(record.table.T).tobytes() == chunks[slug].months[1].tobytes()
        assert again.outcome(slug).retention == chunks[slug].columns["retention"][1]
        assert again.outcome(slug).outcome.word == chunks[slug].columns["outcome"][1]


def test_what_a_replay_writes(small, tmp_path):
    """Months, people, ledger, events in words and a network per variant that networkx reads back."""
    folder = sim.save(replay(small, 2), tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == [
        "events.txt",
        "ledger.parquet",
        "manifest.json",
        "network-base.graphml",
        "network-stays.graphml",
        "people.parquet",
        "scenario.toml",
        "trajectories.parquet",
    ]
    words = (folder / "events.txt").read_text(encoding="utf-8")
    assert "month 12: the director leaves; the seat stays empty for 3 months" in words
    assert "month 15: the new director arrives, commitment" in words
    people = pd.read_parquet(folder / "people.parquet").query("variant == 'base'")
    ledger = pd.read_parquet(folder / "ledger.parquet").query("variant == 'base' and listener == 3")
    rows = people.query("seat == 3").set_index("month").commitment
    assert ledger.change.sum() == pytest.approx(rows[30] - rows[0], abs=1e-12)
    graph = nx.read_graphml(folder / "network-base.graphml")
    at_12 = people.query("month == 12").set_index("seat")
    for node, data in graph.nodes(data=True):
        for name in ("commitment", "practice", "leadership"):
            assert data[name] == pytest.approx(at_12.loc[int(node), name], abs=1e-12)
        assert data["label"] == at_12.loc[int(node), "label"]
    kinds = {data["kind"] for _, _, data in graph.edges(data=True)}
    assert kinds == {"line_down", "line_up", "peer", "partner", "coproduction", "facilitation"}


def test_the_network_of_a_month_has_only_the_links_that_were_live(small):
    """When every partner leaves, their links are gone from that month's network."""
    scenario = small.with_({"turnover.partners": 12.0, "turnover.rebuild": 0.0})
    record = sim.run(scenario)
    before = [d["kind"] for *_, d in record.graph(0).edges(data=True)].count("partner")
    after = [d["kind"] for *_, d in record.graph(1).edges(data=True)].count("partner")
    assert before > 0
    assert after == 0


def highest(record) -> float:
    return float(record.monthly["practice"].max())


def champions(record) -> float:
    return float((record.people["leadership"][-1] > 0.5).sum())


def test_an_outcome_of_ones_own_becomes_a_column(small):
    """A number per future from the record, people included, and its mean with an interval in the summary."""
    compared = sim.compare(small, futures=4, outcomes={"peak": highest, "leaders": champions})
    row = compared.futures.query("variant == 'stays' and future == 3")
    assert row.peak.item() == sim.run(small, "stays", future=3).monthly["practice"].max()
    summary = compared.summary.set_index("variant")
    mean = compared.futures.query("variant == 'base'").leaders.mean()
    assert summary.loc["base", "leaders"] == pytest.approx(mean, abs=1e-12)
    assert summary.loc["base", "peak_low"] <= summary.loc["base", "peak"] <= summary.loc["base", "peak_high"]


def test_an_outcome_cannot_take_the_name_of_a_column(small):
    """It is told before anything is run."""
    with pytest.raises(ScenarioError, match="there is a column 'retention' already"):
        sim.compare(small, futures=1, outcomes={"retention": highest})


def test_the_people_of_a_month_are_drawn_with_their_commitment(small):
    """A sign for everyone there, on one scale from 0 to 1, larger the more they lead; what is no row is told."""
    record = sim.run(small)
    figure = sim.plot(record, month=12)
    signs = [each for each in figure.axes[0].collections if each.get_array() is not None]
    drawn = np.concatenate([np.asarray(each.get_array()) for each in signs])
    here = record.people["present"][12] > 0
    assert sorted(drawn) == pytest.approx(sorted(record.people["commitment"][12][here]))
    assert {each.get_clim() for each in signs} == {(0.0, 1.0)}
    sizes = np.concatenate([each.get_sizes() for each in signs])
    assert len(set(np.round(sizes))) > 3
    with pytest.raises(ValueError, match="a row from 0 to 30 of a run that kept people"):
        sim.plot(record, month=31)


def test_the_bars_say_how_the_futures_ended(small):
    """A number in each part of a bar that is wide enough, adding up to a hundred; above, what the parts are."""
    compared = sim.compare(small, futures=20)
    axis = sim.plot(compared, ends=True).axes[0]
    ends = np.zeros((2, 3))
    for i, patch in enumerate(axis.patches):
        ends[i // 3, i % 3] = patch.get_width()
    rows = compared.summary
    assert ends == pytest.approx(100 * rows[["collapsed", "never_took_hold", "survived"]].to_numpy())
    told = [text.get_text() for text in axis.texts]
    assert {int(text) for text in told if text.isdigit()} == {round(share) for share in ends.ravel() if share >= 4}
    never = ["never took hold\n(dotted)"] if ends[:, 1].any() else []
    assert [text for text in told if not text.isdigit()] == ["collapsed\n(hatched)", *never, "survived"]
    assert axis.get_xlabel() == "of 100 futures, at one year (20 were played)"
