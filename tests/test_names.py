"""Whatever stands in the files of a real organisation stays there: no result, message or page repeats it."""

import random
import shutil
import tomllib
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from odd import examples
from shapes import Plain, links_file, people_file, plain
from typer.testing import CliRunner

from sim.experiments.ensemble import run_chunks
from sim.interface.cli import app
from sim.organisation.generate import organisation
from sim.organisation.imported import forget
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

MARK, KEY = "zqxcell", "zqxname"
"""What every cell of a file has in it, and every name that the scenario gives: of a file, a role or a layer."""

SCENARIO = f"""
title = "Small"
months = 24
measure = {{ horizon = 6, taken_hold = 0.01 }}
[organisation]
people = "PEOPLE"
links = "LINKS"
roles = {{ "{KEY} clerk" = "back_office" }}
layers = {{ "{KEY} trust" = {{ kind = "peer", weights = "log" }} }}
[events.departure]
kind = "director_leaves"
month = 12
[variants.stays]
events.departure.enabled = false
"""

TITLES = ("PA to Lena {}", "Maternity cover ({})", "{}@council.example", "{}", "", "practitioner", f"{KEY} clerk")
"""What a cell of the column role may hold: a name in a title, an address, a name, a role of the model or one's own."""

MISTAKES = (
    "none", "the same id", "no such manager", "a circle", "a near role", "more cells", "a level", "two heads",
    "an unknown layer", "a weight", "a stranger", "a tie to oneself", "no header", "quotation marks", "not XML",
)  # fmt: skip


def words(number: int) -> str:
    """A word for a cell, told from all others."""
    return f"Zqxcell{number:03d}"


def files(seed: int, titles: list[str], mistake: str, graph: bool, folder: Path) -> tuple[Path, Path]:
    """A people file and a links file with a marked word in every cell, and marked names; ``seed`` draws the tree."""
    dice, fresh = random.Random(seed), map(words, range(1000))
    ids = [next(fresh) for _ in titles]
    managers = ["", ids[0], *(ids[dice.randrange(1, i)] for i in range(2, len(ids)))]
    people = [
        {"id": own, "name": next(fresh), "role": title.format(next(fresh)), "team": next(fresh), "manager_id": manager}
        for own, title, manager in zip(ids, titles, managers, strict=True)
    ]
    people[0]["role"] = people[0]["role"] if "@" in people[0]["role"] else ""
    if mistake == "a near role":
        people[-1]["role"] = "practicioner"
    layers = ["advice", f"{KEY} trust", "peer"]
    links = [
        {"source": one, "target": other, "layer": dice.choice(layers), "weight": "2", "note": next(fresh)}
        for one, other in [*pairwise(ids), (ids[-1], ids[1])]
    ]
    match mistake:
        case "the same id":
            people[-1]["id"] = ids[1]
        case "no such manager":
            people[-1]["manager_id"] = next(fresh)
        case "a circle":
            people[1]["manager_id"] = ids[-1]
        case "more cells":
            people[-1]["manager_id"] += "," + next(fresh)
        case "a level":
            people = [{k: v for k, v in row.items() if k != "manager_id"} | {"level": next(fresh)} for row in people]
        case "two heads":
            people[-1]["manager_id"] = ""
            people.append(people[-1] | {"id": next(fresh), "manager_id": ids[-1]})
        case "an unknown layer":
            links[0]["layer"] = next(fresh)
        case "a weight":
            links[0]["weight"] = next(fresh)
        case "a stranger":
            links[0]["source"] = next(fresh)
        case "a tie to oneself":
            links[0]["target"] = links[0]["source"]
    named = folder / f"{KEY} Lena Okafor staff.{'graphml' if graph else 'csv'}", folder / f"{KEY} ties.csv"
    if graph:
        tree = nx.DiGraph(name=next(fresh))
        for row in people:
            tree.add_node(f"{next(fresh)} {row['id']}", **row)
        nx.write_graphml(tree, named[0])
    else:
        named[0].write_text(table(people), encoding="utf-8")
    named[1].write_text(table(links), encoding="utf-8")
    text = named[0].read_text(encoding="utf-8")
    if mistake == "no header":
        named[0].write_text(text.partition("\n")[2], encoding="utf-8")
    elif mistake in ("quotation marks", "not XML"):
        named[0].write_text(text.replace(ids[-1], f'"{ids[-1]} <', 1), encoding="utf-8")
    return named


def table(rows: list[dict[str, str]]) -> str:
    """Rows as CSV, just as they are: a cell with a comma makes a row too long."""
    return "\n".join(",".join(cells) for cells in [list(rows[0]), *(row.values() for row in rows)])


def written(folder: Path) -> dict[str, str]:
    """All that stands in the files of a folder, in small letters, by file; tables as what they hold."""
    found = {}
    for path in filter(Path.is_file, folder.rglob("*")):
        told = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            told = " ".join([*map(str, frame.columns), frame.select_dtypes(exclude="number").to_csv()])
        found[path.relative_to(folder).as_posix()] = f"{path.name} {told}".lower()
    return found


def commands(scenario: Path, people: Path, links: Path, out: Path) -> list[list[object]]:
    """What a person would do with a new organisation."""
    library = ["director-turnover", "--people", people, "--links", links, "--set", "months=120", "--no-picture"]
    return [
        ["organisation", people, links],
        ["organisation", scenario],
        ["scenarios", scenario, "--all"],
        ["run", scenario, "--futures", "2", "--keep", "futures", "--no-picture", "--out", out / "run"],
        ["run", scenario, "--replay", "1", "--out", out / "replay"],
        ["run", *library, "--set", f"organisation.people={people}", "--futures", "1", "--out", out / "library"],
        ["dependency", scenario, "--futures", "2", "--out", out / "dependency.csv"],
    ]


titles = st.lists(st.sampled_from(TITLES), min_size=8, max_size=9)


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 99), titles=titles, mistake=st.sampled_from(MISTAKES), graph=st.booleans())
@example(seed=1, titles=[*TITLES, "", "{}"], mistake="none", graph=False)
@example(seed=2, titles=[*TITLES, "", "{}"], mistake="none", graph=True)
def test_nothing_from_a_file_is_written_or_said(tmp_path, seed, titles, mistake, graph):
    """Not a name, an id, a title, a layer nor the name of the file, whatever is run and whatever is wrong with it.

    The scenario.toml of a result is the scenario as it was written, so it has the files' and one's own names.
    """
    for old in tmp_path.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    forget()
    people, links = files(seed, titles, mistake, graph, tmp_path)
    scenario, out = tmp_path / "small.toml", tmp_path / "out"
    scenario.write_text(SCENARIO.replace("PEOPLE", people.name).replace("LINKS", links.name), encoding="utf-8")
    for command in commands(scenario, people, links, out):
        done = CliRunner().invoke(app, [str(word) for word in command])
        # Without the scenario a layer of its own is unknown; and a group may be too small to be knocked out.
        fine = mistake == "none" and command[1] == scenario and command[0] != "dependency"
        assert done.exit_code in ((0,) if fine else (0, 2)), done.output
        said = (done.stdout + done.stderr).lower()
        assert MARK not in said, said
        assert KEY not in said, said
    for file, told in written(out).items():
        assert MARK not in told, file
        assert KEY not in told or file.endswith("/scenario.toml"), file


def marked(org: Plain) -> Plain:
    """The same organisation, every id and every name with the mark in it."""
    new = {old: f"{MARK}-{old}" for old in org.ids}
    return Plain(
        [new[one] for one in org.ids],
        [" ".join(f"{MARK.capitalize()}{word}" for word in name.split()) for name in org.names],
        [new.get(manager, "") for manager in org.managers],
        {(new[a], new[b]): weight for (a, b), weight in org.ties.items()},
        org.mutual,
    )


@settings(max_examples=examples(300), suppress_health_check=list(HealthCheck))
@given(data=st.data(), org=plain().map(marked), cut=st.none() | st.integers(0, 2000))
def test_the_account_of_files_in_any_shape_names_nobody(tmp_path, data, org, cut):
    """Whether they can be read or, cut short somewhere, cannot; and whatever the columns are called."""
    paths = []
    for name, (content, end) in (("people", data.draw(people_file(org))), ("links", data.draw(links_file(org)))):
        paths.append(tmp_path / f"{name}{end}")
        content = content.replace(b"Location", org.names[0].encode("utf-8")) if content.startswith(b"L") else content
        paths[-1].write_bytes(content if cut is None else content[: -1 - cut % len(content)])
    for order in (paths, paths[::-1], paths[:1], paths[1:]):
        done = CliRunner().invoke(app, ["organisation", *map(str, order)])
        assert done.exit_code in (0, 2), done.output
        assert MARK not in (done.stdout + done.stderr).lower(), done.output


def test_job_titles_are_printed_where_they_are_asked_for(tmp_path):
    """As a table to paste, which then decides; and not elsewhere."""
    people = tmp_path / "people.csv"
    people.write_text('id,Title,Manager\n1,Boss,\n2,"Head ""A"" 7\\8",1\n3,Clerk,2\n4,Clerk,2\n', encoding="utf-8")
    for names in (False, True):
        done = CliRunner().invoke(app, ["organisation", str(people), *(["--names"] if names else [])])
        assert done.exit_code == 0, done.output
        assert ("clerk" in done.stdout) is names
    table = tomllib.loads(done.stdout.partition("\n[")[1].strip() + done.stdout.partition("\n[")[2])
    roles = table["organisation"]["roles"]
    assert roles == {"boss": "director", 'head "a" 7\\8': "middle_manager", "clerk": "practitioner"}
    roles["clerk"] = "back_office"
    setting = from_dict({"organisation": {"people": "people.csv", "roles": roles}}, folder=tmp_path)
    assert [role.name for role in map(Role, organisation(setting).structure.role)][:4].count("BACK_OFFICE") == 2


def test_names_are_written_where_they_are_asked_for(tmp_path):
    """With --names, people.csv says whose seat is whose, in an ensemble and where one future is replayed."""
    people, links = files(1, [*TITLES], "none", False, tmp_path)
    scenario = tmp_path / "small.toml"
    scenario.write_text(SCENARIO.replace("PEOPLE", people.name).replace("LINKS", links.name), encoding="utf-8")
    found = []
    for way in (["--futures", "1"], ["--replay", "0"]):
        out = tmp_path / way[0].strip("-")
        done = CliRunner().invoke(app, ["run", str(scenario), *way, "--names", "--out", str(out)])
        assert done.exit_code == 0, done.output
        assert "Warning: people.csv names the people behind the seats" in done.output
        found.append((out / "people.csv").read_text(encoding="utf-8"))
        assert [file for file, told in written(out).items() if MARK in told] == ["people.csv"]
    assert found[0] == found[1]
    assert f"director,{words(0)}" in found[0]


def test_what_an_error_says_is_not_kept_where_people_are_real(tmp_path, monkeypatch):
    """The row of a run that failed has its traceback; the error's own words only for a generated organisation."""
    (tmp_path / "people.csv").write_text("id,manager_id\na,\nb,a\n", encoding="utf-8")
    small = {"months": 14, "measure": {"horizon": 6, "reference_month": 4}}
    for data, told in ((small, True), (small | {"organisation": {"people": "people.csv"}}, False)):
        setting = from_dict(data, folder=tmp_path)

        def breaks(record):
            raise KeyError("Zqx of the file")

        (chunk,) = run_chunks([{"base": setting}], 1, range(1), False, outcomes={"own": breaks})
        assert "in breaks" in chunk.columns["error"][0]
        assert "KeyError" in chunk.columns["error"][0]
        assert ("'Zqx of the file'" in chunk.columns["error"][0]) is told


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"roles": {"PA to Zqx": 3}}, "organisation.roles.NAME: should be a string"),
        ({"people": ["Zqx"]}, "organisation.people: should be a string"),
        ({"layers": {"Zqx": {"kind": "pear"}}}, "organisation.layers.NAME.kind: should be 'line', 'line_down',"),
        ({"people": "Zqx.csv"}, "people file: there is no such file; a path in a scenario starts from"),
        ({"people": "p.csv", "roles": {"Zqx": "Zqx"}}, "[organisation.roles] entry 1: unknown role; known: director"),
    ],
)
def test_mistakes_in_a_scenario_do_not_repeat_its_names(tmp_path, setting, said):
    """The names that a scenario gives to files, roles and layers may be people's too."""
    (tmp_path / "p.csv").write_text("id,manager_id\na,\nb,a\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        organisation(from_dict({"organisation": setting}, folder=tmp_path))
    assert str(caught.value).startswith(said)
    assert "Zqx" not in str(caught.value)


def test_a_variant_with_other_files_is_another_setting(tmp_path):
    """Two files of one name in two folders are not the same organisation."""
    base = Scenario().around("one/people.csv", None)
    other = from_dict(base.written() | {"variants": {"other": {"organisation": {"people": "two/people.csv"}}}})
    assert not other.unchanged("other")
