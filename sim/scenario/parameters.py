"""Every number a scenario may set, with its meaning, unit, range, default and where it comes from.

One class per table of a scenario file. A parameter's provenance is ``measured`` (read from a published figure),
``proxy`` (measured for something close) or ``assumed``. The parameters in
force in a month are a ``Parameters`` object; the model and the events read it by the same names as the file does.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sim.scenario.roles import Role

SKILLS = "Skills for Care / NHS Digital, adult social workers in English councils, 13-17% a year"
CONCEPT = "the concept: Miller et al. 2025, doi:10.1093/bjsw/bcaf070; the number is assumed"


LONGEST = 1200
"""The longest run, in months."""


class Table(BaseModel):
    """A table of a scenario file: unknown keys, wrong types, NaN and infinities are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def parameter(
    default: Any,
    low: float,
    high: float,
    meaning: str,
    *,
    symbol: str = "",
    unit: str = "share",
    provenance: Literal["measured", "proxy", "assumed"] = "assumed",
    source: str = "starting value",
) -> Any:
    """Describe one number: its default, the range a file may use, and its record."""
    extra: dict[str, Any] = {"symbol": symbol, "unit": unit, "provenance": provenance, "source": source}
    return Field(default=default, ge=low, le=high, description=meaning, json_schema_extra=extra)


class Leadership(Table):
    """Who leads, and whose claims to lead are granted."""

    director_values: float = parameter(0.9, 0, 1, "the first director's values and starting commitment", symbol="u_D")
    hierarchy_norm: float = parameter(
        0.8, 0, 1, "how far 'the way we do things' keeps leading for the line", symbol="N", source=CONCEPT
    )
    manager_grant: float = parameter(0.8, 0, 1, "probability that a middle manager's claim to lead is granted")
    delegation: float = parameter(0.0, 0, 1, "how far teams are told they may decide for themselves", source=CONCEPT)
    champions: float = parameter(
        0.0, 0, 1, "share of practitioners who start as champions of the change", source=CONCEPT
    )
    champion_leadership: float = parameter(0.6, 0, 1, "leadership a champion starts with")
    champion_values: float = parameter(0.85, 0, 1, "values a champion has at the least")
    infrastructure: float = parameter(0.3, 0, 1, "investment in co-production with people with lived experience")
    funding_dependency: float = parameter(
        0.7,
        0,
        1,
        "how far voluntary-sector partners echo who commissions them",
        symbol="f",
        provenance="proxy",
        source="share of income from public bodies among charities that deliver public services, 0.5-0.9 "
        "(Charity Commission 2007; civilsociety.co.uk 2018)",
    )
    growth: float = parameter(0.12, 0, 1, "growth of leadership with each claim granted")
    refusal: float = parameter(0.06, 0, 1, "loss of leadership with each claim refused")
    credibility_memory: float = parameter(0.9, 0, 1, "weight a team's past keeps with each claim answered")
    director_integrity: float = parameter(
        1.0, 0, 1, "how far directors do what they say: practice as a share of their commitment", source=CONCEPT
    )
    norm_granted: float = parameter(0.02, 0, 1, "share of a team's hierarchy norm lost with each claim granted")
    norm_refused: float = parameter(
        0.01, 0, 1, "share of what is missing from a team's hierarchy norm that each claim refused adds"
    )
    norm_drift: float = parameter(
        0.01, 0, 1, "monthly drift of a team's hierarchy norm towards the organisation's", unit="per month"
    )
    claim_base: float = parameter(0.05, 0, 1, "monthly probability of a claim with no leadership yet", unit="per month")
    claim_slope: float = parameter(
        0.5, 0, 1, "added monthly probability of a claim at full leadership", unit="per month"
    )
    claim_commitment: float = parameter(0.5, 0, 1, "commitment above which a person claims to lead")
    claim_permission: float = parameter(0.4, 0, 1, "permission above which staff claim to lead")
    values_shift: float = parameter(0.0, -1, 1, "shift of the values of all staff, newcomers included", unit="shift")
    back_office_shift: float = parameter(0.0, -1, 1, "shift of the values of the back office", unit="shift")


class Permission(Table):
    """What the line allows."""

    director_reach: float = parameter(0.35, 0, 1, "how far the director's position reaches past managers", symbol="r")
    pressure: float = parameter(0.15, 0, 1, "share of a manager's support lost to the day's pressure")


class Practice(Table):
    """When staff work the new way."""

    commitment_weight: float = parameter(0.30, 0, 10, "weight of one's own commitment", unit="weight")
    permission_weight: float = parameter(0.50, 0, 10, "weight of permission", unit="weight")
    evidence_weight: float = parameter(0.20, 0, 10, "weight of what one sees working", unit="weight")
    threshold: float = parameter(
        0.46, -10, 10, "support needed for an even chance of working the new way", unit="support"
    )
    red_tape: float = parameter(0.08, 0, 10, "burden of a back office out of step", unit="support")
    steepness: float = parameter(12.0, 0, 1000, "how sharply support tips into practice", unit="per support")
    habit_rate: float = parameter(0.10, 0, 1, "weight of this month's work in the habit", unit="per month")


class Influence(Table):
    """How positions spread along links."""

    rate: float = parameter(0.15, 0, 1, "speed at which commitment moves", unit="per month")
    openness: float = parameter(0.75, 0, 1, "weight of others against one's own values", symbol="o")
    director_openness: float | None = parameter(
        None, 0, 1, "the director's openness, successors' too; absent: as everybody's", symbol="o_D"
    )
    attention: float = parameter(
        13.0, 1e-9, 1e6, "how many peers under one manager a person can attend to in full: as many as managers and "
        "back office have in the medium council; more than anybody has: no bound",
        symbol="K", unit="people", source="the idea: Simon 1971; the number is the medium council's",
    )  # fmt: skip
    demonstration: float = parameter(0.3, 0, 1, "weight of deeds beside words in what people show", symbol="b")
    self_weight: float = parameter(0.6, 1e-9, 1000, "weight of oneself among those one hears", unit="weight")
    voice_floor: float = parameter(0.02, 0, 1, "least voice of a person who is present", unit="voice")
    line_down: float = parameter(2.5, 0, 1000, "weight of a link from manager to report", unit="weight")
    line_up: float = parameter(0.5, 0, 1000, "weight of a link from report to manager", unit="weight")
    peer: float = parameter(1.0, 0, 1000, "weight of a link between peers", unit="weight")
    partner: float = parameter(
        1.0, 0, 1000, "weight of a link with a health or voluntary-sector partner", unit="weight"
    )
    coproduction: float = parameter(1.0, 0, 1000, "weight of a link with a lived-experience member", unit="weight")
    facilitation: float = parameter(1.0, 0, 1000, "weight of a link from a change facilitator", unit="weight")


class Turnover(Table):
    """Who leaves, how often, and what newcomers take on. Rates are leavers per seat per year."""

    practitioners: float = parameter(
        0.15, 0, 12, "practitioners who leave", unit="per year", provenance="measured", source=SKILLS
    )
    managers: float = parameter(
        0.12,
        0,
        12,
        "middle managers who leave",
        unit="per year",
        provenance="proxy",
        source="manager turnover, all UK sectors, 5-20% a year (CMI 2011-14)",
    )
    partners: float = parameter(
        0.15, 0, 12, "back office, health and voluntary-sector partners who leave", unit="per year"
    )
    lived_experience: float = parameter(0.25, 0, 12, "lived-experience members who leave", unit="per year")
    induction: float = parameter(0.5, 0, 1, "share of their peers' practice that newcomers take on")
    newcomer_commitment: float = parameter(0.6, 0, 1, "commitment of a newcomer as a share of their values")
    newcomer_practice: float = parameter(0.05, 0, 1, "least practice of new staff, and everyone's at the start")
    rebuild: float = parameter(0.10, 0, 1, "monthly probability that a lost personal link is rebuilt", unit="per month")
    director_tenure: float | None = parameter(
        None,
        1,
        1e6,
        "mean months a director stays, when departures are random; absent: only scheduled ones",
        unit="months",
        provenance="proxy",
        source="directors of children's services: 35 months in post so far (ADCS 2024); 51 gives 0.20 changes a year",
    )


class Succession(Table):
    """What happens when a director leaves; a ``director_leaves`` event may set its own."""

    vacancy: int = parameter(9, 0, 1200, "months the director's seat stays empty", unit="months", provenance="proxy",
                         source="NHS nursing directors, mean 9 months (King's Fund 2014)")  # fmt: skip
    interim: Literal["none", "deputy"] = Field(
        default="deputy", description="who stands in: the middle manager who leads most, or nobody"
    )
    successor_commitment: float | None = parameter(None, 0, 1, "the successor's own commitment; absent: drawn")
    continuity: float = parameter(0.0, 0, 1, "weight of the predecessor's commitment: succession planning and handover")
    panel: float | None = parameter(
        None, 0, 1, "say of those who report to the director in who is appointed, beside the lead member's; absent: "
        "nobody chooses"
    )  # fmt: skip
    promoted: bool = Field(
        default=False, description="whether the middle manager who leads most becomes director; their seat is refilled"
    )
    successor_leadership: float = parameter(0.6, 0, 1, "leadership a successor starts with")
    fade: float = parameter(
        0.15, 0, 1, "monthly drift of an empty seat's line towards the lead member", unit="per month"
    )


class Subscription(Table):
    """The external programme, its facilitators, and its yearly renewal."""

    enabled: bool = Field(default=True, description="false: no programme, no facilitators")
    threshold: float = parameter(0.45, -10, 10, "support needed for an even chance of renewal", unit="support")
    steepness: float = parameter(14.0, 0, 1000, "how sharply support tips into renewal", unit="per support")
    director_weight: float = parameter(0.65, 0, 10, "weight of what the director shows", unit="weight")
    practice_weight: float = parameter(0.25, 0, 10, "weight of mean staff practice", unit="weight")
    lead_member_weight: float = parameter(0.10, 0, 10, "weight of what the lead member shows", unit="weight")
    first_review: int = parameter(
        12, 1, 1200, "first review, to which a phase is added: 0 to 11 where reviews are yearly", unit="months"
    )
    review_every: int = parameter(12, 1, 1200, "months between reviews", unit="months")
    restart_margin: float | None = parameter(
        None, -10, 10, "support needed above the usual to take a lapsed programme up again; absent: it stays lapsed",
        unit="support",
    )  # fmt: skip


class Embedding(Table):
    """How the new way comes to stand in forms, rules, budgets and induction, and is lost from them."""

    rate: float = parameter(
        0.10, 0, 1, "speed at which what is practised is written down", symbol="e", unit="per month"
    )
    decay: float = parameter(
        0.03, 0, 1, "speed at which a top that stands for something else undoes it", symbol="d", unit="per month"
    )
    loss: float = parameter(0.3, 0, 1, "share of it that goes with the programme")
    support: float = parameter(
        0.0, 0, 10, "support for the new way from what is written down, beside less red tape", symbol="w_A",
        unit="support",
    )  # fmt: skip


class Governance(Table):
    """Whether communities have a say at the top."""

    seat: float = parameter(
        0.0, 0, 1, "weight of communities' position at the top, as far as they have been let to lead",
        symbol="omega", source=CONCEPT,
    )  # fmt: skip


def _two_positive(pair: list[float]) -> list[float]:
    if len(pair) != 2 or not all(0.01 <= p <= 1000 for p in pair):
        raise ValueError("two numbers from 0.01 to 1000 are needed, the shape of a Beta distribution")
    return pair


class RoleTraits(Table):
    """What comes with a role."""

    authority: float = parameter(0.0, 0, 1, "voice that comes with the position", symbol="a", unit="voice")
    leadership: float = parameter(0.05, 0, 1, "leadership a person starts with", symbol="l")
    values: Annotated[list[float], AfterValidator(_two_positive)] = Field(
        default=[1.0, 1.0],
        description="shape of the Beta distribution of values",
        json_schema_extra={
            "symbol": "u",
            "unit": "two shapes",
            "provenance": "assumed",
            "source": "starting value",
        },
    )


def _traits(authority: float, leadership: float, a: float = 4.0, b: float = 5.0) -> Any:
    return Field(default=RoleTraits(authority=authority, leadership=leadership, values=[a, b]))


class Roles(Table):
    """The traits of each role. The director's ``values`` shape is that of a successor's own commitment."""

    director: RoleTraits = _traits(1.0, 0.9)
    lead_member: RoleTraits = _traits(0.5, 0.05, 4, 6)
    middle_manager: RoleTraits = _traits(0.5, 0.2, 4, 5)
    practitioner: RoleTraits = _traits(0.0, 0.05, 6, 4)
    back_office: RoleTraits = _traits(0.3, 0.05, 3.5, 6.5)
    vcs_partner: RoleTraits = _traits(0.0, 0.05, 7, 3)
    lived_experience_member: RoleTraits = _traits(0.0, 0.05, 8, 2)
    health_partner: RoleTraits = _traits(0.3, 0.05, 4, 6)
    change_facilitator: RoleTraits = _traits(0.6, 0.8)

    @model_validator(mode="before")
    @classmethod
    def _others_as_usual(cls, given: Any) -> Any:
        """A role of which a file sets one trait keeps its others: they are the role's, not those of any role."""
        if not isinstance(given, Mapping):
            return given
        usual = {slug: field.default.model_dump() for slug, field in cls.model_fields.items()}
        return {
            slug: usual[slug] | dict(traits) if slug in usual and isinstance(traits, Mapping) else traits
            for slug, traits in given.items()
        }

    def of(self, role: int) -> RoleTraits:
        """The traits that come with a role."""
        traits: RoleTraits = getattr(self, _SLUGS[role])
        return traits


_SLUGS = {int(role): role.slug for role in Role}


class Parameters(Table):
    """Everything that acts month by month and may change part-way through a run."""

    leadership: Leadership = Leadership()
    permission: Permission = Permission()
    practice: Practice = Practice()
    influence: Influence = Influence()
    turnover: Turnover = Turnover()
    succession: Succession = Succession()
    subscription: Subscription = Subscription()
    embedding: Embedding = Embedding()
    governance: Governance = Governance()
    roles: Roles = Roles()


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid on top: tables merge, everything else replaces."""
    out = dict(base)
    for key, value in over.items():
        below = out.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        out[key] = merged(below, value) if both else value  # type: ignore[arg-type]
    return out


def tables(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Keys such as "leadership.hierarchy_norm", and tables as they are, all as tables within tables."""
    out: dict[str, Any] = {}
    for key, value in keys.items():
        out = merged(out, nested(key, value))
    return out


def nested(key: str, value: Any) -> dict[str, Any]:
    """A dotted key and its value as tables within tables."""
    first, _, rest = key.partition(".")
    return {first: nested(rest, value) if rest else value}


def value_at(setting: Any, key: str) -> Any:
    """The value of a dotted key in a scenario or a table; None where it is not set."""
    for name in key.split("."):
        setting = setting.get(name) if isinstance(setting, Mapping) else getattr(setting, name, None)
    return setting
