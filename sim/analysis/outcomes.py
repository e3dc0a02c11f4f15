"""The seven outcomes of the study's theory of change (its Table 1), read off one future, month by month.

They are proxies. The model has no outcomes for people who use services, and what the study means by each outcome is
wider than what people, links and the ledger of influence can show: ``OUTCOMES`` says of each how it is computed, what
it reads in the organisation, and where it falls short. Source: Miller et al. (2025), doi:10.1093/bjsw/bcaf070.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.base.arrays import Bools, Floats, Ints
from sim.model import rules
from sim.model.calendar import calendar
from sim.model.ledger import Ledger
from sim.model.parameters import MonthParameters
from sim.model.record import Record
from sim.model.weights import authorities, link_bases
from sim.organisation.structure import Structure
from sim.scenario.roles import KINDS, Kind, Role

if TYPE_CHECKING:
    import pandas as pd


CLAIMANTS = (Role.MIDDLE_MANAGER, Role.PRACTITIONER, Role.VCS_PARTNER, Role.LIVED_EXPERIENCE_MEMBER)
"""The kinds of people who may claim to lead (step 5)."""

on_arrays: Any = rules
"""The same rules, called with arrays; those used here are plain arithmetic."""


@dataclass(frozen=True)
class Definition:
    """What one outcome is.

    ``definition``: how it is computed and where it is undefined (NaN). ``low``, ``high``: the range; ``low`` is none
    of it, ``high`` as much as the definition allows. ``reads``: what it reads in the organisation. ``weakness``:
    where it may mislead.
    """

    title: str
    definition: str
    unit: str
    reads: str
    weakness: str
    low: float = 0.0
    high: float = 1.0


OUTCOMES: dict[str, Definition] = {
    "trust_and_reciprocity": Definition(
        title="Trust and reciprocity across the system",
        definition="For each pair joined across the boundary (partner and co-production links): the smaller of the two "
        "weights they give each other (W of step 4) over the larger, 0 for a link that is lost or runs one way only; "
        "the mean over pairs. Undefined in an organisation without such pairs.",
        unit="ratio",
        reads="How evenly people who work together across the boundary heed one another.",
        weakness="Two people who hardly heed each other count as much as two who do, and a practitioner who wins a "
        "voice lowers it while partners win none.",
    ),
    "creative_and_relational_practice": Definition(
        title="Creative and relational practice",
        definition="For each practitioner present: practice times autonomy, g = 1 - (1 - l)(1 - delegation x "
        "credibility) of step 2, with the organisation's mean credibility, since a record keeps no team's own; the "
        "mean. Undefined while there are no practitioners.",
        unit="share of work",
        reads="How much of practitioners' work is done the new way and at their own discretion, not as the line asks.",
        weakness="Practice is a factor of it, so it goes up and down with practised commitment, and nothing in it is "
        "about relations with people who draw on services.",
    ),
    "constructive_peer_challenge": Definition(
        title="Constructive peer challenge",
        definition="Of all influence on staff along links in the month, up or down (absolute changes of commitment): "
        "the share that is peers, by their own position, pulling upwards. Undefined in row 0, in a month without "
        "influence on staff, and in an organisation where no peer link leads to staff.",
        unit="share of influence",
        reads="How much of what moves staff is colleagues who show more than they hold themselves.",
        weakness="It is about positions, not about anything said; it also falls when others speak louder, and where "
        "all agree there is nothing to challenge.",
    ),
    "tangible_influence": Definition(
        title="Tangible influence of diverse people and communities",
        definition="Of all influence on staff and the director along links in the month, up or down (absolute changes "
        "of commitment): the share owed to voluntary-sector partners' own positions, not what they echo, and to "
        "lived-experience members. Undefined in row 0, in a month without influence on them, and in an organisation "
        "that has neither.",
        unit="share of influence",
        reads="How much of what moves those who decide and do the work is people and communities speaking for "
        "themselves.",
        weakness="The ledger names the last voice: what lived-experience members bring about through a partner counts "
        "as the partner's; and it is influence on commitment, not on decisions.",
    ),
    "openness_to_learning": Definition(
        title="Openness to internal and external learning",
        definition="For each member of staff present: the sum of the weights (W of step 4) they give to people outside "
        "their own team and line, which is peers of other teams, partners, lived-experience members and "
        "facilitators; the mean. Undefined in an organisation where no such link leads to staff.",
        unit="share of weight",
        reads="How much heed staff pay to voices from outside their own team and line.",
        weakness="It counts who is heeded, not what is learnt or whether they favour the change, and heed set free by "
        "an empty director's seat passes for openness.",
    ),
    "strengthened_partnerships": Definition(
        title="Strengthened partnerships",
        definition="For each pair joined across the boundary (partner and co-production links): the smaller of the two "
        "commitments, 0 for a link that is lost; the mean over pairs. Undefined in an organisation without such "
        "pairs.",
        unit="commitment",
        reads="How far working relations across the boundary stand and both sides support the change.",
        weakness="Commitment of both ends is in it, so it goes up and down with staff's; the pairs are those of the "
        "start, so no new partnership can show.",
    ),
    "inclusive_workplaces": Definition(
        title="More inclusive workplaces",
        definition="With m the mean voice (v of step 4, 0 for an empty seat) of each kind of people who may claim to "
        "lead (middle managers, practitioners, voluntary-sector partners, lived-experience members): "
        "((sum m)^2 / sum m^2 - 1) / (kinds - 1), the effective number of kinds with a voice, from one kind to all. "
        "Undefined with fewer than two kinds, and while nobody has a voice.",
        unit="evenness",
        reads="How evenly a voice is spread over managers, the front line, community partners and people with lived "
        "experience.",
        weakness="It sees kinds of role only, not who people are, nor unevenness within a kind; equally little voice "
        "for everyone counts as even.",
    ),
}
"""The outcomes by slug, in the order of the study's Table 1."""


def outcomes(record: Record) -> dict[str, Floats]:
    """All seven outcomes of one future, slug -> [months + 1], NaN where undefined.

    Row m is the state at the end of month m or, for shares of influence, what moved people in month m. Needs a record
    that kept everything; raises ValueError otherwise. Weights and voices are what the model's rules give for the
    state of the row: a changed person who speaks or hears otherwise, or somebody cut off while they stay, is counted
    as if they did not. Shares of influence are the ledger's, whatever people do.
    """
    if record.ledger is None or record.live is None:
        raise ValueError('outcomes need a record of everything: run the future with keep="everything"')
    structure, parameters = record.organisation.structure, calendar(record.scenario).parameters
    voices = _voices(record, parameters)
    weights = _weights(record, record.live, parameters, voices)
    reciprocity, openness = _by_weight(structure, record.people["present"], weights)
    challenge, influence = _by_flow(structure, record.ledger, len(voices))
    found = (
        reciprocity,
        _practice(record, parameters),
        challenge,
        influence,
        openness,
        _partnerships(structure, record.live, record.people["commitment"]),
        _inclusion(structure, voices),
    )
    return dict(zip(OUTCOMES, found, strict=True))


def outcomes_frame(record: Record) -> "pd.DataFrame":
    """The outcomes as a row a month, indexed by month, with the columns of ``OUTCOMES``; see ``outcomes``."""
    import pandas as pd

    frame = pd.DataFrame(outcomes(record))
    frame.index.name = "month"
    return frame


def _voices(record: Record, parameters: Sequence[MonthParameters]) -> Floats:
    """v of every seat, [months + 1, seats]; 0 for an empty one."""
    structure, leadership = record.organisation.structure, record.people["leadership"]
    authority = np.array([authorities(structure, now) for now in parameters])
    floor = np.array([now.influence.voice_floor for now in parameters])
    return np.asarray(np.maximum(authority + leadership, floor[:, None]) * record.people["present"])


def _weights(record: Record, live: Bools, parameters: Sequence[MonthParameters], voices: Floats) -> Iterator[Floats]:
    """W of every link, [links], from the state at the end of each month; 0 for a link that carries nothing."""
    structure = record.organisation.structure
    target, personal = structure.target, structure.pair >= 0
    hears = record.people["present"] * (structure.role != Role.CHANGE_FACILITATOR)
    for month, now in enumerate(parameters):
        heard = link_bases(structure, now) * voices[month, structure.source] * hears[month, target]
        heard[personal] *= live[month, structure.pair[personal]]
        total = np.bincount(target, weights=heard, minlength=len(structure.role))
        yield on_arrays.influence_weight(heard, total[target], now.influence.self_weight)


def _by_weight(structure: Structure, present: Floats, weights: Iterator[Floats]) -> tuple[Floats, Floats]:
    """Reciprocity of pairs and openness of staff, [months + 1] each."""
    pairs, rows = len(structure.pair_a), len(present)
    one, other = _directions(structure)
    outside = _from_outside(structure)
    staff = present[:, structure.staff].sum(axis=1)
    reciprocity, openness = np.full(rows, np.nan), np.full(rows, np.nan)
    for month, weight in enumerate(weights):
        if pairs > 0:
            there, back = np.zeros(pairs), np.zeros(pairs)
            there[structure.pair[one]], back[structure.pair[other]] = weight[one], weight[other]
            reciprocity[month] = _ratio(np.minimum(there, back), np.maximum(there, back), 0.0).mean()
        if outside.any() and staff[month] > 0.0:
            openness[month] = weight[outside].sum() / staff[month]
    return reciprocity, openness


def _directions(structure: Structure) -> tuple[Bools, Bools]:
    """Which links run from the first of their pair to the second, and which back, [links] each."""
    personal = structure.pair >= 0
    first = np.zeros_like(personal)
    first[personal] = structure.source[personal] == structure.pair_a[structure.pair[personal]]
    return first, personal & ~first


def _from_outside(structure: Structure) -> Bools:
    """Which links lead to staff from outside their own team and line, [links]."""
    source, target, manager = structure.source, structure.target, structure.manager
    team = (manager[source] == manager[target]) & (manager[target] >= 0)
    line = (manager[source] == target) | (manager[target] == source)
    return np.asarray(_among(structure, structure.staff)[target] & ~team & ~line)


def _by_flow(structure: Structure, ledger: Ledger, rows: int) -> tuple[Floats, Floats]:
    """Peers' upward share of influence on staff, communities' share of that on staff and the director."""
    entered = ledger.rows()
    entered = entered[entered["kind"] < len(KINDS)]
    month, listener, source = entered["month"], entered["listener"], entered["source"]
    size = np.abs(entered["change"])
    on_staff = _among(structure, structure.staff)[listener]
    on_them = on_staff | (listener == structure.director)
    peers = (entered["kind"] == Kind.PEER) & (source == entered["heard_from"]) & (entered["change"] > 0.0)
    from_communities = np.isin(structure.role, (Role.VCS_PARTNER, Role.LIVED_EXPERIENCE_MEMBER))

    def flow(counted: Bools) -> Floats:
        return np.bincount(month[counted], weights=size[counted], minlength=rows)

    challenge, influence = np.full(rows, np.nan), np.full(rows, np.nan)
    if _among(structure, structure.staff)[structure.target[structure.kind == Kind.PEER]].any():
        challenge = _ratio(flow(on_staff & peers), flow(on_staff), np.nan)
    if from_communities.any():
        # What a partner echoes has whoever is echoed for its source.
        influence = _ratio(flow(on_them & from_communities[source]), flow(on_them), np.nan)
    return challenge, influence


def _practice(record: Record, parameters: Sequence[MonthParameters]) -> Floats:
    """Practitioners' practice times autonomy, [months + 1]."""
    people, seats = record.people, record.organisation.structure.practitioners
    delegation = np.array([now.leadership.delegation for now in parameters])
    credibility = record.monthly["credibility"]
    # Where nobody leads a team, none has a credibility and the model's rule reads 0.
    credibility = np.where(np.isnan(credibility), 0.0, credibility)
    autonomy = on_arrays.autonomy(people["leadership"][:, seats], delegation[:, None], credibility[:, None])
    here = people["present"][:, seats]
    return _ratio((people["practice"][:, seats] * autonomy * here).sum(axis=1), here.sum(axis=1), np.nan)


def _partnerships(structure: Structure, live: Bools, commitment: Floats) -> Floats:
    """The smaller commitment of each pair that stands, [months + 1]."""
    if len(structure.pair_a) == 0:
        return np.full(len(live), np.nan)
    both = np.minimum(commitment[:, structure.pair_a], commitment[:, structure.pair_b])
    return np.asarray((live * both).mean(axis=1))


def _inclusion(structure: Structure, voices: Floats) -> Floats:
    """The effective number of kinds of claimants with a voice, beyond one, as a share of those beyond one."""
    seats = [structure.seats_of(role) for role in CLAIMANTS]
    mean = np.array([voices[:, held].mean(axis=1) for held in seats if held])
    if len(mean) < 2:
        return np.full(len(voices), np.nan)
    effective = _ratio(mean.sum(axis=0) ** 2, (mean**2).sum(axis=0), np.nan)
    return np.clip((effective - 1.0) / (len(mean) - 1), 0.0, 1.0)  # rounding can take it past an end


def _among(structure: Structure, seats: Ints) -> Bools:
    """Which seats are among some, [seats]."""
    among = np.zeros(len(structure.role), dtype=np.bool_)
    among[seats] = True
    return among


def _ratio(part: Floats, whole: Floats, otherwise: float) -> Floats:
    """part / whole, ``otherwise`` where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), otherwise), where=whole > 0.0))
