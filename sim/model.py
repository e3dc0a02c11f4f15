"""The Mesa model: an organisation of people, and the month they live through together.

``step`` is MODEL.md section 2, in order. Steps 1 to 5 read the state that step 0 leaves; their results land together.
"""

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from sim import events, rules
from sim.agents import (
    CLASSES,
    BackOffice,
    ChangeFacilitator,
    Director,
    HealthPartner,
    LeadMember,
    LivedExperienceMember,
    MiddleManager,
    Person,
    Practitioner,
    Staff,
    VCSPartner,
)
from sim.draws import Terms, calendar, draw, terms
from sim.organisation import Organisation, organisation
from sim.record import CHANGED, CLIPPING, PEOPLE, TURNOVER, Record
from sim.roles import HORIZONTAL, STAFF, Kind, Role
from sim.scenario import Scenario
from sim.state import start

__all__ = [
    "BackOffice",
    "ChangeFacilitator",
    "Director",
    "HealthPartner",
    "LeadMember",
    "LivedExperienceMember",
    "MiddleManager",
    "OrganisationModel",
    "Person",
    "Practitioner",
    "Staff",
    "VCSPartner",
]


KINDS = tuple(Kind)


class OrganisationModel(mesa.Model):
    """One future of one setting.

    ``scenario``: the setting, a base or a variant. ``seed``, ``future``: together they fix every draw.
    ``agents``: classes of people to use in place of those they derive from.
    ``keep``: whether to keep everyone's state in every month and the ledger of influence.
    ``within``: the organisation to live in, instead of the one the scenario, seed and future give.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int = 1,
        future: int = 0,
        agents: Sequence[type[Person]] = (),
        keep: bool = False,
        within: Organisation | None = None,
    ) -> None:
        super().__init__(rng=seed)  # Mesa wants one; nothing draws from it.
        self.setting = scenario
        self.organisation = within or organisation(scenario, seed, future)
        self.structure = structure = self.organisation.structure
        self.draws = draw(structure, scenario.months, seed, future)
        self.calendar = calendar(scenario, structure)
        self.levers = self.calendar.levers[0]
        self.state = start(structure, self.levers, self.draws)
        self.month = 0
        self.managers: list[int] = structure.manager.tolist()
        classes = CLASSES | {cls.role: cls for cls in agents}
        self.people: list[Person] = []
        for role in Role:
            seats = structure.seats_of(role)
            if seats:
                classes[role].create_agents(self, len(seats), seat=seats)
        self.people = sorted(self.agents, key=lambda person: person.seat)
        self.staff = [person for person in self.people if person.role in STAFF]
        self._staff_seats = np.flatnonzero(np.isin(structure.role, STAFF))
        self._practitioners = np.array(structure.seats_of(Role.PRACTITIONER), dtype=np.int64)
        self._managers = np.array(structure.seats_of(Role.MIDDLE_MANAGER), dtype=np.int64)
        self._teams = np.unique(structure.manager[structure.manager >= 0])
        self._links: dict[int, list[tuple[int, Kind, float]]] = {}
        self._colleagues: dict[int, list[int]] = {}
        self.record = Record.blank(scenario, self.organisation, seed, future, keep)
        self.ledger = self.record.ledger
        self._write_row()

    # -- One month -----------------------------------------------------------------------------------------

    def step(self) -> None:
        """One month. Steps 1 to 5 all read the state that step 0 leaves."""
        self.month += 1
        state, levers = self._comings_and_goings(), self.levers
        self.austerity = float(self.calendar.austerity[self.month])
        self.practice_now: list[float] = state.practice.tolist()
        self.voices = self._ask("voice")
        self.director_shown = self._what_the_line_shows()
        self.shown: list[float] = self._each("shows")
        self.back_office_shown = self._mean_shown(Role.BACK_OFFICE, otherwise=1.0)
        self.permitted: list[float] = self._each("permission")
        self.willing: list[float] = self._each("willingness")
        done = self._each("practises")
        heard = self._each("listens")
        claims = self._each("claims")
        momentum = self._momentum()
        self._land(done, heard)
        self._answer(claims)
        self._review()
        self._write_row(momentum)

    def run(self) -> Record:
        """Run to the scenario's end and return what the future leaves behind."""
        self.run_for(self.setting.months - self.month)
        return self.record

    def _each(self, behaviour: str) -> list[Any]:
        return [getattr(person, behaviour)() for person in self.people]

    def _ask(self, trait: str) -> list[Any]:
        return [getattr(person, trait) for person in self.people]

    # -- Step 0 --------------------------------------------------------------------------------------------

    def _comings_and_goings(self):  # type: ignore[no-untyped-def]
        state, structure = self.state, self.structure
        if (new := self.calendar.levers[self.month]) is not self.levers:
            before = state.commitment.copy()
            events.retune(structure, state, self.levers, new, self.draws)
            self.levers = new
            self._enter_differences(before, CHANGED)
            self._forget_links()
        if self.month in self.calendar.programme_ends and state.subscribed[0]:
            self._lose_subscription(self.month, "the subscription ends as scheduled")
        leaving = np.array(self._each("leaves"), dtype=np.bool_)
        leaving[self.calendar.leavers.get(self.month, [])] = True
        scheduled = self.calendar.departures.get(self.month)
        director = structure.director
        leaving[director] |= scheduled is not None
        before, live, present = state.commitment.copy(), state.live.copy(), state.present.copy()
        how = scheduled or terms(self.levers)
        events.comings_and_goings(structure, state, self.levers, self.draws, self.month, leaving, how)
        self._enter_differences(before, TURNOVER)
        self._note_director(bool(leaving[director]), bool(present[director]), how)
        if not np.array_equal(present, state.present):
            self._forget_links()
        for pair in np.flatnonzero(live != state.live):
            for seat in (structure.pair_a[pair], structure.pair_b[pair]):
                self._links.pop(int(seat), None)
                self._colleagues.pop(int(seat), None)
        for seat in np.flatnonzero(leaving):
            if seat != director:
                self.people[seat].arrives()
        return state

    def _note_director(self, leaving: bool, was_present: bool, how: Terms) -> None:
        when, state, director = self.month - 1, self.state, self.structure.director
        log = self.record.log
        if leaving and was_present:
            if self.record.first_departure is None:
                self.record.first_departure = when
            log.append((when, f"the director leaves; the seat stays empty for {how.vacancy} months"))
        if state.deputy[0] >= 0 and (leaving or not was_present):
            name = self.organisation.labels[state.deputy[0]]
            if not log or not log[-1][1].startswith(name):
                log.append((when, f"{name} stands in for the director"))
        if state.present[director] and (leaving or not was_present):
            self.people[director].arrives()
            log.append((when, f"the new director arrives, commitment {state.commitment[director]:.2f}"))

    # -- Steps 1 to 5 --------------------------------------------------------------------------------------

    def _what_the_line_shows(self) -> float:
        """x_D: what the director shows, or the deputy, or the last position fading towards the lead member's."""
        state, structure = self.state, self.structure
        stand_in = structure.director if state.present[structure.director] else state.deputy.item()
        if stand_in >= 0:
            state.line[0] = self.people[stand_in].shows()
        elif structure.lead_member >= 0:
            towards = self.people[structure.lead_member].shows()
            state.line[0] = rules.faded(state.line.item(), towards, self.levers.succession.fade)
        return state.line.item()

    def _mean_shown(self, role: Role, otherwise: float) -> float:
        shown = [self.shown[seat] for seat in self.structure.seats_of(role)]
        return sum(shown) / len(shown) if shown else otherwise

    def links_into(self, seat: int) -> list[tuple[int, Kind, float]]:
        """The live links into a seat: (source, kind, base weight)."""
        if seat not in self._links:
            s, base = self.structure, [getattr(self.levers.influence, kind.slug) for kind in KINDS]
            self._links[seat] = [
                (int(s.source[i]), KINDS[s.kind[i]], base[s.kind[i]] * float(s.weight[i]))
                for i in range(s.first[seat], s.first[seat + 1])
                if s.pair[i] < 0 or self.state.live[s.pair[i]]
            ]
        return self._links[seat]

    def colleagues(self, seat: int) -> list[int]:
        """The people present whom one sees work: the sources of live horizontal links into a seat."""
        if seat not in self._colleagues:
            sources = {source: None for source, kind, _ in self.links_into(seat) if kind in HORIZONTAL}
            self._colleagues[seat] = [source for source in sources if self.state.present[source]]
        return self._colleagues[seat]

    def _forget_links(self) -> None:
        self._links.clear()
        self._colleagues.clear()

    def _land(self, done: list[float], heard: list[float]) -> None:
        """The month's practice and commitment, for everyone who is present and not fixed."""
        state = self.state
        moving = state.present & (self.structure.role != Role.CHANGE_FACILITATOR)
        habit = rules.habit(state.practice, np.array(done), self.levers.practice.habit_rate)  # type: ignore[arg-type]
        np.copyto(state.practice, habit, where=moving)
        after = np.array(heard)
        held = np.clip(after, 0.0, 1.0)
        np.copyto(state.commitment, held, where=moving)
        if self.ledger is not None:
            for seat in np.flatnonzero(moving & (held != after)):
                self.ledger.enter(self.month, int(seat), int(seat), int(seat), CLIPPING, held[seat] - after[seat])

    def _answer(self, claims: list[bool]) -> None:
        """Grant or refuse the month's claims, and let each team see how many were granted."""
        state, levers = self.state, self.levers.leadership
        made: dict[int, list[bool]] = {}
        for person, claimed in zip(self.people, claims, strict=True):
            if not claimed:
                continue
            granted = self.draws.grant.item(person.seat, self.month) < person.is_granted()
            made.setdefault(self.managers[person.seat], []).append(granted)
            before = person.leadership
            state.leadership[person.seat] = (
                rules.leadership_granted(before, levers.growth)
                if granted
                else rules.leadership_refused(before, levers.refusal)
            )
        for team, answers in made.items():
            if team >= 0:
                state.credibility[team] = rules.credibility(
                    state.credibility.item(team), len(answers), sum(answers), levers.credibility_memory
                )

    # -- Step 6 and the record -----------------------------------------------------------------------------

    def _review(self) -> None:
        """Step 6: once a year the subscription is renewed, or lapses."""
        state, structure = self.state, self.structure
        if not events.review_is_due(state, self.levers, self.draws, self.month):
            return
        lead_member = self.shown[structure.lead_member] if structure.lead_member >= 0 else 0.0
        practice = float(state.practice[self._staff_seats].mean())
        chance = events.renewal_probability(structure, state, self.levers, practice, lead_member, self.austerity)
        if self.draws.renewal[self.month] >= chance:
            self._lose_subscription(self.month, "the subscription is not renewed")

    def _lose_subscription(self, row: int, words: str) -> None:
        events.end_programme(self.structure, self.state)
        self.record.subscription_lost = row
        self.record.log.append((row, words))
        self._forget_links()

    def _momentum(self) -> tuple[float, float]:
        """The expected change of practised commitment by practising, and the expected loss by turnover."""
        turnover, state = self.levers.turnover, self.state
        found = events.found_practice(self.structure, state.practice).tolist()
        gain = loss = 0.0
        for person in self.staff:
            practice = self.practice_now[person.seat]
            newcomer = rules.newcomer_practice(found[person.seat], turnover.induction, turnover.newcomer_practice)
            rate = rules.monthly(events.yearly_rate(person.role, self.levers))
            gain += self.willing[person.seat] - practice
            loss += rate * (practice - newcomer)
        return self.levers.practice.habit_rate * gain / len(self.staff), loss / len(self.staff)

    def _enter_differences(self, before: "np.ndarray[Any, np.dtype[np.float64]]", kind: str) -> None:
        if self.ledger is not None:
            for seat in np.flatnonzero(before != self.state.commitment):
                change = float(self.state.commitment[seat] - before[seat])
                self.ledger.enter(self.month, int(seat), int(seat), int(seat), kind, change)

    def _write_row(self, momentum: tuple[float, float] | None = None) -> None:
        state, row, staff = self.state, self.record.monthly, self._staff_seats
        values = {
            "practice": state.practice[staff].mean(),
            "commitment": state.commitment[staff].mean(),
            "leadership": state.leadership[staff].mean(),
            "subscribed": float(state.subscribed[0]),
            "managers_commitment": state.commitment[self._managers].mean() if len(self._managers) else np.nan,
            "practitioners_commitment": (
                state.commitment[self._practitioners].mean() if len(self._practitioners) else np.nan
            ),
            "credibility": state.credibility[self._teams].mean() if len(self._teams) else np.nan,
        }
        if momentum is not None:
            values["momentum"], values["turnover_loss"] = momentum
            values["director_present"] = float(state.present[self.structure.director])
            values["director_shown"] = self.director_shown
        for name, value in values.items():
            row[name][self.month] = value
        for name in PEOPLE if self.record.people else ():
            self.record.people[name][self.month] = getattr(state, name)
