"""The command line: what a person types and what they are told."""

import errno
import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from sim.base.files import read_table
from sim.interface.cli import app, options
from sim.interface.cli.output import show

SMALL = """
title = "Small"
question = "Does it last?"
months = 40
measure.horizon = 24
measure.taken_hold = 0.1
organisation = { teams = 2, practitioners_per_team = 3, back_office = 2 }
[events.departure]
kind = "director_leaves"
month = 12
vacancy = 3
[variants.stays]
title = "The director stays"
events.departure.enabled = false
[variants.declared]
title = "Declared"
leadership.delegation = 0.6
"""


@pytest.fixture
def scenario(as_dots, tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


def call(*words: str):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_run_leads_with_the_answer(scenario, tmp_path):
    """One sentence, the table, how sure; beside them, for who watches, where the files are and what to ask next."""
    done = call("run", scenario, "--futures", 4, "--out", tmp_path / "out")
    assert done.exit_code == 0
    question, answer, head, *_ = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert question == "Does it last?"
    assert answer.startswith("With “Small” the change survives two years in ")
    assert re.split(r"  +", head) == ["two", "difference at"]
    assert [name for name in ("Small", "The director stays", "Declared") if f"\n {name} " in done.stdout] == [
        "Small", "The director stays", "Declared",
    ]  # fmt: skip
    assert "How sure: 4 futures; by luck alone the first row could have been " in done.stdout
    assert "It is no forecast." in " ".join(done.stdout.split())
    assert len(done.stdout.splitlines()) < 20
    said = (
        f"Written to {tmp_path / 'out'}; look at momentum.png first.\nNext: one sheet for a director, with  leadership-"
    )
    assert said in done.stderr
    assert (tmp_path / "out" / "summary.csv").exists()
    assert "%|" not in done.stderr  # no progress bar in a pipe


def test_explain_says_everything_else(scenario, tmp_path):
    """What happens in the first row, all in a table, in sentences, what the words mean and what intervals do not."""
    done = call("run", scenario, "--futures", 4, "--out", tmp_path / "out", "--explain")
    said = " ".join(done.stdout.split())
    for words in (
        "4 futures for each row",
        "First row: in month 12, the director leaves",
        "practised commitment",
        "Practised commitment: the share of recent work that staff did the new way",
        "chance between simulated futures, not doubt about the world",
        "not a prediction about a real council",
    ):
        assert words in said


def test_json_is_the_answer_for_a_machine_and_nothing_else(scenario, tmp_path):
    """The question, the sentence, the rows of summary.csv and the folder; null where a number is undefined."""
    done = call("run", scenario, "--futures", 4, "--out", tmp_path / "out", "--json")
    found = json.loads(done.stdout)
    assert (found["question"], found["futures"], found["seed"], found["horizon"]) == ("Does it last?", 4, 1, 24)
    assert found["answer"].startswith("With “Small” the change survives two years")
    assert found["folder"] == str(tmp_path / "out")
    rows = read_table(tmp_path / "out" / "summary.csv")
    assert [row["variant"] for row in found["rows"]] == [row["variant"] for row in rows]
    for told, row in zip(found["rows"], rows, strict=True):
        assert {key: "" if value is None else str(value) for key, value in told.items()} == row
    assert call("run", scenario, "--json", "--explain").exit_code == 2
    assert call("run", scenario, "--json", "--replay", 0).exit_code == 2


def test_at_eighty_columns_the_answer_is_a_table_too(scenario):
    """Not the lines of a narrow window: a title that is long goes on in the next line."""
    from sim.experiments.comparison import compare
    from sim.report.words.comparison import answer_grid
    from sim.scenario.scenario import read

    long = read(Path(scenario)).with_(
        {"variants.stays.title": "The director stays for as long as anybody can think of"}
    )
    grid = answer_grid(compare(long, 4, workers=1))
    screen = Console(width=80, file=io.StringIO())
    show(screen, grid)
    lines = screen.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(re.fullmatch(r" The director stays for as .* \d +.* \(.* to .*\) *", line) for line in lines)


def test_the_name_alone_says_in_ten_lines_what_can_be_asked():
    """The questions, and a way in for each reader; every command named is one."""
    done = call()
    assert done.exit_code == 0
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    assert len(lines) <= 10
    named = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert set(re.findall(r"leadership-sim (\w+)", done.stdout)) <= named
    for reader in ("trainer", "researcher", "student"):
        assert f"A {reader}:" in done.stdout


def test_names_of_the_library_are_completed():
    """As the shells that typer knows ask for it."""
    environment = os.environ | {"_LEADERSHIP_SIM_COMPLETE": "complete_bash", "COMP_CWORD": "2"}
    asked = environment | {"COMP_WORDS": "leadership-sim run director"}
    code = "from sim.interface.cli import app; app(prog_name='leadership-sim')"
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.split() == ["director-turnover", "directors-come-and-go"]


def test_set_months_seed_and_variant_reach_the_run(scenario, tmp_path):
    """The manifest says what was run."""
    out = tmp_path / "out"
    done = call(
        "run", scenario, "--futures", 2, "--seed", 9, "--months", 41, "--set", "leadership.hierarchy_norm=0.3",
        "--set", "events.departure.interim=deputy", "--variant", "stays", "--out", out, "--keep", "summary",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    resolved = manifest["scenario"]
    assert (manifest["root_seed"], resolved["months"]) == (9, 41)
    assert resolved["leadership"]["hierarchy_norm"] == 0.3
    assert resolved["events"]["departure"]["interim"] == "deputy"
    assert list(manifest["variants"]) == ["stays"]


def test_a_variant_brings_what_it_is_compared_with(tmp_path):
    """Alone it would be set against the base, which says something else."""
    words = [
        "run",
        "director-turnover",
        "--variant",
        "sceptic_shared",
        "--futures",
        2,
        "--keep",
        "summary",
        "--no-picture",
    ]
    done = call(*words, "--out", tmp_path / "out")
    assert "Variant sceptic is played too, because sceptic_shared is compared with it." in done.stderr
    rows = read_table(tmp_path / "out" / "summary.csv")
    assert [(row["variant"], row["compared_with"]) for row in rows] == [
        ("base", ""),
        ("sceptic", "base"),
        ("sceptic_shared", "sceptic"),
    ]


def test_one_row_alone_has_no_column_of_differences(tmp_path):
    """There is nothing to differ from."""
    words = ["run", "director-turnover", "--variant", "base", "--futures", 2, "--keep", "summary", "--no-picture"]
    assert "difference" not in call(*words, "--out", tmp_path / "out").stdout


def test_a_variant_that_a_set_makes_the_same_as_the_base_is_left_out(scenario, tmp_path):
    """It is said, and the rest runs."""
    done = call("run", scenario, "--futures", 1, "--set", "leadership.delegation=0.6", "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "Variant declared is left out" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "directr-turnover"], "did you mean 'director-turnover'?"),
        (["run", "missing.toml"], "missing.toml: there is no such file"),
        (["run", "director-turnover", "--variant", "share"], "did you mean 'shared'?"),
        (["run", "director-turnover", "--set", "leadership.hierarchy_norm=2"], "less than or equal to 1"),
        (["run", "director-turnover", "--set", "leadership.hierarchy_norm=nan"], "finite number"),
        (["run", "director-turnover", "--set", "hierarchy_norm"], "KEY=VALUE is needed"),
        (["run", "director-turnover", "--set", "variants.shared.title=x"], "the scenario's own keys"),
        (["run", "director-turnover", "--months", "60"], "too short"),
        (["run", "director-turnover", "--people", "nobody.csv"], "people file: there is no such file"),
        (["run", "director-turnover", "--futures", "1", "--names", "--set", "months=96"], "no names"),
        (["scenarios", "director-turnover", "--set", "practise.threshold=1"], "did you mean 'practice'?"),
        (["handout", "director-turnover", "--serve", "--kit"], "--serve writes nothing"),
        (["handout", "director-turnover", "--serve", "--out", "page.html"], "--serve writes nothing"),
        (["handout", "director-turnover", "--host", "0.0.0.0"], "add --serve"),
        (["handout", "director-turnover", "--kit", "--out", "kit.html"], "a kit is a folder"),
        (["scenarios", "--labels", "hospital"], "need one scenario"),
        (["handout", "director-turnover", "--kit", "--replay", "1"], "leave it out with --kit"),
        (["organisation", "a.csv", "b.csv", "c.csv", "d.csv"], "at most three"),
        (["organisation", "a.toml", "b.csv"], "give it alone"),
        (["organisation", "a.csv", "--as", "x"], "COLUMN=MEANING is needed"),
    ],
)
def test_mistakes_are_told_in_a_line_with_exit_code_2(words, message, tmp_path, monkeypatch):
    """No traceback, nothing written."""
    monkeypatch.chdir(tmp_path)
    done = call(*words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_zero_runs_and_unknown_options_are_usage_errors():
    """Exit code 2 as well."""
    assert call("run", "director-turnover", "--futures", 0).exit_code == 2
    assert call("run", "director-turnover", "--rnus", 3).exit_code == 2


def test_a_full_folder_is_not_written_to(scenario, tmp_path):
    """Unless --overwrite says so; asked before any future is run."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    done = call("run", scenario, "--futures", 100000, "--out", out)
    assert done.exit_code == 2
    assert "not empty" in done.stderr
    assert call("run", scenario, "--futures", 1, "--out", out, "--overwrite").exit_code == 0


@pytest.mark.parametrize("listener", ["one that stops at once", "none"])
def test_results_stand_whether_or_not_anybody_listens(listener, scenario, tmp_path):
    """A pipe that is closed (as by ``head``), or no standard output, as for a service: exit code 0, no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    silent = "import sys; sys.stdout = None; " if listener == "none" else ""
    done = subprocess.run(
        [sys.executable, "-c", f"{silent}from sim.interface.cli import main; main()", "run", scenario,
         "--futures", "2", "--out", str(tmp_path / "out")],
        stdout=writer, stderr=subprocess.PIPE, encoding="utf-8", check=False,
    )  # fmt: skip
    os.close(writer)
    assert done.returncode == 0
    assert done.stderr.startswith(f"Written to {tmp_path / 'out'}")
    assert "Traceback" not in done.stderr
    assert {"summary.csv", "momentum.png", "manifest.json"} <= {path.name for path in (tmp_path / "out").iterdir()}


def test_two_runs_in_one_second_have_two_folders(monkeypatch, tmp_path):
    """The second to ask for a name gets a number with it; a folder asked for with --out is taken as it is."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 27, 9, 30, 5)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(options, "datetime", Stopped)
    made = [options.folder_or_new(None, "sensitivity", "mine") for _ in range(2)]
    assert [path.as_posix() for path in made] == [
        "results/sensitivity-mine-2026-11-27-093005",
        "results/sensitivity-mine-2026-11-27-093005-2",
    ]
    assert all(path.is_dir() for path in made)
    assert options.folder_or_new(Path("here"), "sensitivity", "mine") == Path("here")
    assert not Path("here").exists()


@pytest.mark.parametrize("words", [["resume"], ["report"], ["run", "director-turnover", "--futures", 1, "--out"]])
def test_a_path_that_may_not_be_looked_at_is_told_in_a_sentence(words, monkeypatch):
    """Exit code 2, the path and the reason, and no traceback."""

    usual = Path.is_dir

    def is_dir(path: Path, **how: object):
        if path.name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return usual(path, **how)

    monkeypatch.setattr(Path, "is_dir", is_dir)
    done = call(*words, "locked")
    assert done.exit_code == 2, done.output
    told = done.stderr.splitlines()[-1]
    assert told.startswith("leadership-sim: ")
    assert "locked: cannot be " in told
    assert "(Permission denied)" in told
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("False", False),
        ("TRUE", True),
        (".5", 0.5),
        ("5.", 5.0),
        ("0.5", 0.5),
        ("deputy", "deputy"),
        ("[1, 2]", [1, 2]),
    ],
)
def test_a_value_on_the_command_line_is_taken_as_it_is_meant(word, value):
    """As in a scenario file, or as other programs write it; else a plain word."""
    found = options.assignments([f"succession.interim={word}"])["succession.interim"]
    assert (type(found), found) == (type(value), value)


def test_scenarios_and_version_speak_in_words():
    """Each says what a newcomer needs."""
    done = call("scenarios")
    assert "director-turnover" in done.stdout
    assert "Does the change outlive the director who led it?" in done.stdout
    done = call("scenarios", "director-turnover")
    assert "month 36: the director leaves; the seat stays empty for 9 months" in done.stdout
    assert "shared: Leadership is shared" in done.stdout
    assert "practice.threshold = 0.46" in call("scenarios", "director-turnover", "--all").stdout
    hospital = call("scenarios", "who-appoints", "--labels", "hospital").stdout
    assert "Does it matter who appoints the next chief executive?" in hospital
    assert '"Employees are accountable to the Director of Adult Social Services' in hospital  # quoted as it is
    assert call("--version").stdout == "leadership-sim 0.1.0\n"
    assert "director-turnover" in call("--help").stdout


def test_help_does_not_load_mesa():
    """The command line answers before Mesa, matplotlib or pandas could be imported."""
    code = "import sys, sim.interface.cli; print({'mesa', 'matplotlib', 'pandas', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "set()"


def test_a_narrow_window_gets_lines_instead_of_a_table_that_does_not_fit(scenario):
    """Every variant's name and numbers are there at 80 columns."""
    from sim.experiments.comparison import compare
    from sim.report.words.common import NARROW
    from sim.report.words.comparison import grid
    from sim.scenario.scenario import read

    lines = list(grid(compare(read(Path(scenario)), 4, workers=1)).lines())
    assert NARROW > 80
    assert max(map(len, lines)) <= 100
    assert [line for line in lines[1:] if not line.startswith(" ")] == [
        "Small:",
        "The director stays:",
        "Declared:",
    ]


def test_what_was_changed_on_the_command_line_is_said(scenario, tmp_path):
    """So that two tables on a desk can be told apart."""
    done = call("run", scenario, "--futures", 1, "--set", "permission.pressure=0.3", "--out", tmp_path / "out")
    assert "Changed here: permission.pressure=0.3" in done.stdout


def test_a_setting_that_an_event_overrules_is_noted(scenario):
    """Nothing a person sets is ignored in silence."""
    done = call("scenarios", scenario, "--set", "succession.vacancy=1")
    assert "succession.vacancy has no effect on events.departure, which sets its own vacancy" in done.stderr


def test_a_bare_key_is_told_where_it_stands(scenario):
    """hierarchy_norm is leadership.hierarchy_norm."""
    done = call("scenarios", scenario, "--set", "hierarchy_norm=0.5")
    assert done.exit_code == 2
    assert "did you mean leadership.hierarchy_norm?" in done.stderr


def test_a_replay_prints_its_story(scenario, tmp_path):
    """Event by event, and how each variant ended."""
    done = call("run", scenario, "--replay", 3, "--out", tmp_path / "out", "--labels", "hospital")
    assert done.exit_code == 0
    assert "month 12: the chief executive leaves; the seat stays empty for 3 months" in done.stdout
    assert "practised commitment" in done.stdout
    assert (tmp_path / "out" / "network-stays.graphml").exists()


@pytest.mark.parametrize("words", [["--replay", "99999999999999999999"], ["--futures", "99999999999999999999"]])
def test_numbers_beyond_reason_are_usage_errors(words):
    """Exit code 2 and no traceback."""
    done = call("run", "director-turnover", *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_more_futures_than_the_disk_has_room_for_are_refused_in_words(tmp_path):
    """With how much they would take."""
    done = call("run", "director-turnover", "--futures", "100000000", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "GB on a disk" in done.stderr
    assert "--keep futures" in done.stderr


def test_an_organisation_is_told_with_how_its_files_were_read(tmp_path):
    """In any order, each column with what it was taken for; --as overrules it; also where they are refused."""
    (tmp_path / "hr.csv").write_text("Emp;Boss;Site\n1;;x\n2;1;x\n3;1;x\n", encoding="utf-8")
    (tmp_path / "ties.txt").write_text("2 3 0.5\n3 2 1\n", encoding="utf-8")
    files = [tmp_path / "ties.txt", tmp_path / "hr.csv"]
    done = call("organisation", *files, "--as", "Emp=id")
    assert done.exit_code == 0, done.stderr
    lines = [line.strip() for line in done.stdout.split("\n")]
    assert lines[1:10] == [
        "people file: CSV in UTF-8, separated by semicolons, columns named in row 1, 3 rows read",
        "Emp: id",
        "Boss: manager_id, by Emp",
        "not read: Site",
        "links file: text in UTF-8, separated by blanks, no row that names the columns, 2 rows read",
        "column 1: source",
        "column 2: target",
        "column 3: weight",
        "3 seats:",
    ]
    done = call("organisation", *files, "--as", "Emp=id", "--as", "Boss=ignore")
    assert done.exit_code == 2
    assert "Boss: not read, as asked" in done.stdout
    assert "- 1 column of the people file was not read." in done.stdout
    assert "the files do not say who manages whom" in done.stderr
    done = call("run", "director-turnover", "--people", files[1], "--links", files[0], "--as", "emp=id", "--futures", 1,
                "--variant", "stays", "--no-picture", "--out", tmp_path / "out")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    again = call("run", tmp_path / "out" / "scenario.toml", "--futures", 1, "--no-picture", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr


def test_the_example_organisation_is_read_and_runs(tmp_path):
    """Its staff list of 22 rows less a leaver and a vacant post, its survey and its network."""
    done = call("organisation", "examples/millbrook", "--set", "subscription.enabled=false")
    assert done.exit_code == 0, done.stderr
    assert "20 seats:" in done.stdout
    assert (
        "people file: CSV in Windows-1252, separated by semicolons, columns named in row 4, 22 rows read" in done.stdout
    )
    assert "13 of 20 people start with what the files say of them" in done.stdout
    ran = call("run", "examples/millbrook", "--futures", 2, "--no-picture", "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    again = call("run", tmp_path / "out" / "scenario.toml", "--futures", 2, "--no-picture", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    written = [(tmp_path / name / "summary.csv").read_bytes() for name in ("out", "again")]
    assert written[0] == written[1]


def test_a_real_organisation_leaves_no_path_and_runs_again_from_its_results(tmp_path):
    """The manifest names files without folders; the same files elsewhere have the same hash; scenario.toml reruns."""
    summaries, hashes = [], []
    for place in ("here", "there"):
        folder = tmp_path / place
        folder.mkdir()
        (folder / "people.csv").write_text("id,manager_id\nann,\nbob,ann\ncyd,bob\ndee,bob\n", encoding="utf-8")
        (folder / "mine.toml").write_text('[roles]\ndirector = ["head", "heads"]\n', encoding="utf-8")
        people, labels = folder / "people.csv", folder / "mine.toml"
        words = ["--people", people, "--labels", labels, "--futures", 2, "--variant", "stays", "--out", folder / "out"]
        assert call("run", "director-turnover", *words).exit_code == 0
        manifest = (folder / "out" / "manifest.json").read_text(encoding="utf-8")
        assert str(tmp_path) not in manifest
        assert "ann" not in manifest.replace("annual", "")
        hashes.append(json.loads(manifest)["scenario_sha256"])
        summaries.append((folder / "out" / "summary.csv").read_bytes())
    assert hashes[0] == hashes[1]
    again = tmp_path / "again"
    done = call(
        "run", tmp_path / "here" / "out" / "scenario.toml", "--futures", 2, "--variant", "stays", "--out", again
    )
    assert done.exit_code == 0, done.stderr
    assert (again / "summary.csv").read_bytes() == summaries[0] == summaries[1]
    assert "The head leaves" in done.stdout
