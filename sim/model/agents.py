"""The people: each agent is whoever holds one seat, and what that person does in a month.

Every behaviour but ``arrives`` returns a value, and but for ``leaves`` reads the state that the month's comings and
goings left; no state changes before the month's end. To change the model, override one (docs/change-the-model.md)::

    class Disheartened(Practitioner):
        def leaves(self):
            return super().leaves() or self.commitment < 0.4

    OrganisationModel(sim.load("director-turnover"), agents=[Disheartened]).run()
"""

from collections.abc import Sequence
from typing import ClassVar, Protocol

import mesa

from sim.model import rules, turnover
from sim.model.draws import Draws
from sim.model.line import line_read
from sim.model.live_links import LiveLinks
from sim.model.month import Month
from sim.model.parameters import MonthParameters
from sim.model.removal import INFLUENCE, is_heard
from sim.model.state import State, team_norm
from sim.organisation.structure import Structure
from sim.scenario.roles import Kind, Role


class Surroundings(Protocol):
    """What people see of the organisation they are in: the part of ``OrganisationModel`` that behaviours read."""

    structure: Structure
    state: State
    parameters: MonthParameters
    draws: Draws
    links: LiveLinks
    people: "Sequence[Person]"
    managers: Sequence[int]
    month: int
    austerity: float
    director_shown: float
    top_shown: float
    norm_outside: float
    now: Month[list[float]]


class Person(mesa.Agent):
    """Anyone who holds a seat: leaves, shows a position, works, listens and may claim to lead."""

    role: ClassVar[Role]
    model: Surroundings

    def __init__(self, model: Surroundings, seat: int) -> None:
        super().__init__(model)
        self.seat = seat

    @property
    def commitment(self) -> float:
        """Support for the change, in [0, 1]."""
        return self.model.state.commitment.item(self.seat)

    @property
    def practice(self) -> float:
        """The share of recent work done the new way, in [0, 1]."""
        return self.model.state.practice.item(self.seat)

    @property
    def leadership(self) -> float:
        """How far the person leads beyond their position, in [0, 1]."""
        return self.model.state.leadership.item(self.seat)

    @property
    def values(self) -> float:
        """Congruence of the person's values with the change, in [0, 1]."""
        return self.model.state.values.item(self.seat)

    @property
    def present(self) -> bool:
        """False for an empty seat, and for facilitators once the subscription has lapsed."""
        return self.model.state.present.item(self.seat)

    @property
    def manager(self) -> "Person | None":
        """The line manager, or None."""
        seat = self.model.managers[self.seat]
        return self.model.people[seat] if seat >= 0 else None

    def leaves(self) -> bool:
        """Step 0. Whether this person leaves now; the seat is refilled at once (a director's after a vacancy)."""
        chance = turnover.leaving_probability(self.role, self.model.parameters)
        return self.model.draws.leave.item(self.model.month, self.seat) < chance

    def arrives(self) -> None:
        """Step 0. Called for a newcomer to this seat; for subclasses that remember something of their own."""

    def shows(self) -> float:
        """Step 1. The position this person shows: words and deeds."""
        return rules.shown(self.commitment, self.practice, self.model.parameters.influence.demonstration)

    def supports(self) -> float:
        """Step 2. What is left of this person's support for those who report to them, under pressure."""
        pressure = self.model.parameters.permission.pressure + self.model.austerity
        return rules.manager_support(self.model.now.read[self.seat], pressure)

    def permission(self) -> float:
        """Step 2. What this person is free to do; only staff work under permission, others have all of it."""
        return 1.0

    def willingness(self) -> float:
        """Step 3. How far this person is expected to work the new way this month."""
        return self.commitment

    def practises(self) -> float:
        """Step 3. How far they do."""
        return self.model.now.willing[self.seat]

    def speaks(self) -> float:
        """Step 4. How much this person counts when they speak; 0 when absent or cut off."""
        if not is_heard(self.model.state, self.seat):
            return 0.0
        parameters = self.model.parameters
        return rules.voice(parameters.roles.authority[self.role], self.leadership, parameters.influence.voice_floor)

    def hears(self) -> list[tuple[int, Kind, float]]:
        """Step 4. The live links this person listens to: (source's seat, kind, base weight)."""
        return self.model.links.into(self.seat)

    def listens(self) -> float:
        """Step 4. Commitment after hearing everyone linked to this person, weighed against their own values."""
        model, before, influence = self.model, self.commitment, self.model.parameters.influence
        if not self.present:
            return before
        openness, self_weight = model.state.openness.item(self.seat), model.state.self_weight.item(self.seat)
        total = pull = 0.0  # pull over self-weight and total is the sum of W_ij (x_j - c_i)
        for source, _, base in self.hears():
            voice = base * model.now.voices[source]
            total += voice
            pull += voice * (model.now.shown[source] - before)
        others = rules.moved_by_others(pull, total, self_weight, influence.rate, openness)
        own = rules.moved_by_values(self.values, before, influence.rate, openness)
        return before + others + own

    def claims(self) -> bool:
        """Step 5. Whether this person claims to lead this month; the base only for those whose role can."""
        return False

    def is_granted(self) -> float:
        """Step 5. The probability that a claim of theirs is granted."""
        return 0.0


class Claimant(Person):
    """Someone who may claim to lead: staff, voluntary-sector partners, people with lived experience."""

    def claims(self) -> bool:
        """Step 5. Supporters of the change claim, the more the more they lead already."""
        parameters = self.model.parameters.leadership
        chance = rules.claim_probability(self.leadership, parameters.claim_base, parameters.claim_slope)
        supports = self.present and self.commitment > parameters.claim_commitment
        return supports and self.model.draws.claim.item(self.model.month, self.seat) < chance


class Staff(Claimant):
    """Middle managers and practitioners: they work under permission, and their practice is the change."""

    def permission(self) -> float:
        """Step 2. What the line allows, or one's own conviction where one is free to act on it."""
        model, parameters, manager = self.model, self.model.parameters, self.manager
        if manager is None or manager.role == Role.DIRECTOR:
            line = model.top_shown
        else:
            line = rules.line_allows(manager.supports(), model.top_shown, parameters.permission.director_reach)
        # Delegation has proved as real as it has in one's team or, for a manager, in the team one leads.
        team = self.seat if self.role == Role.MIDDLE_MANAGER else model.managers[self.seat]
        credibility = model.state.credibility.item(team) if team >= 0 else 0.0
        autonomy = rules.autonomy(self.leadership, parameters.leadership.delegation, credibility)
        return rules.permission(autonomy, line, model.now.shown[self.seat])

    def sees(self) -> float:
        """Step 3. Mean practice of those one has live horizontal links from; one's own where there are none."""
        practice = [self.model.state.practice.item(seat) for seat in self.model.links.colleagues(self.seat)]
        return rules.mean(practice) if practice else self.practice

    def willingness(self) -> float:
        """Step 3. The probability of working the new way this month."""
        how, permitted = self.model.parameters.practice, self.model.now.permitted[self.seat]
        weights = how.commitment_weight, how.permission_weight, how.evidence_weight
        support = rules.practice_support(self.commitment, permitted, self.sees(), *weights)
        embedding, back_office = self.model.state.embedding.item(), self.model.now.back_office[0]
        red_tape = rules.red_tape_left(how.red_tape, back_office, embedding)
        written = self.model.parameters.embedding.support * embedding
        return rules.practice_probability(support, how.threshold, red_tape, written, how.steepness)

    def practises(self) -> float:
        """Step 3. 1.0 for a month worked the new way, else 0.0."""
        return float(self.model.draws.practise.item(self.model.month, self.seat) < self.model.now.willing[self.seat])

    def claims(self) -> bool:
        """Step 5. Staff claim where the line lets them act."""
        permitted = self.model.now.permitted[self.seat]
        return permitted > self.model.parameters.leadership.claim_permission and super().claims()


class Director(Person):
    """Leads the organisation, until a scenario or a random departure says otherwise."""

    role = Role.DIRECTOR

    def willingness(self) -> float:
        """Step 3. Directors do as much of what they say as they have integrity."""
        return rules.deeds(self.commitment, self.model.parameters.leadership.director_integrity)


class LeadMember(Person):
    """The politician who holds the portfolio; never replaced."""

    role = Role.LEAD_MEMBER


class MiddleManager(Staff):
    """Anyone between director and front line: facilitator or barrier, as commitment and pressure go."""

    role = Role.MIDDLE_MANAGER

    def is_granted(self) -> float:
        """Step 5. Managers' claims are mostly granted."""
        return self.model.parameters.leadership.manager_grant


class Practitioner(Staff):
    """Social workers, occupational therapists, wellbeing workers: the front line."""

    role = Role.PRACTITIONER

    def is_granted(self) -> float:
        """Step 5. Under a strong hierarchy norm, seldom."""
        norm = self.model.parameters.leadership.hierarchy_norm
        return rules.grant_probability(team_norm(self.model.state.norm, self.model.managers[self.seat], norm), 1.0)


class BackOffice(Person):
    """HR, finance, procurement and planning: in step with the change, or red tape."""

    role = Role.BACK_OFFICE


class VCSPartner(Claimant):
    """A voluntary or community organisation that depends on contracts and echoes the commissioner."""

    role = Role.VCS_PARTNER

    def shows(self) -> float:
        """Step 1. Partly their own position, partly the director's."""
        dependency = self.model.parameters.leadership.funding_dependency
        line = line_read(self.model.structure, self.model.state, INFLUENCE)
        return rules.echoed(super().shows(), line, dependency)

    def willingness(self) -> float:
        """Step 3. They work as they show."""
        return self.model.now.shown[self.seat]

    def is_granted(self) -> float:
        """Step 5. The more they depend on contracts, the less."""
        norm = self.model.norm_outside
        return rules.grant_probability(norm, 1.0 - self.model.parameters.leadership.funding_dependency)


class LivedExperienceMember(Claimant):
    """Someone who draws on services, or cares for someone who does, and helps to shape the change."""

    role = Role.LIVED_EXPERIENCE_MEMBER

    def is_granted(self) -> float:
        """Step 5. As far as the organisation has invested in co-production."""
        norm = self.model.norm_outside
        return rules.grant_probability(norm, self.model.parameters.leadership.infrastructure)


class HealthPartner(Person):
    """A partner in the health service."""

    role = Role.HEALTH_PARTNER


class ChangeFacilitator(Person):
    """The external programme's team: fully committed, there only while subscribed."""

    role = Role.CHANGE_FACILITATOR

    def hears(self) -> list[tuple[int, Kind, float]]:
        """Step 4. Facilitators do not change: they listen to nobody."""
        return []
