"""Numbers as they stand in a sentence or a cell."""

import math
from collections.abc import Iterable, Sequence

from sim.base.intervals import Estimate

UNDEFINED = "undefined"


def whole(x: float) -> int:
    """The nearest whole number, halves upwards."""
    return math.floor(x + 0.5)


def signed(x: float) -> int:
    """The nearest whole number, halves away from zero, so that a gain and a loss of one size look alike."""
    return whole(x) if x >= 0 else -whole(-x)


def out_of(futures: int) -> int:
    """Out of how many futures results are told: of 100, or of as many as there are where that is fewer."""
    return min(100, futures)


def hundred(share: float, of: int = 100) -> str:
    """A share in whole hundredths, or of so many futures; a dash where there is none."""
    return "–" if math.isnan(share) else str(whole(of * share))


def percent(x: float) -> str:
    """A share in whole hundredths: 63%, −13%; <1% where it is more than nothing."""
    if math.isnan(x):
        return UNDEFINED
    size = whole(abs(100 * x))
    if size == 0:
        return "0%" if abs(x) < 1e-4 else "<1%" if x > 0 else ">−1%"
    return f"{'−' if x < 0 else ''}{size}%"


def ends(low: float, high: float) -> str:
    """An interval of shares: 58 to 68, in hundredths."""
    return " to ".join(str(signed(100 * end)).replace("-", "−") for end in (low, high))


def estimate(found: Estimate) -> str:
    """A share with its 95% interval: 63% (58 to 68), or 63% (no interval)."""
    if not found.defined:
        return percent(found.value)
    return f"{percent(found.value)} ({ends(found.low, found.high) if found.has_interval else 'no interval'})"


def in_signs(found: Iterable[float], of: int) -> str:
    """A difference with its ends, in so many parts: +13 (+6 to +19)."""
    at, low, high = (f"{signed(of * x):+}".replace("-", "−") if signed(of * x) else "0" for x in found)
    return f"{at} ({low} to {high})"


def so_many(some: int, of: int) -> str:
    """All 20, none of 20, 7 of 20."""
    return f"all {of}" if some == of else f"{some or 'none'} of {of}"


def fixed(x: float, places: int) -> str:
    """A number with so many places; a dash where there is none."""
    return "–" if math.isnan(x) else f"{x:.{places}f}".replace("-", "−")


def listed(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    if len(words) < 2:
        return words[0] if words else "none"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def quoted(title: str) -> str:
    """A title as a sentence quotes it."""
    return f"“{title}”"


def count(number: float, noun: str) -> str:
    """1 future, 200 futures."""
    return f"{number:,.10g} {noun}{'' if number == 1 else 's'}"


_NUMBERS = "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"


def span(months: int) -> str:
    """How long a horizon is: five years, 18 months."""
    years, rest = divmod(months, 12)
    if rest or not 1 <= years <= len(_NUMBERS):
        return count(months, "month")
    return f"{_NUMBERS[years - 1]} year{'' if years == 1 else 's'}"
