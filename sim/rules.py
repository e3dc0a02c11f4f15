"""The model, one small function of plain numbers for each equation of MODEL.md section 2.

Every quantity is a share in [0, 1] and every rate is a month's, unless a docstring says otherwise. Nothing here
knows about people, files or random numbers: a draw that decides something is decided by the caller, who
compares a uniform number with the probability given here.

Sources cited: Miller et al. (2025), doi:10.1093/bjsw/bcaf070 (the study); Friedkin & Johnsen (1990, 1999);
Brock & Durlauf (2001); DeRue & Ashford (2010); Harrison & Carroll (1991).
"""

import math


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), computed so that no argument overflows."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def clip(x: float, low: float = 0.0, high: float = 1.0) -> float:
    """x, held between low and high."""
    return min(max(x, low), high)


# -- Step 0: comings and goings ---------------------------------------------------------------------------


def monthly(yearly_rate: float) -> float:
    """Probability of leaving in a month, from a yearly rate (leavers per seat per year): rate / 12, at most 1."""
    return min(yearly_rate / 12.0, 1.0)


def quantile(u: float, grid: "list[float]") -> float:
    """The value at probability u of a distribution given by its quantiles at equal steps from 0 to 1."""
    x = u * (len(grid) - 1)
    i = min(int(x), len(grid) - 2)
    return grid[i] + (x - i) * (grid[i + 1] - grid[i])


def newcomer_commitment(values: float, share: float) -> float:
    """c = 0.6 u: someone new supports the change as far as their values go, and not yet from experience."""
    return share * values


def newcomer_practice(found: float, induction: float, floor: float) -> float:
    """h = max(0.05, induction x what they find): newcomers take on part of their peers' way of working.

    ``found`` is the mean practice of the seat's peers, 0 where there are none. Source: Harrison & Carroll (1991),
    culture lives or dies by how newcomers are socialised.
    """
    return max(floor, induction * found)


def successor(predecessor: float, own: float, continuity: float) -> float:
    """Continuity x the predecessor's last commitment + (1 - continuity) x the successor's own."""
    return continuity * predecessor + (1.0 - continuity) * own


def faded(last: float, towards: float, fade: float) -> float:
    """What the line shows in a month without a director: 0.15 of the way on towards the lead member's position."""
    return last + fade * (towards - last)


# -- Step 1: what people show -----------------------------------------------------------------------------


def shown(commitment: float, practice: float, demonstration: float) -> float:
    """x = (1 - b) c + b h: words and deeds. Source: the study, "demonstrating these values within their actions"."""
    return (1.0 - demonstration) * commitment + demonstration * practice


def echoed(own: float, director_shown: float, dependency: float) -> float:
    """(1 - f) x + f x_D: a partner that depends on contracts echoes whoever commissions it."""
    return (1.0 - dependency) * own + dependency * director_shown


# -- Step 2: permission -----------------------------------------------------------------------------------


def supported(manager_shown: float, pressure: float) -> float:
    """s = x_manager (1 - pressure): what is left of a manager's support once the day's pressure is met."""
    return manager_shown * (1.0 - min(pressure, 1.0))


def line_allows(support: float, director_shown: float, reach: float) -> float:
    """(1 - r) s + r x_D: what the line allows a person who does not report to the director."""
    return (1.0 - reach) * support + reach * director_shown


def autonomy(leadership: float, delegation: float, credibility: float) -> float:
    """g = 1 - (1 - l)(1 - delegation x k): freedom to act, one's own or delegated and proved real."""
    return 1.0 - (1.0 - leadership) * (1.0 - delegation * credibility)


def permission(autonomy: float, line: float, own_shown: float) -> float:
    """p = (1 - g) x line + g x own x: the freer a person, the more their own conviction is what permits."""
    return (1.0 - autonomy) * line + autonomy * own_shown


# -- Step 3: practice -------------------------------------------------------------------------------------


def practice_probability(
    commitment: float,
    permission: float,
    seen: float,
    back_office_shown: float,
    commitment_weight: float,
    permission_weight: float,
    evidence_weight: float,
    threshold: float,
    red_tape: float,
    steepness: float,
) -> float:
    """sigmoid(12 [0.30 c + 0.50 p + 0.20 n - 0.46 - 0.08 (1 - back office)]): working the new way this month.

    ``seen`` (n) is the mean practice of those one has live horizontal links from; ``back_office_shown`` is 1 where
    there is no back office, so that the red tape falls away. Source: random-utility choice with social
    interaction, Brock & Durlauf (2001).
    """
    support = commitment_weight * commitment + permission_weight * permission + evidence_weight * seen
    return sigmoid(steepness * (support - threshold - red_tape * (1.0 - back_office_shown)))


def habit(practice: float, done: float, rate: float) -> float:
    """h <- (1 - 0.10) h + 0.10 y: practice is the share of recent work done the new way."""
    return (1.0 - rate) * practice + rate * done


# -- Step 4: influence ------------------------------------------------------------------------------------


def voice(authority: float, leadership: float, floor: float) -> float:
    """v = max(a + l, 0.02): how much a person who is present counts when they speak."""
    return max(authority + leadership, floor)


def influence_weight(link_voice: float, total_voice: float, self_weight: float) -> float:
    """W_ij = b_ij v_j / (0.6 + sum of b_ij v_j), ``link_voice`` being b_ij v_j and ``total_voice`` the sum."""
    return link_voice / (self_weight + total_voice)


def moved_by(weight: float, source_shown: float, commitment: float, rate: float, openness: float) -> float:
    """0.15 x 0.75 W_ij (x_j - c_i): the part of a month's change in commitment owed to one source."""
    return rate * openness * weight * (source_shown - commitment)


def moved_by_values(values: float, commitment: float, rate: float, openness: float) -> float:
    """0.15 x 0.25 (u_i - c_i): the pull of one's own values. Source: Friedkin & Johnsen (1990, 1999)."""
    return rate * (1.0 - openness) * (values - commitment)


# -- Step 5: claiming and granting leadership -------------------------------------------------------------


def claim_probability(leadership: float, base: float, slope: float) -> float:
    """0.05 + 0.5 l: those who lead already claim to more often. Source: DeRue & Ashford (2010)."""
    return min(base + slope * leadership, 1.0)


def grant_probability_practitioner(norm: float) -> float:
    """1 - N: under a strong hierarchy norm few claims from the front line are granted."""
    return 1.0 - norm


def grant_probability_vcs(norm: float, dependency: float) -> float:
    """(1 - N)(1 - f): and fewer still from partners who depend on contracts."""
    return (1.0 - norm) * (1.0 - dependency)


def grant_probability_lived_experience(norm: float, infrastructure: float) -> float:
    """(1 - N) x infrastructure: co-production needs investment before its members are granted a lead."""
    return (1.0 - norm) * infrastructure


def leadership_granted(leadership: float, growth: float) -> float:
    """l <- l + 0.12 (1 - l)."""
    return leadership + growth * (1.0 - leadership)


def leadership_refused(leadership: float, refusal: float) -> float:
    """l <- l (1 - 0.06)."""
    return leadership * (1.0 - refusal)


def credibility(before: float, claims: float, granted: float, memory: float) -> float:
    """k <- k + (1 - 0.9^claims)(share granted - k): each claim answered is one more demonstration.

    Source: the study's Discussion, influence must be shown by "repeated practical demonstrations".
    """
    if claims <= 0.0:
        return before
    return before + (1.0 - memory**claims) * (granted / claims - before)


# -- Step 6: subscription ---------------------------------------------------------------------------------


def renewal_probability(
    director_shown: float,
    practice: float,
    lead_member_shown: float,
    director_weight: float,
    practice_weight: float,
    lead_member_weight: float,
    threshold: float,
    steepness: float,
) -> float:
    """sigmoid(14 [0.65 x_D + 0.25 mean staff practice + 0.10 x_lead_member - threshold]).

    ``threshold`` is 0.45 plus any austerity. Where there is no lead member, pass ``lead_member_weight`` 0 and the
    other two scaled up to the same total, as ``shared_weight`` does.
    """
    support = (
        director_weight * director_shown + practice_weight * practice + lead_member_weight * lead_member_shown
    )
    return sigmoid(steepness * (support - threshold))


def shared_weight(weight: float, total: float, missing: float) -> float:
    """A weight once a missing part's has been shared out among the rest in proportion (0 if nothing is left)."""
    return weight * total / (total - missing) if total > missing else 0.0
