"""Studies of five sites that have begun, simulated: they are followed for two years; how many drop the programme?

The paper's research ran for two years in two phases. It followed no site for two years from anything.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.base.arrays import Floats
from sim.base.intervals import Estimate, wilson
from sim.experiments.environment import futures_of
from sim.scenario.scenario import load

SITES = 5
"""Sites in a study: five local areas agreed to take part in the paper's. Two left the research before its end."""

SCENARIO = "five-sites"


@dataclass(frozen=True)
class Studies:
    """Simulated studies. lost, changed: [studies, sites], whether a site dropped the programme while it was followed,
    and whether its director left before that (or before the end)."""

    lost: Floats
    changed: Floats

    @cached_property
    def counts(self) -> list[int]:
        """In how many studies 0, 1, ... 5 of the sites dropped out."""
        return np.bincount(self.lost.sum(axis=1).astype(int), minlength=SITES + 1).tolist()

    def share(self, changed: bool) -> Estimate:
        """The share of sites that dropped out, of those whose director changed or did not, with its 95% interval."""
        among = self.lost[self.changed == changed]
        return wilson(int(among.sum()), len(among))

    @property
    def one_after_a_change(self) -> float:
        """The share of studies in which one site of five drops the programme, after its director had changed."""
        one = self.lost.sum(axis=1) == 1
        return float((one & ((self.lost * self.changed).sum(axis=1) == 1)).mean())


def studies(number: int = 200, seed: int = 1) -> Studies:
    """Play so many studies: five futures each of the library's ``five-sites``, each a site with its own director."""
    setting = load(SCENARIO)
    begun = setting.reference_month
    lost, changed = np.zeros((2, number * SITES))
    for site, future in enumerate(futures_of({"site": setting}, number * SITES, seed)):
        record = future["site"]
        dropped = record.subscription_lost
        lost[site] = dropped is not None and dropped >= begun
        left = record.first_departure
        changed[site] = left is not None and (dropped is None or left < dropped)
    return Studies(lost.reshape(number, SITES), changed.reshape(number, SITES))
