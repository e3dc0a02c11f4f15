"""How a departure of the director goes: how long the seat stays empty, who stands in and who follows."""

from typing import Any, NamedTuple

from sim.scenario.events import DirectorLeaves
from sim.scenario.parameters import Parameters
from sim.scenario.scenario import Scenario

NEVER = float("inf")
"""The mean stay of a director who never leaves of their own accord."""

DRAWN = float("nan")
"""The commitment of a successor whose commitment is to be drawn."""


NOBODY_CHOOSES = float("nan")
"""The say of a panel where there is none."""


class Terms(NamedTuple):
    """How one departure of the director goes.

    ``successor_commitment`` is the successor's own, NaN where it is drawn; ``panel`` is NaN where nobody chooses.
    """

    vacancy: int
    deputy: bool
    successor_commitment: float
    continuity: float
    panel: float
    promoted: bool


def succession_of(parameters: Parameters, event: DirectorLeaves | None = None) -> dict[str, Any]:
    """The keys of ``[succession]`` as they are in a departure: the event's own where it has any."""
    return parameters.succession.model_dump() | ({} if event is None else event.model_dump(exclude_none=True))


def departure_terms(scenario: Scenario, event: DirectorLeaves) -> Terms:
    """How a scheduled departure goes, by the parameters in force in its month."""
    return terms(scenario.parameters_by_month()[event.month + 1], event)


def terms(parameters: Parameters, event: DirectorLeaves | None = None) -> Terms:
    """How a departure goes: the event's own words where it has any, else those of ``[succession]``."""
    said = succession_of(parameters, event)
    own, panel = said["successor_commitment"], said["panel"]
    return Terms(
        vacancy=said["vacancy"],
        deputy=said["interim"] == "deputy",
        successor_commitment=DRAWN if own is None else float(own),
        continuity=float(said["continuity"]),
        panel=NOBODY_CHOOSES if panel is None else float(panel),
        promoted=said["promoted"],
    )
