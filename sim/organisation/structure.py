"""The fixed part of an organisation: who sits where, who leads whom, who is linked with whom."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NamedTuple

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
        self.joined: dict[Role, list[int]] = {}
        """Who was added around the line."""
        self._seated: dict[str, Any] | None = None

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

    def settled(self, words: Labels | None = None, communities: Role = Role.VCS_PARTNER) -> "Builder":
        """This, with everybody in it: nobody joins from here on, and copies need not ask again who is there.

        Seats are named in ``words`` (the usual ones, if None). ``communities``: the role of those who would take a
        seat in governance.
        """
        words, unknown = words or Labels(), Person()
        role, manager = np.array(self.roles, dtype=np.int64), np.array(self.managers, dtype=np.int64)

        def of(wanted: Role) -> Ints:
            return np.flatnonzero(role == wanted)

        def told(person: Person) -> list[float]:
            return [np.nan if (x := getattr(person, name)) is None else float(x) for name in Person.model_fields]

        leads = np.unique(manager[of(Role.PRACTITIONER)])
        leads = leads[leads >= 0]
        lead_members = self.seats(Role.LEAD_MEMBER)
        self._seated = {
            "role": role,
            "manager": manager,
            "address": np.array(self.addresses, dtype=np.uint64),
            "known": np.array([told(self.known.get(seat, unknown)) for seat in range(len(role))]),
            "middle_managers": of(Role.MIDDLE_MANAGER),
            "practitioners": of(Role.PRACTITIONER),
            "staff": np.flatnonzero(np.isin(role, STAFF)),
            "managing": np.unique(manager[manager >= 0]),
            "heads": np.union1d(of(Role.MIDDLE_MANAGER), leads),
            "team_heads": leads,
            "communities": of(communities),
            "director": self.seats(Role.DIRECTOR)[0],
            "lead_member": lead_members[0] if lead_members else -1,
        }
        numbers: dict[Role, int] = {}
        self._labels = []
        for held in self.roles:
            numbers[held] = numbers.get(held, 0) + 1
            alone = held in (Role.DIRECTOR, Role.LEAD_MEMBER)
            self._labels.append(words.role(held) if alone else f"{words.role(held)} {numbers[held]}")
        self._words, self._laid = words, self._numbered(())
        return self

    def copy(self) -> "Builder":
        """Another one like this, once it is settled, for links that differ from future to future."""
        other = copy(self)
        other.links, other.notes = self.links.copy(), self.notes.copy()
        return other

    def build(self, engagement_lead: int = -1) -> Organisation:
        """The finished organisation."""
        if self._seated is None:
            self.settled()
        assert self._seated is not None
        links = self._numbered(self._laid)
        order = np.lexsort((links[:, 2], links[:, 0], links[:, 1]))
        source, target, kind = np.ascontiguousarray(links[order].T)
        role, manager = self._seated["role"], self._seated["manager"]
        personal = np.flatnonzero(np.isin(kind, PERSONAL))
        low, high = np.minimum(source, target)[personal], np.maximum(source, target)[personal]
        _, first, which = np.unique(
            (low * len(role) + high) * len(Kind) + kind[personal], return_index=True, return_inverse=True
        )
        in_turn = np.sort(first)  # pairs are numbered as they are met
        pair = np.full(len(links), -1, dtype=np.int64)
        pair[personal] = np.searchsorted(in_turn, first)[which]
        fellow = (kind == Kind.PEER) & (manager[source] == manager[target]) & (manager[target] >= 0)
        structure = Structure(
            **self._seated,
            source=source,
            target=target,
            kind=kind,
            weight=np.fromiter(self.links.values(), dtype=np.float64, count=len(links))[order],
            pair=pair,
            first=np.searchsorted(target, np.arange(len(role) + 1)).astype(np.int64),
            pair_a=low[in_turn],
            pair_b=high[in_turn],
            fellows=np.bincount(target[fellow], minlength=len(role)).astype(np.int64),
            fellow=fellow,
            engagement_lead=engagement_lead,
        )
        labels = self._labels.copy()
        if engagement_lead >= 0:
            labels[engagement_lead] += " (engagement lead)"
        ids = self.ids if any(self.ids) else None
        return Organisation(structure, labels, [self._words.say(note) for note in self.notes], ids)

    def _numbered(self, known: Sequence[Any] | Ints) -> Ints:
        """Source, target and kind of all links in the order in which they came, [links, 3]; some are ``known``."""
        new = chain.from_iterable(islice(self.links, len(known), None))
        more = np.fromiter(new, dtype=np.int64).reshape(-1, 3)
        return np.concatenate([known, more]) if len(known) else more
