"""What docs/findings.md says of 32 teams, on fewer futures; its command has the rest."""

import pytest

import sim
from sim.scenario.scenario import from_dict


def never_took_hold(**keys) -> float:
    """The share of twenty futures of 32 teams, their director staying, that have not taken hold by month 36."""
    judged = {"months": 37, "measure": {"reference_month": 36, "horizon": 1}, "organisation": {"teams": 32}}
    setting = from_dict(judged | keys)
    return sim.compare(setting, futures=20, workers=1, keep_months=False).rows[0]["never_took_hold"]


@pytest.mark.parametrize("heads", [0, 8])
def test_with_thirty_two_teams_a_change_takes_hold_while_its_director_stays(heads):
    """Never in at most a tenth of them, with heads of service or without."""
    assert never_took_hold(organisation={"teams": 32, "heads_of_service": heads}) <= 0.10


def test_that_rests_on_bounded_attention():
    """Where everybody attends to all their peers it mostly never takes hold."""
    assert never_took_hold(influence={"attention": 1e6}) > 0.5
