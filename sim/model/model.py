"""The Mesa model: an organisation of people, and the month they live through together.

``OrganisationModel.step`` is docs/odd.md section 7, in its order; what each person does is in ``sim.model.agents``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import mesa
import numpy as np

from sim.model import programme, rules, turnover
from sim.model.agent_classes import asked, cast
from sim.model.agents import Person, VCSPartner
from sim.model.calendar import Calendar
from sim.model.calendar import calendar as scheduled
from sim.model.draws import draw
from sim.model.embedding import back_office_shown, embed
from sim.model.ledger import CHANGED, CHANGED_BEHAVIOUR, CLIPPING, OWN_VALUES, ROUNDING, TURNOVER
from sim.model.line import line_read, read_positions, settle_line, who_is_echoed
from sim.model.live_links import LiveLinks
from sim.model.month import Month, blank
from sim.model.record import Keep, Record
from sim.model.removal import INFLUENCE, PERMISSION
from sim.model.state import learn, norm_outside, start
from sim.organisation import generate
from sim.organisation.structure import Organisation
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError


class OrganisationModel(mesa.Model):
    """One future of one setting.

    ``scenario``: the setting, a base or a variant. ``seed``, ``future``: together they fix every draw.
    ``agents``: classes of people to use in place of those they derive from.
    ``keep``: "months", the row of each month; "people", everyone's state too; "everything", the ledger as well.
    ``organisation``, ``calendar``: instead of those the scenario, seed and future give.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int = 1,
        future: int = 0,
        agents: Sequence[type[Person]] = (),
        keep: Keep = "months",
        organisation: Organisation | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        super().__init__(rng=seed)  # Mesa wants one; nothing draws from it.
        self.setting = scenario
        self.organisation = organisation or generate.organisation(scenario, seed, future)
        self.structure = structure = self.organisation.structure
        self.draws = draw(structure, scenario.months, seed, future)
        self.calendar = calendar or scheduled(scenario)
        self.leavers = self.calendar.leavers(structure)
        self.parameters = self.calendar.parameters[0]
        self.state = start(structure, self.parameters, self.draws)
        self.month = 0
        self.now: Month[list[float]] = Month(*(part.tolist() for part in blank(len(structure.role))))
        self.managers: list[int] = structure.manager.tolist()
        for role, cls in cast(agents).items():
            if seats := structure.seats_of(role):
                cls.create_agents(self, len(seats), seat=seats)
        self.people: list[Person] = sorted(self.agents, key=lambda person: person.seat)
        if len(self.people) < len(structure.role):
            raise ScenarioError("agents: a changed person's __init__ must call super().__init__(model, seat)")
        self.links = LiveLinks(structure, self.state, self.parameters)
        self.record = Record.blank(scenario, self.organisation, seed, future, keep)
        self.record.changed = tuple(one.__name__ for one in agents)
        self.ledger = self.record.ledger
        self.record.write(0, self.state, self.parameters)

    def run(self) -> Record:
        """Run to the scenario's end and return what the future leaves behind."""
        self.run_for(self.setting.months - self.month)
        return self.record

    @property
    def austerity(self) -> float:
        """The severity of what austerity there is this month."""
        return self.calendar.schedule.austerity.item(self.month)

    @property
    def director_shown(self) -> float:
        """x_D: what the director or the stand-in shows, or what of it is left; last month's until step 1."""
        return float(line_read(self.structure, self.state, PERMISSION))

    @property
    def top_shown(self) -> float:
        """x_T: what the top stands for, the director's line and, with a seat in governance, communities."""
        return self.now.read[self.structure.director]

    @property
    def norm_outside(self) -> float:
        """N for people from outside: the mean hierarchy norm of the teams that have practitioners."""
        norm = self.parameters.leadership.hierarchy_norm
        return norm_outside(self.state.norm, self.structure.team_heads, norm)

    def step(self) -> None:
        """One month: step 0, then steps 1 to 5 on the state it leaves, landing together, then steps 6 and 7."""
        if self.month == self.setting.months:
            raise ScenarioError(f"the run ends at month {self.month}; give the scenario more months")
        self.month += 1
        now = self.now
        self._comings_and_goings()  # 0
        self._positions()  # 1
        now.permitted[:] = self._everyone("permission")  # 2
        now.back_office[0] = back_office_shown(self.structure, self.state, np.array(now.shown), PERMISSION)  # 3
        now.willing[:] = self._everyone("willingness")
        now.done[:] = self._everyone("practises")
        now.voices[:] = self._everyone("speaks")  # 4
        now.heard[:] = self._everyone("listens")
        claims = self._everyone("claims")  # 5
        self._enter_heard()
        gain, loss = self._momentum(), self._turnover_loss()
        self._answer(claims)
        self._land()
        embed(self.structure, self.state, self.parameters, np.array(now.shown), now.top[0])  # 6
        self._review()  # 7
        self.record.write(self.month, self.state, self.parameters, gain, loss, self.state.line.item())

    def _everyone(self, behaviour: str) -> list[Any]:
        return [asked(person, behaviour) for person in self.people]

    def _comings_and_goings(self) -> None:
        """Step 0: changed parameters, the programme's end, and everyone who leaves and arrives."""
        state, structure, director = self.state, self.structure, self.structure.director
        schedule = self.calendar.schedule
        before = state.commitment.copy()
        if (new := self.calendar.parameters[self.month]) is not self.parameters:
            turnover.retune(structure, state, self.parameters, new, self.draws)
            self.parameters = new
            self.links.retune(new)
            self.record.credit(self.month, before, state, CHANGED)
        ends = schedule.programme_ends[self.month] and state.subscribed[0]
        if ends:
            programme.end_programme(structure, state)
            self.record.lapse(self.month, scheduled=True)
        leaving = np.array(self._everyone("leaves"), dtype=np.bool_)
        due = self.leavers[self.leavers[:, 0] == self.month, 1]
        leaving[due] = True
        leaving[director] |= schedule.departs[self.month]
        before, was_present, deputy = state.commitment.copy(), state.present.item(director), state.deputy.item()
        newcomers = turnover.comings_and_goings(
            structure, state, self.parameters, self.draws, schedule, self.month, leaving
        )
        self.record.credit(self.month, before, state, TURNOVER)
        if ends:
            programme.lose_artefacts(state, self.parameters)
        arrival = state.commitment.item(director) if newcomers[director] else np.nan
        departs = leaving.item(director) and was_present
        came_from = state.came_from.item() if newcomers[director] else -1
        self.record.notice(self.month, schedule, due, departs, deputy, state.deputy.item(), arrival, came_from)
        self.links.refresh()
        for seat in np.flatnonzero(newcomers):
            self.people[seat].arrives()

    def _positions(self) -> None:
        """Step 1: x_D, what the director or a deputy shows, or the last position fading; then what everyone shows."""
        state, structure, now = self.state, self.structure, self.now
        stand_in = structure.director if state.present[structure.director] else state.deputy.item()
        shown = {seat: asked(self.people[seat], "shows") for seat in (stand_in, structure.lead_member) if seat >= 0}
        firsts = shown.get(stand_in, 0.0), shown.get(structure.lead_member, 0.0)
        settle_line(structure, state, self.parameters, stand_in, *firsts)
        now.shown[:] = [shown[p.seat] if p.seat in shown else asked(p, "shows") for p in self.people]
        positions, read, top = np.array(now.shown), np.array(now.read), np.array(now.top)
        read_positions(structure, state, self.parameters, self.calendar.schedule, positions, read, top)
        now.read[:], now.top[:] = read.tolist(), top.tolist()

    def _momentum(self) -> float:
        """The expected change of practised commitment by practising, over the staff who are there."""
        here = [seat for seat in self.structure.staff.tolist() if self.people[seat].present]
        gain = rules.mean([self.now.willing[seat] - self.state.practice.item(seat) for seat in here])
        return self.parameters.practice.habit_rate * gain

    def _turnover_loss(self) -> float:
        structure, state = self.structure, self.state
        peers = np.zeros(len(self.people))
        peers[structure.staff] = [
            turnover.found_practice(structure, state, state.practice, seat) for seat in structure.staff.tolist()
        ]
        return turnover.turnover_loss(structure, state, self.parameters, peers)

    def _land(self) -> None:
        """The month's practice and commitment, for everyone who is present and not fixed."""
        state, now, rate = self.state, self.now, self.parameters.practice.habit_rate
        moving = np.flatnonzero(state.present & (self.structure.role != Role.CHANGE_FACILITATOR))
        state.practice[moving] = [rules.habit(state.practice.item(seat), now.done[seat], rate) for seat in moving]
        after = np.where(np.isin(np.arange(len(now.heard)), moving), now.heard, state.commitment)
        state.commitment[moving] = [rules.clip(commitment) for commitment in after[moving]]
        self.record.credit(self.month, after, state, CLIPPING)

    def _enter_heard(self) -> None:
        """Enter the month's listening in the ledger.

        Each live link's part is owed to its source, the pull of own values to oneself. What a voluntary-sector
        partner echoes is owed to whoever is echoed, the rest to the partner. What a changed person's listening adds
        to that is entered as ``changed_behaviour``.
        """
        if self.ledger is None:
            return
        for listener in (person.seat for person in self.people if person.present):
            before, parts = self.state.commitment.item(listener), 0.0
            for source, heard_from, kind, moved in self._moved(listener):
                self.ledger.enter(self.month, listener, source, heard_from, kind, moved)
                parts += moved
            if abs(rest := self.now.heard[listener] - before - parts) > ROUNDING:
                self.ledger.enter(self.month, listener, listener, listener, CHANGED_BEHAVIOUR, rest)

    def _moved(self, listener: int) -> Iterator[tuple[int, int, int, float]]:
        """What moved one person this month: (source, heard_from, kind, change of commitment)."""
        state, rate = self.state, self.parameters.influence.rate
        before = state.commitment.item(listener)
        self_weight, openness = state.self_weight.item(listener), state.openness.item(listener)
        line, echoed = line_read(self.structure, state, INFLUENCE), who_is_echoed(self.structure, state)
        links = self.people[listener].hears()
        total = sum([base * self.now.voices[source] for source, _, base in links])
        yield listener, listener, OWN_VALUES, rules.moved_by_values(state.values.item(listener), before, rate, openness)
        for source, kind, base in links:
            weight = rules.influence_weight(base * self.now.voices[source], total, self_weight)
            moved = rules.moved_by(weight, self.now.shown[source], before, rate, openness)
            if type(self.people[source]).shows is VCSPartner.shows:
                f = self.parameters.leadership.funding_dependency
                echo = f * rules.moved_by(weight, line, before, rate, openness)
                yield echoed, source, kind, echo
                moved -= echo
            yield source, source, kind, moved

    def _answer(self, claims: list[bool]) -> None:
        """Step 5: grant or refuse the month's claims, and let each team learn from how many were granted."""
        state, parameters = self.state, self.parameters.leadership
        answers: dict[int, list[bool]] = {}
        claimants = [person for person, claimed in zip(self.people, claims, strict=True) if claimed]
        grants = [self.draws.grant.item(self.month, p.seat) < asked(p, "is_granted") for p in claimants]
        for person, yes in zip(claimants, grants, strict=True):
            if not state.shut[person.seat] & PERMISSION:
                answers.setdefault(self.managers[person.seat], []).append(yes)
            after = rules.leadership_after(person.leadership, yes, parameters.growth, parameters.refusal)
            state.leadership[person.seat] = after
        claimed, granted = np.zeros(len(state.norm)), np.zeros(len(state.norm))
        for team, said in answers.items():
            if team >= 0:
                claimed[team], granted[team] = len(said), sum(said)
        learn(self.structure, state, self.parameters, claimed, granted, self.austerity)

    def _review(self) -> None:
        """Step 7: once a year the subscription is renewed, or lapses; a lapsed one may be taken up again."""
        structure, state, parameters = self.structure, self.state, self.parameters
        if not programme.review_is_due(state, parameters, self.draws, self.month):
            return
        chance = programme.renewal(
            structure, state, parameters, np.array(self.now.shown), self.now.top[1], self.austerity
        )
        subscribes = self.draws.renewal[self.month] < chance
        if subscribes and not state.subscribed[0]:
            programme.restart(structure, state)
            self.record.restart(self.month)
        elif not subscribes and state.subscribed[0]:
            programme.end_programme(structure, state)
            programme.lose_artefacts(state, parameters)
            self.record.lapse(self.month, scheduled=False)
