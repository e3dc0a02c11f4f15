"""The live page: answers that are the model's, rubbish answered in words, visitors who do not affect each other."""

import base64
import csv
import io
import json
import re
import socket
import tomllib

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from odd import examples
from starlette.testclient import TestClient
from test_cli import call

import sim
from sim.base.errors import ScenarioError
from sim.base.intervals import paired_share_interval
from sim.interface.app.answers import FUTURES as USUALLY
from sim.interface.app.answers import Answers
from sim.interface.app.request import Query, shown
from sim.interface.app.server import LARGEST
from sim.interface.app.upload import pseudonymised
from sim.report.handout.choices import STAYS

PEOPLE = (
    "id,manager_id,name,team\nXanthippe Boss,,Xanthippe,\nbob@x.org,Xanthippe Boss,Bobert,Tigers\n"
    "quux-cy,bob@x.org,Cy,Tigers\nquux-dee,bob@x.org,Dee,Tigers\n"
)
LINKS = "source,target,layer\nquux-cy,quux-dee,advice\n"


FUTURES = 20
"""Of every answer here, so that there is less to play; the page plays 200."""


@pytest.fixture(scope="module")
def client(live_page):
    """The server without a network."""
    with TestClient(live_page(FUTURES)) as client:
        yield client


def asks(client, path="point", **body):
    """An answer of the interface."""
    return client.post(f"/api/{path}", json=body)


def letters(setting, seed=1):
    """How the futures of a setting go, a letter each, by the ensemble."""
    found = sim.compare(setting, FUTURES, seed, variants=[], keep_months=False)
    return "".join({"never took hold": "n", "collapsed": "c", "survived": "s"}[o] for o in found.futures.outcome)


# -- Answers -------------------------------------------------------------------------------------------------


def test_an_answer_is_the_ensembles(client):
    """Outcomes of each future, their counts, and the paired difference from as it is: those of `leadership-sim run`."""
    found = asks(client, settings={"norm": 0.2, "delegation": 0.6}).json()
    base = sim.load("director-turnover")
    moved = letters(base.with_({"leadership.hierarchy_norm": 0.2, "leadership.delegation": 0.6}))
    assert found["outcomes"] == moved
    assert found["counts"] == {letter: moved.count(letter) for letter in "ncs"}
    one, other = ([x == "s" for x in each] for each in (moved, letters(base)))
    import numpy as np

    expected = paired_share_interval(np.array(one), np.array(other))
    assert found["difference"] == pytest.approx([100 * x for x in expected], abs=1e-3)
    assert (found["reference"], found["end"]) == (36, 96)


def test_seed_zero_is_a_seed(client):
    """As a number and as a text in the address."""
    assert asks(client, seed=0, settings={"norm": 0.3}).json()["outcomes"] == letters(
        sim.load("director-turnover").with_({"leadership.hierarchy_norm": 0.3}), 0
    )
    assert Query.of({"seed": "0"}).seed == 0


def test_the_director_leaves_in_any_month_or_not_at_all(client):
    """Judged where the director leaves, and where the director stays at the usual month."""
    base = sim.load("director-turnover")
    early = asks(client, settings={"when": 20}).json()
    assert (early["reference"], early["end"]) == (20, 80)
    assert early["outcomes"] == letters(base.with_({"events.departure.month": 20, "measure.reference_month": 20}))
    late = asks(client, settings={"when": 90}).json()
    assert (late["end"], late["months"]) == (150, 156)
    stays = asks(client, settings={"when": STAYS}).json()
    assert stays["counts"]["c"] == letters(base.variant("stays")).count("c")
    assert not [event for event in stays["events"] if event["kind"] == "leaves"]


def test_every_scenario_that_is_offered_begins(client):
    """A document each, with every lever where the scenario has it."""
    answers = Answers(futures=4)
    for name in shown():
        doc = answers.start(Query.of({"scenario": name}))
        assert len(doc["levers"]) > 10
        assert all(lever["low"] <= lever["now"] <= lever["high"] for lever in doc["levers"])
    answers.close()
    assert document_of(client.get("/").text)["futures"] == FUTURES
    assert USUALLY == 200


def document_of(page):
    """The data in a page."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S).group(1))


def test_odds_alone_are_those_of_the_whole_answer(client):
    """What an intervention is asked for by: counts and the paired difference, as the point has them."""
    body = {"settings": {"norm": 0.2}, "against": {"delegation": 0.6}}
    whole = asks(client, **body).json()
    assert asks(client, "odds", **body).json() == {name: whole[name] for name in ("counts", "difference")}


def test_what_is_downloaded_is_what_is_shown(client, few_levers, tmp_path, monkeypatch):
    """A row a future; a scenario that `leadership-sim` runs to the same result; a handout that asks no network."""
    body = {"settings": {"norm": 0.3, "when": 30}}
    shown_ = asks(client, **body).json()
    rows = list(csv.DictReader(asks(client, "download/data", **body).text.splitlines()))
    assert [row["outcome"][0] for row in rows] == list(shown_["outcomes"])
    assert {float(row["norm"]) for row in rows} == {0.3}
    text = asks(client, "download/scenario", **body).text
    assert tomllib.loads(text)["leadership"]["hierarchy_norm"] == 0.3
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert letters(sim.load(tmp_path / "mine.toml")) == shown_["outcomes"]
    monkeypatch.setattr("sim.interface.app.downloads.HANDOUT", 2)
    page = asks(client, "download/handout", **body).text
    assert page.startswith("<!doctype html>")
    assert document_of(page)["scenario"]["name"] == "director-turnover"


# -- An organisation of one's own ----------------------------------------------------------------------------


def test_an_uploaded_organisation_is_shown_under_other_ids_and_answered_for(client):
    """Nothing of the names is in the page; its own requests carry the new ids; the answer is the ensemble's."""
    page = client.post("/own", data={"people": PEOPLE, "links": LINKS})
    assert page.status_code == 200, page.text
    for name in ("Xanthippe", "bob@x.org", "Bobert", "quux", "Tigers"):
        assert name not in page.text
    sent = json.loads(re.search(r'id="given">(.*?)</script>', page.text, re.S).group(1))
    assert sent["own"] is True
    assert sent["asked"]["people"].splitlines()[1] == "p1,,"
    found = asks(client, **sent["asked"], settings={"norm": 0.2}).json()
    assert len(found["outcomes"]) == FUTURES
    document = document_of(page.text)
    assert len(document["organisation"]["seats"]) == 4 + 2  # and two change facilitators
    assert document["notes"]
    assert all(note.split(" ")[0] in page.text for note in document["notes"])


def test_ids_are_replaced_the_same_everywhere_and_other_columns_are_dropped():
    """By hand."""
    people, links = pseudonymised(PEOPLE, LINKS)
    assert people == "id,team,manager_id\np1,,\np2,t1,p1\np3,t1,p2\np4,t1,p2\n"
    assert links == "source,target,layer\np3,p4,advice\n"


def test_other_separators_and_headings_are_read_and_roles_that_name_somebody_are_not_shown():
    """Semicolons, a byte-order mark, `Manager-ID`; only roles of the model are kept."""
    people, _ = pseudonymised(
        "\ufeffID;Manager-ID;Role\na;;director\nb;a;Jan de Vries secretary\nc;b;practitioner\n", ""
    )
    assert people == "id,role,manager_id\np1,director,\np2,,p1\np3,practitioner,p2\n"


def test_a_workbook_and_a_network_are_read_on_the_page_as_elsewhere(client):
    """Sent as bytes where they are no text; who is meant and who has left is settled before ids are replaced."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("Staff")
    rows = [
        ["Employee ID", "Name", "Job Title", "Reports To", "Status"],
        ["x1", "Ada Quist", "CEO", "", "Active"],
        ["x2", "Rui Sol", "Director", "Ada Quist", "Active"],
        ["x3", "Ned Ox", "Director", "Ada Quist", "Active"],
        ["x4", "Ida Fox", "Clerk", "Rui Sol", "Left"],
        ["x5", "Zoe Lark", "Clerk", "Sol, Rui", "Active"],
    ]
    for place, cells in enumerate(rows):
        sheet.write_row(place, 0, cells)
    book.close()
    people = "data:;base64," + base64.b64encode(content.getvalue()).decode()
    links = '*Vertices 3\n1 "Rui Sol"\n2 "Zoe Lark"\n3 "Ned Ox"\n*Edges\n2 3 2\n'
    plain = pseudonymised(people, links)
    assert plain[0] == "id,manager_id\np1,\np2,p1\np3,p1\np4,p2\n"
    assert plain[1] == "source,target,weight,direction\np4,p3,2,undirected\n"
    page = client.post("/own", data={"people": people, "links": links})
    assert page.status_code == 200, page.text
    for word in ("Quist", "Sol", "Lark", "CEO"):
        assert word not in page.text
    assert client.post("/own", data={"people": "data:;base64,?"}).status_code == 400


def test_nothing_of_an_upload_is_remembered(client, tmp_path, monkeypatch):
    """No file is left, and what was read of it is forgotten, also where it could not be used."""
    from sim.organisation import imported

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client.post("/own", data={"people": PEOPLE, "links": LINKS})
    client.post("/own", data={"people": "id,manager_id\na,b\n"})
    assert list(tmp_path.iterdir()) == []
    assert imported._read.cache_info().currsize == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "choose the file"),
        ({"people": "id,manager_id\na,b\nb,a\n"}, "row"),
        ({"people": "x" * 600_000}, "letters; at most 500,000"),
        ({"people": "id,manager_id\n" + "".join(f"a{i},{'a0' if i else ''}\n" for i in range(500))}, "at most 400"),
        ({"people": PEOPLE, "scenario": "../../etc/passwd"}, "unknown scenario"),
    ],
)
def test_an_upload_that_cannot_be_used_is_answered_in_words(client, fields, said):
    """Status 400, a page with a way back, no path of this machine."""
    answer = client.post("/own", data=fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert "Traceback" not in answer.text
    assert "leadership-sim-" not in answer.text
    assert 'href="/"' in answer.text


# -- Rubbish -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("scenario=nope", "unknown scenario"),
        ("scenario=five-sites", "many departures"),
        ("labels=prison", "unknown labels"),
        ("seed=x", "a whole number"),
        ("seed=-4", "between 0"),
    ],
)
def test_rubbish_in_the_address_is_answered_in_words(client, query, said):
    """Status 400 and a way back."""
    answer = client.get(f"/?{query}")
    assert (answer.status_code, said in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "a JSON object"),
        (b"[1]", "a JSON object"),
        (b"{" * 5000, "a JSON object"),
        (b'{"settings": {"norm": 7}}', "norm = 7: between"),
        (b'{"settings": {"norm": NaN}}', "norm: a number"),
        (b'{"settings": {"norm": true}}', "norm: a number"),
        (b'{"settings": {"nrom": 0.2}}', "did you mean 'norm'"),
        (b'{"settings": [1]}', "settings: an object"),
        (b'{"future": 40}', "future: a whole number"),
        (b'{"scenario": ["a"]}', "unknown scenario"),
        (b'{"people": 5}', "the texts of two files"),
        (b'{"people": "\\ud800"}', "not text"),
        (b'{"seed": 1e999}', "seed: a whole number"),
        (b'{"seed": 1.9}', "seed: a whole number"),
        (b'{"settings": {"when": 1' + b"0" * 400 + b"}}", "when = 1000"),
    ],
)
def test_rubbish_in_a_request_is_answered_in_words(client, body, said):
    """Status 400, JSON with the words."""
    answer = client.post("/api/point", content=body)
    assert (answer.status_code, said in answer.json()["error"]) == (400, True), answer.text


def test_what_is_too_large_unknown_or_from_elsewhere_is_refused(client):
    """413, 404, 405, and 400 for another host's name."""
    assert client.post("/api/point", content=b"x" * (LARGEST + 1)).status_code == 413
    assert client.get("/nothing").status_code == 404
    assert client.get("/api/point").status_code == 405
    assert asks(client, "download/passwords").status_code == 400
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.post("/api/odds", json={}, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post("/own", data={}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert asks(client, "download/handout", settings={"when": -1}).status_code == 400


@settings(max_examples=examples(60))
@given(
    st.dictionaries(
        st.sampled_from(["scenario", "labels", "seed", "settings", "against", "future", "people", "links", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_any_request_is_answered_or_refused_in_words(client, body):
    """Never an error of the server's own."""
    answer = client.post("/api/point", content=json.dumps(body))
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        assert answer.json()["error"]


# -- The command ---------------------------------------------------------------------------------------------


def test_an_address_that_cannot_be_had_is_told_in_words():
    """Exit code 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = call("serve", "--port", taken.getsockname()[1], "--no-open")
    assert (done.exit_code, "try another --port" in done.stderr) == (2, True)


def test_what_is_asked_is_checked_before_anything_is_made():
    """Scenario, words and seed."""
    assert Query.of({}).name == "director-turnover"
    with pytest.raises(ScenarioError, match="unknown scenario"):
        Query.of({"scenario": "x"})
