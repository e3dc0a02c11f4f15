"""Exercises of notebook 4: succession planning."""

import sim
from sim.interface.exercises import exercise


@exercise(
    "4.1", why="Perfect continuity is not needed; two thirds is about enough, under this sceptic and after this gap."
)
def least_continuity():
    """`continuity` in steps of a tenth, as in the notebook's loop; the first at which `collapsed` is at most 0.10."""
    story = sim.load("director-turnover")
    for tenths in range(11):
        prepared = story.with_({"succession.continuity": tenths / 10})
        if sim.compare(prepared, futures=100, variants=[]).summary.collapsed[0] <= 0.10:
            break
    return tenths / 10


@exercise("4.2", why="2 in nine months, 8 in 18, 19 in 28: a stand-in helps for as long as they stand in.")
def deputy_in_a_long_gap():
    """Two settings of the scenario by `with_`, each compared with `variants=[]`; the deputy is "deputy"."""
    empty = sim.load("director-turnover").with_({"succession.vacancy": 18})
    deputy = empty.with_({"succession.interim": "deputy"})
    without, with_one = (sim.compare(each, futures=100, variants=[]).summary.collapsed[0] for each in (empty, deputy))
    return round(100 * (without - with_one))


@exercise(
    "4.3",
    why="So time is most of it, and not all: with the verdict at one date it was 31. What is left may be what practice "
    "still gained while the seat was empty.",
)
def gap_with_equal_time():
    """Two settings of the scenario by `with_`, each compared with `variants=[]`; share collapsed, times 100."""
    story = sim.load("director-turnover").with_({"months": 120, "succession.vacancy": 0})
    later = story.with_({"succession.vacancy": 18, "measure.horizon": 78})
    at_once, gap = (sim.compare(each, futures=100, variants=[]).summary.collapsed[0] for each in (story, later))
    return round(100 * (at_once - gap))


@exercise(
    "4.4",
    why="All of them: nothing had taken hold at month 12. And yet 0.55 five years on: it took hold later, under the "
    "successor. A verdict is only as good as its definition; look at the numbers it was made from.",
)
def never_at_month_twelve():
    """Four keys in one `with_`; the column is `never_took_hold`."""
    early = sim.load("director-turnover").with_(
        {
            "events.departure.month": 12,
            "measure.reference_month": 12,
            "succession.continuity": 0.8,
            "succession.vacancy": 0,
        }
    )
    return round(100 * sim.compare(early, futures=100, variants=[]).summary.never_took_hold[0])
