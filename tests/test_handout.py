"""The handout: one file, opened from disk in a real browser, that plays a scenario and says what Python says of it."""

import csv
import html
import io
import json
import re
from functools import cache
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.influence import state_at, weights_of
from sim.base.intervals import paired_share_interval, wilson
from sim.experiments.environment import Environment
from sim.experiments.verdict import judge
from sim.interface.cli import app
from sim.interface.serving import serving
from sim.model.agents import Practitioner
from sim.model.calendar import calendar
from sim.model.parameters import month_parameters
from sim.model.removal import Removal
from sim.report.handout import handout
from sim.report.handout.document import WORLDS, worlds
from sim.report.handout.levers import levers, said, set_to
from sim.report.handout.page import LARGEST
from sim.scenario.scenario import ScenarioError, load

SMALL = {"organisation.teams": 2, "organisation.practitioners_per_team": 3, "organisation.lived_experience": 3}
SEED, FUTURES = 2, 6


@cache
def council():
    """A sceptic follows, in a small council."""
    return load("director-turnover").variant("sceptic").with_(SMALL)


def outcomes(setting, removing=(), month=0, world=None):
    """How each future goes, by Python: n, c or s; and practised commitment when it is judged and at the end."""
    environment, reference = Environment(SEED), setting.reference_month
    when = calendar(setting).removing(month, removing, Removal.EMPTIED) if len(removing) else None
    found = [environment.play(setting, future, calendar=when).monthly["practice"] for future in range(FUTURES)]
    judged = [judge(practice, setting, reference) for practice in found]
    return "".join(one.outcome.word[0] for one in judged), [(one.practice_before, one.practice_after) for one in judged]


def told(letters):
    """The sentence of some futures."""
    n, c, s = (letters.count(letter) for letter in "ncs")
    never = f", in {n} it never took hold" if n else ""
    return f"In {c} of {len(letters)} futures the change collapsed{never}, in {s} it survived."


@pytest.fixture(scope="module")
def made():
    """A handout of a few futures."""
    return handout(council(), futures=FUTURES, seed=SEED)


# -- What the page is given -----------------------------------------------------------------------------------


def test_every_lever_stands_where_the_scenario_has_it():
    """By hand, for the sceptic's story: where each stands, where sharing puts it, and what it sets."""
    found = {lever.slug: lever for lever in levers(council())}
    assert list(found)[:5] == ["when", "successor", "continuity", "norm", "delegation"]
    assert {slug: (found[slug].now, found[slug].shared, found[slug].best) for slug in list(found)[1:6]} == {
        "successor": (0.2, 0.2, 0.7), "continuity": (0.0, 0.0, 0.8), "norm": (0.8, 0.2, 0.2),
        "delegation": (0.0, 0.6, 0.8), "champions": (0.0, 0.15, 0.3),
    }  # fmt: skip
    assert found["successor"].set_to(0.45) == {"events.departure.successor_commitment": 0.45}
    assert found["when"].keys == ()
    assert found["practice.threshold"].group == "world"
    assert (found["direct"].kind, found["direct"].on) == ("switch", {"organisation.coproduction": "direct"})
    assert found["panel"].now is None
    assert all(lever.low <= lever.now <= lever.high for lever in found.values() if lever.now is not None)


def test_every_choice_and_every_unknown_number_can_be_moved():
    """Each parameter that the table of ranges calls a choice, or a number nobody knows, is set by some lever."""
    from sim.analysis.ranges import every_range

    found = levers(load("director-turnover"))
    keys = {
        key.rpartition("departure.")[2].replace("events.", "") for lever in found for key in (*lever.keys, *lever.on)
    }
    for one in every_range():
        if one.kind != "fixed" and one.key not in ("succession.successor_leadership", "succession.fade"):
            assert one.key in keys or one.key.removeprefix("succession.") in keys, one.key


def test_a_value_is_said_in_words():
    """A sceptic, 20%; who is turned down how often; a month; a number with its unit."""
    found = {lever.slug: lever for lever in levers(council())}
    assert said(found["successor"], 0.2) == "a sceptic, 20%"
    assert said(found["norm"], 0.8) == "those in charge (80% of others turned down)"
    assert said(found["when"], 30.0) == "in month 30"
    assert said(found["when"], None) == "does not leave"
    assert said(found["vacancy"], 9.0) == "9 months"


def test_moved_levers_make_a_scenario_that_is_judged_in_time():
    """The director leaves four years later: so does the verdict, and the run is as long as all its verdicts take."""
    of = levers(council())
    later = set_to(council(), {"when": 84.0, "delegation": 0.6}, of)
    assert (later.reference_month, later.months, later.departures) == (84, 204, [84])
    assert later.leadership.delegation == 0.6
    stays = set_to(council(), {"when": None}, of)
    assert (stays.reference_month, stays.departures) == (36, [])
    drawn = set_to(council(), {"successor": None}, of)
    assert drawn.events["departure"].successor_commitment is None
    with pytest.raises(ScenarioError, match="unknown lever 'nrm'; did you mean 'norm'"):
        set_to(council(), {"nrm": 0.2}, of)


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
    for name, why in ((".", "this is a folder"), ("page.pdf", "ends in .html"), ("there.html", "is there already")):
        done = CliRunner().invoke(app, ["handout", "director-turnover", "-o", str(tmp_path / name)])
        assert (done.exit_code, why in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "there.html").read_text(encoding="utf-8") == "mine"


def test_a_page_with_an_engine_that_was_left_behind_is_not_made(monkeypatch):
    """The sources have moved on: the command that builds the engine is told, and no page is written."""
    monkeypatch.setattr("sim.base.machine.is_stale", lambda: True)
    monkeypatch.setattr("sim.base.machine._here", type("Here", (), {})())
    with pytest.raises(ScenarioError, match=r"compiler/build\.py"):
        handout(council()).html()


def test_the_labels_apply_to_every_word():
    """A hospital's page has no practitioner and no council, in words, levers or roles."""
    document = handout(council().with_({"labels": "hospital"}), futures=2).document
    words = json.dumps([document["words"], list(document["roles"].values())])
    shown = re.sub(r'"\w+": \{', "", words)
    assert "ward manager" in shown
    assert "chief executive" in shown
    for word in ("practitioner", "middle manager", "lived-experience member"):
        assert word not in re.sub(r'"[\w.]+":', "", shown)


def test_making_it_again_makes_the_same_page(made, tmp_path):
    """From the scenario and the command at its foot, to the byte."""
    found = re.search(r"<pre tabindex=\"0\"><code>(.*?)</code>", made.html(), flags=re.S)
    (tmp_path / f"{council().name}.toml").write_text(html.unescape(found.group(1)), encoding="utf-8")
    words = made.command.split()[1:]
    words[1] = str(tmp_path / words[1])
    done = CliRunner().invoke(app, [*words, "-o", str(tmp_path / "again.html")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == made.html()


# -- The page in a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(made, tmp_path_factory) -> Path:
    """The page on disk."""
    return made.save(tmp_path_factory.mktemp("handout") / "handout.html")


SIZE = {"width": 1280, "height": 720}


def window(browser):
    """A page in a window of its own; and a list of what goes wrong in it or is asked for."""
    page, wrong = browser.new_context(viewport=SIZE, reduced_motion="reduce").new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    local = ("data", "file", "blob")
    page.on("request", lambda r: wrong.append(r.url[:80]) if r.url.split(":")[0] not in local else None)
    return page, wrong


def opened(page, address):
    """The page at an address, as if nothing had been opened there before; ready."""
    page.goto("about:blank")  # an address that differs only after its # would not be opened anew
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    return page


@pytest.fixture(scope="module")
def windows(browser):
    """Two windows: one for the page of each test, and one in which it is opened a second time."""
    both = [window(browser) for _ in range(2)]
    yield both
    for page, _ in both:
        page.context.close()


@pytest.fixture
def page(windows, file):
    """The page opened from disk; afterwards: it asked for nothing, and nothing went wrong in it."""
    page, wrong = windows[0]
    wrong.clear()
    page.set_viewport_size(SIZE)
    yield opened(page, file.as_uri())
    assert wrong == []


def moved(page, slug, value):
    """Move a lever and wait for what comes of it."""
    places = {lever.slug: i for i, lever in enumerate(levers(council(), SEED))}
    control = page.locator(f"#free-{places[slug]}")
    page.evaluate("() => { for (const more of document.querySelectorAll('.more')) more.open = true; }")
    if value is None:
        page.locator(f"#free-{places[slug]}-absent").check()
    elif control.get_attribute("type") == "checkbox":
        control.set_checked(bool(value))
    else:
        if not control.is_enabled():  # it stands for nothing set
            page.locator(f"#free-{places[slug]}-absent").uncheck()
            settled(page)
        control.fill(str(value))
    settled(page)


def settled(page):
    """Wait until the page waits for nothing."""
    page.wait_for_timeout(30)
    page.locator('body[data-waiting="no"]').wait_for()
    page.wait_for_timeout(30)
    page.locator('body[data-waiting="no"]').wait_for()


def at_month(page, month):
    """Show a month."""
    page.locator("#scrub").fill(str(month))


def test_it_is_one_small_file_that_can_ask_for_nothing(file):
    """Below 1 MB, with no element that would fetch anything, and a policy that forbids it."""
    text = file.read_text(encoding="utf-8")
    assert file.stat().st_size < LARGEST == 1_000_000
    assert not re.search(r'\b(src|href)="(?!data:)', text)
    assert "url(http" not in text
    assert "@import" not in text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy


def test_it_says_at_once_what_python_says(page):
    """As it is: how many survived, at two, five and ten years, with the interval; practice before and after."""
    letters, practice = outcomes(set_to(council(), {}, levers(council())))
    assert page.inner_text("#left-told") == told(letters)
    _, low, high = (100 * x for x in wilson(letters.count("s"), FUTURES))
    before, after = (100 * np.mean([each[i] for each in practice]) for i in (0, 1))
    said = page.inner_text("#left-interval")
    assert f"(95%: {low:.0f} to {high:.0f})" in said
    assert f"{before:.0f}% just before the departure, {after:.0f}% at the end" in said
    counts = []
    for years in (24, 60, 120):
        setting = council().with_({"measure.horizon": years, "measure.reference_month": 36})
        counts.append(f"{outcomes(setting)[0].count('s')} at {years // 12} years")
    assert page.inner_text("#left-horizons") == f"Survived: {', '.join(counts)}."


def test_the_same_futures_are_judged_at_two_and_at_ten_years(page):
    """The figures, the difference and the timeline follow; the address keeps it."""
    page.click("#two")
    moved(page, "norm", 0.2)
    for months in (24, 120):
        page.check(f"input[name=horizon][value='{months}']")
        settled(page)
        settings = [set_to(council(), changes, levers(council())) for changes in ({"norm": 0.2}, {})]
        one, other = (outcomes(each.with_({"measure.horizon": months}))[0] for each in settings)
        assert (page.inner_text("#left-told"), page.inner_text("#right-told")) == (told(other), told(one))
        assert page.get_attribute("#scrub", "max") == str(36 + months)
    assert "horizon" in page.url


MOVES = [
    {"norm": 0.35, "delegation": 0.47},
    {"when": 24.0, "continuity": 0.8, "vacancy": 2.0},
    {"when": None},
    {"successor": None, "panel": 0.7, "promoted": 1.0},
    {"direct": 1.0, "seat": 0.8, "cross_team": 3.5, "lead_member": 1.0},
    {"practice.threshold": 0.49, "influence.attention": 9.5, "leadership.champion_values": 0.95, "champions": 0.3},
]


@pytest.mark.parametrize("move", MOVES)
def test_levers_give_what_python_gives(page, move):
    """Whatever is moved: the sentence, the figures, the difference from the left and its interval."""
    page.click("#two")
    for slug, value in move.items():
        moved(page, slug, value)
    setting = set_to(council(), move, levers(council()))
    letters, base = outcomes(setting)[0], outcomes(set_to(council(), {}, levers(council())))[0]
    assert page.inner_text("#right-told") == told(letters)
    for letter in "ncs":
        assert page.locator(f"#right-figures .figure.{letter}").count() == letters.count(letter)
    one, other = (np.array([letter == "s" for letter in each]) for each in (letters, base))
    change, low, high = (round(FUTURES * x) for x in paired_share_interval(one, other))
    said = page.inner_text("#compared")
    assert said.startswith(f"{abs(change)} {'more' if change > 0 else 'fewer'} of" if change else "As many of")
    for end in (low, high):
        assert str(abs(end)) in said.partition("95%")[2]


def test_the_scenario_file_is_what_was_played(page, tmp_path):
    """Saved from the page, read by Python: the same setting, key for key, and so the same futures."""
    move = {"when": 48.0, "norm": 0.3, "turnover.partners": 0.2}
    page.click("#two")
    for slug, value in move.items():
        moved(page, slug, value)
    with page.expect_download() as saved:
        page.click("#save-scenario")
    saved.value.save_as(tmp_path / "mine.toml")
    mine, wanted = load(tmp_path / "mine.toml"), set_to(council(), move, levers(council()))
    told_apart = {"title", "question", "look_for"}
    assert {k: v for k, v in mine.resolved().items() if k not in told_apart} == {
        k: v for k, v in wanted.resolved().items() if k not in told_apart
    }
    assert mine.title.startswith("When the director leaves: after 4 years")
    assert "leadership" in mine.written()
    assert "practice" not in mine.written()  # what is not set stays open to plausible worlds


def test_the_table_of_futures_is_pythons(page, tmp_path):
    """A row a future: how it went on both sides, and practice when it is judged and at the end."""
    page.click("#two")
    moved(page, "delegation", 0.8)
    with page.expect_download() as saved:
        page.click("#save-data")
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8"))))
    letters, practice = outcomes(set_to(council(), {"delegation": 0.8}, levers(council())))
    words = {"n": "never took hold", "c": "collapsed", "s": "survived"}
    assert [row["right"] for row in rows] == [words[letter] for letter in letters]
    assert [(float(row["right_before"]), float(row["right_after"])) for row in rows] == practice
    assert {row["seed"] for row in rows} == {str(SEED)}
    assert {row["right_setting"] for row in rows} == {"What teams may decide: 80%"}


def test_the_future_shown_is_one_that_sharing_saves(page):
    """The first that collapses as it is and survives with leadership shared; it is ringed."""
    base, shared = (outcomes(set_to(council(), moved, levers(council())))[0] for moved in ({}, SHARED))
    saved = [i for i, pair in enumerate(zip(base, shared, strict=True)) if pair == ("c", "s")]
    assert saved, "another seed is needed"
    assert page.inner_text("[data-said='{shown}']").startswith(f"This is future {saved[0]}: ")
    assert page.get_attribute("#left-figures .figure:has(.seen)", "data-future") == str(saved[0])


SHARED = {"norm": 0.2, "delegation": 0.6, "champions": 0.15}


def test_a_future_is_played_to_its_end(browser, file):
    """At the fastest pace: it stops before the departure, where the turn's question is, and then goes on to the end."""
    page, wrong = window(browser)
    opened(page, file.as_uri())
    page.clock.install()  # the browser's time passes as fast as it is told to, and would in the tests that follow
    page.select_option("#pace", "16")
    page.click("#play")
    page.clock.run_for(10_000)
    assert page.get_attribute("#play", "data-playing") == "no"
    assert page.inner_text("#month") == "Month 36 · year 3"
    page.click("#play")
    page.clock.run_for(10_000)
    assert page.inner_text("#month") == "Month 96 · year 8"
    shown = int(page.get_attribute("#left-figures .figure:has(.seen)", "data-future"))
    practice = Environment(SEED).play(council(), shown).monthly["practice"]
    assert page.inner_text("#left-practice") == f"{round(float(100 * practice[96]))}%"
    assert "The change collapsed" in page.inner_text("#left-news")
    assert page.get_attribute("#scrub", "max") == "96"
    assert wrong == []
    page.context.close()


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


def test_people_and_links_are_drawn_as_the_future_has_them(page):
    """With leadership shared, at several months: who is there, how committed, who leads, which links are lost."""
    page.click("#two")
    page.click("#share-it")
    settled(page)
    shown = int(page.get_attribute("#right-figures .figure:has(.seen)", "data-future"))
    record = Environment(SEED).play(set_to(council(), SHARED, levers(council())), shown, keep="people")
    structure = record.organisation.structure
    personal = {
        tuple(sorted(ends)): pair
        for *ends, pair in zip(structure.source, structure.target, structure.pair, strict=True)
        if pair >= 0
    }
    for month in (0, 24, 40, 60, 96):
        at_month(page, month)
        here = record.people["present"][month] > 0
        people = page.eval_on_selector_all(
            "#right-drawing .person",
            "all => all.map(e => [e.getAttribute('class'), e.querySelector('.shape').getAttribute('class')])",
        )
        for seat, (kind, shade) in enumerate(people):
            if not here[seat]:
                assert kind == "person gone"
                continue
            commitment, leadership = (100 * record.people[name][month, seat] for name in ("commitment", "leadership"))
            assert kind == ("person leads" if leadership >= 50 and commitment > 50 else "person")
            assert shade == f"shape c{int(np.floor(commitment / 10 + 0.5))}"
        lost = page.locator("#right-drawing .links.horizontal-across line.lost").count()
        gone = [not (here[a] and here[b] and record.live[month, pair]) for (a, b), pair in personal.items()]
        assert lost == sum(gone)


def test_links_are_shown_a_kind_at_a_time(page):
    """The line at first; then those across the boundary and no others."""
    visible = "all => all.filter(e => getComputedStyle(e).display !== 'none').map(e => e.getAttribute('class'))"
    assert page.eval_on_selector_all("#left-drawing .links", visible) == ["links vertical"]
    page.check("input[name=links][value=outside]")
    assert page.eval_on_selector_all("#left-drawing .links", visible) == ["links horizontal-across"]
    page.check("input[name=links][value=all]")
    assert len(page.eval_on_selector_all("#left-drawing .links", visible)) == 4


def test_the_person_under_the_pointer_is_told_with_whom_they_listen_to(page):
    """A practitioner at the start: their state, and shares of influence as the model weighs them."""
    shown = int(page.get_attribute("#left-figures .figure:has(.seen)", "data-future"))
    record = Environment(SEED).play(council(), shown, keep="people")
    seat = int(record.organisation.structure.practitioners[0])
    page.hover(f"#left-drawing .person[data-seat='{seat}'] .shape")
    assert page.inner_text("#person-name") == "Practitioner 1, month 0"
    assert f"{100 * record.people['commitment'][0, seat]:.0f}% committed" in page.inner_text("#person-facts")
    row = heard(record, seat)
    most = max(row, key=row.get)
    label = record.organisation.labels[most]
    said = page.inner_text("#person-moved")
    assert said.startswith(
        f"Listens most to: {label[0].upper()}{label[1:]} ({100 * row[most] / sum(row.values()):.0f}%)"
    )


def heard(record, seat):
    """W_ij of a seat at the start, without its own weight, by who is heard."""
    parameters = month_parameters(council())
    matrix = weights_of(record.organisation.structure, state_at(record, 0, parameters), parameters).toarray()
    return {other: float(share) for other, share in enumerate(matrix[seat]) if share > 0 and other != seat}


def test_a_team_can_be_opened_and_everybody_shown_again(page):
    """The picture comes close to the team's box that is clicked; a second click stands back."""
    before = page.get_attribute("#left-drawing svg", "viewBox")
    box = page.locator("#left-drawing .team").last
    box.click(position={"x": box.bounding_box()["width"] / 2, "y": 3})
    near = page.get_attribute("#left-drawing svg", "viewBox")
    assert float(near.split()[2]) < float(before.split()[2]) / 2
    box.click(position={"x": box.bounding_box()["width"] / 2, "y": 3})
    assert page.get_attribute("#left-drawing svg", "viewBox") == before


def test_taking_somebody_away_costs_what_python_says(page):
    """A manager with the team, in month 30, and nobody follows; then put back."""
    at_month(page, 30)
    structure = Environment(SEED).of(council(), 0).organisation.structure
    manager = int(structure.middle_managers[0])
    team = [manager, *np.flatnonzero(structure.manager == manager).tolist()]
    page.select_option("#who", str(manager))
    page.click("#take-team")
    settled(page)
    letters, _ = outcomes(set_to(council(), {}, levers(council())), team, 30)
    assert page.inner_text("#right-told") == told(letters)
    assert page.inner_text("#right-heading") == "Without the team of Middle manager 1 from month 30"
    page.click("#taken button")
    settled(page)
    assert page.inner_text("#compared").startswith("No lever moved yet")


def test_on_whom_it_rests_is_asked_of_everybody(page):
    """Each role and person taken away in month 24: what is lost at the end, the most first, as Python has it."""
    at_month(page, 24)
    page.click("#ask-rests")
    page.locator("#ask-rests:not([disabled])").wait_for()
    rows = page.eval_on_selector_all(
        "#rests-rows tr", "all => all.map(e => [...e.children].map(cell => cell.textContent))"
    )
    structure = Environment(SEED).of(council(), 0).organisation.structure
    setting = council().with_({"measure.reference_month": 36})
    base = np.mean([after for _, after in outcomes(setting)[1]])
    without = np.mean([after for _, after in outcomes(setting, structure.practitioners.tolist(), 24)[1]])
    row = next(row for row in rows if row[0] == "All practitioners")
    change = 100 * (base - without)
    assert row[2] == f"{abs(change):.1f} points {'less' if change >= 0 else 'more'}"
    assert page.locator("#rests-rows .bar i >> nth=0").bounding_box()["width"] > 0
    losses = [float(row[2].split()[0]) * (1 if "less" in row[2] else -1) for row in rows]
    assert losses == sorted(losses, reverse=True)


def test_what_would_help_is_tried_lever_by_lever(page):
    """Best first; every row is Python's difference with its interval; and a row can be set."""
    page.click("#ask-help")
    page.locator("#help-more").wait_for()
    cells = "all => all.map(e => [...e.children].map(cell => cell.textContent))"
    rows = page.eval_on_selector_all("#help-rows tr", cells)
    of = levers(council())
    tried = [lever for lever in of if lever.best is not None and lever.best != lever.now]
    assert len(rows) == len(tried)
    base = np.array(list(outcomes(council())[0])) == "s"
    for lever in tried:
        one = np.array(list(outcomes(set_to(council(), {lever.slug: lever.best}, of))[0])) == "s"
        change, low, high = (round(FUTURES * x) for x in paired_share_interval(one, base))
        [row] = [row for row in rows if row[0].startswith(lever.title)]
        clear = "" if paired_share_interval(one, base).clear else ", not clear"
        assert row[2] == f"{change:+d} ({low:+d} to {high:+d})".replace("-", "−").replace("+0", "0") + clear
    first = [int(row[2].split()[0].replace("−", "-")) for row in rows]
    widths = page.eval_on_selector_all("#help-rows .bar i", "all => all.map(e => e.getBoundingClientRect().width)")
    half = page.locator("#help-rows .bar >> nth=0").bounding_box()["width"] / 2
    assert widths == pytest.approx([abs(n) / FUTURES * half for n in first], abs=0.1)
    assert first == sorted(first, reverse=True)
    page.click("#help-rows button >> nth=0")
    settled(page)
    assert page.inner_text("#compared").startswith(f"{first[0]} more of {FUTURES}")
    assert page.is_visible("#help-stale")


def test_and_together_and_are_we_sure(page):
    """The fewest levers that reach 80 of 100; and in how many plausible worlds a lever helps, as Python counts."""
    page.click("#ask-help")
    page.locator("#help-more").wait_for()
    page.click("#ask-together")
    page.locator("#help-together p").wait_for()
    assert re.match(
        r"(One lever is|Two levers together are) enough to keep the change alive in 5 of 6",
        page.inner_text("#help-together"),
    )
    page.click("#ask-sure")
    page.locator("#help-sure p").wait_for()
    line = page.locator("#help-sure").inner_text().splitlines()[0]
    lever = next(lever for lever in levers(council()) if line.startswith(lever.title))
    helps = 0
    for keys in worlds(council()):
        there = council().with_(keys | {"measure.reference_month": 36})
        with_it, without = (outcomes(there.with_(changes))[0] for changes in (lever.set_to(lever.best), {}))
        helps += with_it.count("s") > without.count("s")
    assert f"helps in {helps} of {WORLDS} plausible worlds, in " in line
    page.click("#two")
    moved(page, lever.slug, lever.best)
    page.click("#ask-sure-moved")
    page.locator("#sure-moved p").wait_for()
    assert page.inner_text("#sure-moved").startswith(
        f"In {helps} of {WORLDS} plausible worlds more survive on the right"
    )


def test_the_state_comes_back_from_the_address_and_from_a_file(windows, file, page, tmp_path):
    """Levers right and left, who is taken away, the month; rubbish in an address is as if there were none."""
    page.click("#two")
    moved(page, "norm", 0.4)
    page.click("#keep")
    settled(page)
    moved(page, "delegation", 0.7)
    at_month(page, 50)
    page.select_option("#who", "2")
    page.click("#take-person")
    settled(page)
    page.click("#play")
    page.click("#play")
    with page.expect_download() as saved:
        page.click("#save-state")
    saved.value.save_as(tmp_path / "state.json")
    ids = ("left-told", "right-told", "right-heading", "left-heading", "compared", "taken")
    shown = [page.inner_text(f"#{name}") for name in ids]
    other, wrong = windows[1]
    for way in ("address", "file"):
        opened(other, page.url if way == "address" else file.as_uri())
        if way == "file":
            other.set_input_files("#open-state", tmp_path / "state.json")
            other.locator("#taken button").wait_for()
        settled(other)
        assert [other.inner_text(f"#{name}") for name in ids] == shown, way
        assert wrong == []
    page.evaluate("address => { window.location.hash = address; }", '{"right":{"levers":{"norm":0.2}},"panels":2}')
    page.locator("#right-heading", has_text="Who is allowed to lead: 20%").wait_for()
    settled(page)
    assert page.inner_text("#left-heading") == "Leadership held by one person"
    assert page.locator("#taken button").count() == 0
    for rubbish in ("#%7B", "#" + "%22", '#{"right":{"levers":{"norm":"x","nobody":1,"delegation":9}},"month":1e9}'):
        opened(other, file.as_uri() + rubbish)
        assert (other.inner_text("#right-futures-heading"), wrong) == ("The same again: no lever moved yet", [])


def test_a_picture_is_a_slide(page):
    """1920 by 1080, and not empty."""
    from PIL import Image

    with page.expect_download() as saved:
        page.click("#save-picture")
    with Image.open(saved.value.path()) as picture:
        assert picture.size == (1920, 1080)
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 20


def test_ones_own_organisation_is_read_and_played_on_the_page(page, tmp_path):
    """A staff list dropped on the page gives the futures that the command line has of it; and the way back."""
    rows = ["Employee ID,Full Name,Job Title,Manager ID", "1,Ann Ace,Director of Care,"]
    for team in range(3):
        rows.append(f"{10 * team + 10},Zephyrine {team},Team manager,1")
        rows += [f"{10 * team + 11 + i},Pat {team}{i},Social worker,{10 * team + 10}" for i in range(4)]
    (tmp_path / "people.csv").write_text("\n".join(rows), encoding="utf-8")
    before = page.inner_text("#left-told")
    page.click("#yours summary")
    page.set_input_files("#people-file", tmp_path / "people.csv")
    page.click("#own button[type=submit]")
    page.locator("#own-read").wait_for()
    settled(page)
    assert "In the model: 1 director, 3 middle managers, 12 practitioners." in page.inner_text("#own-read")
    assert "Added: 2 change facilitators, of the outside programme." in page.inner_text("#own-read")
    setting = council().with_({"organisation": {}}, drop=("organisation",)).around(str(tmp_path / "people.csv"), None)
    assert page.inner_text("#left-told") == told(outcomes(setting)[0])
    assert "Zephyrine" not in page.content()
    assert "16 people" in page.inner_text("#own-read")
    page.click("#own-back")
    page.locator("#own-read").wait_for(state="hidden")
    settled(page)
    assert page.inner_text("#left-told") == before
    (tmp_path / "rubbish.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    page.set_input_files("#people-file", tmp_path / "rubbish.csv")
    page.click("#own button[type=submit]")
    page.locator("#trouble:visible").wait_for()
    assert page.inner_text("#trouble").startswith("These files cannot be shown. ")


def test_the_story_can_be_told_to_its_end_with_the_keyboard(page, made):
    """Every turn has a question; a clicker's keys go on and back; nothing stays in braces."""
    turns = made.document["words"]["turns"]
    for turn in turns[1:]:
        page.click("#more")  # a clicker's keys must do wherever the last click was
        page.keyboard.press("PageDown")
        page.get_by_text(turn["ask"], exact=True).first.wait_for()
        assert page.get_attribute("body", "data-panels") == str(turn["panels"])
        assert "{" not in page.inner_text("#story")
    page.keyboard.press("PageUp")
    assert page.inner_text("#turn") == f"{len(turns) - 1} of {len(turns)}"
    assert "{" not in page.inner_text("main")


def test_axe_finds_nothing_against_wcag(page):
    """WCAG 2.2 AA as far as axe-core can tell, with one side, and with two and everything open, in light and dark."""
    from wcag import violations

    def in_both_themes():
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            assert violations(page) == [], theme

    in_both_themes()
    page.click("#two")
    page.evaluate("() => { for (const more of document.querySelectorAll('details')) more.open = true; }")
    page.select_option("#who", "2")
    page.click("#ask-help")
    page.locator("#help-more").wait_for()
    in_both_themes()


def test_it_fits_a_phone_and_prints_on_two_pages(page):
    """At 360 points nothing stands out to the right, and the question stays in view at every turn; two sheets."""
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for _ in range(6):
        page.click("#next")
        page.wait_for_timeout(100)
        settled(page)
        assert 0 <= page.evaluate("document.getElementById('ask').getBoundingClientRect().bottom") <= 740
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 720})
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


def test_a_notebook_shows_the_future_of_a_run(browser, tmp_path):
    """The page of that future, in a frame that asks for nothing."""
    one = sim.run(council(), future=3, seed=4)
    page = sim.view(one, futures=2)
    assert (page.future, page.seed, page.futures) == (3, 4, 4)
    (tmp_path / "cell.html").write_text(page._repr_html_(), encoding="utf-8")
    shown, asked = browser.new_page(), []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto((tmp_path / "cell.html").as_uri())
    frame = shown.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for(timeout=60_000, state="attached")
    assert frame.locator("#left-practice").inner_text().endswith("%")
    assert frame.locator("#left-figures .figure:has(.seen)").get_attribute("data-future") == "3"
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:", "blob:"))] == []
    shown.close()
    with pytest.raises(ScenarioError, match="2 to 100"):
        sim.view(sim.run(council(), future=100))


def test_a_run_of_changed_people_is_not_shown_as_if_it_were_the_models():
    """The page plays the model as it is, so it is refused by the name of the class."""

    class Loyal(Practitioner):
        """Never leaves."""

        def leaves(self):
            return False

    one = sim.run(council(), future=3, agents=[Loyal])
    with pytest.raises(ScenarioError, match=r"people of your own \(Loyal\)"):
        sim.view(one)


def test_a_room_is_handed_the_page_and_nothing_else(browser, made):
    """At the address, by whatever query; anything else is not found, and a port that is taken is said in words."""
    from threading import Thread
    from urllib.error import HTTPError

    with serving(made.html(), "127.0.0.1", 0) as (server, address):
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with urlopen(address + "?from=phone") as answer:
            assert answer.read().decode() == made.html()
        with pytest.raises(HTTPError, match="404"):
            urlopen(address + "etc/passwd")
        with (
            pytest.raises(ScenarioError, match="cannot listen there"),
            serving("", "127.0.0.1", server.server_address[1]),
        ):
            pass
        server.shutdown()
        thread.join()
