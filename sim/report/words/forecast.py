"""How well readings foretell survival, in sentences."""

from sim.analysis.forecast import FEW, READINGS, Forecast, Forecasts
from sim.base.intervals import Estimate
from sim.report.words.common import CAVEATS


def forecast_words(found: Forecasts) -> list[str]:
    """What came out, in sentences."""
    out = [_told(each) for each in found.settings.values()]
    pool = found.pooled()
    for scope, which in (("within", "the same setting"), ("between", "two different settings")):
        if pool.pairs[scope] and len(found.settings) > 1:
            areas = "; ".join(f"{READINGS[name]} {_area(area)}" for name, area in pool.areas[scope].items())
            out.append(f"All settings, pairs of futures of {which}: AUC of {areas}. {_gained(pool.gains[scope])}")
    return [*out, *CAVEATS]


def _told(each: Forecast) -> str:
    took, survived = int(each.took_hold.sum()), int(each.survived.sum())
    start = f"“{each.title}”: the change had taken hold in {took} futures and survived in {survived} of them"
    if each.alike:
        return f"{start}. They all ended alike, so there is nothing to tell apart."
    areas = "; ".join(f"{READINGS[name]} {_area(area)}" for name, area in each.areas.items())
    lowest, highest, fifth = each.fifths("autonomous_retention")
    few = f"Fewer than {FEW} ended one way, so these intervals are too narrow. " * (
        min(survived, took - survived) < FEW
    )
    fifths = f"Of the {fifth} futures with the lowest autonomous retention {lowest} survived, of the {fifth} with the"
    return f"{start}. AUC of {areas}. {few}{_gained(each.gains)} {fifths} highest {highest}."


def _gained(gains: dict[str, Estimate]) -> str:
    """Whether autonomous retention tells more, in a sentence."""
    by: dict[str, list[str]] = {}
    for name, gain in gains.items():
        how = "clearly more" if gain.low > 0 else "clearly less" if gain.high < 0 else "neither clearly more nor less"
        by.setdefault(how, []).append(READINGS[name])
    told = [f"{how} than {' and '.join(names)}" for how, names in by.items()]
    return f"Autonomous retention told {', '.join(told)}."


def _area(found: Estimate) -> str:
    interval = f"{found.low:.2f} to {found.high:.2f}" if found.has_interval else "no interval"
    return f"{found.value:.2f} ({interval})"
