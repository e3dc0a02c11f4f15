"""Exercises of notebook 5: sharing leadership."""

import sim
from sim.interface.exercises import exercise


@exercise(
    "5.1",
    why="Half of what reserves leading has to go; each tenth of it saves more futures. At ten years, 43 of "
    "100 are lost even so.",
)
def highest_norm():
    """A loop over 0.8, 0.7 and so on, each set with `leadership.delegation` 0.6; `summary.collapsed[0]` below 0.20."""
    story = sim.load("director-turnover").variant("sceptic").with_({"leadership.delegation": 0.6})
    for tenths in range(8, -1, -1):
        softer = story.with_({"leadership.hierarchy_norm": tenths / 10})
        if sim.compare(softer, futures=100, variants=[]).summary.collapsed[0] < 0.20:
            break
    return tenths / 10


@exercise(
    "5.2",
    why="Shared from the first day (without champions) it is 8. Later is hardly worse: while the deputy "
    "stands in nothing is lost, and claims are granted. But somebody has to do it, just when the one who "
    "led has gone.",
)
def shared_when_the_director_leaves():
    """Three keys of one event in one `with_`; `variants=[]`; share collapsed, times 100."""
    late = (
        sim.load("director-turnover")
        .variant("sceptic")
        .with_(
            {
                "events.meant.kind": "change",
                "events.meant.month": 36,
                "events.meant.set": {"leadership.hierarchy_norm": 0.2, "leadership.delegation": 0.6},
            }
        )
    )
    return round(100 * sim.compare(late, futures=100, variants=[]).summary.collapsed[0])


@exercise("5.3", why="More than two years until credibility is a quarter, with four claims in five granted.")
def when_a_quarter_is_believed():
    """`(column > 0.25).idxmax()` is the first row in which it is so."""
    many = sim.compare("declared-or-enacted", futures=100, variants=["enacted"])
    credibility = many.trajectories.groupby(["variant", "month"]).credibility.mean()["enacted"]
    return (credibility > 0.25).idxmax()


@exercise("5.4", within=0.015, why="Next to nothing: an insurance pays only if what it insures against happens.")
def sharing_where_the_director_stays():
    """`scenario.variant("shared")`, and in it `events.departure.enabled` False; the column is `practice_after`."""
    story = sim.load("director-turnover")
    both = story.variant("shared").with_({"events.departure.enabled": False})
    stays = sim.compare(story, futures=100, variants=["stays"]).summary.set_index("variant").practice_after["stays"]
    return sim.compare(both, futures=100, variants=[]).summary.practice_after[0] - stays
