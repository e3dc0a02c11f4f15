"""Changed people: what is refused, and what the record says of those who behave otherwise."""

import json

import numpy as np
import pytest

import sim
from sim.model.agents import ChangeFacilitator, Director, LeadMember, MiddleManager, Person, Practitioner, VCSPartner
from sim.model.model import OrganisationModel
from sim.scenario.roles import Role
from sim.scenario.scenario import ScenarioError


class Quiet(Practitioner):
    """Never claims to lead."""

    def claims(self) -> bool:
        """No."""
        return False


class Loud(Practitioner):
    """Another sort of practitioner."""


class Stray:
    """Derives from nothing of ours."""

    role = Role.PRACTITIONER


class Roleless(Person):
    """A person without a role."""


@pytest.mark.parametrize(
    ("agents", "message"),
    [
        (Quiet, r"a list of classes is needed; write agents=\[Quiet\]"),
        ([Quiet, Loud], "Quiet and Loud both stand for the practitioners"),
        ([Stray], "Stray must derive from one of Director, LeadMember, MiddleManager"),
        ([Roleless], "Roleless must derive from one of"),
        ([object()], "give the class itself"),
    ],
)
def test_what_cannot_stand_in_for_a_person_is_told(small, agents, message):
    """Before anything runs, also in an ensemble."""
    with pytest.raises(ScenarioError, match=message):
        sim.run(small, agents=agents)
    with pytest.raises(ScenarioError, match=message):
        sim.compare(small, futures=1, agents=agents)


def test_the_manifest_says_that_people_were_changed(small, tmp_path):
    """So that no changed result passes for the model's own."""
    made = sim.compare(small, futures=1, agents=[Quiet], outcomes={"end": lambda r: r.monthly["practice"][-1]})
    folder = sim.save(made, tmp_path / "out", picture=False)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["changed_agents"] == [f"{__name__}.Quiet"]
    assert manifest["own_outcomes"] == ["end"]


def test_everyone_shows_a_position_once_a_month(small):
    """The director, a deputy and the lead member too, so that a memory inside shows is not updated twice."""
    shown = []

    class Counting(MiddleManager):
        def shows(self) -> float:
            shown.append((self.model.month, self.seat))
            return 0.5 * super().shows() + 0.5 * self.model.director_shown

    scenario = small.with_({"events.departure.interim": "deputy"})
    model = OrganisationModel(scenario, agents=[Counting])
    model.run_for(14)
    assert len(shown) == len(set(shown)) == 14 * 2
    assert model.now.shown[model.state.deputy.item()] == model.director_shown


def test_a_director_may_look_at_what_the_line_showed_last(small):
    """In the first month too: it is the starting position."""

    class Steady(Director):
        def shows(self) -> float:
            return self.model.director_shown

    record = sim.run(small, agents=[Steady])
    assert (record.monthly["director_shown"][1:13] == 0.9).all()


def test_claims_are_answered_on_the_state_that_everyone_saw(small):
    """is_granted reads the commitment of before the month's listening, whoever claimed first."""
    seen = []

    class Asking(Practitioner):
        def claims(self) -> bool:
            self.before = (self.commitment, self.leadership)
            return super().claims()

        def is_granted(self) -> float:
            seen.append(self.before == (self.commitment, self.leadership))
            return 1.0

    sim.run(small, agents=[Asking])
    assert len(seen) > 3
    assert all(seen)


def test_a_listener_who_listens_otherwise_is_in_the_ledger_as_such(small, ledger_gap):
    """Rows still sum to every change, the surplus marked as changed behaviour."""

    class Uplifted(Practitioner):
        def listens(self) -> float:
            return super().listens() + 0.01

    record = sim.run(small, agents=[Uplifted])
    assert ledger_gap(record) < 1e-12
    surplus = record.ledger.frame().query("kind == 'changed_behaviour'").change
    assert len(surplus) == 30 * 6
    assert surplus.to_numpy() == pytest.approx(0.01, abs=1e-12)


def test_a_partner_who_does_not_echo_is_not_credited_to_the_director(small):
    """The ledger follows what a subclass does."""

    class Independent(VCSPartner):
        def shows(self) -> float:
            return self.commitment

    frame = sim.run(small, agents=[Independent]).ledger.frame()
    assert (frame.source == frame.heard_from).all()


def test_the_lead_member_and_facilitators_are_never_replaced(small):
    """Whatever a subclass says."""

    class Leaving(LeadMember):
        def leaves(self) -> bool:
            return True

    class Coming(ChangeFacilitator):
        def leaves(self) -> bool:
            return True

    record = sim.run(small, agents=[Leaving, Coming])
    usual = sim.run(small)
    assert np.array_equal(record.people["commitment"], usual.people["commitment"])


def test_a_run_ends_at_its_last_month(small):
    """One more step is told in words, and changes nothing."""
    model = OrganisationModel(small)
    model.run()
    with pytest.raises(ScenarioError, match="the run ends at month 30"):
        model.step()
    assert model.month == 30


def test_scheduled_leavers_are_in_the_log_and_the_engagement_lead_is_marked(turnover):
    """By the name of the seat."""
    scenario = turnover.with_(
        {
            "organisation.coproduction": "direct",
            "organisation.engagement_lead": True,
            "events.lead": {"kind": "person_leaves", "month": 20, "role": "engagement_lead"},
        }
    )
    record = sim.run(scenario)
    label = record.organisation.labels[record.organisation.structure.engagement_lead]
    assert label.endswith("(engagement lead)")
    assert f"month 20: {label} leaves and is replaced" in record.told
