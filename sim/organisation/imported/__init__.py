"""Reading a real organisation from files of people and links: their roles, the line, and who influences whom.

``read_organisation`` gives a ``Builder`` with a seat for each person of the files; the scenario then
adds partners around it. What had to be assumed stands in ``builder.notes``, in sentences. Neither notes nor messages
ever quote a cell of a file, its name, or the names that a scenario gives to roles and layers: any of them may hold
somebody's name. They cite rows, and row 1 is the header.
"""

from copy import copy
from functools import lru_cache
from pathlib import Path

from sim.base.files import stamp
from sim.organisation.imported.hierarchy import find_managers
from sim.organisation.imported.links import LAYERS, add_links, known_layers, link_teammates, read_ties
from sim.organisation.imported.people import NOBODY, ROLES, read_people, surveyed
from sim.organisation.imported.problems import Findings
from sim.organisation.imported.seats import seat_everyone
from sim.organisation.imported.tables import read_sheets
from sim.organisation.structure import Builder
from sim.scenario.scenario import Layer, Organisation


def read_organisation(setting: Organisation, folder: Path) -> Builder:
    """The people of an organisation's files as seats, with their managers and links; a fresh Builder each time.

    Seats are sorted by role, then in the order of the file. A layer's weights are scaled over its ties of at
    least its ``minimum`` between people who are kept. A line layer is read as: the source reports to the target.
    Raises ScenarioError, whose message lists every mistake found in the files and where it is.
    """
    people = None if setting.people is None else folder / setting.people
    links = None if setting.links is None else folder / setting.links
    template = _read(
        people,
        links,
        (stamp(people), stamp(links)),
        tuple(setting.layers.items()),
        tuple(setting.roles.items()),
        setting.outside_line == "keep",
    )
    builder = Builder()
    for name, value in vars(template).items():
        setattr(builder, name, copy(value))
    return builder


def forget() -> None:
    """Drop what is remembered of files that were read."""
    _read.cache_clear()


@lru_cache(maxsize=8)
def _read(
    people_path: Path | None,
    links_path: Path | None,
    stamps: tuple[tuple[int, int], ...],
    own_layers: tuple[tuple[str, Layer], ...],
    own_roles: tuple[tuple[str, str], ...],
    keep_outside: bool,
) -> Builder:
    findings = Findings()
    layers = known_layers(dict(own_layers), findings)
    people_sheet, links_sheet = read_sheets(people_path, links_path, findings)
    people = read_people(people_sheet, dict(own_roles))
    ties = read_ties(links_sheet, people.index, layers)
    find_managers(people, [pair for t in ties if t.layer.kind == "line" for pair in t.weights])
    seats = seat_everyone(people, keep_outside)
    known = surveyed(people_sheet)
    findings.check()
    builder = Builder()
    for person, role in seats.roles.items():
        seat = builder.seat(role, seats.of.get(people.managers[person], NOBODY), name=people_sheet["id"][person])
        if person in known:
            builder.known[seat] = known[person]
    builder.line()
    add_links(builder, ties, seats.of, links_sheet.undirected, findings)
    link_teammates(builder, ties, people_sheet)
    findings.check()
    builder.notes = findings.notes
    return builder


__all__ = ["LAYERS", "ROLES", "read_organisation"]
