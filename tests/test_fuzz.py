"""Thousands of odd scenarios and organisations: each runs with every number in its range, or is refused in words."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd import examples, scenarios

from sim.model.model import OrganisationModel
from sim.model.record import PEOPLE
from sim.organisation.generate import organisation
from sim.report.words.scenario import organisation_words, scenario_words
from sim.scenario.scenario import Scenario, ScenarioError, from_dict


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])
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


@settings(max_examples=examples(1000), suppress_health_check=[HealthCheck.function_scoped_fixture])
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
        assert "people file" in str(told) or "links file" in str(told) or "organisation" in str(told)
        return
    record = OrganisationModel(scenario, organisation=shape).run()
    assert np.isfinite(record.monthly["practice"]).all()


def test_twelve_levels_one_team_of_one_and_people_in_pieces(tmp_path):
    """A chain of twelve, a director with one practitioner, and people outside any line each give their answer."""
    for rows in (
        [f"{i},{i - 1 if i else ''}" for i in range(12)],
        ["boss,", "worker,boss"],
        ["boss,", "worker,boss", "loner,", "hermit,"],
    ):
        (tmp_path / "people.csv").write_text("id,manager_id\n" + "\n".join(rows), encoding="utf-8")
        scenario = Scenario().around(str(tmp_path / "people.csv"), None).with_({"organisation.facilitators": 0})
        record = OrganisationModel(scenario).run()
        assert len(record.organisation) == len(rows)
        assert 0 <= record.monthly["practice"][-1] <= 1
