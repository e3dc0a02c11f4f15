"""Everything that a leadership team could change so that a change survives, and how far each can go.

Which end of a range helps was argued beforehand, from the study and the model's equations, and not found by running.
Where each entry stands in a scenario, and which keys it sets: ``sim.analysis.interventions.intervention``.

The two ends of a range are what one organisation could plausibly reach, so that a tenth of it is a comparable step.
Most ranges are judgement; the ranking of steps is no firmer than they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, isnan
from typing import Any, Literal

from sim.organisation.structure import Structure
from sim.scenario.departures import departure_terms
from sim.scenario.events import DirectorLeaves
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario

TENTHS = 10
"""Steps in a range."""

Missing = Callable[[Scenario, Structure], str]
"""Why an intervention is not open to a scenario and its organisation; empty where it is."""


@dataclass(frozen=True)
class CatalogueEntry:
    """Something a leadership team can change.

    ``keys``: those of the scenario that it sets. ``worst``, ``best``: the ends of its plausible range, ``best`` the
    helpful one; for a Beta distribution, the ends of its mean. ``whole``: steps are whole numbers, at least 1.
    ``switch``: it is off or on (``best``), so it has a full use and no tenth. ``provenance``, ``source``: of the range.
    ``unit``: what its numbers count, empty for a share.
    """

    slug: str
    title: str
    meaning: str
    keys: tuple[str, ...]
    worst: Any
    best: Any
    missing: Missing
    provenance: Literal["measured", "proxy", "assumed"] = "assumed"
    source: str = "judgement"
    whole: bool = False
    switch: bool = False
    unit: str = ""

    @property
    def tenth(self) -> float:
        """A tenth of the range, towards the helpful end; 0 for a switch."""
        if self.switch:
            return 0.0
        size: float = (self.best - self.worst) / TENTHS
        if not self.whole:
            return size
        return max(1, floor(abs(size) + 0.5)) * (1 if size > 0 else -1)


# -- What an entry needs -------------------------------------------------------------------------------------


def of_departures(scenario: Scenario, name: str) -> dict[str, Any]:
    """A key of [succession] as each scheduled departure has it, earliest first; None where it is drawn at random."""
    events = [(slug, e) for slug, e in scenario.events.items() if isinstance(e, DirectorLeaves) and e.enabled]
    out: dict[str, Any] = {}
    for slug, event in sorted(events, key=lambda item: item[1].month):
        how = departure_terms(scenario, event)
        own = None if isnan(how.successor_commitment) else how.successor_commitment
        value = {
            "vacancy": how.vacancy,
            "interim": "deputy" if how.deputy else "none",
            "successor_commitment": own,
            "continuity": how.continuity,
        }[name]
        out[f"events.{slug}.{name}"] = value
    return out


def _nothing(scenario: Scenario, structure: Structure) -> str:
    return ""


def _a_departure(scenario: Scenario, structure: Structure) -> str:
    return "" if scenario.departures or scenario.random_departures else "no director leaves in this scenario"


def _an_empty_seat(scenario: Scenario, structure: Structure) -> str:
    gaps = [*of_departures(scenario, "vacancy").values()]
    gaps += [scenario.succession.vacancy] if scenario.random_departures else []
    if _a_departure(scenario, structure):
        return _a_departure(scenario, structure)
    if not any(gaps):
        return "the director's seat is never empty"
    return "" if len(structure.middle_managers) else "there is no middle manager who could stand in"


def _seats(*roles: Role) -> Missing:
    def missing(scenario: Scenario, structure: Structure) -> str:
        lacking = [role for role in roles if not structure.seats_of(role)]
        return f"the organisation has no {lacking[0].several}" if lacking else ""

    return missing


def _a_lead_member(scenario: Scenario, structure: Structure) -> str:
    return "" if structure.lead_member >= 0 else "the organisation has no lead member"


def _a_programme(scenario: Scenario, structure: Structure) -> str:
    if not scenario.subscription.enabled:
        return "there is no outside programme"
    return "" if structure.seats_of(Role.CHANGE_FACILITATOR) else "the programme has no change facilitators"


def _imported(scenario: Scenario) -> bool:
    return scenario.organisation.imported


def _generated_teams(scenario: Scenario, structure: Structure) -> str:
    if _imported(scenario):
        return "the links between teams are those of the files"
    return "" if len(structure.heads) > 1 else "there is only one team"


def _generated(scenario: Scenario, *keys: str) -> bool:
    """Whether seats of [organisation] are generated, and not only read from files."""
    setting = scenario.organisation
    return any(getattr(setting, key) and (not _imported(scenario) or key in setting.model_fields_set) for key in keys)


def _partners(scenario: Scenario, structure: Structure) -> str:
    if not _generated(scenario, "vcs_partners", "health_partners"):
        return "there are no partners, or their links are those of the files"
    return "" if len(structure.practitioners) else "the organisation has no practitioners"


def _coproduction(scenario: Scenario, structure: Structure) -> str:
    if not _generated(scenario, "lived_experience"):
        return "there are no lived-experience members, or their links are those of the files"
    return "" if len(structure.practitioners) else "the organisation has no practitioners"


def _an_only_lead(scenario: Scenario, structure: Structure) -> str:
    return "" if structure.engagement_lead >= 0 else "the links do not run through one person"


def _personal_links(scenario: Scenario, structure: Structure) -> str:
    return "" if len(structure.pair_a) else "nobody has links that go with the person"


# -- The catalogue ------------------------------------------------------------------------------------------

CATALOGUE: tuple[CatalogueEntry, ...] = (
    CatalogueEntry(
        "successor", "A successor who believes in the change",
        "Whoever appoints the next director asks for commitment to the change, and gets it.",
        ("succession.successor_commitment",), 0.2, 0.7, _a_departure,
        source="about the lowest and highest of twenty successors drawn from the model's Beta(4, 5)",
    ),
    CatalogueEntry(
        "continuity", "A handover that keeps what the predecessor stood for",
        "Succession is planned: the new director is prepared, overlaps or is bound to what was begun.",
        ("succession.continuity",), 0.0, 0.8, _a_departure,
        source="0.8 is the prepared successor of the design; 1 would be the same person again",
    ),
    CatalogueEntry(
        "vacancy", "A shorter gap before the successor arrives",
        "The post is advertised early and filled fast, so that the director's seat is empty for fewer months.",
        ("succession.vacancy",), 28, 0, _a_departure, "proxy",
        "NHS nursing directors, longest 28 months (King's Fund 2014); 0 is an overlap, assumed", whole=True,
        unit="months",
    ),
    CatalogueEntry(
        "deputy", "A deputy stands in",
        "While the director's seat is empty, the middle manager who leads most speaks for the line.",
        ("succession.interim",), "none", "deputy", _an_empty_seat,
        source="off or on", switch=True,
    ),
    CatalogueEntry(
        "norm", "A softer norm about who may lead",
        "Practitioners and partners who take the lead are allowed to, and are not sent back to their place.",
        ("leadership.hierarchy_norm",), 0.9, 0.2, _nothing,
        source="0.2 is the design's shared leadership",
    ),
    CatalogueEntry(
        "delegation", "Teams are told they may decide",
        "Decisions are delegated on paper; how real that proves is up to the norm.",
        ("leadership.delegation",), 0.0, 0.8, _seats(Role.PRACTITIONER),
        source="0.6 is the design's shared leadership; somewhat more may be said",
    ),
    CatalogueEntry(
        "champions", "Champions among the practitioners",
        "A share of practitioners is picked and trained as champions of the change.",
        ("leadership.champions",), 0.0, 0.3, _seats(Role.PRACTITIONER),
        source="twice the share of the design's shared leadership",
    ),
    CatalogueEntry(
        "manager_grant", "Middle managers who may lead",
        "When a middle manager takes the lead for the change, the answer is yes.",
        ("leadership.manager_grant",), 0.5, 0.95, _seats(Role.MIDDLE_MANAGER),
    ),
    CatalogueEntry(
        "pressure", "Less pressure on middle managers",
        "The day's demands are taken off middle managers, so that more of their support reaches their teams.",
        ("permission.pressure",), 0.3, 0.05, _seats(Role.MIDDLE_MANAGER),
        source="from a third of the usual to twice as much",
    ),
    CatalogueEntry(
        "reach", "Less of a director who reaches past the middle managers",
        "What staff may do is settled with their own manager, and less by what the director shows.",
        ("permission.director_reach",), 0.6, 0.1, _seats(Role.MIDDLE_MANAGER),
        source="judgement; argued for since what hangs on the director goes with the director",
    ),
    CatalogueEntry(
        "back_office", "A back office in step",
        "HR, finance and procurement are brought to share the values of the change.",
        ("leadership.back_office_shift",), -0.2, 0.4, _seats(Role.BACK_OFFICE),
        source="0.4 is the design's aligned back office",
    ),
    CatalogueEntry(
        "red_tape", "Less red tape",
        "Forms and panels are cut back, so that a back office out of step burdens practice less.",
        ("practice.red_tape",), 0.16, 0.02, _seats(Role.BACK_OFFICE),
        source="from a quarter of the usual to twice as much",
    ),
    CatalogueEntry(
        "values", "A change that fits what staff already value",
        "Recruitment and development bring staff whose professional values agree with the change.",
        ("leadership.values_shift",), -0.2, 0.2, _nothing,
    ),
    CatalogueEntry(
        "induction", "Newcomers are inducted into the new way",
        "New staff work beside colleagues and take on more of what those do.",
        ("turnover.induction",), 0.0, 0.9, _nothing,
    ),
    CatalogueEntry(
        "keep_practitioners", "Practitioners who stay",
        "Fewer practitioners leave in a year.",
        ("turnover.practitioners",), 0.25, 0.08, _seats(Role.PRACTITIONER),
        source="English councils together 0.13 to 0.17 (Skills for Care 2015-23); one may lie further out",
        unit="a year",
    ),
    CatalogueEntry(
        "keep_managers", "Middle managers who stay",
        "Fewer middle managers leave in a year.",
        ("turnover.managers",), 0.20, 0.05, _seats(Role.MIDDLE_MANAGER), "proxy",
        "manager turnover, all UK sectors (CMI 2011-14)", unit="a year",
    ),
    CatalogueEntry(
        "cross_team", "More links between teams",
        "Practitioners of different teams meet, learn and work together.",
        ("organisation.cross_team_links",), 0.5, 4.0, _generated_teams, unit="links each",
    ),
    CatalogueEntry(
        "partner_links", "More working links with partners",
        "Each health and voluntary-sector partner works with more practitioners.",
        ("organisation.vcs_practitioner_links", "organisation.health_practitioner_links"), 1, 6, _partners, whole=True,
        unit="links each",
    ),
    CatalogueEntry(
        "funding", "Voluntary-sector partners who depend less on their contracts",
        "Longer, freer contracts let partners speak their own mind and not the commissioner's.",
        ("leadership.funding_dependency",), 0.9, 0.5, _seats(Role.VCS_PARTNER), "proxy",
        "income from public bodies, charities delivering public services (Charity Commission 2007, Civil Society 2018)",
    ),
    CatalogueEntry(
        "infrastructure", "Investment in co-production",
        "Payment, training and time make it likelier that people with lived experience who lead are allowed to.",
        ("leadership.infrastructure",), 0.1, 0.8, _seats(Role.LIVED_EXPERIENCE_MEMBER),
    ),
    CatalogueEntry(
        "direct", "People with lived experience work with practitioners themselves",
        "Co-production runs between lived-experience members and practitioners, not through partners.",
        ("organisation.coproduction",), "mediated", "direct", _coproduction,
        source="off or on", switch=True,
    ),
    CatalogueEntry(
        "many_links", "Many hold the links of co-production",
        "Co-production does not hang on one engagement lead; that nobody's leaving ends it is taken as given.",
        ("organisation.engagement_lead",), True, False, _an_only_lead,
        source="off or on", switch=True,
    ),
    CatalogueEntry(
        "rebuild", "Lost links are rebuilt",
        "When somebody with links to partners leaves, their successor is soon put in touch.",
        ("turnover.rebuild",), 0.02, 0.5, _personal_links,
        source="from four years to two months on average", unit="a month",
    ),
    CatalogueEntry(
        "lead_member", "A lead member won for the change",
        "The politician who holds the portfolio comes to share the values of the change.",
        ("roles.lead_member.values",), 0.2, 0.7, _a_lead_member, unit="on average",
    ),
    CatalogueEntry(
        "threshold", "A lower bar for renewing the programme",
        "Less support is asked for before the outside programme is renewed each year.",
        ("subscription.threshold",), 0.55, 0.35, _a_programme,
    ),
    CatalogueEntry(
        "programme_kept", "The programme is kept whatever happens",
        "The outside programme is paid for years ahead, so that no renewal and no cut ends it.",
        ("subscription.threshold",), 10.0, -10.0, _a_programme,
        source="off or on", switch=True,
    ),
)  # fmt: skip
"""In the order in which a person would think of them: succession, the line, staff, across boundaries, programme."""
