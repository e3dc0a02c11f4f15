"""The trainer's kit: its numbers are the handouts', its words each place's, and the one kept ready is the model's."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.image import imread
from typer.testing import CliRunner

from sim import load
from sim.analysis.interventions.result import Shares
from sim.base.intervals import paired_share_interval
from sim.experiments.environment import futures_of
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, judge
from sim.interface.cli import app
from sim.report.handout import handout
from sim.report.handout.document import engine_code
from sim.report.handout.futures import chosen, points, sharing
from sim.report.handout.kit import Kit, kit, puzzle_solved, session_plan
from sim.report.handout.levers import Lever, levers, set_to
from sim.report.handout.page import LARGEST
from sim.report.handout.slides import PICTURES, name_of

SMALL = {"organisation.teams": 2, "organisation.practitioners_per_team": 3, "organisation.lived_experience": 3}
FEW_LEVERS = {"norm": (0.2,), "successor": (0.2, 0.7)}
READY = Path(__file__).parent.parent / "docs" / "kit"


@pytest.fixture(scope="module")
def made() -> Kit:
    """A kit of four futures for two places, with few levers."""
    scenario = load("director-turnover").with_(SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.report.handout.levers.TRIES", FEW_LEVERS)
        return kit(scenario, places={"council": None, "hospital": "hospital"}, futures=4, seed=3, workers=1)


def document_of(text: str) -> dict:
    """The data in a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.S)
    assert found is not None
    return json.loads(found.group(1))


def test_the_places_tell_the_same_futures_in_their_own_words(made):
    """Every outcome and everyone's state is the same; the words are not."""
    council, hospital = (made.places[place] for place in ("council", "hospital"))
    for mine, theirs in zip(council.went, hospital.went, strict=True):
        assert (mine.codes == theirs.codes).all()
        assert (mine.difference, mine.practice) == (theirs.difference, theirs.practice)
    assert council.future == hospital.future
    assert np.array_equal(council.records[0].states, hospital.records[0].states, equal_nan=True)
    said = session_plan(hospital)
    assert "the chief executive leaves" in said
    assert "the director leaves" in session_plan(council)


def test_what_a_kit_plays_is_what_its_levers_set(made):
    """Each point, played again by itself: as it is, shared, other months, and every combination of the tries."""
    played = made.places["council"]
    assert list(played.points[:2]) == [{}, {"norm": 0.2, "delegation": 0.6, "champions": 0.15}]
    assert {"when": None} in played.points
    assert {"norm": 0.2, "successor": 0.7} in played.points
    for moved, went in zip(played.points, played.went, strict=True):
        setting = set_to(played.scenario, moved, played.levers)
        records = [one["it"] for one in futures_of({"it": setting}, 4, 3)]
        verdicts = [judge(record.monthly["practice"], setting, setting.reference_month).outcome for record in records]
        assert went.codes.tolist() == [int(verdict) for verdict in verdicts]


def test_the_session_plan_tells_the_numbers_of_its_futures(made):
    """Each lever's row, read from the page, is the count of the outcomes; the headline likewise."""
    played = made.places["hospital"]
    plan, say = session_plan(played), played.scenario.words.say
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", plan, flags=re.S)]
    told = {row[0]: [int(cell) for cell in row[1:4]] for row in rows if len(row) == 5}
    expected = {"Leadership held by one person": played.now, "Leadership shared": played.shared}
    expected |= {say(name_of(lever, value)): went for lever, value, went in played.alone}
    assert len(played.alone) == 6  # a year earlier or later, never; the norm; a sceptic, a believer
    assert told == {
        name: [went.counts[verdict] for verdict in (NEVER, COLLAPSED, SURVIVED)] for name, went in expected.items()
    }
    collapsed = played.now.counts[COLLAPSED]
    assert f"Leadership held by one person: the change collapses in <strong>{collapsed} of 4</strong> futures" in plan
    assert "The chief executive stays: the change collapses in <strong>" in plan
    assert "the director" not in plan.lower()
    assert "{" not in plan.partition("<body>")[2]


def test_the_plan_calls_nothing_helpful_that_its_table_calls_unclear(made):
    """Five more of a hundred survive with a softer norm, which the table calls not clear; 20 with a believer."""
    played = made.places["council"]

    def went(saved: int):
        survive = np.arange(100) < 60 + saved
        codes = np.where(survive, SURVIVED, COLLAPSED).astype(np.int8)
        change = paired_share_interval(survive, np.arange(100) < 60)
        return replace(played.now, codes=codes, shares=Shares.of(codes), difference=change)

    more = [5 if moved == {"norm": 0.2} else 20 if moved == {"successor": 0.7} else 0 for moved in played.points]
    plan = session_plan(replace(played, futures=100, went=tuple(map(went, more))))
    assert "+5 (0 to +10), not clear" in plan
    helpful = plan.partition("What helps most there?")[2].partition("The page tries")[0]
    assert re.findall(r"“(.*?)” \((\d+)\)", helpful) == [("Who comes next: a believer, 70%", "80")]


def test_the_plan_solves_its_own_puzzle():
    """By hand: which single levers reach 80 of 100, and the most that sharing reaches without them."""
    of = tuple(
        Lever(slug, "range", "first", slug, "", now=0.0, shared=shared, tries=(1.0,), keys=(slug,))
        for slug, shared in (("successor", 0.0), ("norm", 1.0))
    )
    moved = points(of)
    assert moved == ({}, {"norm": 1.0}, {"successor": 1.0}, {"successor": 1.0, "norm": 1.0})
    assert sharing(of) == {"norm": 1.0}
    survive = (3, 5, 9, 10)
    played = SimpleNamespace(levers=of, points=moved, went=[went_with(n) for n in survive], futures=10)
    assert puzzle_solved(played) == (
        "Alive in 80 of 100 or more with one lever: “Who comes next: 100%” (9). Without touching who comes next or the "
        "handover, the most is 5 of 10: “Who is allowed to lead: 100%”."
    )


def test_the_future_shown_is_chosen_by_a_rule():
    """By hand: saved by sharing; else ends differently; else collapses; else the first."""
    for as_it_is, shared, said in (
        ([2, 1, 1], [2, 1, 2], 2),
        ([2, 2, 0], [2, 1, 2], 1),
        ([2, 1, 1], [2, 1, 1], 1),
        ([2, 2], [2, 2], 0),
    ):
        assert chosen(np.array(as_it_is), np.array(shared)) == said


def went_with(survivors: int):
    """Ten futures, so many of which survive."""
    return SimpleNamespace(counts={SURVIVED: survivors, COLLAPSED: 10 - survivors, NEVER: 0})


def test_the_pictures_are_slides(made):
    """Each is 1920 by 1080, and none is empty."""
    for name, drawn in PICTURES.items():
        sink = io.BytesIO()
        drawn(made.places["hospital"]).savefig(sink, format="png")
        sink.seek(0)
        assert imread(sink).shape[:2] == (1080, 1920), name


def test_what_is_drawn_is_what_came_out(made):
    """The bars of the levers, and as many figures of each kind as there were futures."""
    played = made.places["council"]
    bars = [bar.get_width() for bar in PICTURES["4-one-lever-at-a-time"](played).axes[0].patches if bar.get_width()]
    together = [played.now.counts, played.shared.counts]
    alone = sorted((went.counts for _, _, went in played.alone), key=lambda count: -count[SURVIVED])
    order = (SURVIVED, COLLAPSED, NEVER)
    assert bars == [count[verdict] for count in [*together, *alone] for verdict in order if count[verdict]]
    sides = PICTURES["3-all-futures"](played).axes[:2]
    for axis, count in zip(sides, together, strict=True):
        dots = [len(dots.get_offsets()) for dots in axis.collections]
        assert dots == [count[verdict] for verdict in (SURVIVED, NEVER, COLLAPSED)]
    line = PICTURES["2-one-future"](played).axes[0].lines[0].get_ydata()
    assert list(line) == list(100 * played.records[0].monthly["practice"][: played.now.end + 1])


def test_the_command_writes_a_folder_a_place_and_overwrites_nothing(few_levers, tmp_path, monkeypatch):
    """Three places by default, one with labels; then what stands there stays."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.report.handout.kit._png", lambda figure: b"drawn, but not written out")
    small = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    done = CliRunner().invoke(
        app, ["handout", "director-turnover", "--kit", "--labels", "school", "-o", "mine", "--futures", "2", *small]
    )
    assert done.exit_code == 0, done.output
    found = sorted(path.relative_to("mine").as_posix() for path in Path("mine").rglob("*.*"))
    assert found == [
        "school/handout.html",
        *(f"school/pictures/{name}.png" for name in PICTURES),
        "school/session-plan.html",
    ]
    again = CliRunner().invoke(
        app, ["handout", "director-turnover", "--kit", "--labels", "school", "-o", "mine", "--futures", "2"]
    )
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    Path("file").write_text("mine", encoding="utf-8")
    refused = CliRunner().invoke(app, ["handout", "director-turnover", "--kit", "-o", "file"])
    assert (refused.exit_code, "this is a file" in refused.stderr) == (2, True)


def test_the_kit_kept_ready_has_the_models_numbers():
    """Its plans tell the futures that the engine plays now; its pages are small and hold this scenario and engine."""
    scenario = load("director-turnover").variant("sceptic")
    of = tuple(levers(scenario))
    both = {name: set_to(scenario, moved, of) for name, moved in (("now", {}), ("shared", sharing(of)))}
    played = list(futures_of(both, 100, 1))
    for setting_name, setting in both.items():
        went = [judge(one[setting_name].monthly["practice"], setting, 36).outcome for one in played]
        for place in ("council", "hospital", "school"):
            plan = (READY / place / "session-plan.html").read_text(encoding="utf-8")
            assert f"<strong>{went.count(COLLAPSED)} of 100</strong>" in plan
    for place in ("council", "hospital", "school"):
        page = (READY / place / "handout.html").read_text(encoding="utf-8")
        assert len(page.encode()) < LARGEST
        labels = {} if place == "council" else {"labels": place}
        mine = handout(scenario.with_(labels))
        assert document_of(page) == json.loads(json.dumps(mine.document))
        assert re.search(r'id="engine">(.*?)<', page).group(1) == engine_code()


def test_the_session_plan_can_be_read_by_everyone(made, tmp_path, browser, monkeypatch):
    """Opened from disk: axe finds nothing wrong, it asks for nothing, and its link leads to the handout."""
    from wcag import violations

    monkeypatch.setattr("sim.report.handout.kit.PICTURES", {})
    made.save(tmp_path)
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("file") else None)
    page.goto((tmp_path / "hospital" / "session-plan.html").as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert asked == []
    page.click("a[href='handout.html']")
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert "Chief executive" in page.locator("#left-drawing text").text_content()
    context.close()
