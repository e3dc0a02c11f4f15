"""Exercises of notebook 1: one future, month by month."""

import sim
from sim.interface.exercises import exercise


@exercise("1.1", why="Eight months after the departure, with nobody in the seat: the sceptic was still to come.")
def when_highest():
    """`months.practice` is a column of a table; pandas' `idxmax` gives the row of its largest value."""
    one = sim.run("director-turnover", future=0)
    return one.months.practice.idxmax()


@exercise("1.2", within=0.005, why="An eighth is left: this future lost the programme as soon as the sceptic came.")
def retention_of_another():
    """`sim.run(scenario, future=4).months.practice`, row 96 divided by row 36; a share, so 0.5 and not 50."""
    practice = sim.run("director-turnover", future=4).months.practice
    return practice[96] / practice[36]


@exercise(
    "1.3", why="But only just: for practitioner 1, whose values are strong, they did nearly as much as the manager."
)
def who_moved_practitioner_1():
    """Keep the ledger's rows of that listener up to row 36, add them up by source, and leave the listener out."""
    one = sim.run("director-turnover", future=0)
    names = one.organisation.labels
    me, ledger = names.index("practitioner 1"), one.ledger.frame()
    rows = ledger[(ledger.listener == me) & (ledger.source != me) & (ledger.month <= 36)]
    return names[rows.groupby("source").change.sum().idxmax()]


@exercise("1.4", why="Ten futures say little about a hundred: here they would have said 70, where two hundred say 63.")
def how_many_of_ten():
    """Run futures 0 to 9 in a loop; count those in which less than half is left."""
    count = 0
    for future in range(10):
        practice = sim.run("director-turnover", future=future).months.practice
        count += practice[96] / practice[36] < 0.5
    return count
