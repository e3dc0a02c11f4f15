"""Step 6 of a month: what is practised and stood for goes into forms, rules, budgets and induction. Also compiles."""

from sim.base.arrays import Floats
from sim.model import rules
from sim.model.parameters import MonthParameters
from sim.model.removal import EMBEDDING
from sim.model.state import State, either, mean_unshut
from sim.organisation.structure import Structure
from sim.scenario.roles import Role


def embed(structure: Structure, state: State, parameters: MonthParameters, shown: Floats, top: float) -> None:
    """Step 6, from this month's shown positions (``top``: what the top stands for) and the practice at its end.

    With all staff cut off from it, nobody's practice is written down.
    """
    how = parameters.embedding
    practice = either(mean_unshut(state.practice, structure.staff, state.shut, EMBEDDING), 0.0)
    back_office = back_office_shown(structure, state, shown, EMBEDDING)
    state.embedding[0] = rules.embedding(state.embedding[0], practice, back_office, top, how.rate, how.decay)


def back_office_shown(structure: Structure, state: State, shown: Floats, channel: int) -> float:
    """B: the mean position that the back office shows, as it is read through a channel; 1 without one."""
    total, offices = 0.0, 0
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.BACK_OFFICE and not state.shut[seat] & channel:
            total += shown[seat]
            offices += 1
    return total / offices if offices > 0 else 1.0
