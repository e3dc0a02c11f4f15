"""Exercises of notebook 8: change the model."""

import sim
from sim.interface.exercises import exercise
from sim.model.agents import MiddleManager, Practitioner
from sim.scenario.roles import Kind


@exercise("8.1", within=0.005, why="0.60, where it was 0.48: pressure takes from what a team is allowed, every month.")
def steadfast_managers():
    """Derive from MiddleManager, override `supports`, and hand the class to `sim.run` as `agents=[...]`."""

    class Steadfast(MiddleManager):
        def supports(self):
            return self.model.now.shown[self.seat]

    return sim.run("director-turnover", "sceptic", agents=[Steadfast]).monthly["practice"][96]


@exercise(
    "8.2",
    within=0.005,
    why="0.49, where it was 0.61: as long as nobody's practice is above one half, no crowd is to be seen, and those "
    "who have begun count for nothing. Thresholds make beginnings slow.",
)
def following_the_crowd():
    """Override `sees` of a Practitioner; the share of a list is a sum of True and False over its length."""

    class Follower(Practitioner):
        def sees(self):
            crowd = [self.model.people[seat].practice > 0.5 for seat in self.model.links.colleagues(self.seat)]
            return sum(crowd) / len(crowd) if crowd else self.practice

    return sim.run("director-turnover", "sceptic", agents=[Follower]).monthly["practice"][36]


@exercise(
    "8.3",
    within=0.005,
    why="0.55, where it was 0.61: they no longer hear the manager, but still do what the manager permits, which weighs "
    "more in what they do than their own commitment; and colleagues, partners and their own values move them instead.",
)
def deaf_to_the_line():
    """`super().hears()` lists (seat, kind, weight); keep those whose kind is not `Kind.LINE_DOWN`."""

    class Deaf(Practitioner):
        def hears(self):
            return [link for link in super().hears() if link[1] != Kind.LINE_DOWN]

    return sim.run("director-turnover", "sceptic", agents=[Deaf]).monthly["practice"][36]


@exercise("8.4", why="As many as with managers as usual (1), where without shared leadership it was 6 against 3.")
def collapses_with_loyal_managers_and_shared_leadership():
    """`compare(scenario.variant("shared"), ..., variants=[], agents=[Loyal]).futures` has a column `outcome`."""

    class Loyal(MiddleManager):
        def shows(self):
            return 0.5 * super().shows() + 0.5 * self.model.director_shown

    shared = sim.load("director-turnover").with_({"months": 96}).variant("sceptic_shared")
    return (sim.compare(shared, futures=8, variants=[], agents=[Loyal]).futures.outcome == "collapsed").sum()
