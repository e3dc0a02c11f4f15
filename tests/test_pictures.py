"""Pictures: what their titles claim, and that everything in them can be read."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

import sim
from sim.base.intervals import Estimate
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED
from sim.report.plots.comparison import colour_of
from sim.report.plots.findings import of_comparison, of_curves, of_interventions, of_worlds
from sim.report.plots.style import BLUE, GREY, INK, LOOKS, NOTE, ORANGE, WIDE, fitted

LONG = (
    "A very long title of a variant in which a Generalgeschäftsbereichsleitungsstellvertretung follows and everything "
    "else stays just as it was before"
)


@pytest.fixture
def story(small):
    """The director leaves in month 12; or stays; or a sceptic follows; or something else that takes long to say."""
    variants = {
        "sceptic": {"title": "A sceptic follows", "succession": {"successor_commitment": 0.05}},
        "long": {"title": LONG, "succession": {"successor_commitment": 0.9}},
    }
    return small.with_({"variants": variants})


def shown(figure) -> list[Text]:
    """The words in a picture that are seen."""
    figure.draw_without_rendering()
    beyond = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        ticks = [tick for tick in axis.get_major_ticks() if not low - 1e-9 <= tick.get_loc() <= high + 1e-9]
        beyond |= {label for tick in ticks for label in (tick.label1, tick.label2)}
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in words if text not in beyond]


def check_words(figure) -> None:
    """All words are at least 8 points at the size of a sheet, inside the picture, and none covers another."""
    words = shown(figure)
    assert figure.get_size_inches()[0] == WIDE
    assert min(text.get_fontsize() for text in words) >= NOTE == 8.0
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [text.get_window_extent() for text in words]
    for text, box in zip(words, boxes, strict=True):
        assert min(box.x0, box.y0) >= 0 and box.x1 <= width and box.y1 <= height, text.get_text()
    for i, one in enumerate(boxes):
        for other, text in zip(boxes[:i], words[:i], strict=True):
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            up = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert min(across, up) < 4, (words[i].get_text(), text.get_text())  # a hair's breadth at 200 to the inch


@pytest.mark.parametrize(
    ("labels", "variants"), [("council", []), ("hospital", ["sceptic"]), ("school", ["stays", "sceptic", "long"])]
)
def test_the_words_in_the_picture_of_a_run_can_be_read(story, variants, labels):
    """Whatever the organisation calls things, with one variant or several, and with long titles."""
    setting = story if labels == "council" else story.with_({"labels": labels})
    compared = sim.compare(setting, 12, variants=variants)
    check_words(sim.plot(compared))
    check_words(sim.plot(compared, ends=True))


def test_twelve_variants_with_long_titles_can_be_read(story):
    """They stand in rows of three, and each title takes as many lines as it needs."""
    many = {f"v{i}": {"title": f"{i}: {LONG}", "succession": {"successor_commitment": i / 12}} for i in range(11)}
    figure = sim.plot(sim.compare(story.with_({"variants": many}, drop=("variants",)), 6))
    check_words(figure)
    titles = " ".join(text.get_text().replace("\n", "") for text in shown(figure))
    assert all(f"{i + 2}. {i}: A very long" in titles for i in range(11))


@pytest.mark.parametrize("kept", [0.0, 1.0])
def test_a_run_in_which_everything_or_nothing_survives_is_drawn(story, kept):
    """The title says so, and claims no difference."""
    setting = story.with_({"measure": {"survival": 0.01, "taken_hold": 0.0 if kept else 1.0}})
    figure = sim.plot(sim.compare(setting, 8))
    check_words(figure)
    (title,) = [text.get_text().replace("\n", " ") for text in shown(figure) if text.get_fontsize() > 12]
    assert title == f"The change {'survives in all' if kept else 'takes hold in none of'} 8 futures, " + (
        "whichever variant is played"
    )


def test_one_future_and_its_people_can_be_read(small):
    """What each line and each sign is stands beside it."""
    record = sim.run(small.with_({"labels": "hospital"}))
    figure = sim.plot(record)
    check_words(figure)
    assert {"practised commitment", "commitment of staff"} <= {text.get_text() for text in shown(figure)}
    people = sim.plot(record, month=12)
    said = {text.get_text() for text in shown(people)}
    assert {"nurses", "ward managers", "charity partners", "patient partners"} <= said
    assert min(text.get_fontsize() for text in shown(people)) >= NOTE


# -- What titles claim --------------------------------------------------------------------------------------


def row(slug: str, survived: int, other: str = "base", difference: Estimate | None = None) -> dict:
    """A variant's row of a run of 100 futures."""
    gap = difference or Estimate(float("nan"), float("nan"), float("nan"))
    return {
        "variant": slug, "title": slug.title(), "futures": 100, "compared_with": "" if slug == "base" else other,
        "never_took_hold": 0.0, "collapsed": 1 - survived / 100, "survived": survived / 100,
        "survived_low": max(0.0, survived / 100 - 0.08), "survived_high": min(1.0, survived / 100 + 0.08),
    } | gap.columns("survived_difference")  # fmt: skip


def compared(*rows: dict, stays: str = ""):
    """A run with these rows; in ``stays``, the director does."""
    settings = {
        each["variant"]: SimpleNamespace(departures=[] if each["variant"] == stays else [12], random_departures=False)
        for each in rows
    }
    return SimpleNamespace(rows=rows, settings=settings, scenario=settings["base"], number=100)


def test_the_title_of_a_run_says_what_helps_most():
    """By how many survive; “halves the loss” only where even the near end of the interval says so."""
    base = row("base", 60)
    some = row("some", 75, difference=Estimate(0.15, 0.05, 0.25))
    much = row("much", 92, difference=Estimate(0.32, 0.25, 0.38))
    assert of_comparison(compared(base, some)) == (
        "With “Some”, the change survives in 75 of 100 futures; with “Base”, in 60"
    )
    assert of_comparison(compared(base, some, much)) == (
        "“Much” at least halves the loss: the change survives in 92 of 100 futures, with “Base” in 60"
    )
    near = row("near", 82, difference=Estimate(0.22, 0.20, 0.24))  # the loss may be as much as 48 of 100
    assert "halves" not in of_comparison(compared(base, near))


def test_the_title_of_a_run_names_no_yardstick_while_there_is_a_choice():
    """Nobody can choose that the director stays."""
    base, stays = row("base", 60), row("stays", 100, difference=Estimate(0.40, 0.30, 0.50))
    some, bad = (
        row("some", 75, difference=Estimate(0.15, 0.05, 0.25)),
        row("bad", 0, difference=Estimate(-0.6, -0.7, -0.5)),
    )
    assert "“Some”" in of_comparison(compared(base, stays, some, bad, stays="stays"))
    assert of_comparison(compared(base, stays, bad, stays="stays")) == (
        "With “Bad”, the change survives in none of 100 futures; with “Base”, in 60"
    )
    assert "“Stays”" in of_comparison(compared(base, stays, stays="stays"))


ENDS = st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)).map(sorted)


@given(st.lists(ENDS, min_size=1, max_size=5), st.integers(1, 99))
def test_no_title_of_a_run_claims_a_difference_whose_interval_holds_zero(intervals, survived):
    """Whatever came out: it names only what is clear, and where nothing is it says so."""
    rows = [
        row(f"variant {i}", 1 + (survived + i) % 98, difference=Estimate(middle, low, high))
        for i, (low, middle, high) in enumerate(intervals)
    ]
    title = of_comparison(compared(row("base", survived), *rows))
    clear = {
        each["title"] for each in rows if each["survived_difference_low"] > 0 or each["survived_difference_high"] < 0
    }
    named = set(re.findall(r"“(Variant \d)”", title))
    assert named <= clear
    assert bool(named) == bool(clear)
    assert title.startswith("Nothing that is varied makes a clear difference") == (not clear)


def test_the_same_colour_stands_for_the_same_thing():
    """Blue: clearly more survive; orange: clearly fewer; black: neither; grey: the director stays."""
    found = compared(
        row("base", 60),
        row("better", 90, difference=Estimate(0.3, 0.2, 0.4)),
        row("worse", 30, difference=Estimate(-0.3, -0.4, -0.2)),
        row("unclear", 61, difference=Estimate(0.01, -0.1, 0.1)),
        row("stays", 100, difference=Estimate(0.4, 0.3, 0.5)),
        stays="stays",
    )
    assert [colour_of(found, each["variant"]) for each in found.rows] == [INK, BLUE, ORANGE, INK, GREY]
    assert [LOOKS[verdict][0] for verdict in (SURVIVED, COLLAPSED)] == [BLUE, ORANGE]
    assert len({LOOKS[verdict][1] for verdict in (SURVIVED, COLLAPSED, NEVER)}) == 3  # told without colour, too


def test_the_title_over_worlds_counts_them(story):
    """In how many more survive, in how many clearly, in how many fewer; and where nothing helps in most, that."""
    from sim.analysis.uncertainty.robustness import Robustness

    outcomes = np.full((4, 3, 30), int(COLLAPSED))
    outcomes[:3, 2] = int(SURVIVED)  # in three worlds of four, all survive with the second variant
    outcomes[3, 0, :5] = int(SURVIVED)
    over = Robustness(story, ("base", "stays", "sceptic"), ("Base", "Stays", "Sceptic"), outcomes, np.zeros((4, 3)), 1)
    assert of_worlds(over) == (
        "More futures survive with “Sceptic” than with “Base” in 3 of 4 plausible worlds, clearly in 3, and fewer in 1"
    )
    same = Robustness(story, over.slugs, over.titles, np.full((4, 3, 30), int(SURVIVED)), over.after, 1)
    assert of_worlds(same) == "Nothing that is varied helps in more of 4 plausible worlds than it harms in"


def test_the_title_of_interventions_ranks_nothing_and_says_when_nothing_helps(monkeypatch):
    """How many clearly help, and how it goes with one of them."""
    uses = [
        SimpleNamespace(
            helps=low > 0,
            intervention=SimpleNamespace(entry=SimpleNamespace(title=title)),
            shares=SimpleNamespace(survived=Estimate(share, 0, 1)),
        )
        for title, share, low in (("Less red tape", 0.9, 0.1), ("More links", 0.7, 0.02), ("Nothing", 0.6, -0.1))
    ]
    found = SimpleNamespace(futures=200, base=SimpleNamespace(survived=Estimate(0.6, 0.5, 0.7)))
    monkeypatch.setattr("sim.report.words.interventions.ranked", lambda _: [(None, None, use) for use in uses])
    assert of_interventions(found) == (
        "2 of 3 interventions clearly help: with “Less red tape”, the change survives in 90 of 100 futures; as things "
        "are, in 60"
    )
    del uses[:2]
    assert of_interventions(found) == (
        "Nothing tried clearly helps by itself: the change survives in 60 of 100 futures"
    )


def curve(*ends: float):
    """A curve that ends at these: the share standing, and its band."""
    standing, low, high = (np.array([1.0, end]) for end in ends)
    return SimpleNamespace(month=np.array([0, 60]), standing=standing, low=low, high=high)


def test_the_title_of_curves_sets_two_apart_only_where_their_bands_are():
    """Else it says that none is clearly another."""
    titles = {"base": "Base", "one": "One"}
    assert of_curves({"base": curve(0.6, 0.5, 0.7), "one": curve(0.9, 0.8, 0.95)}, titles) == (
        "After five years, the change still stands in 90% of futures with “One”, with “Base” in 60%"
    )
    assert of_curves({"base": curve(0.6, 0.5, 0.7), "one": curve(0.7, 0.65, 0.8)}, titles) == (
        "After five years, the change still stands in 60% of futures with “Base”, and no variant clearly differs from "
        "another"
    )


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=60), st.floats(0.5, 7))
def test_text_is_laid_on_lines_without_losing_a_letter(text, inches):
    """Whatever the words are, and however long one is."""
    lines = fitted(text, inches)
    assert re.sub(r"\s", "", lines) == re.sub(r"\s", "", text)
