"""The commands that ask why: dependency and interventions, as a person types them."""

import csv
import json

import pytest
from test_cli import SMALL, call

from sim.analysis.dependency.knockouts import Loss, knock_out, of_role
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.scenario.roles import Role
from sim.scenario.scenario import read


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_who_says_on_whom_it_rests_and_its_numbers_are_the_knock_outs(scenario, tmp_path):
    """The printed share, the CSV's and that of the same knock-out asked from Python are one number."""
    done = call("dependency", scenario, "--futures", 4, "--out", tmp_path / "new" / "who.csv")
    assert done.exit_code == 0, done.stderr
    for words in ("at month 12", "Persons", "Roles", "heard from last, not for whoever", "not a prediction"):
        assert words in " ".join(done.stdout.split())
    with (tmp_path / "new" / "who.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shape = organisation(read(scenario), 1, 0)
    director = of_role(shape, Role.DIRECTOR)
    expected = knock_out(read(scenario), [Loss(director, Removal.EMPTIED)], futures=4).dependency(director)
    row = next(row for row in rows if row["who"] == "director")
    assert float(row["dependency"]) == pytest.approx(expected.value, abs=1e-12)
    assert f"{round(100 * expected.value)} (" in done.stdout
    assert {row["kind"] for row in rows} == {"person", "role", "team"}
    assert len([row for row in rows if row["kind"] == "person"]) == len(shape)


def test_who_may_be_asked_of_another_month_variant_and_in_other_words(scenario):
    """A month later than the scenario was written for makes the run longer; a hospital's words are used throughout."""
    done = call("dependency", scenario, "--futures", 2, "--month", 30, "--variant", "declared", "--labels", "hospital")
    assert done.exit_code == 0, done.stderr
    assert "at month 30: Declared" in done.stdout
    assert "director" not in done.stdout.lower().replace("medical director", "").replace("clinical director", "")


def test_interventions_prints_the_ranking_and_writes_what_it_says(scenario, few_interventions, tmp_path):
    """The table, the sentences, the files, and a manifest that says what was asked."""
    out = tmp_path / "out"
    done = call("interventions", scenario, "--futures", 4, "--out", out, "--exclude", "successor", "--pairs")
    assert done.exit_code == 0, done.stderr
    for words in (
        "What would make it survive?",
        "the change survives at two years in",
        "one step",
        "chance between simulated futures",
    ):
        assert words.lower() in done.stdout.lower(), words
    assert {path.name for path in out.iterdir()} == {
        "interventions.csv", "pairs.csv", "combinations.csv", "interventions.png", "manifest.json", "scenario.toml",
    }  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["futures"] == 4
    with (out / "interventions.csv").open(encoding="utf-8", newline="") as file:
        parameters = {row["intervention"] for row in csv.DictReader(file)}
    assert "norm" in parameters
    assert "successor" not in parameters


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dependency", "SCENARIO", "--variant", "stay"], "did you mean 'stays'?"),
        (["dependency", "SCENARIO", "--month", "1300"], "the run has months 0 to 40"),
        (["dependency", "SCENARIO", "--set", "organisation.teams=0"], "no middle managers and no practitioners"),
        (["dependency", "SCENARIO", "--out", "SCENARIO"], "is there already"),
        (["interventions", "SCENARIO", "--exclude", "succesor"], "did you mean 'successor'?"),
        (["interventions", "SCENARIO", "--out", "FOLDER"], "not empty"),
        (["interventions", "nowhere.toml"], "there is no such file"),
    ],
)
def test_mistakes_are_told_in_words_before_anything_is_run(words, message, scenario, tmp_path, monkeypatch):
    """Exit code 2, one line, no traceback."""
    monkeypatch.chdir(tmp_path)
    names = {"SCENARIO": str(scenario), "FOLDER": str(tmp_path)}
    done = call(*(names.get(word, word) for word in words))
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert "Traceback" not in done.output
