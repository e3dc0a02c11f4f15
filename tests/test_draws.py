"""Draws are addressed, not consumed: what two futures share does not depend on what else differs."""

import numpy as np

from sim.base.streams import STREAMS, Uniforms
from sim.model.draws import draw, grant, newcomer, rebuild
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario


def test_a_draw_is_numpys_philox_at_its_address():
    """Stream, seat and month give the number that numpy's own generator gives at that key and counter."""
    key = np.random.SeedSequence(7, spawn_key=(3, STREAMS.index("claims"))).generate_state(2, np.uint64)
    counter = np.array([0, 11, 5, 0], dtype=np.uint64)
    expected = np.random.Generator(np.random.Philox(key=key, counter=counter)).random(9)
    address = np.array([11], dtype=np.uint64), np.array([5], dtype=np.uint64)
    assert np.array_equal(Uniforms(7, 3).rows("claims", *address, 9)[0], expected)


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
