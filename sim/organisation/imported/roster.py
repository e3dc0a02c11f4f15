"""Everyone in a table of people: who is in post, what tells them apart, and whom their manager's cell means."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sim.organisation.imported.columns import SURVEYED, key
from sim.organisation.imported.networks import NODE
from sim.organisation.imported.problems import Findings, count, one
from sim.organisation.imported.references import SEVERAL, Directory
from sim.organisation.imported.sheets import Body, Sheet, nothing

NOBODY, UNCLEAR = -1, -2
"""In place of a manager: there is none, or the files are wrong about it."""

LEFT_OUT = -4
"""In place of a person: a leaver, or a post that nobody holds."""

KEYS = ("id", "email", "name", "first_name", "last_name")
"""Meanings of the columns that tell people apart."""

PEOPLE_COLUMNS = ("id", "role", "level", "team", "manager_id", "dotted_line", *SURVEYED)


@dataclass
class Roster:
    """The people who are kept, a row each of ``sheet``, with what their cells say of roles and managers.

    titles: a person's cells of role, job title and grade, the likeliest first. own_words: whether the first of them
    is from a column ``role``. managers: a person, NOBODY or UNCLEAR; None where there is no such column. dotted: who
    else is named as a manager. ``find`` gives the person whom a cell of another file names.
    """

    sheet: Sheet
    titles: list[list[str]]
    own_words: bool
    managers: list[int] | None
    dotted: list[tuple[int, int]]
    directory: Directory
    kept: list[int]
    node: str = ""
    """The column of a network's own ids."""
    by: tuple[str, str] = ("", "")
    """The column that says who manages whom, and the column of keys that it names managers by."""

    def finder(self, cells: Sequence[str], own: bool = False, note: bool = True) -> Callable[[str], int]:
        """How to find the people whom some cells name. ``own``: those are a network's own ids of its nodes."""
        columns = _columns(self.directory, cells, [self.node] if own else [])

        def find(cell: str) -> int:
            row = self.directory.find(cell, columns, note)
            return row if row < 0 else self.kept[row]

        return find

    def respondents(self, body: Body) -> list[int]:
        """The person of each row of a survey, by whichever of its columns names the most people: that alone is read."""
        keys = keys_of(body)
        best = max(keys, key=lambda column: _hits(self, keys[column]), default="")
        for meaning in KEYS if best.isdecimal() else ():
            body.chosen[meaning] = [column for column in body.chosen.get(meaning, []) if str(column) == best]
        cells = keys.get(best, [""] * len(body.rows))
        find = self.finder(cells)
        return [find(cell) if cell else NOBODY for cell in cells]

    def tell_repairs(self, what: str, file: str, findings: Findings) -> None:
        """Say how many were found by something that is not just as it stands there."""
        for form, number in self.directory.repaired.items():
            findings.note(f"{count(number, what)} in the {file} {one(number)} found {form}.")
        self.directory.repaired.clear()


def _hits(roster: Roster, cells: Sequence[str]) -> int:
    find = roster.finder(cells, note=False)
    return sum(1 for cell in cells if cell and find(cell) != NOBODY)


def roster(body: Body, findings: Findings) -> Roster:
    """Everyone in a table of people."""
    file = body.table.file
    keys = keys_of(body)
    ids = _ids(body, keys)
    columns = body.chosen.get("manager_id", [])
    named = {column for column in keys if not _is_id(body, column)}
    directory = Directory(keys, named)
    extra = _another_key(body, directory, columns)
    if extra is not None:
        keys[extra] = body.cells(int(extra))
        directory = Directory(keys, named)
    leavers, vacant = _leavers(body), _vacant(body)
    managers, by = _managers(body, directory, columns, findings)
    absent = _absent(body, managers, leavers, findings) if columns else None

    bosses = set(managers)
    top = {row for row in leavers & bosses if managers[row] in (NOBODY, row)}  # a director who has left
    leavers -= top
    vacant |= top
    gone = leavers | {row for row in vacant if row not in bosses}
    _tell_of(leavers, vacant, gone, findings, file)
    kept, sheet = [], Sheet(file, PEOPLE_COLUMNS, findings)
    titles: list[list[str]] = []
    for row, place in enumerate(body.places):
        if row in gone:
            kept.append(LEFT_OUT)
            continue
        kept.append(len(sheet))
        cells = {name: body.first(name)[row] for name in ("level", "team", *SURVEYED)}
        sheet.add(place, {name: "" if nothing(cell) else cell for name, cell in cells.items()} | {"id": ids[row]})
        titles.append([])
    for column in [*body.chosen.get("role", [])[:1], *body.chosen.get("title", [])]:
        for row, cell in enumerate(body.cells(column)):
            if kept[row] >= 0:
                titles[kept[row]].append("" if nothing(cell) else cell)
    if absent is not None:
        kept.append(len(sheet))
        sheet.add("the manager who has no row", {"id": absent})
        titles.append([""] * len(titles[0]) if titles else [])
    settled = _settled(managers, gone, kept, findings)
    pairs = list(_dotted(body, directory, findings))
    dotted = [(kept[row], kept[other]) for row, other in pairs if kept[row] >= 0 and kept[other] >= 0]
    if absent is not None:
        settled.append(NOBODY)
    everyone = Roster(
        sheet, titles, bool(body.chosen.get("role")), settled if columns else None, dotted, directory, kept,
        str(body.names.index(NODE)) if NODE in body.names else "", by,
    )  # fmt: skip
    everyone.tell_repairs("manager", file, findings)
    return everyone


# -- What tells people apart ------------------------------------------------------------------------------


def keys_of(body: Body) -> dict[str, list[str]]:
    """The cells that name each person, by the number of the column (or words for it), ids before names."""
    found: dict[str, list[str]] = {}
    for meaning in ("id", "email", "name"):
        for column in body.chosen.get(meaning, []):
            cells = body.cells(column)
            none = {c for c, times in Counter(cells).items() if nothing(c) and (times > 1 or not c.isalpha())}
            found[str(column)] = ["" if cell in none else cell for cell in cells]
    first, last = body.first("first_name"), body.first("last_name")
    if any(last):
        found["first and last name"] = [f"{one} {other}".strip() for one, other in zip(first, last, strict=True)]
    return found


def _ids(body: Body, keys: dict[str, list[str]]) -> list[str]:
    """An id for each row: by the first column of ids in which nobody comes twice, or another where it is empty."""
    sound = [cells for column, cells in keys.items() if _is_id(body, column) and _different(cells)]
    best = next((cells for cells in sound if all(cells)), sound[0] if sound else next(iter(keys.values())))
    others = [cells for cells in keys.values() if cells is not best]
    return [next(filter(None, (best[row], *(cells[row] for cells in others))), "") for row in range(len(body.rows))]


def _is_id(body: Body, column: str) -> bool:
    return column.isdecimal() and int(column) in body.chosen.get("id", [])


def _different(cells: Sequence[str]) -> bool:
    given = [cell for cell in cells if cell]
    return len(set(given)) == len(given)


def _another_key(body: Body, directory: Directory, managers: Sequence[int]) -> str | None:
    """A column of another name in which every manager stands, where none of the usual ones has them all."""
    named = {cell for column in managers[:1] for cell in body.cells(column) if not _no_manager(cell)}
    known = {int(column) for column in directory.columns if column.isdecimal()}
    if not named or any(directory.covers(column, list(named)) == len(named) for column in directory.columns):
        return None
    for column in range(len(body.names)):
        cells = body.cells(column)
        if column not in known and column not in managers and all(cells) and _different(cells) and named <= set(cells):
            return str(column)
    return None


def _columns(directory: Directory, cells: Sequence[str], first: Sequence[str]) -> list[str]:
    """The columns in which to look for some cells: the likeliest, then addresses and names."""
    order = directory.likeliest(cells, first)
    return [*order[:1], *(column for column in order[1:] if not directory.numbered(column))]


# -- Who is in post ---------------------------------------------------------------------------------------

_GONE = re.compile(
    r"(terminated|inactive|left|leaver|resigned|retired|deceased|dismissed|ex[- ]employee|former|ended|eliminated|"
    r"separated|withdrawn|closed|deleted|disabled|deactivated|departed|redundant|abolished|not active|no longer)\b.*"
)
_VACANT = re.compile(r"(vacant|vacancy|unfilled|open position|to be (filled|hired|recruited)|tbh|tbc|tba)\b.*")
_YES, _NO = ("yes", "y", "true", "1", "x", "t"), ("no", "n", "false", "0", "f")


def _leavers(body: Body) -> set[int]:
    """The rows of people who have left: by their status, else by a date of leaving."""
    status = [cell.casefold() for cell in body.first("status")]
    letters = {"a", "t", "i", "l"} if "a" in status and all(len(cell) < 2 for cell in status) else set()
    found = {row for row, cell in enumerate(status) if _GONE.fullmatch(cell) or (letters and cell in ("t", "i", "l"))}
    for meaning, words in (("active", (*_NO, "inactive")), ("gone", (*_YES, "leaver", "terminated", "inactive"))):
        found |= {row for row, cell in enumerate(body.first(meaning)) if cell.casefold() in words}
    names = [body.cells(column) for column in body.chosen.get("name", [])]
    found |= {row for cells in names for row, cell in enumerate(cells) if cell.casefold() == "eliminated"}
    if not body.chosen.keys() & {"status", "active", "gone"}:
        found |= {row for row, cell in enumerate(body.first("left")) if re.search(r"\d", cell)}
    return found


def _vacant(body: Body) -> set[int]:
    """The rows of posts that nobody holds."""
    names = [body.cells(column) for column in body.chosen.get("name", [])]
    told = [*names, body.first("status"), body.first("last_name")]
    found = {row for cells in told for row, cell in enumerate(cells) if _VACANT.fullmatch(cell.casefold())}
    found |= {row for row, cell in enumerate(body.first("vacant")) if cell.casefold() in (*_YES, "vacant")}
    ids = [column for column in body.chosen.get("id", []) if body.names[column] != NODE]
    people = [body.cells(c) for c in ids if not re.match("position|post|assignment", key(body.names[c]))]
    if people and len(people) < len(ids):  # a list of posts: whoever holds one has an id
        found |= {row for row in range(len(body.rows)) if not any(cells[row] for cells in [*people, *names])}
    return found


def _tell_of(leavers: set[int], vacant: set[int], gone: set[int], findings: Findings, file: str) -> None:
    if leavers:
        has = one(len(leavers), "has", "have")
        findings.note(f"{count(len(leavers), 'person')} in the {file} {has} left, and {one(len(leavers))} left out.")
    empty, stays = vacant - leavers, vacant - leavers - gone
    if empty:
        fate = f"{len(empty) - len(stays)} without reports left out"
        fate += f", {len(stays)} with reports read as seats that somebody will hold" if stays else ""
        findings.note(f"{count(len(empty), 'vacant post')} in the {file}: {fate}.")


# -- Who manages them -------------------------------------------------------------------------------------

_NO_MANAGER = {
    "0", "x", "xx", "xxx", "nomanager", "nosupervisor", "nolinemanager", "top", "root", "notassigned", "unassigned",
    "self",
}  # fmt: skip
"""Ways of systems to write that somebody has no manager, where it is nobody's id."""


def _no_manager(cell: str) -> bool:
    return nothing(cell) or cell == "-1" or key(cell) in _NO_MANAGER


def _managers(
    body: Body, directory: Directory, columns: Sequence[int], findings: Findings
) -> tuple[list[int], tuple[str, str]]:
    """The manager's row of each row: NOBODY, UNCLEAR or SEVERAL where it names none."""
    ways = []
    for column in columns:
        cells = body.cells(column)
        given = [cell for cell in cells if not _no_manager(cell)]
        named = key(body.names[column])
        first = [each for each in directory.columns if each.isdecimal() and named.endswith(key(body.names[int(each)]))]
        look = _columns(directory, given, [each for each in first if key(body.names[int(each)]) != "id"])
        hits = directory.covers(look[0], given) if look else 0
        ways.append((hits < len(given), -hits, column, cells, look))
    ways.sort(key=lambda way: way[:2])
    managers, two = [NOBODY] * len(body.rows), 0
    for row in range(len(body.rows)):
        for _, _, _, cells, look in ways:
            person = directory.find(cells[row], look, managers[row] < 0) if cells[row] else NOBODY
            if person >= 0 and managers[row] >= 0:
                two += person != managers[row]
            elif person >= 0:
                managers[row] = person
            elif not _no_manager(cells[row]) and managers[row] in (NOBODY, UNCLEAR):
                managers[row] = SEVERAL if person == SEVERAL else UNCLEAR
    if two:
        has = f"{count(two, 'person')} in the {body.table.file} {one(two, 'has', 'have')} two managers by two columns"
        findings.note(f"{has}: the likelier column was read.")
    _, hits, column, _, look = ways[0] if ways else (False, 0, 0, [], [])
    return managers, (str(column), look[0]) if hits else ("", "")


def _absent(body: Body, managers: list[int], leavers: set[int], findings: Findings) -> str | None:
    """Settle managers who are nobody here. Where nobody else heads the line, one of them may: gives the id of one more.

    Either one person's manager is not in the file, so they head the line; or several name the same one, who does.
    """
    file = body.table.file
    bosses = set(managers)
    heads = [row for row, manager in enumerate(managers) if manager in (NOBODY, row) and row in bosses]
    lost = [row for row, manager in enumerate(managers) if manager == UNCLEAR and row not in leavers]
    named = {cell for row in lost for cell in _cells(body, row) if not _no_manager(cell)}
    if lost and not heads and SEVERAL not in bosses:
        if len(lost) == 1:
            managers[lost[0]] = NOBODY
            findings.note(f"The manager of {body.where(lost)} is not in the {file}, and nobody else heads the line.")
            return None
        if len(named) == 1:
            for row in lost:
                managers[row] = len(body.rows)
            findings.note(
                f"{count(len(lost), 'person')} in the {file} name the same manager, who has no row there: "
                "that manager was added, and heads the line."
            )
            return named.pop()
    for row, manager in enumerate(managers):
        if row in leavers:
            managers[row] = max(manager, NOBODY)
        elif manager == UNCLEAR:
            findings.wrong(file, "manager_id is nobody's id", body.places[row])
        elif manager == SEVERAL:
            what = "manager_id could mean more than one person; give the manager's id"
            findings.wrong(file, what, body.places[row])
            managers[row] = UNCLEAR
    return None


def _cells(body: Body, row: int) -> list[str]:
    return [body.cells(column)[row] for column in body.chosen["manager_id"][:1]]


def _settled(managers: Sequence[int], gone: set[int], kept: Sequence[int], findings: Findings) -> list[int]:
    """The manager of everyone who is kept, as a person; past those who are left out, the next one up."""
    found, moved = [], 0
    for row, manager in enumerate(managers):
        if row in gone:
            continue
        seen: set[int] = set()
        moved += manager in gone
        while manager in gone and manager not in seen:
            seen.add(manager)
            manager = managers[manager]
        found.append(NOBODY if manager in gone else manager if manager < 0 else kept[manager])
    if moved:
        findings.note(
            f"{count(moved, 'person')} reported to somebody who is left out: read as reporting to the next one up."
        )
    return found


def _dotted(body: Body, directory: Directory, findings: Findings) -> Iterator[tuple[int, int]]:
    """Who has which other manager beside the one in the line, rows each."""
    lost = 0
    for column in body.chosen.get("dotted_line", []):
        cells = body.cells(column)
        look = _columns(directory, [cell for cell in cells if not _no_manager(cell)], ())
        for row, cell in enumerate(cells):
            if not _no_manager(cell):
                person = directory.find(cell, look)
                lost += person < 0
                if person >= 0 and person != row:
                    yield row, person
    if lost:
        findings.note(
            f"{count(lost, 'dotted-line manager')} in the {body.table.file} {one(lost)} not found there, and left out."
        )
