"""What the documents show is run: every block of code, every command."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
import xlsxwriter
from documents import PAGES, ROOT, fenced, text
from hypothesis import settings
from typer.testing import CliRunner

import sim
from sim.experiments.sweep import points, read_design
from sim.interface.cli import app
from sim.scenario.scenario import KINDS_OF_EVENT


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
def test_the_python_of_the_documents_runs(
    small_library, few_levers, few_interventions, as_dots, tmp_path, monkeypatch, page
):
    """A page's blocks one after the other, with few futures of a small council, few levers and few interventions."""
    monkeypatch.chdir(tmp_path)
    names: dict = {"__name__": "a_document"}
    for language, block in fenced(page):
        if language == "python":
            exec(compile(re.sub(r"futures=\d+", "futures=4", block), page, "exec"), names)


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


def test_a_mechanism_is_added_as_the_page_says(small_library, tmp_path):
    """Its patches, applied to a copy of the code, give the parameter that its tests ask for; all are called."""
    blocks = fenced("docs/add-a-mechanism.md")
    shutil.copytree(ROOT / "sim", tmp_path / "sim")  # with the bytecode, which holds for what the page leaves alone
    shutil.copytree(small_library, tmp_path / "scenarios")
    story = tmp_path / "scenarios" / "director-turnover.toml"
    story.write_text(text(story).replace("months = 156", "months = 100"), encoding="utf-8")
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
    script = block.replace("--futures 1000000", "--futures 4") + "kill $(jobs -p)\nwait\n"
    (tmp_path / "job.sh").write_text(script, encoding="utf-8", newline="\n")
    env = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    with (tmp_path / "told.txt").open("w") as told:
        subprocess.run(["bash", "job.sh"], cwd=tmp_path, env=env, stdout=told, stderr=told, timeout=300, check=False)
    futures = tmp_path / "results" / "million" / "futures.parquet"
    assert futures.exists(), (tmp_path / "told.txt").read_text()
    assert len(pd.read_parquet(futures)) == 4 * 8


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
            more = ["--no-picture", "--out", str(commands)] if words[0] == "run" else []
            if words[0] == "report":  # of the first run's folder
                words, more = ["report", "1"], ["--futures", "2", "--max-worlds", "1", "--no-pdf"]
            done = CliRunner().invoke(app, [*words, *more])
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
    small = scenario.with_({"organisation.teams": 2, "organisation.practitioners_per_team": 2})
    assert list(sim.compare(small, futures=1).summary.variant) == ["base", "no_cuts", "stopped", "norm_stays"]


def test_every_command_of_the_documents_is_understood(
    small_library, few_levers, few_interventions, as_dots, tmp_path, monkeypatch
):
    """Each leadership-sim line of every page, made small, on files of its own; the tutorial's are run above."""
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("id,manager_id\na,\nb,a\nc,b\nd,b\n", encoding="utf-8")
    Path("links.csv").write_text("source,target,layer,weight\nc,d,advice,2\n", encoding="utf-8")
    with xlsxwriter.Workbook("staff.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [("Employee ID", "Manager", "Signs off leave", "Grade"), (1, "", "", "A"), (2, 1, 1, "B"), (3, 2, 2, "C")]
        ):
            sheet.write_row(row, 0, cells)
    Path("survey.csv").write_text("id,commitment\n3,0.5\n", encoding="utf-8")
    nx.write_graphml(nx.DiGraph([("2", "3")]), "network.graphml")
    design = dict(fenced("docs/many-futures.md"))["toml"]
    Path("DESIGN.toml").write_text(re.sub("(futures|points) = .*", r"\1 = 1", design), encoding="utf-8")
    found = r"^ {4,}(?:.*uv run )?(leadership-sim [^#\n}]*)"
    lines = {
        line.strip(): page
        for page in PAGES
        if page != "docs/tutorial.md"
        for line in re.findall(found, text(page), flags=re.M)
    }
    assert len(lines) > 30
    understood: list[list[str]] = []
    for line, page in lines.items():
        words = shlex.split(line.replace("DIR", "out"))[1:]
        if "--cluster" in words or "permission.shelter=0.5" in words:  # tests above have a cluster, and that parameter
            continue
        if "--out" in words:
            words = words[: words.index("--out")] + words[words.index("--out") + 2 :]
        if "--futures" in words:
            words = words[: words.index("--futures")] + words[words.index("--futures") + 2 :]
        if "--worlds" in words:
            words += ["--max-worlds", "1", "--futures", "2"]
            words += [] if words[0] == "dependency" else ["--out", "over", "--overwrite"]
        elif words[0] == "run":
            words += (
                ["--futures", "1"]
                if {"--people", "--json"} & set(words)
                else ["--replay", "0"]
                if "--replay" not in words
                else []
            )
            words += ["--out", "out", "--overwrite"]
            several = list(sim.load(words[1]).variants) if "--variant" not in words else []
            words += ["--variant", several[0]] if several else []
        elif {"--kit", "--serve"} & set(words):  # these have tests of their own
            words = [words[0], "--help"]
        elif words[0] in ("dependency", "interventions", "handout"):
            words += ["--futures", "2"]
        elif words[0] == "calibrate":
            words += ["--points", "1", "--futures", "2"]
        elif words[0] == "bag":  # what was run before
            words = ["bag", "out", "--overwrite"]
        elif words[0] in ("ask", "report", "sensitivity", "validate"):  # these have too
            words = [words[0], "--help"]
        if words in understood:
            continue
        understood.append(words)
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (page, line, done.output)


OTHER_COMMANDS = {
    r"python -m uv run --group engine python compiler/build\.py": "tests/test_engine.py holds what it made",
    r"python -m pip install uv && python -m uv run --group dev pytest": ".ci/run does it",
    r"python -m pip install uv && python -m uv run leadership-sim run director-turnover": "above",
    r"python3 -m venv \.uv && \.uv/bin/pip install uv && \.uv/bin/uv run leadership-sim run .*": "the same, otherwise",
    r"py -m pip install uv; if \(\$\?\) \{ py -m uv run leadership-sim run director-turnover \}": "Windows; not tried",
    r"python -m uv run --group dev pytest( tests/\w+\.py)*": "the files are there, below",
    r"python -m uv run --group dev pytest --hypothesis-profile=thorough": "the profile is there, below",
    r"python -m uv run leadership-sim .*": "above",
    r"python -m uv run python docs/reference\.py": "the pages are the code's, above",
    r"python -m uv run --group dev python tests/run_notebooks\.py 1": "tests/test_notebooks.py does it",
    r"python -m uv run --group dev (ruff check \.|ruff format \.|mypy)": ".ci/run does it",
    r"python -m uv run --group dev sphinx-build -W -c docs \. build/site": "below",
    r"python -m uv run --with jupyterlab --with ipywidgets jupyter lab notebooks": "executed, without the editor",
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
            for file in re.findall(r"(?:tests|docs|compiler)/[\w-]+\.\w+", line):
                assert (ROOT / file).exists(), (page, line)
    assert found == set(OTHER_COMMANDS)
    assert settings.get_profile("thorough").max_examples == 10 * settings.get_profile("quick").max_examples
    assert not settings.get_profile("quick").derandomize
    assert "year by year" in text("sim/report/words/replay.py")
    assert "year by year" in text("docs/tutorial.md")
