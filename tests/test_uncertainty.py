"""The plausible set: targets from a table, rejection that finds what is known, and results over the worlds kept."""

import csv
import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from test_cli import SMALL as SMALL_FILE
from test_cli import call

import sim
from sim.analysis.dependency.knockouts import Loss, groups_of, knock_out
from sim.analysis.ranges import ranges, spread
from sim.analysis.uncertainty.calibration import (
    SHIPPED,
    CalibrationRun,
    accepted_settings,
    calibrate,
    settings,
)
from sim.analysis.uncertainty.robustness import (
    Robustness,
    compare_across_worlds,
    in_world,
    with_interventions,
    worlds_of,
)
from sim.analysis.uncertainty.targets import (
    MEASURES,
    Target,
    between_teams,
    embedded,
    mean_squares,
    share_between,
    stop_rate,
    targets,
)
from sim.analysis.validation.ablations import World
from sim.analysis.validation.measurements import until
from sim.base.errors import ScenarioError
from sim.experiments import jobs
from sim.experiments.store import InFolder
from sim.experiments.verdict import COLLAPSED
from sim.experiments.workers import Workers
from sim.interface.cli.finish import finish
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.report.words import robustness as across
from sim.report.words.robustness import grid, notes
from sim.scenario.scenario import from_dict

SMALL = {"organisation.teams": 2, "organisation.practitioners_per_team": 4, "organisation.lived_experience": 3}


def test_the_targets_name_measures_and_sources_and_bad_tables_are_refused(tmp_path):
    """Every target is measured, has a range and says where it comes from."""
    assert [target.measure for target in targets()] == list(MEASURES)
    assert all(target.low < target.high and len(target.source) > 20 for target in targets())
    for text, said in (
        ("measure,low,high\nembeded,1,2\n", "unknown measure 'embeded'; did you mean 'embedded'"),
        ("measure,low,high\nembedded,3,2\n", "low = 3 lies above high = 2"),
        ("measure,low\nembedded,3\n", "columns measure, low and high are needed"),
        ("measure,low,high\n", "there are no targets in it"),
    ):
        path = tmp_path / "targets.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError, match=said):
            targets(path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        targets(tmp_path / "none.csv")


def test_a_value_agrees_within_the_range_and_nothing_undefined_does():
    """Ends included."""
    target = Target("embedded", 36, 84, "", "")
    assert [target.agrees(x) for x in (36.0, 84.0, 35.9, 84.1, math.nan, math.inf)] == [True, True, *[False] * 4]


def test_measures_are_those_of_runs_one_by_one():
    """Months until practice is embedded on average, and the yearly rate at which programmes stop."""
    world, stays = World("small", "", below=SMALL), {"events.departure.enabled": False}
    mean = np.mean([sim.run(world.setting(stays), future=f).monthly["practice"] for f in range(4)], axis=0)
    assert embedded(world, 4, 1) == (np.flatnonzero(mean >= 0.7)[0] if (mean >= 0.7).any() else math.inf)
    keys = stays | {"turnover.director_tenure": 51.0}
    lost = [sim.run(world.setting(keys), future=f).subscription_lost for f in range(8)]
    years = sum(((96 if month is None else month) - 12) / 12 for month in lost)
    stopped = sum(month is not None for month in lost)
    assert 0 < stopped < 8
    assert stop_rate(world, 8, 1) == pytest.approx(1 - math.exp(-stopped / years))


def test_what_lies_between_teams_is_told_from_chance():
    """Components of variance by hand, and of made-up teams whose share is known; one team has none."""
    parts = mean_squares(np.array([1.0, 3.0, 5.0, 7.0, 9.0]), np.array([4, 4, 9, 9, 9]))
    # Means 2 and 7 around 5: 2 x 9 + 3 x 4 = 30; within: 2 + 8 = 10 over 3; size (5 - 13 / 5) / 1.
    assert parts == pytest.approx((30.0, 10 / 3, 2.4))
    assert share_between(*parts) == pytest.approx((30 - 10 / 3) / 2.4 / ((30 - 10 / 3) / 2.4 + 10 / 3))
    random = np.random.default_rng(1)
    teams = np.repeat(np.arange(4000), 8)
    made = random.normal(0, 1, 4000)[teams] + random.normal(0, 2, 32000)
    assert share_between(*mean_squares(made, teams)) == pytest.approx(0.2, abs=0.02)
    alike = random.normal(0, 1, 32000)
    assert share_between(*mean_squares(alike, teams)) == pytest.approx(0.0, abs=0.02)
    assert all(math.isnan(part) for part in mean_squares(np.array([1.0, 2.0]), np.array([3, 3])))


def test_what_lies_between_teams_is_measured_of_practitioners_before_the_departure():
    """From runs one by one; where everybody follows their own values alone, teams are what chance makes of them."""
    world, parts = World("small", "", below=SMALL), []
    for future in range(4):
        record = sim.run(world.setting(until(36)), future=future)
        seats = record.organisation.structure.practitioners
        held = record.people["commitment"][36, seats].reshape(2, 4)
        between = 4 * ((held.mean(axis=1) - held.mean()) ** 2).sum()
        parts.append((between, ((held - held.mean(axis=1, keepdims=True)) ** 2).sum() / 6))
    between, within = np.mean(parts, axis=0)
    over = (between - within) / 4
    assert between_teams(world, 4, 1) == pytest.approx(over / (over + within))
    assert between_teams(World("alone", "", below={"influence.openness": 0.0}), 20, 1) == pytest.approx(0.0, abs=0.03)


def tried(values: list[list[float]]) -> CalibrationRun:
    """Made-up measures of two targets, each to lie in 0 to 1."""
    both = (Target("dropped", 0.0, 1.0, "", ""), Target("embedded", 0.0, 1.0, "", ""))
    return CalibrationRun([{"practice.threshold": i} for i in range(len(values))], both, np.array(values), 10, 1)


def test_what_is_kept_agrees_with_every_target():
    """By hand: of four settings one agrees with both, three with the first, two with the second."""
    made = tried([[0.5, 0.5], [0.5, 2.0], [0.5, math.nan], [2.0, 0.5]])
    assert made.accepted == [{"practice.threshold": 0}]
    assert (made.alone(0), made.alone(1)) == (0.75, 0.5)
    assert (made.cut(0), made.cut(1)) == (pytest.approx(1 / 2), pytest.approx(2 / 3))
    assert made.acceptance[0] == 0.25


def test_a_known_setting_is_found_again_from_what_it_brings_about():
    """Targets made from the model at threshold 0.45: of thresholds from 0.42 to 0.50 those near it are kept."""
    settings = [SMALL | {"practice.threshold": x} for x in (0.42, 0.435, 0.45, 0.465, 0.48, 0.5)]
    truth = embedded(World("truth", "", below=settings[2]), 12, 1)
    among = [Target("embedded", truth - 4, truth + 4, "made from the model", "itself")]
    # On other futures than those the target was made from.
    found = calibrate(points=6, futures=12, seed=2, among=among, at=settings, workers=1)
    thresholds = [keys["practice.threshold"] for keys in found.accepted]
    assert 0.45 in thresholds
    assert 0.42 not in thresholds
    assert 0.5 not in thresholds
    assert list(found.values[:, 0]) == sorted(found.values[:, 0]), "the higher the threshold, the longer it takes"


def test_only_levers_that_the_targets_speak_of_are_said_to_be_shifted():
    """Kept by their threshold alone: that parameter is named, with its kept values, and no other."""
    settings = spread(400, 3)
    values = np.array([[keys["practice.threshold"]] for keys in settings])
    made = CalibrationRun(settings, (Target("embedded", 0.42, 0.44, "", ""),), values, 10, 3)
    ((parameter, p, (low, middle, high)),) = made.shifted()
    assert parameter.key == "practice.threshold"
    assert p < 1e-6
    assert 0.42 <= low < middle < high <= 0.44


def test_what_is_kept_can_be_written_and_read_again(tmp_path):
    """To the digit; whole numbers stay whole; other tables are refused."""
    tried = settings(3, 1)
    made = CalibrationRun(tried, (Target("dropped", 0.0, 1.0, "", ""),), np.array([[0.5], [2.0], [1.0]]), 10, 1)
    sim.save(made, tmp_path / "out")
    again = accepted_settings(tmp_path / "out" / "settings.csv")
    assert again == [tried[0], tried[2]]
    whole = [one.key for one in ranges() if one.whole]
    assert all(isinstance(again[0][key], int) for key in whole)
    with pytest.raises(ScenarioError, match="not empty"):
        sim.save(made, tmp_path / "out")
    for text, said in (
        ("a,b\n1,2\n", "not a table of settings"),
        ("accepted,practice.threshold\n0,0.4\n", "none of its settings agrees"),
        ("accepted,practice.threshold\n1,many\n", "a parameter's value is not a number"),
    ):
        (tmp_path / "other.csv").write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError, match=said):
            accepted_settings(tmp_path / "other.csv")
    with pytest.raises(ScenarioError, match="cannot be read"):
        accepted_settings(tmp_path / "none.csv")


def test_a_measure_of_ones_own_may_be_a_target():
    """A function of a world; it runs here, and an unknown one is named."""

    def lost(world, futures, seed):
        return float(sim.run(world.setting({}), seed=seed).subscription_lost is not None)

    mine = [Target("lost", 0.0, 1.0, "", "")]
    at = [SMALL, SMALL | {"subscription.threshold": 10.0}]
    found = calibrate(futures=2, among=mine, at=at, measures={"lost": lost})
    assert found.values[1, 0] == 1.0
    with pytest.raises(ScenarioError, match="unknown measure 'lost'"):
        calibrate(futures=2, among=mine, at=at)


def test_bad_numbers_are_refused():
    """No settings, too few futures, no worlds."""
    with pytest.raises(ScenarioError, match="at least 1 setting and 2 futures"):
        calibrate(points=0)
    with pytest.raises(ScenarioError, match="at least one future in at least one plausible world"):
        compare_across_worlds(sim.load("director-turnover"), [])


def test_a_scenario_keeps_its_own_keys_in_every_world():
    """The world's parameters apply but where the scenario, or a variant, sets them."""
    scenario = sim.load("director-turnover").with_({"succession.successor_commitment": 0.2})
    there = in_world(scenario, {"succession.successor_commitment": 0.6, "permission.pressure": 0.3,
                              "leadership.hierarchy_norm": 0.9})  # fmt: skip
    assert (there.succession.successor_commitment, there.permission.pressure) == (0.2, 0.3)
    assert there.leadership.hierarchy_norm == 0.9
    assert there.variant("shared").leadership.hierarchy_norm == 0.2


def test_results_over_worlds_are_those_of_each_world():
    """Two worlds, five futures: every outcome is that of an ensemble of the world alone."""
    scenario = sim.load("director-turnover").with_(SMALL)
    worlds = [{"permission.pressure": 0.05}, {"permission.pressure": 0.3, "influence.rate": 0.1}]
    found = compare_across_worlds(scenario, worlds, futures=5, seed=2, variants=["stays", "shared"])
    assert found.slugs == ("base", "stays", "shared")
    for world, keys in enumerate(worlds):
        alone = sim.compare(in_world(scenario, keys), 5, 2, variants=["stays", "shared"])
        for i, slug in enumerate(found.slugs):
            outcomes = alone.futures[alone.futures.variant == slug].outcome.tolist()
            names = ("never took hold", "collapsed", "survived")
            assert [names[code] for code in found.outcomes[world, i]] == outcomes
    assert len(found.rows()) == 6


def test_worlds_in_which_an_order_holds_are_counted():
    """By hand: of three worlds one has nothing at stake; a variant survives clearly more often in one, less in one.

    That a change which never takes hold cannot collapse is no merit: it counts as one that does not survive.
    """
    codes = np.full((3, 2, 20), 2, dtype=np.int8)
    codes[0, 0, :15] = 1
    codes[1, 0, :4] = 1
    codes[1, 1, :12] = 0
    made = Robustness(sim.load("director-turnover"), ("base", "x"), ("Base", "X"), codes, np.zeros((3, 2)), 1)
    assert made.against(1) == (1, 1, 1, 1, 1)
    assert made.at_stake == 2
    assert made.few
    assert made.spread(0, COLLAPSED) == pytest.approx((0.0, 0.2, 0.75))
    said = sim.words(made).splitlines()
    assert said[0].startswith(
        "In 1 of 3 plausible worlds every future survived at five years with “Base”, so nothing can be gained there."
    )
    assert said[1] == "“Base” itself: 0 to 75 of 100 futures collapsed from one world to another, 20 in the middle one."
    assert said[2] == "With “X” the change more often never took hold in 1 world."
    codes[1, 1] = 2
    better = sim.words(replace(made, outcomes=codes)).splitlines()
    assert better[1] == "With “X” the change survived more often in 2 (clearly in 1)."
    worse = sim.words(replace(made, outcomes=codes[:, ::-1])).splitlines()
    assert "With “X” the change survived less often in 2 (clearly in 1)." in worse


def test_a_variant_that_is_compared_with_another_is_counted_against_that_one():
    """A sceptic with leadership shared survives less often than the base and more often than a sceptic alone."""
    variants = {"sceptic": {"title": "Sceptic"}, "both": {"title": "Both", "compared_with": "sceptic"}}
    codes = np.full((2, 3, 20), 2, dtype=np.int8)
    codes[:, 1, :18] = 1
    codes[:, 2, :6] = 1
    setting = sim.load("director-turnover").with_({"variants": variants}, drop=("variants",))
    titles = ("Base", "Sceptic", "Both")
    made = Robustness(setting, ("base", *variants), titles, codes, np.zeros((2, 3)), 1)
    assert [made.against(i)[:3] for i in (1, 2)] == [(0, 0, 2), (2, 0, 0)]
    assert "“Both” the change survived more often than with “Sceptic” in 2 (clearly in 2)." in sim.words(made)
    assert any("Both\n(against “Sceptic”)" in row[0] for row in grid(made).rows)
    alone = Robustness(setting, ("base", "both"), ("Base", "Both"), codes[:, [0, 2]], np.zeros((2, 2)), 1)
    assert alone.against(1)[:3] == (0, 0, 2), "where that one is not run, with the base"


def test_a_variant_that_sets_what_worlds_differ_in_is_named():
    """At once or part-way, with tables or dots; what the scenario itself sets is the same in all, and named as such."""
    scenario = from_dict(
        {
            "permission": {"pressure": 0.2},
            "events": {"departure": {"kind": "director_leaves", "month": 36}},
            "variants": {
                "norm": {"title": "A softer norm", "leadership": {"hierarchy_norm": 0.2}},
                "late": {
                    "title": "Later",
                    "events": {"x": {"kind": "change", "month": 40, "set": {"turnover.induction": 0.9}}},
                },
                "pressed": {"title": "Pressed", "permission": {"pressure": 0.3}},
                "champions": {"title": "Champions", "leadership": {"champions": 0.2}},
            },
        }
    )
    found = compare_across_worlds(scenario, worlds_of("plausible", 1), futures=2)
    assert found.overridden == {"A softer norm": ["leadership.hierarchy_norm"], "Later": ["turnover.induction"]}
    said = "\n".join(notes(found))
    assert "“Later” sets parameters in which the worlds differ (turnover.induction) to one value in all of them" in said
    assert "The scenario sets these itself, so they are the same in every world: permission.pressure." in said


# -- The commands --------------------------------------------------------------------------------------------


@pytest.fixture
def scenario(tmp_path):
    """A scenario file of one's own."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL_FILE, encoding="utf-8")
    return path


@pytest.fixture
def worlds(tmp_path):
    """A table of settings, two of three kept."""
    tried = settings(3, 5)
    made = CalibrationRun(tried, (Target("dropped", 0.0, 1.0, "", ""),), np.array([[0.5], [2.0], [1.0]]), 10, 1)
    sim.save(made, tmp_path / "worlds")
    return tmp_path / "worlds" / "settings.csv"


def rows_of(path):
    """The rows of a CSV file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_search_can_be_stopped_and_resumed_and_says_what_it_found(tmp_path):
    """Stopped after two settings of four: resuming runs the other two, and the table is that of one go."""
    among = [target for target in targets() if target.measure in ("stop_rate", "dropped")]

    class Stop(Exception):
        pass

    done = []

    def on_progress(_):
        done.append(1)
        if len(done) == 2:
            raise Stop

    folder = tmp_path / "out"
    asked = jobs.job("calibrate", None, folder, futures=3, seed=1, points=4, targets=[asdict(one) for one in among])
    with InFolder.create(folder, asked | {"tasks": 4}, False) as store, pytest.raises(Stop):
        finish(store, Workers(1, on_progress=on_progress))
    said = call("resume", folder, "--workers", 1)
    assert said.exit_code == 0, said.output
    whole = calibrate(4, 3, 1, among=among, workers=1)
    assert [float(row["stop_rate"]) for row in rows_of(folder / "settings.csv")] == pytest.approx(
        [row[[t.measure for t in among].index("stop_rate")] for row in whole.values]
    )
    assert f"{len(whole.accepted)} agree with all 2 targets" in said.output.replace("\n", " ")
    assert "# The plausible set" in (folder / "calibration.md").read_text(encoding="utf-8")


def test_the_command_takes_targets_of_ones_own(tmp_path):
    """A file with one target; a mistake in it is told before anything is run."""
    path = tmp_path / "mine.csv"
    path.write_text("measure,low,high,title\nstop_rate,0,1,Anything goes\n", encoding="utf-8")
    done = call("calibrate", "-o", tmp_path / "out", "--points", 2, "--futures", 2, "--targets", path, "--workers", 1)
    assert done.exit_code == 0, done.output
    assert "Of 2 settings, 2 agree with all 1 targets" in done.output
    path.write_text("measure,low,high\nstop_rat,0,1\n", encoding="utf-8")
    done = call("calibrate", "-o", tmp_path / "no", "--targets", path)
    assert (done.exit_code, "did you mean 'stop_rate'" in done.stderr) == (2, True)
    assert not (tmp_path / "no").exists()


def test_run_over_worlds_tells_in_how_many_an_order_holds(scenario, worlds, tmp_path):
    """The table and the sentences are those of ``over``; every number is in the folder, and so are the worlds."""
    out = tmp_path / "out"
    done = call("run", scenario, "--worlds", worlds, "--futures", 5, "--out", out, "--explain")
    assert done.exit_code == 0, done.output
    found = compare_across_worlds(scenario, worlds, futures=5)
    said = " ".join(done.output.split())
    first = next(line for line in done.stdout.splitlines()[1:] if line)
    assert across.answer(found).startswith(first.strip())  # then the table, and the rest for who asked to explain
    for line in sim.words(found).splitlines():
        assert " ".join(line.split()) in said
    assert "not how likely anything is in the real world" in said
    assert "So few worlds or futures" in said
    assert "There are 2 plausible worlds" in done.stderr
    table = rows_of(out / "robustness.csv")
    assert [int(row["worlds_better"]) for row in table] == [n.worlds_better for n in found.counted]
    assert len(rows_of(out / "worlds.csv")) == 2 * len(table)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["worlds"] == accepted_settings(worlds)
    again = sim.load(out / "scenario.toml")
    assert compare_across_worlds(again, manifest["worlds"], futures=5).rows() == found.rows()


def test_interventions_over_worlds_are_pulled_as_far_as_they_go(scenario, worlds, tmp_path):
    """Every parameter of the search, survival told of, the world's other parameters as they are there."""
    done = call(
        "interventions", scenario, "--worlds", worlds, "--futures", 3, "--out", tmp_path / "out", "--exclude", "norm"
    )
    assert done.exit_code == 0, done.output
    assert "survived more often" in " ".join(done.output.split())
    slugs = [row["variant"] for row in rows_of(tmp_path / "out" / "robustness.csv")]
    assert "successor" in slugs
    assert "norm" not in slugs
    every = with_interventions(sim.load("director-turnover"))
    believing, doubting = every.variant("successor").roles.director.values
    assert believing / (believing + doubting) == pytest.approx(0.7), "of those from whom the successor is drawn"
    assert every.variant("pressure").permission.pressure == 0.05


def test_who_over_worlds_is_the_knock_outs_in_each(scenario, worlds, tmp_path):
    """The director's dependency in every world, as `who` would have it there."""
    done = call(
        "dependency",
        scenario,
        "--worlds",
        worlds,
        "--futures",
        4,
        "--seed",
        1,
        "--out",
        tmp_path / "who.csv",
        "--workers",
        1,
    )
    assert done.exit_code == 0, done.output
    found = [row for row in rows_of(tmp_path / "who.csv") if row["who"] == "director"]
    assert len(found) == 2
    for row, keys in zip(found, accepted_settings(worlds), strict=True):
        setting = in_world(sim.load(scenario), keys)
        shape = organisation(setting, 1, 0)
        group = next(g for g in groups_of(shape) if g.seats == (shape.structure.director,))
        value = knock_out(setting, [Loss(group, Removal.EMPTIED)], futures=4, seed=1, workers=1).dependency(group).value
        assert (float(row["dependency"]) if row["dependency"] else math.nan) == pytest.approx(value, nan_ok=True)


def test_a_run_over_worlds_can_be_resumed(scenario, worlds, tmp_path):
    """What was stopped ends in the same tables."""
    whole, folder = tmp_path / "whole", tmp_path / "out"
    call("run", scenario, "--worlds", worlds, "--futures", 4, "--seed", 1, "--out", whole)

    class Stop(Exception):
        pass

    def on_progress(_):
        raise Stop

    setting = sim.load(scenario)
    asked = jobs.job(
        "worlds", setting, folder, futures=4, seed=1, variants=list(setting.variants), workers=1,
        worlds=accepted_settings(worlds), source=str(worlds),
    )  # fmt: skip
    with InFolder.create(folder, asked, False) as store, pytest.raises(Stop):
        finish(store, Workers(1, on_progress=on_progress))
    assert call("resume", folder).exit_code == 0
    for name in ("robustness.csv", "worlds.csv"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--worlds", "plausibel"], "did you mean 'plausible'"),
        (["--worlds", "plausible.csv"], "cannot be read"),
        (["--max-worlds", 3], "add  --worlds plausible"),
        (["--worlds", "plausible", "--max-worlds", 0], "at least one plausible world"),
        (["--worlds", "plausible", "--replay", 3], "cannot be used with --worlds"),
        (["--worlds", "plausible", "--precision", 0.1], "cannot be used with --worlds"),
    ],
)
def test_mistakes_about_worlds_are_told_before_anything_is_run(scenario, tmp_path, words, said):
    """Exit code 2, and no folder."""
    done = call("run", scenario, *words, "--out", tmp_path / "out")
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


# -- The set that comes with the package ---------------------------------------------------------------------


def test_the_shipped_settings_are_of_todays_ranges_targets_and_model():
    """At least 50 are kept; all parameters lie in their ranges, all agree with the targets; two are measured again."""
    table = rows_of(SHIPPED)
    chosen = accepted_settings()
    assert len(chosen) >= 50
    for one in ranges():
        assert all(one.low <= keys[one.key] <= one.high for keys in chosen)
    fit = [row for row in table if row["accepted"] == "1"]
    for row in table:
        agrees = all(row[t.measure] and t.agrees(float(row[t.measure])) for t in targets())
        assert agrees == (row["accepted"] == "1")
    some = [target for target in targets() if target.measure in ("dropped", "embedded", "stop_rate")]
    again = calibrate(futures=30, seed=1, among=some, at=chosen[:2], workers=1)
    for row, values in zip(fit, again.values.tolist(), strict=False):
        assert [float(row[target.measure]) for target in some] == pytest.approx(values)
    assert settings(len(table), 1)[int(fit[0]["setting"])] == chosen[0]


def test_plausible_means_the_packages_worlds_even_beside_a_folder_of_that_name(tmp_path, monkeypatch):
    """A search writes to a folder called plausible unless told otherwise; it is asked for by its file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plausible").mkdir()
    table = "setting,accepted,leadership.hierarchy_norm\n0,1,0.7\n"
    (tmp_path / "plausible" / "settings.csv").write_text(table, encoding="utf-8")
    assert len(worlds_of("plausible", 3)) == 3
    assert worlds_of("plausible/settings.csv") == [{"leadership.hierarchy_norm": 0.7}]
    assert worlds_of(Path("plausible")) == [{"leadership.hierarchy_norm": 0.7}]
