"""Each equation of docs/odd.md section 7, worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.model import rules
from sim.model.parameters import beta_grid

share = st.floats(0, 1)


def test_an_even_chance_where_support_meets_the_threshold():
    """With support at the threshold and a back office in step, the chance of practising is one half."""
    assert rules.practice_probability(0.46, 0.46, rules.red_tape_left(0.08, 1.0, 0.0), 0.0, 12.0) == 0.5


def test_red_tape_lowers_the_chance_by_the_misalignment_of_the_back_office():
    """A back office that shows 0.25 costs 0.08 x 0.75 of support: sigmoid(12 x -0.06)."""
    assert rules.practice_probability(0.46, 0.46, rules.red_tape_left(0.08, 0.25, 0.0), 0.0, 12.0) == pytest.approx(
        1 / (1 + math.exp(0.72)), abs=1e-15
    )


def test_support_weighs_commitment_permission_and_what_one_sees():
    """0.30 x 0.5 + 0.50 x 0.4 + 0.20 x 0.1 = 0.37."""
    assert rules.practice_support(0.5, 0.4, 0.1, 0.30, 0.50, 0.20) == pytest.approx(0.37, abs=1e-15)


def test_words_and_deeds():
    """x = 0.7 c + 0.3 h."""
    assert rules.shown(0.8, 0.2, 0.3) == pytest.approx(0.62, abs=1e-15)


def test_a_partner_echoes_the_commissioner():
    """With f = 0.7, a partner at 0.9 under a director who shows 0.2 shows 0.41."""
    assert rules.echoed(0.9, 0.2, 0.7) == pytest.approx(0.41, abs=1e-15)


def test_an_empty_seat_fades_to_the_lead_member_by_a_seventh_and_a_bit():
    """Three months from 0.8 towards 0.4 at 0.15 a month leave 0.4 + 0.4 x 0.85^3."""
    x = 0.8
    for _ in range(3):
        x = rules.faded(x, 0.4, 0.15)
    assert x == pytest.approx(0.4 + 0.4 * 0.85**3, abs=1e-15)


def test_permission_below_the_director_by_hand():
    """Manager shows 0.6 under pressure 0.15, director 0.8, reach 0.35: line 0.6115; autonomy 0.2, own 0.5: 0.5892."""
    line = rules.line_allows(rules.manager_support(0.6, 0.15), 0.8, 0.35)
    assert line == pytest.approx(0.65 * 0.51 + 0.35 * 0.8, abs=1e-15)
    assert rules.permission(0.2, line, 0.5) == pytest.approx(0.8 * 0.6115 + 0.2 * 0.5, abs=1e-12)


def test_pressure_cannot_take_more_than_all_support():
    """Pressure above 1, as austerity may add, leaves no support and no less."""
    assert rules.manager_support(0.6, 1.4) == 0.0


def test_delegation_only_declared_changes_nothing():
    """With credibility 0, autonomy is one's own leadership, whatever is delegated."""
    assert rules.autonomy(0.3, 0.6, 0.0) == pytest.approx(0.3, abs=1e-15)
    assert rules.autonomy(0.3, 0.6, 0.5) == pytest.approx(1 - 0.7 * 0.7, abs=1e-15)


def test_claims_granted_and_refused():
    """l = 0.5 goes to 0.56 once granted and to 0.47 once refused."""
    assert rules.leadership_after(0.5, True, 0.12, 0.06) == pytest.approx(0.56, abs=1e-15)
    assert rules.leadership_after(0.5, False, 0.12, 0.06) == pytest.approx(0.47, abs=1e-15)


def test_credibility_moves_by_the_number_of_claims():
    """Two claims, one granted, from 0: 0.19 of the way to 0.5; no claim, no move."""
    assert rules.credibility(0.0, 2, 1, 0.9) == pytest.approx(0.095, abs=1e-15)
    assert rules.credibility(0.3, 0, 0, 0.9) == 0.3


def test_who_grants_what():
    """Under the default norm a practitioner's claim is granted with 0.2, a partner's 0.06, a member's 0.06."""
    assert rules.grant_probability(0.8, 1.0) == pytest.approx(0.2, abs=1e-15)
    assert rules.grant_probability(0.8, 1 - 0.7) == pytest.approx(0.06, abs=1e-15)
    assert rules.grant_probability(0.8, 0.3) == pytest.approx(0.06, abs=1e-15)


def test_newcomers_start_short_of_their_values_and_take_on_half_of_what_they_find():
    """c = 0.6 u; h = max(0.05, 0.5 f), f = n + A (1 - n)."""
    assert rules.newcomer_commitment(0.5, 0.6) == pytest.approx(0.3, abs=1e-15)
    assert rules.newcomer_practice(rules.found_by_newcomers(0.4, 0.0), 0.5, 0.05) == pytest.approx(0.2, abs=1e-15)
    assert rules.newcomer_practice(rules.found_by_newcomers(0.4, 0.5), 0.5, 0.05) == pytest.approx(0.35, abs=1e-15)
    assert rules.newcomer_practice(0.02, 0.5, 0.05) == 0.05


def test_a_successor_takes_over_as_much_as_there_is_continuity():
    """0.8 x 0.9 + 0.2 x 0.2 = 0.76."""
    assert rules.successor(0.9, 0.2, 0.8) == pytest.approx(0.76, abs=1e-15)


def test_a_month_of_new_work_moves_the_habit_by_a_tenth():
    """0.9 x 0.3 + 0.1 x 1 = 0.37."""
    assert rules.habit(0.3, 1.0, 0.10) == pytest.approx(0.37, abs=1e-15)
    assert rules.deeds(0.8, 0.5) == pytest.approx(0.4, abs=1e-15)


def test_a_voice_is_authority_and_leadership_and_never_quite_nothing():
    assert rules.voice(0.5, 0.2, 0.02) == pytest.approx(0.7, abs=1e-15)
    assert rules.voice(0.0, 0.0, 0.02) == 0.02
    assert rules.influence_weight(0.7, 1.4, 0.6) == pytest.approx(0.35, abs=1e-15)


def test_who_leads_claims_more_often_and_never_more_than_always():
    """0.05 + 0.5 x 0.4 = 0.25."""
    assert rules.claim_probability(0.4, 0.05, 0.5) == pytest.approx(0.25, abs=1e-15)
    assert rules.claim_probability(1.0, 0.8, 0.5) == 1.0


def test_renewal_is_an_even_chance_at_the_threshold():
    """A tenth of support above it: sigmoid(1.4)."""
    assert rules.renewal_probability(0.45, 0.45, 14.0) == 0.5
    assert rules.renewal_probability(0.55, 0.45, 14.0) == pytest.approx(1 / (1 + math.exp(-1.4)), abs=1e-12)


def test_embedding_and_what_a_lapse_leaves_of_it():
    """0.5 + 0.10 x 0.6 x 0.5 x 0.8 x 0.5 - 0.03 x 0.2 x 0.5 = 0.509; 0.7 of it is left."""
    after = rules.embedding(0.5, 0.6, 0.5, 0.8, 0.10, 0.03)
    assert after == pytest.approx(0.509, abs=1e-15)
    assert rules.embedding_left(after, 0.3) == pytest.approx(0.7 * 0.509, abs=1e-15)


def test_attention_is_shared_where_there_are_more_peers_than_it_goes_round():
    assert rules.attended(10, 13.0) == 1.0
    assert rules.attended(26, 13.0) == 0.5


def test_a_yearly_rate_of_twelve_or_more_leaves_at_once():
    """0.15 a year is 0.0125 a month; a probability stays one."""
    assert rules.monthly(0.15) == pytest.approx(0.0125, abs=1e-15)
    assert rules.monthly(30.0) == 1.0


def test_values_follow_their_beta_distribution():
    """The table of quantiles gives Beta(3.5, 6.5)'s own within 1e-4 away from the tails, and its mean."""
    grid = beta_grid(3.5, 6.5)
    for u in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert rules.quantile(u, grid) == pytest.approx(stats.beta.ppf(u, 3.5, 6.5), abs=1e-4)
    mean = sum(rules.quantile((i + 0.5) / 5000, grid) for i in range(5000)) / 5000
    assert mean == pytest.approx(0.35, abs=1e-4)
    assert rules.quantile(0.0, grid) == 0.0


@given(st.floats(-1e300, 1e300))
def test_the_sigmoid_never_overflows_and_is_symmetric(x: float):
    """Any number gives a probability, and those of x and -x add up to 1."""
    assert 0.0 <= rules.sigmoid(x) <= 1.0
    assert rules.sigmoid(x) + rules.sigmoid(-x) == pytest.approx(1.0, abs=1e-15)


@given(share, share, share, share, share, st.floats(1e-3, 10), st.lists(st.tuples(st.floats(0, 30), share), max_size=8))
def test_listening_keeps_commitment_between_the_extremes_it_meets(own, values, rate, openness, _, self_weight, heard):
    """However the weights fall, new commitment lies between the least and the greatest of all positions heard."""
    total = sum(voice for voice, _ in heard)
    pull = sum(voice * (x - own) for voice, x in heard)
    after = own + rules.moved_by_others(pull, total, self_weight, rate, openness)
    after += rules.moved_by_values(values, own, rate, openness)
    positions = [own, values, *(x for _, x in heard)]
    assert min(positions) - 1e-12 <= after <= max(positions) + 1e-12


@given(share, st.floats(1e-3, 10), st.lists(st.tuples(st.floats(0, 30), share), min_size=1, max_size=8))
def test_the_parts_owed_to_each_source_add_up(own, self_weight, heard):
    """The ledger's rows are the same sum as the month's change."""
    total = sum(voice for voice, _ in heard)
    pull = sum(voice * (x - own) for voice, x in heard)
    weights = [rules.influence_weight(voice, total, self_weight) for voice, _ in heard]
    parts = [rules.moved_by(w, x, own, 0.15, 0.75) for w, (_, x) in zip(weights, heard, strict=True)]
    assert sum(parts) == pytest.approx(rules.moved_by_others(pull, total, self_weight, 0.15, 0.75), abs=1e-13)
