"""Exercises of notebook 3: depending on one leader."""

import sim
from sim.analysis.dependency.knockouts import Group, Loss, knock_out, of_role, split
from sim.analysis.influence import effective_leaders, structural
from sim.interface.exercises import exercise
from sim.model.removal import Removal
from sim.scenario.roles import Role


@exercise(
    "3.1",
    within=0.5,
    why="Some five more than without, for practitioners who lead are heard; the director's share hardly falls.",
)
def leaders_when_shared():
    """`structural` of a run of the variant "shared", at row 36; then `effective_leaders` of that."""
    shared = sim.run("director-turnover", "shared", future=0)
    return effective_leaders(structural(shared, 36))


@exercise(
    "3.2",
    within=0.01,
    why="0.12 in place of 0.24, and yet the dependency is nearly the same (0.66, 0.70): what leader and programme "
    "together are worth, which it is divided by, has shrunk just as much. A share says nothing about a size.",
)
def lost_when_shared():
    """Give `knock_out` the variant, the loss `Loss(director, Removal.EMPTIED)`, `month=36` and `futures=40`."""
    scenario = sim.load("director-turnover")
    director = of_role(sim.run(scenario).organisation, Role.DIRECTOR)
    found = knock_out(scenario.variant("shared"), [Loss(director, Removal.EMPTIED)], month=36, futures=40)
    return found.lost(director).value


@exercise(
    "3.3", why="Permission matters less (0.19, not 0.30): whoever leads, or decides in a team, asks less of the line."
)
def channel_when_shared():
    """`channels` needs all the losses that `split(director)` lists, run in the variant "shared"."""
    scenario = sim.load("director-turnover")
    director = of_role(sim.run(scenario).organisation, Role.DIRECTOR)
    channels = knock_out(scenario.variant("shared"), split(director), month=36, futures=40).channels(director)
    return max(channels, key=lambda name: channels[name].value)


@exercise("3.4", why="None is above 0.01. In the model's sense of empty: somebody else's position fills the place.")
def any_manager_above_a_tenth():
    """One `Group` and one `Loss` for each seat in `by_role["middle manager"]`, all in one `knock_out`."""
    scenario = sim.load("director-turnover")
    managers = sim.run(scenario).organisation.structure.middle_managers
    each = [Group("person", f"manager in seat {seat}", (int(seat),)) for seat in managers]
    found = knock_out(scenario, [Loss(one, Removal.EMPTIED) for one in each], month=36, futures=40)
    return any(found.dependency(one).value > 0.1 for one in each)
