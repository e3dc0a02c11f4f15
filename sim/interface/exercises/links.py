"""Exercises of notebook 2: links, and how influence adds up."""

import numpy as np

import sim
from sim.analysis.influence import total_influence
from sim.interface.exercises import exercise

W = [[0.220, 0.120, 0.360, 0.300], [0.147, 0.215, 0.344, 0.294], [0.0, 0.0, 1.0, 0.0], [0.090, 0.178, 0.446, 0.286]]
OPENNESS = [0.780, 0.785, 0.000, 0.714]


@exercise(
    "2.1",
    within=0.1,
    why="28 points lower, though only one of four began elsewhere: the one who is heard most and does not move.",
)
def first_if_the_third_had_begun_low():
    """`V` does not change; only the vector that it is multiplied with does."""
    return (total_influence(OPENNESS, np.array(W)) @ [25, 25, 25, 85])[0]


@exercise("2.2", why="Two thirds of it. The only one who did not listen.")
def most_in_the_mean():
    """The mean of each column of `V`; which is largest?"""
    shares = total_influence(OPENNESS, np.array(W)).mean(axis=0)
    return ["first", "second", "third", "fourth"][shares.argmax()]


@exercise(
    "2.3",
    why="Of 120: four soon after the sceptic came, and all from month 73 on. In between, managers who had "
    "been won pulled up more.",
)
def months_pulled_down_the_line():
    """Vertical kinds are "line_down" and "line_up"; add up `change` by month, for listeners among staff."""
    one = sim.run("director-turnover", "sceptic", future=0)
    rows = one.ledger.frame().query("kind in ['line_down', 'line_up'] and month > 36")
    rows = rows[rows.listener.isin(one.organisation.structure.staff)]
    return (rows.groupby("month").change.sum() < 0).sum()


@exercise("2.4", within=0.005, why="Two thirds of all that practitioner 1 hears, themselves included, is the manager.")
def weight_of_the_manager():
    """As in the cell for practitioner 20; the weight is loudness over 0.6 plus the sum of all loudness."""
    scenario = sim.load("director-turnover")
    one = sim.run(scenario, future=0)
    labels, roles, leadership = one.organisation.labels, one.organisation.structure.role, one.people["leadership"][36]
    me, loudness = labels.index("practitioner 1"), {}
    for source, _, link in one.graph(36).in_edges(me, data=True):
        voice = max(scenario.roles.of(roles[source]).authority + leadership[source], scenario.influence.voice_floor)
        loudness[labels[source]] = link["weight"] * voice
    return loudness["middle manager 1"] / (0.6 + sum(loudness.values()))
