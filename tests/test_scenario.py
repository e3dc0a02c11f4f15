"""What a scenario file may say, and what it is told when it says something else."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd import examples

import sim
from sim.interface.cli.options import assignments
from sim.report.words.scenario import scenario_words, what_happens
from sim.scenario.fields import fields
from sim.scenario.parameters import Succession
from sim.scenario.scenario import Scenario, ScenarioError, from_dict, library_names, read

# The file that the project promises to other people: every name in it is fixed.
PROMISED = """
format = 1
title = "The director leaves"
question = "Does the change outlive the director who led it?"
months = 96
[measure]
horizon = 60
survival = 0.5
taken_hold = 0.25
[organisation]
teams = 8
practitioners_per_team = 8
back_office = 6
vcs_partners = 8
lived_experience = 12
health_partners = 8
facilitators = 2
cross_team_links = 1.7
coproduction = "mediated"
coproduction_links = 3
engagement_lead = false
[leadership]
director_values = 0.9
hierarchy_norm = 0.8
manager_grant = 0.8
delegation = 0.0
champions = 0.0
infrastructure = 0.3
funding_dependency = 0.7
growth = 0.12
values_shift = 0.0
back_office_shift = 0.0
[permission]
director_reach = 0.35
pressure = 0.15
[practice]
commitment_weight = 0.30
permission_weight = 0.50
evidence_weight = 0.20
threshold = 0.46
red_tape = 0.08
steepness = 12.0
habit_rate = 0.10
[influence]
rate = 0.15
openness = 0.75
demonstration = 0.3
self_weight = 0.6
line_down = 2.5
line_up = 0.5
peer = 1.0
partner = 1.0
coproduction = 1.0
facilitation = 1.0
[turnover]
practitioners = 0.15
managers = 0.12
partners = 0.15
lived_experience = 0.25
induction = 0.5
rebuild = 0.10
[subscription]
enabled = true
threshold = 0.45
[events.departure]
kind = "director_leaves"
month = 36
vacancy = 9
interim = "none"
successor_commitment = 0.2
continuity = 0.0
[variants.stays]
title = "The director stays"
events.departure.enabled = false
[variants.shared]
title = "Leadership is shared"
leadership.hierarchy_norm = 0.2
leadership.delegation = 0.6
leadership.champions = 0.15
"""


def test_the_promised_file_is_read_and_all_its_numbers_are_the_defaults():
    """Every value of the published example equals the default of a file that only has the departure."""
    data = tomllib.loads(PROMISED)
    full = from_dict(data, check_variants=True)
    short = from_dict({"title": data["title"], "question": data["question"], "events": data["events"]})
    assert full.to_dict() == short.to_dict()


def test_the_library_answers_its_own_promised_question(turnover):
    """director-turnover has a departure as they happen and seven variants, each the base but for what it says."""
    assert turnover.departures == [36]
    assert list(turnover.variants) == [
        "stays",
        "shared",
        "groomed",
        "promoted",
        "sceptic",
        "sceptic_shared",
        "sceptic_declared",
    ]
    assert turnover.variant("stays").departures == []
    assert turnover.succession == Succession()  # a deputy, and whoever can be found
    assert turnover.variant("sceptic_declared").leadership.delegation == 0.6
    assert turnover.variant("sceptic_declared").leadership.hierarchy_norm == 0.8
    assert turnover.variant("groomed").events["departure"].continuity == 0.8
    assert turnover.variant("promoted").events["departure"].promoted
    for slug in ("sceptic", "sceptic_shared", "sceptic_declared"):
        assert turnover.variant(slug).events["departure"].successor_commitment == 0.2
    sharing = turnover.variant("shared").leadership
    assert turnover.variant("sceptic_shared").leadership == sharing != turnover.leadership


@pytest.mark.parametrize("name", library_names())
def test_every_scenario_of_the_library_reads_and_speaks(name):
    """It has a question, its variants resolve, and it can be said in words."""
    scenario = sim.load(name)
    assert scenario.question.endswith("?")
    assert all(scenario.variant(slug).title for slug in scenario.variants)
    assert scenario.title in "\n".join(scenario_words(scenario, everything=True))


def test_tables_merge_and_lists_replace():
    """A variant may replace one key of a deep table, and a list as a whole."""
    scenario = from_dict(
        {
            "roles": {"practitioner": {"values": [6.0, 4.0], "leadership": 0.1}},
            "variants": {"v": {"roles": {"practitioner": {"values": [2.0, 2.0]}}}},
        }
    )
    assert scenario.variant("v").roles.practitioner.values == [2.0, 2.0]
    assert scenario.variant("v").roles.practitioner.leadership == 0.1


def test_variants_are_judged_at_the_bases_departure_unless_they_say_otherwise():
    """A later departure in a variant leaves the reference month where the base's is."""
    departure = {"kind": "director_leaves", "month": 30}
    scenario = from_dict(
        {
            "events": {"d": departure},
            "variants": {
                "late": {"events": {"d": {"month": 60}}},
                "own": {"events": {"d": {"month": 20}}, "measure": {"reference_month": 20}},
            },
        },
        check_variants=True,
    )
    assert scenario.reference_month == 30
    assert scenario.variant("late").reference_month == 30
    assert scenario.variant("own").reference_month == 20


def test_without_a_departure_the_reference_month_is_36():
    """Where none, 36."""
    assert Scenario().reference_month == 36


def test_the_hash_is_the_settings_and_nothing_elses():
    """Writing a default out changes nothing; changing a number changes the hash."""
    assert from_dict({"leadership": {"hierarchy_norm": 0.8}}).hash() == Scenario().hash()
    assert from_dict({"leadership": {"hierarchy_norm": 0.7}}).hash() != Scenario().hash()


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path):
    """Each with its place, what was found and what would be accepted."""
    path = tmp_path / "wrong.toml"
    path.write_text(
        """
        months = 60
        [leadership]
        hierarchy_nrom = 0.2
        delegation = "much"
        growth = nan
        champions = 1.5
        [events.departure]
        kind = "director_leave"
        [events.other]
        kind = "person_leaves"
        month = 3
        role = "practicioner"
        [variants.shared]
        leadership.delgation = 0.6
        """,
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as told:
        read(path)
    lines = str(told.value).split("\n")
    assert all(line.startswith(f"{path}: ") for line in lines)
    text = str(told.value)
    for found in (
        "leadership.hierarchy_nrom: unknown key 'hierarchy_nrom'; did you mean 'hierarchy_norm'?",
        "leadership.delegation: should be a number, found 'much'",
        "leadership.growth: should be a finite number, found nan",
        "leadership.champions: should be less than or equal to 1, found 1.5",
        "events.departure.kind: unknown kind of event 'director_leave'; did you mean 'director_leaves'?",
        "unknown role 'practicioner'; did you mean 'practitioner'?",
        "variants.shared.leadership.delgation: unknown key 'delgation'; did you mean 'delegation'?",
    ):
        assert found in text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"months": 60}, "months = 60 is too short: the reference month 36 and the horizon of 60 months need a run of"),
        ({"events": {"d": {"kind": "director_leaves", "month": 96}}}, "is past the end"),
        ({"variants": {"same": {"title": "Same"}}}, "variants.same: changes nothing"),
        ({"variants": {"same": {"leadership": {"hierarchy_norm": 0.8}}}}, "variants.same: changes nothing"),
        ({"variants": {"base": {"months": 97}}}, "not 'base'"),
        ({"organisation": {"engagement_lead": True}}, 'needs organisation.coproduction = "direct"'),
        ({"organisation": {"people": "people.csv", "teams": 3}}, "organisation.teams: only for a generated"),
        ({"events": {"p": {"kind": "person_leaves", "month": 1, "role": "director"}}}, "unknown role 'director'"),
        ({"events": {"p": {"kind": "person_leaves", "month": 1, "role": "engagement_lead"}}}, "no engagement lead"),
        ({"events": {"c": {"kind": "change", "month": 1, "set": {"leadership": {"nom": 1}}}}}, "unknown key 'nom'"),
        ({"events": {"c": {"kind": "change", "month": 1, "set": {"organisation": {"teams": 1}}}}}, "organisation"),
        ({"events": {"c": {"month": 1}}}, "events.c.kind: is missing; an event is one of director_leaves"),
        ({"format": 2}, "format"),
        ({"months": True}, "months"),
        ({"roles": {"practitioner": {"values": [1.0]}}}, "two numbers from 0.01 to 1000"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(data, message):
    """One clear line for each."""
    with pytest.raises(ScenarioError) as told:
        from_dict(data, check_variants=True)
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"months = = 3", "not valid TOML"),
        (b"title = '\xff'", "not UTF-8 text (byte 9)"),
        (b"", "this file sets nothing"),
        (b"# nothing but a remark", "this file sets nothing"),
        (b"format = 1\n[organisation]\n[events]\n", "this file sets nothing"),
        (b"colour = 'red'", "unknown key 'colour'"),
        (b"\xef\xbb\xbfmonths = 100", ""),
    ],
)
def test_files_that_are_not_toml_are_told_so_and_a_byte_order_mark_is_no_fault(tmp_path, content, message):
    """Nor is a file that sets nothing of ours run as if it said something."""
    path = tmp_path / "s.toml"
    path.write_bytes(content)
    if not message:
        assert read(path).measure.horizon == 60
        return
    with pytest.raises(ScenarioError) as told:
        read(path)
    assert message in str(told.value)


def test_an_unknown_scenario_is_told_the_nearest_name(tmp_path):
    """Missing files and folders are told apart."""
    with pytest.raises(ScenarioError, match="did you mean 'director-turnover'"):
        sim.load("director-turnovr")
    with pytest.raises(ScenarioError, match="there is no such file"):
        sim.load(tmp_path / "none.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ScenarioError, match="folder"):
        sim.load(tmp_path / "folder.toml")


def test_with_takes_dotted_keys_and_checks_them(turnover):
    """As --set does."""
    assert turnover.with_({"events.departure.month": 24}).departures == [24]
    with pytest.raises(ScenarioError, match="did you mean 'hierarchy_norm'"):
        turnover.with_({"leadership.hierarchy_nrm": 0.1})


def test_a_changed_copy_keeps_the_rest(turnover):
    """Tables merge, dotted keys or not; what is dropped goes first; name, folder and what was set stay."""
    both = turnover.with_({"leadership.hierarchy_norm": 0.2, "leadership": {"delegation": 0.6}})
    assert (both.leadership.hierarchy_norm, both.leadership.delegation) == (0.2, 0.6)
    assert (both.name, both.folder, list(both.variants)) == (turnover.name, turnover.folder, list(turnover.variants))
    assert turnover.with_() == turnover
    assert turnover.with_().written() == turnover.written()
    plain = turnover.with_({"events": {"other": {"kind": "director_leaves", "month": 20}}}, drop=("variants", "events"))
    assert (plain.departures, plain.variants) == ([20], {})
    assert "hierarchy_norm" not in both.with_(drop=["leadership.hierarchy_norm"]).written()["leadership"]
    assert both.with_(drop=["permission.pressure"]).written() == both.written()
    assert turnover.leadership.hierarchy_norm == 0.8


def test_the_command_line_takes_values_as_people_write_them():
    """True and False as in Python, and numbers without their nought; all else is as in a file, or a plain word."""
    words = ("subscription.enabled=False", "organisation.lead_member=True", "leadership.hierarchy_norm=.5")
    assert assignments([*words, "leadership.growth=-.5", "months=5.", "succession.interim=deputy"]) == {
        "subscription.enabled": False, "organisation.lead_member": True, "leadership.hierarchy_norm": 0.5,
        "leadership.growth": -0.5, "months": 5.0, "succession.interim": "deputy",
    }  # fmt: skip


def test_a_long_change_event_alters_levers_from_its_month_on():
    """parameters_by_month: entry m is in force in month m; later changes lie on top of earlier ones."""
    scenario = from_dict(
        {
            "events": {
                "one": {"kind": "change", "month": 10, "set": {"leadership": {"hierarchy_norm": 0.5}}},
                "two": {"kind": "change", "month": 20, "set": {"permission": {"pressure": 0.0}}},
            }
        }
    )
    parameters = scenario.parameters_by_month()
    assert [parameters[m].leadership.hierarchy_norm for m in (0, 10, 11, 96)] == [0.8, 0.8, 0.5, 0.5]
    assert [parameters[m].permission.pressure for m in (20, 21)] == [0.15, 0.0]


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers(), max_size=3)
)
keys = st.sampled_from(
    [key for key, _ in fields()] + ["events.d.month", "events.d.kind", "nonsense", "events", "title"]
)


@settings(max_examples=examples(1500))
@given(st.dictionaries(keys, scalars, max_size=4))
def test_any_value_under_any_key_is_read_or_refused_in_words(changes):
    """No wrong value of any key gives anything but a setting or a ScenarioError."""
    data: dict = {"events": {"d": {"kind": "director_leaves", "month": 36}}}
    for key, value in changes.items():
        at, parts = data, key.split(".")
        for part in parts[:-1]:
            at[part] = at[part] if isinstance(at.get(part), dict) else {}
            at = at[part]
        at[parts[-1]] = value
    try:
        scenario = from_dict(data, check_variants=True)
    except ScenarioError as told:
        assert str(told)
        assert "pydantic" not in str(told)
    else:
        assert scenario.reference_month + scenario.measure.horizon <= scenario.months or scenario.random_departures


def test_no_scenario_file_of_the_library_states_a_default_twice():
    """Files of the library say what is particular to them: each parses and names its source of the question."""
    for name in library_names():
        text = (Path(sim.__file__).parent.parent / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
        assert text.startswith("#")


def test_one_trait_of_a_role_leaves_its_others_as_they_are():
    """A file that sets a lead member's values keeps the lead member's authority, and a variant the base's traits."""
    variant = {"roles": {"lead_member": {"leadership": 0.5}}}
    scenario = from_dict({"roles": {"lead_member": {"values": [8.0, 2.0]}}, "variants": {"v": variant}})
    assert scenario.roles.lead_member.authority == 0.5
    assert scenario.variant("v").roles.lead_member.values == [8.0, 2.0]
    assert scenario.variant("v").roles.lead_member.authority == 0.5
    assert scenario.roles.director == Scenario().roles.director


def test_a_departure_is_told_with_the_levers_in_force_then():
    """A successor that a change has settled before the departure is no drawn one."""
    scenario = from_dict(
        {
            "events": {
                "found": {"kind": "change", "month": 30, "set": {"succession.successor_commitment": 0.9}},
                "departure": {"kind": "director_leaves", "month": 36},
            }
        }
    )
    assert "then a willing successor arrives (commitment 0.9)" in list(what_happens(scenario))[1]
    early = scenario.with_({"events.departure.month": 20})
    assert "then a successor arrives whose commitment is drawn" in next(what_happens(early))
