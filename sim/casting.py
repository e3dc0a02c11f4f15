"""Which class of person holds the seats of each role."""

from collections.abc import Sequence

from sim.agents import (
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
from sim.roles import Role
from sim.scenario import ScenarioError

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

    Raises ScenarioError for anything but a list of classes, each derived from one with a role, one for each role.
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
            raise ScenarioError(f"agents: {name} must derive from one of {roles} (in sim.agents)")
        if cls.role in chosen:
            raise ScenarioError(f"agents: {chosen[cls.role].__name__} and {name} both stand for the {cls.role.words}s")
        chosen[cls.role] = cls
    return CLASSES | chosen
