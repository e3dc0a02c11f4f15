"""The documents say what the code does."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.comparison import WRITTEN
from sim.record import MONTHLY
from sim.reference import renewed
from sim.scenario import KINDS_OF_EVENT, Scenario

ROOT = Path(__file__).parent.parent


def text(name: str) -> str:
    """A file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_parameter_tables_of_the_odd_document_are_the_codes():
    """Renew them with: python -m sim.reference docs/odd.md."""
    assert renewed(text("docs/odd.md")) == text("docs/odd.md")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("pressure {:g}", "permission.pressure"),
        ("induction {:g}", "turnover.induction"),
        ("x = 0.7 c + {:g} h", "influence.demonstration"),
        ("+ {:g} x_D; x_D", "leadership.funding_dependency"),
        ("0.65 s + {:g} x_D", "permission.director_reach"),
        ("sigmoid({:g} [", "practice.steepness"),
        ("[{:.2f} c +", "practice.commitment_weight"),
        ("+ {:.2f} p +", "practice.permission_weight"),
        ("+ {:.2f} n -", "practice.evidence_weight"),
        ("n - {:g} -", "practice.threshold"),
        ("- {:g} (1 - mean shown position of the back office)", "practice.red_tape"),
        ("c <- c + {:g} [0.75", "influence.rate"),
        ("[{:g} sum_j", "influence.openness"),
        ("b_ij v_j / ({:g} +", "influence.self_weight"),
        ("probability {:.2f} a month while both seats", "turnover.rebuild"),
        ("manager {:g}; practitioner", "leadership.manager_grant"),
        ("l <- l + {:g} (1 - l)", "leadership.growth"),
        ("sigmoid({:g} [0.65 x_D", "subscription.steepness"),
        ("({:g} mutual links each on average)", "organisation.cross_team_links"),
        ("first after {} months", "subscription.first_review"),
    ],
)
def test_the_equations_of_the_odd_document_have_the_codes_numbers(words, key):
    """Each number in the prose is the default it stands for."""
    value = Scenario()
    for part in key.split("."):
        value = getattr(value, part)
    assert words.format(value) in re.sub(r"\s+", " ", text("docs/odd.md"))


def test_the_columns_of_results_are_all_explained(small):
    """Every column that is written stands in docs/results.md."""
    compared = sim.compare(small, runs=1)
    document = text("docs/results.md")
    columns = {*compared.summary.columns, *compared.futures.columns, *compared.trajectories.columns}
    for column in columns:
        name = column.removesuffix("_low").removesuffix("_high")
        assert f"`{name}`" in document, column
    for name, meaning in MONTHLY.items():
        assert f"| `{name}` | {meaning} |" in document
    assert all(file in document for file in WRITTEN)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("README.md", 2),
        ("docs/change-the-model.md", 2),
        ("docs/dependency.md", 1),
        ("docs/handout.md", 1),
        ("docs/model-card.md", 1),
        ("docs/live-page.md", 1),
        ("docs/how-sure.md", 1),
    ],
)
def test_the_python_of_the_documents_runs(tmp_path, monkeypatch, name, count):
    """Each block by itself, with two futures."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", text(name), flags=re.S)
    assert len(blocks) == count
    for block in blocks:
        exec(compile(re.sub(r"runs=\d+", "runs=2", block), name, "exec"), {"__name__": "a_document"})


def test_the_changed_person_of_the_readme_makes_a_difference():
    """The example is one in which a reader sees something change."""
    block = next(b for b in re.findall(r"```python\n(.*?)```", text("README.md"), flags=re.S) if "Disheartened" in b)
    found: dict = {"__name__": "a_document"}
    exec(compile(block, "README.md", "exec"), found)
    changed = sim.run("director-turnover", agents=[found["Disheartened"]]).monthly["practice"][-1]
    assert abs(changed - sim.run("director-turnover").monthly["practice"][-1]) > 0.01


def test_the_scenario_of_the_documents_is_read_with_every_kind_of_event(tmp_path):
    """The worked file runs, and each of its variants resolves."""
    block = re.findall(r"```toml\n(.*?)```", text("docs/scenario-files.md"), flags=re.S)[0]
    (tmp_path / "strain.toml").write_text(block, encoding="utf-8")
    scenario = sim.load(tmp_path / "strain.toml")
    assert {event.kind for event in scenario.events.values()} == set(KINDS_OF_EVENT)
    small = scenario.replacing({"organisation.teams": 2, "organisation.practitioners_per_team": 2})
    assert list(sim.compare(small, runs=1).summary.variant) == ["base", "no_cuts", "stopped", "norm_stays"]


def test_every_command_of_the_documents_is_understood(tmp_path, monkeypatch):
    """Each leadership-sim line of README and docs, with one future, on files of its own."""
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("id,manager_id\na,\nb,a\nc,b\nd,b\n", encoding="utf-8")
    Path("links.csv").write_text("source,target,layer,weight\nc,d,advice,2\n", encoding="utf-8")
    design = re.findall(r"```toml\n(.*?)```", text("docs/many-futures.md"), flags=re.S)[0]
    Path("DESIGN.toml").write_text(re.sub("(runs|points) = .*", r"\1 = 1", design), encoding="utf-8")
    pages = (
        "README.md",
        *(f"docs/{name}.md" for name in ("your-organisation", "many-futures", "dependency", "how-sure")),
    )
    lines = re.findall(r"^    (leadership-sim .*)$", "".join(text(page) for page in pages), flags=re.M)
    assert len(lines) > 12
    for line in lines:
        if "--cluster" in line:  # tests/test_runner.py has a cluster
            continue
        words = line.replace("DIR", "out").split("#")[0].split()[1:]
        if "--over" in words:
            words += ["--worlds", "1", "--runs", "2"]
        elif words[0] == "run":
            words = [w for i, w in enumerate(words) if w != "--runs" and words[i - 1] != "--runs"]
            words += ["--runs", "1"] if "--people" in words else ["--future", "0"] if "--future" not in words else []
            words += ["--out", "out", "--overwrite"]
        elif words[0] in ("who", "remedies", "handout"):
            words += ["--runs", "2"]
        elif words[0] == "plausible":
            words += ["--points", "1", "--futures", "2"]
        elif words[0] == "evidence":
            words += ["--runs", "10", "--points", "0"]
        elif words[0] in ("explain", "kit", "app", "sensitivity"):  # these have tests of their own
            continue
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (line, done.output)


def test_the_readmes_table_is_the_committed_runs():
    """The numbers of the README are those that expected-order.md reports for the same seed and futures."""
    shared = re.search(r"Leadership is shared +0 +(\d+ \(\d+ to \d+\))", text("README.md"))
    assert shared is not None
    assert f"| {shared.group(1)} |" in text("docs/expected-order.md")


def test_nothing_written_names_this_machine_or_a_registry():
    """Paths and hosts of the place it was built stay out of the project."""
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("*.t*ml"),
        *ROOT.glob("*.txt"),
        ROOT / ".ci/run",
    ]:
        words = path.read_text(encoding="utf-8")
        assert "/work/" not in words, path
        assert "simple/" not in words, path


def test_the_changelog_and_citation_have_the_version():
    """One version everywhere."""
    assert f"## {sim.__version__}" in text("CHANGELOG.md")
    assert f"version: {sim.__version__}" in text("CITATION.cff")
    assert f'version = "{sim.__version__}"' in text("pyproject.toml")
