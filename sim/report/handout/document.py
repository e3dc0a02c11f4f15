"""What the page reads: one JSON document, laid out as docs/handout-data.md says. It holds a scenario and no futures:
the page plays these itself."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from sim.analysis.uncertainty.robustness import worlds_of
from sim.base.errors import ScenarioError
from sim.base.machine import MODULE, Stale, machine
from sim.base.version import VERSION
from sim.model.parameters import beta_grid
from sim.organisation.generate import plan
from sim.organisation.imported.words import words as reading
from sim.organisation.structure import Settled
from sim.report.handout.levers import Lever, departure, levers
from sim.report.handout.shapes import shapes
from sim.scenario.parameters import RoleTraits, value_at
from sim.scenario.roles import KINDS, Kind, Role
from sim.scenario.scenario import Scenario

FORMAT = 2
"""Of the document; a page reads only its own."""

WORLDS = 20
"""Plausible worlds that a page carries."""


def document(scenario: Scenario, futures: int, seed: int, future: int | None) -> dict[str, Any]:
    """Everything the page needs but its words, ready for JSON. ``future``: the one shown; None: the page chooses it.

    Raises ScenarioError for what cannot be run.
    """
    setting = scenario.with_(drop=("variants",))
    moved = levers(setting, seed)
    return {
        "format": FORMAT,
        "made_by": f"leadership-sim {VERSION}",
        "scenario": {"name": setting.name, "sha256": setting.hash()},
        "seed": seed,
        "futures": futures,
        "future": future,
        "departure": departure(setting)[0],
        "setting": played(setting),
        "file": _said(setting.to_dict(), setting.written()),
        "levers": [asdict(lever) for lever in moved],
        "worlds": worlds(setting),
        "organisation": fixed(plan(setting).everybody),
        "roles": {role.slug: [setting.words.role(role), setting.words.role(role, several=True)] for role in Role},
        "kinds": [{"slug": Kind(kind).slug, "look": KINDS[kind].direction} for kind in Kind],
        "engine": shapes(),
        "reading": reading(),
        "quantiles": grids(setting, moved),
    }


def _said(values: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Of all keys, those that a scenario sets itself; what it leaves open stays open to plausible worlds."""
    return {
        key: _said(value, written[key]) if isinstance(value, Mapping) and isinstance(written[key], Mapping) else value
        for key, value in values.items()
        if key in written
    }


def played(setting: Scenario) -> dict[str, Any]:
    """Every key that is played, with its value in force."""
    whole = setting.model_dump(
        mode="json", exclude={"variants", "title", "labels", "question", "paper", "look_for", "seats"}
    )
    organisation = whole["organisation"]
    for key in ("people", "links", "survey", "layers", "roles", "columns"):
        del organisation[key]
    return whole


def worlds(setting: Scenario) -> list[dict[str, float]]:
    """What each of some plausible worlds sets, but for the numbers that the scenario has otherwise than usual."""
    usual = Scenario()
    own = {key for key in worlds_of("plausible", 1)[0] if value_at(setting, key) != value_at(usual, key)}
    return [{key: value for key, value in keys.items() if key not in own} for keys in worlds_of("plausible", WORLDS)]


def fixed(everybody: Settled) -> dict[str, Any]:
    """Everybody with the links that are the same in all futures: seats by role, manager and address; links as four
    lists; what is known of people, [seats, 4], null where it is not; and who was added around the line, by role."""
    ground, seats = everybody.ground, everybody.seats
    return {
        **{name: seats[name].tolist() for name in ("role", "manager", "address")},
        "known": [[None if np.isnan(one) else one for one in row] for row in seats["known"].tolist()],
        "links": [getattr(ground, name).tolist() for name in ("source", "target", "kind", "weight")],
        "joined": {name: getattr(ground, name).tolist() for name in ("health", "vcs", "lived")},
        "team_size": ground.team_size,
    }


def grids(setting: Scenario, moved: list[Lever]) -> dict[str, str]:
    """The quantiles of every distribution of values that the page may need, by its shape: base64 of doubles."""
    shapes_of = [RoleTraits().values]
    for parameters in setting.parameters_by_month():
        shapes_of += [parameters.roles.of(role).values for role in Role]
    shapes_of += [value for lever in moved for value in lever.on.values() if isinstance(value, list)]
    return {
        f"{a:.10f} {b:.10f}": packed(np.array(beta_grid(a, b)).astype("<f8").tobytes())
        for a, b in dict.fromkeys(tuple(shape) for shape in shapes_of)
    }


def engine_code() -> str:
    """The compiled engine, as the page carries it. Raises ScenarioError where the sources have moved on from it."""
    try:
        machine()
    except Stale as stale:
        raise ScenarioError(str(stale)) from None
    return packed(MODULE.read_bytes())


def packed(raw: bytes) -> str:
    """zlib in base64."""
    return base64.b64encode(zlib.compress(raw, 9)).decode("ascii")
