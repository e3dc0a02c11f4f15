"""Reading a real organisation from files of people and links: their roles, the line, and who influences whom.

``read_organisation(scenario)`` gives a ``Builder`` with a seat for each person of the files; the scenario then
adds partners around it. What had to be assumed stands in ``builder.notes``, in sentences. Nobody's id or name is
ever part of a note or of a message: they cite rows, and row 1 is the header.
"""

import csv
import io
import json
import math
import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import networkx as nx

from sim.organisation import Builder
from sim.roles import HORIZONTAL, Kind, Role
from sim.scenario import Layer, Scenario, ScenarioError, _unknown

ROLES = {role.slug: role for role in Role} | {
    "lived_experience": Role.LIVED_EXPERIENCE_MEMBER,
    "facilitator": Role.CHANGE_FACILITATOR,
    "vcs": Role.VCS_PARTNER,
}
"""The role names a people file may use, short forms included."""

EXTERNAL = (Role.VCS_PARTNER, Role.LIVED_EXPERIENCE_MEMBER, Role.HEALTH_PARTNER, Role.CHANGE_FACILITATOR)
"""Roles from outside the organisation: they normally have no line manager."""

LAYERS: dict[str, Layer] = {
    **{kind.slug: Layer.model_validate({"kind": kind.slug}) for kind in Kind},
    "reports_to": Layer(kind="line"),
    **{
        name: Layer(kind="peer", influence="target_to_source", weights="relative")
        for name in ("advice", "friendship", "value")
    },
    **{name: Layer(kind="peer", weights="log") for name in ("work", "email")},
}
"""How layers are read that a scenario does not describe."""

_RANKS = {Role.DIRECTOR: 1, Role.MIDDLE_MANAGER: 2, Role.BACK_OFFICE: 2, Role.PRACTITIONER: 3}
"""The level that a role stands for, in a file of roles without levels."""

_PEOPLE_COLUMNS = ("id", "role", "level", "team", "manager_id")
_LINK_COLUMNS = ("source", "target", "layer", "weight")
_MOST_LISTED = 10
_LARGEST_TEAM = 1000
_LIGHTEST, _HEAVIEST = 1e-12, 1e12
_NONE, _BROKEN = -1, -2

_SAY_WHO_MANAGES = (
    "Add a column manager_id with the id of each person's manager (empty for the director), or links in a "
    "layer reports_to (the source reports to the target)"
)


def read_organisation(scenario: Scenario) -> Builder:
    """The people of the scenario's files as seats, with their managers and links; a fresh Builder each time.

    Seats are sorted by role, then in the order of the file. A layer's weights are scaled over its ties of at
    least its ``minimum`` between people who are kept. A line layer is read as: the source reports to the target.
    Raises ScenarioError, whose message lists every mistake found in the files and where it is.
    """
    setting = scenario.organisation
    people = None if setting.people is None else scenario.folder / setting.people
    links = None if setting.links is None else scenario.folder / setting.links
    template = _read(
        people,
        links,
        (_stamp(people), _stamp(links)),
        tuple(setting.layers.items()),
        tuple(setting.roles.items()),
        setting.outside_line == "keep",
    )
    builder = Builder()
    for name, value in vars(template).items():
        setattr(builder, name, copy(value))
    return builder


def _stamp(path: Path | None) -> tuple[int, int]:
    try:
        status = path.stat() if path is not None else None
    except (OSError, ValueError):
        return (0, 0)
    return (0, 0) if status is None else (status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _read(
    people_path: Path | None,
    links_path: Path | None,
    stamps: tuple[tuple[int, int], ...],
    own_layers: tuple[tuple[str, Layer], ...],
    own_roles: tuple[tuple[str, str], ...],
    keep_outside: bool,
) -> Builder:
    mistakes, notes = _Mistakes(), list[str]()
    layers = _layers(dict(own_layers), mistakes)
    sheets = _sheets(people_path, links_path, mistakes)
    if sheets is None:
        raise mistakes.error()
    people, links = sheets
    index = _index(people, mistakes)
    roles = _roles(people, dict(own_roles), mistakes, notes)
    ties = _ties(links, index, layers, mistakes, notes)
    managers = _managers(people, index, roles, ties, mistakes, notes)
    final = _final_roles(people, managers, roles, mistakes, notes)
    if mistakes:
        raise mistakes.error()
    out = set() if keep_outside else set(_outside(managers, final))
    _note_outside(managers, final, keep_outside, notes)
    seats = _Seats(final, managers, out)
    builder = Builder()
    for person in seats.order:
        builder.seat(final[person], name=people.columns["id"][person])
    for seat, person in enumerate(seats.order):
        builder.managers[seat] = seats.of.get(managers[person], _NONE)
    builder.line()
    _link(builder, ties, seats, links.undirected, mistakes, notes)
    _make_peers(builder, ties, people.file, mistakes, notes)
    if mistakes:
        raise mistakes.error()
    builder.notes = notes
    return builder


class _Mistakes:
    """What is wrong with the files, gathered by sort so that a long list of one sort can be cut short."""

    def __init__(self) -> None:
        self._sorts: dict[tuple[str, str], list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._sorts)

    def add(self, file: str, place: str, what: str, sort: str = "") -> None:
        """Note a mistake at a place of a file, "" for the whole file; ``sort`` is shared by alike ones."""
        line = f"{file} {place}: {what}" if place else f"{file}: {what}"
        self._sorts.setdefault((file, sort or what), []).append(line)

    def error(self) -> ScenarioError:
        """All of them in one message."""
        lines: list[str] = []
        for (file, _), found in self._sorts.items():
            lines += found[:_MOST_LISTED]
            if len(found) > _MOST_LISTED:
                lines.append(f"{file}: and {len(found) - _MOST_LISTED} more")
        return ScenarioError("\n".join(lines))


# -- The files --------------------------------------------------------------------------------------------


class _Sheet(NamedTuple):
    """The cells of a file that are used: ``columns`` by name, and what messages call each row of them."""

    file: str
    places: list[str]
    columns: dict[str, list[str]]
    undirected: bool = False

    def where(self, rows: Sequence[int]) -> str:
        """Some rows in words, the first ten at the most."""
        listed = ", ".join(self.places[row] for row in rows[:_MOST_LISTED])
        more = len(rows) - _MOST_LISTED
        return f"{listed} and {more} more" if more > 0 else listed


def _sheets(people_path: Path | None, links_path: Path | None, mistakes: _Mistakes) -> tuple[_Sheet, _Sheet] | None:
    """The people and the links; None if a file cannot be used at all."""
    people: _Sheet | None = None
    links: _Sheet | None = _Sheet("", [], {name: [] for name in _LINK_COLUMNS})
    if people_path is not None:
        if _is_graph(people_path):
            people, links = _graph(people_path, mistakes)
        else:
            people = _table(people_path, _PEOPLE_COLUMNS, ("id",), mistakes)
    if links_path is not None:
        if _is_graph(links_path):
            nodes, links = _graph(links_path, mistakes)
        else:
            links = _table(links_path, _LINK_COLUMNS, ("source", "target"), mistakes)
            nodes = None if links is None else _mentioned(links)
        people = nodes if people_path is None else people
    if people is None or links is None:
        return None
    if not people.places:
        mistakes.add(people.file, "", "there are no people in it")
        return None
    return people, links


def _is_graph(path: Path) -> bool:
    return path.suffix.lower() == ".graphml"


def _content(path: Path, mistakes: _Mistakes) -> bytes | None:
    name = path.name or str(path)
    try:
        if path.is_dir():
            mistakes.add(name, "", "this is a folder, not a file")
            return None
        content = path.read_bytes()
    except FileNotFoundError:
        mistakes.add(name, "", f"there is no such file in the folder {path.parent}")
        return None
    except (OSError, ValueError) as error:
        mistakes.add(name, "", f"cannot be read ({getattr(error, 'strerror', None) or 'not a file name'})")
        return None
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        mistakes.add(name, "", "the file is empty")
        return None
    return content


def _table(path: Path, known: Sequence[str], needed: Sequence[str], mistakes: _Mistakes) -> _Sheet | None:
    """The known columns of a CSV file; all other columns are dropped here."""
    content = _content(path, mistakes)
    if content is None:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not UTF-8 text (byte {error.start}); save it as 'CSV UTF-8'"
        mistakes.add(path.name, "", what)
        return None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        mistakes.add(path.name, "", f"not a table: check the quotation marks at or before line {reader.line_num}")
        return None
    # The first row is not quoted in messages: in a file without a header it is somebody's.
    header = [_slug(cell) for cell in rows[0]]
    for name in known:
        if name in needed and name not in header:
            mistakes.add(path.name, "", f"the first row must name the columns, and none of them is {name!r}")
        if header.count(name) > 1:
            mistakes.add(path.name, "", f"the first row names the column {name!r} twice")
    if any(name not in header for name in needed) or any(header.count(name) > 1 for name in known):
        return None
    at = {name: header.index(name) for name in known if name in header}
    sheet = _Sheet(path.name, [], {name: [] for name in known})
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if any(cells[len(header) :]):
            mistakes.add(path.name, f"row {number}", "has more cells than the first row")
        if any(cells):
            sheet.places.append(f"row {number}")
            for name in known:
                column = at.get(name, len(cells))
                sheet.columns[name].append(cells[column] if column < len(cells) else "")
    return sheet


def _graph(path: Path, mistakes: _Mistakes) -> tuple[_Sheet | None, _Sheet | None]:
    """The nodes and edges of a GraphML file. Nodes are cited by their number, edges by their nodes' numbers."""
    content = _content(path, mistakes)
    if content is None:
        return None, None
    try:
        declared = [e.get("id", "") for e in ElementTree.fromstring(content).iter() if _tag(e) == "node"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph = nx.read_graphml(io.BytesIO(content), force_multigraph=True)
    except (ElementTree.ParseError, nx.NetworkXError, KeyError, ValueError, TypeError, AttributeError):
        # What these errors say may quote the file, so it is not passed on.
        mistakes.add(path.name, "", "cannot be read as GraphML")
        return None, None
    number = {node: i for i, node in enumerate(dict.fromkeys(declared), start=1)}
    if len(number) < len(declared):
        mistakes.add(path.name, "", "two nodes have the same id")
        return None, None
    if len(number) < len(graph):
        mistakes.add(path.name, "", f"{_count(len(graph) - len(number), 'node')} named by edges cannot be found")
        return None, None
    ids: dict[str, str] = {}
    nodes = _Sheet(path.name, [], {name: [] for name in _PEOPLE_COLUMNS})
    default = graph.graph["node_default"]
    for node, order in number.items():
        cells = _cells({"id": node, **default, **graph.nodes[node]})
        ids[node] = cells["id"]
        nodes.places.append(f"node {order}")
        for name, column in nodes.columns.items():
            column.append(cells.get(name, ""))
    undirected = not graph.is_directed()
    edges = _Sheet(path.name, [], {name: [] for name in _LINK_COLUMNS}, undirected)
    default = graph.graph["edge_default"]
    for source, target, data in graph.edges(data=True):
        cells = _cells({**default, **data}) | {"source": ids[source], "target": ids[target]}
        words = "edge between node {} and node {}" if undirected else "edge from node {} to node {}"
        edges.places.append(words.format(number[source], number[target]))
        for name, column in edges.columns.items():
            column.append(cells.get(name, ""))
    return nodes, edges


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _cells(data: Mapping[str, object]) -> dict[str, str]:
    """Attributes as the text of a table's cells; 152.0 in a column of numbers is the id 152."""
    return {
        _slug(name): str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
        for name, value in data.items()
    }


def _mentioned(links: _Sheet) -> _Sheet:
    """The people whom a links file mentions, in the order of their first mention."""
    places: dict[str, str] = {}
    for place, *ends in zip(links.places, links.columns["source"], links.columns["target"], strict=True):
        for end in ends:
            if end:
                places.setdefault(end, place)
    blank = [""] * len(places)
    columns = {name: list(places) if name == "id" else list(blank) for name in _PEOPLE_COLUMNS}
    return _Sheet(links.file, list(places.values()), columns)


def _slug(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


# -- The people -------------------------------------------------------------------------------------------


def _index(people: _Sheet, mistakes: _Mistakes) -> dict[str, int]:
    """Which person has an id."""
    index: dict[str, int] = {}
    for person, name in enumerate(people.columns["id"]):
        if not name:
            mistakes.add(people.file, people.places[person], "the id is empty")
        elif name in index:
            what = f"the id is the same as that of {people.places[index[name]]}"
            mistakes.add(people.file, people.places[person], what, sort="same id")
        else:
            index[name] = person
    return index


def _roles(people: _Sheet, own: Mapping[str, str], mistakes: _Mistakes, notes: list[str]) -> list[Role | None]:
    """The role that each person's row says, None where it says none or one that the model does not know."""
    mapped: dict[str, Role] = {}
    for name, slug in own.items():
        if _slug(slug) in ROLES:
            mapped[_slug(name)] = ROLES[_slug(slug)]
        else:
            mistakes.add(f"organisation.roles.{_key(name)}", "", _unknown("role", slug, [r.slug for r in Role]))
    ids = set(people.columns["id"])
    written = {_slug(name) for name in own}
    near = {
        slug: found[0]
        for slug in {_slug(name) for name in people.columns["role"]} - written - ROLES.keys()
        if (found := get_close_matches(slug, ROLES, n=1, cutoff=0.8))
    }
    roles: list[Role | None] = []
    unknown: Counter[str] = Counter()
    for place, name in zip(people.places, people.columns["role"], strict=True):
        slug = _slug(name)
        role = mapped.get(slug) or ROLES.get(slug)
        roles.append(role)
        if slug in near:
            what = (
                f"unknown role {_shown(name, ids)}; did you mean {near[slug]!r}? If not, say what it means in "
                "[organisation.roles]"
            )
            mistakes.add(people.file, place, what, sort="near role")
        elif role is None and slug:
            unknown[_shown(name, ids)] += 1
    if unknown:
        listed = ", ".join(list(unknown)[:_MOST_LISTED])
        more = f" and {len(unknown) - _MOST_LISTED} more" if len(unknown) > _MOST_LISTED else ""
        notes.append(
            f"{people.file} has role names that this model does not know: {listed}{more}. The roles of "
            f"{_count(unknown.total(), 'person')} were told from the line instead. To say what such a name means, "
            'write it in [organisation.roles]: "the name" = "practitioner".'
        )
    return roles


def _shown(name: str, ids: Iterable[str]) -> str:
    """A name that a file gives to a role or a layer, withheld if it is somebody's id in the wrong column."""
    if name in ids:
        return "(not shown: it is also somebody's id)"
    return repr(name if len(name) <= 40 else name[:37] + "...")


def _key(name: str) -> str:
    """A name as a key of a TOML file."""
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else json.dumps(name, ensure_ascii=False)


def _one(number: int, singular: str = "was", plural: str = "were") -> str:
    return singular if number == 1 else plural


def _count(number: int, noun: str) -> str:
    return f"{number:,} {_one(number, noun, 'people' if noun == 'person' else f'{noun}s')}"


# -- The line ---------------------------------------------------------------------------------------------


def _managers(
    people: _Sheet,
    index: Mapping[str, int],
    roles: Sequence[Role | None],
    ties: "Sequence[_Ties]",
    mistakes: _Mistakes,
    notes: list[str],
) -> list[int]:
    """Each person's manager: -1 for none, -2 where the files are wrong about it."""
    column = _from_column(people, index, mistakes)
    layer = _from_layer(people, [t for t in ties if t.layer.kind == "line"], mistakes)
    if column is None and layer is None:
        return _inferred(people, roles, mistakes, notes)
    if column is not None and layer is not None:
        for person, (one, other) in enumerate(zip(column, layer, strict=True)):
            same = one == other or {one, other} == {person, _NONE} or _BROKEN in (one, other)
            if not same:
                what = "manager_id and the links of the line do not give this person the same manager"
                mistakes.add(people.file, people.places[person], what)
    managers = column or layer or []
    _settle_self_managed(people, managers, roles, mistakes, notes)
    _find_circles(people, managers, mistakes)
    return managers


def _from_column(people: _Sheet, index: Mapping[str, int], mistakes: _Mistakes) -> list[int] | None:
    cells = people.columns["manager_id"]
    if not any(cells):
        return None
    managers = [index.get(cell, _BROKEN) if cell else _NONE for cell in cells]
    for person, manager in enumerate(managers):
        if manager == _BROKEN:
            mistakes.add(people.file, people.places[person], "manager_id is nobody's id")
    return managers


def _from_layer(people: _Sheet, ties: "Sequence[_Ties]", mistakes: _Mistakes) -> list[int] | None:
    pairs = dict.fromkeys(pair for t in ties for pair in t.raw)
    if not pairs:
        return None
    managers = [_NONE] * len(people.places)
    for person, manager in pairs:
        if managers[person] == _BROKEN:
            continue
        if managers[person] != _NONE:
            what = "the links of the line give this person more than one manager"
            mistakes.add(people.file, people.places[person], what)
            managers[person] = _BROKEN
        else:
            managers[person] = manager
    return managers


def _settle_self_managed(
    people: _Sheet,
    managers: list[int],
    roles: Sequence[Role | None],
    mistakes: _Mistakes,
    notes: list[str],
) -> None:
    """Someone who is their own manager heads the line, if nobody else does; anything else is a mistake."""
    own = [person for person, manager in enumerate(managers) if manager == person]
    if not own:
        return
    for person in own:
        managers[person] = _NONE
    heads = [person for person in _heads(managers, roles) if person not in own]
    if len(own) == 1 and not heads and own[0] in managers:
        notes.append(
            f"{people.file} {people.places[own[0]]}: this person manages themself, so was taken as the director."
        )
        return
    for person in own:
        managers[person] = _BROKEN
        what = "this person manages themself; leave the manager of the director empty"
        mistakes.add(people.file, people.places[person], what)


def _find_circles(people: _Sheet, managers: list[int], mistakes: _Mistakes) -> None:
    walk = [0] * len(managers)
    for start in range(len(managers)):
        path: list[int] = []
        at = start
        while at >= 0 and not walk[at]:
            walk[at] = start + 1
            path.append(at)
            at = managers[at]
        if at >= 0 and walk[at] == start + 1:
            circle = sorted(path[path.index(at) :])
            what = f"{people.where(circle)} manage one another in a circle"
            mistakes.add(people.file, "", what, sort="circle")
            for person in circle:
                managers[person] = _BROKEN


def _inferred(people: _Sheet, roles: Sequence[Role | None], mistakes: _Mistakes, notes: list[str]) -> list[int]:
    """Managers told from levels and teams: the only one at the next level up in the team, or else overall."""
    managers = [_NONE] * len(roles)
    inside = [p for p, role in enumerate(roles) if role not in EXTERNAL and role != Role.LEAD_MEMBER]
    if len(inside) <= 1:
        return managers
    levels = _levels(people, inside, roles, mistakes)
    if levels is None:
        return [_BROKEN] * len(roles)
    start = "the files do not say who manages whom, and it cannot be told from levels and teams: "
    bosses: dict[str | None, dict[float, list[int]]] = {}
    for person, level in levels.items():
        if roles[person] not in (Role.PRACTITIONER, Role.BACK_OFFICE):
            for team in {None, people.columns["team"][person] or None}:
                bosses.setdefault(team, {}).setdefault(level, []).append(person)
    steps = {team: sorted(found) for team, found in bosses.items()}
    highest = min(levels.values(), default=0.0)
    top = [person for person, level in levels.items() if level == highest]
    if len(levels) < 2 or len(top) > 1:
        found = f"{_count(len(top), 'person')} are at the top level ({people.where(top)})"
        found = found if len(top) > 1 else "the levels or roles of the others are not given"
        mistakes.add(people.file, "", f"{start}{found}. {_SAY_WHO_MANAGES}")
        return [_BROKEN] * len(roles)
    unclear = []
    for person, level in levels.items():
        for team in (people.columns["team"][person] or None, None):
            at = bisect_left(steps.get(team, []), level)
            if at > 0:
                above = bosses[team][steps[team][at - 1]]
                managers[person] = above[0] if len(above) == 1 else _BROKEN
                break
        if managers[person] == _BROKEN or (managers[person] == _NONE and person != top[0]):
            unclear.append(person)
    if unclear:
        found = f"{_count(len(unclear), 'person')} could have more than one manager ({people.where(unclear)})"
        mistakes.add(people.file, "", f"{start}{found}. {_SAY_WHO_MANAGES}")
        return [_BROKEN] * len(roles)
    source = "levels" if any(people.columns["level"]) else "roles"
    notes.append(
        f"The files do not say who manages whom; it was told from {source} and teams: the manager of "
        f"{_count(len(levels) - 1, 'person')} is the only one at the next level up in their team or, with nobody "
        "there, in the whole organisation."
    )
    return managers


def _levels(
    people: _Sheet, inside: Sequence[int], roles: Sequence[Role | None], mistakes: _Mistakes
) -> dict[int, float] | None:
    """The level of everyone who has one, 1 at the top; read from the roles where the file has no levels."""
    cells = people.columns["level"]
    if not any(cells):
        ranks = {person: _RANKS[role] for person in inside if (role := roles[person]) is not None}
        return {person: float(rank) for person, rank in ranks.items()}
    levels: dict[int, float] = {}
    sound = True
    for person in inside:
        level = _number(cells[person]) if cells[person] else None
        if roles[person] == Role.DIRECTOR:
            levels[person] = -math.inf
        elif level is not None:
            levels[person] = level
        elif cells[person]:
            mistakes.add(people.file, people.places[person], "the level is not a number (1 is the top)")
            sound = False
    return levels if sound else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


# -- Roles in the line ------------------------------------------------------------------------------------


def _heads(managers: Sequence[int], roles: Sequence[Role | None]) -> list[int]:
    """Everyone who has reports and no manager but the lead member."""
    leads = {person for person, role in enumerate(roles) if role == Role.LEAD_MEMBER}
    return sorted(
        person
        for person in set(managers)
        if person >= 0 and person not in leads and (managers[person] == _NONE or managers[person] in leads)
    )


def _final_roles(
    people: _Sheet,
    managers: list[int],
    roles: Sequence[Role | None],
    mistakes: _Mistakes,
    notes: list[str],
) -> list[Role]:
    """Everyone's role, once the line is known; a lead member who manages nobody is put above the director."""
    director = _director(people, managers, roles, mistakes)
    leads = [person for person, role in enumerate(roles) if role == Role.LEAD_MEMBER]
    _check_lead_member(people, managers, leads, director, mistakes)
    if director is not None and len(leads) == 1 and managers[director] == _NONE:
        managers[director] = leads[0]
        notes.append("The lead member manages nobody in the files and was placed above the director.")
    bosses = set(managers)
    final: list[Role] = []
    changed: Counter[Role] = Counter()
    for person, role in enumerate(roles):
        if person == director:
            final.append(Role.DIRECTOR)
        elif role == Role.LEAD_MEMBER:
            final.append(role)
        elif person in bosses:
            final.append(Role.MIDDLE_MANAGER)
            if role not in (None, Role.MIDDLE_MANAGER):
                changed[role] += 1
        else:
            final.append(Role.PRACTITIONER if role is None else role)
    for role, number in sorted(changed.items()):
        notes.append(
            f"{_count(number, 'person')} with the role {role.slug} in {people.file} {_one(number, 'has', 'have')} "
            f"reports and {_one(number, 'is', 'are')} treated as middle managers."
        )
    return final


def _director(people: _Sheet, managers: Sequence[int], roles: Sequence[Role | None], mistakes: _Mistakes) -> int | None:
    """The one director: whom the file names, else the head of the line. None if unclear, the mistake noted."""
    named = [person for person, role in enumerate(roles) if role == Role.DIRECTOR]
    heads = _heads(managers, roles)
    unclear = _BROKEN in managers
    if len(named) > 1:
        mistakes.add(people.file, "", f"{people.where(named)} all have the role director; there can be one")
        return None
    if named:
        person = named[0]
        manager = managers[person]
        if manager >= 0 and roles[manager] != Role.LEAD_MEMBER:
            what = (
                f"the director has a manager ({people.places[manager]}) whose role is not lead_member; give that role, "
                "or no manager"
            )
            mistakes.add(people.file, people.places[person], what)
            return None
        heads = [head for head in heads if head != person]
        if heads:
            what = f"{people.where(heads)} head a line of their own, beside the director's ({people.places[person]})"
            mistakes.add(people.file, "", what)
            return None
        return person
    if len(heads) > 1:
        what = f"{people.where(heads)} have reports but no manager; there can be one such person, the director"
        mistakes.add(people.file, "", what)
        return None
    if not heads:
        heads = [p for p, m in enumerate(managers) if m >= 0 and roles[m] == Role.LEAD_MEMBER]
        alone = [p for p, role in enumerate(roles) if role not in EXTERNAL and role != Role.LEAD_MEMBER]
        heads = heads or alone
    if len(heads) != 1:
        if not unclear:
            mistakes.add(people.file, "", f"nobody is the director. {_SAY_WHO_MANAGES}")
        return None
    if roles[heads[0]] is not None:
        what = f"this person heads the line, so the role must be director (found: {_words(roles[heads[0]])})"
        mistakes.add(people.file, people.places[heads[0]], what, sort="head's role")
        return None
    return heads[0]


def _words(role: Role | None) -> str:
    return role.slug if role is not None else "none"


def _check_lead_member(
    people: _Sheet, managers: Sequence[int], leads: Sequence[int], director: int | None, mistakes: _Mistakes
) -> None:
    if len(leads) > 1:
        what = f"{people.where(leads)} all have the role lead_member; there can be one, who holds the portfolio"
        mistakes.add(people.file, "", what)
    for person in leads:
        if managers[person] >= 0:
            mistakes.add(people.file, people.places[person], "a lead member has no manager; leave it empty")
    if director is not None:
        for person, manager in enumerate(managers):
            if manager in leads and person != director:
                what = "the lead member manages this person; only the director can report to the lead member"
                mistakes.add(people.file, people.places[person], what)


def _outside(managers: Sequence[int], final: Sequence[Role]) -> list[int]:
    """People of the organisation with neither a manager nor reports."""
    bosses = set(managers)
    apart = (*EXTERNAL, Role.DIRECTOR, Role.LEAD_MEMBER)
    return [
        person
        for person, role in enumerate(final)
        if managers[person] == _NONE and person not in bosses and role not in apart
    ]


def _note_outside(managers: Sequence[int], final: Sequence[Role], keep: bool, notes: list[str]) -> None:
    number = len(_outside(managers, final))
    if not number:
        return
    have = f"{_count(number, 'person')} {_one(number, 'has', 'have')} neither a manager nor reports"
    if keep:
        notes.append(
            f"{have}: kept, as practitioners unless their role says otherwise, who look straight to the director."
        )
    else:
        notes.append(f"{have}: left out, with their links.")


# -- The links --------------------------------------------------------------------------------------------


class _Ties(NamedTuple):
    """The ties of one layer: the given weight of each, by who is its source and its target."""

    name: str
    layer: Layer
    raw: dict[tuple[int, int], float]


class _Seats:
    """Which seat a person has: sorted by role, then in the order of the file."""

    def __init__(self, final: Sequence[Role], managers: Sequence[int], out: set[int]) -> None:
        kept = [person for person in range(len(final)) if person not in out]
        self.order = sorted(kept, key=lambda person: final[person])
        self.of = {person: seat for seat, person in enumerate(self.order)}


def _layers(own: Mapping[str, Layer], mistakes: _Mistakes) -> dict[str, Layer]:
    """How each layer is read, by its name in small letters with underscores."""
    for name, layer in own.items():
        if layer.kind == "line" and (layer.influence != "source_to_target" or layer.weights != "given"):
            what = (
                'a layer of kind "line" is always read as: the source reports to the target; leave out '
                "influence and weights"
            )
            mistakes.add(f"organisation.layers.{_key(name)}", "", what)
    return LAYERS | {_slug(name): layer for name, layer in own.items()}


def _ties(
    links: _Sheet,
    index: Mapping[str, int],
    layers: Mapping[str, Layer],
    mistakes: _Mistakes,
    notes: list[str],
) -> list[_Ties]:
    """The ties of each layer, after adding up rows that say the same and dropping those that are no tie."""
    found: dict[str, _Ties] = {}
    no_tie = twice = 0
    names = [_slug(name) or "peer" for name in links.columns["layer"]]
    _check_layers(links, names, index, layers, mistakes)
    for row, name in enumerate(names):
        ends = [_end(links, row, end, index, mistakes) for end in ("source", "target")]
        text = links.columns["weight"][row]
        weight = _number(text) if text else 1.0
        if weight is None or not (weight == 0.0 or _LIGHTEST <= weight <= _HEAVIEST):
            what = f"the weight is not a number above 0 and up to {_HEAVIEST:g} (0 for no tie)"
            mistakes.add(links.file, links.places[row], what)
            weight = 1.0
        if None in ends or name not in layers:
            continue
        source, target = (end for end in ends if end is not None)
        layer = layers[name]
        if source == target and layer.kind != "line":
            mistakes.add(links.file, links.places[row], "source and target are the same person")
        elif weight == 0.0:
            no_tie += 1
        else:
            raw = found.setdefault(name, _Ties(name, layer, {})).raw
            mutual = links.undirected or layer.influence == "both"
            key = (min(source, target), max(source, target)) if mutual else (source, target)
            twice += key in raw
            raw[key] = raw.get(key, 0.0) + weight
    if links.undirected and any(t.layer.kind == "line" for t in found.values()):
        mistakes.add(links.file, "", "an undirected graph cannot say who reports to whom; use a directed one")
    if no_tie:
        notes.append(f"{_count(no_tie, 'link')} of weight 0 in {links.file} {_one(no_tie)} read as no tie.")
    if twice:
        notes.append(
            f"{_count(twice, 'link')} in {links.file} {_one(twice, 'repeats', 'repeat')} one of the same layer; "
            "their weights were added up."
        )
    return [_heavy_enough(ties, notes) for ties in found.values()]


def _end(links: _Sheet, row: int, end: str, index: Mapping[str, int], mistakes: _Mistakes) -> int | None:
    name = links.columns[end][row]
    if name not in index:
        what = f"the {end} is nobody's id" if name else f"the {end} is empty"
        mistakes.add(links.file, links.places[row], what)
        return None
    return index[name]


def _check_layers(
    links: _Sheet,
    names: Sequence[str],
    index: Mapping[str, int],
    layers: Mapping[str, Layer],
    mistakes: _Mistakes,
) -> None:
    first = {name: row for row, name in reversed(list(enumerate(names))) if name not in layers}
    for name, row in sorted(first.items(), key=lambda item: item[1]):
        written = links.columns["layer"][row]
        if written in index or name in index:
            what, key = f"unknown layer {_shown(written, [written])}", "NAME"
        else:
            what, key = _unknown("layer", written, list(layers)), _key(written)
        what += (
            f". To have it read, describe it in a table [organisation.layers.{key}], for example with "
            'kind = "peer" and influence = "target_to_source"'
        )
        mistakes.add(links.file, links.places[row], what, sort="unknown layer")


def _heavy_enough(ties: _Ties, notes: list[str]) -> _Ties:
    light = [pair for pair, weight in ties.raw.items() if weight < ties.layer.minimum]
    if not light:
        return ties
    notes.append(
        f"Layer {ties.name!r}: {_count(len(light), 'tie')} lighter than {ties.layer.minimum:g} "
        f"{_one(len(light))} left out."
    )
    return ties._replace(raw={pair: w for pair, w in ties.raw.items() if w >= ties.layer.minimum})


def _scaled(how: str, given: Sequence[float]) -> list[float]:
    """Weights of a layer as multiples of the kind's base weight; see ``Layer.weights``."""
    rules: dict[str, Callable[[float], float]] = {"log": math.log1p, "equal": lambda _: 1.0}
    weights = [rules.get(how, float)(weight) for weight in given]
    if how in ("relative", "log") and weights:
        mean = math.fsum(weights) / len(weights)
        weights = [weight / mean for weight in weights]
    return weights


_INFLUENCE = {
    "source_to_target": "the source influences the target",
    "target_to_source": "the target influences the source",
    "both": "each influences the other",
}
_WEIGHTS = {
    "given": "weights as given",
    "relative": "weights relative to the layer's mean",
    "log": "weights as the logarithm of 1 + weight, relative to its mean",
    "equal": "all weights equal",
}


def _link(
    builder: Builder,
    ties: Sequence[_Ties],
    seats: _Seats,
    undirected: bool,
    mistakes: _Mistakes,
    notes: list[str],
) -> None:
    """Add the links of all layers but those of the line, which says who manages whom."""
    joined = across = 0
    for name, layer, raw in ties:
        if layer.kind == "line":
            continue
        kind = Kind[layer.kind.upper()]
        pairs = [(seats.of[s], seats.of[t]) for s, t in raw if s in seats.of and t in seats.of]
        given = [weight for (s, t), weight in raw.items() if s in seats.of and t in seats.of]
        influence = "both" if undirected else layer.influence
        read = f"{_count(len(pairs), 'tie')} read as {kind.slug} links"
        notes.append(f"Layer {name!r}: {read}; {_INFLUENCE[influence]}; {_WEIGHTS[layer.weights]}.")
        for (source, target), weight in zip(pairs, _scaled(layer.weights, given), strict=True):
            if kind == Kind.PEER and _in_line(builder, source, target):
                joined += 1
                continue
            across += kind == Kind.PEER and (builder.roles[source] in EXTERNAL or builder.roles[target] in EXTERNAL)
            arrows = {"source_to_target": [(source, target)], "target_to_source": [(target, source)]}
            for one, other in arrows.get(influence, [(source, target), (target, source)]):
                _add(builder, one, other, kind, weight)
    if joined:
        notes.append(
            f"{_count(joined, 'tie')} between a person and their own line manager {_one(joined)} left out of the "
            "peer links: the line joins them already."
        )
    if across:
        notes.append(
            f"{_count(across, 'tie')} with people from outside the organisation {_one(across)} read as peer links. "
            'To count as links with partners they need a layer of kind "partner" or "coproduction".'
        )
    if sum(t.layer.kind == "peer" for t in ties) > 1:
        notes.append("Where several layers link the same two people as peers, their weights add up.")


def _in_line(builder: Builder, one: int, other: int) -> bool:
    return builder.managers[one] == other or builder.managers[other] == one


def _add(builder: Builder, source: int, target: int, kind: Kind, weight: float) -> None:
    """Add a link; a file's own weight for a step of the line replaces the usual one."""
    manager, report = (source, target) if kind == Kind.LINE_DOWN else (target, source)
    if kind in (Kind.LINE_DOWN, Kind.LINE_UP) and builder.managers[report] == manager:
        builder.links[source, target, kind] = weight
    else:
        builder.link(source, target, kind, weight)


def _make_peers(builder: Builder, ties: Sequence[_Ties], file: str, mistakes: _Mistakes, notes: list[str]) -> None:
    """Where the files give no horizontal links, link everyone with their teammates."""
    kinds = {Kind[t.layer.kind.upper()] for t in ties if t.layer.kind != "line" and t.raw}
    if not kinds.isdisjoint(HORIZONTAL):
        if Kind.PEER not in kinds:
            notes.append("The files link people with partners but not with colleagues: nobody sees a colleague work.")
        return
    teams = Counter(manager for manager in builder.managers if manager >= 0)
    largest = max(teams.values(), default=0)
    if largest > _LARGEST_TEAM:
        what = (
            f"one person has {largest:,} reports and there are no links between them; they are only all made "
            f"peers in teams of up to {_LARGEST_TEAM:,}. Add a links file"
        )
        mistakes.add(file, "", what)
    elif largest > 1:
        builder.peers()
        notes.append("The files give no horizontal links, so people with the same manager were made peers.")
