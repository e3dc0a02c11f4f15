"""What the page has to know of the engine's memory: which numbers stand where. ``player.js`` lays them out by it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from sim.model import draws, engine
from sim.model.calendar import calendar
from sim.model.parameters import STEPS
from sim.model.record import MONTHLY, PEOPLE
from sim.model.state import blank
from sim.organisation import ties
from sim.organisation.structure import Structure
from sim.scenario.parameters import RoleTraits
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario

_SIZES = {
    101: "seats", 102: "seats_and_one", 103: "pairs", 109: "links", 110: "rows", 113: "staff", 114: "staff_and_one",
    131: "drawn", 101 + ties.KINDS: "seats_and_kinds",
}  # fmt: skip
"""Sizes by which a dimension is known for what it is: each a number that nothing else is."""

_KINDS = {"float64": "f", "int64": "i", "uint64": "u", "bool": "b"}


@cache
def shapes() -> dict[str, Any]:
    """The arrays of a state, a trace, a schedule and a month's parameters, in the engine's order, ready for JSON.

    A kind is f, i, u or b: floating point, whole, unsigned, yes or no. A dimension is a number, or the name of a size.
    What the engine fills itself is told as zeros, so that the same page comes out each time.
    """
    when = calendar(Scenario())
    trace = engine.blank_trace(101, 103, 109, 109, "people", flows=False)
    drawn, room = draws.arrays(109, 101, 103, 113, lean=True)
    links, linking = ties.arrays(101, 113, 109, 103, 131)
    return {
        "columns": list(MONTHLY),
        "people": list(PEOPLE),
        "roles": ["", *(role.slug for role in Role)],
        "no_role": RoleTraits().model_dump(),
        "steps": STEPS,
        "parameters": [
            (table, [(key, _kind(value)) for key, value in _named(fields)])
            for table, fields in _named(when.parameters[0])
            if table != "roles"
        ],
        "schedule": [(name, _kind(part.flat[0] if part.size else part)) for name, part in _named(when.schedule)],
        "state": [_blank(name, array) for name, array in _named(blank(101, 103))],
        "draws": [_blank(name, np.zeros_like(array)) for name, array in _named(drawn)],
        "room": [_blank(name, np.zeros_like(array)) for name, array in _named(room)],
        "links": [_blank(name, np.zeros_like(array)) for name, array in _named(links)],
        "linking": [_blank(name, np.zeros_like(array)) for name, array in _named(linking)],
        "kinds": ties.KINDS,
        "structure": list(Structure._fields),
        "ground": list(ties.Ground._fields),
        "trace": [_blank(name, array, name in ("people", "live")) for name, array in _named(trace)],
    }


def _named(some: Any) -> Sequence[tuple[str, Any]]:
    return list(zip(some._fields, some, strict=True))


def _kind(value: Any) -> str:
    return _KINDS[np.asarray(value).dtype.name]


def _blank(name: str, array: Any, kept: bool = False) -> tuple[str, str, list[Any], float | int | None]:
    """A name, a kind, the dimensions, and the one number that the array is full of (None for NaN)."""
    sizes = [_SIZES.get(size, size) for size in array.shape]
    if kept:  # of all months where people are shown, else of none
        sizes = ["kept" if size == "rows" else size for size in sizes]
    fill = array.flat[0].item() if array.size else 0
    return name, _KINDS[array.dtype.name], sizes, None if fill != fill else fill
