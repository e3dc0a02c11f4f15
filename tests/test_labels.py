"""Other words for the same model."""

import pytest

import sim
from sim.scenario.labels import label_names, read_labels
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import ScenarioError, library


def hospital():
    return read_labels("hospital", library(), library())


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("The director leaves", "The chief executive leaves"),
        ("a director and 8 middle managers", "a chief executive and 8 ward managers"),
        ("Managers under twice the pressure", "Ward managers under twice the pressure"),
        ("the director's reports", "the chief executive's reports"),
        ("an engagement lead, a lived-experience member", "an engagement lead, a patient partner"),
        ("a change facilitator", "an improvement coach"),
        ("A change facilitator", "An improvement coach"),
        ("a real council", "a real hospital"),
        ("their own line manager", "their own line manager"),
        ("leadership.director_values = 0.9", "leadership.director_values = 0.9"),
        ("results/director-turnover", "results/director-turnover"),
        ('"the name" = "practitioner"', '"the name" = "practitioner"'),
        ("the ward manager", "the ward manager"),
    ],
)
def test_a_sentence_is_said_in_other_words(ours, theirs):
    """Articles, capitals and plurals follow; keys, file names and what is quoted stay; twice is as once."""
    assert hospital().say(ours) == theirs
    assert hospital().say(theirs) == theirs


def test_two_sets_of_labels_ship_and_cover_every_role_and_kind():
    """A hospital's and a school's."""
    assert label_names(library()) == ["hospital", "school"]
    for name in label_names(library()):
        labels = read_labels(name, library(), library())
        assert set(labels.roles) == {role.slug for role in Role}
        assert set(labels.kinds) == {kind.slug for kind in Kind}


def test_without_labels_nothing_changes():
    """The usual words."""
    labels = read_labels(None, library(), library())
    assert labels.say("The director leaves") == "The director leaves"
    assert labels.role(Role.PRACTITIONER, several=True) == "practitioners"


def test_labels_change_words_and_no_number(small):
    """Seats, log and titles speak otherwise; every month is the same to the bit."""
    usual, other = sim.run(small), sim.run(small.with_({"labels": "school"}))
    assert other.monthly["practice"].tobytes() == usual.monthly["practice"].tobytes()
    assert other.organisation.labels[0] == "principal"
    assert usual.organisation.labels[0] == "director"
    assert other.told[0] == "month 12: the principal leaves; the seat stays empty for 3 months"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[roles]\nnurse = ['a', 'b']", "unknown role 'nurse'"),
        ("[roles]\npractitoner = ['a', 'b']", "did you mean 'practitioner'?"),
        ("[roles]\npractitioner = ['nurse']", "two words are needed"),
        ("[kinds]\nlinedown = 'x'", "did you mean 'line_down'?"),
        ("[rolls]", "unknown key 'rolls'"),
        ("roles = 3", "roles"),
        ("[roles", "not valid TOML"),
    ],
)
def test_mistakes_in_a_labels_file_are_told(tmp_path, small, text, message):
    """With the file's name."""
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as told:
        _ = small.with_({"labels": str(path)}).words
    assert message in str(told.value)
    assert str(path) in str(told.value)
