"""Values drawn per person: from a uniform number to a Beta distribution, by a table of its quantiles."""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import rules
from sim.levers import Levers
from sim.roles import STAFF, Role

if TYPE_CHECKING:
    from sim.draws import Draws
    from sim.structure import Structure

STEPS = 1024
"""Equal steps of probability in a table; between them quantiles are interpolated."""


@cache
def beta_grid(a: float, b: float) -> list[float]:
    """The quantiles of Beta(a, b) at 0, 1/1024, ..., 1."""
    from scipy.special import betaincinv

    return [float(q) for q in betaincinv(a, b, np.linspace(0.0, 1.0, STEPS + 1))]


def drawn_values(u: float, role: int, levers: Levers) -> float:
    """The values of a person new to a role, from a uniform number u, shifted by the levers and held in [0, 1]."""
    if role == Role.CHANGE_FACILITATOR:
        return 1.0
    a, b = levers.roles.of(role).values
    return rules.clip(rules.quantile(u, beta_grid(a, b)) + shift(role, levers))


def shift(role: int, levers: Levers) -> float:
    """How far the levers move the values of everyone in a role."""
    if role in STAFF:
        return levers.leadership.values_shift
    return levers.leadership.back_office_shift if role == Role.BACK_OFFICE else 0.0


def starting_values(structure: "Structure", levers: Levers, draws: "Draws") -> NDArray[np.float64]:
    """Everyone's values at the start, [seats]; the director's are the scenario's."""
    values = np.array(
        [drawn_values(float(draws.newcomer[seat, 0]), int(role), levers) for seat, role in enumerate(structure.role)]
    )
    values[structure.director] = levers.leadership.director_values
    return values
