"""Odd scenarios and odd organisations for Hypothesis: every parameter over its range, every kind of event."""

from hypothesis import settings
from hypothesis import strategies as st

from sim.scenario.events import NEVER_REPLACED
from sim.scenario.fields import fields
from sim.scenario.parameters import Parameters, nested
from sim.scenario.roles import Role
from sim.scenario.scenario import Person

MONTHS = 14


def is_thorough() -> bool:
    """Whether the profile is ``thorough``: everything as long and as large as it comes."""
    return settings.default is settings.get_profile("thorough")


def examples(thorough: int) -> int:
    """How many examples to try: so many in the profile ``thorough``, a tenth of them in the usual one."""
    return max(1, thorough * settings.default.max_examples // 100)


def within(field) -> st.SearchStrategy:
    """Any value of a parameter's range, its ends and its default likely."""
    low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
    high = next(m.le for m in field.metadata if hasattr(m, "le"))
    if field.annotation in (int, int | None):
        return st.integers(int(low), int(min(high, 40)))
    usual = [low if field.default is None else field.default]
    if high > 1000:  # rare events are no test of them
        return st.one_of(st.just(float(low)), st.floats(low, 40))
    return st.one_of(st.sampled_from([float(low), float(high), *map(float, usual)]), st.floats(low, high))


LEVERS = {key: field for key, field in fields(Parameters) if any(hasattr(m, "ge") for m in field.metadata)}
CHANGEABLE = sorted(key for key in LEVERS if key != "subscription.first_review")
COUNTS = ("teams", "practitioners_per_team", "back_office", "vcs_partners", "lived_experience", "health_partners")
LEAVERS = [role.slug for role in Role if role not in NEVER_REPLACED]


def _set(data: dict, key: str, value) -> None:
    *tables, name = key.split(".")
    for table in tables:
        data = data.setdefault(table, {})
    data[name] = value


@st.composite
def scenarios(draw: st.DrawFn) -> dict:
    """A scenario on a small organisation with any parameters and any events."""
    parameters = draw(st.lists(st.sampled_from(sorted(LEVERS)), max_size=8, unique=True))
    data: dict = {"months": MONTHS, "measure": {"horizon": 6, "reference_month": 4}}
    data["organisation"] = {key: draw(st.integers(0, 3)) for key in COUNTS}
    data["organisation"]["facilitators"] = draw(st.integers(0, 2))
    data["organisation"]["heads_of_service"] = draw(st.integers(0, data["organisation"]["teams"]))
    data["organisation"]["lead_member"] = draw(st.booleans())
    data["organisation"]["coproduction"] = draw(st.sampled_from(["mediated", "direct"]))
    data["organisation"]["cross_team_links"] = draw(st.sampled_from([0.0, 1.7, 50.0]))
    for key in parameters:
        _set(data, key, draw(within(LEVERS[key])))
    if draw(st.booleans()):
        shape = [draw(st.floats(0.01, 20)), draw(st.floats(0.01, 20))]
        _set(data, f"roles.{draw(st.sampled_from(LEAVERS))}.values", shape)
    if draw(st.booleans()):  # whatever is embedded, learned or chosen, at once
        _set(data, "embedding.rate", draw(st.floats(0.1, 1)))
        _set(data, "governance.seat", draw(st.floats(0.1, 1)))
        _set(data, "succession.panel", draw(st.floats(0, 1)))
        _set(data, "influence.attention", draw(st.floats(0.5, 4)))
        _set(data, "subscription", {"restart_margin": -5.0, "first_review": 1, "review_every": 2, "threshold": 0.6})
        for key in ("norm_granted", "norm_refused", "norm_drift", "director_integrity"):
            _set(data, f"leadership.{key}", draw(st.floats(0, 1)))
    someone = st.fixed_dictionaries({}, optional={k: st.floats(0, 1) for k in Person.model_fields})
    data["seats"] = draw(st.dictionaries(st.just("director"), someone))
    month = st.integers(0, MONTHS - 1)
    changed = draw(st.sampled_from(CHANGEABLE))
    data["events"] = {
        "leaves": {
            "kind": "director_leaves",
            "month": draw(month),
            "vacancy": draw(st.integers(0, 9)),
            "interim": draw(st.sampled_from(["none", "deputy"])),
            "promoted": draw(st.booleans()),
        },
        "person": {"kind": "person_leaves", "month": draw(month), "role": draw(st.sampled_from(LEAVERS))},
        "austerity": {"kind": "austerity", "month": draw(month), "months": 5, "severity": draw(st.floats(0, 1))},
        "ends": {"kind": "subscription_ends", "month": draw(month), "enabled": draw(st.booleans())},
        "change": {"kind": "change", "month": draw(month), "set": nested(changed, draw(within(LEVERS[changed])))},
    }
    return data


LEAF_ROLES = ["", "", "practitioner", "back_office", "vcs", "health", "lived_experience", "change_facilitator"]
LAYERS = ["peer", "peer", "advice", "partner", "coproduction", "facilitation", "line_up", "line_down"]


@st.composite
def organisations(draw: st.DrawFn) -> tuple[str, str]:
    """The text of people.csv and links.csv of a small organisation that can be read: any tree, roles and links."""
    people = draw(st.integers(3, 12))
    managers = [-1, 0, *(draw(st.integers(0, person - 1)) for person in range(2, people))]
    rows = ["id,manager_id,role"]
    for person, manager in enumerate(managers):
        role = "" if person in managers or person < 2 else draw(st.sampled_from(LEAF_ROLES))
        outside = role not in ("", "practitioner", "back_office")
        rows.append(f"p{person},{'' if manager < 0 or outside else f'p{manager}'},{role}")
    links = ["source,target,layer,weight"]
    for _ in range(draw(st.integers(0, 20))):
        source = draw(st.integers(0, people - 1))
        target = (source + draw(st.integers(1, people - 1))) % people
        links.append(f"p{source},p{target},{draw(st.sampled_from(LAYERS))},{draw(st.sampled_from([1, 0.25, 3]))}")
    return "\n".join(rows), "\n".join(links)
