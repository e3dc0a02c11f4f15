"""The parameters in force in a month as plain numbers: same names as in a scenario file, in a form that compiles.

What a file leaves open becomes a number too: no tenure is one that never ends; a successor's commitment that is to be
drawn, a director's openness that is everybody's, a panel and a restart that there are not, are NaN; and ``interim``
says whether a deputy stands in.
"""

from collections import namedtuple
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.base.arrays import Floats
from sim.scenario.departures import DRAWN, NEVER
from sim.scenario.parameters import (
    Embedding,
    Governance,
    Influence,
    Leadership,
    Parameters,
    Permission,
    Practice,
    RoleTraits,
    Subscription,
    Succession,
    Table,
    Turnover,
)
from sim.scenario.roles import Role

QUANTILES = Path(__file__).with_name("quantiles.npz")

STEPS = 1024
"""Equal steps of probability in a table of quantiles."""


@cache
def beta_grid(a: float, b: float) -> tuple[float, ...]:
    """The quantiles of Beta(a, b) at 0, 1/1024, ..., 1, between which values are interpolated.

    Those that the roles have unless a scenario says otherwise are kept (``compiler/quantiles.py``): so that they are
    the same to the bit wherever scipy is another, and need no scipy.
    """
    with np.load(QUANTILES) as kept:
        if (name := f"{a!r} {b!r}") in kept.files:
            return tuple(kept[name].tolist())
    from scipy.special import betaincinv

    return tuple(float(q) for q in betaincinv(a, b, np.linspace(0.0, 1.0, STEPS + 1)))


@lru_cache(maxsize=256)
def _grids(values: tuple[tuple[float, float], ...]) -> Floats:
    """The quantiles of all roles, the same array for whoever has the same."""
    return np.array([beta_grid(*each) for each in values])


def _named(table: type[Table]) -> Any:
    """A named tuple with the fields of a table, of the name it has here: else compiled code could not be kept."""
    return namedtuple(f"Month{table.__name__}", list(table.model_fields), module=__name__)


MonthLeadership, MonthPermission, MonthPractice = _named(Leadership), _named(Permission), _named(Practice)
MonthInfluence, MonthTurnover = _named(Influence), _named(Turnover)
MonthSuccession, MonthSubscription = _named(Succession), _named(Subscription)
MonthEmbedding, MonthGovernance = _named(Embedding), _named(Governance)


class MonthRoles(NamedTuple):
    """What comes with each role, by its number: authority and leadership, [roles + 1]; values, [roles + 1, 1025],
    the quantiles of their distribution."""

    authority: tuple[float, ...]
    leadership: tuple[float, ...]
    values: Floats


class MonthParameters(NamedTuple):
    """The parameters of one month: ``leadership.hierarchy_norm`` is the scenario file's.

    Each is a named tuple of numbers; to a type checker it is the table whose fields it has.
    """

    leadership: Leadership
    permission: Permission
    practice: Practice
    influence: Influence
    turnover: Turnover
    succession: Succession
    subscription: Subscription
    embedding: Embedding
    governance: Governance
    roles: MonthRoles


def month_parameters(parameters: Parameters) -> MonthParameters:
    """The parameters as plain numbers."""
    traits = [RoleTraits(), *(parameters.roles.of(role) for role in Role)]
    return MonthParameters(
        leadership=MonthLeadership(*_numbers(parameters.leadership)),
        permission=MonthPermission(*_numbers(parameters.permission)),
        practice=MonthPractice(*_numbers(parameters.practice)),
        influence=MonthInfluence(*_numbers(parameters.influence)),
        turnover=MonthTurnover(*_numbers(parameters.turnover)),
        succession=MonthSuccession(*_numbers(parameters.succession)),
        subscription=MonthSubscription(*_numbers(parameters.subscription)),
        embedding=MonthEmbedding(*_numbers(parameters.embedding)),
        governance=MonthGovernance(*_numbers(parameters.governance)),
        roles=MonthRoles(
            authority=tuple(float(role.authority) for role in traits),
            leadership=tuple(float(role.leadership) for role in traits),
            values=_grids(tuple((role.values[0], role.values[1]) for role in traits)),
        ),
    )


def _numbers(table: Table) -> list[float | int | bool]:
    return [_number(key, getattr(table, key)) for key in type(table).model_fields]


def _number(key: str, value: Any) -> float | int | bool:
    if key == "interim":
        return bool(value == "deputy")
    if value is None:
        return NEVER if key == "director_tenure" else DRAWN
    return value if isinstance(value, bool) or key in ("vacancy", "first_review", "review_every") else float(value)
