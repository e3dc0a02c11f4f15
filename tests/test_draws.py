"""Draws are addressed, not consumed: what two futures share does not depend on what else differs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base import machine
from sim.base.streams import STREAMS, keys, words
from sim.model import draws as drawn
from sim.model.draws import draw, grant, newcomer, rebuild
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario


def numpys(seed: int, future: int, stream: str, first: int, second: int, number: int) -> np.ndarray:
    """The numbers of numpy's own generator at a key and counter."""
    key = np.random.SeedSequence(seed, spawn_key=(future, STREAMS.index(stream))).generate_state(2, np.uint64)
    counter = np.array([0, first, second, 0], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter)).random(number)


def test_a_draw_is_numpys_philox_at_its_address():
    """Stream, seat or pair, and month give the number that numpy's own generator gives at that key and counter."""
    structure = organisation(Scenario()).structure
    made = draw(structure, 8, 7, 3)
    per_seat = {"leave": "turnover", "newcomer": "traits", "practise": "practice", "claim": "claims", "grant": "grants"}
    for seat, address in enumerate(structure.address):
        for name, stream in per_seat.items():
            where = ("director", 1) if (name, seat) == ("leave", structure.director) else (stream, address)
            assert np.array_equal(getattr(made, name)[:, seat], numpys(7, 3, *where, 0, 9))
    for pair, seats in enumerate(zip(structure.pair_a, structure.pair_b, strict=True)):
        assert np.array_equal(made.rebuild[:, pair], numpys(7, 3, "rebuilding", *structure.address[[*seats]], 9))
    for one in range(5):
        assert np.array_equal(made.candidates[:, one], numpys(7, 3, "candidates", one + 1, 0, 9))
    assert np.array_equal(made.successor, numpys(7, 3, "director", 2, 0, 9))
    assert np.array_equal(made.renewal, numpys(7, 3, "renewal", 1, 0, 9))
    assert np.array_equal(made.phase, numpys(7, 3, "renewal", 2, 0, 1))
    chance = {seat: numpys(7, 3, "traits", structure.address[seat], 1, 1)[0] for seat in structure.practitioners}
    assert made.champion.tolist() == sorted(chance, key=chance.__getitem__)


@given(
    seed=st.integers(0, 2**32) | st.integers(0, 2**64) | st.integers(0, 2**200),
    future=st.integers(0, 2**32 - 1) | st.integers(0, 2**70),
)
def test_a_futures_keys_are_numpys(seed, future):
    """All ten, for any seed and any future, those of as many words as numpy takes them apart into."""
    found = np.empty((len(STREAMS), 2), dtype=np.uint64)
    with np.errstate(over="ignore"):
        keys(words(seed, future), found)
    sequences = [np.random.SeedSequence(seed, spawn_key=(future, stream)) for stream in range(len(STREAMS))]
    assert np.array_equal(found, [one.generate_state(2, np.uint64) for one in sequences])


def test_a_seed_below_nothing_is_no_seed():
    """As numpy says."""
    with pytest.raises(ValueError, match="not negative"):
        words(-1, 0)


@pytest.mark.parametrize("months", [1, 2, 6])
def test_without_the_module_the_same_functions_make_the_same_draws(months, monkeypatch):
    """As plain Python, slowly; and then none are left to be made as they are read."""
    structure = organisation(Scenario().with_({"organisation.teams": 2})).structure
    compiled = draw(structure, months, 1, 3)
    monkeypatch.setattr(machine, "is_stale", lambda: True)
    monkeypatch.delattr(machine._here, "machine", raising=False)
    for one, other in zip(draw(structure, months, 1, 3, lean=True), compiled, strict=True):
        assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


def test_a_draw_made_as_it_is_read_is_the_one_made_beforehand():
    """Lean draws leave out those of which few are read; asked for one by one, they are the same to the bit."""
    structure = organisation(Scenario()).structure
    full, lean = draw(structure, 40, 1, 3), draw(structure, 40, 1, 3, lean=True)
    assert len(lean.newcomer) == len(lean.grant) == len(lean.rebuild) == 0
    assert np.array_equal(full.leave, lean.leave)
    with np.errstate(over="ignore"):
        for month, place in ((0, 0), (1, 30), (2, 31), (3, 7), (40, 50)):
            for one in (newcomer, grant, rebuild):
                assert one(structure, lean, month, place) == one(structure, full, month, place)
    assert rebuild(structure, full, 40, 50) == full.rebuild[40, 50]


def test_in_a_very_large_organisation_every_draw_of_a_seat_is_made_as_it_is_read(monkeypatch):
    """The director's leaving too, which has a stream of its own; what is read is what is made beforehand elsewhere."""
    structure = organisation(Scenario()).structure
    usual = draw(structure, 40, 1, 3, lean=True)
    monkeypatch.setattr(drawn, "AT_HAND", 0)
    drawn._room.cache_clear()
    large = draw(structure, 40, 1, 3, lean=True)
    drawn._room.cache_clear()
    assert len(large.leave) == len(large.practise) == len(large.claim) == 0
    for name in ("candidates", "successor", "renewal", "phase", "champion", "keys"):
        assert np.array_equal(getattr(large, name), getattr(usual, name))
    with np.errstate(over="ignore"):
        for month, seat in ((0, 0), (1, structure.director), (2, 31), (39, 109), (40, structure.director)):
            for one in (drawn.leave, drawn.practise, drawn.claim):
                assert one(structure, large, month, seat) == one(structure, usual, month, seat)
    assert drawn.leave(structure, usual, 40, structure.director) == usual.leave[40, structure.director]


def test_a_longer_run_shares_every_month_of_a_shorter_one():
    """Months 0 to 40 of a run of 96 have the draws of a run of 40."""
    structure = organisation(Scenario()).structure
    short, long = draw(structure, 40, 1, 0), draw(structure, 96, 1, 0)
    for name in ("leave", "newcomer", "practise", "claim", "grant", "rebuild"):
        assert np.array_equal(getattr(short, name), getattr(long, name)[:41])
    assert np.array_equal(short.renewal, long.renewal[:41])
    assert short.phase == long.phase


def test_one_more_team_leaves_everyone_elses_draws_alone():
    """Seats are addressed by role, team and place, so a ninth team and bigger teams shift nobody's draws."""
    usual = organisation(Scenario())
    grown = organisation(Scenario().with_({"organisation.teams": 9, "organisation.practitioners_per_team": 9}))
    where = {int(address): seat for seat, address in enumerate(grown.structure.address)}
    same = [where[int(address)] for address in usual.structure.address]
    one, other = draw(usual.structure, 24, 1, 0), draw(grown.structure, 24, 1, 0)
    assert np.array_equal(one.practise, other.practise[:, same])
    assert np.array_equal(one.newcomer, other.newcomer[:, same])


def test_a_pair_keeps_its_draws_whatever_other_pairs_there_are():
    """The rebuilding draws of a partner and a manager do not move when co-production is organised otherwise."""
    mediated = organisation(Scenario())
    direct = organisation(Scenario().with_({"organisation.coproduction": "direct"}))

    def by_pair(org):
        rebuild = draw(org.structure, 12, 1, 0).rebuild
        pairs = zip(org.structure.pair_a, org.structure.pair_b, strict=True)
        return {(int(a), int(b)): row for (a, b), row in zip(pairs, rebuild.T, strict=True)}

    one, other = by_pair(mediated), by_pair(direct)
    shared = one.keys() & other.keys()
    assert len(shared) == 8 * (1 + 3) + 8 * (1 + 2) + 8  # VCS and health links, and the director's to the VCS
    assert all(np.array_equal(one[pair], other[pair]) for pair in shared)


def test_streams_seats_months_and_futures_differ_and_are_uniform():
    """No two numbers of a future coincide, and they fill [0, 1) evenly."""
    structure = organisation(Scenario()).structure
    draws = [draw(structure, 96, 1, future) for future in (0, 1)]
    numbers = np.concatenate([d[i].ravel() for d in draws for i in range(5)])
    assert len(np.unique(numbers)) == len(numbers)
    counts = np.histogram(numbers, bins=20, range=(0, 1))[0]
    expected = len(numbers) / 20
    assert (((counts - expected) ** 2) / expected).sum() < 45  # chi-squared, 19 degrees: 1 in 1,000 by chance
    assert numbers.min() >= 0.0
    assert numbers.max() < 1.0
