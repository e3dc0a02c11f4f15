"""Exercises of notebook 8: change the model."""

import sim
from sim.agents import MiddleManager, Practitioner
from sim.exercises import exercise
from sim.roles import Kind


@exercise("8.1", within=0.005)
def steadfast_managers():
    """Derive from MiddleManager, override `supports`, and hand the class to `sim.run` as `agents=[...]`."""

    class Steadfast(MiddleManager):
        def supports(self):
            return self.model.shown[self.seat]

    return sim.run("director-turnover", agents=[Steadfast]).monthly["practice"][96]


@exercise("8.2", within=0.005)
def following_the_crowd():
    """Override `sees` of a Practitioner; the share of a list is a sum of True and False over its length."""

    class Follower(Practitioner):
        def sees(self):
            crowd = [self.model.practice_now[seat] > 0.5 for seat in self.model.links.colleagues(self.seat)]
            return sum(crowd) / len(crowd) if crowd else self.practice

    return sim.run("director-turnover", agents=[Follower]).monthly["practice"][36]


@exercise("8.3", within=0.005)
def deaf_to_the_line():
    """`super().hears()` lists (seat, kind, weight); keep those whose kind is not `Kind.LINE_DOWN`."""

    class Deaf(Practitioner):
        def hears(self):
            return [link for link in super().hears() if link[1] != Kind.LINE_DOWN]

    return sim.run("director-turnover", agents=[Deaf]).monthly["practice"][36]


@exercise("8.4")
def collapses_with_loyal_managers():
    """`compare(..., agents=[Loyal]).futures` has a column `outcome`; the variant of the scenario itself is "base"."""

    class Loyal(MiddleManager):
        def shows(self):
            return 0.5 * super().shows() + 0.5 * self.model.director_shown

    futures = sim.compare("director-turnover", runs=8, variants=[], agents=[Loyal]).futures
    return (futures.outcome == "collapsed").sum()
