"""The documents say what the code does."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.describe import fields
from sim.experiments.comparison import WRITTEN
from sim.experiments.sweep import points, read_design
from sim.record import MONTHLY
from sim.reference import renewed
from sim.scenario import KINDS_OF_EVENT, Scenario

ROOT = Path(__file__).parent.parent


def text(name: str) -> str:
    """A file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["docs/odd.md", "docs/scenario-keys.md", "docs/command-line.md"])
def test_the_generated_parts_of_the_documents_are_the_codes(page):
    """Renew them with: python -m sim.reference docs/odd.md docs/scenario-keys.md docs/command-line.md."""
    assert "<!-- generated: " in text(page)
    assert renewed(text(page)) == text(page)


def test_the_reference_has_every_key_and_every_option():
    """The tables are not short of anything."""
    keys, commands = text("docs/scenario-keys.md"), text("docs/command-line.md")
    for key, _ in fields():
        name = key.removeprefix("roles.") if key.startswith("roles.") else key.rpartition(".")[2]
        assert f"| `{name}` |" in keys, key
    for command, option in (("run", "--precision"), ("who", "--month"), ("app", "--port"), ("kit", "--out")):
        assert f"`{option}`" in section(commands, f"`leadership-sim {command}"), option


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


def section(page: str, title: str) -> str:
    """A part of a page, from a heading that begins like this to the next heading."""
    found = re.search(rf"^#+ {re.escape(title)}.*?(?=^#|\Z)", page, flags=re.M | re.S)
    assert found is not None, title
    return found[0]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A folder in which every command that writes tables has written them, small."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "people.csv").write_text("id,manager_id\na,\nb,a\nc,b\nd,b\n", encoding="utf-8")
    (folder / "DESIGN.toml").write_text(
        'scenario = "director-turnover"\nruns = 2\n[grid]\n"leadership.hierarchy_norm" = [0.2]\n', encoding="utf-8"
    )
    story, small = "director-turnover", ["--runs", "2"]
    for words in (
        ["run", story, "--people", folder / "people.csv", "--names", "--out", folder / "run", *small],
        ["run", story, "--future", "0", "--out", folder / "one"],
        ["run", story, "--over", "plausible", "--worlds", "2", "--out", folder / "over", *small],
        ["remedies", story, "--out", folder / "remedies", *small],
        ["who", story, "--out", folder / "who.csv", *small],
        ["who", story, "--over", "plausible", "--worlds", "1", "--out", folder / "who-over.csv", *small],
        ["sweep", folder / "DESIGN.toml", "--out", folder / "sweep"],
        ["plausible", "-o", folder / "plausible", "--points", "1", "--futures", "2"],
        ["evidence", "-o", folder / "evidence", "--runs", "10", "--points", "0"],
    ):
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
        ("over/over.csv", "over.csv"),
        ("over/worlds.csv", "worlds.csv"),
        ("remedies/remedies.csv", "remedies.csv"),
        ("remedies/pairs.csv", "pairs.csv"),
        ("remedies/combinations.csv", "combinations.csv"),
        ("who.csv", "`leadership-sim who"),
        ("who-over.csv", "`leadership-sim who"),
        ("plausible/settings.csv", "`leadership-sim plausible"),
        ("evidence/evidence.csv", "evidence.csv"),
    ],
)
def test_the_data_dictionary_has_every_column_of_every_file(written, file, title):
    """Under the file's heading, in code; intervals, percentiles and levers by their names alone."""
    path = written / file
    frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    part = section(text("docs/data-dictionary.md"), title)
    for column in frame.columns:
        name = re.sub("_(low|high|p10|p50|p90)$", "", column)
        assert "." in name or f"`{name}`" in part, column


def test_the_data_dictionary_knows_every_table_that_is_written(written):
    """No file of a table goes unmentioned; a sweep's are a run's, with the swept levers and a point before."""
    page = text("docs/data-dictionary.md")
    asked = {"DESIGN.toml", "people.csv", "who.csv", "who-over.csv"}
    for path in [*written.rglob("*.csv"), *written.rglob("*.parquet")]:
        assert path.name in asked or path.name in page, path.name
    assert all(file in page for file in WRITTEN)
    sweep, run = (set(pd.read_csv(written / name).columns) for name in ("sweep/sweep.csv", "run/summary.csv"))
    assert sweep - run == {"point", "leadership.hierarchy_norm"}
    assert run - sweep == {"title"}
    for name, meaning in MONTHLY.items():
        assert f"| `{name}` | {meaning} |" in page
    for name in ("morris", "sobol", "regions", "structure"):
        part = section(page, "`leadership-sim sensitivity")
        for column in pd.read_csv(ROOT / "docs" / "sensitivity" / f"{name}.csv", nrows=1).columns:
            assert f"`{re.sub('_(low|high)$', '', column)}`" in part, (name, column)


def fenced(page: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page: (language, text)."""
    return re.findall(r"^```(\S*)\n(.*?)^```$", text(page), flags=re.M | re.S)


PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("notebooks/*.md")]
)
"""Everything that is written for a reader."""


def test_every_block_of_code_is_of_a_kind_that_is_run():
    """Nothing is shown that no test reads; what is set apart by an indent alone is a command, or to be looked at."""
    kinds = {(language, page) for page in PAGES for language, _ in fenced(page)}
    assert {language for language, _ in kinds} == {"python", "toml", "bash", "diff", "text", "{toctree}", "{eval-rst}"}
    for language, place in (("text", "tutorial"), ("bash", "many-futures"), ("diff", "add-a-mechanism")):
        assert {page for kind, page in kinds if kind == language} == {f"docs/{place}.md"}
    for page in PAGES:
        unfenced = re.sub(r"^```.*?^```$", "", text(page), flags=re.M | re.S)
        assert not re.search(r"^ {4,}(import|from) \w+", unfenced, flags=re.M), page


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page != "docs/add-a-mechanism.md" and "python" in dict(fenced(page))]
)
def test_the_python_of_the_documents_runs(tmp_path, monkeypatch, page):
    """A page's blocks one after the other, with few futures."""
    monkeypatch.chdir(tmp_path)
    names: dict = {"__name__": "a_document"}
    for language, block in fenced(page):
        if language == "python":
            exec(compile(re.sub(r"runs=\d+", "runs=8", block), page, "exec"), names)


@pytest.mark.parametrize("page", [page for page in PAGES if "toml" in dict(fenced(page))])
def test_the_files_of_the_documents_can_be_read(tmp_path, page):
    """As a design of a sweep where it names a scenario, else as a scenario, beside an organisation's files."""
    (tmp_path / "people.csv").write_text("id,manager_id\na,\nb,a\nc,b\nd,b\n", encoding="utf-8")
    (tmp_path / "links.csv").write_text("source,target,layer,weight\nc,d,trust,4\n", encoding="utf-8")
    for language, block in fenced(page):
        if language == "toml":
            (tmp_path / "file.toml").write_text(block, encoding="utf-8")
            if "scenario" in tomllib.loads(block):
                assert points(*read_design(tmp_path / "file.toml"))
            else:
                scenario = sim.load(tmp_path / "file.toml")
                assert len(sim.run(scenario).monthly["practice"]) == scenario.months + 1


def test_a_mechanism_is_added_as_the_page_says(tmp_path):
    """Its patches, applied to a copy of the code, give the lever that its tests ask for; all are called."""
    blocks = fenced("docs/add-a-mechanism.md")
    for folder in ("sim", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    patch = "".join(block for language, block in blocks if language == "diff")
    (tmp_path / "page.diff").write_text(patch, encoding="utf-8", newline="\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "page.diff"], cwd=tmp_path, check=True)
    (tests,) = (block for language, block in blocks if language == "python")
    named = re.findall(r"^def (test_\w+)\(\):", tests, flags=re.M)
    assert len(named) == 3
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    where = f"import sim; assert sim.__file__.startswith({str(tmp_path)!r})\n"
    each = "for name in [n for n in globals() if n.startswith('test_')]:\n    globals()[name]()\n    print(name)\n"
    words = [sys.executable, "-c", where + tests + each]
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == named


@pytest.mark.skipif(os.name == "nt", reason="a job for a cluster is a shell script")
def test_the_job_for_a_cluster_runs(tmp_path):
    """With the site's programs stood in for by this machine's."""
    (block,) = (block for language, block in fenced("docs/many-futures.md") if language == "bash")
    tools, here = tmp_path / "tools", Path(sys.executable).parent
    tools.mkdir()
    for name, words in {
        "srun": 'shift\nexec "$@"',
        "dask": f'exec timeout 200 "{here}/python" -m dask "$@"',
        "python": f'exec "{here}/python" "$@"',
        "leadership-sim": f'exec "{here}/leadership-sim" "$@"',
    }.items():
        (tools / name).write_text(f"#!/bin/bash\n{words}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    script = block.replace("--runs 1000000", "--runs 4") + "kill $(jobs -p)\nwait\n"
    (tmp_path / "job.sh").write_text(script, encoding="utf-8", newline="\n")
    env = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    with (tmp_path / "told.txt").open("w") as told:
        subprocess.run(["bash", "job.sh"], cwd=tmp_path, env=env, stdout=told, stderr=told, timeout=300, check=False)
    futures = tmp_path / "results" / "million" / "futures.parquet"
    assert futures.exists(), (tmp_path / "told.txt").read_text()
    assert len(pd.read_parquet(futures)) == 4 * 6


def test_the_changed_person_of_the_tutorial_makes_a_difference():
    """The example is one in which a reader sees something change."""
    block = next(block for _, block in fenced("docs/tutorial.md") if "Disheartened" in block)
    found: dict = {"__name__": "a_document"}
    exec(compile(block, "tutorial", "exec"), found)
    changed = sim.run("director-turnover", agents=[found["Disheartened"]]).monthly["practice"][-1]
    assert abs(changed - sim.run("director-turnover").monthly["practice"][-1]) > 0.01


def test_the_tutorial_shows_what_its_commands_say(tmp_path, monkeypatch):
    """Each command as it stands there; every line shown after it is a line that it prints, in the order shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "118")
    mine = next(block for language, block in fenced("docs/tutorial.md") if language == "toml")
    Path("mine.toml").write_text(mine, encoding="utf-8")
    steps = r"^    (?:.*uv run )?(leadership-sim [^\n]+)$|^```text\n(.*?)^```$"
    said: list[str] = []
    commands = shown = 0
    for command, output in re.findall(steps, text("docs/tutorial.md"), flags=re.M | re.S):
        if command:
            commands += 1
            words = command.split()[1:]
            done = CliRunner().invoke(app, [*words, *(["--out", str(commands)] if words[0] == "run" else [])])
            assert done.exit_code == 0, done.output
            said = [" ".join(line.split()) for line in done.output.splitlines()]
        else:
            rest = iter(said)
            for line in output.splitlines():
                assert " ".join(line.split()) in rest, line
                shown += 1
    assert commands >= 6
    assert shown > 20


def test_the_scenario_of_the_documents_has_every_kind_of_event(tmp_path):
    """The worked file has each of them, and each of its variants resolves."""
    block = dict(fenced("docs/scenario-files.md"))["toml"]
    (tmp_path / "strain.toml").write_text(block, encoding="utf-8")
    scenario = sim.load(tmp_path / "strain.toml")
    assert {event.kind for event in scenario.events.values()} == set(KINDS_OF_EVENT)
    small = scenario.replacing({"organisation.teams": 2, "organisation.practitioners_per_team": 2})
    assert list(sim.compare(small, runs=1).summary.variant) == ["base", "no_cuts", "stopped", "norm_stays"]


def test_every_command_of_the_documents_is_understood(tmp_path, monkeypatch):
    """Each leadership-sim line of every page, made small, on files of its own; the tutorial's are run above."""
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("id,manager_id\na,\nb,a\nc,b\nd,b\n", encoding="utf-8")
    Path("links.csv").write_text("source,target,layer,weight\nc,d,advice,2\n", encoding="utf-8")
    design = dict(fenced("docs/many-futures.md"))["toml"]
    Path("DESIGN.toml").write_text(re.sub("(runs|points) = .*", r"\1 = 1", design), encoding="utf-8")
    found = r"^ {4,}(?:.*uv run )?(leadership-sim [^#\n}]*)"
    lines = {
        line.strip(): page
        for page in PAGES
        if page != "docs/tutorial.md"
        for line in re.findall(found, text(page), flags=re.M)
    }
    assert len(lines) > 30
    for line, page in lines.items():
        words = line.replace("DIR", "out").split()[1:]
        if "--cluster" in words or "permission.shelter=0.5" in words:  # tests above have a cluster, and that lever
            continue
        if "--out" in words:
            words = words[: words.index("--out")] + words[words.index("--out") + 2 :]
        if "--runs" in words:
            words = words[: words.index("--runs")] + words[words.index("--runs") + 2 :]
        if "--over" in words:
            words += ["--worlds", "1", "--runs", "2"]
            words += [] if words[0] == "who" else ["--out", "over", "--overwrite"]
        elif words[0] == "run":
            words += ["--runs", "1"] if "--people" in words else ["--future", "0"] if "--future" not in words else []
            words += ["--out", "out", "--overwrite"]
        elif words[0] in ("who", "remedies", "handout"):
            words += ["--runs", "2"]
        elif words[0] == "plausible":
            words += ["--points", "1", "--futures", "2"]
        elif words[0] in ("explain", "kit", "app", "sensitivity", "evidence"):  # these have tests of their own
            words = [words[0], "--help"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (page, line, done.output)


OTHER_COMMANDS = {
    r"python -m pip install uv && python -m uv run (pytest|leadership-sim run director-turnover)": ".ci/run does it",
    r"python3 -m venv \.uv && \.uv/bin/pip install uv && \.uv/bin/uv run leadership-sim run .*": "the same, otherwise",
    r"py -m pip install uv; if \(\$\?\) \{ py -m uv run leadership-sim run director-turnover \}": "Windows; not tried",
    r"python -m uv run pytest( tests/\w+\.py)*": "the files are there, below",
    r"python -m uv run leadership-sim .*": "above",
    r"python -m uv run python -m sim\.reference( docs/[\w-]+\.md)+": "the pages are the code's, above",
    r"python -m uv run python tests/run_notebooks\.py 1": "tests/test_notebooks.py does it",
    r"python -m uv run ruff check \. && python -m uv run ruff format \. && python -m uv run mypy": ".ci/run does it",
    r"python -m uv run sphinx-build -W -c docs \. build/site": "below",
    r"python -m uv run --with jupyterlab jupyter lab notebooks": "notebooks are executed; the editor is not opened",
    r'git grep "year by year"': "the words are there, below",
}
"""Every other command that a page gives, and what stands for its being run."""


def test_every_other_command_of_the_documents_is_known_and_its_files_are_there():
    """A new one has to be thought of here."""
    found = set()
    commands = r"^ {4,}((?:python3?|py|uv|git|jupyter|pip|bash|source|cd) [^\n]*)$"
    for page in PAGES:
        unfenced = re.sub(r"^```.*?^```$", "", text(page), flags=re.M | re.S)
        for line in re.findall(commands, unfenced, flags=re.M):
            known = [pattern for pattern in OTHER_COMMANDS if re.fullmatch(pattern, line)]
            assert known, (page, line)
            found.update(known)
            for file in re.findall(r"(?:tests|docs)/[\w-]+\.\w+", line):
                assert (ROOT / file).exists(), (page, line)
    assert found == set(OTHER_COMMANDS)
    assert "year by year" in text("sim/experiments/replay.py")
    assert "year by year" in text("docs/tutorial.md")


def test_the_site_is_built_without_a_warning_and_asks_the_network_for_nothing(tmp_path):
    """Every link leads somewhere, every docstring of the reference reads, every notebook is there."""
    words = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", ".", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "does the change survive" in (tmp_path / "docs" / "index.html").read_text(encoding="utf-8")
    for place in ("council", "hospital", "school"):
        assert (tmp_path / "docs" / "kit" / place / "handout.html").exists()
    pages = [page for page in sorted(tmp_path.rglob("*.html")) if "kit" not in page.parts]
    assert sum(page.parent.name == "notebooks" for page in pages) == 9
    for page in pages:
        assert not re.search(r'<(script|link|img)[^>]+(src|href)="https?:', page.read_text(encoding="utf-8")), page


def test_the_readmes_table_is_the_committed_runs():
    """The numbers of the README are those that expected-order.md reports for the same seed and futures."""
    shared = re.search(r"Leadership is shared +0 +(\d+ \(\d+ to \d+\))", text("README.md"))
    assert shared is not None
    assert f"| {shared.group(1)} |" in text("docs/expected-order.md")


def test_the_readmes_counts_of_worlds_are_the_committed_runs():
    """Row by row, those of docs/how-sure.csv, which ``run director-turnover --over plausible`` wrote as over.csv."""
    over = pd.read_csv(ROOT / "docs" / "how-sure.csv").set_index("variant")
    assert set(over.worlds) == {100}
    rows = {"the director stays": "stays", "a successor is prepared": "groomed", "leadership is shared": "shared"}
    for words, variant in (rows | {"a deputy stands in": "deputy"}).items():
        better, clearly, worse = over.loc[variant, ["better", "clearly_better", "worse"]]
        assert f"| {words} | {better} | {clearly} | {worse} |" in text("README.md")
    base = over.loc["base"]
    collapsed = f"{100 * base.collapsed_p10:.0f} to {100 * base.collapsed_p90:.0f} of 100 futures collapse from world"
    assert collapsed in " ".join(text("README.md").split())


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
