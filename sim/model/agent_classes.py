"""Which class of person holds the seats of each role, and what a changed person may answer."""

import difflib
import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from sim.model.agents import (
    BackOffice,
    ChangeFacilitator,
    Director,
    HealthPartner,
    LeadMember,
    LivedExperienceMember,
    MiddleManager,
    Person,
    Practitioner,
    VCSPartner,
)
from sim.model.ledger import ROUNDING
from sim.scenario.roles import Role
from sim.scenario.scenario import ScenarioError

CLASSES: dict[Role, type[Person]] = {
    cls.role: cls
    for cls in (
        Director,
        LeadMember,
        MiddleManager,
        Practitioner,
        BackOffice,
        VCSPartner,
        LivedExperienceMember,
        HealthPartner,
        ChangeFacilitator,
    )
}


def cast(agents: Sequence[type[Person]]) -> dict[Role, type[Person]]:
    """The usual classes, each of ``agents`` in place of the one it derives from.

    Raises ScenarioError for anything but a list of classes, each derived from one with a role, one for each role; and
    for a method whose name is nearly that of a behaviour, since it would change nothing.
    """
    if isinstance(agents, type):
        raise ScenarioError(f"agents: a list of classes is needed; write agents=[{agents.__name__}]")
    chosen: dict[Role, type[Person]] = {}
    for cls in agents:
        name = cls.__name__ if isinstance(cls, type) else f"an object of {type(cls).__name__}"
        if not isinstance(cls, type):
            raise ScenarioError(f"agents: {name} was given; give the class itself, without ()")
        if not (issubclass(cls, Person) and isinstance(getattr(cls, "role", None), Role)):
            roles = ", ".join(usual.__name__ for usual in CLASSES.values())
            raise ScenarioError(f"agents: {name} must derive from one of {roles} (in sim.model.agents)")
        if cls.role in chosen:
            raise ScenarioError(f"agents: {chosen[cls.role].__name__} and {name} both stand for the {cls.role.words}s")
        for method in vars(cls):
            near = difflib.get_close_matches(method, BEHAVIOURS, n=1, cutoff=0.8)
            if near and not hasattr(CLASSES[cls.role], method):
                raise ScenarioError(f"agents: {name}.{method} changes nothing; did you mean {near[0]}?")
        chosen[cls.role] = cls
    return CLASSES | chosen


SHARES = ("shows", "permission", "willingness", "practises", "is_granted")
"""Behaviours that answer with a number from 0 to 1."""

ANSWERS = dict.fromkeys(SHARES, (0.0, 1.0)) | {"speaks": (0.0, math.inf), "listens": (-math.inf, math.inf)}
"""Behaviours that answer with a number, and from where to where it may go."""

NEEDED = dict.fromkeys(SHARES, "a number from 0 to 1") | {"speaks": "a number of 0 or more", "listens": "a number"}
"""The same in words."""

BEHAVIOURS = (*ANSWERS, "leaves", "arrives", "supports", "sees", "hears", "claims")
"""All that a person can be asked."""


def asked(person: Person, behaviour: str) -> Any:
    """What a person answers; a changed person's answer is looked at first, so that a slip is told where it was made.

    Raises ScenarioError, which names the class and the behaviour, for an answer that cannot be one.
    """
    answer = getattr(person, behaviour)()
    if type(person).__module__ == Person.__module__ or _possible(behaviour, answer):
        return answer
    what = f"agents: {type(person).__name__}.{behaviour}() gives {answer!r}; {NEEDED.get(behaviour, 'True or False')}"
    raise ScenarioError(f"{what} is needed" + (" (is a return missing?)" if answer is None else ""))


def _possible(behaviour: str, answer: Any) -> bool:
    if behaviour not in ANSWERS:
        return isinstance(answer, (bool, np.bool_))
    low, high = ANSWERS[behaviour]
    return isinstance(answer, Real) and low - ROUNDING <= float(answer) <= high + ROUNDING
