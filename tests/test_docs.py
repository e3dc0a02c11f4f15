"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

import sim
from sim.experiments.comparison import WRITTEN
from sim.record import MONTHLY
from sim.reference import renewed
from sim.scenario import Scenario

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


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch):
    """Each block, in order, with fewer futures."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", text("README.md"), flags=re.S)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block.replace("runs=50", "runs=1"), "README.md", "exec"), {})
    assert (tmp_path / "momentum.png").exists()


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
