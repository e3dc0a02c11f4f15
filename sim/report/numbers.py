"""Numbers as they stand in a sentence or a cell."""

import math
from collections.abc import Sequence

from sim.base.intervals import Estimate

UNDEFINED = "undefined"


def percent(x: float) -> str:
    """A share in whole hundredths: 63%, −13%; <1% where it is more than nothing."""
    if math.isnan(x):
        return UNDEFINED
    whole = math.floor(abs(100 * x) + 0.5)
    if whole == 0:
        return "0%" if abs(x) < 1e-4 else "<1%" if x > 0 else ">−1%"
    return f"{'−' if x < 0 else ''}{whole}%"


def ends(low: float, high: float) -> str:
    """An interval of shares: 58 to 68, in hundredths."""
    return f"{_whole(low)} to {_whole(high)}"


def estimate(found: Estimate, brief: bool = False) -> str:
    """A share with its 95% interval, unless ``brief``: 63% (58 to 68), or 63% (no interval)."""
    if brief or not found.defined:
        return percent(found.value)
    return f"{percent(found.value)} ({ends(found.low, found.high) if found.has_interval else 'no interval'})"


def of_hundred(x: float, of: int = 100) -> str:
    """A share of futures as a whole number."""
    return "none known" if math.isnan(x) else str(math.floor(of * x + 0.5))


def fixed(x: float, places: int) -> str:
    """A number with so many places; a dash where there is none."""
    return "–" if math.isnan(x) else f"{x:.{places}f}".replace("-", "−")


def _whole(x: float) -> str:
    size = math.floor(abs(100 * x) + 0.5)
    return f"−{size}" if x < 0 and size else str(size)


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else "none"


def count(number: float, noun: str) -> str:
    """1 future, 200 futures."""
    return f"{number:,.10g} {noun}{'' if number == 1 else 's'}"


def years_on(horizon: int) -> str:
    """The horizon after the reference month."""
    return "five years on" if horizon == 60 else f"{count(horizon, 'month')} on"
