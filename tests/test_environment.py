"""Whoever else is played beside it, a future is to the last bit the future that is run alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from odd import MONTHS, examples, organisations, scenarios

from sim.analysis.dependency.knockouts import director_of, judged, knock_out
from sim.analysis.interventions.cache import FutureCache, _alone
from sim.analysis.interventions.intervention import available, combined
from sim.analysis.sensitivity import outcome as sensitivity
from sim.analysis.uncertainty.robustness import compare_across_worlds, in_world
from sim.experiments import ensemble
from sim.experiments.comparison import compare
from sim.experiments.environment import Environment, futures_of, shared
from sim.experiments.jobs import job
from sim.experiments.store import InFolder
from sim.experiments.sweep import sweep_job
from sim.experiments.verdict import Outcome, judge, reference_month
from sim.experiments.workers import Workers
from sim.model import engine
from sim.model.record import Record
from sim.organisation.generate import build, organisation, plan
from sim.organisation.imported import forget
from sim.report.save import keep
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

SEED, FUTURES = 1, 2

NUMBERS = {"vcs_partners": 8, "lived_experience": 12, "health_partners": 8, "back_office": 6, "lead_member": True}
"""Keys of [organisation] whose default a real organisation has only where somebody asks for it."""

CHANGES = [
    *({f"organisation.{key}": value} for key, value in NUMBERS.items()),
    {"organisation.vcs_partners": 2}, {"organisation.back_office": 0}, {"organisation.lead_member": False},
    {"organisation.facilitators": 1}, {"organisation.facilitators": 2}, {"subscription.enabled": False},
    {"organisation.coproduction": "direct"}, {"organisation.manager_links": 3}, {"labels": "hospital"},
    {"leadership.delegation": 0.6}, {"organisation.outside_line": "leave_out"}, {"months": MONTHS + 5},
]  # fmt: skip
"""What a variant may change: what an organisation is made from, and a few things that it is not."""


@st.composite
def ensembles(draw: st.DrawFn) -> tuple[dict, tuple[str, str] | None]:
    """A scenario with variants of its organisation, generated or read from files: its tables, and the files' texts."""
    data: dict = draw(scenarios())
    files = draw(st.none() | organisations())
    if files is not None:
        data["organisation"] = {"people": "people.csv", "links": "links.csv"}
        data["events"].pop("person")  # whose seat may not be there
    several = draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
    try:
        base = from_dict(data)
    except ScenarioError:
        reject()
    data["variants"] = {f"v{i}": base.with_(change).written() for i, change in enumerate(several)}
    return data, files


def made(data: dict, files: tuple[str, str] | None, folder: Path) -> dict[str, Scenario] | None:
    """The base and its variants, by slug, the files written; None where one cannot be run."""
    for name, text in zip(("people.csv", "links.csv"), files or (), strict=False):
        (folder / name).write_text(text, encoding="utf-8")
    forget()
    try:
        found = ensemble.settings(from_dict(data, folder=folder))
        for setting in found.values():
            alone(setting, 0)
    except ScenarioError:
        return None
    return found


def test_organisations_that_differ_in_their_links_share_their_draws(turnover):
    """They are those that each would have of its own; an organisation with other people has others."""
    linked = turnover.with_({"organisation.cross_team_links": 4.0})
    larger = turnover.with_({"organisation.teams": turnover.organisation.teams + 1})
    environment = Environment(1)
    usual, other, third = (environment.of(setting, 2) for setting in (turnover, linked, larger))
    assert len(usual.organisation.structure.source) < len(other.organisation.structure.source)
    assert other.draws is usual.draws
    assert third.draws is not usual.draws
    for setting, place in ((linked, other), (larger, third)):
        own = Environment(1).of(setting, 2).draws
        assert all(np.array_equal(one, another) for one, another in zip(place.draws, own, strict=True))


def alone(setting: Scenario, future: int) -> Record:
    """A future run by itself, in an organisation made for it."""
    return engine.run(
        setting, seed=SEED, future=future, keep="people", organisation=organisation(setting, SEED, future)
    )


def verdict(setting: Scenario, base: Scenario, future: int) -> Outcome:
    """How a future of a setting goes that is run alone, judged as the base says."""
    record = alone(setting, future)
    return judge(record.monthly["practice"], setting, reference_month(setting, alone(base, future)))


def assert_same(one: Record, other: Record) -> None:
    """The same seats, links, months and people, to the byte."""
    for name, array in one.organisation.structure._asdict().items():
        assert np.array_equal(array, getattr(other.organisation.structure, name), equal_nan=True), name
    assert one.organisation.labels == other.organisation.labels
    assert one.table.tobytes() == other.table.tobytes()
    assert {name: rows.tobytes() for name, rows in one.people.items()} == {
        name: rows.tobytes() for name, rows in other.people.items()
    }
    assert one.log == other.log


def through_one_environment(every: dict[str, Scenario], folder: Path) -> None:
    environment = Environment(SEED)
    for future in range(FUTURES):
        for setting in [*every.values(), *reversed(every.values())]:
            assert_same(environment.play(setting, future, keep="people"), alone(setting, future))


def through_compare(every: dict[str, Scenario], folder: Path) -> None:
    found = compare(every["base"], FUTURES, SEED, workers=1)
    for row in found.futures.to_dict("records"):
        record = alone(every[row["variant"]], row["future"])
        assert found.months(row["variant"])[row["future"]].tobytes() == record.table.T.tobytes()
        told = verdict(every[row["variant"]], every["base"], row["future"])
        assert (row["outcome"], row["practice_before"], row["practice_after"]) == (
            told.outcome.word, told.practice_before, told.practice_after,
        )  # fmt: skip


def through_sweep(every: dict[str, Scenario], folder: Path) -> None:
    points = [{"organisation.vcs_partners": n, "subscription.enabled": on} for n in (8, 2) for on in (True, False)]
    base, out = every["base"], folder / "sweep"
    asked = job("sweep", base, out, futures=FUTURES, seed=SEED, variants=[], twin="compiled", workers=1)
    with InFolder.create(out, asked | {"points": points}, overwrite=True) as store:
        keep(store, sweep_job(store, Workers(1), base))
    for row in pd.read_parquet(out / "futures.parquet").to_dict("records"):
        setting = base.with_(points[row["point"]])
        assert row["practice_after"] == verdict(setting, setting, row["future"]).practice_after


def through_interventions(every: dict[str, Scenario], folder: Path) -> None:
    base = _alone(every["base"])
    pulled = [one for one in available(base, SEED)[0] if one.most][len(every) % 3 :: 3]
    each = [(), *(((i, one.most),) for i, one in enumerate(pulled))]
    went = FutureCache(base, pulled, SEED, Workers(1)).went(each, 0, FUTURES)
    for combination, codes in zip(each, went, strict=True):
        setting = base.with_(combined([(pulled[i], tenths) for i, tenths in combination]))
        told = [verdict(setting, setting, future).outcome for future in range(FUTURES)]
        assert list(codes) == told, combination


def through_dependency(every: dict[str, Scenario], folder: Path) -> None:
    found = {}
    for slug in (*every, *reversed(every)):
        setting = every[slug]
        director = director_of(organisation(setting, SEED, 0))
        result = knock_out(setting, [(director, 1)], futures=FUTURES, seed=SEED, workers=2)
        assert result.base.tobytes() == found.setdefault(slug, result.base.tobytes())
        short = judged(setting, setting.reference_month, setting.measure.horizon)
        if not short.departures and not any(event.enabled for event in short.events.values()):
            there = np.setdiff1d(alone(short, 0).organisation.structure.staff, director.seats)
            rows = [alone(short, future).people["practice"][-1, there].mean() for future in range(FUTURES)]
            assert np.array_equal(result.base[0], rows)


def through_worlds(every: dict[str, Scenario], folder: Path) -> None:
    base, worlds = (
        every["base"],
        [{"leadership.growth": 0.2}, {"organisation.vcs_partners": 8, "turnover.managers": 0.5}],
    )
    found = compare_across_worlds(base, worlds, FUTURES, SEED, workers=1)
    for keys, codes in zip(worlds, found.outcomes, strict=True):
        there = ensemble.settings(in_world(base, keys))
        for slug, went in zip(found.slugs, codes, strict=True):
            told = [verdict(there[slug], there["base"], future).outcome for future in range(FUTURES)]
            assert list(went) == told


def through_sensitivity(every: dict[str, Scenario], folder: Path) -> None:
    points = [(setting.with_(drop=("variants",)), FUTURES, SEED, {}) for setting in every.values()]
    shared.cache_clear()
    together = [sensitivity.at_point(*point) for point in points]
    for point, found in zip(points, together, strict=True):
        shared.cache_clear()
        assert sensitivity.at_point(*point) == found
        after = [verdict(point[0], point[0], future).practice_after for future in range(FUTURES)]
        assert found[1] == np.mean(after)


def through_validation(every: dict[str, Scenario], folder: Path) -> None:
    for future, records in enumerate(futures_of(every, FUTURES, SEED, keep="people")):
        for slug, record in records.items():
            assert_same(record, alone(every[slug], future))


DOORS = [
    through_one_environment, through_compare, through_sweep, through_interventions, through_dependency, through_worlds,
    through_sensitivity, through_validation,
]  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@settings(
    max_examples=examples(50), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(asked=ensembles())
def test_a_future_is_the_same_alone_and_beside_others(door, tmp_path, asked):
    """Through every door, in organisations generated and read from files, whatever the variants make of them."""
    if every := made(*asked, tmp_path):
        door(every, tmp_path)


@pytest.mark.parametrize("door", DOORS)
def test_asking_for_the_usual_number_of_partners_is_asking_for_them(door, tmp_path):
    """Around a real organisation 8 partners are 8 partners, though 8 is also what the key says by default."""
    people = "id,manager_id\n" + "".join(f"p{i},{f'p{i // 3}' if i else ''}\n" for i in range(9))
    data = {
        "months": MONTHS,
        "measure": {"horizon": 6, "reference_month": 4},
        "organisation": {"people": "people.csv"},
        "events": {"leaves": {"kind": "director_leaves", "month": 5}},
        "variants": {key: {"organisation": {key: value}} for key, value in NUMBERS.items()},
    }
    every = made(data, (people,), tmp_path)
    assert every
    seats = {slug: len(organisation(setting, SEED, 0)) for slug, setting in every.items()}
    assert {slug: number - seats["base"] for slug, number in seats.items()} == {"base": 0} | NUMBERS
    door(every, tmp_path)


def test_an_organisation_that_is_refused_is_refused_again(tmp_path):
    """What was made of it before the mistake was found is not made use of the next time."""
    (tmp_path / "people.csv").write_text("id,manager_id\nboss,\na,boss\nb,a\nc,a\n", encoding="utf-8")
    asked = {"organisation": {"people": "people.csv", "vcs_partners": 2}, "seats": {"vcs_partner 3": {"values": 0.5}}}
    planned = plan(from_dict(asked, folder=tmp_path))
    for _ in range(2):
        with pytest.raises(ScenarioError, match="vcs_partner 3"):
            build(planned, SEED, 0)
    fine = plan(from_dict(asked | {"seats": {}}, folder=tmp_path))
    assert [len(build(fine, SEED, future)) for future in range(2)] == [len(build(fine, SEED, 0))] * 2


def test_a_people_file_that_has_changed_is_read_again(tmp_path):
    """In the same session, by the same scenario: what was made of the file before is not taken for what it says now."""
    files = tmp_path / "people.csv"
    files.write_text("id,manager_id\nboss,\na,boss\nb,a\nc,a\n", encoding="utf-8")
    setting = from_dict({"organisation": {"people": "people.csv"}}, folder=tmp_path)
    before = compare(setting, 2).results.futures("base", ["practice_after"])["practice_after"]
    files.write_text("id,manager_id\nboss,\na,boss\nb,a\nc,a\nd,a\ne,a\n", encoding="utf-8")
    after = compare(setting, 2).results.futures("base", ["practice_after"])["practice_after"]
    fresh = [engine.run(setting, future=future).monthly["practice"][96] for future in range(2)]
    assert not np.array_equal(before, after)
    assert after.tolist() == fresh


@pytest.mark.parametrize("most", [1, 2, 3])
def test_settings_are_told_apart_however_many_there_were_before(turnover, most, monkeypatch):
    """Where what is known of the former ones is forgotten in the middle of a question, organisations are not mixed."""
    from sim.experiments import environment

    monkeypatch.setattr(environment, "MOST_PLANS", most)
    chosen = [turnover.with_({"organisation.vcs_partners": number}) for number in (3, 7, 11, 3)]
    asked = Environment(1)
    played = asked.together([(setting, asked.calendar(setting)) for setting in chosen], 0)
    for setting, record in zip(chosen, played, strict=True):
        assert np.array_equal(record.table, engine.run(setting, future=0).table, equal_nan=True)
    for places, _, left in asked.side_by_side(chosen, range(2), whole=True, flows=False):
        assert {len(engine.run(chosen[place], future=0).organisation) for place in places} == {
            len(played[places[0]].organisation)
        }, left.rows.shape


def test_what_is_remembered_is_bounded_by_what_it_takes(turnover, monkeypatch):
    """However many futures are asked about, what is at hand of them, made or laid out, takes no more than it may."""
    from sim.base import machine, remembered
    from sim.experiments.environment import _bytes

    asked = Environment(1, most=1000)
    monkeypatch.setattr(machine, "_known", remembered.Remembered(2000, lambda piece: piece.size))
    one = sum(_bytes(part) for part in asked.of(turnover, 0))
    monkeypatch.setattr(remembered, "MOST_BYTES", 5 * one)
    for future in range(20):
        place = asked.of(turnover, future)
        pieces = [machine.laid(thing) for thing in (place.organisation.structure, place.draws)]
        assert machine.laid(place.draws) is pieces[1]
    for known, size in ((asked._known, _bytes), (machine._known, lambda piece: piece.size)):
        assert sum(map(size, known._known.values())) <= 5 * one
        assert len(known._known) >= 6


def test_futures_of_a_very_large_organisation_are_at_hand_one_at_a_time(turnover, monkeypatch):
    """So that memory is bounded there too; what is played is the same."""
    from sim.experiments import environment

    held: list[int] = []
    play = engine.side_by_side
    monkeypatch.setattr(
        engine,
        "side_by_side",
        lambda whens, places, *rest, **how: (held.append(len(places)), play(whens, places, *rest, **how))[1],
    )

    def practice():
        asked = Environment(1).side_by_side([turnover], range(3), whole=True, flows=False)
        return [(future, left.rows.copy()) for _, future, left in asked]

    usual = practice()
    monkeypatch.setattr(environment, "MOST_BYTES", 1)
    one_by_one = practice()
    assert held == [3, 1, 1, 1]
    assert [future for future, _ in one_by_one] == [0, 1, 2]
    for (_, one), (_, other) in zip(usual, one_by_one, strict=True):
        assert np.array_equal(one, other, equal_nan=True)
