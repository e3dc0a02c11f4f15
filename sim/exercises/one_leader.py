"""Exercises of notebook 3: depending on one leader."""

import sim
from sim.cuts import EMPTY
from sim.exercises import exercise
from sim.experiments.knockouts import Group, Loss, knock_out, of_role, split
from sim.measures.influence import effective_leaders, structural
from sim.organisation import organisation
from sim.roles import Role


@exercise("3.1", within=0.5)
def leaders_when_shared():
    """`structural` of a run of the variant "shared", at row 36; then `effective_leaders` of that."""
    shared = sim.run("director-turnover", "shared", future=0)
    return effective_leaders(structural(shared, 36))


@exercise("3.2", within=0.01)
def lost_when_shared():
    """Give `knock_out` the variant, the loss `Loss(director, EMPTY)`, `month=36` and `runs=40`."""
    shared = sim.load("director-turnover").variant("shared")
    director = of_role(organisation(shared, 1, 0), Role.DIRECTOR)
    found = knock_out(shared, [Loss(director, EMPTY)], month=36, runs=40)
    return found.lost(director).value


@exercise("3.3")
def channel_when_shared():
    """`channels` needs all the losses that `split(director)` lists, run in the variant "shared"."""
    shared = sim.load("director-turnover").variant("shared")
    director = of_role(organisation(shared, 1, 0), Role.DIRECTOR)
    channels = knock_out(shared, split(director), month=36, runs=40).channels(director)
    return max(channels, key=lambda name: channels[name].value)


@exercise("3.4")
def any_manager_above_a_tenth():
    """A group of one seat is `Group("person", "any title", (seat,))`; one `Loss` each, all in one `knock_out`."""
    scenario = sim.load("director-turnover")
    managers = organisation(scenario, 1, 0).structure.middle_managers
    each = [Group("person", f"manager in seat {seat}", (int(seat),)) for seat in managers]
    found = knock_out(scenario, [Loss(one, EMPTY) for one in each], month=36, runs=40)
    return any(found.dependency(one).value > 0.1 for one in each)
