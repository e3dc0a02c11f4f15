"""The conversation: five answers in, a scenario file and a sheet out; what cannot be read is asked for again."""

import re
import tomllib
from pathlib import Path

import pytest
from test_report import SMALL
from typer.testing import CliRunner

from sim.interface.cli import app, ask
from sim.scenario.scenario import load, read

PEOPLE = "id,manager_id,title\nd,,Director\nm,d,Manager\nn,d,Manager\n" + "".join(
    f"p{i},{'mn'[i % 2]},Worker\n" for i in range(6)
)


@pytest.fixture
def here(tmp_path, monkeypatch, as_dots) -> Path:
    """An empty folder in which little is played: the verdicts' own business is elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ask, "SURE", (("a first look", 2, 1), ("sure", 3, 2)))
    monkeypatch.setattr(ask.questions, "report", lambda folder, **how: (folder / "asked").write_text(repr(how)))
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "links.csv").write_text("source,target\np0,p1\n", encoding="utf-8")
    return tmp_path


def answered(*answers: str):
    """What is said where these are the answers."""
    return CliRunner().invoke(app, ["ask", "--out", "ours"], input="".join(f"{each}\n" for each in answers))


def test_returns_alone_ask_of_a_typical_council(here):
    """Every question has a usual answer: the director goes after three years, and whoever can be found follows."""
    done = answered("", "", "", "", "", "")
    assert done.exit_code == 0, done.output
    setting = read(here / "ours.toml")
    assert setting.departures == [36]
    assert setting.title == "The director leaves, whoever can be found follows"
    assert list(setting.variants) == ["stays", "sceptic"]
    assert setting.months == 156
    assert (here / "ours" / "summary.csv").is_file()
    assert "'max_worlds': 1" in (here / "ours" / "asked").read_text()
    assert "Your question is in ours.toml" in done.stderr
    assert len(re.findall(r"^\d\. ", done.stdout, flags=re.M)) + done.stdout.count("]: ") >= 5


def test_your_own_organisation_is_read_and_what_was_read_is_said(here):
    """Its seats by role, and what was assumed; the scenario file names the files from where it lies."""
    done = answered("people.csv", "links.csv", "", "0", "2 years", "3", "", "2")
    assert done.exit_code == 0, done.output
    assert "Read: 11 seats: 1 director, 2 middle managers, 6 practitioners, 2 change facilitators." in done.stdout
    assert "Assumed: " in done.stdout
    written = tomllib.loads((here / "ours.toml").read_text(encoding="utf-8"))
    assert written["organisation"] == {"people": "people.csv", "links": "links.csv"}
    assert written["events"]["departure"]["month"] == 24
    assert read(here / "ours.toml").variant("stays").departures == []
    assert "sceptic" not in written["variants"]  # one follows already
    assert "'max_worlds': 2" in (here / "ours" / "asked").read_text()


def test_whose_job_title_says_so_is_back_office(here):
    """Which the line does not say, and which changes the answer; the titles stay in the scenario file."""
    staff = PEOPLE.replace("p0,m,Worker", "p0,m,HR Partner").replace("p1,n,Worker", "p1,n,Senior Finance Officer")
    (here / "people.csv").write_text(staff + "q,n,Thrower\n", encoding="utf-8")
    done = answered("people.csv", "", "finance, hr", "", "", "", "", "")
    assert done.exit_code == 0, done.output
    assert "2 back-office staff" in done.stdout
    assert "Thrower" not in done.output
    written = tomllib.loads((here / "ours.toml").read_text(encoding="utf-8"))
    assert written["organisation"]["roles"] == {"hr partner": "back_office", "senior finance officer": "back_office"}


def test_what_one_has_in_mind_is_tried_alone_and_together(here):
    """As far as each goes, by the catalogue of interventions; the deputy who is promoted is no sceptic."""
    done = answered("2", "12", "36", "4", "1, 3 and 4", "1")
    assert done.exit_code == 0, done.output
    setting = read(here / "ours.toml")
    assert setting.labels == "hospital"
    assert setting.succession.promoted is False
    assert setting.events["departure"].promoted is True
    assert list(setting.variants) == ["stays", "sceptic", "continuity", "champions", "induction", "together"]
    assert setting.departures == [48]
    for slug in ("champions", "together"):  # from now on, which is month 12, and not from the start
        by_month = [parameters.leadership.champions for parameters in setting.variant(slug).parameters_by_month()]
        assert by_month[:12] == [0.0] * 12
        assert set(by_month[13:]) == {0.3}
    assert setting.variant("together").events["departure"].continuity == 0.8
    assert setting.variant("sceptic").events["departure"].promoted is False


def test_a_director_who_stays_is_compared_with_one_who_leaves(here):
    """Nobody follows then, so that is not asked."""
    done = answered("3", "", "never", "", "1")
    assert done.exit_code == 0, done.output
    assert "3. Who follows?" not in done.stdout
    setting = read(here / "ours.toml")
    assert setting.departures == []
    assert setting.variant("leaves").departures == [36]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (
            ("nowhere.csv", "1", "", "", "", "", ""),
            "nowhere.csv: there is no such file; answer 1, 2 or 3, or name a file",
        ),
        (("people.csv", "none.csv", "", "", "", "", "", "", ""), "none.csv: there is no such file; press return"),
        (("people.csv", "", "chef", "", "", "", "", "", ""), "no job title has one of these words"),
        (("1", "soon", "", "36", "", "", ""), "answer with a number of months up to 300"),
        (("1", "", "9999", "36", "", "", ""), "answer with a number of months up to 300"),
        (("1", "", "0", "36", "", "", ""), "answer with at least one month, or  never"),
        (("1", "", "", "7", "1", "", ""), "answer with a number from 1 to 5"),
        (("1", "", "", "", "everything", "1", ""), "answer with numbers from 1 to 9"),
        (("1", "", "", "", "12", "1", ""), "answer with numbers from 1 to 9"),
        (("1", "", "", "", "", "very", "1"), "answer with a number from 1 to 2"),
    ],
)
def test_an_answer_that_cannot_be_read_is_asked_for_again(here, answers, told):
    """In words, and what was answered before is kept."""
    done = answered(*answers)
    assert done.exit_code == 0, done.output
    assert told in done.stdout
    assert (here / "ours.toml").is_file()


def test_a_file_that_cannot_be_read_is_told_and_asked_for_again(here):
    """Two people who report to each other: the reader's own words, and another go at the same question."""
    (here / "wrong.csv").write_text("id,manager_id\na,b\nb,a\n", encoding="utf-8")
    done = answered("wrong.csv", "1", "", "", "", "", "")
    assert done.exit_code == 0, done.output
    assert re.search(r"^   people file: .*circle", done.stdout, flags=re.M)
    assert done.stdout.count("1. Your own organisation, or a typical one?") == 2
    assert "organisation" not in tomllib.loads((here / "ours.toml").read_text(encoding="utf-8"))


def test_a_question_that_is_there_already_is_not_written_over(here):
    """Unless --overwrite says so."""
    (here / "ours.toml").write_text("title = 'mine'\n", encoding="utf-8")
    done = answered("", "", "", "", "", "")
    assert done.exit_code == 2
    assert "there is a scenario there already; add --overwrite" in done.stderr
    assert (here / "ours.toml").read_text(encoding="utf-8") == "title = 'mine'\n"


def test_it_ends_in_a_sheet(tmp_path, monkeypatch):
    """The real thing once, on a few people: the scenario runs again as it was written, and the sheet is there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ask, "SURE", (("a first look", 4, 1),))
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    done = answered("people.csv", "", "", "", "12", "", "2", "")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "ours" / "report.html").is_file()
    assert load(tmp_path / "ours.toml").hash() == load(tmp_path / "ours" / "scenario.toml").hash()
    assert SMALL["title"] not in (tmp_path / "ours" / "report.md").read_text(encoding="utf-8")
