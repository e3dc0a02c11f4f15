"""The mean field: the month of docs/odd.md section 7 with every draw replaced by its mean (docs/data-dictionary.md).

It has no randomness, so it can be asked where the organisation comes to rest and how well the change would
stand alone. Means are exact where the month is linear in what is drawn, given the means it starts from:

- newcomers' commitment, practice, leadership and values, who mix in at the monthly rate (the mean of the
  values is that of the table of quantiles the model draws from, after shift and clipping, by the trapezoid
  rule);
- personal links, each a probability of standing, and the subscription, a probability for each phase of its
  review;
- claims and grants, given who may claim; a team's credibility, while all its members are as likely to be
  granted.

Elsewhere the mean of a function is replaced by the function of the mean, which is where the map and the
average of many futures part: the weights of influence, the mean practice one sees, permission, the sigmoids
of practice and renewal, max(0.05, ...), clipping, and the two thresholds for claiming, which stay hard
(mean commitment > 0.5, mean permission > 0.4). In a team whose members differ in how likely they are to be
granted, the share granted is taken as the mean weighted by claims.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import expit

from sim.base.arrays import Floats
from sim.model import rules, turnover
from sim.model.calendar import calendar
from sim.model.parameters import MonthParameters
from sim.model.state import COMMITMENT, LEADERSHIP, PRACTICE, VALUES, State, bases, openness, shift
from sim.model.weights import authorities, on_arrays
from sim.organisation.structure import Organisation, Structure
from sim.scenario.roles import HORIZONTAL, STAFF, Kind, Role
from sim.scenario.scenario import Scenario

DirectorOption = float | Literal["as_is", "empty"]
"""A number: commitment, practice and values held there. ``as_is``: whoever holds the seat stays, and
listens as anyone does; an empty seat stays empty. ``empty``: nobody from the next month on, no interim."""


@dataclass(frozen=True)
class MeanState:
    """One organisation's means at a moment. All shares in [0, 1].

    commitment, practice, leadership, values, openness, self_weight, credibility, norm: [seats], and embedding: as in
    ``State``.
    live: [pairs], the probability that a personal link stands. subscribed: [months between reviews], the probability
    of being subscribed given in which of those months the review falls. director: whether the seat is filled. line:
    what the line showed from the top. month: the row this is.
    """

    commitment: Floats
    practice: Floats
    leadership: Floats
    values: Floats
    openness: Floats
    self_weight: Floats
    credibility: Floats
    norm: Floats
    embedding: float
    live: Floats
    subscribed: Floats
    director: bool
    line: float
    month: int


@dataclass(frozen=True)
class _MonthParameters:
    """What the parameters of a month come to in one organisation: [seats] and [links]."""

    parameters: MonthParameters
    leaves: Floats
    newcomer_values: Floats
    newcomer_leadership: Floats
    authority: Floats
    standing: Floats
    openness: Floats
    base: Floats

    @classmethod
    def of(cls, structure: Structure, parameters: MonthParameters) -> "_MonthParameters":
        roles = [Role(int(role)) for role in structure.role]
        lead = parameters.leadership
        standing = {
            Role.PRACTITIONER: 1.0,
            Role.VCS_PARTNER: 1.0 - lead.funding_dependency,
            Role.LIVED_EXPERIENCE_MEMBER: lead.infrastructure,
        }
        values = {role: mean_values(role, parameters) for role in Role}
        return cls(
            parameters=parameters,
            leaves=np.array([rules.monthly(turnover.yearly_rate(role, parameters)) for role in roles]),
            newcomer_values=np.array([values[role] for role in roles]),
            newcomer_leadership=np.array([parameters.roles.leadership[role] for role in roles]),
            authority=authorities(structure, parameters),
            standing=np.array([standing.get(role, 0.0) for role in roles]),
            openness=np.array([openness(role, parameters) for role in roles]),
            base=bases(structure, parameters),
        )


def mean_values(role: int, parameters: MonthParameters, at_least: float = 0.0) -> float:
    """Mean values of a newcomer to a role, in [0, 1], after the parameters' shift, clipping and a floor."""
    if role == Role.CHANGE_FACILITATOR:
        return 1.0
    held = np.maximum(np.clip(parameters.roles.values[role] + shift(role, parameters), 0.0, 1.0), at_least)
    return float((held[1:] + held[:-1]).mean() / 2.0)


class MeanField:
    """The month with every draw replaced by its mean, for one organisation.

    ``scenario`` and ``organisation``: as for ``OrganisationModel``. ``director``: see ``DirectorOption``;
    the scenario's departures of the director, scheduled or by tenure, are no part of the map.
    ``subscribed``: the probability of being subscribed, held there, so that the map may come to rest;
    absent: it follows the yearly reviews. ``scheduled``: whether the scenario's other events act in their
    months (past its end, the last parameters stay in force); if not, the parameters of the start are in force for
    ever. Raises ValueError for a held number outside [0, 1], and ScenarioError as ``calendar`` does.
    """

    def __init__(
        self,
        scenario: Scenario,
        organisation: Organisation,
        *,
        director: DirectorOption = "as_is",
        subscribed: float | None = None,
        scheduled: bool = True,
    ) -> None:
        for name, held in (("director", director), ("subscribed", subscribed)):
            if held is not None and not isinstance(held, str) and not 0.0 <= held <= 1.0:
                raise ValueError(f"{name} is held at {held}; a number in [0, 1] is needed")
        self.structure = structure = organisation.structure
        self.director, self.subscribed = director, subscribed
        self._scheduled = scheduled
        self._calendar = calendar(scenario)
        self._phases = scenario.subscription.review_every
        self._leavers = self._calendar.leavers(structure)
        self._known: dict[int, _MonthParameters] = {}
        role = structure.role
        self.staff = np.flatnonzero(np.isin(role, STAFF))
        self._vcs, self._back_office = role == Role.VCS_PARTNER, role == Role.BACK_OFFICE
        self._facilitators = role == Role.CHANGE_FACILITATOR
        self._is_staff = np.isin(role, STAFF)
        self._team = np.where(role == Role.MIDDLE_MANAGER, np.arange(len(role)), structure.manager)
        self._under_director = (structure.manager < 0) | (structure.manager == structure.director)
        self._claimants = self._is_staff | self._vcs | (role == Role.LIVED_EXPERIENCE_MEMBER)
        # Two links of different kinds between the same two people count once among those one sees.
        seen = np.flatnonzero(np.isin(structure.kind, HORIZONTAL))
        key = structure.target[seen] * len(role) + structure.source[seen]
        order = np.argsort(key, kind="stable")
        self._seen = seen[order]
        self._seen_first = np.flatnonzero(np.diff(key[order], prepend=-1))

    @property
    def embeds(self) -> bool:
        """Whether anything is ever embedded, by the parameters of the start."""
        return self._calendar.parameters[0].embedding.rate > 0.0

    # -- Where it starts -----------------------------------------------------------------------------------

    def start(self, state: State | None = None, month: int = 0) -> MeanState:
        """A row to go on from: that of a run (its ``State`` at row ``month``), or the mean of all starts."""
        if state is None:
            mean = self._mean_start()
        else:
            mean = MeanState(
                commitment=state.commitment.copy(),
                practice=state.practice.copy(),
                leadership=state.leadership.copy(),
                values=state.values.copy(),
                openness=state.openness.copy(),
                self_weight=state.self_weight.copy(),
                credibility=state.credibility.copy(),
                norm=state.norm.copy(),
                embedding=state.embedding.item(),
                live=state.live.astype(np.float64),
                subscribed=np.full(self._phases, float(state.subscribed[0])),
                director=bool(state.present[self.structure.director]),
                line=float(state.line[0]),
                month=month,
            )
        return self._directed(mean)

    def _mean_start(self) -> MeanState:
        now, structure = self._of_month(0), self.structure
        parameters, seats = now.parameters, len(structure.role)
        known, chief = structure.known.T, structure.director
        values = now.newcomer_values.copy()
        values[chief] = parameters.leadership.director_values
        values = np.where(np.isnan(known[VALUES]), values, known[VALUES])
        commitment = parameters.turnover.newcomer_commitment * values
        for fixed in (Role.DIRECTOR, Role.CHANGE_FACILITATOR):
            commitment[structure.role == fixed] = values[structure.role == fixed]
        commitment = np.where(np.isnan(known[COMMITMENT]), commitment, known[COMMITMENT])
        practice = np.where(self._is_staff, parameters.turnover.newcomer_practice, commitment)
        practice[chief] = rules.deeds(float(commitment[chief]), parameters.leadership.director_integrity)
        practice = np.where(np.isnan(known[PRACTICE]), practice, known[PRACTICE])
        leadership = np.where(np.isnan(known[LEADERSHIP]), now.newcomer_leadership, known[LEADERSHIP])
        state = MeanState(
            commitment=commitment,
            practice=practice,
            leadership=leadership,
            values=values,
            openness=now.openness.copy(),
            self_weight=np.full(seats, parameters.influence.self_weight),
            credibility=np.zeros(seats),
            norm=np.zeros(seats),
            embedding=0.0,
            live=np.ones(len(structure.pair_a)),
            subscribed=np.full(self._phases, float(parameters.subscription.enabled)),
            director=True,
            line=rules.shown(float(commitment[chief]), float(practice[chief]), parameters.influence.demonstration),
            month=0,
        )
        return self._with_champions(state, parameters, 0.0, fresh=True)

    def _with_champions(
        self, state: MeanState, parameters: MonthParameters, already: float, fresh: bool = False
    ) -> MeanState:
        """Each practitioner is made a champion with the same probability: the share still to be made."""
        lead = parameters.leadership
        seats = np.flatnonzero(self.structure.role == Role.PRACTITIONER)
        made, wanted = round(already * len(seats)), round(lead.champions * len(seats))
        if wanted <= made:
            return state
        p = (wanted - made) / (len(seats) - made)
        lifted = np.maximum(state.values[seats], lead.champion_values)
        if fresh:
            lifted = np.full(len(seats), mean_values(Role.PRACTITIONER, parameters, at_least=lead.champion_values))
        changed = {}
        for name, new in (
            ("values", lifted),
            ("commitment", np.maximum(state.commitment[seats], lifted)),
            ("leadership", np.maximum(state.leadership[seats], lead.champion_leadership)),
        ):
            changed[name] = getattr(state, name).copy()
            changed[name][seats] += p * (new - changed[name][seats])
        return replace(state, **changed)

    def _directed(self, state: MeanState) -> MeanState:
        """The state with the director's seat, and the subscription, as they are to be held."""
        seat = self.structure.director
        if self.subscribed is not None:
            state = replace(state, subscribed=np.full(self._phases, self.subscribed))
        if self.director == "as_is":
            return state
        if self.director == "empty":
            gone = (self.structure.pair_a == seat) | (self.structure.pair_b == seat)
            return replace(state, director=False, live=np.where(gone, 0.0, state.live))
        changed = {}
        for name in ("commitment", "practice", "values"):
            changed[name] = getattr(state, name).copy()
            changed[name][seat] = self.director
        integrity = self._of_month(state.month).parameters.leadership.director_integrity
        changed["practice"][seat] = rules.deeds(self.director, integrity)
        return replace(state, director=True, **changed)

    # -- One month -----------------------------------------------------------------------------------------

    def step(self, before: MeanState) -> MeanState:
        """One month on. The state given is left as it was."""
        month = before.month + 1
        now, past = self._of_month(month), self._of_month(before.month)
        if now is not past:
            before = self._retuned(before, past.parameters, now.parameters)
        state, s, parameters = self._comings_and_goings(before, now, month), self.structure, now.parameters
        acts = self._scheduled and month < len(self._calendar.schedule.austerity)
        austerity = float(self._calendar.schedule.austerity[month]) if acts else 0.0
        chief, c, h = s.director, state.commitment, state.practice
        present = np.ones(len(c))
        present[chief] = state.director
        present[self._facilitators] = state.subscribed.mean()

        x = on_arrays.shown(c, h, parameters.influence.demonstration)
        line = state.line
        if state.director:
            line = float(x[chief])
        elif s.lead_member >= 0:
            line = rules.faded(line, float(x[s.lead_member]), parameters.succession.fade)
        x[self._vcs] = on_arrays.echoed(x[self._vcs], line, parameters.leadership.funding_dependency)
        back_office = float(x[self._back_office].mean()) if self._back_office.any() else 1.0
        top, communities = line, s.communities
        if len(communities):
            led = float(state.leadership[communities].mean())
            say = rules.say_of_communities(parameters.governance.seat, led)
            top = rules.top(line, float(x[communities].mean()), say)

        permitted = self._permission(state, parameters, x, top, parameters.permission.pressure + austerity)
        stands = np.ones(len(s.pair))
        stands[s.pair >= 0] = state.live[s.pair[s.pair >= 0]]
        p, seen = parameters.practice, self._sees(h, stands * present[s.source])
        weights = p.commitment_weight, p.permission_weight, p.evidence_weight
        support = on_arrays.practice_support(c, permitted, seen, *weights)
        red_tape = rules.red_tape_left(p.red_tape, back_office, state.embedding)
        written = parameters.embedding.support * state.embedding
        works = expit(p.steepness * (support - p.threshold - red_tape + written))
        done = np.where(self._is_staff, works, np.where(self._vcs, x, c))
        done[chief] = rules.deeds(float(c[chief]), parameters.leadership.director_integrity)

        moving = (present > 0.0) & ~self._facilitators
        after = np.clip(c + self._pull(state, now, x, stands, present), 0.0, 1.0)
        practice = np.where(moving, on_arrays.habit(h, done, parameters.practice.habit_rate), h)
        leadership, credibility, norm = self._claims_and_grants(state, now, permitted, austerity)
        q = float(practice[self.staff].mean())
        how = parameters.embedding
        embedding = rules.embedding(state.embedding, q, back_office, top, how.rate, how.decay)
        subscribed = state.subscribed
        first = parameters.subscription.first_review
        if self.subscribed is None and month >= first:
            shown = float(x[s.lead_member]) if s.lead_member >= 0 else 0.0
            renewed = self._renewal(parameters, top, q, shown, austerity)
            subscribed, margin = subscribed.copy(), parameters.subscription.restart_margin
            # The reviews of phase p fall in month first + p and every so many months from then on.
            phase = (month - first) % self._phases
            lapsed = 1.0 - subscribed[phase]
            embedding = rules.embedding_left(embedding, how.loss * subscribed[phase] * (1.0 - renewed) / self._phases)
            subscribed[phase] *= renewed
            if parameters.subscription.enabled and not np.isnan(margin):  # type: ignore[arg-type]
                again = self._renewal(parameters, top, q, shown, austerity + margin)  # type: ignore[operator]
                subscribed[phase] += lapsed * again
        return self._directed(
            replace(
                state,
                commitment=np.where(moving, after, c),
                practice=practice,
                leadership=leadership,
                credibility=credibility,
                norm=norm,
                embedding=embedding,
                subscribed=subscribed,
                line=line,
                month=month,
            )
        )

    def _of_month(self, month: int) -> _MonthParameters:
        parameters = self._calendar.parameters[min(month, len(self._calendar.parameters) - 1) if self._scheduled else 0]
        if id(parameters) not in self._known:
            self._known[id(parameters)] = _MonthParameters.of(self.structure, parameters)
        return self._known[id(parameters)]

    def _retuned(self, state: MeanState, old: MonthParameters, parameters: MonthParameters) -> MeanState:
        """Parameters change part-way: move what is stored per person."""
        seats, values, norm = len(state.values), state.values.copy(), parameters.leadership.hierarchy_norm
        moved = np.array([shift(int(r), parameters) - shift(int(r), old) for r in self.structure.role])
        values = np.where(moved != 0.0, np.clip(values + moved, 0.0, 1.0), values)
        if parameters.leadership.director_values != old.leadership.director_values:
            values[self.structure.director] = parameters.leadership.director_values
        state = replace(state, values=values)
        roles = [int(role) for role in self.structure.role]
        if any(openness(role, parameters) != openness(role, old) for role in roles):
            state = replace(state, openness=np.array([openness(role, parameters) for role in roles]))
        if norm != old.leadership.hierarchy_norm:
            state = replace(state, norm=np.clip(norm + state.norm, 0.0, 1.0) - norm)
        if parameters.influence.self_weight != old.influence.self_weight:
            state = replace(state, self_weight=np.full(seats, parameters.influence.self_weight))
        return self._with_champions(state, parameters, old.leadership.champions)

    def _comings_and_goings(self, state: MeanState, now: _MonthParameters, month: int) -> MeanState:
        s, turnover, leaves, subscribed = self.structure, now.parameters.turnover, now.leaves, state.subscribed
        embedding = state.embedding
        if self._scheduled:
            leaves = leaves.copy()
            leaves[self._leavers[self._leavers[:, 0] == month, 1]] = 1.0
            ends = self._calendar.schedule.programme_ends
            if month < len(ends) and ends[month] and self.subscribed is None:
                embedding = rules.embedding_left(embedding, now.parameters.embedding.loss * float(subscribed.mean()))
                subscribed = np.zeros(self._phases)
        peers = s.kind == Kind.PEER
        heard = np.bincount(s.target[peers], weights=state.practice[s.source[peers]], minlength=len(leaves))
        found = heard / np.maximum(np.bincount(s.target[peers], minlength=len(leaves)), 1)
        commitment = on_arrays.newcomer_commitment(now.newcomer_values, turnover.newcomer_commitment)
        found = on_arrays.found_by_newcomers(found, state.embedding)
        taken_on = np.maximum(turnover.newcomer_practice, turnover.induction * found)
        practice = np.where(self._is_staff, taken_on, commitment)
        filled = np.ones(len(leaves))
        filled[s.director] = state.director
        stay = (1.0 - leaves[s.pair_a]) * (1.0 - leaves[s.pair_b])
        rebuilt = turnover.rebuild * filled[s.pair_a] * filled[s.pair_b]
        return replace(
            state,
            commitment=state.commitment + leaves * (commitment - state.commitment),
            practice=state.practice + leaves * (practice - state.practice),
            leadership=state.leadership + leaves * (now.newcomer_leadership - state.leadership),
            values=state.values + leaves * (now.newcomer_values - state.values),
            live=stay * (state.live + (1.0 - state.live) * rebuilt),
            subscribed=subscribed,
            embedding=embedding,
        )

    def _permission(
        self, state: MeanState, parameters: MonthParameters, x: Floats, top: float, pressure: float
    ) -> Floats:
        support = on_arrays.manager_support(x[self.structure.manager], pressure)
        lower = on_arrays.line_allows(support, top, parameters.permission.director_reach)
        allowed = np.where(self._under_director, top, lower)
        proved = np.where(self._team >= 0, state.credibility[self._team], 0.0)
        autonomy = on_arrays.autonomy(state.leadership, parameters.leadership.delegation, proved)
        return np.asarray(on_arrays.permission(autonomy, allowed, x))

    def _sees(self, practice: Floats, probability: Floats) -> Floats:
        """Mean practice of those one is linked with, weighed by how likely that is; else one's own."""
        if not len(self._seen):
            return practice
        weight = np.maximum.reduceat(probability[self._seen], self._seen_first)
        links = self._seen[self._seen_first]
        target, seats = self.structure.target[links], len(practice)
        total = np.bincount(target, weights=weight, minlength=seats)
        seen = np.bincount(target, weights=weight * practice[self.structure.source[links]], minlength=seats)
        return np.where(total > 0.0, seen / np.where(total > 0.0, total, 1.0), practice)

    def _pull(self, state: MeanState, now: _MonthParameters, x: Floats, stands: Floats, present: Floats) -> Floats:
        s, influence = self.structure, now.parameters.influence
        voice = np.maximum(now.authority + state.leadership, influence.voice_floor) * present
        heard = now.base * stands * voice[s.source]
        seats = len(x)
        total = np.bincount(s.target, weights=heard, minlength=seats)
        told = np.bincount(s.target, weights=heard * x[s.source], minlength=seats)
        others = (told - total * state.commitment) / (state.self_weight + total)
        own = on_arrays.moved_by_values(state.values, state.commitment, influence.rate, state.openness)
        return np.asarray(influence.rate * state.openness * others + own)

    def _claims_and_grants(
        self, state: MeanState, now: _MonthParameters, permitted: Floats, austerity: float
    ) -> tuple[Floats, Floats, Floats]:
        lead, l0, s = now.parameters.leadership, state.leadership, self.structure
        outside = float(state.norm[s.team_heads].sum()) / max(len(s.team_heads), 1)
        of_team = np.where(s.manager >= 0, state.norm[s.manager], 0.0)
        moved = np.where(s.role == Role.PRACTITIONER, of_team, outside)
        granted = on_arrays.grant_probability(lead.hierarchy_norm + moved, now.standing)
        granted = np.where(s.role == Role.MIDDLE_MANAGER, lead.manager_grant, granted)
        may = self._claimants & (state.commitment > lead.claim_commitment)
        may &= ~self._is_staff | (permitted > lead.claim_permission)
        claims = np.where(may, np.minimum(lead.claim_base + lead.claim_slope * l0, 1.0), 0.0)
        up = on_arrays.leadership_after(l0, True, lead.growth, lead.refusal) - l0
        down = on_arrays.leadership_after(l0, False, lead.growth, lead.refusal) - l0
        leadership = l0 + claims * (granted * up + (1.0 - granted) * down)
        member = self.structure.manager >= 0
        team, seats = self.structure.manager[member], len(l0)
        made = np.bincount(team, weights=claims[member], minlength=seats)
        given = np.bincount(team, weights=(claims * granted)[member], minlength=seats)
        share = given / np.where(made > 0.0, made, 1.0)
        # E[memory^claims] over independent claims is the product of 1 - claim x (1 - memory).
        none = np.ones(seats)
        np.multiply.at(none, team, 1.0 - claims[member] * (1.0 - lead.credibility_memory))
        # So with the norm, and the powers of what each grant loses and each refusal adds.
        unmoved, kept = np.ones(seats), np.ones(seats)
        np.multiply.at(unmoved, team, 1.0 - (claims * granted)[member] * lead.norm_granted)
        np.multiply.at(kept, team, 1.0 - (claims * (1.0 - granted))[member] * lead.norm_refused)
        norm = (lead.hierarchy_norm + state.norm) * unmoved
        norm = norm + (1.0 - kept) * (1.0 - norm)
        norm = on_arrays.drifted(norm, rules.norm_of_the_organisation(lead.hierarchy_norm, austerity), lead.norm_drift)
        norm = np.where(np.isin(np.arange(seats), s.managing), norm - lead.hierarchy_norm, state.norm)
        return leadership, state.credibility + (1.0 - none) * (share - state.credibility), norm

    def _renewal(
        self, parameters: MonthParameters, top: float, practice: float, lead_member_shown: float, austerity: float
    ) -> float:
        how = parameters.subscription
        support = how.director_weight * top + how.practice_weight * practice
        if self.structure.lead_member >= 0:
            support += how.lead_member_weight * lead_member_shown
        elif how.director_weight + how.practice_weight > 0.0:
            support *= 1.0 + how.lead_member_weight / (how.director_weight + how.practice_weight)
        return rules.renewal_probability(support, how.threshold + austerity, how.steepness)

    # -- What is asked of it -------------------------------------------------------------------------------

    def practised(self, state: MeanState) -> float:
        """Practised commitment Q: mean practice of staff."""
        return float(state.practice[self.staff].mean())

    def run(self, state: MeanState, months: int) -> list[MeanState]:
        """The rows from ``state`` on: itself and ``months`` more."""
        rows = [state]
        for _ in range(months):
            rows.append(self.step(rows[-1]))
        return rows


def autonomous_retention(
    scenario: Scenario, organisation: Organisation, state: State, horizon: int, *, month: int | None = None
) -> float:
    """Q_{t+h} / Q_t on the mean field from a row of a run, the director's seat left empty from then on.

    It says beforehand how well the change could stand alone. ``state``: the run's at row t; ``horizon``:
    h, months; ``month``: t, by default the scenario's reference month, so that what is scheduled later
    (austerity, changes) acts when it should. At least 0; NaN where nothing is practised at t. Source:
    docs/findings.md.
    """
    alone = MeanField(scenario, organisation, director="empty")
    before = alone.start(state, scenario.reference_month if month is None else month)
    after = alone.run(before, horizon)[-1]
    practised = alone.practised(before)
    return alone.practised(after) / practised if practised > 0.0 else float("nan")
