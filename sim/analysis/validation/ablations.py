"""The worlds in which patterns are looked for: the model as it is, with a mechanism off, and rivals that keep one.

A world is some keys of a scenario. A pattern that sets the same keys to ask its question overrides those of ``below``
but not those of ``above``: a mechanism that is off stays off whatever is asked. The table of those that come with the
package: ``sim/analysis/validation/worlds.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sim.base.errors import read_toml
from sim.scenario.scenario import Scenario, ScenarioError, load

STORY = "director-turnover"
"""The scenario that every pattern starts from: the director leaves at month 36, a deputy stands in for nine months, and
whoever is drawn follows."""

END = 96
"""The month in which a pattern's story ends, five years after the director has left."""


@dataclass(frozen=True)
class World:
    """Keys of a scenario that make a world, and what it is called. meaning: what is off in it, and what takes over."""

    slug: str
    title: str
    meaning: str = ""
    above: Mapping[str, Any] = field(default_factory=dict)
    below: Mapping[str, Any] = field(default_factory=dict)

    def setting(self, keys: Mapping[str, Any]) -> Scenario:
        """The story in this world, with a pattern's own keys.

        Raises ScenarioError for keys that do not fit, and for a world that moves what every pattern is measured by.
        """
        for key in {**self.below, **self.above}:
            if key.split(".")[0] in ("events", "measure", "months", "variants"):
                raise ScenarioError(
                    f"{key}: a world may set parameters and the organisation; who leaves when, and the months at which "
                    "a pattern is measured, belong to the pattern"
                )
        return _story().with_({**self.below, **keys, **self.above})


@cache
def _story() -> Scenario:
    """What every pattern is measured on."""
    return load(STORY).with_({"months": END}, drop=("variants",))


AS_IT_IS = World("as-it-is", "The model as it is")

_WORLDS = {
    group: tuple(World(slug, said["title"], said.get("meaning", ""), said["keys"]) for slug, said in worlds.items())
    for group, worlds in read_toml(Path(__file__).with_name("worlds.toml")).items()
}

ABLATIONS, RIVALS = _WORLDS["ablations"], _WORLDS["rivals"]
"""Each mechanism off in turn; and explanations that keep one channel of the leader only."""
