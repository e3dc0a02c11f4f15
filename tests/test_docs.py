"""The documents say what the code does."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import yaml
from documents import PAGES, ROOT, section, text
from reference import renewed
from typer.testing import CliRunner

import sim
from sim.analysis.interventions.intervention import CATALOGUE
from sim.analysis.validation.patterns import PATTERNS
from sim.interface.cli import app
from sim.model.record import MONTHLY
from sim.scenario.fields import fields
from sim.scenario.scenario import Scenario

GENERATED = "odd scenario-files command-line data-dictionary library interventions outcomes"


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", *(f"docs/{name}.md" for name in GENERATED.split())])
def test_the_generated_parts_of_the_documents_are_the_codes(page):
    """Renew them with the command at the top of docs/reference.py."""
    assert "<!-- generated: " in text(page)
    assert renewed(text(page)) == text(page)


def test_the_reference_has_every_key_and_every_option():
    """The tables are not short of anything."""
    keys, commands = text("docs/scenario-files.md"), text("docs/command-line.md")
    for key, _ in fields():
        name = key.removeprefix("roles.") if key.startswith("roles.") else key.rpartition(".")[2]
        assert f"| `{name}` |" in keys, key
    for command, option in (
        ("run", "--precision"),
        ("dependency", "--month"),
        ("handout", "--port"),
        ("handout", "--kit"),
    ):
        assert f"`{option}`" in section(commands, f"`leadership-sim {command}"), option


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("pressure {:g}", "permission.pressure"),
        ("induction {:g}", "turnover.induction"),
        ("x = 0.7 c + {:g} h", "influence.demonstration"),
        ("+ {:g} x_D; x_D", "leadership.funding_dependency"),
        ("0.65 s + {:g} x_T", "permission.director_reach"),
        ("sigmoid({:g} [", "practice.steepness"),
        ("[{:.2f} c +", "practice.commitment_weight"),
        ("+ {:.2f} p +", "practice.permission_weight"),
        ("+ {:.2f} n -", "practice.evidence_weight"),
        ("n - {:g} -", "practice.threshold"),
        ("- {:g} (1 - B)(1 - A)", "practice.red_tape"),
        ("c <- c + {:g} [0.75", "influence.rate"),
        ("[{:g} sum_j", "influence.openness"),
        ("b_ij v_j / ({:g} +", "influence.self_weight"),
        ("probability {:.2f} a month while both seats", "turnover.rebuild"),
        ("manager {:g}; practitioner", "leadership.manager_grant"),
        ("l <- l + {:g} (1 - l)", "leadership.growth"),
        ("sigmoid({:g} [0.65 x_T", "subscription.steepness"),
        ("({:g} mutual links each on average)", "organisation.cross_team_links"),
        ("first after {} months", "subscription.first_review"),
        ("bounded by K = {:g}:", "influence.attention"),
        ("(1 - {:g})^g N_g", "leadership.norm_granted"),
        ("(1 - {:g})^q (1 - N_g)", "leadership.norm_refused"),
        ("N_g + {:g} (N_o - N_g)", "leadership.norm_drift"),
        ("e = {:.2f} (`[embedding] rate`)", "embedding.rate"),
        ("d = {:g} (`decay`)", "embedding.decay"),
        ("A <- (1 - {:g}) A", "embedding.loss"),
    ],
)
def test_the_equations_of_the_odd_document_have_the_codes_numbers(words, key):
    """Each number in the prose is the default it stands for."""
    value = Scenario()
    for part in key.split("."):
        value = getattr(value, part)
    assert words.format(value) in re.sub(r"\s+", " ", text("docs/odd.md"))


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A folder in which every command that writes tables has written them, each of something small."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "people.csv").write_text("id,manager_id\na,\nb,a\nc,b\nd,b\n", encoding="utf-8")
    (folder / "DESIGN.toml").write_text(
        'scenario = "small.toml"\nfutures = 2\n[grid]\n"leadership.hierarchy_norm" = [0.2]\n', encoding="utf-8"
    )
    size = "[organisation]\nteams = 2\npractitioners_per_team = 3\n"
    (folder / "small.toml").write_text(text("scenarios/director-turnover.toml") + size, encoding="utf-8")
    story, small = folder / "small.toml", ["--futures", "2", "--workers", "1"]
    commands = (
        ["run", story, "--people", folder / "people.csv", "--names", "--no-picture", "--out", folder / "run", *small],
        ["run", story, "--replay", "0", "--out", folder / "one"],
        ["run", story, "--worlds", "plausible", "--max-worlds", "2", "--out", folder / "over", *small],
        ["interventions", story, "--out", folder / "interventions", "--pairs", *small],
        ["dependency", story, "--out", folder / "who.csv", *small],
        ["dependency", story, "--worlds", "plausible", "--max-worlds", "1", "--out", folder / "who-over.csv", *small],
        ["sweep", folder / "DESIGN.toml", "--out", folder / "sweep"],
        ["calibrate", "-o", folder / "plausible", "--points", "1", *small],
        ["validate", "-o", folder / "evidence", "--futures", "10", "--points", "0", "--workers", "1"],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.analysis.validation.run.PATTERNS", [each for each in PATTERNS if each.slug in ("P6", "P14")])
        patch.setattr("sim.analysis.interventions.intervention.CATALOGUE", CATALOGUE[:4])
        for words in commands:
            done = CliRunner().invoke(app, [str(word) for word in words])
            assert done.exit_code == 0, done.output
    return folder


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("run/summary.csv", "summary.csv"),
        ("run/futures.parquet", "futures.parquet"),
        ("run/trajectories.parquet", "trajectories.parquet"),
        ("run/flows.csv", "flows.csv"),
        ("run/seats.csv", "seats.csv"),
        ("run/people.csv", "The rest"),
        ("one/trajectories.parquet", "trajectories.parquet"),
        ("one/people.parquet", "people.parquet"),
        ("one/ledger.parquet", "ledger.parquet"),
        ("over/robustness.csv", "robustness.csv"),
        ("over/worlds.csv", "worlds.csv"),
        ("over/futures.parquet", "futures.parquet: a row per world"),
        ("interventions/interventions.csv", "interventions.csv"),
        ("interventions/pairs.csv", "pairs.csv"),
        ("interventions/combinations.csv", "combinations.csv"),
        ("who.csv", "`leadership-sim dependency"),
        ("who-over.csv", "`leadership-sim dependency"),
        ("plausible/settings.csv", "`leadership-sim calibrate"),
        ("evidence/validation.csv", "validation.csv"),
    ],
)
def test_the_data_dictionary_has_every_column_of_every_file(written, file, title):
    """Under the file's heading, in code; intervals, percentiles and parameters by their names alone."""
    path = written / file
    frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    part = section(text("docs/data-dictionary.md"), title)
    for column in frame.columns:
        name = re.sub("_(low|high|p10|p50|p90)$", "", column)
        assert "." in name or f"`{name}`" in part, column


def test_the_data_dictionary_knows_every_table_that_is_written(written):
    """No file of a table goes unmentioned; a sweep's are a run's, with the swept parameters and a point before."""
    page = text("docs/data-dictionary.md")
    asked = {"DESIGN.toml", "people.csv", "who.csv", "who-over.csv"}
    for path in [*written.rglob("*.csv"), *written.rglob("*.parquet")]:
        assert path.name in asked or path.name in page, path.name
    listed = "summary.csv futures.parquet trajectories.parquet flows.csv seats.csv momentum.png people.csv"
    assert all(file in page for file in (*listed.split(), "manifest.json", "scenario.toml"))
    sweep, run = (set(pd.read_csv(written / name).columns) for name in ("sweep/sweep.csv", "run/summary.csv"))
    assert sweep - run == {"point", "leadership.hierarchy_norm"}
    assert run - sweep == {"title"}
    for name, meaning in MONTHLY.items():
        assert f"| `{name}` | {meaning} |" in page
    for name in ("morris", "sobol", "regions", "structure"):
        part = section(page, "`leadership-sim sensitivity")
        for column in pd.read_csv(ROOT / "docs" / "sensitivity" / f"{name}.csv", nrows=1).columns:
            assert f"`{re.sub('_(low|high)$', '', column)}`" in part, (name, column)


def test_the_readmes_table_is_the_committed_runs():
    """The numbers of the README are those that findings.md reports for the same seed and futures."""
    shared = re.search(r"A sceptic follows, leadership is shared +\d+ +(\d+) ", text("README.md"))
    assert shared is not None
    assert f"| {100 - int(shared.group(1))} (" in text("docs/findings.md")


def test_the_readmes_counts_of_worlds_are_the_committed_runs():
    """Row by row, those of docs/how-sure.csv, the robustness.csv of ``run director-turnover --worlds plausible``."""
    over = pd.read_csv(ROOT / "docs" / "how-sure.csv").set_index("variant")
    (worlds,) = set(over.worlds)
    assert f"in {worlds} *plausible worlds*" in " ".join(text("README.md").split())
    rows = {
        "the director stays": "stays",
        "a successor is prepared": "groomed",
        "leadership is shared": "shared",
        "the deputy is promoted": "promoted",
        "a sceptic follows": "sceptic",
        "a sceptic follows, leadership is shared": "sceptic_shared",
    }
    for words, variant in rows.items():
        better, clearly, worse = over.loc[variant, ["worlds_better", "worlds_clearly_better", "worlds_worse"]]
        assert f"| {words} | {better} | {clearly} | {worse} |" in text("README.md")
    for variant, words in (("base", "of 100 futures collapse from world"), ("sceptic", "if a sceptic follows")):
        low, high = (100 * over.loc[variant, f"collapsed_{end}"] for end in ("p10", "p90"))
        assert f"{low:.0f} to {high:.0f} {words}" in " ".join(text("README.md").split())


def test_the_reading_order_is_of_the_code_as_it_is():
    """Every file of the table in CONTRIBUTING.md is there, and about as long as the table says."""
    rows = re.findall(
        r"^\| (`sim/[^|]*) \| (\d+) \|", section(text("CONTRIBUTING.md"), "The code in reading order"), flags=re.M
    )
    assert len(rows) > 10
    for files, lines in rows:
        length = sum(len(text(file).splitlines()) for file in re.findall(r"`(.+?)`", files))
        assert abs(length - int(lines)) <= max(20, length / 8), (files, length)


def test_the_map_names_every_room_and_every_file_named_is_there():
    """The rooms of the table are the folders of sim/; no document sends a reader to a file that has moved."""
    rooms = re.findall(r"^\| `sim/(\w+)/` \|", text("CONTRIBUTING.md"), flags=re.M)
    assert sorted(rooms) == sorted(path.parent.name for path in ROOT.glob("sim/*/__init__.py"))
    for page in PAGES:
        for file in re.findall(r"`((?:sim|tests|docs|scenarios|benchmarks)/[\w/.-]*\w\.\w+|sim/[\w/]+/)`", text(page)):
            assert (ROOT / file).exists(), (page, file)


def linked(page: str) -> set[Path]:
    """The pages that a page links to where its words are read, a list of contents for the site left out."""
    words = re.sub(r"^```.*?^```$", "", text(page), flags=re.M | re.S)
    found = re.findall(r"\]\(([^)#:\s]+\.md)(?:#[^)]*)?\)", words)
    return {((ROOT / page).parent / link).resolve() for link in found}


def test_the_front_of_the_documents_opens_seven_doors_and_every_page_is_behind_one():
    """Whoever follows two links from docs/index.md has been everywhere."""
    front = linked("docs/index.md")
    assert len(front) <= 7
    behind = set().union(*(linked(page.relative_to(ROOT).as_posix()) for page in front))
    pages = {ROOT / page for page in PAGES if page.startswith("docs/") or "/" not in page}
    assert pages - front - behind == {ROOT / "paper.md"}


FIRST_LINE_OF_ITS_OWN = {"calibration", "validation"}
"""Pages that begin with their finding, or with the command that wrote them."""


@pytest.mark.parametrize("page", sorted(path.stem for path in ROOT.glob("docs/*.md")))
def test_a_page_says_on_its_first_line_what_its_reader_can_do_after_it(page):
    """Below the title, in a sentence."""
    title, first = text(f"docs/{page}.md").split("\n\n")[:2]
    assert title.startswith("# ")
    assert first.startswith("After this page you ") != (page in FIRST_LINE_OF_ITS_OWN)


def test_the_trace_names_tests_that_there_are():
    """`rules: who_grants` is a test whose name holds who_grants in tests/test_rules.py."""
    named = re.findall(r"`(\w+): (\w+)`", text("docs/trace.md"))
    assert len(named) > 30
    for file, words in named:
        tests = re.findall(r"def (test_\w+)", text(f"tests/test_{file}.py"))
        assert any(words in test for test in tests), (file, words)


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


def test_the_descriptions_for_reviewers_name_this_version_of_the_software_and_of_the_model():
    """ODD and TRACE say which version they are about."""
    for page in ("docs/odd.md", "docs/trace.md"):
        assert f"**leadership-sim {sim.__version__}, the model's second version**" in text(page), page
    assert f"version {sim.__version__}" in text("docs/model.md")


def test_whoever_catalogues_or_cites_is_told_the_same_everywhere():
    """codemeta.json is of CodeMeta 3.0 and agrees with CITATION.cff and pyproject.toml, word for word."""
    meta, project = json.loads(text("codemeta.json")), tomllib.loads(text("pyproject.toml"))["project"]
    cited = yaml.safe_load(text("CITATION.cff"))
    assert meta["@context"] == "https://w3id.org/codemeta/3.0"
    assert (meta["identifier"], meta["name"]) == (project["name"], cited["title"])
    assert meta["version"] == project["version"] == cited["version"] == sim.__version__
    assert meta["license"] == f"https://spdx.org/licenses/{cited['license']}"
    assert cited["license"] == project["license"]
    for key in ("description", "keywords"):
        assert meta[key] == project[key]
    assert [each["name"] for each in meta["author"]] == [each["name"] for each in project["authors"]]
    assert project["authors"] == cited["authors"]
    assert meta["runtimePlatform"] == f"Python {project['requires-python']}"
    assert [each["name"] + each["version"] for each in meta["softwareRequirements"]] == project["dependencies"]
    (study,) = cited["references"]
    assert (meta["citation"]["@id"], meta["citation"]["name"]) == (f"https://doi.org/{study['doi']}", study["title"])


def test_the_paper_has_the_length_and_the_parts_that_its_journal_asks_for():
    """750 to 1,750 words, each section, the author and title of CITATION.cff; whatever it cites is in paper.bib."""
    _, head, body = text("paper.md").split("---\n", 2)
    meta, cited = yaml.safe_load(head), yaml.safe_load(text("CITATION.cff"))
    assert meta["title"] == cited["title"]
    assert [each["name"] for each in meta["authors"]] == [each["name"] for each in cited["authors"]]
    assert 750 <= len(body.split()) <= 1750
    asked = "Summary, Statement of need, State of the field, Software design, Research impact statement"
    parts = [*asked.split(", "), "AI usage disclosure", "Acknowledgements", "References"]
    assert re.findall("^# (.+)$", body, flags=re.M) == parts
    assert set(re.findall(r"@(\w+)", body)) == set(re.findall(r"^@\w+\{(\w+),", text(meta["bibliography"]), flags=re.M))


def test_the_site_is_built_without_a_warning_and_asks_the_network_for_nothing(tmp_path):
    """Every link leads somewhere, every docstring of the reference reads, every notebook is there."""
    words = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", ".", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "does the change survive" in (tmp_path / "docs" / "index.html").read_text(encoding="utf-8")
    for place in ("council", "hospital", "school"):
        assert (tmp_path / "docs" / "kit" / place / "handout.html").exists()
    pages = [page for page in sorted(tmp_path.rglob("*.html")) if "kit" not in page.parts]
    assert sum(page.parent.name == "notebooks" for page in pages) == 10
    for page in pages:
        assert not re.search(r'<(script|link|img)[^>]+(src|href)="https?:', page.read_text(encoding="utf-8")), page
