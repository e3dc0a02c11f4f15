"""Exercises of notebook 1: one future, month by month."""

import sim
from sim.interface.exercises import exercise


@exercise("1.1", why="Eight months after the departure, with a deputy in the seat: the sceptic was still to come.")
def when_highest():
    """`months.practice` of the variant is a column of a table; pandas' `idxmax` gives the row of its largest value."""
    one = sim.run("director-turnover", "sceptic", future=0)
    return one.months.practice.idxmax()


@exercise(
    "1.2", within=0.005, why="A fifteenth is left. At five years it was two thirds, and the verdict was: survived."
)
def retention_of_another():
    """`sim.run(scenario, future=2).months.practice`, row 156 divided by row 36; a share, so 0.5 and not 50."""
    practice = sim.run("director-turnover", future=2).months.practice
    return practice[156] / practice[36]


@exercise("1.3", why="But values count: those of practitioner 1, which are strong, did nearly as much as the manager.")
def who_moved_practitioner_1():
    """Keep the ledger's rows of that listener up to row 36, add them up by source, and leave the listener out."""
    one = sim.run("director-turnover", future=0)
    names = one.organisation.labels
    me, ledger = names.index("practitioner 1"), one.ledger.frame()
    rows = ledger[(ledger.listener == me) & (ledger.source != me) & (ledger.month <= 36)]
    return names[rows.groupby("source").change.sum().idxmax()]


@exercise(
    "1.4", why="At five years none of the ten had. Ten futures say little: a hundred say 9 at five years and 24 at ten."
)
def how_many_of_ten():
    """Run futures 0 to 9 in a loop; count those in which less than half is left at row 156."""
    count = 0
    for future in range(10):
        practice = sim.run("director-turnover", future=future).months.practice
        count += practice[156] / practice[36] < 0.5
    return count
