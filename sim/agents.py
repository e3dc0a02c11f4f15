"""The people: each agent is whoever holds one seat, and what that person does in a month.

Every behaviour reads the state as it stands after the month's comings and goings and returns a value; nothing an
agent returns shows before the month's end. To change the model, subclass a person and override one behaviour:

    class Disheartened(Practitioner):
        def leaves(self):
            return super().leaves() or (self.commitment < 0.2 and self.model.month > 12)

    OrganisationModel(sim.load("director-turnover"), agents=[Disheartened]).run()
"""

from typing import TYPE_CHECKING, ClassVar

import mesa

from sim import rules
from sim.events import yearly_rate
from sim.record import OWN_VALUES
from sim.roles import Kind, Role

if TYPE_CHECKING:
    from sim.model import OrganisationModel


class Person(mesa.Agent):
    """Anyone who holds a seat: leaves, shows a position, works, listens and may claim to lead."""

    role: ClassVar[Role]
    model: "OrganisationModel"

    def __init__(self, model: "OrganisationModel", seat: int) -> None:
        super().__init__(model)
        self.seat = seat

    # -- What a person is ----------------------------------------------------------------------------------

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
        """False for an empty director's seat, and for facilitators once the subscription has lapsed."""
        return self.model.state.present.item(self.seat)

    @property
    def manager(self) -> "Person | None":
        """The line manager, or None."""
        seat = self.model.managers[self.seat]
        return self.model.people[seat] if seat >= 0 else None

    @property
    def voice(self) -> float:
        """How much this person counts when they speak; 0 when absent."""
        if not self.present:
            return 0.0
        levers = self.model.levers
        authority = levers.roles.of(self.role).authority
        return rules.voice(authority, self.leadership, levers.influence.voice_floor)

    # -- What a person does in a month ---------------------------------------------------------------------

    def leaves(self) -> bool:
        """Step 0. Whether this person leaves now; the seat is refilled at once (a director's after a vacancy)."""
        rate = rules.monthly(yearly_rate(self.role, self.model.levers))
        return self.model.draws.leave.item(self.seat, self.model.month) < rate

    def arrives(self) -> None:
        """Called for a newcomer to this seat; for subclasses that keep something of their own."""

    def shows(self) -> float:
        """Step 1. The position this person shows: words and deeds."""
        return rules.shown(self.commitment, self.practice, self.model.levers.influence.demonstration)

    def permission(self) -> float:
        """Step 2. What this person is free to do; only staff work under permission, others have all of it."""
        return 1.0

    def willingness(self) -> float:
        """Step 3. How far this person is expected to work the new way this month."""
        return self.commitment

    def practises(self) -> float:
        """Step 3. How far they do."""
        return self.model.willing[self.seat]

    def listens(self) -> float:
        """Step 4. Commitment after hearing everyone linked to this person, weighed against their own values."""
        model, before = self.model, self.commitment
        if not self.present:
            return before
        voices, shown, influence = model.voices, model.shown, model.levers.influence
        openness, self_weight = model.state.openness.item(self.seat), model.state.self_weight.item(self.seat)
        heard = [(source, kind, base * voices[source]) for source, kind, base in model.links_into(self.seat)]
        total = sum(link_voice for _, _, link_voice in heard)
        after = before
        for source, kind, link_voice in heard:
            weight = rules.influence_weight(link_voice, total, self_weight)
            moved = rules.moved_by(weight, shown[source], before, influence.rate, openness)
            after += moved
            if model.ledger is not None:
                model.people[source].is_credited(self.seat, kind, weight, moved)
        own = rules.moved_by_values(self.values, before, influence.rate, openness)
        if model.ledger is not None:
            model.ledger.enter(model.month, self.seat, self.seat, self.seat, OWN_VALUES, own)
        return after + own

    def is_credited(self, listener: int, kind: Kind, weight: float, moved: float) -> None:
        """Enter in the ledger that this person moved a listener's commitment."""
        ledger = self.model.ledger
        assert ledger is not None
        ledger.enter(self.model.month, listener, self.seat, self.seat, kind.slug, moved)

    def claims(self) -> bool:
        """Step 5. Whether this person claims to lead this month."""
        return False

    def is_granted(self) -> float:
        """Step 5. The probability that a claim of theirs is granted."""
        return 0.0

    def _claims_to_lead(self) -> bool:
        levers = self.model.levers.leadership
        if self.commitment <= levers.claim_commitment:
            return False
        chance = rules.claim_probability(self.leadership, levers.claim_base, levers.claim_slope)
        return self.model.draws.claim.item(self.seat, self.model.month) < chance


class Staff(Person):
    """Middle managers and practitioners: they work under permission, and their practice is the change."""

    def permission(self) -> float:
        """Step 2. What the line allows, or one's own conviction where one is free to act on it."""
        model, levers = self.model, self.model.levers
        manager = self.manager
        if manager is None or manager.role == Role.DIRECTOR:
            line = model.director_shown
        else:
            pressure = levers.permission.pressure + model.austerity
            support = rules.supported(model.shown[manager.seat], pressure)
            line = rules.line_allows(support, model.director_shown, levers.permission.director_reach)
        credibility = model.state.credibility.item(self.team) if self.team >= 0 else 0.0
        autonomy = rules.autonomy(self.leadership, levers.leadership.delegation, credibility)
        return rules.permission(autonomy, line, model.shown[self.seat])

    @property
    def team(self) -> int:
        """The seat of the manager of the team whose delegation counts for this person, -1 for none."""
        return self.model.managers[self.seat]

    def willingness(self) -> float:
        """Step 3. The probability of working the new way this month."""
        model, levers = self.model, self.model.levers.practice
        return rules.practice_probability(
            self.commitment,
            model.permitted[self.seat],
            self.sees(),
            model.back_office_shown,
            levers.commitment_weight,
            levers.permission_weight,
            levers.evidence_weight,
            levers.threshold,
            levers.red_tape,
            levers.steepness,
        )

    def sees(self) -> float:
        """Mean practice of those one has live horizontal links from; one's own where there are none."""
        model = self.model
        colleagues = model.colleagues(self.seat)
        if not colleagues:
            return self.practice
        practice = model.practice_now
        return sum([practice[seat] for seat in colleagues]) / len(colleagues)

    def practises(self) -> float:
        """Step 3. 1.0 for a month worked the new way, else 0.0."""
        chance = self.model.willing[self.seat]
        return float(self.model.draws.practise.item(self.seat, self.model.month) < chance)

    def claims(self) -> bool:
        """Step 5. Supporters whom the line lets act may claim to lead."""
        if self.model.permitted[self.seat] <= self.model.levers.leadership.claim_permission:
            return False
        return self._claims_to_lead()


class Director(Person):
    """Leads the organisation, until a scenario or a random departure says otherwise."""

    role = Role.DIRECTOR

    def leaves(self) -> bool:
        """Step 0. Random departures, where the scenario has them: 1 / tenure a month."""
        tenure = self.model.levers.turnover.director_tenure
        return tenure is not None and self.model.draws.director_leaves.item(self.model.month) < 1.0 / tenure


class LeadMember(Person):
    """The politician who holds the portfolio; never replaced."""

    role = Role.LEAD_MEMBER


class MiddleManager(Staff):
    """Anyone between the director and the front line: a facilitator or a barrier, as commitment and pressure go."""

    role = Role.MIDDLE_MANAGER

    @property
    def team(self) -> int:
        """A manager acts on the delegation of the team they lead."""
        return self.seat

    def is_granted(self) -> float:
        """Step 5. Managers' claims are mostly granted."""
        return self.model.levers.leadership.manager_grant


class Practitioner(Staff):
    """Social workers, occupational therapists, wellbeing workers: the front line."""

    role = Role.PRACTITIONER

    def is_granted(self) -> float:
        """Step 5. Under a strong hierarchy norm, seldom."""
        return rules.grant_probability_practitioner(self.model.levers.leadership.hierarchy_norm)


class BackOffice(Person):
    """HR, finance, procurement and planning: in step with the change, or red tape."""

    role = Role.BACK_OFFICE


class VCSPartner(Person):
    """A voluntary or community organisation that depends on contracts and echoes the commissioner."""

    role = Role.VCS_PARTNER

    def shows(self) -> float:
        """Step 1. Partly their own position, partly the director's."""
        dependency = self.model.levers.leadership.funding_dependency
        return rules.echoed(super().shows(), self.model.director_shown, dependency)

    def willingness(self) -> float:
        """Step 3. They work as they show."""
        return self.model.shown[self.seat]

    def is_credited(self, listener: int, kind: Kind, weight: float, moved: float) -> None:
        """Enter in the ledger what the echo owes to whoever is echoed, and the rest as their own."""
        model, ledger = self.model, self.model.ledger
        assert ledger is not None
        influence, dependency = model.levers.influence, model.levers.leadership.funding_dependency
        before, openness = model.people[listener].commitment, model.state.openness.item(listener)
        echo = dependency * rules.moved_by(weight, model.director_shown, before, influence.rate, openness)
        echoed = model.state.deputy.item() if model.state.deputy.item() >= 0 else model.structure.director
        ledger.enter(model.month, listener, self.seat, self.seat, kind.slug, moved - echo)
        ledger.enter(model.month, listener, echoed, self.seat, kind.slug, echo)

    def claims(self) -> bool:
        """Step 5. Supporters claim to lead."""
        return self._claims_to_lead()

    def is_granted(self) -> float:
        """Step 5. Less the more they depend on contracts."""
        levers = self.model.levers.leadership
        return rules.grant_probability_vcs(levers.hierarchy_norm, levers.funding_dependency)


class LivedExperienceMember(Person):
    """Someone who draws on services, or cares for someone who does, and helps to shape the change."""

    role = Role.LIVED_EXPERIENCE_MEMBER

    def claims(self) -> bool:
        """Step 5. Supporters claim to lead."""
        return self._claims_to_lead()

    def is_granted(self) -> float:
        """Step 5. As far as the organisation has invested in co-production."""
        levers = self.model.levers.leadership
        return rules.grant_probability_lived_experience(levers.hierarchy_norm, levers.infrastructure)


class HealthPartner(Person):
    """A partner in the health service."""

    role = Role.HEALTH_PARTNER


class ChangeFacilitator(Person):
    """The external programme's team: fully committed, fixed, and there only while subscribed."""

    role = Role.CHANGE_FACILITATOR

    def listens(self) -> float:
        """Step 4. Facilitators do not change."""
        return self.commitment


CLASSES: dict[Role, type[Person]] = {
    cls.role: cls
    for cls in (
        Director,
        LeadMember,
        MiddleManager,
        Practitioner,
        BackOffice,
        VCSPartner,
        LivedExperienceMember,
        HealthPartner,
        ChangeFacilitator,
    )
}
