"""The model, one small function of plain numbers for each equation of docs/odd.md section 7, in its order.

Every quantity is a share in [0, 1] and every rate a month's, unless a docstring says otherwise. Nothing here knows
about people, files or random numbers: whoever draws compares a uniform number with the probability given here.

Sources: Miller et al. (2025), doi:10.1093/bjsw/bcaf070, "the study"; Friedkin & Johnsen (1990, 1999); Brock & Durlauf
(2001); DeRue & Ashford (2010); Harrison & Carroll (1991).
"""

import math
from collections.abc import Sequence


def exp(x: float) -> float:
    """e^x, in the last place or next to it, held where neither it nor 1 / e^x would be 0.

    In plain arithmetic, since no two platforms' own need agree in the last place, and every number here is to be the
    same everywhere. e^x = 2^n e^r, with n the whole number next to x / ln 2, and e^r as the first terms of its series.
    """
    x = min(max(x, -708.0), 708.0)
    n = x * _LOG2_E + _WHOLE - _WHOLE
    r = x - n * _LN_2 - n * _LN_2_REST
    s = r * r
    low = 1 / 2 + r * (1 / 6) + s * (1 / 24 + r * (1 / 120))
    middle = 1 / 720 + r * (1 / 5040) + s * (1 / 40320 + r * (1 / 362880))
    high = 1 / 3628800 + r * (1 / 39916800) + s * (1 / 479001600 + r * (1 / 6227020800))
    fourth = s * s
    return math.ldexp(1.0 + (r + s * (low + fourth * middle + fourth * fourth * high)), int(n))


_LOG2_E = 1.4426950408889634
_LN_2, _LN_2_REST = 0.6931471803691238, 1.9082149292705877e-10
_WHOLE = 1.5 * 2.0**52
"""Added and taken away again, it leaves the whole number next to what it was added to."""


def power(base: float, times: float) -> float:
    """``base`` multiplied by itself a whole number of times."""
    product = 1.0
    while times > 0.0:
        product *= base
        times -= 1.0
    return product


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), computed so that no argument overflows."""
    e = exp(-abs(x))
    return (1.0 if x >= 0.0 else e) / (1.0 + e)


def clip(x: float) -> float:
    """x, held between 0 and 1."""
    return min(max(x, 0.0), 1.0)


def mean(values: Sequence[float]) -> float:
    """The mean of some numbers, added up in their order, so that every way of running the model agrees to the bit."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


def quantile(u: float, grid: Sequence[float]) -> float:
    """The value at probability u of a distribution given by its quantiles at equal steps from 0 to 1."""
    x = u * (len(grid) - 1)
    i = min(int(x), len(grid) - 2)
    return grid[i] + (x - i) * (grid[i + 1] - grid[i])


def monthly(yearly_rate: float) -> float:
    """Step 0. Probability of leaving in a month: leavers per seat per year / 12, at most 1."""
    return min(yearly_rate / 12.0, 1.0)


def newcomer_commitment(values: float, share: float) -> float:
    """Step 0. c = 0.6 u: a newcomer supports the change as far as their values go, not yet from experience."""
    return share * values


def found_by_newcomers(peers: float, embedding: float) -> float:
    """Step 0. f = n + A (1 - n): what newcomers find of the new way, in colleagues and in what is written down."""
    return peers + embedding * (1.0 - peers)


def newcomer_practice(found: float, induction: float, floor: float) -> float:
    """Step 0. h = max(0.05, induction x f): socialisation, Harrison & Carroll (1991)."""
    return max(floor, induction * found)


def wanted(lead_member_shown: float, reports_shown: float, panel: float) -> float:
    """Step 0. a = (1 - panel) x lead member + panel x the director's reports: the position they look for."""
    return (1.0 - panel) * lead_member_shown + panel * reports_shown


def appeal(commitment: float, wanted: float, choosiness: float) -> float:
    """Step 0. exp(-5 x distance of c from a): a candidate's chances, against the others'. Schneider (1987)."""
    return exp(-choosiness * abs(commitment - wanted))


def successor(predecessor: float, own: float, continuity: float) -> float:
    """Step 0. Continuity x the predecessor's last commitment + (1 - continuity) x the successor's own."""
    return continuity * predecessor + (1.0 - continuity) * own


def faded(last: float, towards: float, fade: float) -> float:
    """Step 1. What an empty seat's line shows: 0.15 of the way on, each month, to the lead member's position."""
    return last + fade * (towards - last)


def shown(commitment: float, practice: float, demonstration: float) -> float:
    """Step 1. x = (1 - b) c + b h, words and deeds: the study's "demonstrating these values within their actions"."""
    return (1.0 - demonstration) * commitment + demonstration * practice


def echoed(own: float, director_shown: float, dependency: float) -> float:
    """Step 1. (1 - f) x + f x_D: a partner that depends on contracts echoes whoever commissions it."""
    return (1.0 - dependency) * own + dependency * director_shown


def say_of_communities(seat: float, leadership: float) -> float:
    """Step 1. w = omega x l_com: a seat in governance weighs as much as those in it have been let to lead."""
    return seat * leadership


def top(director_shown: float, communities_shown: float, say: float) -> float:
    """Step 1. x_T = (1 - w) x_D + w x_com: what the top of the organisation stands for."""
    return (1.0 - say) * director_shown + say * communities_shown


def manager_support(manager_shown: float, pressure: float) -> float:
    """Step 2. s = x_manager (1 - pressure): what is left of a manager's support once the day's pressure is met."""
    return manager_shown * (1.0 - min(pressure, 1.0))


def line_allows(support: float, top_shown: float, reach: float) -> float:
    """Step 2. (1 - r) s + r x_T: what the line allows a person who does not report to the director."""
    return (1.0 - reach) * support + reach * top_shown


def autonomy(leadership: float, delegation: float, credibility: float) -> float:
    """Step 2. g = 1 - (1 - l)(1 - delegation x k): freedom to act, one's own or delegated and proved real."""
    return 1.0 - (1.0 - leadership) * (1.0 - delegation * credibility)


def permission(autonomy: float, line: float, own_shown: float) -> float:
    """Step 2. p = (1 - g) x line + g x own x: the freer a person, the more their own conviction permits."""
    return (1.0 - autonomy) * line + autonomy * own_shown


def practice_support(commitment: float, permission: float, seen: float, w_c: float, w_p: float, w_n: float) -> float:
    """Step 3. 0.30 c + 0.50 p + 0.20 n; n (``seen``) is the mean practice of those one sees working."""
    return w_c * commitment + w_p * permission + w_n * seen


def red_tape_left(red_tape: float, back_office: float, embedding: float) -> float:
    """Step 3. 0.08 (1 - B)(1 - A), B = 1 without a back office: red tape goes as the new way is embedded."""
    return red_tape * (1.0 - back_office) * (1.0 - embedding)


def practice_probability(support: float, threshold: float, red_tape: float, written: float, steep: float) -> float:
    """Step 3. sigmoid(12 [support - 0.46 - red tape + w_A A]), ``written`` being w_A A. Brock & Durlauf (2001)."""
    return sigmoid(steep * (support - threshold - red_tape + written))


def deeds(commitment: float, integrity: float) -> float:
    """Step 3. integrity x c: how far a director works the new way, the study's "core enabler". Simons (2002)."""
    return integrity * commitment


def habit(practice: float, done: float, rate: float) -> float:
    """Step 3. h <- (1 - 0.10) h + 0.10 y: practice is the share of recent work done the new way."""
    return (1.0 - rate) * practice + rate * done


def voice(authority: float, leadership: float, floor: float) -> float:
    """Step 4. v = max(a + l, 0.02): how much a person who is present counts when they speak."""
    return max(authority + leadership, floor)


def attended(fellows: int, attention: float) -> float:
    """Step 4. min(1, K / peers under the same manager): attention is bounded, and shared among them. Simon (1971)."""
    return min(1.0, attention / fellows)


def influence_weight(link_voice: float, total_voice: float, self_weight: float) -> float:
    """Step 4. W_ij = b_ij v_j / (0.6 + sum of b_ij v_j): ``link_voice`` is b_ij v_j, ``total_voice`` the sum."""
    return link_voice / (self_weight + total_voice)


def moved_by(weight: float, source_shown: float, commitment: float, rate: float, openness: float) -> float:
    """Step 4. 0.15 x 0.75 W_ij (x_j - c_i): the part of a month's change in commitment owed to one source."""
    return rate * openness * weight * (source_shown - commitment)


def moved_by_others(pull: float, total_voice: float, self_weight: float, rate: float, openness: float) -> float:
    """Step 4. The sum of ``moved_by`` over all sources; ``pull`` is the sum of b_ij v_j (x_j - c_i)."""
    return rate * openness * pull / (self_weight + total_voice)


def moved_by_values(values: float, commitment: float, rate: float, openness: float) -> float:
    """Step 4. 0.15 x 0.25 (u_i - c_i): the pull of one's own values. Friedkin & Johnsen (1990, 1999)."""
    return rate * (1.0 - openness) * (values - commitment)


def claim_probability(leadership: float, base: float, slope: float) -> float:
    """Step 5. 0.05 + 0.5 l: those who lead already claim to more often. DeRue & Ashford (2010)."""
    return min(base + slope * leadership, 1.0)


def grant_probability(norm: float, standing: float) -> float:
    """Step 5. (1 - N) x standing: 1 for practitioners, 1 - f for VCS partners, infrastructure for lived experience."""
    return (1.0 - norm) * standing


def leadership_after(leadership: float, granted: bool, growth: float, refusal: float) -> float:
    """Step 5. l + 0.12 (1 - l) once a claim is granted, l (1 - 0.06) once it is refused."""
    return leadership + growth * (1.0 - leadership) if granted else leadership * (1.0 - refusal)


def credibility(before: float, claims: float, granted: float, memory: float) -> float:
    """Step 5. k <- k + (1 - 0.9^claims)(share granted - k): the study's "repeated practical demonstrations"."""
    if claims <= 0.0:
        return before
    return before + (1.0 - power(memory, claims)) * (granted / claims - before)


def norm(before: float, granted: float, refused: float, lost: float, gained: float) -> float:
    """Step 5. N (1 - 0.02)^granted, then what is missing to 1, times (1 - 0.01)^refused: the norm learns."""
    weaker = before * power(1.0 - lost, granted)
    return weaker + (1.0 - power(1.0 - gained, refused)) * (1.0 - weaker)


def norm_of_the_organisation(norm: float, austerity: float) -> float:
    """Step 5. N_o = N + (1 - N) min(1, 5 x austerity): in hard times decisions are centralised."""
    return norm + (1.0 - norm) * min(1.0, 5.0 * austerity)


def drifted(before: float, towards: float, drift: float) -> float:
    """Step 5. N_g + 0.01 (N_o - N_g): a team's norm goes back to the organisation's."""
    return before + drift * (towards - before)


def embedding(before: float, practice: float, back_office: float, top: float, rate: float, decay: float) -> float:
    """Step 6. A + 0.10 Q B x_T (1 - A) - 0.03 (1 - x_T) A: what is practised and stood for goes into the rules."""
    return before + rate * practice * back_office * top * (1.0 - before) - decay * (1.0 - top) * before


def embedding_left(before: float, loss: float) -> float:
    """Step 7. (1 - 0.3) A: what is left once the programme has gone, "loss of the artefacts connected with" it."""
    return (1.0 - loss) * before


def renewal_probability(support: float, threshold: float, steepness: float) -> float:
    """Step 7. sigmoid(14 [support - 0.45 - austerity]), support 0.65 x_T + 0.25 Q + 0.10 x_lead_member."""
    return sigmoid(steepness * (support - threshold))
