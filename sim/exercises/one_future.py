"""Exercises of notebook 1: one future, month by month."""

import sim
from sim.exercises import exercise


@exercise("1.1")
def when_highest():
    """`months.practice` is a column of a table; pandas' `idxmax` gives the row of its largest value."""
    one = sim.run("director-turnover", future=0)
    return one.months.practice.idxmax()


@exercise("1.2", within=0.005)
def retention_of_another():
    """Practised commitment at row 96 divided by that at row 36, both of future 4."""
    practice = sim.run("director-turnover", future=4).months.practice
    return practice[96] / practice[36]


@exercise("1.3")
def who_moved_practitioner_1():
    """Keep the ledger's rows of that listener up to row 36, add them up by source, and leave the listener out."""
    one = sim.run("director-turnover", future=0)
    names = one.organisation.labels
    me, ledger = names.index("practitioner 1"), one.ledger.frame()
    rows = ledger[(ledger.listener == me) & (ledger.source != me) & (ledger.month <= 36)]
    return names[rows.groupby("source").change.sum().idxmax()]


@exercise("1.4")
def how_many_of_ten():
    """Run futures 0 to 9 in a loop; count those in which less than half is left."""
    count = 0
    for future in range(10):
        practice = sim.run("director-turnover", future=future).months.practice
        count += practice[96] / practice[36] < 0.5
    return count
