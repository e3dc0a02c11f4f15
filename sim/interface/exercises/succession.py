"""Exercises of notebook 4: succession planning."""

import sim
from sim.interface.exercises import exercise


@exercise(
    "4.1",
    why="Perfect continuity is not needed at five years. At ten, 22 have collapsed with 0.4, and 5 with twice as much.",
)
def least_continuity():
    """`continuity` in steps of a tenth, as in the notebook's loop; the first at which `collapsed` is at most 0.10."""
    story = sim.load("director-turnover").variant("sceptic")
    for tenths in range(11):
        prepared = story.with_({"succession.continuity": tenths / 10})
        if sim.compare(prepared, futures=100, variants=[]).summary.collapsed[0] <= 0.10:
            break
    return tenths / 10


@exercise(
    "4.2", why="1 in nine months, 8 in 18, 20 in 28: a stand-in helps for as long as they stand in, and it shows late."
)
def deputy_in_a_long_gap():
    """Two settings of the scenario by `with_`, each compared with `variants=[]`; the deputy is "deputy"."""
    deputy = sim.load("director-turnover").variant("sceptic").with_({"succession.vacancy": 28})
    empty = deputy.with_({"succession.interim": "none"})
    gone = [sim.compare(each, futures=100, variants=[]).summary.collapsed_120[0] for each in (empty, deputy)]
    return round(100 * (gone[0] - gone[1]))


@exercise(
    "4.3",
    why="So time is most of it, and not all: with the verdict at one date it is 40. What is left may be what practice "
    "still gained while the seat was empty.",
)
def gap_with_equal_time():
    """Two settings of the scenario by `with_`, each compared with `variants=[]`; share collapsed, times 100."""
    story = sim.load("director-turnover").variant("sceptic").with_({"succession.vacancy": 0})
    later = story.with_({"succession.vacancy": 18, "measure.horizon": 78})
    at_once, gap = (sim.compare(each, futures=100, variants=[]).summary.collapsed[0] for each in (story, later))
    return round(100 * (at_once - gap))


@exercise(
    "4.4",
    why="All of them: nothing had taken hold at month 12. And yet 0.71 five years on: it took hold later, under the "
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
