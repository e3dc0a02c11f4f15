"""What a search for plausible settings found, as a page (docs/calibration.md is one)."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.analysis.ranges import ranges
from sim.analysis.uncertainty.calibration import CLEAR, CalibrationRun
from sim.analysis.uncertainty.targets import MEASURES, targets
from sim.base.version import VERSION
from sim.report.numbers import hundred, listed
from sim.report.pages.templates import template
from sim.scenario.fields import fields

LITTLE = 2
"""A target that turns away fewer of 100 settings that agree with all the others cuts next to nothing."""


def calibration_words(tried: CalibrationRun) -> Iterator[str]:
    """The answer in a sentence or two."""
    share, low, high = (round(100 * x) for x in tried.acceptance)
    of, kept = len(tried.settings), len(tried.accepted)
    yield f"Of {of} settings, {kept} agree with all {len(tried.targets)} targets: {share} of 100 ({low} to {high})."
    shifted, parameters = tried.shifted(), len(ranges())
    if kept < 5:
        yield "That is too few to say anything about them."
    elif not shifted:
        yield f"The targets alone say nothing about any of the {parameters} parameters."
    else:
        yield (
            f"The targets say something about {len(shifted)} of {parameters} parameters, most of all about "
            f"{shifted[0][0].key}, and nothing that can be told from chance about the other "
            f"{parameters - len(shifted)}."
        )


def _or_dash(share: float | None) -> str:
    return hundred(math.nan if share is None else share)


def page(tried: CalibrationRun) -> str:
    """The page, in Markdown."""
    shifted = tried.shifted()
    shown = {one.key for one, _, _ in shifted}
    return template(Path(__file__).with_name("calibration.md.jinja"), hundred=_or_dash).render(
        summary=" ".join(calibration_words(tried)),
        tried=tried,
        of=len(tried.settings),
        parameters=len(ranges()),
        version=VERSION,
        clear=CLEAR,
        own="" if tried.targets == targets() else " --targets FILE.csv",
        cuts=_cuts(tried),
        named=dict(fields()),
        shifted=shifted,
        others=[f"`{one.key}`" for one in ranges() if one.key not in shown],
        measures=[f"`{name}`" for name in MEASURES],
    )


def _cuts(tried: CalibrationRun) -> str:
    """Which target cuts most and which cut next to nothing, in words."""
    cut: dict[str, Any] = {target.measure: tried.cut(i) for i, target in enumerate(tried.targets)}
    found = {name: round(100 * share) for name, share in cut.items() if share is not None}
    if not found:
        return "No setting agrees with all targets but one, so nothing can be said about what each of them rules out."
    most = max(found, key=lambda name: found[name])
    little = [f"`{name}`" for name, share in found.items() if share < LITTLE]
    said = f"`{most}` turns away most: {found[most]} of 100 settings that agree with all the others."
    turn = "turns" if len(little) == 1 else "turn"
    return said + (f" {listed(little)} {turn} away next to nothing." if little else "")
