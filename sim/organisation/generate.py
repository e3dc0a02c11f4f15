"""Seats and the links between them: an organisation generated from a scenario, or read from files.

``organisation(scenario, seed, future)`` gives the one in which a future plays out. The network stream decides who
is linked with whom, so each future has its own; the line, once read from files, is the same in all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.base.errors import ScenarioError
from sim.base.files import stamp
from sim.base.streams import words
from sim.organisation.structure import Builder, Organisation, Settled
from sim.organisation.ties import DIRECT, HUBS, MEDIATED, NEIGHBOURS, ONE_LEAD, RANDOM
from sim.scenario.labels import Labels
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import Organisation as OrganisationTable
from sim.scenario.scenario import Person, Scenario, named_seat

LARGEST = 8e9
"""Bytes that one future may take in memory, by rough count."""


def _check_size(seats: float, links: float) -> None:
    """Raise ScenarioError for an organisation whose links, as they are laid out, would not fit in memory."""
    needed = 1000.0 * seats + 300.0 * links
    if needed > LARGEST:
        raise ScenarioError(
            f"the organisation is too large: {seats:,.0f} seats and about {links:,.0f} links would take about "
            f"{needed / 1e9:,.0f} GB of memory for each future, and one may take {LARGEST / 1e9:.0f}. Everybody with "
            "the same manager is linked with all the others there, so make it smaller, split large teams, or set "
            "organisation.heads_of_service, or more of them"
        )


@dataclass(frozen=True)
class Plan:
    """All that the making of an organisation reads of a scenario: settings whose plans have the same key share it.

    Which fields of ``[organisation]`` were set counts, and not only what they say: an organisation read from files
    has partners only where somebody asked for some.
    """

    table: OrganisationTable
    subscribed: bool
    labels: Labels
    folder: Path
    seats: Mapping[str, Person]

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """What two plans have in common if, and only if, they make the same organisations."""
        named = self.table.people, self.table.links, self.table.survey
        files = [None if name is None else self.folder / name for name in named]
        said = self.table.model_dump_json(), self.table.model_dump_json(exclude_unset=True)
        known = tuple((name, person.model_dump_json()) for name, person in self.seats.items())
        return (*said, self.subscribed, self.labels.model_dump_json(), known, *((path, stamp(path)) for path in files))

    @property
    def imported(self) -> bool:
        """Whether the organisation is read from files."""
        return self.table.imported

    @cached_property
    def size(self) -> tuple[float, float]:
        """Roughly how many seats and links there will be."""
        if self.imported:
            read = self._read()
            return len(read.roles), len(read.links)
        teams, members, office = self.table.teams, self.table.practitioners_per_team, self.table.back_office
        services, around = self.table.heads_of_service, (self.table.vcs_partners, self.table.lived_experience)
        top = (services or teams) + office
        links = teams * members * (members + 1.0 + self.table.cross_team_links) + top * (top + 1.0)
        links += teams * (teams / services + 1.0) if services else 0.0
        return teams * (members + 1.0) + services + office + sum(around) + self.table.health_partners, links

    @cached_property
    def everybody(self) -> Settled:
        """Everybody with the links that are the same in all futures, and how the others are drawn."""
        builder = self._read() if self.imported else _line(self.table)
        _surround(builder, self)
        if not (builder.seats(Role.MIDDLE_MANAGER) or builder.seats(Role.PRACTITIONER)):
            raise ScenarioError(
                "the organisation has no middle managers and no practitioners, so there is no practice to follow"
            )
        _introduce(builder, self.seats)
        setting, direct = self.table, self.table.coproduction == "direct"
        settled = builder.settled(self.labels, Role.LIVED_EXPERIENCE_MEMBER if direct else Role.VCS_PARTNER)
        ground = settled.ground._replace(
            team_size=0 if self.imported else setting.practitioners_per_team,
            cross_team={"random": RANDOM, "neighbours": NEIGHBOURS, "hubs": HUBS}[setting.cross_team],
            cross_team_links=setting.cross_team_links,
            manager_links=setting.manager_links,
            health_practitioner_links=setting.health_practitioner_links,
            vcs_practitioner_links=setting.vcs_practitioner_links,
            coproduction=(ONE_LEAD if setting.engagement_lead else DIRECT) if direct else MEDIATED,
            coproduction_links=setting.coproduction_links,
        )
        return replace(settled, ground=ground)

    def _read(self) -> Builder:
        from sim.organisation.imported import read_organisation

        return read_organisation(self.table, self.folder)


def plan(scenario: Scenario) -> Plan:
    """What the scenario's organisation is made from."""
    return Plan(scenario.organisation, scenario.subscription.enabled, scenario.words, scenario.folder, scenario.seats)


def organisation(scenario: Scenario, seed: int = 1, future: int = 0) -> Organisation:
    """The organisation of one future: generated, or read from the scenario's files.

    Raises ScenarioError where the files cannot be used, or where the organisation has no staff to practise.
    """
    return build(plan(scenario), seed, future)


def build(plan: Plan, seed: int, future: int) -> Organisation:
    """The organisation of one future."""
    _check_size(*plan.size)
    return plan.everybody.organisation(words(seed, future))


def _introduce(builder: Builder, seats: Mapping[str, Person]) -> None:
    """Note what the scenario knows of people beforehand."""
    for name, person in seats.items():
        role, number = named_seat(name)
        there = builder.seats(role)
        if number > len(there):
            raise ScenarioError(f'seats."{name}": this organisation has {len(there)} of role {role.slug}')
        seat = there[number - 1]
        before = builder.known.get(seat, Person())  # from the people file
        builder.known[seat] = before.model_copy(update=person.model_dump(exclude_none=True))


SERVICES = 1
"""Part of the address of a head of service, whose draws are not those of the managers of teams."""


def _line(setting: OrganisationTable) -> Builder:
    """The line, and teams whose members are linked with one another."""
    members = setting.practitioners_per_team
    builder = Builder()
    director = builder.seat(Role.DIRECTOR)
    if setting.lead_member:
        builder.managers[director] = builder.seat(Role.LEAD_MEMBER)
    heads = [builder.seat(Role.MIDDLE_MANAGER, director) for _ in range(setting.teams)]
    services = [builder.seat(Role.MIDDLE_MANAGER, director, SERVICES, i) for i in range(setting.heads_of_service)]
    for team, head in enumerate(heads if services else ()):
        builder.managers[head] = services[team * len(services) // setting.teams]
    for team, head in enumerate(heads):
        for position in range(members):
            builder.seat(Role.PRACTITIONER, head, team, position)
    for _ in range(setting.back_office):
        builder.seat(Role.BACK_OFFICE, director)
    builder.line_and_peers()
    return builder


AROUND = {
    Role.VCS_PARTNER: "vcs_partners",
    Role.LIVED_EXPERIENCE_MEMBER: "lived_experience",
    Role.HEALTH_PARTNER: "health_partners",
}
"""Who stands around the line, in the order of their seats, and the keys that say how many."""


def _surround(builder: Builder, plan: Plan) -> None:
    """Add the partners, people with lived experience and facilitators, with the links that nobody draws."""
    setting, imported, asked = plan.table, plan.imported, plan.table.model_fields_set

    def count(key: str) -> int:
        return int(getattr(setting, key)) if not imported or key in asked else 0

    director, managers = builder.seats(Role.DIRECTOR)[0], builder.seats(Role.MIDDLE_MANAGER)
    if imported:
        _extra_line(builder, director, count("back_office"), "lead_member" in asked and setting.lead_member)
    for role, key in AROUND.items():
        builder.joined[role] = [builder.seat(role) for _ in range(count(key))]
    for partner in builder.joined[Role.VCS_PARTNER]:
        builder.link(director, partner, Kind.PARTNER)
    named = builder.seats(Role.CHANGE_FACILITATOR)  # a file may have its own
    facilitators = setting.facilitators if plan.subscribed and not named else 0
    if imported:
        builder.notes += _notes_around(builder, facilitators)
    for _ in range(facilitators):
        seat = builder.seat(Role.CHANGE_FACILITATOR)
        for listener in [director, *managers]:
            builder.link(seat, listener, Kind.FACILITATION)


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
