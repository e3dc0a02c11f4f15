"""Everyone in a table of people who is in post: what tells them apart, and whom their manager's cell means."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sim.organisation.imported.columns import SURVEYED, key, place_of
from sim.organisation.imported.networks import NODE
from sim.organisation.imported.posts import leavers_of, tell_of, tell_twice, vacancies
from sim.organisation.imported.problems import Findings, count, one
from sim.organisation.imported.references import ACCEPTED, NO_NAMES, SEVERAL, Directory, is_like_a_name
from sim.organisation.imported.sheets import Body, Sheet, nothing, pointed

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
    else is named as a manager. kept: the person of each row of the file, or LEFT_OUT.
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

    def respondents(self, body: Body, findings: Findings) -> list[int]:
        """The person of each row of a survey, by whichever of its columns names the most people: that alone is read.

        Where two columns name different people, an address is surer than a name, and a name than an id, which may be
        the number of the answer.
        """
        keys = keys_of(body)
        if {key(name) for name in body.names} & {"starttime", "completiontime"}:  # of a form that numbers its answers
            numbers = next((str(at) for at in body.chosen.get("id", []) if key(body.names[at]) == "id"), "")
            keys = {column: cells for column, cells in keys.items() if column != numbers}
        found = {column: self._named(cells) for column, cells in keys.items()}
        best = max(found, key=lambda column: sum(person != NOBODY for person in found[column]), default="")
        differ = {column: _differ(people, found[best]) for column, people in found.items()}
        rivals = [column for column in found if differ[column]]
        if rivals:
            surest = min([best, *rivals], key=lambda column: _sureness(body, column))
            other = best if surest != best else rivals[0]
            rows = _differ(found[other], found[surest])
            findings.note(
                f"In {count(len(rows), 'row')} of the {body.table.file} {_told(other)} and {_told(surest)} "
                f"are not of the same person: {_told(surest)} was read ({body.where(rows)})."
            )
            best = surest
        for meaning in KEYS if best.isdecimal() else ():
            body.chosen[meaning] = [column for column in body.chosen.get(meaning, []) if str(column) == best]
        return self._named(keys.get(best, [""] * len(body.rows)), note=True)

    def _named(self, cells: Sequence[str], note: bool = False) -> list[int]:
        """The person whom each cell of a column names."""
        find = self.finder(cells, note=note)
        return [find(cell) if cell else NOBODY for cell in cells]

    def tell_repairs(self, what: str, file: str, findings: Findings) -> None:
        """Say how many were found by something that is not just as it stands there."""
        for form, number in self.directory.repaired.items():
            findings.note(f"{count(number, what)} in the {file} {one(number)} found {form}.")
        self.directory.repaired.clear()


def _differ(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """The rows in which two columns name different people."""
    return [row for row, (a, b) in enumerate(zip(one, other, strict=True)) if min(a, b) >= 0 and a != b]


def _sureness(body: Body, column: str) -> int:
    email = column.isdecimal() and int(column) in body.chosen.get("email", [])
    return 0 if email else 2 if _is_id(body, column) else 1


def _told(column: str) -> str:
    return place_of(int(column)) if column.isdecimal() else column


def roster(body: Body, findings: Findings) -> Roster:
    """Everyone in a table of people; a manager who has no row gets one where they alone can head the line."""
    file, columns = body.table.file, body.chosen.get("manager_id", [])
    keys = keys_of(body)
    named = {column for column in keys if not _is_id(body, column)}
    directory = Directory(keys, named)
    extra = _another_key(body, directory, columns)
    if extra is not None:
        keys[extra] = body.cells(int(extra))
        directory = Directory(keys, named)
    leavers, vacant = leavers_of(body), vacancies(body)
    line = _managers(body, directory, columns)
    if columns and _added(body, line, directory, leavers, findings):
        return roster(body, findings)
    if columns:
        _refuse(body, line, directory, leavers, findings)
    managers, bosses = line.managers, set(line.managers)
    top = {row for row in leavers & bosses if managers[row] in (NOBODY, row)}  # a director who has left
    leavers -= top
    vacant |= top
    gone = leavers | {row for row in vacant if row not in bosses}
    tell_of(body, leavers, vacant, gone, findings)

    tell_twice(body, gone, findings)
    ids, sheet = _ids(body, keys), body.sheet(PEOPLE_COLUMNS, findings)
    told = [*body.chosen.get("role", [])[:1], *body.chosen.get("title", [])]
    called = [["" if nothing(cell) else cell for cell in body.cells(column)] for column in told]
    known = {name: body.first(name) for name in ("level", "team")} | {n: pointed(body.first(n)) for n in SURVEYED}
    kept, titles = [], []
    for row, place in enumerate(body.places):
        kept.append(LEFT_OUT if row in gone else len(sheet))
        if row not in gone:
            cells = {name: "" if nothing(column[row]) else column[row] for name, column in known.items()}
            sheet.add(place, cells | {"id": ids[row]})
            titles.append([cells[row] for cells in called])
    settled = _settled(managers, gone, kept, findings)
    pairs = list(_dotted(body, directory, findings))
    everyone = Roster(
        sheet, titles, bool(body.chosen.get("role")), settled if columns else None,
        [(kept[row], kept[other]) for row, other in pairs if kept[row] >= 0 and kept[other] >= 0],
        directory, kept, str(body.names.index(NODE)) if NODE in body.names else "", line.by,
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
    """A column of another name in which every manager stands just so, where none of the usual ones has them all so."""
    named = {cell for column in managers[:1] for cell in body.cells(column) if not _no_manager(cell)}
    known = {int(column) for column in directory.columns if column.isdecimal()}
    if not named or any(all(directory.holds(column, cell) for cell in named) for column in directory.columns):
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


# -- Who manages them -------------------------------------------------------------------------------------

NO_MANAGER = {
    "0", "x", "xx", "xxx", "nomanager", "nosupervisor", "nolinemanager", "top", "root", "notassigned", "unassigned",
    "self",
}  # fmt: skip
"""Ways of systems to write that somebody has no manager, where it is nobody's id."""


def _no_manager(cell: str) -> bool:
    return nothing(cell) or cell == "-1" or key(cell) in NO_MANAGER


class _Line(NamedTuple):
    """The row of each row's manager, or NOBODY, UNCLEAR or SEVERAL.

    cells: the column that says most of it. by: that column and the column of keys that it names managers by, "" for
    none. two: how many have another manager by another column. half: the rows in which another column, which elsewhere
    names people, names nobody.
    """

    managers: list[int]
    cells: list[str]
    by: tuple[str, str]
    two: int
    half: list[int]


def _managers(body: Body, directory: Directory, columns: Sequence[int]) -> _Line:
    """Who manages whom, by the columns of managers, that which names most of them first."""
    ways = []
    for column in columns:
        cells = body.cells(column)
        given = [cell for cell in cells if not _no_manager(cell)]
        alike = [each for each in directory.columns if _ends_like(body, column, each)]
        look = _columns(directory, given, alike)
        hits = directory.covers(look[0], given) if look else 0
        ways.append((hits < len(given), -hits, column, cells, look))
    ways.sort(key=lambda way: way[:2])
    managers, two, half = [NOBODY] * len(body.rows), 0, set[int]()
    for row in range(len(body.rows)):
        for _, hits, _, cells, look in ways:
            sure = not _no_manager(cells[row]) or any(directory.holds(each, cells[row]) for each in look)
            person = directory.find(cells[row], look, managers[row] < 0) if sure else NOBODY
            if person >= 0 and managers[row] >= 0:
                two += person != managers[row]
            elif person >= 0:
                managers[row] = person
            elif not _no_manager(cells[row]) and managers[row] in (NOBODY, UNCLEAR):
                managers[row] = SEVERAL if person == SEVERAL else UNCLEAR
            half |= {row} if person == -1 and hits and not _no_manager(cells[row]) else set()
    settled = sorted(row for row in half if managers[row] >= 0)
    if not ways:
        return _Line(managers, [], ("", ""), two, settled)
    _, hits, column, cells, look = ways[0]
    return _Line(managers, cells, (str(column), look[0]) if hits else ("", ""), two, settled)


def _ends_like(body: Body, column: int, key_column: str) -> bool:
    """Whether a column is called as a column of keys is at its end: Manager Position ID, Position ID."""
    name = key(body.names[int(key_column)]) if key_column.isdecimal() else ""
    return name not in ("", "id") and key(body.names[column]).endswith(name)


def _added(body: Body, line: _Line, directory: Directory, leavers: set[int], findings: Findings) -> bool:
    """Whether managers who are nobody here were settled: where nobody else heads the line, one of them may.

    Either one person's manager is not in the file, so they head the line; or several name the same one, who does,
    and is added to the table.
    """
    managers, file, bosses = line.managers, body.table.file, set(line.managers)
    lost = [row for row, manager in enumerate(managers) if manager == UNCLEAR and row not in leavers]
    if not lost or SEVERAL in bosses or any(managers[row] in (NOBODY, row) for row in bosses if row >= 0):
        return False
    if len(lost) == 1:
        managers[lost[0]] = NOBODY
        findings.note(f"The manager of {body.where(lost)} is not in the {file}, and nobody else heads the line.")
        return False
    named = {line.cells[row] for row in lost}
    has_row = any(directory.holds(column, cell) for column in directory.columns for cell in named)
    if len(named) > 1 or has_row or any(map(_no_manager, named)):
        return False
    findings.note(
        f"{count(len(lost), 'person')} in the {file} name the same manager, who has no row there: "
        "that manager was added, and heads the line. If it is somebody in the file, write them as they stand there."
    )
    by = next(column for meaning in KEYS for column in body.chosen.get(meaning, []))
    column = int(line.by[1]) if line.by[1].isdecimal() else by
    body.rows.append([named.pop() if at == column else "" for at in range(len(body.names))])
    body.places.append("the manager who has no row")
    return True


def _refuse(body: Body, line: _Line, directory: Directory, leavers: set[int], findings: Findings) -> None:
    """Note the managers who are nobody here, or could be several; and that two columns do not agree."""
    file, managers = body.table.file, line.managers
    column = body.called("manager_id", int(line.by[0]) if line.by[0] else None)
    for row, manager in enumerate(managers):
        if row in leavers:
            managers[row] = max(manager, NOBODY)
        elif manager == UNCLEAR:
            findings.wrong(
                file, f"{column} is nobody's id{ACCEPTED}, or empty for the person at the top", body.places[row]
            )
        elif manager == SEVERAL:
            what = f"{column} could mean more than one person; give the manager's id, or both: Name (id)"
            if directory.in_two_minds(line.cells[row], directory.columns):
                what = f"{column} names one person and has the number of another; correct one, or give the id alone"
            findings.wrong(file, what, body.places[row])
            managers[row] = UNCLEAR
    unclear = [row for row, manager in enumerate(managers) if manager == UNCLEAR]
    columns = [body.cells(column) for column in body.chosen.get("manager_id", [])]
    if unclear and any(is_like_a_name(cell) for cells in columns for cell in cells) and not directory.knows_names:
        findings.note(NO_NAMES.format(file=file))
    odd = [
        row
        for row, manager in enumerate(managers)
        if manager >= 0 and row not in leavers
        and any(directory.contradicts(cells[row], manager) for cells in columns)
    ]  # fmt: skip
    if odd:
        findings.note(
            f"{count(len(odd), 'manager')} in the {file} {one(len(odd), 'has', 'have')} a number, and words beside it "
            f"that are not the name of whoever has that number: the number was taken ({body.where(odd)})."
        )
    half = [row for row in line.half if row not in leavers and row not in odd]
    if half:
        findings.note(
            f"{count(len(half), 'manager')} in the {file} {one(len(half), 'is', 'are')} somebody by one column and "
            f"nobody by another: the one who was found was taken ({body.where(half)})."
        )
    if line.two:
        has = f"{count(line.two, 'person')} in the {file} {one(line.two, 'has', 'have')} two managers by two columns"
        findings.note(f"{has}: the likelier column was read.")


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
