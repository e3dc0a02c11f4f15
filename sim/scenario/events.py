"""What a scenario may schedule: the kinds of event, each with its month."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from sim.base.errors import unknown
from sim.scenario.parameters import LONGEST, Table, parameter, tables
from sim.scenario.roles import Role

NEVER_REPLACED = (Role.DIRECTOR, Role.LEAD_MEMBER, Role.CHANGE_FACILITATOR)
"""Roles that no ``person_leaves`` event can empty: a director's leaving has its own event."""


class Scheduled(Table):
    """What every event has: when it happens, and whether it does."""

    month: int = parameter(..., 0, LONGEST, "the event falls between this row and the next", unit="month")
    enabled: bool = Field(default=True, description="false: it does not happen (for variants)")


class DirectorLeaves(Scheduled):
    """The director leaves; what is absent is taken from ``[succession]``."""

    kind: Literal["director_leaves"]
    vacancy: int | None = Field(default=None, ge=0, le=LONGEST, description="months the seat stays empty")
    interim: Literal["none", "deputy"] | None = Field(
        default=None, description="who stands in: nobody, or the middle manager who leads most"
    )
    successor_commitment: float | None = Field(default=None, ge=0, le=1, description="the successor's own commitment")
    continuity: float | None = Field(default=None, ge=0, le=1, description="weight of the predecessor's commitment")
    panel: float | None = Field(default=None, ge=0, le=1, description="say of the director's reports in who follows")
    promoted: bool | None = Field(default=None, description="whether the manager who leads most becomes director")


class PersonLeaves(Scheduled):
    """Somebody else leaves and is replaced: a role's n-th seat, or the engagement lead."""

    kind: Literal["person_leaves"]
    role: str = Field(description="whose seat: a role that is replaced, or engagement_lead")
    seat: int = Field(default=1, ge=1, description="which of the role's seats, counted from 1")

    @model_validator(mode="after")
    def _leaves(self) -> Self:
        allowed = [r.slug for r in Role if r not in NEVER_REPLACED] + ["engagement_lead"]
        if self.role not in allowed:
            raise ValueError(unknown("role", self.role, allowed))
        return self


class Austerity(Scheduled):
    """For some months pressure and the bar for renewal rise by ``severity``."""

    kind: Literal["austerity"]
    months: int = Field(ge=1, le=LONGEST, description="for how many months")
    severity: float = Field(ge=0, le=1, description="what it adds to pressure and to the bar for renewal")


class SubscriptionEnds(Scheduled):
    """The external programme ends and its facilitators leave."""

    kind: Literal["subscription_ends"]


class Change(Scheduled):
    """From this month on, the parameters in ``set`` take new values."""

    kind: Literal["change"]
    set: dict[str, Any] = Field(description="the parameters and their new values, as tables or dotted keys")

    @field_validator("set", mode="before")
    @classmethod
    def _dotted(cls, given: Any) -> Any:
        """A quoted key such as "leadership.hierarchy_norm" means the same as the table it names."""
        return tables({str(key): value for key, value in given.items()}) if isinstance(given, Mapping) else given


Event = Annotated[DirectorLeaves | PersonLeaves | Austerity | SubscriptionEnds | Change, Field(discriminator="kind")]

KINDS_OF_EVENT: dict[str, type[Scheduled]] = {
    get_args(event.model_fields["kind"].annotation)[0]: event for event in get_args(get_args(Event)[0])
}
