"""The plausible ranges of the parameters, and points spread over them. The table itself: ``sim/analysis/ranges.csv``.

The central value of each is the default; provenance is measured, proxy or assumed. Most ranges are judgement, so a
result over them says how far it depends on single numbers, not how likely it is in the world. There are three kinds:
``world``, a number that nobody knows, over which plausible settings are spread; ``choice``, something a scenario or a
leadership team decides; ``fixed``, a number that plausible settings leave alone and that only sensitivity varies
(others are measured against it, or it is a local rule, such as how often a programme is reviewed).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.base.errors import ScenarioError
from sim.base.files import read_table

TABLE = Path(__file__).with_name("ranges.csv")

KINDS = ("world", "choice", "fixed")


@dataclass(frozen=True)
class Range:
    """A parameter's plausible range: lowest, default and highest value, their unit, and their provenance."""

    key: str
    kind: str
    low: float
    central: float
    high: float
    unit: str
    provenance: str
    source: str

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return all(value.is_integer() for value in (self.low, self.central, self.high)) and self.unit == "months"

    def at(self, share: float) -> float:
        """The value so far up the range: 0 its low end, 1 its high end."""
        value = self.low + share * (self.high - self.low)
        return round(value) if self.whole else value


def ranges() -> tuple[Range, ...]:
    """The ranges of kind ``world``, over which plausible settings are spread, in the table's order."""
    return tuple(one for one in every_range() if one.kind == "world")


@cache
def every_range() -> tuple[Range, ...]:
    """All ranges, in the table's order."""
    return tuple(_read(row) for row in read_table(TABLE))


def _read(row: dict[str, str]) -> Range:
    low, central, high = (float(row[name]) for name in ("low", "central", "high"))
    if row["kind"] not in KINDS or not low <= central <= high or not low < high:
        raise ScenarioError(f"{TABLE.name}: {row['key']}: low < high around central is needed, and one of {KINDS}")
    return Range(row["key"], row["kind"], low, central, high, row["unit"], row["provenance"], row["source"])


def spread(points: int, seed: int = 1) -> list[dict[str, Any]]:
    """So many settings of all ``world`` parameters, spread evenly over their ranges: the Latin hypercube of a seed."""
    from scipy.stats import qmc

    found = ranges()
    shares = qmc.LatinHypercube(d=len(found), rng=seed).random(points)
    return [{one.key: one.at(float(share)) for one, share in zip(found, row, strict=True)} for row in shares]
