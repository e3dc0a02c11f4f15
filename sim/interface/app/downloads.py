"""What a visitor may take along: the futures as a table, the scenario as a file, a handout."""

import csv
import io
from collections.abc import Mapping
from typing import Any

import tomli_w

from sim.base.errors import ScenarioError
from sim.experiments.verdict import Verdict
from sim.interface.app.answers import Answers
from sim.interface.app.request import Query
from sim.report.handout.page import handout

HANDOUT = 50
"""Futures of a handout made here."""

Download = tuple[str, str]
"""A text, and what kind of file it is."""


def data_csv(answers: Answers, query: Query, settings: Mapping[str, Any]) -> Download:
    """A row for each future, and in every row the levers it was played with."""
    with query.ground() as ground:
        checked = ground.checked(settings)
        outcomes = answers.futures(query, ground, checked)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["future", "outcome", "practice_before", "practice_after", "scenario", "seed", *checked])
    for future, (code, (before, after)) in enumerate(zip(outcomes.codes, outcomes.practice, strict=True)):
        row = [future, Verdict(code).word, float(before), float(after), query.name, query.seed]
        writer.writerow([*row, *checked.values()])
    return out.getvalue(), "text/csv; charset=utf-8"


def scenario_toml(answers: Answers, query: Query, settings: Mapping[str, Any]) -> Download:
    """The scenario with its levers set, for ``leadership-sim run``; files of one's own are named, not held."""
    with query.ground() as ground:
        setting = ground.at(ground.checked(settings))
        return tomli_w.dumps(setting.to_dict()), "application/toml"


def handout_html(answers: Answers, query: Query, settings: Mapping[str, Any]) -> Download:
    """A handout of the scenario with its levers set, for a laptop without a network."""
    with query.ground() as ground:
        setting = ground.at(ground.checked(settings))
        if not setting.departures:
            raise ScenarioError("a handout shows a director who leaves: let the director leave first")
        made = handout(setting, futures=HANDOUT, seed=query.seed)
        return made.html(), "text/html; charset=utf-8"
