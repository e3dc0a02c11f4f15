"""The line: who manages whom, by the people file, by links, or told from levels and teams."""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

from sim.organisation.imported.people import People
from sim.organisation.imported.problems import count, listed
from sim.organisation.imported.roster import NOBODY, UNCLEAR
from sim.organisation.imported.sheets import number
from sim.scenario.roles import Role

SAY_WHO_MANAGES = (
    "Add a column manager_id with the id of each person's manager (empty for the director), say which column that is "
    "(--as COLUMN=manager_id), or add links in a layer reports_to (the source reports to the target)"
)

_RANKS = {Role.DIRECTOR: 1.0, Role.MIDDLE_MANAGER: 2.0, Role.BACK_OFFICE: 2.0, Role.PRACTITIONER: 3.0}
"""The level that a role stands for, in a file of roles without levels."""


def find_managers(people: People, reports: Mapping[tuple[int, int], str], ties: Sequence[tuple[int, int]] = ()) -> None:
    """Give everyone their manager; ``reports``: where the links of the line stand, each a person and a manager.

    ``ties``: all links, which might be a line that nobody has called so.
    """
    column, links = people.roster.managers or [], _from_links(people, reports)
    if all(manager == NOBODY for manager in column):
        column = []
    if column and links:
        for person, (manager, other) in enumerate(zip(column, links, strict=True)):
            same = manager == other or {manager, other} == {person, NOBODY}
            if not same and UNCLEAR not in (manager, other):
                what = (
                    "manager_id and the links of the line do not give this person the same manager: correct one, or "
                    "leave one out (--as COLUMN=ignore)"
                )
                people.sheet.wrong(what, person)
    people.managers = column or links or _inferred(people, ties)
    _settle_self_managed(people)
    _find_circles(people, {} if column else reports)


def _from_links(people: People, reports: Mapping[tuple[int, int], str]) -> list[int]:
    """By the links of the line, empty where there are none."""
    managers = [NOBODY] * len(people.sheet) if reports else []
    places: dict[int, list[str]] = defaultdict(list)
    for (person, manager), place in reports.items():
        managers[person] = UNCLEAR if places[person] else manager
        places[person].append(place)
    several = {person: told for person, told in places.items() if len(told) > 1}
    if several and _a_line((manager, person) for person, manager in reports):
        people.sheet.wrong(
            "the links of the line run from manager to report: turned round, they are a line with one head. In a layer "
            "reports_to the source reports to the target; where the source is the manager, call the layer manages, or "
            'write influence = "target_to_source" in its table [organisation.layers.NAME]'
        )
        return managers
    for person, told in several.items():
        what = f"the links of the line give this person more than one manager ({listed(told)}): keep one of them"
        people.sheet.wrong(what, person, sort="several managers")
    return managers


def _a_line(reports: Iterable[tuple[int, int]]) -> bool:
    """Whether links give everybody one manager at the most, and one person none."""
    pairs = [(person, manager) for person, manager in reports if person != manager]
    managed = {person for person, _ in pairs}
    heads = {manager for _, manager in pairs} - managed
    return len(managed) == len(pairs) and len(heads) == 1


def _settle_self_managed(people: People) -> None:
    """Whoever is their own manager heads the line, if nobody else does, or is the lead member; else it is wrong."""
    own = [person for person, manager in enumerate(people.managers) if manager == person]
    for person in own:
        people.managers[person] = NOBODY
    own = [person for person in own if person not in people.leads]
    if len(own) == 1 and people.heads() == own:
        where = f"{people.sheet.where(own)} of the {people.sheet.file}"
        people.sheet.findings.note(f"The person in {where} is their own manager, so was taken as the director.")
        return
    for person in own:
        people.managers[person] = UNCLEAR
        people.sheet.wrong("this person manages themself; leave the manager of the person at the top empty", person)


def _find_circles(people: People, reports: Mapping[tuple[int, int], str]) -> None:
    """Refuse circles in the line, and say where they stand: in the links of the line or else in people's own rows."""
    steps = nx.DiGraph((person, manager) for person, manager in enumerate(people.managers) if manager >= 0)
    for circle in sorted(sorted(group) for group in nx.strongly_connected_components(steps) if len(group) > 1):
        made = [reports[pair] for person in circle if (pair := (person, people.managers[person])) in reports]
        what = "in a circle: one of them needs another manager, or none"
        if made:
            people.sheet.findings.wrong(listed(made), f"make {count(len(circle), 'person')} manage one another {what}")
        else:
            people.sheet.wrong(f"{people.sheet.where(circle)} manage one another {what}", sort="circle")
        for person in circle:
            people.managers[person] = UNCLEAR


def _inferred(people: People, ties: Sequence[tuple[int, int]]) -> list[int]:
    """By levels and teams, or by roles and teams where the file has no levels."""
    sheet = people.sheet
    if len(people.inside) <= 1:
        return [NOBODY] * len(sheet)
    levels = _levels(people)
    if levels is None:
        return [UNCLEAR] * len(sheet)
    found = _by_levels(people, levels)
    turned = {p: level if level == -math.inf else -level for p, level in levels.items()} if any(sheet["level"]) else {}
    other = _by_levels(people, turned) if isinstance(found, str) and turned else ""
    source = "levels and teams, with the lowest number at the top" if any(sheet["level"]) else "roles and teams"
    if isinstance(found, str) and isinstance(other, list):
        source, found = source.replace("lowest", "highest"), other
    if isinstance(found, list):
        sheet.findings.note(
            f"The files do not say who manages whom, so it was told from {source}: the manager is the "
            "only person at the next level up in the team or, with nobody there, in the whole organisation."
        )
        return found
    start = "the files do not say who manages whom, and it cannot be told from levels and teams"
    sheet.wrong(f"{start}: {found}. {SAY_WHO_MANAGES}{_hint(people, ties)}")
    return [UNCLEAR] * len(sheet)


def _hint(people: People, ties: Sequence[tuple[int, int]]) -> str:
    """What to do where all links together would make a line, which a drawing of an organisation does not call so."""
    for turned, influence in ((False, "source_to_target"), (True, "target_to_source")):
        pairs = [(other, one) if turned else (one, other) for one, other in ties]
        if len(pairs) == len(people.sheet) - 1 and _a_line(pairs):
            said = f"organisation.layers.peer={{kind='line', influence='{influence}'}}"
            return f'. All the links together would be one line; if they are, say so for their layer: --set "{said}"'
    return ""


def _by_levels(people: People, levels: dict[int, float]) -> list[int] | str:
    """Everyone's manager, or why it cannot be told."""
    highest = min(levels.values(), default=0.0)
    top = [person for person, level in levels.items() if level == highest]
    if len(top) > 1:
        return f"{len(top):,} people are at the top level ({people.sheet.where(top)})"
    if len(levels) < 2:
        return "the levels or roles of the others are not given"
    managers = _next_up(people, levels)
    unclear = [p for p in levels if managers[p] == UNCLEAR or (managers[p] == NOBODY and p != top[0])]
    if unclear:
        return f"{count(len(unclear), 'person')} could have more than one manager ({people.sheet.where(unclear)})"
    return managers


def _levels(people: People) -> dict[int, float] | None:
    """The level of everyone who has one, 1 at the top; None if some are wrong."""
    cells, roles = people.sheet["level"], people.roles
    if not any(cells):
        return {person: _RANKS[role] for person in people.inside if (role := roles[person]) is not None}
    levels: dict[int, float] = {}
    known, sound = people.held or roles.count(Role.DIRECTOR) == 1, True
    for person in people.inside:
        level = -math.inf if roles[person] == Role.DIRECTOR and known else _level(cells[person])
        if level is not None:
            levels[person] = level
        elif cells[person]:
            people.sheet.wrong("the level is not a number (1 is the top)", person)
            sound = False
    return levels if sound else None


def _level(cell: str) -> float | None:
    """The number of a level, also where it is written as L3 or Level 3."""
    match = re.fullmatch(r"(?i)(?:level|l|tier|grade|band)[ -]?(\d+)", cell)
    return number(match[1] if match else cell)


def _next_up(people: People, levels: dict[int, float]) -> list[int]:
    """The only one at the next level up in the team or, with nobody there, in the whole organisation (team "")."""
    teams = people.sheet["team"]
    bosses: dict[str, dict[float, list[int]]] = defaultdict(lambda: defaultdict(list))
    for person, level in levels.items():
        if people.roles[person] not in (Role.PRACTITIONER, Role.BACK_OFFICE):
            for team in {teams[person], ""}:
                bosses[team][level].append(person)
    steps = {team: sorted(found) for team, found in bosses.items()}
    managers = [NOBODY] * len(people.sheet)
    for person, level in levels.items():
        for team in (teams[person], ""):
            above = bisect_left(steps.get(team, []), level)
            if above:
                found = bosses[team][steps[team][above - 1]]
                managers[person] = found[0] if len(found) == 1 else UNCLEAR
                break
    return managers
