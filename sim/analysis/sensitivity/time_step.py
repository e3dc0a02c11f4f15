"""The same scenario in steps shorter than months: a result that changes with the time step is not to be trusted."""

from collections.abc import Callable, Mapping
from operator import mul, truediv
from pathlib import Path
from typing import Any

from sim.base.errors import ScenarioError
from sim.scenario.events import Change, DirectorLeaves
from sim.scenario.parameters import LONGEST, merged, tables, value_at
from sim.scenario.scenario import Scenario, load

Way = Callable[[Any, int], Any]


def _shrunk(share: float, parts: int) -> float:
    """A share of what is left that goes in a month, as that of a part of one."""
    return float(1.0 - (1.0 - share) ** (1.0 / parts))


COUNTING_MONTHS: Mapping[str, Way] = {
    "practice.habit_rate": _shrunk,
    "influence.rate": _shrunk,
    "turnover.rebuild": _shrunk,
    "succession.fade": _shrunk,
    "embedding.rate": _shrunk,
    "embedding.decay": _shrunk,
    "leadership.norm_drift": _shrunk,
    "leadership.claim_base": truediv,
    "leadership.claim_slope": truediv,
    "turnover.practitioners": truediv,
    "turnover.managers": truediv,
    "turnover.partners": truediv,
    "turnover.lived_experience": truediv,
    "turnover.director_tenure": mul,
    "succession.vacancy": mul,
    "subscription.first_review": mul,
    "subscription.review_every": mul,
}
"""Every parameter that counts months, and how it is expressed in parts of one."""


def _in_parts(setting: Any, parts: int) -> dict[str, Any]:
    """What counts months of the parameters that a setting has, in parts of a month."""
    return {key: way(now, parts) for key, way in COUNTING_MONTHS.items() if (now := value_at(setting, key)) is not None}


def finer(scenario: Scenario | str | Path, parts: int) -> Scenario:
    """The scenario with ``parts`` steps a month, without its variants; its rows are then parts of a month.

    What happens in a month on average stays: claims, leavers and reviews come as often, and habits, commitment, ties
    and an empty seat's line move as far. Chance does not: a habit that is made of more, smaller steps varies less.
    Whatever is said of such a scenario in months is in steps. Raises ScenarioError for a run that would be too long.
    """
    scenario = load(scenario) if isinstance(scenario, str | Path) else scenario
    if isinstance(parts, bool) or not isinstance(parts, int) or parts < 1:
        raise ScenarioError(f"parts = {parts}: a whole number of steps a month is needed, 1 or more")
    if scenario.random_departures and scenario.measure.reference_month is None:
        raise ScenarioError(
            "this scenario is judged at a departure that comes at random, or else at month 36, which cannot be told in "
            "shorter steps; set measure.reference_month"
        )
    if scenario.months * parts > LONGEST:
        raise ScenarioError(f"{scenario.months} months in {parts} steps each: at most {LONGEST} steps are run")
    measure = {"horizon": scenario.measure.horizon * parts, "reference_month": scenario.reference_month * parts}
    changes: dict[str, Any] = {"months": scenario.months * parts, "measure": measure, **_in_parts(scenario, parts)}
    for slug, event in scenario.events.items():
        own: dict[str, Any] = {"month": event.month * parts}
        if (lasts := getattr(event, "months", None)) is not None:
            own["months"] = lasts * parts
        if isinstance(event, DirectorLeaves) and event.vacancy is not None:
            own["vacancy"] = event.vacancy * parts
        if isinstance(event, Change):
            own["set"] = merged(event.set, tables(_in_parts(event.set, parts)))
        changes.setdefault("events", {})[slug] = own
    return scenario.with_(changes, drop=("variants",))
