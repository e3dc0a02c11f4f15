"""What a scenario may say: its parameters, events and variants, read from a file and checked."""

from sim.base.errors import ScenarioError
from sim.scenario.scenario import Scenario, from_dict, load

__all__ = ["Scenario", "ScenarioError", "from_dict", "load"]
