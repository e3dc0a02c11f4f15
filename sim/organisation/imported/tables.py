"""What a table is: where its header stands and what each column is, or a matrix, or a list without a header."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from sim.organisation.imported.columns import LINKS, PEOPLE, Vocabulary, key, place_of
from sim.organisation.imported.files import READ, Table
from sim.organisation.imported.networks import NotReadable
from sim.organisation.imported.problems import listed
from sim.organisation.imported.sheets import YES, Body, called, nothing, number, tidy, top_of

_NEAR_THE_TOP = 30
"""In how many rows the header is looked for."""

_KEYS = ("id", "email", "name", "last_name")


def understood(table: Table, wanted: str | None, vocabulary: Vocabulary) -> Body:
    """A table with its columns understood; ``wanted``: what it has to be. Raises NotReadable, in words."""
    if table.header is not None:
        kind = "links" if table.part == "edges" else "people"
        body = Body(table, kind, table.header, vocabulary.chosen(table.header, kind == "links"))
        _fill(body, -1)
        return body
    matrix = None if wanted == "survey" else _matrix(table)
    if matrix is not None:
        return matrix
    tops = table.rows[:_NEAR_THE_TOP]
    people = None if wanted == "links" else _header(tops, vocabulary, False)
    links = None if wanted in ("people", "survey") else _header(tops, vocabulary, True)
    if links is not None and people is not None and "manager_id" not in vocabulary.chosen(people[1]):
        people = None
    found = people or links
    if found is None and any(len(row) > 1 and all(map(_LEVEL.fullmatch, row)) for row in tops):
        raise NotReadable(
            "has a column for each level; a row for each person is needed, with a column of their manager"
        )
    if found is None:
        bare = None if wanted == "links" else _placed(table, vocabulary)
        bare = bare if bare or wanted in ("people", "survey") else _bare(table, vocabulary, wanted)
        if bare is None:
            raise NotReadable(*_why_not(table, wanted, vocabulary))
        return bare
    row, names = found
    chosen = vocabulary.chosen(names, people is None)
    kind = "links" if people is None else "survey" if wanted == "survey" else "people"
    body = Body(table, kind, names, chosen, table.places[row])
    _once(body)
    _fill(body, row)
    return body


_LEVEL = re.compile(r"(?i)\s*(level|tier|layer|l)[ _-]?\d+\s*")


def _header(rows: Sequence[Sequence[str]], vocabulary: Vocabulary, links: bool) -> tuple[int, list[str]] | None:
    """The row of the header, or its lower one of two, and its names: whichever row names the most columns."""
    best: tuple[int, int, list[str]] | None = None
    for row, cells in enumerate(rows):
        names = [tidy(cell) for cell in cells]
        for each in (names, _two_rows(rows, row, names, vocabulary, links)):
            chosen, named = vocabulary.chosen(each, links), vocabulary.chosen(each, links, placed=False)
            needed = {"source", "target"} <= chosen.keys() if links else any(meaning in chosen for meaning in _KEYS)
            score = len({key(each[column]) for columns in named.values() for column in columns})
            if needed and score and (best is None or score > best[0]):
                best = score, row, each
    return None if best is None else best[1:]


def _two_rows(
    rows: Sequence[Sequence[str]], row: int, names: list[str], vocabulary: Vocabulary, links: bool
) -> list[str]:
    """The names of two rows, ``Manager`` over ``ID``, where the lower one alone names a column twice."""
    keys = [key(name) for name in names if name]
    if row == 0 or len(set(keys)) == len(keys):
        return names
    above, group = [tidy(cell) for cell in rows[row - 1]], ""
    both = []
    for column, name in enumerate(names):
        group = (above[column] if column < len(above) else "") or group
        whole = f"{group} {name}".strip()
        both.append(name if vocabulary.meaning(whole, links) is None else whole)
    return both


def _once(body: Body) -> None:
    """Refuse a header that names a column twice; the column is called by what it means."""
    twice = [
        meaning
        for meaning, columns in body.chosen.items()
        if meaning in {**PEOPLE, **LINKS} and len({key(body.names[c]) for c in columns}) < len(columns)
    ]
    if twice:
        raise NotReadable(*(f"{top_of(body)} names the column {meaning!r} twice" for meaning in twice))


def _why_not(table: Table, wanted: str | None, vocabulary: Vocabulary) -> list[str]:
    """Why a table has no header. The rows are not quoted: they may be somebody's."""
    lacks = "the first row must name the columns, and none of them is"
    if wanted == "links":
        tops = [vocabulary.chosen(row, links=True) for row in table.rows[:_NEAR_THE_TOP]]
        best = max(tops, key=len, default={})
        names = {"source": "such as From or Sender", "target": "such as To or Receiver"}
        missing = [f"{lacks} {end!r} or another name for it, {like}" for end, like in names.items() if end not in best]
        return [f"{text}; or say which it is: {_HOW}" for text in missing]
    others = "or another name for it, such as Employee ID, Worker ID, Email or Name"
    return [f"{lacks} 'id' {others}; or say which is which: {_HOW}{_meant(table, vocabulary)}. {READ}"]


def _meant(table: Table, vocabulary: Vocabulary) -> str:
    """The cell of the first row that one's own name for a column is nearly, where no other row has a word of it."""
    first, *others = [row for _, row in _rows(table)] or [[]]
    words = {word for row in others for cell in row for word in re.findall(r"\w{2,}", cell.casefold())}
    heads = {key(cell): cell for column, cell in enumerate(first) if called(cell, column, words) == cell}
    near = [heads[name] for own in vocabulary.own for name in get_close_matches(own, heads, n=1) if name != own]
    return f" (did you mean {near[0]!r}?)" if near else ""


_HOW = "--as COLUMN=MEANING, or a table [organisation.columns]"


def _matrix(table: Table) -> Body | None:
    """A matrix with labels: a row for some of those who have a column, and numbers; no number in its corner.

    Raises NotReadable for one whose cells are no numbers.
    """
    full = _rows(table)
    while full and sum(map(bool, full[0][1])) == 1:  # title lines
        full = full[1:]
    labels = full[0][1][1:] if full else []
    while labels and not labels[-1]:
        labels.pop()
    if len(labels) < 2 or len(full) < 2 or len(set(labels)) < len(labels) or number(full[0][1][0]) is not None:
        return None
    rows, places = [row[: len(labels) + 1] for _, row in full[1:]], [place for place, _ in full[1:]]
    named = [row[0] for row in rows]
    if named == [str(n) for n in range(1, len(labels) + 1)] and labels == [f"V{n}" for n in named]:
        labels = named  # as R calls the columns of a matrix without names
    if not set(named) <= set(labels):
        return None
    total = {key(label) for label in (labels[-1], named[-1])} == {"total"}
    labels, rows = (labels[:-1], [row[:-1] for row in rows[:-1]]) if total else (labels, rows)
    sure = not full[0][1][0] or len(labels) > 3  # no list of edges
    marks = YES if sure else ()
    words = [
        place
        for place, row in zip(places, rows, strict=False)
        if not all(nothing(cell) or number(cell) is not None or cell.casefold() in marks for cell in row[1:])
    ]
    if words and not sure:
        return None
    if words:
        what = "looks like a matrix of who is tied to whom, but its cells are not all numbers"
        raise NotReadable(f"{what} ({listed(words)}): a number for each tie is needed, 0 or nothing for none")
    body = Body(table, "links", [full[0][1][0], *labels], {}, full[0][0], rows, places[: len(rows)], matrix=True)
    if total:
        table.remarks.append("The totals of the matrix are not read.")
    return body


def _bare(table: Table, vocabulary: Vocabulary, wanted: str | None) -> Body | None:
    """A list of edges without a header: two ends, and perhaps a weight and a layer; or as one's own places say."""
    full = _rows(table)
    rows, places = [row for _, row in full], [place for place, _ in full]
    if len(full) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return None
    if {"source", "target"} & vocabulary.chosen(rows[0], links=True, placed=False).keys():
        return None  # a header that names one end alone
    chosen = vocabulary.chosen([""] * len(rows[0]), links=True)
    said = {"source", "target"} <= chosen.keys()
    chosen = chosen if said else {"source": [0], "target": [1]} | chosen
    ends = [[row[chosen[end][0]] for row in rows] for end in ("source", "target")]
    alike = wanted == "links" or not set(ends[0]).isdisjoint(ends[1])  # else it may be a list of anything
    if not all(map(all, ends)) or not (said or (len(rows[0]) < 5 and alike)):
        return None
    taken = {column for columns in chosen.values() for column in columns}
    kinds: dict[str, list[int]] = {"weight": [], "layer": []}
    for column in range(len(rows[0])):
        numbers = {number(row[column]) is not None for row in rows}
        if column not in taken and len(numbers) > 1 and not said:
            return None  # the first row names the columns, in words that are not known
        if column not in taken and len(numbers) == 1:
            kinds["weight" if numbers.pop() else "layer"].append(column)
    for meaning, columns in kinds.items():
        if meaning not in chosen and len(columns) > 1 and not said:
            raise NotReadable(
                f"no row names its columns, and {len(columns)} of them could be the {meaning}: say which, "
                f"--as '{place_of(columns[0])}={meaning}'"
            )
        if meaning not in chosen and len(columns) == 1:
            chosen[meaning] = columns
    return Body(table, "links", [""] * len(rows[0]), chosen, "", rows, places)


def _placed(table: Table, vocabulary: Vocabulary) -> Body | None:
    """A table of people whose columns one's own places say; the first row is of a person where others name it."""
    full = _rows(table)
    width = max((len(row) for _, row in full), default=0)
    chosen = vocabulary.chosen([""] * width)
    if not any(meaning in chosen for meaning in _KEYS):
        return None
    first = {full[0][1][column] for meaning in _KEYS for column in chosen.get(meaning, []) if column < len(full[0][1])}
    body = Body(table, "people", [""] * width, chosen, "", [row for _, row in full], [place for place, _ in full])
    if not any(cell in first for column in chosen.get("manager_id", []) for cell in body.cells(column) if cell):
        body.names, body.top = full[0][1] + [""] * (width - len(full[0][1])), body.places[0]
        body.drop([0])
    return body


def _rows(table: Table) -> list[tuple[str, list[str]]]:
    """The rows that hold anything and are no comment, each with what it is called."""
    rows = [(place, [tidy(cell) for cell in row]) for place, row in zip(table.places, table.rows, strict=True)]
    return [(place, row) for place, row in rows if any(row) and not row[0].startswith(("#", "%"))]


def _fill(body: Body, header: int) -> None:
    """The rows below the header, without blank ones; the rest is for ``sifted`` to judge."""
    for place, cells in zip(body.table.places[header + 1 :], body.table.rows[header + 1 :], strict=True):
        row = [tidy(cell) for cell in cells]
        if any(row):
            body.rows.append(row)
            body.places.append(place)
