"""Who is in post, by a table of people: leavers, posts that nobody holds, and people with several posts."""

import re
from collections import Counter

from sim.organisation.imported.columns import key, place_of
from sim.organisation.imported.networks import NODE
from sim.organisation.imported.problems import Findings, count, one
from sim.organisation.imported.sheets import NO, YES, Body, nothing

GONE = re.compile(
    r"(terminated|inactive|left|leaver|resigned|retired|deceased|dismissed|ex[- ]employee|former|ended|eliminated|"
    r"separated|withdrawn|closed|deleted|disabled|deactivated|departed|redundant|abolished|not active|no longer)\b.*"
)
_HERE = re.compile(
    r"(a|active|current|currently|employed|employee|permanent|temporary|fixed|full|part|probation|filled|occupied|on|"
    r"working|live|in|regular|1|yes|true)\b.*"
)
MARKED = re.compile(r"(?i)[(\[](terminated|inactive|left|leaver|deceased|former)\b[^)\]]*[)\]]$")
"""What systems put behind the name of somebody who has left."""
VACANT = re.compile(r"(vacant|vacancy|unfilled|open position|to be (filled|hired|recruited)|tbh|tbc|tba)\b.*")
NEVER = re.compile("9999|4712|2999")
"""Years of systems for those who have not left."""


def leavers_of(body: Body) -> set[int]:
    """The rows of people who have left: by any column of status, else by a date of leaving."""
    found: set[int] = set()
    for cells in _statuses(body):
        letters = ("t", "i", "l") if "a" in cells and all(len(cell) < 2 for cell in cells) else ()
        found |= {row for row, cell in enumerate(cells) if GONE.fullmatch(cell) or cell in letters}
    for meaning, words in (("active", (*NO, "inactive")), ("gone", (*YES, "leaver", "terminated", "inactive"))):
        found |= {row for row, cell in enumerate(body.first(meaning)) if cell.casefold() in words}
    for cells in map(body.cells, body.chosen.get("name", [])):
        found |= {row for row, cell in enumerate(cells) if cell.casefold() == "eliminated" or MARKED.search(cell)}
    return found if body.chosen.keys() & _SAYS else found | _dated(body)


def _statuses(body: Body) -> list[list[str]]:
    """The cells of each column of status, in small letters and without underscores."""
    return [[cell.casefold().replace("_", " ") for cell in body.cells(c)] for c in body.chosen.get("status", [])]


_SAYS = {"status", "active", "gone"}
"""Columns that say who is in post: a date of leaving does not overrule them, since it may be to come or long past."""


def _dated(body: Body) -> set[int]:
    """The rows with a date of leaving, past or to come: what day the file is of is not known."""
    return {row for row, cell in enumerate(body.first("left")) if re.search(r"[1-9]", cell) and not NEVER.search(cell)}


def vacancies(body: Body) -> set[int]:
    """The rows of posts that nobody holds."""
    names = [body.cells(column) for column in body.chosen.get("name", [])]
    told = [*names, *_statuses(body), body.first("last_name")]
    found = {row for cells in told for row, cell in enumerate(cells) if VACANT.fullmatch(cell.casefold())}
    found |= {row for row, cell in enumerate(body.first("vacant")) if cell.casefold() in (*YES, "vacant")}
    people = [body.cells(column) for column in _of_people(body)]
    if people and len(people) < sum(
        body.names[column] != NODE for column in body.chosen["id"]
    ):  # a list of posts: whoever holds one has an id
        found |= {row for row in range(len(body.rows)) if not any(cells[row] for cells in [*people, *names])}
    return found


def _of_people(body: Body) -> list[int]:
    """The columns of ids that are people's, not their posts'."""
    ids = [column for column in body.chosen.get("id", []) if body.names[column] != NODE]
    return [column for column in ids if not re.match("position|post|assignment", key(body.names[column]))]


def tell_twice(body: Body, gone: set[int], findings: Findings) -> None:
    """Say of people who stand in several rows, each with another post, that each row is a seat."""
    for column in _of_people(body) if len(body.chosen.get("id", [])) > 1 else ():
        cells = ["" if row in gone or nothing(cell) else cell for row, cell in enumerate(body.cells(column))]
        times = Counter(filter(None, cells))
        rows = [row for row, cell in enumerate(cells) if times[cell] > 1]
        if rows:
            findings.note(
                f"{count(len(rows), 'row')} of the {body.table.file} are of people who have another row, by "
                f"{place_of(column)} ({body.where(rows)}): each row is read as a seat of its own."
            )


def tell_of(body: Body, leavers: set[int], vacant: set[int], gone: set[int], findings: Findings) -> None:
    """Say who has left, which posts nobody holds, and whose status or date of leaving leaves a doubt."""
    file, away = body.table.file, leavers | vacant
    told = [cell for cells in _statuses(body)[:1] for row, cell in enumerate(cells) if row not in away]
    unsure = sum(1 for cell in told if not nothing(cell) and not _HERE.fullmatch(cell))
    if unsure:
        has = f"{count(unsure, 'person')} in the {file} {one(unsure, 'has', 'have')} a status that is not known"
        findings.note(f"{has}: taken as in post.")
    dated = sorted(_dated(body) - away)
    if dated:
        which = next(name for name in ("status", "active", "gone") if name in body.chosen)
        findings.note(
            f"{count(len(dated), 'person')} in the {file} {one(len(dated), 'has', 'have')} a date of leaving, and in "
            f"post by {which}: they stay ({body.where(dated)}). If the date is to decide, have that column not read: "
            "--as COLUMN=ignore."
        )
    if leavers:
        has = one(len(leavers), "has", "have")
        dates = "left" in body.chosen and not body.chosen.keys() & _SAYS
        by = " (by a date of leaving, past or to come)" if dates else ""
        findings.note(
            f"{count(len(leavers), 'person')} in the {file} {has} left{by}, and {one(len(leavers))} left out."
        )
    empty, stays = vacant - leavers, vacant - leavers - gone
    if empty:
        fate = f"{len(empty) - len(stays)} without reports left out"
        fate += f", {len(stays)} with reports read as seats that somebody will hold" if stays else ""
        findings.note(f"{count(len(empty), 'vacant post')} in the {file}: {fate}.")
