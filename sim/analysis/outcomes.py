"""The seven outcomes of the study's theory of change (its Table 1), read off one future, month by month.

They are proxies. The model has no outcomes for people who use services, and what the study means by each outcome is
wider than what people, links and the ledger of influence can show. ``OUTCOMES`` says of each how it is computed, what
it reads in the organisation, and where it falls short; the table itself is ``sim/analysis/outcomes.toml``. Source:
Miller et al. (2025), doi:10.1093/bjsw/bcaf070.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.base.arrays import Bools, Floats, Ints
from sim.base.errors import read_toml
from sim.model import rules
from sim.model.calendar import calendar
from sim.model.ledger import Ledger
from sim.model.parameters import MonthParameters
from sim.model.record import Record
from sim.model.state import bases
from sim.model.weights import authorities
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


OUTCOMES = {slug: Definition(**said) for slug, said in read_toml(Path(__file__).with_suffix(".toml")).items()}
"""The outcomes by slug, in the order of the study's Table 1."""


def outcomes(record: Record, months: Sequence[int] | None = None) -> dict[str, Floats]:
    """All seven outcomes of one future, slug -> [months + 1], NaN where undefined; or those of some ``months`` alone.

    Row m is the state at the end of month m or, for shares of influence, what moved people in month m. Needs a record
    that kept everything; raises ValueError otherwise. Weights and voices are what the model's rules give for the
    state of the row: a changed person who speaks or hears otherwise, or somebody cut off while they stay, is counted
    as if they did not. Shares of influence are the ledger's, whatever people do.
    """
    if record.ledger is None or record.live is None:
        raise ValueError('outcomes need a record of everything: run the future with keep="everything"')
    structure, parameters = record.organisation.structure, calendar(record.scenario).parameters
    rows = np.arange(len(parameters)) if months is None else np.array(months)
    voices = _voices(record, parameters)
    weights = _weights(record, record.live, parameters, voices, rows)
    reciprocity, openness = _by_weight(structure, record.people["present"][rows], weights)
    challenge, influence = _by_flow(structure, record.ledger, rows)
    found = (
        reciprocity,
        _practice(record, parameters)[rows],
        challenge,
        influence,
        openness,
        _partnerships(structure, record.live[rows], record.people["commitment"][rows]),
        _inclusion(structure, voices[rows]),
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


def _weights(
    record: Record, live: Bools, parameters: Sequence[MonthParameters], voices: Floats, rows: Ints
) -> Iterator[Floats]:
    """W of every link, [links], from the state at the end of each of some months; 0 for a link that carries nothing."""
    structure = record.organisation.structure
    target, personal = structure.target, structure.pair >= 0
    hears = record.people["present"] * (structure.role != Role.CHANGE_FACILITATOR)
    different = {id(now): now for now in parameters}
    base = {key: bases(structure, now) for key, now in different.items()}
    for month in rows.tolist():
        now = parameters[month]
        heard = base[id(now)] * voices[month, structure.source] * hears[month, target]
        heard[personal] *= live[month, structure.pair[personal]]
        total = np.bincount(target, weights=heard, minlength=len(structure.role))
        yield on_arrays.influence_weight(heard, total[target], now.influence.self_weight)


def _by_weight(structure: Structure, present: Floats, weights: Iterator[Floats]) -> tuple[Floats, Floats]:
    """Reciprocity of pairs and openness of staff, [months + 1] each."""
    pairs, rows = len(structure.pair_a), len(present)
    personal = structure.pair >= 0
    one = np.zeros_like(personal)  # which links run from the first of their pair to the second; the others run back
    one[personal] = structure.source[personal] == structure.pair_a[structure.pair[personal]]
    other = personal & ~one
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


def _from_outside(structure: Structure) -> Bools:
    """Which links lead to staff from outside their own team and line, [links]."""
    source, target, manager = structure.source, structure.target, structure.manager
    team = (manager[source] == manager[target]) & (manager[target] >= 0)
    line = (manager[source] == target) | (manager[target] == source)
    return np.asarray(_among(structure, structure.staff)[target] & ~team & ~line)


def _by_flow(structure: Structure, ledger: Ledger, rows: Ints) -> tuple[Floats, Floats]:
    """Peers' upward share of influence on staff, communities' share of that on staff and the director."""
    entered, last = ledger.rows(), int(rows.max()) + 1
    wanted = np.zeros(max(last, int(entered["month"].max(initial=0)) + 1), dtype=np.bool_)
    wanted[rows] = True
    entered = entered[wanted[entered["month"]] & (entered["kind"] < len(KINDS))]
    month, listener, source = entered["month"], entered["listener"], entered["source"]
    size = np.abs(entered["change"])
    on_staff = _among(structure, structure.staff)[listener]
    on_them = on_staff | (listener == structure.director)
    peers = (entered["kind"] == Kind.PEER) & (source == entered["heard_from"]) & (entered["change"] > 0.0)
    from_communities = np.isin(structure.role, (Role.VCS_PARTNER, Role.LIVED_EXPERIENCE_MEMBER))

    def flow(counted: Bools) -> Floats:
        return np.bincount(month[counted], weights=size[counted], minlength=last)[rows]

    challenge, influence = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
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
    return np.isin(np.arange(len(structure.role)), seats)


def _ratio(part: Floats, whole: Floats, otherwise: float) -> Floats:
    """part / whole, ``otherwise`` where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), otherwise), where=whole > 0.0))
