"""What would make the change survive: the catalogue, the search and what is said of it."""

import csv
import json
import warnings
from dataclasses import replace
from itertools import combinations as choices
from pathlib import Path

import numpy as np
import pytest
from few import FEW_PEOPLE
from hypothesis import given, settings
from hypothesis import strategies as st
from odd import examples

import sim
from sim.analysis.interventions.cache import FutureCache
from sim.analysis.interventions.catalogue import CATALOGUE
from sim.analysis.interventions.intervention import available, clash, combined
from sim.analysis.interventions.result import Confirmed, Pair, Shares, Use
from sim.analysis.interventions.run import cheapest, pulled_far, roughly, screened, try_interventions
from sim.analysis.interventions.search import fewest_interventions, fewest_steps, interaction
from sim.base.intervals import Estimate, paired_share_interval
from sim.experiments.verdict import SURVIVED, Verdict
from sim.experiments.workers import Workers
from sim.model.calendar import calendar
from sim.organisation.generate import organisation
from sim.report.words.interventions import grid, ranked
from sim.scenario.fields import fields
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

SLUGS = [entry.slug for entry in CATALOGUE]

# -- The catalogue ------------------------------------------------------------------------------------------


def everything() -> Scenario:
    """A small scenario in which every intervention can be pulled, some of them at several places."""
    return from_dict(
        {
            "title": "Everything",
            "months": 40,
            "measure": {"horizon": 12},
            "organisation": FEW_PEOPLE | {"coproduction": "direct", "engagement_lead": True},
            "succession": {"successor_commitment": 0.2, "interim": "none"},
            "events": {
                "second": {"kind": "director_leaves", "month": 30, "vacancy": 2, "continuity": 0.4},
                "first": {"kind": "director_leaves", "month": 12},
                "lead": {"kind": "person_leaves", "month": 5, "role": "engagement_lead"},
                "over": {"kind": "subscription_ends", "month": 20},
                "harder": {"kind": "change", "month": 8, "set": {"leadership": {"hierarchy_norm": 0.9}}},
            },
        },
        name="everything",
    )


def what_acts(setting: Scenario) -> list:
    """All that a run depends on but its draws: the links, the parameters of every month, the schedule."""
    when, structures = calendar(setting), [organisation(setting, 1, future).structure for future in range(3)]
    numbers = [
        np.asarray(part, dtype=float).ravel()
        for parameters in when.parameters
        for table in parameters
        for part in table
    ]
    numbers += [np.asarray(part, dtype=float).ravel() for part in when.schedule]
    numbers += [np.array([float(x) for due in when.leaving for x in (due[0], due[2])])]
    for structure in structures:
        numbers += [structure.source, structure.target, np.array([structure.engagement_lead])]
    return numbers


def the_same(one: list, other: list) -> bool:
    return len(one) == len(other) and all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def flat(data: dict, prefix: str = "") -> dict:
    """Tables within tables as dotted keys."""
    out: dict = {}
    for key, value in data.items():
        out |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return out


def test_every_key_of_the_catalogue_exists_and_takes_both_ends():
    """A range lies inside what a scenario file may say, and its ends differ."""
    known = dict(fields())
    assert len(set(SLUGS)) == len(SLUGS)
    for entry in CATALOGUE:
        assert entry.worst != entry.best
        for key in entry.keys:
            assert key in known, key
            for end in (entry.worst, entry.best):
                value = [10 * end, 10 * (1 - end)] if key.endswith(".values") else end
                beside = {"organisation.coproduction": "direct"} if key.endswith("engagement_lead") else {}
                Scenario().with_({key: value} | beside)


def test_a_title_and_a_meaning_are_plain_sentences():
    """Titles fit a picture's row; a meaning is one sentence."""
    for entry in CATALOGUE:
        assert len(entry.title) <= 70 and not entry.title.endswith(".")
        assert entry.meaning.endswith(".") and entry.meaning.count(". ") == 0


@pytest.mark.parametrize("scenario", [sim.load("director-turnover"), everything()], ids=["library", "everything"])
def test_every_lever_really_acts_and_sets_nothing_else(scenario):
    """In full, and by a step either way, what a run depends on differs; no key but the intervention's own does."""
    interventions, left_out = available(scenario)
    assert len(interventions) + len(left_out) == len(CATALOGUE)
    before, keys_before = what_acts(scenario), flat(scenario.to_dict())
    for intervention in interventions:
        for tenths in {1, intervention.most} & set(range(1, intervention.most + 1)) | (
            {-1} if intervention.can_worsen else set()
        ):
            setting = from_dict(sim.scenario.parameters.merged(scenario.written(), combined([(intervention, tenths)])))
            assert not the_same(what_acts(setting), before), (intervention.slug, tenths)
            after = flat(setting.to_dict())
            changed = {key for key in after.keys() | keys_before.keys() if after.get(key) != keys_before.get(key)}
            assert changed <= set(intervention.now), (intervention.slug, changed)


def test_nothing_pulled_changes_nothing():
    """No tenths: the keys keep the values in force."""
    scenario = everything()
    for intervention in available(scenario)[0]:
        setting = from_dict(sim.scenario.parameters.merged(scenario.written(), combined([(intervention, 0)])))
        assert the_same(what_acts(setting), what_acts(scenario)), intervention.slug


def lever_of(scenario: Scenario, slug: str):
    return next(intervention for intervention in available(scenario)[0] if intervention.slug == slug)


def test_steps_are_tenths_of_the_range_held_within_it(turnover):
    """The norm stands at 0.8 of 0.9 to 0.2: steps of 0.07, nine of them, the last one a part of one."""
    norm = lever_of(turnover, "norm")
    assert [norm.at(n)["leadership.hierarchy_norm"] for n in (-2, -1, 0, 1, 2, 8, 9, 20)] == pytest.approx(
        [0.9, 0.87, 0.8, 0.73, 0.66, 0.24, 0.2, 0.2]
    )
    assert norm.most == 9
    assert norm.from_to(9) == "0.8 → 0.2"


def test_whole_numbers_step_by_whole_numbers(turnover):
    """A vacancy of nine months goes down by three to none; links by one."""
    vacancy = lever_of(turnover, "vacancy")
    assert [vacancy.at(n)["events.departure.vacancy"] for n in range(-1, 5)] == [12, 9, 6, 3, 0, 0]
    assert vacancy.most == 3
    assert vacancy.from_to(3) == "9 → 0 months"
    partners = lever_of(turnover, "partner_links")
    assert list(partners.at(1).values()) == [4, 3]
    assert partners.most == 4  # from 2 to 6, though the other is there after three


@pytest.mark.parametrize("value", [0.2, 0.1])
def test_a_lever_at_its_best_end_or_past_it_has_no_step_but_one_the_wrong_way(turnover, value):
    """A norm of 0.2 is at its best end already; 0.1 is past it and is not pulled back."""
    norm = lever_of(turnover.with_({"leadership.hierarchy_norm": value}), "norm")
    assert norm.most == 0
    assert norm.at(3)["leadership.hierarchy_norm"] == value
    assert norm.at(-1)["leadership.hierarchy_norm"] == pytest.approx(value + 0.07)


def test_a_lever_acts_at_every_departure_and_change_from_where_each_stands():
    """The event that comes first is shown; each moves from its own value."""
    interventions = {intervention.slug: intervention for intervention in available(everything())[0]}
    assert interventions["vacancy"].at(1) == {
        "events.first.vacancy": 6, "events.second.vacancy": 0, "succession.vacancy": 6,
    }  # fmt: skip
    assert interventions["continuity"].at(1)["events.second.continuity"] == pytest.approx(0.48)
    assert interventions["norm"].at(1) == pytest.approx(
        {"leadership.hierarchy_norm": 0.73, "events.harder.set.leadership.hierarchy_norm": 0.83}
    )
    assert interventions["deputy"].at(1)["events.second.interim"] == "deputy"
    assert interventions["programme_kept"].at(1) == {"subscription.threshold": -10.0, "events.over.enabled": False}
    assert interventions["many_links"].at(1) == {"organisation.engagement_lead": False, "events.lead.enabled": False}


def test_a_drawn_successor_is_drawn_from_a_better_lot(turnover):
    """Where the successor is drawn, the mean of the draw moves by tenths and its spread stays."""
    drawn = from_dict({key: value for key, value in turnover.written().items() if key != "succession"})
    successor = lever_of(drawn, "successor")
    assert list(successor.now) == ["roles.director.values"]
    a, b = successor.at(1)["roles.director.values"]
    assert (a / (a + b), a + b) == pytest.approx((4 / 9 + 0.05, 9))
    assert successor.at(successor.most)["roles.director.values"] == pytest.approx([6.3, 2.7])
    assert drawn.with_(successor.at(1)).roles.director.authority == 1.0


def test_levers_that_cannot_be_pulled_are_left_out_with_a_reason(turnover):
    """No departure, no successor; no back office, no red tape; no empty seat, no deputy; no programme to keep."""
    stays = turnover.with_({"events.departure.enabled": False})
    assert {slug for slug, why in available(stays)[1].items() if "no director leaves" in why} == {
        "successor", "continuity", "vacancy", "deputy", "promoted",
    }  # fmt: skip
    bare = {f"organisation.{key}": 0 for key in ("back_office", "vcs_partners", "lived_experience", "health_partners")}
    left = available(turnover.with_(bare | {"organisation.lead_member": False, "subscription.enabled": False}))[1]
    assert left.keys() >= {"back_office", "red_tape", "funding", "infrastructure", "direct", "partner_links"}
    assert left.keys() >= {"lead_member", "threshold", "programme_kept", "rebuild"}
    assert available(turnover.with_({"events.departure.vacancy": 0}))[1]["deputy"] == (
        "the director's seat is never empty"
    )


def test_an_imported_organisation_lacks_what_its_files_lack(turnover, tmp_path):
    """A line of four people has no partners, no back office and no links between teams to add."""
    (tmp_path / "people.csv").write_text("id,manager_id\na,\nb,a\nc,b\nd,b\n", encoding="utf-8")
    left = available(turnover.around(str(tmp_path / "people.csv"), None))[1]
    assert left.keys() >= {"cross_team", "partner_links", "direct", "back_office", "funding", "lead_member"}
    assert "vacancy" not in left


def test_levers_are_set_aside_by_name(turnover):
    """An unknown name is told with the nearest one."""
    assert available(turnover, without=["norm"])[1]["norm"] == "set aside"
    with pytest.raises(ScenarioError, match="did you mean 'vacancy'"):
        available(turnover, without=["vacency"])


# -- The search ---------------------------------------------------------------------------------------------


def test_the_interaction_by_hand():
    """Four futures: saved only by both; by either; by both though one alone did; by neither."""
    both = np.array([True, True, True, False])
    one = np.array([False, True, True, False])
    other = np.array([False, True, False, False])
    neither = np.zeros(4, dtype=bool)
    # In each: 1, -1, 0, 0; added 0, and half of 1 and of -1: 3 squares in 6 futures. z(0.975) = 1.959964.
    half = 1.959963985 * 3**0.5 / 6
    assert interaction(both, one, other, neither) == pytest.approx((0.0, -half, half))
    assert interaction(both, neither, neither, neither)[0] == 0.75
    assert interaction(neither, both, both, neither)[0] == -1.5
    assert interaction(neither, neither, neither, both)[0] == 0.75
    # The same in all of forty futures is no certainty: one square in 42 futures.
    none = np.zeros(40, dtype=bool)
    assert interaction(none, none, none, none) == pytest.approx((0.0, -1.959963985 / 42, 1.959963985 / 42))


def counted(value):
    """An oracle of 20 futures in which a combination survives in the first ``value(combination)`` of 20."""

    def survived(combinations, futures):
        return np.array([[future < value(dict(each)) for future in range(20)][:futures] for each in combinations])

    return survived


def never(one, other):
    return False


def test_one_lever_that_reaches_the_target_ends_the_search():
    """Both that do are told, the better first, and no pair is tried."""
    found = fewest_interventions(
        [(0, 3), (1, 1), (2, 2)], never, counted(lambda c: 17 * (0 in c) + 18 * (2 in c)), 20, 20, 0.8
    )
    assert [(each.combination, each.survived) for each in found.reached] == [(((2, 2),), 0.9), (((0, 3),), 0.85)]
    assert found.searched == ["3 interventions alone"]


def test_two_that_help_only_together_are_found():
    """Neither alone saves a future; the two save all."""
    found = fewest_interventions(
        [(0, 1), (1, 1), (2, 1)], never, counted(lambda c: 20 * (0 in c and 2 in c)), 20, 20, 0.8
    )
    assert [each.combination for each in found.reached] == [((0, 1), (2, 1))]
    assert found.searched == ["3 interventions alone", "3 pairs"]


def test_levers_that_exclude_each_other_are_never_together():
    """The two that would do it set the same key."""
    survived = counted(lambda c: 20 * (0 in c and 2 in c))
    found = fewest_interventions([(0, 1), (1, 1), (2, 1)], lambda a, b: {a, b} == {0, 2}, survived, 20, 20, 0.8)
    assert found.reached == []
    assert found.searched == ["3 interventions alone", "2 pairs", "0 triples"]


def test_when_nothing_reaches_the_target_the_best_is_told():
    """The best triple of interventions that add two futures each."""
    found = fewest_interventions([(i, 1) for i in range(5)], never, counted(lambda c: 2 * len(c)), 20, 20, 0.8)
    assert found.reached == []
    assert (len(found.best.combination), found.best.survived) == (3, 0.3)


def test_nothing_is_needed_where_enough_survive_as_things_are():
    """The empty combination is the smallest."""
    found = fewest_interventions([(0, 1)], never, counted(lambda c: 16), 20, 20, 0.8)
    assert [each.combination for each in found.reached] == [()]
    assert fewest_steps([3], never, counted(lambda c: 16), 20, 20, 0.8) == [found.best]


def test_pairs_are_screened_on_the_first_futures_and_the_best_looked_at_on_all():
    """Of 28 pairs, the four left out of the second look are those that the first futures rank last."""
    asked: list[tuple[int, int]] = []
    oracle = counted(lambda c: sum(c))

    def survived(combinations, futures):
        asked.append((len(combinations), futures))
        return oracle(combinations, futures)

    found = fewest_interventions([(i, 1) for i in range(8)], never, survived, 20, 10, 0.65)
    assert asked == [(1, 20), (8, 20), (28, 10), (24, 20)]
    assert [each.combination for each in found.reached] == [((6, 1), (7, 1))]
    assert found.searched[1] == "28 pairs, on the first 10 futures, and the best 24 of them on all 20"


@settings(max_examples=examples(40))
@given(st.lists(st.integers(0, 9), min_size=2, max_size=6), st.integers(0, 9), st.integers(3, 20))
def test_the_search_for_the_fewest_levers_is_exact_where_nothing_is_screened(gains, bonus, wanted):
    """It agrees with trying everything up to three interventions."""

    def value(c):
        return sum(gains[i] for i in c) + bonus * ({0, 1} <= set(c))

    interventions = range(len(gains))
    found = fewest_interventions([(i, 1) for i in interventions], never, counted(value), 20, 20, wanted / 20)
    sizes = [n for n in range(4) if any(min(20, value(c)) >= wanted for c in choices(interventions, n))]
    if sizes:
        least = [c for c in choices(interventions, sizes[0]) if min(20, value(c)) >= wanted]
        assert sorted(tuple(i for i, _ in each.combination) for each in found.reached) == sorted(least)
    else:
        assert found.reached == []


def test_steps_are_added_one_at_a_time_by_what_adds_most():
    """A step gains 3, then 1 for each further one of the first intervention; 2 each of the second, which has two."""

    def value(c):
        return (3 if 0 in c else 0) + max(0, c.get(0, 0) - 1) + 2 * c.get(1, 0)

    path = fewest_steps([5, 2, 0], never, counted(value), 20, 20, 0.45)
    assert [each.combination for each in path] == [
        (), ((0, 1),), ((0, 1), (1, 1)), ((0, 1), (1, 2)), ((0, 2), (1, 2)), ((0, 3), (1, 2)),
    ]  # fmt: skip
    assert [each.survived for each in path] == [0, 0.15, 0.25, 0.35, 0.4, 0.45]


def test_growing_stops_where_no_next_step_adds_a_future():
    """It is greedy: what two steps would bring together it does not see."""
    path = fewest_steps([2, 2], never, counted(lambda c: 20 if c.get(0, 0) == 2 else 4 * c.get(1, 0)), 20, 20, 0.8)
    assert [each.survived for each in path] == [0, 0.2, 0.4]


def test_next_steps_are_screened_too():
    """Of twelve next steps, eight are looked at on all futures, and the best of those is taken."""
    asked: list[tuple[int, int]] = []
    oracle = counted(lambda c: sum(c))

    def survived(combinations, futures):
        asked.append((len(combinations), futures))
        return oracle(combinations, futures)

    path = fewest_steps([1] * 12, never, survived, 20, 10, 0.5)
    assert [each.combination for each in path] == [(), ((11, 1),)]
    assert asked == [(1, 20), (12, 10), (8, 20)]


# -- FutureCache on the model --------------------------------------------------------------------------------------


def test_the_top_of_a_ladder_is_a_plain_comparison_of_that_variant(small):
    """For one about people, one about the organisation, one about succession and two at once; random departures too."""
    tenure = {"turnover": {"director_tenure": 10.0}, "measure": {"horizon": 8}}
    for scenario in (small, from_dict(sim.scenario.parameters.merged(small.written(), tenure), name="small")):
        interventions, _ = available(scenario)
        numbers = [
            [intervention.slug for intervention in interventions].index(slug)
            for slug in ("norm", "cross_team", "vacancy", "direct")
        ]
        wanted = [((n, interventions[n].most),) for n in sorted(numbers)]
        wanted.append(tuple(sorted((n, interventions[n].most) for n in numbers)))
        played = FutureCache(scenario, interventions, 3, Workers(1))
        went = played.went([(), *wanted], 0, 12)
        retention = played.retention([()], 0, 12)[0]
        data = scenario.written() | {
            "variants": {f"v{i}": combined([(interventions[n], t) for n, t in each]) for i, each in enumerate(wanted)}
        }
        plain = sim.compare(from_dict(data), futures=12, seed=3, keep_months=False, workers=1).futures
        for slug, codes in zip(["base", *(f"v{i}" for i in range(len(wanted)))], went, strict=True):
            assert [Verdict(code).word for code in codes] == list(plain[plain.variant == slug].outcome)
        assert list(retention) == list(plain[plain.variant == "base"].retention)


def test_futures_are_the_same_in_any_order_and_on_any_number_of_workers(small):
    """A block of later futures first, then all of them; every run counted once."""
    interventions, _ = available(small)
    told: list[int] = []
    played = FutureCache(small, interventions, 1, Workers(2, on_progress=told.append))
    late = played.went([((0, 1),)], 6, 10)
    whole = played.went([((0, 1),), ()], 0, 10)
    alone = FutureCache(small, interventions, 1, Workers(1))
    assert np.array_equal(alone.went([((0, 1),), ()], 0, 10), whole)
    assert np.array_equal(whole[0, 6:], late[0])
    assert sum(told) == 2 * 4 + 2 * 10  # each time with the base


def test_a_run_that_fails_is_told(small, monkeypatch):
    """The search stops and says which intervention."""

    def broken(*args, **kwargs):
        raise RuntimeError("no such thing")

    monkeypatch.setattr("sim.model.engine.play", broken)
    monkeypatch.setattr("sim.model.engine.side_by_side", broken)
    interventions, _ = available(small)
    with pytest.raises(ScenarioError, match="no such thing"):
        FutureCache(small, interventions, 1, Workers(1)).went([((0, 1),)], 0, 1)


# -- A scenario with a certain answer -------------------------------------------------------------------------


def certain(**more) -> Scenario:
    """Staff work the new way if and only if red tape x (1 - back office) is below 0.03; at month 12 red tape comes.

    Nobody's commitment moves (rate 0) and the back office shows at most 0.6, so a red tape of 0.16 stops practice in
    every future and one of 0.02 never does. Nothing else matters.
    """
    data = {
        "title": "Red tape comes",
        "months": 40,
        "measure": {"reference_month": 12, "horizon": 24},
        "organisation": FEW_PEOPLE,
        "influence": {"rate": 0.0},
        "turnover": {"practitioners": 0.0, "managers": 0.0},
        "practice": {
            "commitment_weight": 0.0, "permission_weight": 0.0, "evidence_weight": 0.0, "threshold": -0.03,
            "red_tape": 0.02, "steepness": 1000.0,
        },
        "events": {"forms": {"kind": "change", "month": 12, "set": {"practice": {"red_tape": 0.16}}}},
    }  # fmt: skip
    return from_dict(sim.scenario.parameters.merged(data, more), name="certain")


WRITTEN = (
    "interventions.csv", "pairs.csv", "combinations.csv", "interventions.png", "manifest.json", "scenario.toml",
)  # fmt: skip

KEPT = ("norm", "pressure", "direct", "red_tape", "threshold", "vacancy")


@pytest.fixture(scope="module")
def answer():
    """Five interventions in the certain scenario, on 20 futures; no seat is ever empty, so a sixth is not open."""
    return try_interventions(
        certain(), futures=20, seed=2, without=[slug for slug in SLUGS if slug not in KEPT], pairs=True, workers=1
    )


def test_the_certain_answer_is_found(answer):
    """Only red tape matters: alone, in the smallest combination and step by step, also on fresh futures."""
    assert (answer.base.survived[0], answer.base.collapsed, answer.base.never) == (0.0, 1.0, 0.0)
    for use in answer.uses:
        changed = use.intervention.slug == "red_tape" and use.name in ("cheapest", "full")
        if use.name != "rung":
            assert use.difference[0] > 0.7 if changed else use.difference[0] == 0.0, use
        if use.name == "full" and changed:
            assert use.difference[0] == 1.0
    tape = next(intervention for intervention in answer.interventions if intervention.slug == "red_tape")
    pays = answer.use(tape, "cheapest")
    assert 1 < pays.tenths < tape.most == 10
    assert answer.use(tape, "wrong way").difference == paired_share_interval(np.zeros(20) > 0, np.zeros(20) > 0)
    assert [each.combination for each in answer.by_interventions] == [
        ((answer.interventions.index(tape), pays.tenths),)
    ]
    assert answer.by_interventions[0].chosen.survived == pays.shares.survived
    assert answer.by_interventions[0].reaches
    assert answer.fresh_base.survived[0] == 0.0
    assert answer.by_steps == []  # one step of it saves none, so growing step by step does not start
    assert all(pair.interaction.value == 0.0 and not pair.finding for pair in answer.pairs)
    for pair in answer.pairs:
        for use, alone in zip(pair.uses, (pair.one, pair.other), strict=True):
            assert alone > 0.7 if (use.intervention.slug, pair.name) == ("red_tape", "cheapest") else alone == 0.0


def test_every_pair_is_tried_but_those_that_set_the_same_key(answer):
    """Four interventions have steps, six pairs; with the switch and red tape pulled further, ten."""
    assert [len([p for p in answer.pairs if p.name == name]) for name in ("step", "cheapest")] == [6, 10]
    interventions = available(certain())[0]
    one, other = (
        next(intervention for intervention in interventions if intervention.slug == slug)
        for slug in ("threshold", "programme_kept")
    )
    assert clash(one, other)
    assert not clash(one, interventions[0])


def test_what_is_said_of_the_certain_answer(answer):
    """It can be read aloud, the comparison first, and says what was not pulled and what luck may have done."""
    words = sim.words(answer).splitlines()
    assert words[0].startswith(
        "As things are (“Red tape comes”), the change survives at two years in 0 of 20 futures. With one intervention, "
        "taken as far as it helps, 20 more survive with “Less red tape” (0.16 → 0.034)."
    )
    assert words[1].strip().startswith("(95% intervals: ")
    assert "No intervention clearly helps by one step, a tenth of its range." in words
    assert any(
        line.startswith("One intervention is enough for 16 of 20 futures to survive: “Less red tape”") for line in words
    )
    assert any("20 of 20 survive with it" in line and "in those used to choose, 20." in line for line in words)
    assert any("alone and even in full, these made no clear difference" in line for line in words)
    assert any(line.startswith("Not available here: ") and "no director leaves" in line for line in words)
    assert any("may be luck" in line for line in words)
    assert any("not doubt about the world" in line for line in words)


def test_the_labels_apply_in_words_table_and_picture(answer):
    """A hospital has no middle managers."""
    hospital = replace(answer, scenario=answer.scenario.with_({"labels": "hospital"}))
    picture = " ".join(label.get_text() for label in sim.plot(hospital).axes[0].get_yticklabels())
    for text in (sim.words(hospital), " ".join(str(row[0]) for row in grid(hospital).rows), picture):
        assert "ward managers" in text
        assert "middle manager" not in text


def test_the_picture_has_a_row_for_each_lever_and_clips_nothing(answer):
    """What helps most stands at the top; every word lies inside the figure."""
    figure = sim.plot(answer)
    axis = figure.axes[0]
    assert axis.get_yticklabels()[0].get_text() == "Less red tape"
    assert len(axis.get_yticks()) == len(ranked(answer)) == 5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    texts = [*axis.get_yticklabels(), *axis.texts, axis.xaxis.label, figure._suptitle, figure._supxlabel]
    for text in (text for text in texts if text.get_text()):
        box = text.get_window_extent()
        assert min(box.x0, box.y0) >= 0 and box.x1 <= width and box.y1 <= height, text.get_text()


def rows_of(path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_the_folder_holds_the_tables_the_picture_and_how_to_repeat_it(answer, tmp_path):
    """Rows a spreadsheet takes; a manifest that traces them; a scenario that runs again."""
    folder = sim.save(answer, tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == sorted(WRITTEN)
    rows = rows_of(folder / "interventions.csv")
    full = next(row for row in rows if (row["intervention"], row["use"]) == ("red_tape", "full"))
    assert (full["value"], full["tenths"], full["survived"], full["survived_difference"]) == (
        "0.02",
        "10",
        "1.0",
        "1.0",
    )
    assert (full["key"], full["now"]) == ("events.forms.set.practice.red_tape", "0.16")
    assert {row["use"] for row in rows} >= {"step", "cheapest", "full", "wrong way"}
    assert len(rows_of(folder / "pairs.csv")) == len(answer.pairs)
    combination = rows_of(folder / "combinations.csv")[0]
    assert (combination["search"], combination["survived"], combination["interventions"]) == (
        "fewest interventions",
        "1.0",
        "1",
    )
    assert combination["survived_where_chosen"] == "1.0"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["root_seed"], manifest["futures"], manifest["scenario"]["name"]) == (2, 20, "certain")
    assert manifest["interventions"]["red_tape"]["best"] == 0.02
    assert manifest["fresh_futures"] == [20, 39]
    assert sim.load(folder / "scenario.toml").hash() == answer.scenario.hash()
    with pytest.raises(ScenarioError, match="not empty"):
        sim.save(answer, folder)
    sim.save(answer, folder, overwrite=True)


def test_the_answer_is_the_same_on_two_workers(answer):
    """Who does the work changes no number."""
    without = [slug for slug in SLUGS if slug not in KEPT]
    again = try_interventions(certain(), futures=20, seed=2, without=without, pairs=True, workers=2)
    assert [use.row for use in again.uses] == [use.row for use in answer.uses]
    assert [pair.row for pair in again.pairs] == [pair.row for pair in answer.pairs]


def test_without_pairs_everything_else_is_the_same(answer):
    """They are only tried where they are asked for; that they were not is said, and no number differs."""
    without = [slug for slug in SLUGS if slug not in KEPT]
    found = try_interventions(certain(), futures=20, seed=2, without=without, workers=1)
    assert found.pairs is None
    assert (found.uses, found.fewest, found.by_interventions) == (answer.uses, answer.fewest, answer.by_interventions)
    told, with_pairs = (sim.words(each).split("\n") for each in (found, answer))
    asked = next(line for line in told if "--pairs" in line)
    assert "Which two do more together" in asked
    assert not any("--pairs" in line for line in with_pairs)
    assert set(told) - set(with_pairs) <= {asked, *(line for line in told if "called clear or not" in line)}


def test_when_nothing_reaches_the_target_it_is_said():
    """With the only intervention that matters set aside, nothing helps, and that is said."""
    found = try_interventions(
        certain(), futures=20, without=[slug for slug in SLUGS if slug not in ("norm", "pressure")], workers=1
    )
    words = sim.words(found)
    assert "no intervention alone makes that clearly more" in words
    assert "Nothing that was tried is enough for 16 of 20 futures to survive" in words
    assert "Set aside: " in words
    assert found.by_interventions[0].combination == ()


def test_when_nothing_needs_to_be_done_it_is_said():
    """Without the red tape the change survives in every future."""
    calm = certain(events={"forms": {"enabled": False}})
    found = try_interventions(
        calm, futures=20, without=[slug for slug in SLUGS if slug not in ("norm", "red_tape")], workers=1
    )
    assert "As things are, the change survives in 20 of 20 futures: no fewer than the 16 of 20" in sim.words(found)
    assert "At its best already: “Less red tape”." in sim.words(found)


def test_an_intervention_that_keeps_the_change_from_taking_hold_shows_as_such():
    """Survived is out of all futures: what never took hold did not survive, and the words say so."""
    scenario = certain(practice={"red_tape": 0.16}, events={"forms": {"enabled": False}})
    found = try_interventions(scenario, futures=20, without=[slug for slug in SLUGS if slug != "red_tape"], workers=1)
    assert (found.base.never, found.base.collapsed, found.base.survived[0]) == (1.0, 0.0, 0.0)
    told = replace(found, base=replace(found.base, never=0.0, collapsed=1.0))
    late = replace(found.uses[-1], name="full", shares=replace(found.base, never=0.5))
    told = replace(told, uses=[late])
    assert "the change never took hold in 10 of 20" in sim.words(told)


def test_a_single_future_is_too_few(small):
    """There is no interval from one."""
    with pytest.raises(ScenarioError, match="at least two"):
        try_interventions(small, futures=1)


# -- What is made of the numbers ------------------------------------------------------------------------------


def use(answer, slug, difference, name="full", tenths=None, survived=0.5):
    intervention = next(intervention for intervention in answer.interventions if intervention.slug == slug)
    shares = Shares(20, 0.0, 1 - survived, Estimate(survived, 0.0, 1.0))
    return Use(intervention, name, intervention.most if tenths is None else tenths, shares, difference)


HELPS, HARMS, NOT_CLEAR = Estimate(0.2, 0.1, 0.3), Estimate(-0.2, -0.3, -0.1), Estimate(0.02, -0.1, 0.1)


@pytest.mark.parametrize(
    ("alone", "interaction", "together", "shares", "says"),
    [
        ((NOT_CLEAR, NOT_CLEAR), (0.3, 0.1, 0.5), HELPS, (0.3, 0.3, 0.3), "only together"),
        ((HELPS, NOT_CLEAR), (0.3, 0.1, 0.5), HELPS, (0.5, 0.3, 0.3), "more than the sum"),
        ((NOT_CLEAR, NOT_CLEAR), (0.3, 0.1, 0.5), NOT_CLEAR, (0.3, 0.3, 0.3), ""),
        ((HELPS, HARMS), (0.3, 0.1, 0.5), HELPS, (0.5, 0.1, 0.3), "takes the harm away"),
        ((HELPS, HELPS), (-0.2, -0.3, -0.1), HELPS, (0.5, 0.5, 0.3), "the same job"),
        ((HELPS, HELPS), (-0.2, -0.3, -0.1), HELPS, (0.9, 0.5, 0.3), "no room for both"),
        ((HELPS, NOT_CLEAR), (-0.2, -0.3, -0.1), HELPS, (0.5, 0.3, 0.3), "less than the sum"),
        ((HELPS, HELPS), (0.1, -0.1, 0.3), HELPS, (0.5, 0.5, 0.3), ""),
    ],
)
def test_what_a_pair_says(answer, alone, interaction, together, shares, says):
    """Named for what is clear of it; nothing where the interval holds 0, and nothing where it was only screened."""
    uses = use(answer, "norm", alone[0]), use(answer, "pressure", alone[1])
    pair = Pair(uses, "cheapest", True, 20, 0.7, *shares, Estimate(*interaction), together)
    assert pair.finding == says
    assert replace(pair, judged=False).finding == ""


def test_pairs_are_told_by_name(answer):
    """Only together first, with what survives with both, each and neither."""
    uses = use(answer, "norm", NOT_CLEAR), use(answer, "pressure", NOT_CLEAR)
    only = Pair(uses, "cheapest", True, 20, 0.7, 0.3, 0.35, 0.3, Estimate(0.35, 0.1, 0.6), HELPS)
    told = sim.words(replace(answer, pairs=[only]))
    assert "Only together: “A softer norm about who may lead” (0.8 → 0.2) and “Less pressure on middle" in told
    assert "Of 20, 14 survive with both, 6 and 7 with each, 6 with neither." in told
    assert "(beyond the sum: 7 more, 2 to 12)" in told


def test_what_backfires_is_told(answer):
    """An intervention that clearly lowers survival; and a wrong way that turns out the right one."""
    harmful = use(answer, "norm", HARMS)
    surprising = use(answer, "pressure", HELPS, "wrong way", -1)
    told = sim.words(replace(answer, uses=[harmful, surprising]))
    assert "“A softer norm about who may lead” (0.8 → 0.2) backfires: with it, 4 fewer (2 to 6) survive." in told
    assert "Contrary to what was argued, a step the wrong way helps: with “Less pressure on middle managers”" in told


@pytest.mark.parametrize(
    ("ladder", "fewest"),
    [
        ((5, 20, 38, 40), 3),  # two futures short of the full use is not clearly less, twenty are
        ((0, 3, 5), 3),  # three of forty are not clearly less than five, but do not clearly help
        ((39, 40), 1),
    ],
)
def test_the_cheapest_use_clearly_helps_and_is_not_clearly_worse_than_all_of_it(ladder, fewest):
    """Of forty futures, so many survive at one tenth, two, ...; none without."""
    survived = SURVIVED
    went = [np.where(np.arange(40) < count, survived, 0) for count in ladder]
    assert cheapest(went, np.zeros(40)) == fewest
    assert cheapest([], np.zeros(40)) == 0


def test_the_cheapest_use_is_taken_further_only_where_that_reaches_the_target(answer):
    """It is at 0.7 with two tenths; 0.8 is reached with four."""
    rungs = [
        use(answer, "norm", HELPS, "cheapest", 2, 0.7),
        use(answer, "norm", HELPS, "rung", 4, 0.8),
        use(answer, "norm", HELPS, "full", 9, 0.85),
    ]
    assert [each.tenths for each in pulled_far(rungs)] == [4]
    assert [each.tenths for each in pulled_far([rungs[0], replace(rungs[2], shares=rungs[0].shares)])] == [2]
    assert [each.tenths for each in pulled_far([rungs[2]])] == [9]


def test_a_combination_that_falls_short_on_fresh_futures_says_so(answer):
    """What was chosen for doing best may owe it to luck."""
    found = answer.by_interventions[0]
    short = Confirmed(
        "fewest interventions", found.combination, found.chosen, Shares(20, 0, 0.3, Estimate(0.7, 0.5, 0.85)), HELPS
    )
    told = sim.words(replace(answer, by_interventions=[short]))
    assert "enough for 16 of 20 futures to survive where it was chosen, though not in fresh futures" in told
    assert "14 of 20 survive with it (10 to 17)" in told


def test_a_screen_is_a_quarter_of_the_futures_and_all_of_a_few():
    """And never depends on who does the work."""
    assert [screened(futures) for futures in (2, 19, 20, 100, 200, 2000)] == [2, 19, 10, 20, 50, 500]


@pytest.mark.parametrize("pairs", [False, True])
def test_the_expected_number_of_runs_is_of_the_right_size(small, pairs):
    """For a bar: within a factor of two."""
    told: list[int] = []
    keep = ("norm", "delegation", "vacancy", "pressure")
    without = [slug for slug in SLUGS if slug not in keep]
    crew = Workers(1, on_progress=told.append)
    found = try_interventions(small, futures=20, without=without, pairs=pairs, workers=crew)
    assert 0.5 < sum(told) / roughly(found.interventions, 20, pairs) < 2


# -- The document ---------------------------------------------------------------------------------------------


def test_the_document_has_the_catalogue_and_every_column(answer):
    """docs/interventions.md gives each choice's range and source as the code does; the dictionary has every column."""
    document, dictionary = (
        (Path(__file__).parent.parent / "docs" / name).read_text(encoding="utf-8")
        for name in ("interventions.md", "data-dictionary.md")
    )
    for entry in CATALOGUE:
        keys = ", ".join(f"`{key}`" for key in entry.keys)
        ends = "off to on" if entry.switch else f"{entry.worst:g} to {entry.best:g}"
        assert f"| `{entry.slug}` | {entry.title} | {keys} | {ends} | {entry.provenance} | {entry.source} |" in document
    columns = {*answer.uses[0].row, *answer.pairs[0].row, *answer.by_interventions[0].row(answer.interventions)}
    for column in columns:
        name = column.removesuffix("_low").removesuffix("_high")
        assert f"`{name}`" in dictionary, column
    assert all(file in dictionary for file in WRITTEN)
