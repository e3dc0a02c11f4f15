"""People who behave otherwise: a subclass overrides one behaviour, and the model lives by it."""

import numpy as np
import pytest

import sim
from sim.model.agents import MiddleManager, Practitioner
from sim.model.model import OrganisationModel
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import ScenarioError


def test_a_subclass_may_override_one_behaviour(small):
    """Practitioners who quit when disheartened: one class, one method, and the model lives by it."""

    class Disheartened(Practitioner):
        def leaves(self) -> bool:
            return super().leaves() or self.commitment < 0.9

    model = OrganisationModel(small, agents=[Disheartened], keep="everything")
    model.run_for(3)
    frame = model.ledger.frame().query("kind == 'turnover' and month == 1")
    assert len(model.agents_by_type[Disheartened]) == 6
    assert set(frame.listener) >= set(model.structure.seats_of(Role.PRACTITIONER))


def test_who_is_listened_to_and_what_a_manager_supports_can_be_changed(small):
    """A practitioner who hears only peers owes nothing to the line; a manager who shields passes full support on."""

    class PeersOnly(Practitioner):
        def hears(self):
            return [link for link in super().hears() if link[1] == Kind.PEER]

    class Shield(MiddleManager):
        def supports(self) -> float:
            return self.model.now.shown[self.seat]

    record = sim.run(small, agents=[PeersOnly])
    frame = record.ledger.frame()
    practitioners = record.organisation.structure.practitioners
    kinds = set(frame[frame.listener.isin(practitioners)].kind)
    assert kinds <= {"peer", "own_values", "turnover"}
    shielded = sim.run(small.with_({"permission.pressure": 0.5}), agents=[Shield])
    unpressed = sim.run(small.with_({"permission.pressure": 0.0}))
    assert np.array_equal(shielded.monthly["practice"], unpressed.monthly["practice"])


@pytest.mark.parametrize(
    ("behaviour", "answer", "words"),
    [
        ("listens", float("nan"), "gives nan; a number is needed"),
        ("listens", None, r"gives None; a number is needed \(is a return missing\?\)"),
        ("shows", 1.5, "gives 1.5; a number from 0 to 1 is needed"),
        ("practises", -1, "gives -1; a number from 0 to 1 is needed"),
        ("permission", "all", "gives 'all'; a number from 0 to 1 is needed"),
        ("speaks", -0.1, "gives -0.1; a number of 0 or more is needed"),
        ("is_granted", 2.0, "gives 2.0; a number from 0 to 1 is needed"),
        ("leaves", 0.5, "gives 0.5; True or False is needed"),
        ("claims", None, r"gives None; True or False is needed \(is a return missing\?\)"),
    ],
)
def test_an_answer_that_cannot_be_one_is_told_with_the_class_and_the_behaviour(small, behaviour, answer, words):
    """Nothing impossible spreads in silence."""
    keen = small.with_({"leadership.claim_base": 1.0, "leadership.claim_commitment": 0.0})
    changed = type("Odd", (Practitioner,), {behaviour: lambda self: answer})
    with pytest.raises(ScenarioError, match=rf"agents: Odd\.{behaviour}\(\) {words}"):
        sim.run(keen, agents=[changed])


def test_a_changed_person_that_would_change_nothing_or_is_not_there_is_told(small):
    """A misspelt behaviour, and a forgotten super().__init__; a method of one's own is nobody else's business."""

    class Misspelt(Practitioner):
        def show(self) -> float:
            return 1.0

    class Absent(Practitioner):
        def __init__(self, model, seat) -> None:
            self.seat = seat

    class Own(Practitioner):
        def remembers(self) -> float:
            return 1.0

    with pytest.raises(ScenarioError, match=r"agents: Misspelt.show changes nothing; did you mean shows\?"):
        sim.run(small, agents=[Misspelt])
    with pytest.raises(ScenarioError, match=r"must call super\(\).__init__\(model, seat\)"):
        sim.run(small, agents=[Absent])
    assert np.array_equal(sim.run(small, agents=[Own]).monthly["practice"], sim.run(small).monthly["practice"])
    with pytest.raises(ScenarioError, match="unknown variant 4"):
        sim.run(small, 4)
