"""How long the change lasts, in sentences."""

from collections.abc import Iterator, Mapping

import numpy as np

from sim.analysis.survival import Pairs, Times, collapsed_first, median, survival_curve
from sim.report.numbers import count


def durations_words(
    collapse: Mapping[str, Times], half: Mapping[str, Times], titles: Mapping[str, str], since: str
) -> list[str]:
    """Sentences to read aloud, a few for every variant, the first being the base that the others are paired with.

    ``collapse``, ``half``: by variant, from ``times_to_collapse`` and ``times_to_half``. ``since``: what happened in
    the reference month, to follow the word "after": "the director left", or "month 36".
    """
    base, said = next(iter(collapse)), []
    for slug, times in collapse.items():
        words = [*_collapse_words(times, titles[slug], since), *_half_words(half[slug], since)]
        if slug != base:
            words += _pair_words(collapsed_first(collapse[base], times), titles[base])
        said.append(" ".join(words))
    return said


def _collapse_words(times: Times, title: str, since: str) -> Iterator[str]:
    judged, happened = count(times.followed + times.never_took_hold, "future"), int(times.happened.sum())
    if times.followed:
        half = "half of these collapses came within" if happened > 1 else "it did so"
        when = f"; {half} {count(times.half_way, 'month')} after {since}" if times.half_way is not None else ""
        yield (
            f"With “{title}”, the change collapsed within {count(times.horizon, 'month')} in {happened or 'none'} of "
            f"the {count(times.followed, 'future')} in which it had taken hold{when}."
        )
    if times.never_took_hold:
        yield f"With “{title}”, the change never took hold in {times.never_took_hold:,} of {judged}."
    if short := int((~times.happened & (times.month < times.horizon)).sum()):
        yield f"With “{title}”, {count(short, 'future')} could not be followed to the end."
    if failed := int(times.failed.sum()):
        yield f"With “{title}”, {count(failed, 'future')} failed."


def _half_words(times: Times, since: str) -> Iterator[str]:
    month, low, high = median(survival_curve(times))
    if month is not None:
        until = f"{low} to {high if high is not None else f'beyond {times.horizon}'}"
        when = f"{count(month, 'month')} after {since} (95% interval {until})"
        yield f"In half of the futures, practised commitment had fallen below half of its former level {when}."
    elif times.followed:
        horizon = count(times.horizon, "month")
        yield (
            "In fewer than half of the futures did practised commitment fall below half of its former level within "
            f"{horizon}."
        )


def _pair_words(pairs: Pairs, base: str) -> Iterator[str]:
    if pairs.one_first + pairs.other_first:
        outlasted = f"it outlasted “{base}” in {count(pairs.one_first, 'future')}"
        before = f"{pairs.other_first:,}" if pairs.other_first else "none"
        yield f"Future by future, {outlasted} and collapsed before it in {before}."
    if not np.isnan(apart := pairs.months_later):
        size = f"{count(abs(apart), 'month')} {'earlier' if apart < 0 else 'later'}" if apart else "in the same month"
        yield f"Where both collapsed, it did so {size} in the middle future."
