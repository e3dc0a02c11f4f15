"""Thousands of odd scenarios and organisations: each runs with every number in its range, or is refused in words."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.describe import fields, organisation_words, scenario_words
from sim.levers import Levers
from sim.model import OrganisationModel
from sim.organisation import organisation
from sim.record import PEOPLE
from sim.roles import Role
from sim.scenario import Scenario, ScenarioError, from_dict
from sim.scheduled import NEVER_REPLACED

MONTHS = 14


def within(field) -> st.SearchStrategy:
    """Any value of a lever's range, its ends and its default likely."""
    low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
    high = next(m.le for m in field.metadata if hasattr(m, "le"))
    if field.annotation in (int, int | None):
        return st.integers(int(low), int(min(high, 40)))
    return st.one_of(st.sampled_from([float(low), float(high), field.default or 0.0]), st.floats(low, high))


LEVERS = {
    key: field
    for key, field in fields(Levers)
    if any(hasattr(m, "ge") for m in field.metadata) and not key.startswith("roles.")
}
COUNTS = ("teams", "practitioners_per_team", "back_office", "vcs_partners", "lived_experience", "health_partners")
LEAVERS = [role.slug for role in Role if role not in NEVER_REPLACED]


@st.composite
def scenarios(draw: st.DrawFn) -> dict:
    """A scenario on a small organisation with any levers and any events."""
    levers = draw(st.lists(st.sampled_from(sorted(LEVERS)), max_size=8, unique=True))
    data: dict = {"months": MONTHS, "measure": {"horizon": 6, "reference_month": 4}}
    data["organisation"] = {key: draw(st.integers(0, 3)) for key in COUNTS}
    data["organisation"]["facilitators"] = draw(st.integers(0, 2))
    data["organisation"]["lead_member"] = draw(st.booleans())
    data["organisation"]["coproduction"] = draw(st.sampled_from(["mediated", "direct"]))
    data["organisation"]["cross_team_links"] = draw(st.sampled_from([0.0, 1.7, 50.0]))
    for key in levers:
        table, _, name = key.rpartition(".")
        data.setdefault(table, {})[name] = draw(within(LEVERS[key]))
    month = st.integers(0, MONTHS - 1)
    changed = draw(st.sampled_from([key for key in sorted(LEVERS) if key != "subscription.first_review"]))
    data["events"] = {
        "leaves": {
            "kind": "director_leaves",
            "month": draw(month),
            "vacancy": draw(st.integers(0, 9)),
            "interim": draw(st.sampled_from(["none", "deputy"])),
        },
        "person": {"kind": "person_leaves", "month": draw(month), "role": draw(st.sampled_from(LEAVERS))},
        "austerity": {"kind": "austerity", "month": draw(month), "months": 5, "severity": draw(st.floats(0, 1))},
        "ends": {"kind": "subscription_ends", "month": draw(month), "enabled": draw(st.booleans())},
        "change": {
            "kind": "change",
            "month": draw(month),
            "set": {changed.split(".")[0]: {changed.split(".")[1]: draw(within(LEVERS[changed]))}},
        },
    }
    return data


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=scenarios(), future=st.integers(0, 3))
def test_any_levers_and_events_keep_every_number_in_its_range(ledger_gap, data, future):
    """No NaN, nothing outside [0, 1], and a ledger that sums to every change, whatever is set."""
    try:
        scenario = from_dict(data)
        record = OrganisationModel(scenario, future=future, keep="everything").run()
    except ScenarioError as told:
        assert str(told)
        return
    for name in PEOPLE:
        assert ((record.people[name] >= 0) & (record.people[name] <= 1)).all(), name
    for name in ("practice", "commitment", "leadership", "subscribed"):
        assert np.isfinite(record.monthly[name]).all(), name
    for name in ("momentum", "turnover_loss", "director_present", "director_shown"):
        assert np.isfinite(record.monthly[name][1:]).all(), name
    assert ledger_gap(record) < 1e-12
    assert "changed_behaviour" not in set(record.ledger.frame().kind)
    assert list(scenario_words(scenario))
    assert list(organisation_words(record.organisation, scenario.words))


ids = st.sampled_from(["a", "b", "c", "d", "e", "7", ""])
roles = st.sampled_from(
    ["", "", "director", "practitioner", "practicioner", "clerk", "vcs", "back office", "lead_member"]
)
people_rows = st.lists(
    st.tuples(ids, roles, st.sampled_from(["", "1", "2", "x"]), st.sampled_from(["", "t"]), ids), max_size=6
)
link_rows = st.lists(
    st.tuples(
        ids,
        ids,
        st.sampled_from(["peer", "advice", "reports_to", "partner", "coproduction", "trust", ""]),
        st.sampled_from(["1", "0", "-2", "nan", "inf", "", "many", "3.5"]),
    ),
    max_size=6,
)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=people_rows, links=st.none() | link_rows, keep=st.sampled_from(["keep", "leave_out"]))
def test_any_files_are_an_organisation_that_runs_or_are_refused_in_words(tmp_path, people, links, keep):
    """No traceback, and no id of anybody in what is said."""
    text = "\n".join(["id,role,level,team,manager_id", *(",".join(row) for row in people)])
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")
    setting: dict = {"people": "people.csv", "outside_line": keep}
    if links is not None:
        text = "\n".join(["source,target,layer,weight", *(",".join(row) for row in links)])
        (tmp_path / "links.csv").write_text(text, encoding="utf-8")
        setting["links"] = "links.csv"
    scenario = from_dict(
        {"months": 3, "measure": {"horizon": 1, "reference_month": 1}, "organisation": setting}, folder=tmp_path
    )
    try:
        shape = organisation(scenario)
    except ScenarioError as told:
        assert "people.csv" in str(told) or "links.csv" in str(told) or "organisation" in str(told)
        return
    record = OrganisationModel(scenario, within=shape).run()
    assert np.isfinite(record.monthly["practice"]).all()


def test_twelve_levels_one_team_of_one_and_people_in_pieces(tmp_path):
    """A chain of twelve, a director with one practitioner, and people outside any line each give their answer."""
    for rows in (
        [f"{i},{i - 1 if i else ''}" for i in range(12)],
        ["boss,", "worker,boss"],
        ["boss,", "worker,boss", "loner,", "hermit,"],
    ):
        (tmp_path / "people.csv").write_text("id,manager_id\n" + "\n".join(rows), encoding="utf-8")
        scenario = Scenario().around(str(tmp_path / "people.csv"), None).replacing({"organisation.facilitators": 0})
        record = OrganisationModel(scenario).run()
        assert len(record.organisation) == len(rows)
        assert 0 <= record.monthly["practice"][-1] <= 1
