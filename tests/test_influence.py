"""Structural influence against published and hand-worked answers, and the model against Friedkin-Johnsen."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.influence import effective_leaders, share_over, total_influence
from sim.model import rules
from sim.model.model import OrganisationModel
from sim.model.parameters import month_parameters
from sim.model.state import bases, link_bases
from sim.model.weights import weights_of
from sim.organisation.generate import organisation
from sim.organisation.structure import Builder, Organisation
from sim.scenario.roles import STAFF, Kind, Role
from sim.scenario.scenario import from_dict

WEIGHTS = np.array(
    [
        [0.220, 0.120, 0.360, 0.300],
        [0.147, 0.215, 0.344, 0.294],
        [0.0, 0.0, 1.0, 0.0],
        [0.090, 0.178, 0.446, 0.286],
    ]
)
OPENNESS = np.array([0.780, 0.785, 0.0, 0.714])
START = np.array([25.0, 25.0, 75.0, 85.0])
END = np.array([60.020849, 59.983966, 75.0, 74.986205])
"""Friedkin & Johnsen's group of four."""

PURE = {
    "months": 250,
    "influence": {"rate": 1.0, "demonstration": 0.0},
    "leadership": {"funding_dependency": 0.0, "growth": 0.0, "refusal": 0.0},
    "turnover": {"practitioners": 0.0, "managers": 0.0, "partners": 0.0, "lived_experience": 0.0},
    "subscription": {"enabled": False},
}
"""Step 4 alone: words only, no echo, leadership fixed, nobody leaves, the full rate."""


@given(
    attention=st.floats(1.0, 40.0), peer=st.floats(0.0, 3.0), teams=st.integers(1, 30), heads=st.sampled_from([0, 1])
)
def test_what_all_links_weigh_at_once_is_what_each_weighs(attention, peer, teams, heads):
    """To the bit, where attention is shared and where it goes round; the engine goes from link to link."""
    keys = {"influence": {"attention": attention, "peer": peer}}
    setting = from_dict(
        keys | {"organisation": {"teams": teams, "practitioners_per_team": 2, "heads_of_service": heads}}
    )
    shape, parameters = organisation(setting).structure, month_parameters(setting)
    assert bases(shape, parameters).tolist() == link_bases(shape, parameters).tolist()


def group() -> Organisation:
    """The four of Friedkin & Johnsen: a director and three practitioners, linked as peers."""
    builder = Builder()
    builder.seat(Role.DIRECTOR)
    for _ in range(3):
        builder.seat(Role.PRACTITIONER)
    for listener, row in enumerate(WEIGHTS):
        for source, weight in enumerate(row):
            if source != listener and weight > 0.0:
                builder.link(source, listener, Kind.PEER, float(weight))
    return builder.build()


def group_model() -> OrganisationModel:
    """The real model, with everyone's voice 1 and the group's openness, self-weights and positions."""
    model = OrganisationModel(from_dict(PURE), organisation=group())
    state = model.state
    state.leadership[:] = [0.0, 1.0, 1.0, 1.0]
    state.openness[:], state.self_weight[:] = OPENNESS, np.diag(WEIGHTS)
    state.values[:] = state.commitment[:] = START / 100.0
    return model


def by_iteration(openness: np.ndarray, weights: np.ndarray, times: int = 3000) -> np.ndarray:
    """P <- A W P + (I - A), from the identity."""
    p = np.eye(len(openness))
    for _ in range(times):
        p = openness[:, None] * (weights @ p) + np.diag(1.0 - openness)
    return p


def test_the_group_of_four_ends_where_friedkin_and_johnsen_say() -> None:
    """V y(0) gives the published final positions, one of the four being fully stubborn."""
    total = total_influence(OPENNESS, WEIGHTS)
    np.testing.assert_allclose(total @ START, END, rtol=0, atol=1e-6)
    np.testing.assert_allclose(total[2], [0.0, 0.0, 1.0, 0.0], rtol=0, atol=1e-15)
    np.testing.assert_allclose(total.sum(axis=1), 1.0, rtol=0, atol=1e-14)


def test_provenance_iterated_month_by_month_converges_to_v() -> None:
    """P <- A W P + (I - A), what the ledger adds up to, tends to V; dense and sparse weights agree."""
    np.testing.assert_allclose(
        by_iteration(OPENNESS, WEIGHTS), total_influence(OPENNESS, sp.csr_array(WEIGHTS)), rtol=0, atol=1e-12
    )


def test_two_people_worked_by_hand() -> None:
    """Openness (1/2, 1/4), all weight on the other: V = [[4/7, 3/7], [1/7, 6/7]], by hand."""
    total = total_influence([0.5, 0.25], [[0.0, 1.0], [1.0, 0.0]])
    np.testing.assert_allclose(total, np.array([[4, 3], [1, 6]]) / 7.0, rtol=0, atol=1e-15)
    # r = (5/14, 9/14), so 1 / sum r^2 = 196 / 106.
    assert effective_leaders(share_over(total, [0, 1])) == pytest.approx(196 / 106, abs=1e-12)


@pytest.mark.parametrize("others", [1, 4, 20])
def test_a_star_has_one_leader(others: int) -> None:
    """Around someone who never moves, each other ends with o w / (1 - o (1 - w)) of the centre's position."""
    openness, weight = 0.75, 0.4
    w = np.diag(np.full(others + 1, 1.0 - weight))
    w[:, 0] += weight
    w[0] = np.eye(others + 1)[0]
    total = total_influence([0.0] + [openness] * others, w)
    expected = openness * weight / (1.0 - openness * (1.0 - weight))
    np.testing.assert_allclose(total[1:, 0], expected, rtol=0, atol=1e-14)
    shares = share_over(total, range(1, others + 1))
    assert shares.sum() == pytest.approx(1.0, abs=1e-14)
    alone = effective_leaders([expected] + [(1.0 - expected) / others] * others)
    assert effective_leaders(shares) == pytest.approx(alone, abs=1e-12)


def test_equal_shares_count_everyone_as_a_leader() -> None:
    """Five people with a fifth each are five leaders; one with everything is one."""
    assert effective_leaders([0.2] * 5) == pytest.approx(5.0, abs=1e-12)
    assert effective_leaders([0.0, 1.0]) == 1.0


def test_a_group_that_is_fully_open_is_refused_in_words() -> None:
    """Where everyone is open, or a closed part of the group is, V is not determined, and the error says so."""
    with pytest.raises(ValueError, match="4 of 4 people are fully open"):
        total_influence(np.ones(4), WEIGHTS + np.diag([0, 0, 0, 0]))
    apart = [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    with pytest.raises(ValueError, match="2 of 3 people are fully open"):
        total_influence([1.0, 1.0, 0.5], apart)
    # Fully open people who hear somebody with a position of their own are no trouble.
    np.testing.assert_allclose(total_influence([1.0, 0.0], [[0.5, 0.5], [0.0, 1.0]]), [[0, 1], [0, 1]], atol=1e-15)


@pytest.mark.parametrize(
    ("openness", "weights", "words"),
    [
        ([0.5], WEIGHTS, "shape"),
        ([1.5, 0.5, 0.5, 0.5], WEIGHTS, "openness must lie"),
        ([0.5] * 4, 2.0 * WEIGHTS, "sum to 1"),
        ([0.5, 0.5], [[2.0, -1.0], [0.0, 1.0]], "negative"),
    ],
)
def test_wrong_weights_and_openness_are_refused(openness: list[float], weights: np.ndarray, words: str) -> None:
    """Shapes and ranges are checked, and nobody to listen is an error."""
    with pytest.raises(ValueError, match=words):
        total_influence(openness, weights)
    with pytest.raises(ValueError, match="nobody"):
        share_over(np.eye(2), [])


def test_the_rules_of_a_month_are_a_friedkin_johnsen_step() -> None:
    """With rate 1, ``moved_by`` over all sources and ``moved_by_values`` make y(t+1) = A W y(t) + (I - A) y(0)."""
    y = START.copy()
    for _ in range(20):
        after = y.copy()
        for i in range(4):
            for j in range(4):
                if i != j:
                    after[i] += rules.moved_by(WEIGHTS[i, j], y[j], y[i], 1.0, OPENNESS[i])
            after[i] += rules.moved_by_values(START[i], y[i], 1.0, OPENNESS[i])
        y = OPENNESS * (WEIGHTS @ y) + (1.0 - OPENNESS) * START
        np.testing.assert_allclose(after, y, rtol=0, atol=1e-12)


def test_the_model_is_friedkin_johnsen_where_it_should_be() -> None:
    """The Mesa model follows the matrix month by month to 1e-12, and ends at V y(0)."""
    model = group_model()
    y = START / 100.0
    for _ in range(250):
        model.step()
        y = OPENNESS * (WEIGHTS @ y) + (1.0 - OPENNESS) * START / 100.0
        np.testing.assert_allclose(model.state.commitment, y, rtol=0, atol=1e-12)
    limit = total_influence(OPENNESS, WEIGHTS) @ START / 100.0
    np.testing.assert_allclose(model.state.commitment, limit, rtol=0, atol=1e-12)
    np.testing.assert_allclose(100.0 * model.state.commitment, END, rtol=0, atol=1e-6)


def test_weights_read_from_the_model_are_the_groups() -> None:
    """``weights_of`` gives back the matrix that the organisation was built from."""
    model = group_model()
    w = weights_of(model.structure, model.state, model.parameters)
    np.testing.assert_allclose(w.toarray(), WEIGHTS, rtol=0, atol=1e-15)


def test_the_absent_have_no_voice_and_lost_links_count_nothing() -> None:
    """In a council with an empty director's seat nobody weighs the director; a lost pair drops out, both ways."""
    model = OrganisationModel(from_dict({}))
    structure, state = model.structure, model.state
    before = weights_of(structure, state, model.parameters).toarray()
    a, b = int(structure.pair_a[0]), int(structure.pair_b[0])
    assert before[a, b] > 0.0
    state.live[0] = False
    state.present[structure.director] = False
    after = weights_of(structure, state, model.parameters).toarray()
    assert after[a, b] == 0.0
    assert after[b, a] == 0.0
    others = np.delete(np.arange(len(after)), structure.director)
    assert (after[others, structure.director] == 0.0).all()
    assert after[structure.director, structure.director] == 1.0
    np.testing.assert_allclose(after.sum(axis=1), 1.0, rtol=0, atol=1e-14)
    staff = np.flatnonzero(np.isin(structure.role, STAFF))
    led = share_over(total_influence(state.openness, before), staff)
    alone = share_over(total_influence(state.openness, after), staff)
    inside = structure.role != Role.CHANGE_FACILITATOR
    assert led[inside].argmax() == structure.director
    assert alone[structure.director] == 0.0


def test_a_month_moves_commitment_by_the_weights() -> None:
    """One month of the default council, nobody leaving: rate x (openness (W x - c) + (1 - openness)(u - c))."""
    still = {"turnover": {"practitioners": 0.0, "managers": 0.0, "partners": 0.0, "lived_experience": 0.0}}
    model = OrganisationModel(from_dict(still))
    state = model.state
    w = weights_of(model.structure, state, model.parameters).toarray()
    c, u = state.commitment.copy(), state.values.copy()
    model.step()
    x = np.array(model.now.shown)
    # A person hears themselves at their commitment, not at what they show.
    heard = w @ x - np.diag(w) * x + np.diag(w) * c
    expected = c + 0.15 * (0.75 * (heard - c) + 0.25 * (u - c))
    expected[model.structure.role == Role.CHANGE_FACILITATOR] = 1.0
    np.testing.assert_allclose(state.commitment, expected, rtol=0, atol=1e-14)
