"""The handout: real futures in one file, and a page that shows just these in a real browser, opened from disk."""

import base64
import html
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.experiments.verdict import judge
from sim.interface.cli import app
from sim.model import engine
from sim.report.handout import handout
from sim.report.handout.choices import STAYS, choices, grid, settings
from sim.report.handout.document import ABSENT, UNDEFINED, frames
from sim.report.handout.futures import ASKED, COLLAPSES, COLLAPSES_UNLESS_SHARED, DIFFERS, FIRST, chosen
from sim.report.handout.page import LARGEST
from sim.scenario.scenario import ScenarioError, load

SMALL = {"organisation.teams": 2, "organisation.practitioners_per_team": 3, "organisation.lived_experience": 3}


def council():
    """The director's leaving in a small council."""
    return load("director-turnover").with_(SMALL)


@pytest.fixture(scope="module")
def made():
    """A handout of four futures."""
    return handout(council(), futures=4, seed=2, workers=1)


# -- What is computed ---------------------------------------------------------------------------------------


SCEPTIC = load("director-turnover").variant("sceptic")


def test_the_levers_offer_the_designs_settings_and_the_scenarios_own():
    """By hand, for the director's leaving: each lever's values, where it stands, and where sharing puts it."""
    offered = {c.slug: ([o.value for o in c.options], c.now, c.shared) for c in choices(SCEPTIC)}
    assert offered == {
        "when": ([24, 36, 48, STAYS], 1, 1),
        "successor": ([0.2, 0.45, 0.7], 0, 0),
        "continuity": ([0.0, 0.8], 0, 0),
        "norm": ([0.8, 0.5, 0.2], 0, 2),
        "delegation": ([0.0, 0.6], 0, 1),
        "champions": ([0.0, 0.15], 0, 1),
    }
    own = load("director-turnover").with_({"leadership.hierarchy_norm": 0.6})
    norm = next(c for c in choices(own) if c.slug == "norm")
    assert [o.value for o in norm.options] == [0.8, 0.6, 0.5, 0.2]
    assert norm.options[norm.now].value == 0.6


def test_who_follows_makes_no_difference_where_the_director_stays():
    """So these combinations are one point: 19 of departures times 12 of sharing, in 288 places."""
    of = grid(choices(SCEPTIC))
    assert (len(of.points), len(of.place)) == (19 * 12, 4 * 3 * 2 * 3 * 2 * 2)
    wide = settings(SCEPTIC, of)
    assert wide.months == 48 + 60
    shared = wide.variant(f"p{of.shared}")
    assert (shared.leadership.hierarchy_norm, shared.leadership.delegation, shared.leadership.champions) == (
        0.2, 0.6, 0.15,
    )  # fmt: skip
    assert not wide.variant(f"p{of.points.index((3, 0, 0, 0, 0, 0))}").departures


def test_every_number_is_that_of_the_engine(made):
    """How each future went as it is, and with leadership shared, played again one by one."""
    document, scenario = made.document, council()
    wide = settings(scenario, made.played.grid)
    for place in (document["now"], document["shared"]):
        setting, said = wide.variant(f"p{place}"), document["points"][place]
        went = ""
        for future in range(4):
            record = engine.run(setting, seed=2, future=future)
            went += judge(record.monthly["practice"], setting, 36).outcome.letter
        assert said["outcomes"] == went
        assert said["counts"] == {letter: went.count(letter) for letter in "ncs"}
        assert (said["reference"], said["end"]) == (36, 96)


def test_a_future_is_packed_as_documented(made):
    """Unpacked by hand: practice, momentum, subscription, and everyone's commitment and leadership."""
    record = made.played.records[made.played.grid.now]
    rows, seats = record.scenario.months + 1, len(record.organisation)
    raw = zlib.decompress(base64.b64decode(frames(record)))
    assert len(raw) == 5 * rows + 2 * seats * rows
    assert np.frombuffer(raw, "<u2", rows).tolist() == np.round(1e4 * record.monthly["practice"]).tolist()
    momentum = np.frombuffer(raw, "<i2", rows, 2 * rows)
    assert momentum[0] == UNDEFINED
    assert momentum[1:].tolist() == np.round(1e4 * record.monthly["momentum"][1:]).tolist()
    assert list(raw[4 * rows : 5 * rows]) == record.monthly["subscribed"].tolist()
    people = np.frombuffer(raw, np.uint8, 2 * seats * rows, 5 * rows).reshape(2, seats, rows)
    commitment, leadership = np.cumsum(people, axis=2, dtype=np.uint8)
    here = record.people["present"].T > 0
    assert (commitment[here] == np.round(100 * record.people["commitment"].T[here])).all()
    assert (leadership[here] == np.round(100 * record.people["leadership"].T[here])).all()
    assert (commitment[~here] == ABSENT).all()
    assert not here[record.organisation.structure.director, 37:46].any()


def test_the_future_shown_is_chosen_by_a_rule(few_levers):
    """By hand: saved by sharing; else ends differently; else collapses; else the first."""
    for as_it_is, shared, said in (
        ([2, 1, 1], [2, 1, 2], (2, COLLAPSES_UNLESS_SHARED)),
        ([2, 2, 0], [2, 1, 2], (1, DIFFERS)),
        ([2, 1, 1], [2, 1, 1], (1, COLLAPSES)),
        ([2, 2], [2, 2], (0, FIRST)),
    ):
        assert chosen(np.array(as_it_is), np.array(shared)) == said
    asked = handout(council(), futures=2, future=1, workers=1)
    assert (asked.played.future, asked.played.why) == (1, ASKED)
    assert asked.command.endswith("--replay 1")
    assert asked.document["words"]["shown"].startswith("This is future 1: chosen by whoever")


def test_making_it_again_makes_the_same_page(few_levers, tmp_path):
    """From the scenario and the command at its foot, to the byte, the reason for the future shown included."""
    made = handout(council(), futures=4, seed=2, workers=1)
    found = re.search(r"<pre tabindex=\"0\"><code>(.*?)</code>", made.html(), flags=re.S)
    (tmp_path / f"{council().name}.toml").write_text(html.unescape(found.group(1)), encoding="utf-8")
    words = made.command.split()[1:]
    words[1] = str(tmp_path / words[1])
    done = CliRunner().invoke(app, [*words, "-o", str(tmp_path / "again.html")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == made.html()


def test_a_combination_is_looked_up_by_its_levers(made):
    """From Python: the counts are those of the point with these settings, and only what was computed is answered."""
    document = made.document
    shared = made.at(norm=0.2, delegation=0.6, champions=0.15)
    assert list(shared.counts.values()) == list(document["points"][document["shared"]]["counts"].values())
    assert made.at() is made.played.went[document["now"]]
    assert made.at(when=STAYS, successor=0.7) is made.at(when=STAYS)
    with pytest.raises(ScenarioError, match=r"norm = 0\.3: only 0\.8, 0\.5, 0\.2 was computed"):
        made.at(norm=0.3)
    with pytest.raises(ScenarioError, match=r"unknown lever 'nrm'; did you mean 'norm'"):
        made.at(nrm=0.2)


def test_what_cannot_be_shown_is_refused_in_words(tmp_path):
    """No departure, a future that is not there, a folder, another ending, a file that stands there."""
    stays = council().with_({"events.departure.enabled": False})
    with pytest.raises(ScenarioError, match="a handout shows a director leaving"):
        handout(stays)
    with pytest.raises(ScenarioError, match="one of the 2 on the page is needed, 0 to 1"):
        handout(council(), futures=2, future=2)
    (tmp_path / "there.html").write_text("mine", encoding="utf-8")
    for futures in ("0", "101"):
        done = CliRunner().invoke(
            app, ["handout", "director-turnover", "--futures", futures, "-o", str(tmp_path / "x.html")]
        )
        assert (done.exit_code, "a small figure for each future, 2 to 100" in done.stderr) == (2, True), done.stderr
    for name, said in (
        (".", "this is a folder"),
        ("page.pdf", "ends in .html"),
        ("there.html", "is there already"),
    ):
        done = CliRunner().invoke(app, ["handout", "director-turnover", "-o", str(tmp_path / name)])
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "there.html").read_text(encoding="utf-8") == "mine"


def test_the_labels_apply_to_every_word(few_levers):
    """A hospital's page has no practitioner and no council, in words, levers or roles."""
    page = handout(council().with_({"labels": "hospital"}), futures=2, workers=1)
    said = json.dumps([page.document["words"], page.document["levers"], page.document["organisation"]["roles"]])
    shown = re.sub(r'"(slug|kind)": "\w+"', "", said)
    assert "ward manager" in shown
    assert "chief executive" in shown
    for word in ("practitioner", "middle manager", "lived-experience member"):
        assert word not in shown


# -- The page in a browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(made, tmp_path_factory) -> Path:
    """The page on disk."""
    return made.save(tmp_path_factory.mktemp("handout") / "handout.html")


@pytest.fixture
def page(browser, file):
    """The page opened from disk; afterwards: it asked for nothing, and nothing went wrong in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: wrong.append(r.url[:80]) if r.url.split(":")[0] not in ("data", "file") else None)
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    yield page
    assert wrong == []
    context.close()


def test_it_is_one_small_file_that_names_no_address(file):
    """Below 5 MB, with no element that would fetch anything."""
    text = file.read_text(encoding="utf-8")
    assert file.stat().st_size < LARGEST
    assert not re.search(r'\b(src|href)="', text)
    assert "url(http" not in text
    assert "@import" not in text


def test_a_future_is_played_to_its_end(page, made):
    """At the fastest pace: it stops before the departure, where the turn's question is, and then goes on to the end."""
    point = made.document["points"][made.document["now"]]
    page.clock.install()  # the browser's time passes as fast as it is told to
    page.select_option("#pace", "16")
    page.click("#play")
    page.clock.run_for(10_000)
    assert page.get_attribute("#play", "data-playing") == "no"
    assert page.inner_text("#month") == "Month 36 · year 3"
    page.click("#play")
    page.clock.run_for(10_000)
    assert page.get_attribute("#play", "data-playing") == "no"
    assert page.inner_text("#month") == "Month 96 · year 8"
    record = made.played.records[made.played.grid.now]
    assert page.inner_text("#left-practice") == f"{round(float(100 * record.monthly['practice'][96]))}%"
    verdict = {"n": "never took hold", "c": "collapsed", "s": "survived"}[point["outcomes"][made.document["future"]]]
    assert verdict in page.inner_text("#left-news")
    assert page.get_attribute("#scrub", "max") == "96"


def test_time_is_moved_by_every_control_and_the_keyboard(page):
    """A month on and back, to the start, the slider's own keys; the seat is empty after the director has gone."""
    page.click("#more")
    page.click("#more")
    page.click("#less")
    assert page.inner_text("#month") == "Month 1 · year 1"
    page.focus("#scrub")
    for _ in range(39):
        page.keyboard.press("ArrowRight")
    assert page.inner_text("#month") == "Month 40 · year 4"
    assert "shown" in page.get_attribute("#left-drawing .empty", "class")
    assert "leaves" in page.inner_text("#left-news")
    page.click("#first")
    assert page.inner_text("#month") == "Month 0 · the start"
    assert "shown" not in page.get_attribute("#left-drawing .empty", "class")


def test_people_and_links_are_drawn_as_the_future_has_them(page, made):
    """With leadership shared, at several months: who is there, how committed, who leads, which links stand."""
    page.click("#two")
    page.click("#share-it")
    page.wait_for_function("document.getElementById('right-heading').textContent === 'Leadership shared'")
    record = made.played.records[made.played.grid.shared]
    barely = 0
    for month in (0, 24, 40, 60, 96):
        page.evaluate(
            "month => { const scrub = document.getElementById('scrub'); scrub.value = month;"
            " scrub.dispatchEvent(new Event('input')); }",
            month,
        )
        here = record.people["present"][month] > 0
        people = page.eval_on_selector_all(
            "#right-drawing .person",
            "all => all.map(e => [e.getAttribute('class'), e.querySelector('.shape').getAttribute('class')])",
        )
        for seat, (kind, shade) in enumerate(people):
            if not here[seat]:
                assert kind == "person gone"
                continue
            commitment = np.round(100 * record.people["commitment"][month, seat])
            leads = np.round(100 * record.people["leadership"][month, seat]) >= 50 and commitment > 50
            barely += bool(leads and commitment <= 60)
            assert kind == ("person leads" if leads else "person")
            assert shade == f"shape c{int(np.floor(commitment / 10 + 0.5))}"
        lost = page.locator("#right-drawing .links line.lost").count()
        links = made.document["organisation"]["links"]
        stand = [
            here[link["a"]] and here[link["b"]] and (link["pair"] < 0 or record.live[month, link["pair"]])
            for link in links
        ]
        assert lost == len(links) - sum(stand)
    assert barely > 0, "nobody who barely leads: another seed is needed to see the threshold"


def test_every_lever_answers_with_its_point(page, made):
    """Each setting alone: the sentence, the figures and the interval are those of the data."""
    document = made.document
    assert not page.is_visible("#levers")
    page.click("#more-levers")
    for single in document["singles"]:
        page.click("#as-it-is")
        page.check(f"#lever-{single['lever']}-{single['option']}", force=True)
        point = document["points"][single["point"]]
        counts = point["counts"]
        page.wait_for_function(
            "said => document.getElementById('right-told').textContent.includes(said)",
            arg=f"In {counts['c']} of 4 futures the change collapsed",
        )
        for letter in "ncs":
            assert page.locator(f"#right-figures .figure.{letter}").count() == counts[letter]
        low, high = (int(np.floor(x + 0.5)) for x in point["survived"][1:])
        assert f"(95%: {low} to {high})" in page.inner_text("#right-interval")
        before, after = (int(np.floor(x + 0.5)) for x in point["practice"])
        assert f"{before}% just before the departure, {after}% at the end" in page.inner_text("#right-interval")
        compared = page.inner_text("#compared")
        change = counts["s"] - document["points"][document["now"]]["counts"]["s"]
        assert compared.startswith(
            f"{abs(change)} {'more' if change > 0 else 'fewer'} of 4" if change else "As many of 4"
        )
        assert (change < 0) == ("fewer of 4" in compared)
    page.click("#share-it")
    page.wait_for_function("document.getElementById('right-heading').textContent === 'Leadership shared'")


def test_the_story_can_be_told_to_its_end_with_the_keyboard(page, made):
    """Every turn has a question; a clicker's keys go on and back."""
    turns = made.document["words"]["turns"]
    for turn in turns[1:]:
        page.click("#more")  # a clicker's keys must do wherever the last click was
        page.keyboard.press("PageDown")
        page.wait_for_function("said => document.getElementById('ask').textContent === said", arg=turn["ask"])
        assert page.inner_text("#turn-title") == turn["title"]
        assert page.get_attribute("body", "data-panels") == str(turn["panels"])
    page.keyboard.press("PageUp")
    page.wait_for_function("said => document.getElementById('ask').textContent === said", arg=turns[-2]["ask"])


def test_arrows_move_a_lever_only_where_the_keyboard_reached_it(page):
    """A clicker that sends arrows changes nothing after a lever was clicked; a keyboard user still moves it."""
    page.click("#two")
    page.click("#lever-1-1")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("#lever-1-1")
    page.focus("#lever-1-1")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("#lever-1-2")


def test_the_second_line_carries_the_first(page):
    """With leadership shared, the left-hand line is drawn faintly on the right; without a difference it is not."""
    page.click("#two")
    page.evaluate("scrub.value = 96; scrub.dispatchEvent(new Event('input'))")
    assert page.locator("#right-chart .beside").count() == 0
    page.click("#share-it")
    page.wait_for_selector("#right-chart .beside")
    heights = [
        re.findall(r",([\d.]+)", page.get_attribute(line, "d"))
        for line in ("#right-chart .beside", "#left-chart .practice")
    ]
    assert heights[0] == heights[1]
    assert page.locator("#left-chart .beside").count() == 0
    assert page.locator("#left-chart .mark.leaves").text_content() == "director leaves"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_against_wcag(page, theme):
    """WCAG 2.2 AA as far as axe-core can tell, in light and dark, with one side and with two."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    tags = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    for _ in range(2):
        found = Axe().run(page, options=tags)
        assert found.violations_count == 0, found.generate_report()
        page.click("#two")


def test_it_fits_a_phone_and_prints_on_two_pages(page, tmp_path):
    """At 360 points nothing stands out to the right, and the question stays in view at every turn; two sheets."""
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for _ in range(6):
        page.click("#next")
        page.wait_for_timeout(100)
        assert 0 <= page.evaluate("document.getElementById('ask').getBoundingClientRect().bottom") <= 740
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 720})
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


def test_a_large_organisation_is_drawn_at_two_settings_and_answers_at_all(few_levers, browser, tmp_path, monkeypatch):
    """Its page carries people as it is and with leadership shared; elsewhere it says so, and its figures answer."""
    monkeypatch.setattr("sim.report.handout.futures.MOST_FRAMES", 0)
    made = handout(council(), futures=2, workers=1)
    document = made.document
    carried = {place for place, point in enumerate(document["points"]) if point["frames"] is not None}
    assert carried == {document["now"], document["shared"]}
    page = browser.new_page()
    page.goto(made.save(tmp_path / "large.html").as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    page.click("#two")
    page.check("#lever-1-1", force=True)
    page.wait_for_selector("#right-missing", state="visible")
    assert not page.is_visible("#right-picture")
    single = next(one for one in document["singles"] if (one["lever"], one["option"]) == (1, 1))
    collapsed = document["points"][single["point"]]["counts"]["c"]
    assert f"In {collapsed} of 2 futures" in page.inner_text("#right-told")
    page.click("#share-it")
    page.wait_for_selector("#right-picture", state="visible")
    page.close()


def test_a_notebook_shows_the_future_of_a_run(few_levers, browser, tmp_path):
    """The page of that future, in a frame that asks for nothing."""
    one = sim.run(council(), future=3, seed=4)
    page = sim.view(one, futures=2)
    assert (page.played.future, page.played.seed, page.played.futures) == (3, 4, 4)
    (tmp_path / "cell.html").write_text(page._repr_html_(), encoding="utf-8")
    shown = browser.new_page()
    asked = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto((tmp_path / "cell.html").as_uri())
    shown.frame_locator("iframe").locator("html[data-ready=yes]").wait_for(timeout=60_000, state="attached")
    assert shown.frame_locator("iframe").locator("#left-practice").inner_text().endswith("%")
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    shown.close()
    with pytest.raises(ScenarioError, match="2 to 100"):
        sim.view(sim.run(council(), future=100))


def test_a_director_may_leave_in_the_first_year():
    """The scenario's own month is always among those offered."""
    early = council().with_({"events.departure.month": 3})
    when = choices(early)[0]
    assert [option.value for option in when.options] == [3, 15, STAYS]
    assert when.now == 0
