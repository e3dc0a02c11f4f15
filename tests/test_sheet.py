"""The sheet for a director: two printed sides whose every number is the run's, or is played for it as it says."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_report import SEED, SMALL, made, small

import sim
from sim.analysis.dependency.knockouts import Loss, knock_out, of_role
from sim.analysis.dependency.readings import measure_dependency
from sim.analysis.interventions.intervention import combined
from sim.analysis.interventions.run import Foremost, foremost
from sim.analysis.uncertainty.reading import read_worlds
from sim.analysis.uncertainty.robustness import compare_across_worlds, with_interventions, worlds_of
from sim.base.files import read_table
from sim.base.intervals import UNDEFINED, Estimate
from sim.experiments.verdict import SURVIVED
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.report.director import HTML, MARKDOWN, NUMBERS, PDF, pdf, write_report
from sim.report.director.sheet import how_sure, of_variants, of_worlds, on_whom, what_helps
from sim.report.numbers import estimate, signed
from sim.report.plots.findings import of_comparison
from sim.report.words import robustness as across
from sim.report.words.comparison import answer, answer_grid
from sim.scenario.roles import Role
from sim.scenario.scenario import ScenarioError, from_dict

FUTURES, WORLDS = 8, 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A run's folder with its sheet, printed."""
    where = made(small(), tmp_path_factory.mktemp("sheet") / "run")
    write_report(where, futures=FUTURES, max_worlds=WORLDS)
    return where


def markdown(folder: Path) -> str:
    """A sheet in Markdown, without what keeps its signs from being taken for markup."""
    return re.sub(r"\\([\\`*_\[\]<|])", r"\1", (folder / MARKDOWN).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def text(folder) -> str:
    """What the sheet says."""
    return markdown(folder)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> Path:
    """The folder of a run over a few worlds."""
    found = compare_across_worlds(small(), worlds_of("plausible", WORLDS), 4)
    return sim.save(found, tmp_path_factory.mktemp("worlds") / "run")


def sides(path: Path) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", path.read_bytes()))


class Bars(HTMLParser):
    """The bars of a page, each the widths of its parts in hundredths."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[list[tuple[str, float]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """A new bar, or a part of the last one."""
        given = dict(attrs)
        if given.get("class") == "bar":
            self.found.append([])
        if tag == "i":
            self.found[-1].append((given["class"], float(given["style"].removeprefix("width: ").removesuffix("%"))))


# -- The numbers ------------------------------------------------------------------------------------------------------


def test_the_front_is_the_runs_own_answer(folder, text):
    """The question, the sentence that the command said, and each row of summary.csv as a bar of those widths."""
    compared = sim.compare(small(), 6, SEED)
    assert text.startswith(f"# {SMALL['question']}\n\nA typical organisation: 19 seats: 1 director, ")
    assert f"\n\n**{answer(compared)}**\n" in text
    bars = Bars((folder / HTML).read_text(encoding="utf-8")).found
    for bar, row in zip(bars, read_table(folder / "summary.csv"), strict=False):
        shares = dict.fromkeys(("survived", "collapsed", "never"), 0.0) | dict(bar)
        told = [float(row[name]) for name in ("survived", "collapsed", "never_took_hold")]
        assert list(shares.values()) == pytest.approx([100 * share for share in told], abs=0.01)
        survive = round(6 * told[0])
        assert f"- {row['title']}: {survive} survive" in text or not survive


def test_on_whom_it_rests_is_what_is_lost_without_them(text):
    """With the seat empty and with a sceptic in it: the knock-outs' own shares, with their intervals."""
    director = of_role(organisation(small(), SEED, 0), Role.DIRECTOR)
    losses = [Loss(director, Removal.EMPTIED), Loss(director, Removal.REPLACED)]
    found = knock_out(small(), losses, futures=FUTURES, seed=SEED)
    assert f"- The director's seat left empty: {estimate(found.dependency(director))}\n" in text
    assert f"- A sceptic in it at once: {estimate(found.dependency(director, Removal.REPLACED))}\n" in text


def test_what_helps_is_chosen_on_some_futures_and_counted_on_others(text):
    """The three with which most of the first futures survive; how many more of as many fresh ones do."""
    every = with_interventions(small(), SEED)
    first = {row["variant"]: row for row in sim.compare(every, range(FUTURES), SEED).rows}
    best = [each.use for each in foremost(small(), FUTURES, SEED)]
    least = min(first[use.intervention.slug]["survived"] for use in best)
    others = set(every.variants) - {use.intervention.slug for use in best}
    assert all(first[slug]["survived"] <= least for slug in others)
    fresh = sim.compare(every, range(FUTURES, 2 * FUTURES), SEED, variants=[use.intervention.slug for use in best])
    for row in fresh.rows[1:]:
        use = next(use for use in best if use.intervention.slug == row["variant"])
        assert use.difference == pytest.approx([row[f"survived_difference{end}"] for end in ("", "_low", "_high")])
        if row["survived_difference"] > 0:
            gain = f"{signed(FUTURES * row['survived_difference']):+}"
            assert f"- {use.intervention.entry.title}: {gain} (" in text


def test_what_is_tried_from_a_month_on_is_a_change_in_that_month():
    """Before it everything is as it was; what belongs to the departure is set from the start."""
    found = foremost(small(), FUTURES, SEED, most=40, since=24)
    every = {each.use.intervention.slug: each.use.intervention for each in found}
    keys = combined([(every["induction"], every["induction"].most)], 24)
    later = small().with_({"variants": {"later": keys}}).variant("later").parameters_by_month()
    assert {parameters.turnover.induction for parameters in later[:25]} == {small().turnover.induction}
    assert {parameters.turnover.induction for parameters in later[26:]} == {0.9}
    start = {each.use.intervention.slug: each for each in foremost(small(), FUTURES, SEED, most=40)}
    assert start.keys() == every.keys()
    assert any(each.kept != start[each.use.intervention.slug].kept for each in found)
    vacancy = next(each for each in found if each.use.intervention.slug == "vacancy")
    assert vacancy.kept == start["vacancy"].kept


def test_how_far_it_hangs_on_guesses_stands_below_the_answer(folder, text):
    """One line away, on the front: the range over plausible worlds, and that a part of them is left out, or is not."""
    over = compare_across_worlds(small(), worlds_of("plausible", WORLDS), 20, variants=[])
    low, _, high = (round(100 * share) for share in over.spread(0))
    line = f"With other guesses, {low} to {high} of 100 in the first row (from one world to another): see “How sure”."
    assert text.index("**With “Small”") < text.index(line) < text.index("\n- Small: ")
    assert line in (folder / HTML).read_text(encoding="utf-8")


def test_how_sure_is_counted_over_plausible_worlds(text):
    """Nothing in the run is clearly better, so it asks of what would help most: in how many of the worlds it does."""
    best = foremost(small(), FUTURES, SEED)[0].use
    assert best.helps
    every = with_interventions(small(), SEED)
    over = compare_across_worlds(every, worlds_of("plausible", WORLDS), 20, variants=[best.intervention.slug])
    block = how_sure(over, 1)
    assert f"**{block.lead}**" in text
    assert f"- {block.bars[0].name}: {block.bars[0].said}" in text


def test_of_the_base_alone_it_says_in_how_many_worlds_most_futures_survive():
    """Where there is nothing to compare it with."""
    over = compare_across_worlds(small(), worlds_of("plausible", WORLDS), 20, variants=[])
    shares = over.shares(SURVIVED)[:, 0]
    most = int((shares > 0.5).sum())
    (bar,) = how_sure(over, 0).bars
    assert bar.said == f"in {most} worlds it survives in most futures, in {WORLDS - most} it does not"
    assert [round(part.share * WORLDS) for part in bar.parts] == [n for n in (most, WORLDS - most) if n]


def test_of_a_clear_improvement_it_says_in_how_many_worlds_it_is_one(worlds):
    """Clearly more, more, as and less often: the counts of the run over worlds, which add up."""
    over = read_worlds(worlds)
    block = how_sure(over, 1)
    n = over.counted[1]
    assert f"In {n.worlds_better} of {WORLDS} plausible worlds" in block.lead
    (bar,) = block.bars
    shares = {part.kind: round(part.share * WORLDS) for part in bar.parts}
    more = n.worlds_better - n.worlds_clearly_better
    wanted = {"clear": n.worlds_clearly_better, "better": more, "same": n.worlds_same, "worse": n.worlds_worse}
    assert shares == {kind: count for kind, count in wanted.items() if count}


def test_where_nothing_helps_it_says_so_and_shows_no_gain():
    """All survive as things are, and nothing keeps clearly more."""
    events = {"departure": {"kind": "director_leaves", "month": 30, "enabled": False}}
    safe = small(**{"events": events})
    gone = [Foremost(each.use, Estimate(-0.01, -0.1, 0.1)) for each in foremost(safe, FUTURES, SEED)]
    assert gone
    block = what_helps(safe, gone)
    assert block.lead == "Nothing is left to gain: as things are, the change survives two years in all 8 futures."
    assert block.bars == []


def test_where_survival_tells_nothing_apart_the_sheet_says_how_much_is_kept():
    """All survive in every row, so the bars are of what is practised, and what helps is what keeps most of it."""
    events = {"departure": {"kind": "director_leaves", "month": 30, "enabled": False}}
    variants = {"told": {"title": "Told", "turnover": {"induction": 0.9}}}
    safe = from_dict(SMALL | {"events": events, "variants": variants}, name="safe")
    compared = sim.compare(safe, 12, SEED)
    base, told = compared.rows
    assert base["survived"] == told["survived"] == 1.0
    assert told["practice_difference_low"] > 0
    before, after = (f"{100 * row['practice_after']:.0f}%" for row in (base, told))
    assert answer(compared) == (
        f"With “Small” the change survives two years in all 12 futures. Survival does not tell the rows apart, but "
        f"{before} of staff's work is done the new way at two years, {after} with “Told”."
    )
    block = of_variants(compared)
    assert [bar.parts[0].share for bar in block.bars] == [base["practice_after"], told["practice_after"]]
    assert block.small.startswith("Bars: how much of staff's work is done the new way two years after month 36")
    helps = foremost(safe, FUTURES, SEED)
    block = what_helps(safe, helps)
    assert max(each.kept.low for each in helps) > 0
    assert block.lead.startswith("Nothing by itself clearly raises survival. Most is kept with: ")
    gains = [bar.numbers["kept_difference"] for bar in block.bars]
    assert gains == sorted((each.kept.value for each in helps if each.kept.value > 0), reverse=True)


def test_every_number_of_the_sheet_is_in_a_file(folder):
    """report.csv has a row for each, by part and bar."""
    rows = read_table(folder / NUMBERS)
    assert {row["part"] for row in rows} == {"The answer", "On whom it rests", "What would help most", "How sure"}
    (small_,) = (row for row in rows if (row["bar"], row["what"]) == ("Small", "survived"))
    assert float(small_["value"]) == float(read_table(folder / "summary.csv")[0]["survived"])
    director = of_role(organisation(small(), SEED, 0), Role.DIRECTOR)
    lost = knock_out(small(), [Loss(director, Removal.EMPTIED)], futures=FUTURES, seed=SEED).dependency(director)
    told = {row["what"]: float(row["value"]) for row in rows if row["bar"] == "The director's seat left empty"}
    assert told == lost.columns("dependency")


def test_a_sheet_says_of_whom_it_speaks_and_what_was_assumed(tmp_path):
    """Seats by role; of one's own organisation, how the files were read, and no name or title from them."""
    (tmp_path / "people.csv").write_text(
        "id,manager_id,title\nZelda,,Xylographer\nb,Zelda,Xylographer\nc,b,Yeoman\nd,b,Yeoman\n", encoding="utf-8"
    )
    data = {key: value for key, value in SMALL.items() if key not in ("organisation", "variants")}
    own = from_dict(data | {"organisation": {"people": "people.csv"}}, name="own", folder=tmp_path)
    where = made(own, tmp_path / "run")
    write_report(where, futures=2, max_worlds=1, pdf=False)
    text = markdown(where)
    seats = "6 seats: 1 director, 1 middle manager, 2 practitioners, 2 change facilitators."
    assert f"\n\nAs your files have it: {seats}\n" in text
    assert "\nAssumed in reading the files: " in text
    assert "have a job title that is no role of this model" in text
    assert not re.search("Zelda|Xylographer|Yeoman", text + (where / HTML).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("variants", "ending"),
    [
        (["sceptic"], "; in 12 with “A sceptic follows”."),
        (["promoted"], "; “The deputy is promoted” does not do clearly better."),
        (
            ["sceptic", "promoted"],
            "; in 12 with “A sceptic follows”; nothing that is compared with it does clearly better.",
        ),
    ],
)
def test_that_nothing_does_better_is_said_only_of_what_was_not_named(variants, ending):
    """One row that is worse says all; one that is no better is named; of several nothing is."""
    said = answer(sim.compare("director-turnover", futures=20, variants=variants))
    assert said == "With “The director leaves” the change survives five years in 17 of 20 futures" + ending


def test_where_the_change_never_takes_hold_the_answer_says_that_nothing_is_there_to_end():
    """In place of "survives in none", which would blame the departure; the picture is headed so too."""
    tape = from_dict(
        SMALL | {"practice": {"red_tape": 0.9}, "measure": SMALL["measure"] | {"horizon": 12}}, name="tape"
    )
    compared = sim.compare(tape, 6, SEED)
    assert all(row["never_took_hold"] == 1.0 for row in compared.rows)
    said = "With “Small” the change takes hold in none of 6 futures, so there is nothing that a departure could end"
    assert answer(compared).startswith(said)
    assert of_comparison(compared) == "The change takes hold in none of 6 futures, whichever variant is played"


def test_what_was_clearly_better_is_said_only_of_what_can_be_chosen():
    """That the director stays is a yardstick: it saves all, and is not offered as an answer to leaving."""
    compared = sim.compare(small(), 12, SEED)
    stays = next(row for row in compared.rows if row["variant"] == "stays")
    assert stays["survived_difference"] >= 0
    assert "Stays" not in answer(compared)
    assert any(row[0] == "Stays" for row in answer_grid(compared).rows)
    assert [bar.name for bar in of_variants(compared).bars][1] == "Stays"


def test_what_the_answer_names_has_a_bar_and_few_futures_are_called_few():
    """Of eleven rows eight have a bar: the first, the best and the worst among them, in their order."""
    told = {f"v{i}": {"title": f"Variant {i}", "turnover": {"induction": 0.5}} for i in range(9)}
    best = {"events": {"departure": {"successor_commitment": 0.9}}, "title": "The best"}
    compared = sim.compare(from_dict(SMALL | {"variants": told | {"best": best}}, name="many"), 24, SEED)
    assert "with “The best”" in answer(compared)
    block = of_variants(compared)
    names = [bar.name for bar in block.bars]
    assert names == ["Small", *(f"Variant {i}" for i in range(6)), "The best"]
    assert "3 more variants: see summary.csv" in block.small
    assert "So few futures tell little: play 200." in block.small
    assert block.bars[-1].beside.startswith("+")
    assert "The best" in answer(compared)


def test_where_shares_say_nothing_it_says_in_how_many_futures_the_change_collapses():
    """A director and two others: what director and programme add is too little to be shared out."""
    found = measure_dependency(small(), futures=FUTURES, seed=SEED, whom="foremost")
    nothing = replace(found.director, dependency=UNDEFINED, collapsed=0.05, sceptic_collapsed=0.4)
    block = on_whom(replace(found, director=nothing))
    told = "5 with the seat empty and 40 with a sceptic in it collapse within two years."
    assert block.lead == f"Of 100 futures that survive if everybody stays, {told}"
    assert [bar.parts[0].share for bar in block.bars] == [0.05, 0.4]


def test_what_is_to_be_typed_for_the_same_sheet_is_all_there(tmp_path):
    """Whatever was not usual, quoted where a shell needs it."""
    where = made(small(), tmp_path / "my run")
    write_report(where, futures=4, max_worlds=2, seed=9, since=12, pdf=False)
    text = (where / MARKDOWN).read_text(encoding="utf-8")
    again = "leadership-sim report 'my run' --futures 4 --seed 9 --max-worlds 2 --from 12 --overwrite"
    assert f"Again, where the folder lies:  {again}" in text
    assert "in full and from month 12 on, where that can be; in brackets" in text
    assert "4 futures for what rests on whom and what would help (seed 9); 20 in each world (seed 2)" in text


# -- The sheet --------------------------------------------------------------------------------------------------------


LONG = "a title that goes on for as long as anybody who sits in a committee would like it to go on"


def test_it_is_two_printed_sides_however_much_there_is_to_say(folder, worlds, tmp_path):
    """With short words, with long ones and more variants than fit, and for a run over worlds."""
    assert sides(folder / PDF) == 2
    variants = {f"v{i}": {"title": f"{i}: {LONG}", "leadership": {"delegation": i / 10}} for i in range(1, 11)}
    question = {"question": f"Does the change outlive the director, given {LONG}?", "title": f"The first: {LONG}"}
    crowded = made(from_dict(SMALL | question | {"variants": variants}, name="long"), tmp_path / "long")
    write_report(crowded, futures=4, max_worlds=2)
    assert sides(crowded / PDF) == 2
    assert "3 more variants: see summary.csv" in (crowded / MARKDOWN).read_text(encoding="utf-8")
    write_report(worlds, futures=4, overwrite=True)
    assert sides(worlds / PDF) == 2


def test_without_a_browser_there_is_no_pdf_and_nothing_is_lost(folder, tmp_path, monkeypatch):
    """The sheet is made; a browser that fails leaves no half of one."""
    monkeypatch.setattr(pdf, "browser", lambda: None)
    where = made(small(), tmp_path / "run")
    write_report(where, futures=2, max_worlds=1)
    assert (where / HTML).is_file()
    assert not (where / PDF).exists()
    monkeypatch.setattr(pdf, "browser", lambda: "/bin/false")
    assert not pdf.print_page(where / HTML, tmp_path / "no.pdf")
    assert not (tmp_path / "no.pdf").exists()


def test_what_it_rests_on_is_there_only_where_it_was_asked_for(folder):
    """No section behind the sheet, no picture beside it, nothing fetched."""
    page = (folder / HTML).read_text(encoding="utf-8")
    assert "<details" not in page
    assert not list(folder.glob("report-*.svg"))
    assert set(re.findall(r'(?:src|href)="([^"]+)"', page)) == {"https://doi.org/10.1093/bjsw/bcaf070"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_against_wcag(folder, browser, theme):
    """WCAG 2.2 AA as far as axe-core can tell, on a wide screen and on a phone."""
    from wcag import violations

    for width in (1280, 380):
        page = browser.new_page(color_scheme=theme, viewport={"width": width, "height": 800})
        page.goto((folder / HTML).as_uri())
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.close()


def test_it_is_in_the_words_of_the_organisation(tmp_path):
    """A school's sheet speaks of its principal."""
    where = made(small(labels="school"), tmp_path / "run")
    write_report(where, futures=2, max_worlds=1, pdf=False)
    said = (where / MARKDOWN).read_text(encoding="utf-8").replace("leadership", "")
    assert "If the principal's seat stays empty" in said
    assert "director" not in said.lower()


# -- A run over worlds ------------------------------------------------------------------------------------------------


def test_a_run_over_worlds_read_back_is_the_run(worlds):
    """Every future of every variant in every world, and so every count."""
    found, again = compare_across_worlds(small(), worlds_of("plausible", WORLDS), 4), read_worlds(worlds)
    assert (again.outcomes == found.outcomes).all()
    assert (again.after == found.after).all()
    for name in ("slugs", "titles", "seed", "fixed", "counted", "order", "overridden"):
        assert getattr(again, name) == getattr(found, name), name
    assert sim.words(again) == sim.words(found)


def test_a_run_over_worlds_has_a_sheet_of_its_own(worlds):
    """Its front says in how many worlds; nothing stands behind it, since no months were kept."""
    write_report(worlds, futures=4, overwrite=True, pdf=False)
    over, text = read_worlds(worlds), markdown(worlds)
    assert f"**{across.answer(over)}**" in text
    assert [bar.name for bar in of_worlds(over).bars] == [over.titles[i] for i in over.order]
    with pytest.raises(ScenarioError, match="keeps no months, so there is nothing to put behind its sheet"):
        write_report(worlds, full=True, overwrite=True)
    (worlds / "futures.parquet").rename(worlds / "gone.parquet")
    with pytest.raises(ScenarioError, match=r"missing: futures\.parquet"):
        write_report(worlds, overwrite=True)
    (worlds / "gone.parquet").rename(worlds / "futures.parquet")


def test_a_scenario_without_variants_and_without_a_departure_has_a_sheet(tmp_path):
    """What would help is asked of the worlds, or the base alone where nothing helps."""
    for name, keys in (("leaves", {}), ("stays", {"events.departure.enabled": False})):
        where = made(small(**keys).with_(drop=("variants",)), tmp_path / name)
        write_report(where, futures=4, max_worlds=2, pdf=False)
        text = (where / MARKDOWN).read_text(encoding="utf-8")
        assert "**With “Small” the change survives two years in " in text
        assert "## How sure" in text
