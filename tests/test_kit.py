"""The trainer's kit: its numbers are the handouts', its words each place's, and the one kept ready is the model's."""

import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.image import imread
from typer.testing import CliRunner

from sim import load
from sim.experiments.environment import futures_of
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, judge
from sim.interface.cli import app
from sim.report.handout.choices import Choice, Option, choices, grid, settings
from sim.report.handout.kit import Kit, kit, puzzle_solved, session_plan
from sim.report.handout.slides import PICTURES

SMALL = {"organisation.teams": 2, "organisation.practitioners_per_team": 3, "organisation.lived_experience": 3}
FEW_LEVERS = {"norm": (0.8, 0.2), "successor": (0.2, 0.7)}
READY = Path(__file__).parent.parent / "docs" / "kit"


@pytest.fixture(scope="module")
def made() -> Kit:
    """A kit of four futures for two places, with few levers."""
    scenario = load("director-turnover").with_(SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.report.handout.choices.SETTINGS", FEW_LEVERS)
        return kit(scenario, places={"council": None, "hospital": "hospital"}, futures=4, seed=3, workers=1)


def document_of(text: str) -> dict:
    """The data in a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.S)
    assert found is not None
    return json.loads(found.group(1))


def test_the_places_play_the_same_futures_in_their_own_words(made):
    """Every outcome and every frame is the same; the words are not."""
    council, hospital = (made.pages[place].document for place in ("council", "hospital"))
    same = ("outcomes", "counts", "survived", "difference", "reference", "end", "frames", "live")
    for mine, theirs in zip(council["points"], hospital["points"], strict=True):
        assert {key: mine[key] for key in same} == {key: theirs[key] for key in same}
    assert council["future"] == hospital["future"]
    assert "the director leaves" in council["words"]["leaves"]
    assert "the chief executive leaves" in hospital["words"]["leaves"]
    assert any(seat["label"].startswith("Ward manager") for seat in hospital["organisation"]["seats"])
    assert any("chief executive" in event["words"] for event in hospital["points"][hospital["now"]]["events"])


def test_the_session_plan_tells_the_numbers_of_its_handout(made):
    """Each lever's row, read from the page, is the count of the outcomes; the headline likewise."""
    page = made.pages["hospital"]
    document, plan = page.document, session_plan(page)
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", plan, flags=re.S)]
    told = {row[0]: [int(cell) for cell in row[1:4]] for row in rows if len(row) == 5}
    expected = {"Leadership held by one person": document["now"], "Leadership shared": document["shared"]}
    for single in document["singles"]:
        lever = document["levers"][single["lever"]]
        option = lever["options"][single["option"]]
        name = "The chief executive stays" if option["value"] == -1 else f"{lever['title']}: {option['words']}"
        expected[name] = single["point"]
    assert told == {
        name: [document["points"][place]["outcomes"].count(letter) for letter in "ncs"]
        for name, place in expected.items()
    }
    collapsed = document["points"][document["now"]]["counts"]["c"]
    assert f"Leadership held by one person: the change collapses in <strong>{collapsed} of 4</strong> futures" in plan
    assert "The chief executive stays: the change collapses in <strong>" in plan
    assert "the director" not in plan.lower()
    for turn in document["words"]["turns"]:
        assert turn["title"] in plan


def test_the_plan_solves_its_own_puzzle():
    """By hand: which single levers reach 80 of 100, and the most that sharing reaches without them."""
    choice = {
        slug: Choice(slug, (Option(0.0, "off", {}), Option(1.0, "on", {})), 0, 0) for slug in ("successor", "norm")
    }
    of = grid(tuple(choice.values()))
    survive = {(0, 0): 3, (1, 0): 9, (0, 1): 5, (1, 1): 10}
    went = [went_with(survive[point]) for point in of.points]
    played = SimpleNamespace(grid=of, went=went, futures=10)
    assert puzzle_solved(played) == (
        "Alive in 80 of 100 or more with 1 lever: “Who comes next: on” (9). Without touching who comes next or the "
        "handover, the most is 5 of 10: “Who is allowed to lead: on”."
    )


def went_with(survivors: int):
    """Ten futures, so many of which survive."""
    return SimpleNamespace(counts={SURVIVED: survivors, COLLAPSED: 10 - survivors, NEVER: 0})


def test_the_pictures_are_slides(made):
    """Each is 1920 by 1080, and none is empty."""
    for name, drawn in PICTURES.items():
        sink = io.BytesIO()
        drawn(made.pages["hospital"].played).savefig(sink, format="png")
        sink.seek(0)
        assert imread(sink).shape[:2] == (1080, 1920), name


def test_what_is_drawn_is_what_came_out(made):
    """The bars of the levers, and as many figures of each kind as there were futures."""
    played, document = made.pages["council"].played, made.pages["council"].document
    bars = [bar.get_width() for bar in PICTURES["4-one-lever-at-a-time"](played).axes[0].patches if bar.get_width()]
    alone = [document["points"][single["point"]]["counts"] for single in document["singles"]]
    together = [document["points"][place]["counts"] for place in (document["now"], document["shared"])]
    counts = together + sorted(alone, key=lambda count: -count["s"])
    assert bars == [count[letter] for count in counts for letter in "scn" if count[letter]]
    sides = PICTURES["3-all-futures"](played).axes[:2]
    for axis, count in zip(sides, together, strict=True):
        assert [len(dots.get_offsets()) for dots in axis.collections] == [count[letter] for letter in "snc"]
    line = PICTURES["2-one-future"](played).axes[0].lines[0].get_ydata()
    assert list(line) == list(
        100 * played.records[played.grid.now].monthly["practice"][: played.went[played.grid.now].end + 1]
    )


def test_the_command_writes_a_folder_a_place_and_overwrites_nothing(few_levers, tmp_path, monkeypatch):
    """Three places by default, one with labels; then what stands there stays."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.report.handout.kit._png", lambda figure: b"drawn, but not written out")
    small = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    done = CliRunner().invoke(app, ["kit", "--labels", "school", "-o", "mine", "--futures", "2", *small])
    assert done.exit_code == 0, done.output
    found = sorted(path.relative_to("mine").as_posix() for path in Path("mine").rglob("*.*"))
    assert found == [
        "school/handout.html",
        *(f"school/pictures/{name}.png" for name in PICTURES),
        "school/session-plan.html",
    ]
    again = CliRunner().invoke(app, ["kit", "--labels", "school", "-o", "mine", "--futures", "2"])
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    Path("file").write_text("mine", encoding="utf-8")
    refused = CliRunner().invoke(app, ["kit", "-o", "file"])
    assert (refused.exit_code, "this is a file" in refused.stderr) == (2, True)


def test_the_kit_kept_ready_has_the_models_numbers():
    """Its futures, played again by the engine: as it is, and with leadership shared, in each of the three places."""
    scenario = load("director-turnover").variant("sceptic")
    of = grid(choices(scenario))
    wide = settings(scenario, of)
    both = {place: wide.variant(f"p{place}") for place in (of.now, of.shared)}
    played = list(futures_of(both, 100, 1))
    for place, setting in both.items():
        practice = [records[place].monthly["practice"] for records in played]
        went = "".join(judge(each, setting, setting.reference_month).outcome.letter for each in practice)
        for name in ("council", "hospital", "school"):
            document = document_of((READY / name / "handout.html").read_text(encoding="utf-8"))
            assert document["points"][place]["outcomes"] == went
            plan = (READY / name / "session-plan.html").read_text(encoding="utf-8")
            assert f"<strong>{went.count('c')} of 100</strong>" in plan


def test_the_session_plan_can_be_read_by_everyone(made, tmp_path, browser, monkeypatch):
    """Opened from disk: axe finds nothing wrong, it asks for nothing, and its link leads to the handout."""
    from axe_playwright_python.sync_playwright import Axe

    monkeypatch.setattr("sim.report.handout.kit.PICTURES", {})
    made.save(tmp_path)
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("file") else None)
    page.goto((tmp_path / "hospital" / "session-plan.html").as_uri())
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    assert Axe().run(page, options=options).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert asked == []
    page.click("a[href='handout.html']")
    page.wait_for_selector("html[data-ready=yes]")
    assert "chief executive" in page.inner_text("#turn-title, h1")
    context.close()
