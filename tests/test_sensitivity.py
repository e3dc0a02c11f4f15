"""Sensitivity: estimators on functions whose indices are known, points that are runs, and a job that can be stopped."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from test_cli import call

import sim
from sim.analysis.dependency.knockouts import Loss, groups_of, knock_out
from sim.analysis.ranges import TABLE, Range, every_range, ranges
from sim.analysis.sensitivity import run
from sim.analysis.sensitivity.effects import (
    check,
    independent,
    keys_at,
    morris_shares,
    most_moving,
    screened,
    shared,
    sobol_shares,
)
from sim.analysis.sensitivity.outcome import at_point
from sim.analysis.sensitivity.regions import asked_about, regions
from sim.analysis.sensitivity.run import analyse, parameters_of
from sim.analysis.sensitivity.structure import choices, under
from sim.analysis.sensitivity.time_step import COUNTING_MONTHS, finer
from sim.base.errors import ScenarioError
from sim.experiments.jobs import job
from sim.experiments.store import InFolder
from sim.experiments.workers import Workers
from sim.interface.cli.finish import finish
from sim.model.mean_field import MeanField
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.scenario.parameters import Parameters
from sim.scenario.scenario import Scenario, from_dict


def parameters(number: int) -> list[Range]:
    """Made-up parameters from 0 to 10."""
    return [Range(f"a.parameter{i}", "world", 0.0, 5.0, 10.0, "share", "assumed", "") for i in range(number)]


# -- Estimators ----------------------------------------------------------------------------------------------


def test_effects_of_a_linear_function_are_its_slopes():
    """f = 3a - 2b over shares: mean sizes 3, 2 and 0, signs kept, the same everywhere."""
    three = parameters(3)
    at = morris_shares(three, 8, seed=1)
    found = screened(three, at, 3 * at[:, 0] - 2 * at[:, 1], seed=1)
    np.testing.assert_allclose(found.mu_star, [3, 2, 0], atol=1e-12)
    np.testing.assert_allclose(found.mu, [3, -2, 0], atol=1e-12)
    np.testing.assert_allclose(found.sigma, 0, atol=1e-12)


def test_indices_of_a_sum_are_its_shares_of_variance():
    """f = 2a + b: 4/5 and 1/5 of the variance, by itself and in all; a third parameter brings nothing."""
    three = parameters(3)
    at = sobol_shares(three, 512, seed=1)
    found = shared(three, 2 * at[:, 0] + at[:, 1], seed=1)
    np.testing.assert_allclose(found.first, [0.8, 0.2, 0.0], atol=0.02)
    np.testing.assert_allclose(found.total, [0.8, 0.2, 0.0], atol=0.02)
    assert found.variance == pytest.approx(5 / 12, rel=0.02)
    assert (found.first - found.first_half < [0.8, 0.2, 1e-9]).all()
    assert (found.first + found.first_half > [0.8, 0.2, -1e-9]).all()


def test_interplay_is_in_the_total_and_not_in_the_first():
    """f = (a - 1/2)(b - 1/2): each by itself brings nothing, both bring all."""
    two = parameters(2)
    at = sobol_shares(two, 1024, seed=1)
    found = shared(two, (at[:, 0] - 0.5) * (at[:, 1] - 0.5), seed=1)
    np.testing.assert_allclose(found.first, 0.0, atol=0.05)
    np.testing.assert_allclose(found.total, 1.0, atol=0.05)
    still = shared(two, np.ones(len(at)), seed=1)
    assert np.isnan(still.first).all()
    assert still.variance == 0.0


def test_the_levers_that_move_some_outcome_most_go_on():
    """By the share of each outcome's strongest effect, so that no outcome's unit decides."""
    four = parameters(4)
    at = morris_shares(four, 4, seed=1)
    large = screened(four, at, 100 * at[:, 0] + 10 * at[:, 1], seed=1)
    small = screened(four, at, 0.01 * at[:, 2] + 0.002 * at[:, 3], seed=1)
    assert most_moving({"large": large, "small": small}, 2) == [0, 2]
    assert most_moving({"large": large, "small": small}, 3) == [0, 2, 3]


def test_where_much_collapses_is_found_and_judged_on_settings_not_seen():
    """All collapse where a is 7 or more and b below 3, else none: that box is told."""
    two, rng = ["a.lever0", "a.lever1"], np.random.default_rng(1)
    at, fresh = 10 * rng.random((2000, 2)), 10 * rng.random((2000, 2))

    def collapses(values):
        return ((values[:, 0] >= 7) & (values[:, 1] < 3)).astype(float)

    found = regions(two, at, collapses(at), fresh, collapses(fresh), np.zeros(2000))
    first = found.regions[0]
    assert first.bounds["a.lever0"] == (pytest.approx(7, abs=0.15), math.inf)
    assert first.bounds["a.lever1"] == (-math.inf, pytest.approx(3, abs=0.15))
    assert first.collapsed > 0.9
    low, high = first.bounds["a.lever0"][0], first.bounds["a.lever1"][1]
    assert set(first.words().split(" and ")) == {f"a.lever0 {low:.3g} or more", f"a.lever1 below {high:.3g}"}
    assert found.explained > 0.9
    assert sum(region.share for region in found.regions) == pytest.approx(1.0)
    noise = regions(two, at, rng.random(2000), fresh, rng.random(2000), np.zeros(2000))
    assert noise.explained < 0.05, "what is noise is not told as if it were explained"


def test_a_tree_may_ask_how_easily_the_new_way_is_practised(turnover):
    """The weights together less threshold and red tape, the scenario's own where a parameter is not moved."""
    two = [one for one in ranges() if one.key in ("practice.permission_weight", "practice.red_tape")]
    names, values = asked_about(turnover, two, np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert names == ["practice.permission_weight", "practice.red_tape", "ease"]
    assert values[0].tolist() == pytest.approx([0.35, 0.04, 0.3 + 0.35 + 0.2 - 0.46 - 0.04])
    assert values[1].tolist() == pytest.approx([0.65, 0.16, 0.3 + 0.65 + 0.2 - 0.46 - 0.16])


def test_the_halves_of_an_index_design_are_independent_samples():
    """Each is spread evenly over every parameter's range."""
    three = parameters(3)
    at = sobol_shares(three, 64, seed=3)
    for half in independent(at, 3):
        assert half.shape == (64, 3)
        counts = [np.histogram(column, bins=8, range=(0, 1))[0] for column in half.T]
        assert {int(x) for row in counts for x in row} == {8}


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1, 64, 4, 3), "at least 2, 2 and 1 are needed"),
        ((2, 100, 4, 3), "a power of two"),
        ((2, 64, 1, 3), "at least 2, 2 and 1"),
        ((2, 64, 4, 0), "at least 2, 2 and 1"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(numbers, words):
    """In words."""
    with pytest.raises(ScenarioError, match=words):
        check(*numbers)


# -- Ranges --------------------------------------------------------------------------------------------------


def test_every_lever_has_a_range_around_its_default_and_can_take_both_ends():
    """But for shapes of distributions, switches, what only random departures use, and what by default there is not: a
    panel, beside which a successor's own number would not be read, and a programme that can start again."""
    table = {one.key: one for one in every_range()}
    assert len(table) == len(every_range())
    assert {one.kind for one in table.values()} == {"world", "choice", "fixed"}
    default = Scenario()
    for one in table.values():
        assert one.low < one.high
        assert one.low <= one.central <= one.high
        now = default
        for name in one.key.split("."):
            now = getattr(now, name)
        if now is not None:
            assert one.central == pytest.approx(now), one.key
        for share in (0.0, 1.0):
            default.with_(keys_at([one], [share]))
    told = {key for key, _ in _numbers(Parameters)}
    left = told - set(table)
    roles = {key for key in told if key.startswith("roles.") and key not in table}
    assert left == {"turnover.director_tenure", "succession.panel", "subscription.restart_margin", *roles}


def _numbers(model, prefix=""):
    """Every parameter that is a number."""
    for name, field in model.model_fields.items():
        if hasattr(field.annotation, "model_fields"):
            yield from _numbers(field.annotation, f"{prefix}{name}.")
        elif field.annotation in (float, int, float | None):
            yield f"{prefix}{name}", field


def test_plausible_settings_are_spread_over_what_nobody_knows_and_not_over_choices():
    """Delegation, champions and the successor are what a scenario decides."""
    keys = {one.key for one in ranges()}
    assert "practice.threshold" in keys
    assert not keys & {"leadership.delegation", "leadership.champions", "succession.successor_commitment"}


# -- Points --------------------------------------------------------------------------------------------------


def test_what_is_measured_at_a_point_is_what_its_runs_and_knock_outs_say(small):
    """Collapse and practice of the ensemble there; and what is lost with the director, as `who` has it."""
    keys = {"permission.pressure": 0.25, "leadership.hierarchy_norm": 0.5}
    collapsed, practice, lost, never = at_point(small, 6, 3, keys)
    setting = small.with_(keys)
    row = sim.compare(setting, futures=6, seed=3, variants=[]).rows[0]
    assert (collapsed, never) == (row["collapsed"], row["never_took_hold"])
    assert practice == pytest.approx(row["practice_after"], abs=1e-12)
    shape = organisation(setting, 3, 0)
    director = next(g for g in groups_of(shape) if g.seats == (shape.structure.director,))
    out = knock_out(setting, [Loss(director, Removal.EMPTIED)], futures=6, seed=3, workers=1)
    assert lost == pytest.approx(out.lost(director).value, abs=1e-12)


def test_a_lever_that_every_departure_sets_itself_is_not_moved(turnover):
    """Moving the table's would do nothing."""
    assert "succession.vacancy" in {one.key for one in parameters_of(turnover)}
    own = turnover.with_({"events.departure.vacancy": 3})
    assert "succession.vacancy" not in {one.key for one in parameters_of(own)}


# -- Structure -----------------------------------------------------------------------------------------------


def test_every_lever_that_counts_months_is_told_in_shorter_steps():
    """By its unit; a rate for each claim is none."""
    by_time = {
        key
        for key, field in _numbers(Parameters)
        if (field.json_schema_extra or {}).get("unit") in ("per month", "per year", "months")
    }
    assert by_time <= set(COUNTING_MONTHS)
    assert set(COUNTING_MONTHS) - by_time == set()


def test_a_scenario_in_half_months_is_the_same_story():
    """Everything that counts months is doubled, what moves in a month is halved or shrunk, events included."""
    story = from_dict(
        {
            "months": 60,
            "measure": {"horizon": 24},
            "practice": {"habit_rate": 0.19},
            "events": {
                "departure": {"kind": "director_leaves", "month": 30, "vacancy": 6},
                "cuts": {"kind": "austerity", "month": 12, "months": 9, "severity": 0.1},
                "later": {"kind": "change", "month": 20, "set": {"turnover": {"practitioners": 0.3}}},
            },
        }
    )
    halves = finer(story, 2)
    assert (halves.months, halves.measure.horizon, halves.reference_month) == (120, 48, 60)
    assert halves.practice.habit_rate == pytest.approx(0.1)
    assert (1 - halves.influence.rate) ** 2 == pytest.approx(1 - story.influence.rate)
    assert halves.leadership.claim_slope == story.leadership.claim_slope / 2
    assert (halves.subscription.first_review, halves.subscription.review_every) == (24, 24)
    assert halves.events["departure"].vacancy == 12
    assert (halves.events["cuts"].month, halves.events["cuts"].months) == (24, 18)
    assert halves.events["later"].set == {"turnover": {"practitioners": 0.15}}
    assert halves.permission == story.permission
    with pytest.raises(ScenarioError, match="at most 1200 steps"):
        finer(story, 100)
    with pytest.raises(ScenarioError, match="a whole number of steps"):
        finer(story, 0)
    with pytest.raises(ScenarioError, match=r"set measure\.reference_month"):
        finer("directors-come-and-go", 2)


def test_the_expected_map_in_shorter_steps_stays_close_and_comes_closer(small):
    """Without chance, quarter months lie nearer to half months than half months to months, and none far off."""
    stays = small.with_({"events.departure.enabled": False, "months": 24, "measure.reference_month": 12})
    shape = organisation(stays, 1, 0)
    ends = []
    for parts in (1, 2, 4):
        map_ = MeanField(finer(stays, parts), shape)
        state = map_.start()
        for _ in range(24 * parts):
            state = map_.step(state)
        ends.append(float(state.practice[map_.staff].mean()))
    assert abs(ends[1] - ends[0]) < 0.02
    assert abs(ends[2] - ends[1]) < abs(ends[1] - ends[0])


def test_choices_of_structure_are_compared_as_ensembles_are(small):
    """As it is: the comparison's own counts, base and variant; a judgement moved moves the verdict only."""
    found = [(choice, under(small, 8, 2, choice)) for choice in choices(small)]
    rows = sim.compare(small, futures=8, seed=2).rows
    as_it_is = next(values for choice, values in found if choice.about == "as it is")
    assert as_it_is == [x for row in rows for x in (8, round(8 * row["collapsed"]), round(8 * row["never_took_hold"]))]
    strict = next(values for choice, values in found if choice.chosen == "0.7")
    lax = next(values for choice, values in found if choice.chosen == "0.3")
    assert strict[1] >= as_it_is[1] >= lax[1]
    assert all(values[0] == 8 for choice, values in found if choice.about == "time step")


def test_nothing_is_asked_about_the_network_of_files(networks, turnover):
    """A real organisation has its own."""
    real = turnover.around(str(networks / "people.csv"), str(networks / "links.csv"))
    assert {choice.about for choice in choices(real)} >= {"horizon", "time step"}
    assert not {choice.about for choice in choices(real)} & {"size", "ties between teams"}


# -- The job -------------------------------------------------------------------------------------------------

FEW = {"trajectories": 2, "samples": 4, "futures": 2, "top": 2, "seed": 1}


@pytest.fixture(scope="module")
def few_parameters():
    """An analysis moves every eighth of the parameters that it would, and no others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "parameters_of", lambda scenario: parameters_of(scenario)[::8])
        yield


@pytest.fixture(scope="module")
def scenario(tmp_path_factory, few_parameters):
    """A scenario file small enough to be asked many times."""
    path = tmp_path_factory.mktemp("sensitivity") / "tiny.toml"
    path.write_text(
        'title = "Tiny"\nmonths = 18\nmeasure.horizon = 6\n'
        "[organisation]\nteams = 2\npractitioners_per_team = 2\nback_office = 1\nvcs_partners = 1\n"
        "lived_experience = 1\nhealth_partners = 1\n"
        '[events.departure]\nkind = "director_leaves"\nmonth = 12\n'
        '[variants.stays]\ntitle = "Stays"\nevents.departure.enabled = false\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def whole(scenario, tmp_path_factory):
    """The folder of an analysis that was never stopped."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    return sim.save(analyse(sim.load(scenario), **FEW, workers=1), folder)


def test_a_stopped_analysis_goes_on_where_it_was(scenario, whole, tmp_path):
    """Stopped in the screening and again in the indices: the tables end up the same, and nothing is run twice."""
    folder, done = tmp_path / "out", []

    class Stop(Exception):
        pass

    def on_progress(_):
        done.append(1)
        if len(done) in (10, 36):
            raise Stop

    asked = job("sensitivity", sim.load(scenario), folder, variants=["stays"], tables=[TABLE], tasks=None, **FEW)
    with InFolder.create(folder, asked, False) as store, pytest.raises(Stop):
        finish(store, Workers(1, on_progress=on_progress))
    with InFolder.open(folder) as store, pytest.raises(Stop):
        assert store.done == 10
        finish(store, Workers(1, on_progress=on_progress))
    assert call("resume", folder, "--workers", "2").exit_code == 0
    for name in ("morris.csv", "sobol.csv", "structure.csv", "points.csv", "regions.csv"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()
    assert call("resume", folder).output.strip().endswith("finished already; nothing is missing.")


def test_the_tables_and_the_page_say_the_same(scenario, whole):
    """Every parameter's effect on every outcome; the page has the strongest, to two digits."""
    number = len(run.parameters_of(sim.load(scenario)))
    rows = list(csv.DictReader((whole / "morris.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 3 * number
    strongest = max((row for row in rows if row["outcome"] == "practice"), key=lambda row: float(row["mu_star"]))
    page = (whole / "sensitivity.md").read_text(encoding="utf-8")
    assert f"| `{strongest['parameter']}` " in page
    assert f"| {float(strongest['mu_star']):.2f} (" in page
    points = list(csv.DictReader((whole / "points.csv").read_text(encoding="utf-8").splitlines()))
    assert len(points) == 2 * (number + 1) + 4 * (2 + 2)
    manifest = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["root_seed"] == 1
    assert set(manifest["results_sha256"]) == {
        f"{n}.csv" for n in ("morris", "sobol", "regions", "structure", "points")
    }


def test_the_command_refuses_what_it_cannot_do_before_it_runs(scenario, tmp_path, monkeypatch):
    """Bad numbers, a folder that holds something, a missing extra: exit code 2 and words."""
    done = call("sensitivity", scenario, "-o", tmp_path / "out", "--samples", "100")
    assert (done.exit_code, "a power of two" in done.stderr) == (2, True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    done = call("sensitivity", scenario, "-o", tmp_path / "full")
    assert (done.exit_code, "not empty" in done.stderr) == (2, True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = call("sensitivity", scenario, "-o", tmp_path / "out")
    assert (done.exit_code, "leadership-sim[sensitivity]" in done.stderr) == (2, True)


def test_the_committed_analysis_is_of_todays_model():
    """The first rows of its structure table are the counts of today's comparison."""
    folder = Path(__file__).parent.parent / "docs" / "sensitivity"
    rows = list(csv.DictReader((folder / "structure.csv").read_text(encoding="utf-8").splitlines()))
    found = sim.compare("director-turnover", futures=100, variants=["stays", "shared"], keep_months=False).rows
    for row in found:
        said = next(each for each in rows if each["variant"] == row["variant"])
        assert (said["about"], float(said["collapsed"])) == ("as it is", row["collapsed"])
    parameters = {
        row["parameter"] for row in csv.DictReader((folder / "morris.csv").read_text(encoding="utf-8").splitlines())
    }
    assert parameters == {one.key for one in parameters_of(sim.load("director-turnover"))}
