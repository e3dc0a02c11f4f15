"""The fixed part of an organisation: who sits where, who leads whom, who is linked with whom."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Bools, Floats, Ints
from sim.base.errors import ScenarioError
from sim.scenario.labels import Labels
from sim.scenario.roles import PERSONAL, STAFF, Kind, Role
from sim.scenario.scenario import Person


class Structure(NamedTuple):
    """The fixed part of an organisation as arrays; what moves stands in the state.

    role, manager, address: [seats]; ``manager`` is the line manager's seat, -1 where there is none, and so names
    the team; ``address`` is where a seat's draws are found.
    source, target, kind, weight, pair: [links], sorted by target; ``weight`` multiplies the kind's base weight and
    ``pair`` is the personal link's pair, -1 for links that belong to the seat.
    first: [seats + 1]; the links into seat i are first[i] to first[i + 1].
    pair_a, pair_b: [pairs], the two seats of each personal link.
    fellows: [seats], how many peer links into a seat come from people under the same manager; fellow: [links],
    whether a link is one of those.
    known: [seats, commitment practice values leadership] at the start of whoever holds a seat, NaN where unknown.
    Their seats, lowest first: middle_managers; practitioners; staff, the two together; managing, whoever has a team;
    heads, of the teams whose credibility counts for somebody; team_heads, of those that have practitioners;
    communities, who would take a seat in governance, lived-experience members where co-production is direct, else
    voluntary-sector partners.
    director, lead_member, engagement_lead: a seat, -1 where there is none.
    """

    role: Ints
    manager: Ints
    address: NDArray[np.uint64]
    source: Ints
    target: Ints
    kind: Ints
    weight: Floats
    pair: Ints
    first: Ints
    pair_a: Ints
    pair_b: Ints
    fellows: Ints
    fellow: Bools
    known: Floats
    middle_managers: Ints
    practitioners: Ints
    staff: Ints
    managing: Ints
    heads: Ints
    team_heads: Ints
    communities: Ints
    director: int
    lead_member: int
    engagement_lead: int

    def seats_of(self, role: Role) -> list[int]:
        """The seats of a role, lowest first."""
        return [int(seat) for seat in np.flatnonzero(self.role == role)]

    def seat_of(self, role: str, number: int, where: str) -> int:
        """The seat that an event names; ``where`` opens the message of the ScenarioError if there is none."""
        if role == "engagement_lead":
            if self.engagement_lead < 0:
                raise ScenarioError(f"{where}: this organisation has no practitioner who could be the engagement lead")
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
        self.known: dict[int, Person] = {}
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

    def build(
        self, words: Labels | None = None, engagement_lead: int = -1, communities: Role = Role.VCS_PARTNER
    ) -> Organisation:
        """The finished organisation, its seats named in ``words`` (the usual ones, if None).

        ``communities``: the role of those who would take a seat in governance.
        """
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

        def told(person: Person) -> list[float]:
            return [np.nan if (x := getattr(person, name)) is None else float(x) for name in Person.model_fields]

        unknown = Person()
        leads = np.unique(manager[of(Role.PRACTITIONER)])
        leads = leads[leads >= 0]
        fellow = (kind == Kind.PEER) & (manager[source] == manager[target]) & (manager[target] >= 0)
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
            fellows=np.bincount(target[fellow], minlength=count).astype(np.int64),
            fellow=fellow,
            known=np.array([told(self.known.get(seat, unknown)) for seat in range(count)]),
            middle_managers=of(Role.MIDDLE_MANAGER),
            practitioners=of(Role.PRACTITIONER),
            staff=np.flatnonzero(np.isin(role, STAFF)),
            managing=np.unique(manager[manager >= 0]),
            heads=np.union1d(of(Role.MIDDLE_MANAGER), leads),
            team_heads=leads,
            communities=of(communities),
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
