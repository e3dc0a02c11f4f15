"""The worlds in which patterns are looked for: the model as it is, with a mechanism off, and rivals that keep one.

A world is some keys of a scenario. A pattern that sets the same keys to ask its question overrides those of ``below``
but not those of ``above``: a mechanism that is off stays off whatever is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError, load

STORY = "director-turnover"
"""The scenario that every pattern starts from: the director leaves at month 36, nine empty months, a sceptic."""


@dataclass(frozen=True)
class World:
    """Keys of a scenario that make a world, and what it is called. meaning: what is off in it, and what takes over."""

    slug: str
    title: str
    meaning: str = ""
    above: Mapping[str, Any] = field(default_factory=dict)
    below: Mapping[str, Any] = field(default_factory=dict)

    def setting(self, keys: Mapping[str, Any]) -> Scenario:
        """The story in this world, with a pattern's own keys.

        Raises ScenarioError for keys that do not fit, and for a world that moves what every pattern is measured by.
        """
        for key in {**self.below, **self.above}:
            if key.split(".")[0] in ("events", "measure", "months", "variants"):
                raise ScenarioError(
                    f"{key}: a world may set parameters and the organisation; who leaves when, and the months at which "
                    "a pattern is measured, belong to the pattern"
                )
        return _story().with_({**self.below, **keys, **self.above})


@cache
def _story() -> Scenario:
    return load(STORY).with_(drop=("variants",))


AS_IT_IS = World("as-it-is", "The model as it is")

_LINKS = ("line_down", "line_up", "peer", "partner", "coproduction")
_ALWAYS_RENEWED = {"subscription.threshold": -10.0}  # so low that any support suffices
_ONLY_COMMITMENT = {
    "practice.commitment_weight": 1.0,
    "practice.permission_weight": 0.0,
    "practice.evidence_weight": 0.0,
    "practice.red_tape": 0.0,
}

ABLATIONS = (
    World(
        "influence", "Nobody moves anybody", "Commitment follows a person's own values alone.",
        {"influence.openness": 0.0},
    ),
    World(
        "deeds", "Words alone are heard", "What people show is their commitment, whatever they do.",
        {"influence.demonstration": 0.0},
    ),
    World(
        "authority", "No voice comes with a position", "Whoever leads is heard; rank alone is not.",
        {f"roles.{role.slug}.authority": 0.0 for role in Role},
    ),
    World(
        "permission", "Permission plays no part", "Its weight in practice goes to one's own commitment.",
        {"practice.permission_weight": 0.0, "practice.commitment_weight": 0.8},
    ),
    World(
        "reach", "The director reaches no further than the managers", "What a manager supports is all that staff see.",
        {"permission.director_reach": 0.0},
    ),
    World(
        "pressure", "Managers are under no pressure", "All a manager shows reaches the team.",
        {"permission.pressure": 0.0},
    ),
    World(
        "evidence", "What one sees working does not count", "Its weight in practice goes to one's own commitment.",
        {"practice.evidence_weight": 0.0, "practice.commitment_weight": 0.5},
    ),
    World(
        "red-tape", "No burden from the back office", "The back office still speaks, but costs nothing.",
        {"practice.red_tape": 0.0},
    ),
    World(
        "tipping", "Practice follows support gently", "A third of the usual steepness: nothing tips.",
        {"practice.steepness": 4.0},
    ),
    World(
        "habit", "No habits", "Practice is this month's work.",
        {"practice.habit_rate": 1.0},
    ),
    World(
        "claiming", "Nobody claims to lead", "Leadership stays as it was at the start.",
        {"leadership.claim_base": 0.0, "leadership.claim_slope": 0.0},
    ),
    World(
        "turnover", "Nobody but the director leaves", "",
        {f"turnover.{who}": 0.0 for who in ("practitioners", "managers", "partners", "lived_experience")},
    ),
    World(
        "induction", "Newcomers take on nothing", "New staff start from scratch.",
        {"turnover.induction": 0.0},
    ),
    World(
        "ties", "Ties with partners do not go with the person", "A lost link is rebuilt the month after.",
        {"turnover.rebuild": 1.0},
    ),
    World(
        "echo", "Contracts do not make partners echo", "Voluntary-sector partners show what they hold.",
        {"leadership.funding_dependency": 0.0},
    ),
    World(
        "subscription", "No outside programme", "No facilitators, and nothing to renew.",
        {"subscription.enabled": False},
    ),
)  # fmt: skip
"""Each mechanism off in turn."""

RIVALS = (
    World(
        "influence-only", "Influence only",
        "People act on their own commitment, which others move; nobody needs permission and the programme stays.",
        _ONLY_COMMITMENT | _ALWAYS_RENEWED,
    ),
    World(
        "permission-only", "Permission only",
        "People do as the line allows; nobody moves anybody's commitment and the programme stays.",
        {
            "influence.openness": 0.0, "practice.commitment_weight": 0.0, "practice.permission_weight": 1.0,
            "practice.evidence_weight": 0.0, "practice.red_tape": 0.0,
        } | _ALWAYS_RENEWED,
    ),
    World(
        "subscription-only", "Subscription only",
        "People act on their own commitment, which the programme's facilitators alone move, while it is renewed.",
        _ONLY_COMMITMENT | {f"influence.{link}": 0.0 for link in _LINKS},
    ),
)  # fmt: skip
"""Explanations that keep one channel of the leader only."""
