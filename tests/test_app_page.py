"""The live page served on a port of this computer: many visitors at once, and a real browser."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
import uvicorn
from starlette.testclient import TestClient
from test_app import FUTURES, LINKS, PEOPLE, asks, letters

import sim
from sim.interface.app.server import BUSY


@pytest.fixture(scope="module")
def client(live_page):
    """The same answers without a network, to compare with."""
    with TestClient(live_page(FUTURES)) as client:
        yield client


# -- Many visitors -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(live_page):
    """The server on a port of this computer."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    serving = uvicorn.Server(uvicorn.Config(live_page(FUTURES), log_level="error"))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
    thread.start()
    while not serving.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    serving.should_exit = True
    thread.join(20)
    listening.close()


def test_a_hundred_visitors_at_once_get_answers_or_a_clear_busy(address, monkeypatch):
    """Each with other levers: every answer is right or says busy, and the server lives."""
    monkeypatch.setattr("sim.interface.app.server.WAITING", 15)

    with httpx2.Client(timeout=120, limits=httpx2.Limits(max_connections=None)) as visitor:  # a connection for each

        def visit(i):
            return visitor.post(f"{address}/api/point", json={"settings": {"norm": round(0.2 + 0.005 * i, 3)}})

        with ThreadPoolExecutor(100) as visitors:
            answers = list(visitors.map(visit, range(100)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    good = [i for i, answer in enumerate(answers) if answer.status_code == 200]
    assert len(good) >= 2
    assert all(answer.json()["error"] == BUSY for answer in answers if answer.status_code == 503)
    i = good[len(good) // 2]
    moved = sim.load("director-turnover").with_({"leadership.hierarchy_norm": round(0.2 + 0.005 * i, 3)})
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
    assert f"In {said['c']} of {FUTURES} futures the change collapsed" in page.inner_text("#right-told")
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
    assert f"In {said['c']} of {FUTURES} futures" in page.inner_text("#right-told")
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
    assert f"In {found['counts']['c']} of {FUTURES}" in page.inner_text("#right-told")
    difference = round(FUTURES / 100 * found["difference"][0])
    words = f"{abs(difference)} {'fewer' if difference < 0 else 'more'} of {FUTURES} survive than on the left"
    assert words in page.inner_text("#compared") or difference == 0
    assert "left.norm=0.2" in page.url


def test_interventions_are_listed_and_one_can_be_set(visit):
    """Progress, a table, and a button that sets the lever."""
    page = visit()
    page.click("#ask-interventions")
    page.wait_for_selector("#interventions-rows tr", timeout=120_000)
    cells = page.locator("#interventions-rows tr td:nth-child(2)").all_inner_texts()
    gains = [int(cell.split()[0].replace("−", "-")) for cell in cells]
    assert len(gains) > 15
    assert gains == sorted(gains, reverse=True)
    page.click("#interventions-rows tr:first-child button")
    settled(page)
    more = round(FUTURES / 100 * gains[0])
    assert more > 0
    assert f"{more} more of {FUTURES} survive than on the left" in page.inner_text("#compared")


def test_downloads_and_an_organisation_of_ones_own(visit, tmp_path):
    """Files by the browser's own means, UTF-8 or not; the uploaded organisation's page answers for its levers."""
    page = visit()
    with page.expect_download(timeout=60_000) as got:
        page.click("[data-download=data]")
    assert got.value.suggested_filename == "director-turnover.csv"
    assert len(got.value.path().read_text(encoding="utf-8").splitlines()) == FUTURES + 1
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "links.csv").write_text(LINKS, encoding="utf-16")
    page.click("summary:has-text('Your own organisation')")
    page.set_input_files("#people-file", tmp_path / "people.csv")
    page.set_input_files("#links-file", tmp_path / "links.csv")
    page.click("#own button")
    page.wait_for_selector("text=Your own organisation is shown", timeout=60_000)
    page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
    assert page.locator("#left-drawing .person").count() == 6
    slide(page, place(page, "successor"), 0.7)
    assert f"of {FUTURES} futures" in page.inner_text("#right-told")


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
