"""Who is linked with whom: compiled, as plain Python, and with dictionaries and numpy, the same to the bit."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from odd import examples, organisations

import sim
from sim.base import machine
from sim.base.arrays import in_order
from sim.base.streams import NETWORK
from sim.experiments import ensemble
from sim.organisation import ties
from sim.organisation.generate import build, plan
from sim.organisation.imported import forget
from sim.organisation.structure import Structure
from sim.organisation.ties import Ground
from sim.scenario.roles import PERSONAL, Kind
from sim.scenario.scenario import Scenario, ScenarioError, from_dict, library_names

SEED = 1


class Plainly:
    """The links of a future as a reader would draw them: a dictionary of links, lists to pick from, numpy's numbers."""

    def __init__(self, ground: Ground, seed: int, future: int) -> None:
        ends = zip(ground.source.tolist(), ground.target.tolist(), ground.kind.tolist(), strict=True)
        self.links = dict(zip(ends, ground.weight.tolist(), strict=True))
        self.ground, self.lead = ground, -1
        self.key = np.random.SeedSequence(seed, spawn_key=(future, NETWORK)).generate_state(2, np.uint64)
        staff, lived, number = ground.practitioners.tolist(), ground.lived.tolist(), ground.coproduction_links
        if ground.team_size:
            (self.across_teams if ground.cross_team == ties.RANDOM else self.through_few)(staff)
        for seats, most in (
            (ground.health, ground.health_practitioner_links),
            (ground.vcs, ground.vcs_practitioner_links),
        ):
            self.some(seats, ground.managers, ground.manager_links, ties.MANAGERS, Kind.PARTNER)
            self.some(seats, ground.practitioners, most, ties.PRACTITIONERS, Kind.PARTNER)
        if ground.coproduction == ties.MEDIATED:
            self.some(lived, ground.mediators, number, ties.MEDIATORS, Kind.COPRODUCTION)
        elif ground.coproduction == ties.ONE_LEAD and staff:
            self.lead = staff[int(self.row(ground.director, ties.ENGAGEMENT, 1)[0] * len(staff))]
            for member in lived:
                self.mutual(member, self.lead, Kind.COPRODUCTION)
        elif staff:
            chance = {seat: self.row(seat, ties.DEAL, 1)[0] for seat in staff}
            dealt, number = sorted(staff, key=chance.__getitem__), min(number, len(staff))
            for i, member in enumerate(lived):
                for j in range(number):
                    self.mutual(member, dealt[(i * number + j) % len(staff)], Kind.COPRODUCTION)

    def row(self, seat: int, purpose: int, number: int) -> list[float]:
        """A seat's numbers for a purpose, from numpy's own generator."""
        counter = np.array([0, self.ground.address[seat], purpose, 0], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=self.key, counter=counter)).random(number).tolist()

    def mutual(self, one: int, other: int, kind: int) -> None:
        """Link two seats both ways, once."""
        if (one, other, kind) not in self.links:
            for link in ((one, other, kind), (other, one, kind)):
                self.links[link] = self.links.get(link, 0.0) + 1.0

    def some(self, seats, candidates, number: int, purpose: int, kind: int) -> None:
        """Link each seat with so many of the candidates."""
        for seat in seats:
            left = list(candidates)
            for u in self.row(seat, purpose, min(number, len(left))):
                self.mutual(int(seat), int(left.pop(int(u * len(left)))), kind)

    def across_teams(self, staff: list[int]) -> None:
        """Pairs at random, by the gaps between them."""
        others, size = len(staff) - self.ground.team_size, self.ground.team_size
        p = min(1.0, self.ground.cross_team_links / others) if others > 0 else 0.0
        for i, seat in enumerate(staff if p else ()):
            row = iter(self.row(seat, ties.CROSS_TEAM, len(staff) + 1))
            at = (i // size + 1) * size - 1
            while (at := at + (1 if p == 1.0 else 1 + int(min(math.log1p(-next(row)) / math.log1p(-p), 1e9)))) < len(
                staff
            ):
                self.mutual(seat, staff[at], Kind.PEER)

    def through_few(self, staff: list[int]) -> None:
        """Neighbours, or hubs."""
        size, mean = self.ground.team_size, self.ground.cross_team_links
        near = self.ground.cross_team == ties.NEIGHBOURS
        teams = len(staff) // size
        for i, seat in enumerate(staff if teams > 1 else ()):
            team, place = divmod(i, size)
            row = self.row(seat, ties.CROSS_TEAM, teams + 1)
            others = [(team + step) % teams for step in range(1, teams)]
            for j in range(min(teams - 1, int(mean / 2) + (row[teams] < mean / 2 % 1.0))):
                chosen = others.pop(0 if near else int(row[j] * len(others)))
                self.mutual(*sorted((seat, staff[chosen * size + (place if near else 0)])), Kind.PEER)

    def laid_out(self) -> dict[str, np.ndarray]:
        """As a ``Structure`` holds them: by target, source and kind; pairs as they are met."""
        by_target = sorted(self.links, key=lambda link: (link[1], link[0], link[2]))
        source, target, kind = np.array(by_target, dtype=np.int64).reshape(-1, 3).T
        pairs: dict[tuple[int, int, int], int] = {}
        for one, other, how in by_target:
            if how in PERSONAL:
                pairs.setdefault((min(one, other), max(one, other), how), len(pairs))
        pair = [pairs.get((min(a, b), max(a, b), how), -1) for a, b, how in by_target]
        manager, seats = self.ground.manager, len(self.ground.manager)
        fellow = (kind == Kind.PEER) & (manager[source] == manager[target]) & (manager[target] >= 0)
        return {
            "source": source,
            "target": target,
            "kind": kind,
            "weight": np.array([self.links[link] for link in by_target]),
            "pair": np.array(pair, dtype=np.int64),
            "first": np.searchsorted(target, np.arange(seats + 1)),
            "pair_a": np.array([low for low, _, _ in pairs], dtype=np.int64),
            "pair_b": np.array([high for _, high, _ in pairs], dtype=np.int64),
            "fellows": np.bincount(target[fellow], minlength=seats),
            "fellow": fellow,
            "engagement_lead": np.array(self.lead),
        }


def alike(structure: Structure, expected: dict[str, np.ndarray]) -> bool:
    """Whether all that a structure holds of links is what was expected, to the bit."""
    found = {name: np.asarray(getattr(structure, name)) for name in expected}
    return all(
        found[name].dtype == array.dtype and found[name].tobytes() == array.tobytes()
        for name, array in expected.items()
    )


def assert_drawn_as_a_reader_would(setting: Scenario, future: int) -> Structure:
    """A setting's organisation of one future, held against the one above."""
    planned = plan(setting)
    structure = build(planned, SEED, future).structure
    assert alike(structure, Plainly(planned.everybody.ground, SEED, future).laid_out())
    return structure


@pytest.mark.parametrize("name", library_names())
def test_the_librarys_organisations_are_drawn_as_a_reader_would(name):
    """Every variant of every scenario."""
    for setting in ensemble.settings(sim.load(name)).values():
        for future in (0, 7):
            assert_drawn_as_a_reader_would(setting, future)


@st.composite
def tables(draw: st.DrawFn) -> dict:
    """Any small [organisation]: how links across teams and co-production are made, and how many there are of what."""
    numbers = {key: draw(st.integers(0, 5)) for key in ("teams", "practitioners_per_team", "back_office")}
    numbers |= {key: draw(st.integers(0, 4)) for key in ("vcs_partners", "lived_experience", "health_partners")}
    for key in ("manager_links", "health_practitioner_links", "vcs_practitioner_links", "coproduction_links"):
        numbers[key] = draw(st.sampled_from([0, 1, 2, 3, 1000]))
    return numbers | {
        "heads_of_service": draw(st.integers(0, numbers["teams"])),
        "lead_member": draw(st.booleans()),
        "cross_team": draw(st.sampled_from(["random", "neighbours", "hubs"])),
        "cross_team_links": draw(st.sampled_from([0.0, 5e-324, 1e-9, 1.0, 1.7, 1000.0]) | st.floats(0, 12)),
        "coproduction": draw(st.sampled_from(["mediated", "direct"])),
        "engagement_lead": draw(st.booleans()),
    }


LINE = "teams", "practitioners_per_team", "heads_of_service", "cross_team", "cross_team_links"
"""Keys that files say in their place."""


@settings(max_examples=examples(1000), deadline=None)
@given(table=tables(), future=st.integers(0, 9))
def test_any_organisation_is_drawn_as_a_reader_would(table, future):
    """However large, however linked, whatever is missing."""
    try:
        assert_drawn_as_a_reader_would(from_dict({"organisation": table}), future)
    except ScenarioError:
        reject()


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=organisations(), table=tables(), future=st.integers(0, 3))
def test_the_partners_around_a_real_organisation_are_drawn_as_a_reader_would(tmp_path, files, table, future):
    """Among links of any kind and weight, one way or both, that its files have already."""
    for name, text in zip(("people.csv", "links.csv"), files, strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    forget()
    table = {key: table[key] for key in table if key not in LINE} | {"people": "people.csv", "links": "links.csv"}
    try:
        assert_drawn_as_a_reader_would(from_dict({"organisation": table}, folder=tmp_path), future)
    except ScenarioError:
        reject()


@pytest.mark.parametrize("table", [
    {}, {"cross_team": "hubs"}, {"cross_team": "neighbours", "cross_team_links": 5.0}, {"coproduction": "direct"},
    {"coproduction": "direct", "engagement_lead": True},
])  # fmt: skip
def test_without_the_module_the_same_functions_draw_the_same_links(table, monkeypatch):
    """As plain Python, slowly."""
    setting = from_dict({"organisation": {"teams": 4, "practitioners_per_team": 4} | table})
    compiled = build(plan(setting), SEED, 2)
    monkeypatch.setattr(machine, "is_stale", lambda: True)
    monkeypatch.delattr(machine._here, "machine", raising=False)
    plain = build(plan(setting), SEED, 2)
    assert plain.labels == compiled.labels
    for one, other in zip(plain.structure, compiled.structure, strict=True):
        assert np.asarray(one).dtype == np.asarray(other).dtype
        assert np.array_equal(one, other, equal_nan=True)


def test_more_links_than_there_was_room_for_are_made_room_for(monkeypatch):
    """Where chance goes beyond what is likely."""
    setting = Scenario()
    usual = build(plan(setting), SEED, 3).structure
    monkeypatch.setattr(ties, "_likely", lambda ground: 10)
    cramped = build(plan(setting), SEED, 3).structure
    assert len(usual.source) == len(cramped.source) == usual.first[-1]
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(usual, cramped, strict=True))


def test_hubs_and_neighbours_who_reach_for_each_other_are_linked_once():
    """Two teams, everybody reaching out: one hub a team, who reach each other."""
    for how in ("hubs", "neighbours"):
        table = {"teams": 2, "practitioners_per_team": 2, "cross_team": how, "cross_team_links": 2.0}
        structure = assert_drawn_as_a_reader_would(from_dict({"organisation": table}), 0)
        across = structure.manager[structure.source] != structure.manager[structure.target]
        peers = across & (structure.kind == Kind.PEER) & np.isin(structure.target, structure.practitioners)
        assert np.count_nonzero(peers) == 2 * (3 if how == "hubs" else 2)


@given(st.floats(-1, 0, exclude_min=True) | st.integers(1, 2**53).map(lambda whole: whole / 2**53 - 1.0))
def test_the_logarithm_is_right_to_the_last_place(x):
    """Against exact values: at most one unit in the last place away, from next to -1 up to 0."""
    with localcontext() as context:
        context.prec = 400
        exact = (1 + Decimal(x)).ln()
        away = abs(Decimal(ties.log_1p(x)) - exact) / Decimal(float(np.spacing(abs(float(exact)))))
    assert away <= 1


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1), max_size=40))
def test_places_in_order_are_those_of_a_stable_sort(values):
    """What are alike stay as they stand."""
    numbers = np.array(values, dtype=np.float64)
    order, spare = np.empty((2, len(numbers)), dtype=np.int64)
    in_order(numbers, order, spare)
    assert np.array_equal(order, numbers.argsort(kind="stable"))
