"""Seats and the links between them: an organisation generated from a scenario, or read from files.

``organisation(scenario, seed, future)`` gives the one in which a future plays out. The network stream decides who
is linked with whom, so each future has its own; the line, once read from files, is the same in all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.labels import Labels
from sim.roles import PERSONAL, STAFF, Kind, Role
from sim.scenario import Scenario, ScenarioError
from sim.uniform import Uniforms

Ints = NDArray[np.int64]


class Structure(NamedTuple):
    """The fixed part of an organisation as arrays; what moves stands in the state.

    role, manager, address: [seats]; ``manager`` is the line manager's seat, -1 where there is none, and so names
    the team; ``address`` is where a seat's draws are found.
    source, target, kind, weight, pair: [links], sorted by target; ``weight`` multiplies the kind's base weight and
    ``pair`` is the personal link's pair, -1 for links that belong to the seat.
    first: [seats + 1]; the links into seat i are first[i] to first[i + 1].
    pair_a, pair_b: [pairs], the two seats of each personal link.
    peer_source, peer_target: [peer links]; peer_count: [seats], how many peer links lead into a seat.
    middle_managers, practitioners, staff (the two together), heads (of the teams whose
    credibility counts for somebody): their seats, lowest first.
    director, lead_member, engagement_lead: a seat, -1 where there is none.
    """

    role: Ints
    manager: Ints
    address: NDArray[np.uint64]
    source: Ints
    target: Ints
    kind: Ints
    weight: NDArray[np.float64]
    pair: Ints
    first: Ints
    pair_a: Ints
    pair_b: Ints
    peer_source: Ints
    peer_target: Ints
    peer_count: Ints
    middle_managers: Ints
    practitioners: Ints
    staff: Ints
    heads: Ints
    director: int
    lead_member: int
    engagement_lead: int

    def seats_of(self, role: Role) -> list[int]:
        """The seats of a role, lowest first."""
        return [int(seat) for seat in np.flatnonzero(self.role == role)]

    def seat_of(self, role: str, number: int, where: str) -> int:
        """The seat that an event names; ``where`` opens the message of the ScenarioError if there is none."""
        if role == "engagement_lead":
            return self.engagement_lead
        seats = self.seats_of(Role[role.upper()])
        if number > len(seats):
            raise ScenarioError(f"{where}.seat = {number}: this organisation has {len(seats)} of role {role}")
        return seats[number - 1]


@dataclass(frozen=True)
class Organisation:
    """An organisation with its words: what each seat is called and what was assumed in reading it."""

    structure: Structure
    labels: list[str]
    notes: list[str] = field(default_factory=list)
    ids: list[str] | None = None

    def __len__(self) -> int:
        """Number of seats."""
        return len(self.labels)


class Builder:
    """Collects seats and links and lays them out as a Structure."""

    def __init__(self) -> None:
        self.roles: list[Role] = []
        self.managers: list[int] = []
        self.addresses: list[int] = []
        self.ids: list[str] = []
        self.notes: list[str] = []
        self.links: dict[tuple[int, int, Kind], float] = {}
        self._counts: dict[Role, int] = {}

    def seat(self, role: Role, manager: int = -1, team: int = 0, position: int | None = None, name: str = "") -> int:
        """Add a seat; ``team`` and ``position`` (default: the count so far in the role) make up its address."""
        count = self._counts.get(role, 0)
        self._counts[role] = count + 1
        position = count if position is None else position
        self.roles.append(role)
        self.managers.append(manager)
        self.addresses.append(role << 48 | team << 24 | (position + 1))
        self.ids.append(name)
        return len(self.roles) - 1

    def seats(self, role: Role) -> list[int]:
        """The seats of a role so far."""
        return [seat for seat, r in enumerate(self.roles) if r == role]

    def link(self, source: int, target: int, kind: Kind, weight: float = 1.0) -> None:
        """Add a directed link; a second one of the same kind between the same two adds its weight."""
        key = (source, target, kind)
        self.links[key] = self.links.get(key, 0.0) + weight

    def mutual(self, one: int, other: int, kind: Kind) -> None:
        """Link two seats both ways, once."""
        if (one, other, kind) not in self.links:
            self.link(one, other, kind)
            self.link(other, one, kind)

    def line(self) -> None:
        """Add the links of the line, down and up, for everyone who has a manager."""
        for seat, manager in enumerate(self.managers):
            if manager >= 0:
                self.link(manager, seat, Kind.LINE_DOWN)
                self.link(seat, manager, Kind.LINE_UP)

    def peers(self) -> None:
        """Link everyone in a team with one another; a team is all who report to the same manager."""
        teams: dict[int, list[int]] = {}
        for seat, manager in enumerate(self.managers):
            if manager >= 0:
                teams.setdefault(manager, []).append(seat)
        for members in teams.values():
            for i, one in enumerate(members):
                for other in members[i + 1 :]:
                    self.mutual(one, other, Kind.PEER)

    def build(self, words: Labels | None = None, engagement_lead: int = -1) -> Organisation:
        """The finished organisation, its seats named in ``words`` (the usual ones, if None)."""
        words = words or Labels()
        links = sorted(self.links.items(), key=lambda item: (item[0][1], item[0][0], item[0][2]))
        source = np.array([key[0] for key, _ in links], dtype=np.int64)
        target = np.array([key[1] for key, _ in links], dtype=np.int64)
        kind = np.array([key[2] for key, _ in links], dtype=np.int64)
        pairs: dict[tuple[int, int, Kind], int] = {}
        pair = np.full(len(links), -1, dtype=np.int64)
        for i, ((a, b, k), _) in enumerate(links):
            if k in PERSONAL:
                pair[i] = pairs.setdefault((min(a, b), max(a, b), k), len(pairs))
        count = len(self.roles)
        lead_members = self.seats(Role.LEAD_MEMBER)
        role, manager = np.array(self.roles, dtype=np.int64), np.array(self.managers, dtype=np.int64)

        def of(wanted: Role) -> Ints:
            return np.flatnonzero(role == wanted)

        heads = manager[of(Role.PRACTITIONER)]
        structure = Structure(
            role=role,
            manager=manager,
            address=np.array(self.addresses, dtype=np.uint64),
            source=source,
            target=target,
            kind=kind,
            weight=np.array([weight for _, weight in links], dtype=np.float64),
            pair=pair,
            first=np.searchsorted(target, np.arange(count + 1)).astype(np.int64),
            pair_a=np.array([a for a, _, _ in pairs], dtype=np.int64),
            pair_b=np.array([b for _, b, _ in pairs], dtype=np.int64),
            peer_source=source[kind == Kind.PEER],
            peer_target=target[kind == Kind.PEER],
            peer_count=np.bincount(target[kind == Kind.PEER], minlength=count).astype(np.int64),
            middle_managers=of(Role.MIDDLE_MANAGER),
            practitioners=of(Role.PRACTITIONER),
            staff=np.flatnonzero(np.isin(role, STAFF)),
            heads=np.unique(np.concatenate([of(Role.MIDDLE_MANAGER), heads[heads >= 0]])),
            director=self.seats(Role.DIRECTOR)[0],
            lead_member=lead_members[0] if lead_members else -1,
            engagement_lead=engagement_lead,
        )
        numbers: dict[Role, int] = {}
        labels = []
        for held in self.roles:
            numbers[held] = numbers.get(held, 0) + 1
            alone = held in (Role.DIRECTOR, Role.LEAD_MEMBER)
            labels.append(words.role(held) if alone else f"{words.role(held)} {numbers[held]}")
        if engagement_lead >= 0:
            labels[engagement_lead] += " (engagement lead)"
        ids = self.ids if any(self.ids) else None
        return Organisation(structure, labels, [words.say(note) for note in self.notes], ids)


class Picker:
    """Decides from the network stream who is linked with whom."""

    CROSS_TEAM, MANAGERS, PRACTITIONERS, MEDIATORS, DEAL, ENGAGEMENT = range(1, 7)

    def __init__(self, builder: Builder, uniforms: Uniforms) -> None:
        self._builder, self._uniforms = builder, uniforms

    def rows(self, seats: Sequence[int], purpose: int, columns: int) -> NDArray[np.float64]:
        """Uniform numbers for each seat and purpose, [seats, columns]."""
        first = np.array([self._builder.addresses[seat] for seat in seats], dtype=np.uint64)
        second = np.full(len(seats), purpose, dtype=np.uint64)
        return self._uniforms.rows("network", first, second, columns)

    def some(self, seats: Sequence[int], candidates: Sequence[int], number: int, purpose: int) -> list[list[int]]:
        """For each seat, ``number`` different candidates (all, where there are fewer), each equally likely."""
        number = min(number, len(candidates))
        picks = []
        for row in self.rows(seats, purpose, number):
            left = list(candidates)
            picks.append([left.pop(int(u * len(left))) for u in row])
        return picks

    def across_teams(self, practitioners: Sequence[int], team_size: int, mean: float) -> None:
        """Link practitioners of different teams at random, ``mean`` mutual links each on average.

        ``practitioners`` stand in order of their teams, all of ``team_size``. Each pair is linked with the same
        probability; the gaps between linked pairs are drawn, which takes as many draws as there are links.
        Source: Batagelj & Brandes (2005).
        """
        others = len(practitioners) - team_size
        if others <= 0 or mean == 0.0:
            return
        p = min(1.0, mean / others)
        rows = self.rows(practitioners, self.CROSS_TEAM, 16)
        for i, seat in enumerate(practitioners):
            at, row, used = (i // team_size + 1) * team_size - 1, rows[i], 0
            while True:
                if used == len(row):
                    row = self.rows([seat], self.CROSS_TEAM, 4 * used)[0]
                at += 1 if p == 1.0 else 1 + int(math.log1p(-row[used]) / math.log1p(-p))
                used += 1
                if at >= len(practitioners):
                    break
                self._builder.mutual(seat, practitioners[at], Kind.PEER)


LARGEST = 8e9
"""Bytes that one future may take in memory, by rough count."""


def _check_size(seats: float, links: float, months: int) -> None:
    """Raise ScenarioError for a future that would not fit in memory: its draws, and its links as they are laid out."""
    needed = 8.0 * 6 * seats * (months + 1) + 600.0 * links
    if needed > LARGEST:
        raise ScenarioError(
            f"the organisation is too large: {seats:,.0f} seats and about {links:,.0f} links over {months} months "
            f"would take about {needed / 1e9:,.0f} GB of memory a future, and at most {LARGEST / 1e9:.0f} are used; "
            "make it smaller, or split large teams"
        )


def organisation(scenario: Scenario, seed: int = 1, future: int = 0) -> Organisation:
    """The organisation of one future: generated, or read from the scenario's files.

    Raises ScenarioError where the files cannot be used, or where the organisation has no staff to practise.
    """
    setting = scenario.organisation
    uniforms = Uniforms(seed, future)
    if setting.people is not None or setting.links is not None:
        from sim.reading import read_organisation

        builder = read_organisation(scenario)
        _check_size(len(builder.roles), len(builder.links), scenario.months)
    else:
        builder = _generated(scenario, uniforms)
    lead = _surround(builder, scenario, Picker(builder, uniforms))
    if not (builder.seats(Role.MIDDLE_MANAGER) or builder.seats(Role.PRACTITIONER)):
        raise ScenarioError(
            "the organisation has no middle managers and no practitioners, so there is no practice to follow"
        )
    return builder.build(scenario.words, lead)


def _generated(scenario: Scenario, uniforms: Uniforms) -> Builder:
    setting = scenario.organisation
    teams, members, office = setting.teams, setting.practitioners_per_team, setting.back_office
    outside = setting.vcs_partners + setting.lived_experience + setting.health_partners
    links = teams * members * (members + 2.0 + setting.cross_team_links) + (teams + office) * (teams + office + 2.0)
    _check_size(teams * (members + 1.0) + office + outside, links, scenario.months)
    builder = Builder()
    director = builder.seat(Role.DIRECTOR)
    if setting.lead_member:
        builder.managers[director] = builder.seat(Role.LEAD_MEMBER)
    heads = [builder.seat(Role.MIDDLE_MANAGER, director) for _ in range(setting.teams)]
    practitioners = [
        builder.seat(Role.PRACTITIONER, head, team, position)
        for team, head in enumerate(heads)
        for position in range(members)
    ]
    for _ in range(office):
        builder.seat(Role.BACK_OFFICE, director)
    builder.line()
    builder.peers()
    Picker(builder, uniforms).across_teams(practitioners, members, setting.cross_team_links)
    return builder


def _surround(builder: Builder, scenario: Scenario, picker: Picker) -> int:
    """Add the partners, people with lived experience and facilitators; the engagement lead's seat, or -1."""
    setting = scenario.organisation
    imported = setting.people is not None or setting.links is not None
    asked = setting.model_fields_set

    def count(key: str) -> int:
        return int(getattr(setting, key)) if not imported or key in asked else 0

    director = builder.seats(Role.DIRECTOR)[0]
    managers, practitioners = builder.seats(Role.MIDDLE_MANAGER), builder.seats(Role.PRACTITIONER)
    if imported:
        _extra_line(builder, director, count("back_office"), "lead_member" in asked and setting.lead_member)
    vcs = [builder.seat(Role.VCS_PARTNER) for _ in range(count("vcs_partners"))]
    lived = [builder.seat(Role.LIVED_EXPERIENCE_MEMBER) for _ in range(count("lived_experience"))]
    health = [builder.seat(Role.HEALTH_PARTNER) for _ in range(count("health_partners"))]
    for partners, links in (
        (health, setting.health_practitioner_links),
        (vcs, setting.vcs_practitioner_links),
    ):
        for candidates, number, purpose in (
            (managers, setting.manager_links, Picker.MANAGERS),
            (practitioners, links, Picker.PRACTITIONERS),
        ):
            for partner, picked in zip(partners, picker.some(partners, candidates, number, purpose), strict=True):
                for seat in picked:
                    builder.mutual(partner, seat, Kind.PARTNER)
    for partner in vcs:
        builder.link(director, partner, Kind.PARTNER)
    lead = _coproduction(builder, scenario, picker, lived, builder.seats(Role.VCS_PARTNER), practitioners)
    named = builder.seats(Role.CHANGE_FACILITATOR)  # a file may have its own
    facilitators = setting.facilitators if scenario.subscription.enabled and not named else 0
    if imported:
        builder.notes += _notes_around(builder, facilitators)
    for _ in range(facilitators):
        seat = builder.seat(Role.CHANGE_FACILITATOR)
        for listener in [director, *managers]:
            builder.link(seat, listener, Kind.FACILITATION)
    return lead


def _notes_around(builder: Builder, facilitators: int) -> list[str]:
    """What stands around an organisation read from files, and what does not, in words."""
    notes = []
    if facilitators:
        notes.append(
            f"{facilitators} change facilitators of the outside programme are added, who speak to the director and "
            "the middle managers as long as the organisation subscribes."
        )
    optional = (Role.LEAD_MEMBER, Role.BACK_OFFICE, Role.VCS_PARTNER, Role.LIVED_EXPERIENCE_MEMBER, Role.HEALTH_PARTNER)
    absent = [role.several if role != Role.LEAD_MEMBER else role.words for role in optional if not builder.seats(role)]
    if absent:
        notes.append(
            f"No {', '.join(absent)}: what the model says of them falls away, so compare variants "
            "within this organisation, not this one with another. Ask for some with, say, "
            "organisation.vcs_partners = 6."
        )
    return notes


def _extra_line(builder: Builder, director: int, back_office: int, lead_member: bool) -> None:
    """Add a lead member and a back office to an organisation read from files, where the scenario asks for them."""
    team = [seat for seat, manager in enumerate(builder.managers) if manager == director]
    for _ in range(back_office):
        seat = builder.seat(Role.BACK_OFFICE, director)
        builder.link(director, seat, Kind.LINE_DOWN)
        builder.link(seat, director, Kind.LINE_UP)
        for other in team:
            builder.mutual(seat, other, Kind.PEER)
        team.append(seat)
    if lead_member and not builder.seats(Role.LEAD_MEMBER):
        seat = builder.managers[director] = builder.seat(Role.LEAD_MEMBER)
        builder.link(seat, director, Kind.LINE_DOWN)
        builder.link(director, seat, Kind.LINE_UP)


def _coproduction(
    builder: Builder,
    scenario: Scenario,
    picker: Picker,
    lived: list[int],
    vcs: list[int],
    practitioners: list[int],
) -> int:
    setting = scenario.organisation
    number = setting.coproduction_links
    if setting.coproduction == "mediated":
        for member, picked in zip(lived, picker.some(lived, vcs, number, Picker.MEDIATORS), strict=True):
            for partner in picked:
                builder.mutual(member, partner, Kind.COPRODUCTION)
        return -1
    if not practitioners:
        return -1
    if setting.engagement_lead:
        director = builder.seats(Role.DIRECTOR)
        u = picker.rows(director, Picker.ENGAGEMENT, 1)[0, 0]
        lead = practitioners[int(u * len(practitioners))]
        for member in lived:
            builder.mutual(member, lead, Kind.COPRODUCTION)
        return lead
    order = picker.rows(practitioners, Picker.DEAL, 1)[:, 0].argsort(kind="stable")
    dealt = [practitioners[i] for i in order]
    number = min(number, len(dealt))
    for i, member in enumerate(lived):
        for j in range(number):
            builder.mutual(member, dealt[(i * number + j) % len(dealt)], Kind.COPRODUCTION)
    return -1


__all__ = ["Builder", "Organisation", "Structure", "organisation"]
