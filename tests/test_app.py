"""The live page: answers that are the model's, rubbish answered in words, visitors who do not affect each other."""

import csv
import json
import re
import socket
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from test_cli import call

import sim
from sim.app.answers import FUTURES, Answers
from sim.app.asked import Asked, shown
from sim.app.own import pseudonymised
from sim.app.server import BUSY, LARGEST, application
from sim.handout.choices import STAYS
from sim.measures.survival import OUTCOMES, paired_share_interval
from sim.mistakes import ScenarioError

PEOPLE = (
    "id,manager_id,name,team\nXanthippe Boss,,Xanthippe,\nbob@x.org,Xanthippe Boss,Bobert,Tigers\n"
    "quux-cy,bob@x.org,Cy,Tigers\nquux-dee,bob@x.org,Dee,Tigers\n"
)
LINKS = "source,target,layer\nquux-cy,quux-dee,advice\n"


@pytest.fixture(scope="module")
def client():
    """The server without a network."""
    with TestClient(application()) as client:
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
    """Outcomes of 200 futures, their counts, and the paired difference from as it is: those of `leadership-sim run`."""
    found = asks(client, settings={"norm": 0.2, "delegation": 0.6}).json()
    base = sim.load("director-turnover")
    moved = letters(base.replacing({"leadership.hierarchy_norm": 0.2, "leadership.delegation": 0.6}))
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
        sim.load("director-turnover").replacing({"leadership.hierarchy_norm": 0.3}), 0
    )
    assert Asked.of({"seed": "0"}).seed == 0


def test_the_director_leaves_in_any_month_or_not_at_all(client):
    """Judged where the director leaves, and where the director stays at the usual month."""
    base = sim.load("director-turnover")
    early = asks(client, settings={"when": 20}).json()
    assert (early["reference"], early["end"]) == (20, 80)
    assert early["outcomes"] == letters(base.replacing({"events.departure.month": 20, "measure.reference_month": 20}))
    late = asks(client, settings={"when": 90}).json()
    assert (late["end"], late["months"]) == (150, 150)
    stays = asks(client, settings={"when": STAYS}).json()
    assert stays["counts"]["c"] == letters(base.variant("stays")).count("c")
    assert not [event for event in stays["events"] if event["kind"] == "leaves"]


def test_every_scenario_that_is_offered_begins(client):
    """A document each, with every lever where the scenario has it."""
    answers = Answers(futures=4)
    for name in shown():
        doc = answers.start(Asked.of({"scenario": name}))
        assert len(doc["levers"]) > 10
        assert all(lever["low"] <= lever["now"] <= lever["high"] for lever in doc["levers"])
    answers.close()
    assert document_of(client.get("/").text)["futures"] == FUTURES


def document_of(page):
    """The data in a page."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S).group(1))


def test_odds_alone_are_those_of_the_whole_answer(client):
    """What a remedy is asked for by: counts and the paired difference, as the point has them."""
    body = {"settings": {"norm": 0.2}, "against": {"delegation": 0.6}}
    whole = asks(client, **body).json()
    assert asks(client, "odds", **body).json() == {name: whole[name] for name in ("counts", "difference")}


def test_what_is_downloaded_is_what_is_shown(client, tmp_path, monkeypatch):
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
    monkeypatch.setattr("sim.app.downloads.HANDOUT", 3)
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


def test_nothing_of_an_upload_is_remembered(client, tmp_path, monkeypatch):
    """No file is left, and what was read of it is forgotten, also where it could not be used."""
    from sim import reading

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client.post("/own", data={"people": PEOPLE, "links": LINKS})
    client.post("/own", data={"people": "id,manager_id\na,b\n"})
    assert list(tmp_path.iterdir()) == []
    assert reading._read.cache_info().currsize == 0


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
        (b'{"future": 200}', "future: a whole number"),
        (b'{"scenario": ["a"]}', "unknown scenario"),
        (b'{"people": 5}', "the texts of two files"),
        (b'{"people": "\\ud800"}', "no text"),
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


@settings(max_examples=60, deadline=None)
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


# -- Many visitors -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address():
    """The server on a port of this computer."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    listening.close()


def test_a_hundred_visitors_at_once_get_answers_or_a_clear_busy(address):
    """Each with other levers: every answer is right or says busy, and the server lives."""

    def visit(i):
        with httpx2.Client(timeout=120) as visitor:
            return visitor.post(f"{address}/api/point", json={"settings": {"norm": round(0.2 + 0.005 * i, 3)}})

    with ThreadPoolExecutor(100) as visitors:
        answers = list(visitors.map(visit, range(100)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    good = [i for i, answer in enumerate(answers) if answer.status_code == 200]
    assert len(good) >= 2
    assert all(answer.json()["error"] == BUSY for answer in answers if answer.status_code == 503)
    i = good[len(good) // 2]
    moved = sim.load("director-turnover").replacing({"leadership.hierarchy_norm": round(0.2 + 0.005 * i, 3)})
    assert answers[i].json()["outcomes"] == letters(moved)
    assert httpx2.get(f"{address}/", timeout=60).status_code == 200


# -- In a real browser ---------------------------------------------------------------------------------------


@pytest.fixture
def visit(browser, address):
    """Opens pages; at the end nothing may have failed or been complained of."""
    troubles, pages = [], []

    def opened(path="/", **how):
        page = browser.new_page(viewport={"width": 1280, "height": 720}, **how)
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.append(request.url[:200]))
        page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else troubles.append(r.url))
        page.goto(address + path, timeout=60_000)
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert troubles == []


def settled(page):
    """Wait until the answer is there."""
    page.wait_for_function("() => !document.querySelector('#futures').dataset.waiting", timeout=60_000)


def slide(page, i, value):
    """Let go of a lever at a value."""
    page.evaluate(
        "([i, v]) => { const e = document.querySelector(`#free-${i}`); e.value = v;"
        "e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); }",
        [i, value],
    )
    settled(page)


def place(page, slug):
    """The number of a lever on the page."""
    return page.evaluate("slug => JSON.parse(document.querySelector('#data').textContent).levers"
                         ".findIndex((each) => each.slug === slug)", slug)  # fmt: skip


def test_letting_go_of_a_lever_shows_what_the_model_says_and_the_address_shares_it(visit, client):
    """Words, figures and address; the same address elsewhere shows the same."""
    page = visit()
    slide(page, place(page, "norm"), 0.2)
    said = asks(client, settings={"norm": 0.2}).json()["counts"]
    assert f"In {said['c']} of 200 futures the change collapsed" in page.inner_text("#right-told")
    assert page.locator("#right-figures .figure.s").count() == said["s"]
    assert "norm=0.2" in page.url
    assert "two=1" in page.url
    other = visit(page.url[page.url.index("/?") :])
    settled(other)
    assert other.inner_text("#right-told") == page.inner_text("#right-told")
    assert other.input_value(f"#free-{place(other, 'norm')}") == "0.2"
    month = visit("/?month=85")
    assert month.inner_text("#month").startswith("Month 85")
    month.select_option("#which [name=labels]", "school")
    month.wait_for_url("**labels=school**", timeout=60_000)
    month.wait_for_selector("html[data-ready=yes]", timeout=60_000)
    assert month.inner_text("#month").startswith("Month 85")


def test_the_director_leaves_now_at_the_month_shown(visit, client):
    """Scrub to month 50 and press: the right-hand director leaves then; or does not leave at all."""
    page = visit()
    page.evaluate("() => { const e = document.querySelector('#scrub'); e.value = 50; "
                  "e.dispatchEvent(new Event('input')); }")  # fmt: skip
    page.click("#leaves-now")
    settled(page)
    assert "when=50" in page.url
    assert page.input_value("#free-0") == "50"
    said = asks(client, settings={"when": 50}).json()["counts"]
    assert f"In {said['c']} of 200 futures" in page.inner_text("#right-told")
    assert "month 50" in page.inner_text("#right-heading")
    page.click("#share-it")
    settled(page)
    assert "when=50" in page.url, "sharing leadership leaves the other levers where they are"
    page.click("#next")
    settled(page)
    assert "when=50" in page.url, "nor does the story move them"
    page.click("#two")
    page.check("#stays")
    settled(page)
    assert "when=-1" in page.url
    assert "not at all" in page.inner_text("#free-0-said")


def test_the_right_may_be_kept_as_the_left_and_compared_with(visit, client):
    """The twin: what stood on the right is on the left, and differences are from it."""
    page = visit()
    slide(page, place(page, "norm"), 0.2)
    page.click("#keep")
    settled(page)
    assert page.inner_text("#compared") == "The same as the left."
    slide(page, place(page, "delegation"), 0.6)
    found = asks(client, settings={"norm": 0.2, "delegation": 0.6}, against={"norm": 0.2}).json()
    assert f"In {found['counts']['c']} of 200" in page.inner_text("#right-told")
    difference = round(2 * found["difference"][0])
    words = f"{abs(difference)} {'fewer' if difference < 0 else 'more'} of 200 survive than on the left"
    assert words in page.inner_text("#compared") or difference == 0
    assert "left.norm=0.2" in page.url


def test_remedies_are_listed_and_one_can_be_set(visit):
    """Progress, a table, and a button that sets the lever."""
    page = visit()
    page.click("#ask-remedies")
    page.wait_for_selector("#remedies-rows tr", timeout=120_000)
    cells = page.locator("#remedies-rows tr td:nth-child(2)").all_inner_texts()
    gains = [int(cell.split()[0].replace("−", "-")) for cell in cells]
    assert len(gains) > 15
    assert gains == sorted(gains, reverse=True)
    page.click("#remedies-rows tr:first-child button")
    settled(page)
    assert "survive than on the left" in page.inner_text("#compared")


def test_downloads_and_an_organisation_of_ones_own(visit, tmp_path):
    """Files by the browser's own means; the uploaded organisation's page answers for its levers."""
    page = visit()
    with page.expect_download(timeout=60_000) as got:
        page.click("[data-download=data]")
    assert got.value.suggested_filename == "director-turnover.csv"
    assert len(got.value.path().read_text(encoding="utf-8").splitlines()) == FUTURES + 1
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "links.csv").write_text(LINKS, encoding="utf-8")
    page.click("summary:has-text('Your own organisation')")
    page.set_input_files("#people-file", tmp_path / "people.csv")
    page.set_input_files("#links-file", tmp_path / "links.csv")
    page.click("#own button")
    page.wait_for_selector("text=Your own organisation is shown", timeout=60_000)
    page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
    assert page.locator("#left-drawing .person").count() == 6
    slide(page, place(page, "successor"), 0.7)
    assert "of 200 futures" in page.inner_text("#right-told")


def test_two_visitors_do_not_affect_each_other(visit):
    """One moves levers; the other's page stays as it is."""
    one, other = visit(), visit("/?labels=hospital")
    before = other.inner_text("#right-told")
    slide(one, place(one, "norm"), 0.5)
    slide(other, place(other, "champions"), 0.1)
    slide(other, place(other, "champions"), 0)
    assert other.inner_text("#right-told") == before
    assert "norm" not in other.url


def test_the_page_can_be_used_by_everyone(visit):
    """axe finds nothing against WCAG 2.2 AA, in light and dark; a phone needs no sideways scrolling."""
    from axe_playwright_python.sync_playwright import Axe

    page = visit()
    page.click("#two")
    page.click("summary:has-text('More levers')")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for _ in ("light", "dark"):
        found = Axe().run(page, options=rules).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:100]) for each in found] == []
        page.click("#light")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


# -- The command ---------------------------------------------------------------------------------------------


def test_an_address_that_cannot_be_had_is_told_in_words():
    """Exit code 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = call("app", "--port", taken.getsockname()[1], "--no-open")
    assert (done.exit_code, "try another --port" in done.stderr) == (2, True)


def test_what_is_asked_is_checked_before_anything_is_made():
    """Scenario, words and seed."""
    assert Asked.of({}).name == "director-turnover"
    with pytest.raises(ScenarioError, match="unknown scenario"):
        Asked.of({"scenario": "x"})
    assert len(OUTCOMES) == 3
