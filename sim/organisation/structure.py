"""The fixed part of an organisation: who sits where, who leads whom, who is linked with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base import streams
from sim.base.arrays import Bools, Floats, Ints
from sim.base.errors import ScenarioError
from sim.base.streams import Words
from sim.organisation.ties import LEAD, Ground, Ties
from sim.scenario.labels import Labels
from sim.scenario.roles import STAFF, Kind, Role
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
        self.blocks: list[tuple[Ints, Ints, Kind]] = []
        """Sources, targets and kind of many links of weight 1, none of them in ``links``."""
        self.known: dict[int, Person] = {}
        self._counts: dict[Role, int] = {}
        self.joined: dict[Role, list[int]] = {}
        """Who was added around the line."""

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

    def line_and_peers(self) -> None:
        """What ``line`` and ``peers`` add, laid at once: for a generated organisation, of any size.

        No other link of these kinds is to be added then.
        """
        manager = np.array(self.managers, dtype=np.int64)
        seats = np.flatnonzero(manager >= 0)
        self.blocks += [(manager[seats], seats, Kind.LINE_DOWN), (seats, manager[seats], Kind.LINE_UP)]
        seats = seats[np.argsort(manager[seats], kind="stable")]  # team after team
        _, first, team, size = np.unique(manager[seats], return_index=True, return_inverse=True, return_counts=True)
        mates = size[team]  # of each, and they themselves
        one, place = np.repeat(seats, mates), np.arange(mates.sum()) - np.repeat(np.cumsum(mates) - mates, mates)
        other = seats[np.repeat(first[team], mates) + place]
        self.blocks.append((one[one != other], other[one != other], Kind.PEER))

    def settled(self, words: Labels | None = None, communities: Role = Role.VCS_PARTNER) -> "Settled":
        """What is the same in all futures, with everybody in it: nobody joins from here on.

        Seats are named in ``words`` (the usual ones, if None). ``communities``: the role of those who would take a
        seat in governance.
        """
        words = words or Labels()
        role, manager = np.array(self.roles, dtype=np.int64), np.array(self.managers, dtype=np.int64)

        def of(wanted: Role) -> Ints:
            return np.flatnonzero(role == wanted)

        def told(person: Person) -> list[float]:
            return [np.nan if (x := getattr(person, name)) is None else float(x) for name in Person.model_fields]

        leads = np.unique(manager[of(Role.PRACTITIONER)])
        leads = leads[leads >= 0]
        lead_members = of(Role.LEAD_MEMBER)
        known = np.full((len(role), len(Person.model_fields)), np.nan)
        for seat, person in self.known.items():
            known[seat] = told(person)
        seats = {
            "role": role,
            "manager": manager,
            "address": np.array(self.addresses, dtype=np.uint64),
            "known": known,
            "middle_managers": of(Role.MIDDLE_MANAGER),
            "practitioners": of(Role.PRACTITIONER),
            "staff": np.flatnonzero(np.isin(role, STAFF)),
            "managing": np.unique(manager[manager >= 0]),
            "heads": np.union1d(of(Role.MIDDLE_MANAGER), leads),
            "team_heads": leads,
            "communities": of(communities),
            "director": int(of(Role.DIRECTOR)[0]),
            "lead_member": int(lead_members[0]) if len(lead_members) else -1,
        }
        numbers: dict[Role, int] = {}
        labels = []
        for held in self.roles:
            numbers[held] = numbers.get(held, 0) + 1
            alone = held in (Role.DIRECTOR, Role.LEAD_MEMBER)
            labels.append(words.role(held) if alone else f"{words.role(held)} {numbers[held]}")
        ids = self.ids if any(self.ids) else None
        return Settled(seats, self._ground(seats), labels, [words.say(note) for note in self.notes], ids)

    def _ground(self, seats: dict[str, Any]) -> Ground:
        source, target, kind, weight = self._all_links()
        joined = {role: np.array(self.joined.get(role, []), dtype=np.int64) for role in Role}
        return Ground(
            manager=seats["manager"],
            address=seats["address"],
            source=source,
            target=target,
            kind=kind,
            weight=weight,
            director=seats["director"],
            practitioners=seats["practitioners"],
            managers=seats["middle_managers"],
            mediators=np.flatnonzero(seats["role"] == Role.VCS_PARTNER),
            health=joined[Role.HEALTH_PARTNER],
            vcs=joined[Role.VCS_PARTNER],
            lived=joined[Role.LIVED_EXPERIENCE_MEMBER],
            team_size=0,
            cross_team=0,
            cross_team_links=0.0,
            manager_links=0,
            health_practitioner_links=0,
            vcs_practitioner_links=0,
            coproduction=0,
            coproduction_links=0,
        )

    def _all_links(self) -> tuple[Ints, Ints, Ints, Floats]:
        """Sources, targets, kinds and weights, each link once."""
        some = np.fromiter(chain.from_iterable(self.links), dtype=np.int64).reshape(-1, 3)
        whole = [np.stack([*ends, np.full(len(ends[0]), kind)], axis=1) for *ends, kind in self.blocks]
        source, target, kind = np.ascontiguousarray(np.concatenate([*whole, some]).T)
        own = np.fromiter(self.links.values(), dtype=np.float64, count=len(some))
        return source, target, kind, np.append(np.ones(len(source) - len(some)), own)

    def build(self) -> Organisation:
        """The finished organisation, if chance adds no links to it."""
        return self.settled().organisation(streams.words(0, 0))


@dataclass(frozen=True)
class Settled:
    """An organisation but for the links that chance decides. seats: what ``Structure`` holds of seats, by name."""

    seats: Mapping[str, Any]
    ground: Ground
    labels: Sequence[str]
    notes: Sequence[str]
    ids: list[str] | None

    @cached_property
    def _ties(self) -> Ties:
        return Ties(self.ground)

    def organisation(self, entropy: Words) -> Organisation:
        """That of the future that some words of ``streams.words`` stand for."""
        links = self._ties.of(entropy)._asdict()
        lead = int(links.pop("made")[LEAD])
        labels = [*self.labels]
        if lead >= 0:
            labels[lead] += " (engagement lead)"
        return Organisation(Structure(**self.seats, **links, engagement_lead=lead), labels, [*self.notes], self.ids)
