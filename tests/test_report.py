"""The page to hand to a director: its numbers are the data's, it opens anywhere, and it refuses in words."""

import csv
import html
import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from few import FEW_PEOPLE
from matplotlib.figure import Figure
from matplotlib.text import Text as Words

import sim
from sim.analysis.dependency.knockouts import Loss, knock_out, of_role, split
from sim.analysis.influence import structural
from sim.analysis.interventions.intervention import available
from sim.analysis.interventions.reading import search_of
from sim.analysis.interventions.result import Confirmed, Interventions, Shares, Use
from sim.analysis.interventions.run import try_interventions
from sim.analysis.interventions.search import Fewest, Trial
from sim.analysis.outcomes import OUTCOMES, outcomes
from sim.analysis.survival import practised, times_to_collapse, times_to_half
from sim.base.intervals import Estimate
from sim.experiments.ensemble import run_one
from sim.experiments.reading import Run, read
from sim.experiments.replay import replay
from sim.experiments.workers import Workers
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.report.director import HTML, MARKDOWN, write_report
from sim.report.director.gather import best_variant, direction_flow, role_flow
from sim.report.director.page import Fold, Page, Picture, Points, Section, Table, Text
from sim.report.director.sections import keep_alive
from sim.report.director.sheet import Bar, Block, Part, Sheet
from sim.report.numbers import estimate, fixed, percent
from sim.report.plots.layout import places
from sim.report.words.comparison import comparison_words as sentences
from sim.report.words.interventions import ranked
from sim.report.words.survival import durations_words
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

RUNS, SEED, KNOCKED = 6, 3, 4

SECTIONS = ("answer", "person", "led", "network", "outcomes", "durations", "interventions", "assumed")

SMALL = {
    "title": "Small",
    "question": "Does a small change outlive its director?",
    "months": 60,
    "measure": {"horizon": 24},
    "turnover": {"rebuild": 0.02},
    "succession": {"interim": "none"},
    "organisation": FEW_PEOPLE,
    "events": {"departure": {"kind": "director_leaves", "month": 30, "vacancy": 3, "successor_commitment": 0.1}},
    "variants": {
        "stays": {"title": "Stays", "events": {"departure": {"enabled": False}}},
        "shared": {"title": "Shared <b>&</b> | told", "leadership": {"hierarchy_norm": 0.2, "delegation": 0.6}},
    },
}


def small(**changes) -> Scenario:
    """The organisation of these tests, with keys replaced."""
    scenario = from_dict(SMALL, name="small")
    return scenario.with_(changes) if changes else scenario


def full_report(where: Path, **options) -> Path:
    """The page of a run with all that stands behind its sheet, which asks few worlds and prints no PDF."""
    return write_report(where, full=True, pdf=False, **{"max_worlds": 2} | options)


def made(scenario: Scenario, folder: Path, keep="months") -> Path:
    """A run's folder."""
    return sim.save(sim.compare(scenario, futures=RUNS, seed=SEED), folder, keep=keep)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A run's folder with its page."""
    where = made(small(), tmp_path_factory.mktemp("explain") / "run")
    full_report(where, futures=KNOCKED, interventions=False)
    return where


@pytest.fixture(scope="module")
def text(folder) -> str:
    """The page in Markdown, without what keeps its signs from being taken for markup."""
    return re.sub(r"\\([\\`*_\[\]<|])", r"\1", (folder / MARKDOWN).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(folder) -> str:
    """The page as HTML."""
    return (folder / HTML).read_text(encoding="utf-8")


@pytest.fixture
def undrawn(monkeypatch) -> list[str]:
    """Pictures are made and not drawn, which takes most of the time; the words in them are noted here."""
    words: list[str] = []

    def svg(figure: Figure, name: str) -> str:
        words.extend(word.get_text() for word in figure.findobj(Words))
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><g id="{name}"/></svg>\n'

    monkeypatch.setattr("sim.report.director.plots.svg", svg)
    monkeypatch.setattr("sim.report.save.plot", lambda _: Figure(figsize=(1, 1)))
    return words


class Tags(HTMLParser):
    """The tags of a page in order with their attributes; whether each that is opened is closed."""

    VOID = ("meta", "link", "br", "img")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note it; it is open now."""
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note it."""
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """The one opened last is closed first."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Keep what is to be read."""
        if not {"style", "pre"} & set(self.open):
            self.words.append(data)

    @property
    def said(self) -> str:
        """What is to be read, and nothing that is to be typed."""
        return " ".join(" ".join(self.words).split())


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_variant(text: str) -> dict[str, list[str]]:
    """The cells of the table of how far each variant rests on its director, by title."""
    table = text.split("How far each variant rests on its director")[1].split("\n\n")[1]
    rows = [line.strip("| ").split(" | ") for line in table.split("\n")]
    return {row[0]: row for row in rows[2:]}


# -- The numbers --------------------------------------------------------------------------------------------


def test_the_answer_is_the_runs_own_sentences_and_numbers(folder, text):
    """What the command said, but for what to type, and every variant's row of summary.csv."""
    compared = sim.compare(small(), futures=RUNS, seed=SEED)
    for sentence in sentences(compared, hints=False):
        assert sentence in text
    for row in rows_of(folder / "summary.csv"):
        survived, collapsed = (round(RUNS * float(row[name])) for name in ("survived", "collapsed"))
        before, after = (f"{float(row[f'practice_{when}']):.2f}" for when in ("before", "after"))
        start = f"| {row['title']} | "
        line = next(line for line in text.split("\n") if line.startswith(start))
        cells = line.removeprefix(start).split(" | ")
        assert cells[1].startswith(f"{collapsed} (")
        assert cells[2].split("; ")[0] == str(survived)
        assert cells[3].split("; ")[0] == f"{before} → {after}"


def test_the_causal_reading_is_that_of_the_knock_outs(text):
    """Emptied, with a sceptic, split over the channels; and of every role."""
    scenario = small()
    shape = organisation(scenario, SEED, 0)
    director, back_office = (of_role(shape, role) for role in (Role.DIRECTOR, Role.BACK_OFFICE))
    losses = [
        *split(director),
        Loss(director, Removal.REPLACED),
        Loss(back_office, Removal.EMPTIED),
        Loss(back_office, Removal.REPLACED),
    ]
    found = knock_out(scenario, losses, futures=KNOCKED, seed=SEED)
    emptied, sceptic = found.dependency(director), found.dependency(director, Removal.REPLACED)
    assert emptied.defined
    assert f"The director alone accounts for {estimate(emptied)} of that difference." in text
    assert f"If a sceptic takes over at once, {estimate(sceptic)} of it is lost" in text
    for part in found.channels(director).values():
        assert f"{estimate(part)} through" in text
    row = by_variant(text)["Small"]
    assert row[4:6] == [estimate(emptied), estimate(sceptic)]
    row = next(line for line in text.split("\n") if line.startswith("| All back-office staff | 2 |"))
    assert [row.split(" | ")[column] for column in (2, 5)] == [
        estimate(found.dependency(back_office, how)) for how in (Removal.EMPTIED, Removal.REPLACED)
    ]


def test_the_structural_reading_is_the_mean_over_futures_and_says_what_is_wrong_with_it(text):
    """The director's share and a facilitator's, and that facilitators count as fully stubborn."""
    records = [sim.run(small(), seed=SEED, future=future) for future in range(KNOCKED)]
    mean = np.mean([structural(record, 30) for record in records], axis=0)
    structure = records[0].organisation.structure
    (helper,) = structure.seats_of(Role.CHANGE_FACILITATOR)
    assert f"the director has {100 * mean[structure.director]:.0f}% of the influence on staff" in text
    row = by_variant(text)["Small"]
    assert row[1].startswith(f"{percent(mean[structure.director])} (")
    row = next(line for line in text.split("\n") if line.startswith("| Change facilitator"))
    assert row.split(" | ")[4] == percent(mean[helper])
    assert "Change facilitators never change their minds, so they count fully;" in text


def test_the_flow_reading_is_the_files_and_is_never_left_to_mislead(folder, text):
    """Of what moved along links up to the reference month, the share under each role; the last voice, not the first."""
    sizes: dict[str, float] = {}
    for row in rows_of(folder / "flows.csv"):
        if row["variant"] == "base" and int(row["month"]) <= 30 and row["direction"] != "none":
            sizes[row["role"]] = sizes.get(row["role"], 0.0) + abs(float(row["change"]))
    share = {role: size / sum(sizes.values()) for role, size in sizes.items()}
    row = by_variant(text)["Small"]
    assert row[7] == percent(share["director"])
    assert (
        f"{100 * share['director']:.0f}% of all changes in people's commitment came straight from the director" in text
    )
    assert f"{percent(share['middle_manager'])} from middle managers" in text
    for warning in (
        "heard from last, not for whoever said it first. What a manager",
        "so a small share does not mean that the director matters little",
        "heard from last, not for whoever said it first: what a manager",
        "A small share for the director does not mean that the director hardly matters",
    ):
        assert text.count(warning) == 1


def test_the_outcomes_are_those_of_the_futures_again(text):
    """Each variant's means at the reference month and a horizon later."""
    scenario = small()
    for place, setting in enumerate((scenario, scenario.variant("stays"), scenario.variant("shared"))):
        found = [outcomes(run_one(setting, SEED, future, keep="everything")) for future in range(KNOCKED)]
        for slug in ("strengthened_partnerships", "inclusive_workplaces"):
            before, after = np.mean([each[slug][[30, 54]] for each in found], axis=0)
            row = next(line for line in text.split("\n") if line.startswith(f"| {OUTCOMES[slug].title} |"))
            assert row.split(" | ")[1 + place].startswith(f"{fixed(before, 2)} → {fixed(after, 2)} (")


def test_the_words_of_how_long_are_those_of_the_durations(text):
    """Sentence by sentence."""
    compared = sim.compare(small(), futures=RUNS, seed=SEED)
    found = practised(compared.trajectories, compared.futures)
    measure = compared.scenario.measure
    collapse = {slug: times_to_collapse(*each, measure) for slug, each in found.items()}
    half = {slug: times_to_half(*each, measure) for slug, each in found.items()}
    titles = {slug: setting.title for slug, setting in compared.settings.items()}
    for sentence in durations_words(collapse, half, titles, "month 30"):
        assert sentence in text


def test_the_network_is_that_of_the_middle_future(folder, text):
    """The future named is the one in the middle by practised commitment left; links that were lost are not counted."""
    after = sim.compare(small(), futures=RUNS, seed=SEED).futures.query("variant == 'base'").practice_after
    middle = int(after.sort_values().index[(RUNS - 1) // 2])
    record = sim.run(small(), seed=SEED, future=middle)
    graph = record.graph(30)
    across = {frozenset(ends[:2]) for ends in graph.edges(data="direction") if ends[2] == "horizontal across"}
    assert f"This is future {middle} of “Small”" in text
    assert f"{len(across)} across the boundary" in text
    assert 0 < len(across) < len(record.organisation.structure.pair_a)


def test_what_was_assumed_and_how_to_do_it_again_is_all_there(folder, text):
    """The levers that differ, the study, hash, seed, commit, versions and commands that the program understands."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario_sha256"] in text
    assert "leadership.hierarchy_norm = 0.2; leadership.delegation = 0.6" in text
    assert "doi:10.1093/bjsw/bcaf070" in text
    assert f"    leadership-sim run run/scenario.toml --futures {RUNS} --seed {SEED} --out run-again\n" in text
    assert f"numpy {manifest['versions']['numpy']}" in text
    assert manifest["git"].get("commit", "not from a clone") in text
    assert "No other departure of the director happens" in text
    assert "This is not a prediction about a real council" in text


def test_a_run_read_back_is_the_run(folder):
    """Rows, months and who moved whom, to the bit."""
    compared, found = sim.compare(small(), futures=RUNS, seed=SEED), read(folder)
    for told, row in zip(found.whole.rows, compared.rows, strict=True):
        assert told.keys() == row.keys()
        assert [str(told[key]) for key in row] == [str(row[key]) for key in row]
    for slug in compared.settings:
        assert np.array_equal(found.whole.months(slug), compared.months(slug), equal_nan=True)
        ours, theirs = found.whole.flows(slug), compared.flows(slug)
        assert np.array_equal(ours.by_month, theirs.by_month)
        assert np.array_equal(ours.given, theirs.given)


def test_the_variant_beside_the_base_is_the_best_in_which_the_director_leaves(folder):
    """Staying is not an answer to leaving, however well it does; without another it will have to do."""
    found = read(folder)
    assert best_variant(found) == "shared"
    only = sim.compare(small(), futures=2, seed=SEED, variants=["stays"])
    assert best_variant(Run(folder, {}, only, only)) == "stays"


def test_shares_of_what_moved_sum_to_one(folder):
    """By role and by direction; none where no month is meant."""
    found = read(folder)
    assert role_flow(found, "base", 1, 30).sum() == pytest.approx(1.0)
    assert sum(direction_flow(found, "base", 1, 30).values()) == pytest.approx(1.0)
    assert role_flow(found, "base", 1, 0).sum() == 0.0


# -- The page -----------------------------------------------------------------------------------------------


def test_every_section_is_there_in_order_under_headings_in_order(page, text):
    """One first heading, none skipped, every section named in the list of contents, and the same in Markdown."""
    tags = Tags(page)
    assert tags.open == []
    assert [attrs["id"] for tag, attrs in tags.found if tag == "details" and "id" in attrs] == list(SECTIONS)
    levels = [int(tag[1]) for tag, _ in tags.found if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert re.findall(r"^## (.*)$", text, flags=re.M) == [html.unescape(title) for title in titles]


def test_it_opens_without_a_network_and_without_scripts(folder, page):
    """Nothing is fetched: the only addresses are those of citations; every picture is in the page."""
    tags = Tags(page)
    assert not {"script", "link", "iframe", "object", "embed", "img"} & {tag for tag, _ in tags.found}
    addresses = [attrs[key] for _, attrs in tags.found for key in ("src", "href", "xlink:href") if key in attrs]
    outside = {address for address in addresses if not address.startswith(("#", "data:image/png"))}
    assert outside == {"https://doi.org/10.1093/bjsw/bcaf070"}
    assert "@import" not in page
    assert set(re.findall(r"url\(([^)]{4})", page)) <= {"#ans", "#per", "#led", "#net", "#out", "#dur", "#rem"}
    used = {address[1:] for address in addresses if address.startswith("#")}
    ids = [attrs["id"] for _, attrs in tags.found if "id" in attrs]
    assert used | set(re.findall(r"url\(#([^)]*)\)", page)) <= set(ids)
    assert len(ids) == len(set(ids))
    for path in folder.glob("report-*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_who_cannot_see_it_can_read_it(page):
    """A language; words for every picture; a caption and heads for every table."""
    tags = Tags(page)
    found = tags.found
    assert ("html", {"lang": "en-GB"}) in found
    pictures = [attrs for tag, attrs in found if tag == "svg"]
    assert len(pictures) == 6
    assert all(attrs["role"] == "img" and len(attrs["aria-label"]) > 40 for attrs in pictures)
    names = [tag for tag, _ in found]
    assert names.count("caption") == names.count("table") > 5
    assert all(attrs["scope"] in ("col", "row") for tag, attrs in found if tag == "th")
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_titles_are_words_and_never_markup(folder, page):
    """A title with signs in it is shown as it was written, in both files."""
    assert "Shared <b>&</b> | told" in Tags(page).said
    assert not {"b"} & {tag for tag, _ in Tags(page).found}
    rows = [line for line in (folder / MARKDOWN).read_text(encoding="utf-8").split("\n") if line.startswith("| Shared")]
    assert rows
    assert all(row.startswith("| Shared \\<b>&\\</b> \\| told |") for row in rows)


def test_the_same_folder_gives_the_same_bytes(folder, tmp_path):
    """Page and pictures, again in a copy of the folder; a second page needs leave to take the place of the first."""
    again = tmp_path / folder.name
    shutil.copytree(folder, again)
    with pytest.raises(ScenarioError, match="there is a page in it already; add --overwrite"):
        full_report(again, futures=KNOCKED, interventions=False)
    told = []
    crew = Workers(on_progress=told.append)
    made_again = full_report(again, futures=KNOCKED, interventions=False, overwrite=True, workers=crew)
    assert made_again == again / HTML
    assert sum(told) > KNOCKED
    names = sorted(path.name for path in folder.glob("report*"))
    assert len(names) == 9
    for name in names:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_labels_hold_everywhere(tmp_path, undrawn):
    """A hospital's page has none of this model's own words for roles, but where something is to be typed."""
    where = made(small(labels="hospital"), tmp_path / "ward")
    undrawn.clear()
    full_report(where, futures=2, interventions=False)
    said = Tags((where / HTML).read_text(encoding="utf-8")).said
    assert "the chief executive" in said
    assert "All ward managers" in said
    everything = " ".join([said, *undrawn])
    assert any("Nurses" in word for word in undrawn)
    for word in ("director", "practitioner", "middle manager", "voluntary-sector", "lived-experience member"):
        assert not re.search(rf"(?<![\w./-]){word}", everything, flags=re.IGNORECASE), word


# -- What is missing, and what is refused -------------------------------------------------------------------


@pytest.mark.parametrize("keep", ["summary", "futures"])
def test_months_that_were_not_kept_are_played_again_and_that_is_said(tmp_path, monkeypatch, keep, undrawn):
    """The answer stays the run's own; the rest is of the same futures."""
    monkeypatch.setattr("sim.experiments.reading.AGAIN", 4)
    where = made(small(), tmp_path / "run", keep=keep)
    full_report(where, futures=2, interventions=False)
    text = (where / MARKDOWN).read_text(encoding="utf-8")
    assert "The run kept no months, so this, and who led, is of 4 futures of its 6, played again." in text
    assert f"How {RUNS} futures of each variant ended" in text
    found = read(where)
    assert np.array_equal(found.detail.months("base"), sim.compare(small(), futures=4, seed=SEED).months("base"), True)


def test_a_share_of_next_to_nothing_is_called_undefined(tmp_path, undrawn):
    """A month on, director and programme have made no difference yet, so the causal reading says so."""
    where = made(small(**{"measure.horizon": 1}), tmp_path / "run")
    full_report(where, futures=2, interventions=False)
    text = (where / MARKDOWN).read_text(encoding="utf-8")
    assert "so shares of it are undefined." in text
    assert " | undefined | undefined | " in text


def test_a_real_organisation_with_nobody_around_it_has_a_page(tmp_path, undrawn, networks):
    """No partners, no lead member: what is undefined is said, and nothing else breaks. Random departures, too."""
    files = [str(networks / "krackhardt_hightech" / name) for name in ("nodes.csv", "edges.csv")]
    data = {key: value for key, value in SMALL.items() if key not in ("organisation", "events")}
    scenario = from_dict(data | {"variants": {}, "turnover": {"director_tenure": 20}}, name="real").around(*files)
    where = made(scenario, tmp_path / "run")
    full_report(where, futures=2, interventions=False)
    text = (where / MARKDOWN).read_text(encoding="utf-8")
    assert "| Strengthened partnerships | undefined |" in text
    assert "In the run the director leaves at random; here, after month 36 in every future." in text
    assert "What was assumed in reading the organisation:" in text
    assert str(networks) not in text


def test_a_page_about_two_people_says_where_there_is_no_interval(as_dots, tmp_path):
    """A director and one practitioner: too few to say how sure a share is, so the page says that, and does not fail."""
    (tmp_path / "people.csv").write_text("id,manager_id\nd,\np,d\n", encoding="utf-8")
    sceptic = sim.load("director-turnover").variant("sceptic")
    data = sceptic.with_({"embedding.rate": 0.0}).written()  # so that every future loses the same share
    two = from_dict(data | {"organisation": {"people": "people.csv"}}, name="two", folder=tmp_path)
    where = sim.save(sim.compare(two, futures=4, seed=1), tmp_path / "run")
    full_report(where, futures=4, interventions=False)
    text = (where / MARKDOWN).read_text(encoding="utf-8")
    assert "no interval" in text
    assert "nan" not in re.sub(r"[^a-z]", " ", text).split()


def test_interventions_lead_with_fresh_futures(tmp_path, undrawn):
    """Those of the run's folder are read; of another scenario's, or of none, it is said; unasked, how to search."""
    where = made(small(), tmp_path / "run")
    without = [
        lever.slug for lever in available(small(), SEED)[0] if lever.slug not in ("successor", "vacancy", "deputy")
    ]
    found = try_interventions(small(), 4, SEED, without=without, pairs=True)
    sim.save(found, where / "interventions")
    again, _ = search_of(read(where), True, SEED)
    assert sim.words(again) == sim.words(found)
    assert (again.uses, again.fewest) == (found.uses, found.fewest)
    assert [pair.row for pair in again.pairs] == [pair.row for pair in found.pairs]
    full_report(where, futures=2)
    text = re.sub(r"\\", "", (where / MARKDOWN).read_text(encoding="utf-8"))
    best = max(found.by_interventions, key=lambda each: each.fresh.survived[0])
    fresh, low, high = (round(4 * share) for share in best.fresh.survived)
    before, section = text.split("\n*What would keep it alive*\n")
    section, lead = section.split("\n## ")[0], before.strip().split("\n")[-1]
    assert f"which had no part in the choice, {fresh} of 4 survive with " in lead
    assert f" ({low} to {high}) and " in lead
    for lever in found.interventions:
        use = found.use(lever, "cheapest") or found.use(lever, "full")
        gain = int(abs(4 * use.difference[0]) + 0.5) * (1 if use.difference[0] > 0 else -1)
        row = next(line for line in section.split("\n") if line.startswith(f"| {lever.entry.title} | "))
        assert f" | {lever.from_to(use.tenths)}; {gain:+} (".replace("-", "−").replace("+0", "0") in row
    assert (
        "leadership-sim interventions run/scenario.toml --futures 4 --seed 3 --out run-again/interventions --pairs"
        in text
    )

    full_report(where, futures=2, interventions=False, overwrite=True)
    text = (where / MARKDOWN).read_text(encoding="utf-8")
    assert "No search for interventions was made for this page." in text
    assert "    leadership-sim interventions run/scenario.toml\n" in text
    other = tmp_path / "other"
    shutil.copytree(where / "interventions", other)
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    (other / "manifest.json").write_text(json.dumps(manifest | {"scenario_sha256": "another"}), encoding="utf-8")
    with pytest.raises(ScenarioError, match="made in another scenario"):
        full_report(where, futures=2, interventions=other, overwrite=True)
    with pytest.raises(ScenarioError, match="not the folder of a search for interventions"):
        full_report(where, futures=2, interventions=tmp_path / "nowhere", overwrite=True)


def test_a_search_is_read_back_where_several_steps_show_one_value(as_dots, tmp_path):
    """Links with partners of two kinds: those of the first are all added before those of the second."""
    links = {"organisation.vcs_practitioner_links": 4, "organisation.health_practitioner_links": 2}
    scenario = small(**links)
    where = made(scenario, tmp_path / "run")
    kept = ("partner_links", "vacancy")
    without = [each.slug for each in available(scenario, SEED)[0] if each.slug not in kept]
    found = try_interventions(scenario, 4, SEED, without=without, pairs=True)
    sim.save(found, where / "interventions")
    again, _ = search_of(read(where), True, SEED)
    assert [pair.row for pair in again.pairs] == [pair.row for pair in found.pairs]
    assert sim.words(again) == sim.words(found)


@pytest.mark.parametrize(
    ("survived", "lead"),
    [
        (
            (0.82, 0.9),
            "One intervention is enough for 80 of 100 futures to survive: “A handover that keeps what the predecessor "
            "stood for” (0 → 0.4). In fresh futures, which had no part in the choice, 90 of 100 survive with it (80 to "
            "100) and 30 without; in those used to choose, 85.",
        ),
        (
            (0.5, 0.7),
            "Nothing that was tried is enough for 80 of 100 futures to survive. The best: “A handover that keeps what "
            "the predecessor stood for” (0 → 0.4). In fresh futures, which had no part in the choice, 70 of 100 "
            "survive with it (60 to 80) and 30 without",
        ),
    ],
)
def test_what_does_best_is_told_first(undrawn, survived, lead):
    """By hand: the better of two combinations, the lever that gains most, and what backfires, whatever their order."""
    levers = [
        each for each in available(small(), SEED)[0] if each.slug in ("successor", "continuity", "vacancy", "deputy")
    ]
    one, two, gap, off = levers

    def shares(survived: float) -> Shares:
        return Shares(100, 0.0, 1.0 - survived, Estimate(survived, survived - 0.1, survived + 0.1))

    def use(lever, name, tenths, gain) -> Use:
        return Use(lever, name, tenths, shares(0.3 + gain), Estimate(gain, gain - 0.1, gain + 0.1))

    def confirmed(search, number, tenths, fresh) -> Confirmed:
        return Confirmed(search, ((number, tenths),), shares(0.85), shares(fresh), Estimate(fresh - 0.3))

    uses = [
        use(one, "full", 12, 0.2), use(one, "cheapest", 6, 0.15), use(two, "full", 5, 0.6), use(gap, "full", 1, -0.3),
        use(off, "full", 1, 0.05),
    ]  # fmt: skip
    best = [
        confirmed("fewest interventions", i, n, share) for i, n, share in zip((0, 1), (6, 5), survived, strict=True)
    ]
    reached = [Trial(each.combination, 0.85) for each in best if min(survived) >= 0.8]
    found = Interventions(
        small(), 100, 100, 1, levers, {}, shares(0.3), shares(0.3), uses, [],
        Fewest(reached, Trial(((1, 5),), 0.85), []), best, [confirmed("fewest steps", 0, 3, 0.85)], [],
    )  # fmt: skip
    assert [(each.slug, main.name) for each, _, main in ranked(found)] == [
        ("continuity", "full"), ("successor", "cheapest"), ("deputy", "full"), ("vacancy", "full"),
    ]  # fmt: skip
    blocks = list(keep_alive(SimpleNamespace(search=found, search_folder="interventions", scenario=small())))
    words = [block.words for block in blocks if isinstance(block, Text)]
    assert words[0].startswith(lead)
    told = " ".join(words)
    helping = (
        "60 more survive with “A handover that keeps what the predecessor stood for” (0 → 0.4) and 15 more with “A "
        "successor who believes in the change” (0.1 → 0.4). (95% intervals: 50 to 70 and 5 to 25)"
    )
    assert helping in told
    gap_ = (
        "“A shorter gap before the successor arrives” (3 → 0 months) backfires: with it, 30 fewer (20 to 40) survive."
    )
    assert gap_ in told
    assert "alone and even in full, these made no clear difference: “A deputy stands in”." in told
    assert "Taken step by step, 3 steps are enough: “A successor who believes in the change” (0.1 → 0.25)." in told


def test_a_small_search_is_made_where_none_is_at_hand(tmp_path, monkeypatch, undrawn):
    """Asked for as it is by default; the page says how few futures it had."""
    monkeypatch.setattr("sim.analysis.interventions.reading.FEW", 2)
    levers = [lever for lever in available(small(), SEED)[0] if lever.slug in ("vacancy", "deputy")]
    monkeypatch.setattr("sim.analysis.interventions.run.available", lambda *_: (levers, {}))
    where = made(small(), tmp_path / "run")
    full_report(where, futures=2)
    text = (where / MARKDOWN).read_text(encoding="utf-8")
    assert "Searched in 2 futures (seed 3)" in text
    assert "So few futures leave wide intervals" in text


def test_a_folder_that_is_no_finished_run_is_refused(folder, tmp_path):
    """None there, a file, nothing in it, one future's, a search's, one under way, and what is half there."""
    (tmp_path / "file").write_text("here", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    sim.save(replay(small(), 0, SEED), tmp_path / "one")
    (tmp_path / "begun" / "parts").mkdir(parents=True)
    half = tmp_path / "half"
    shutil.copytree(folder, half)
    (half / "summary.csv").unlink()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{", encoding="utf-8")
    for name, said in (
        ("nowhere", "there is no such folder"),
        ("file", "this is a file, not the folder of a run"),
        ("empty", "not the folder of a run: there is no manifest.json in it"),
        ("one", "this is not the folder of a run. It holds “leadership-sim replay of one future"),
        ("begun", "not finished; go on with  leadership-sim resume"),
        ("half", "not all of a run is there; missing: summary.csv"),
        ("broken", "cannot be read"),
    ):
        with pytest.raises(ScenarioError, match=re.escape(said)):
            full_report(tmp_path / name, overwrite=True)
    with pytest.raises(ScenarioError, match="at least two futures"):
        full_report(folder, futures=1, overwrite=True)


def test_a_run_that_no_longer_fits_its_manifest_is_refused(folder, tmp_path):
    """A changed scenario, a changed variant, other variants in the table, and people who were changed."""

    def changed(name: str, file: str, old: str, new: str) -> Path:
        where = tmp_path / name
        shutil.copytree(folder, where)
        text = (where / file).read_text(encoding="utf-8")
        assert old in text
        (where / file).write_text(text.replace(old, new), encoding="utf-8")
        return where

    for where, said in (
        (changed("scenario", "scenario.toml", "months = 60", "months = 61"), "scenario.toml is not what was run: its"),
        (
            changed("variant", "scenario.toml", "delegation = 0.6", "delegation = 0.5"),
            r"not what was run \(variant sha",
        ),
        (changed("table", "summary.csv", "stays,", "stayed,"), "summary.csv: not as the run wrote it"),
        (changed("people", "manifest.json", '"changed_agents": []', '"changed_agents": ["x.Y"]'), r"changed \(x\.Y\)"),
    ):
        with pytest.raises(ScenarioError, match=said):
            full_report(where, overwrite=True)


# -- The parts ----------------------------------------------------------------------------------------------


def test_numbers_are_told_in_whole_hundredths_with_their_intervals():
    """By hand, with what is nothing, next to nothing, negative or undefined."""
    assert [percent(x) for x in (0.634, -0.127, 0.0, 0.002, -0.002, 1.442, float("nan"))] == [
        "63%", "−13%", "0%", "<1%", ">−1%", "144%", "undefined",
    ]  # fmt: skip
    assert estimate(Estimate(0.63, 0.58, 0.68)) == "63% (58 to 68)"
    assert estimate(Estimate(-0.134, -0.213, 0.001)) == "−13% (−21 to 0)"
    assert estimate(Estimate(*3 * [float("nan")])) == "undefined"


def test_everybody_has_a_place_of_their_own_below_whom_they_report_to(turnover):
    """In the picture of a council: the director above all staff, and nobody on top of anybody."""
    structure = organisation(turnover, 1, 0).structure
    at = places(structure)
    apart = np.abs(at[:, None] - at[None]).max(axis=-1) + 9.0 * np.eye(len(at))
    assert apart.min() > 0.25
    reports = np.flatnonzero(structure.manager >= 0)
    assert (at[reports, 1] < at[structure.manager[reports], 1]).all()
    assert (at[structure.seats_of(Role.HEALTH_PARTNER), 1] < at[structure.staff, 1].min()).all()


def test_both_files_say_the_same_words():
    """Each kind of block, in HTML and in Markdown."""
    picture = Picture("sun", '<svg viewBox="0 0 72 36"></svg>', "a sun", "The sun.")
    blocks = [Text("One.", "lead"), Points(["two", "three"]), Table("Four", ["a", "b"], [["five", "6 (5 to 7)"]])]
    bar = Bar("eight", [Part(0.5, "survived", "nine"), Part(0.5, "never")], "half and half", "by the side")
    front, back = Block("Answer", "Ten.", [bar], "Eleven."), Block("Back", "Twelve.", [bar])
    sheet = Sheet("About.", "Zero?", front, "Doubt.", [back], ["Not thirteen."], "Assumed.", "Opening.")
    page = Page(sheet, [Section("s", "T", "S", [*blocks, Fold("More", [Text("Seven."), picture])])])
    said, text = Tags(page.html()).said, page.markdown()
    for word in (
        "About.",
        "Zero?",
        "Assumed in reading the files: Assumed.",
        "Opening.",
        "Ten.",
        "Doubt.",
        "Eleven.",
        "eight",
        "by the side",
        "Back",
        "Twelve.",
        "Not thirteen.",
        "One.",
        "two",
        "three",
        "Four",
        "five",
        "6",
        "(5 to 7)",
        "More",
        "Seven.",
        "The sun.",
    ):
        assert word in said
        assert word in text
    assert 'aria-label="half and half"' in page.html()
    assert "eight: half and half; by the side" in text
    assert "![a sun](report-sun.svg)" in text
    assert page.pictures() == {"report-sun.svg": picture.svg}
