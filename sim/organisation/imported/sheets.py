"""Tables with their columns understood: where the header stands, what each column is, which rows are no data."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sim.organisation.imported.columns import IGNORE, LINKS, PEOPLE, SURVEYED, Vocabulary, key, meaning_of, place_of
from sim.organisation.imported.files import READ, Table
from sim.organisation.imported.networks import NotReadable
from sim.organisation.imported.problems import Findings, listed, nearest

_NEAR_THE_TOP = 30
"""In how many rows the header is looked for."""

_KEYS = ("id", "email", "name", "last_name")


class Sheet:
    """Text by column, each row with what messages call it; the columns are the reader's own."""

    def __init__(
        self, file: str, columns: Sequence[str], findings: Findings, heads: Mapping[str, str] | None = None
    ) -> None:
        self.file, self.findings, self._heads = file, findings, heads or {}
        self.places: list[str] = []
        self._cells: dict[str, list[str]] = {name: [] for name in columns}

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, column: str) -> list[str]:
        return self._cells[column]

    def add(self, place: str, row: Mapping[str, str]) -> None:
        """Add a row; what it does not give is empty."""
        self.places.append(place)
        for name, cells in self._cells.items():
            cells.append(row.get(name, ""))

    def where(self, rows: Sequence[int]) -> str:
        """Some rows in words, the first ten at the most."""
        return listed([self.places[row] for row in rows])

    def called(self, column: str) -> str:
        """What messages call a column: by its meaning here, with what the file calls it."""
        return self._heads.get(column, column)

    def wrong(self, what: str, row: int | None = None, sort: str = "") -> None:
        """Note a mistake in a row, or in the whole file; see ``Findings.wrong``."""
        self.findings.wrong(self.file, what, "" if row is None else self.places[row], sort)


@dataclass
class Body:
    """A table whose columns are understood: the rows below its header, tidied, and the columns of each meaning.

    kind: people, links or survey. matrix: the rows are people too, and each cell is a tie. heads: what messages call
    the columns, by their names where those cannot be anybody's.
    """

    table: Table
    kind: str
    names: list[str]
    chosen: dict[str, list[int]]
    top: str = ""
    rows: list[list[str]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    matrix: bool = False
    heads: list[str] = field(default_factory=list)

    def cells(self, column: int) -> list[str]:
        """The cells of a column."""
        return [row[column] if column < len(row) else "" for row in self.rows]

    def first(self, meaning: str) -> list[str]:
        """The cells of the likeliest column of a meaning, all empty where there is none."""
        columns = self.chosen.get(meaning)
        return self.cells(columns[0]) if columns else [""] * len(self.rows)

    def called(self, meaning: str, column: int | None = None) -> str:
        """A meaning with what the file calls its column: ``manager_id (column 'Reports To')``."""
        column = next(iter(self.chosen.get(meaning, [])), None) if column is None else column
        if column is None or column >= len(self.heads) or key(self.heads[column]) == key(meaning):
            return meaning
        return f"{meaning} ({self.column(column)})"

    def column(self, column: int) -> str:
        """What messages call a column: ``column 'Reports To'``, or by its place."""
        head = self.heads[column] if column < len(self.heads) else place_of(column)
        return head if head == place_of(column) else f"column {head!r}"

    def drop(self, gone: Iterable[int]) -> None:
        """Leave some rows out."""
        left_out = set(gone)
        self.rows = [cells for row, cells in enumerate(self.rows) if row not in left_out]
        self.places = [place for row, place in enumerate(self.places) if row not in left_out]

    def where(self, rows: Sequence[int]) -> str:
        """Some rows in words."""
        return listed([self.places[row] for row in rows])


def tidy(cell: str) -> str:
    """A cell without blanks around it, odd blanks in it, or what a spreadsheet puts before text."""
    if not cell.isascii():
        cell = "".join(letter for letter in cell if unicodedata.category(letter) != "Cf")
        cell = cell.replace("\u00a0", " ").replace("\u202f", " ")
    cell = cell.strip()
    return cell[1:].strip() if cell.startswith("'") and not cell.endswith("'") else cell


def number(text: str) -> float | None:
    """The finite number that a cell gives, if it does; see ``pointed`` for commas in it."""
    try:
        value = float(text)
    except ValueError:
        if not _DECIMAL.fullmatch(text) or _THOUSANDS.fullmatch(text):
            return None
        value = float(text.replace(",", "."))
    return value if math.isfinite(value) else None


_DECIMAL, _THOUSANDS = re.compile(r"[+-]?\d*,\d+"), re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")


def pointed(cells: Sequence[str]) -> list[str]:
    """The cells of a column with points for decimals: what 1,234 means is told by the others, or stays as it is."""
    if any(_DECIMAL.fullmatch(cell) and not _THOUSANDS.fullmatch(cell) for cell in cells):
        return [cell.replace(",", ".") if _DECIMAL.fullmatch(cell) else cell for cell in cells]
    if any(_THOUSANDS.fullmatch(cell) and (cell.count(",") > 1 or "." in cell) for cell in cells):
        return [cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell for cell in cells]
    return list(cells)


NOTHING = {
    "", "-", "--", "---", "–", "—", ".", "n/a", "na", "#n/a", "n.a.", "n.a", "nan", "null", "none", "nil", "(none)",
    "(blank)", "\\n", "<na>", "<null>", "not applicable", "unknown", "undefined", "#ref!", "#value!",
}  # fmt: skip
"""Ways of systems to write that there is nothing."""


def nothing(cell: str) -> bool:
    """Whether a cell says that there is nothing."""
    return cell.casefold() in NOTHING


# -- What a table is --------------------------------------------------------------------------------------


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
        known = vocabulary.links(whole) if links else vocabulary.people(whole)
        both.append(whole if known is not None else name)
    return both


def _once(body: Body) -> None:
    """Refuse a header that names a column twice; the column is called by what it means."""
    twice = [
        meaning
        for meaning, columns in body.chosen.items()
        if meaning in {**PEOPLE, **LINKS} and len({key(body.names[c]) for c in columns}) < len(columns)
    ]
    if twice:
        raise NotReadable(*(f"{_row(body)} names the column {meaning!r} twice" for meaning in twice))


def _row(body: Body) -> str:
    return "the first row" if body.top in ("", "row 1") else body.top


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
    return [f"{lacks} 'id' {others}; or say which is which: {_HOW}. {READ}"]


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


YES = {"yes", "y", "true", "x", "✓", "t"}
"""What stands for a tie, beside 1."""


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


# -- Its rows ---------------------------------------------------------------------------------------------

_FOOTER = re.compile(
    r"(?i)\b(total|totals|headcount|count|records?|rows?|generated|printed|exported|confidential|page|end of|report|"
    r"as of|as at|source|note|sum|copyright)\b|©|^\d+ (staff|people|employees|posts|heads|members)\b"
)
_TYPES = {
    "string", "text", "number", "int", "integer", "float", "double", "decimal", "date", "datetime", "boolean", "bool",
    "varchar", "char", "numeric", "response", "open-ended response", "required", "optional", "mandatory",
}  # fmt: skip


def _fill(body: Body, header: int) -> None:
    """The rows below the header, without blank ones; the rest is for ``sifted`` to judge."""
    for place, cells in zip(body.table.places[header + 1 :], body.table.rows[header + 1 :], strict=True):
        row = [tidy(cell) for cell in cells]
        if any(row):
            body.rows.append(row)
            body.places.append(place)


def sifted(body: Body, vocabulary: Vocabulary, findings: Findings) -> None:
    """Leave out what is no row of data: comments, a header that comes again, a second one, a report's last lines."""
    if body.table.header is not None or body.matrix or not body.top:
        return
    file, width = body.table.file, len(body.names)
    names = [key(name) for name in body.names]
    marked = [row for row, cells in enumerate(body.rows) if cells[0].startswith(("#", "//", "%"))]
    few = 2 * len(marked) < len(body.rows)  # else ids begin so
    comments = [row for row in marked if few or (width > 1 and not any(body.rows[row][1:]))]
    again = [
        row
        for row, cells in enumerate(body.rows)
        if key(cells[0]) == names[0] and [key(cell) for cell in cells[: len(names)]] == names
    ]
    second = [row for row in range(min(2, len(body.rows))) if _explains(body, row, vocabulary)]
    last = _last_lines(body)
    between = [row for row, cells in enumerate(body.rows) if width > 2 and row not in last and _heads_rows(cells)]
    said = (
        (comments, "comment"),
        (again, "header that comes again"),
        ([row for row in second if row not in again], "second row of headings"),
        ([row for row in between if row not in comments], "heading between the rows"),
        ([row for row in last if row not in comments], "line at the end that is no person"),
    )
    for rows, what in said:
        if rows:
            findings.note(f"Left out of the {file}, as a {what}: {body.where(rows)}.")
    gone = {*comments, *again, *second, *between, *last}
    for row, cells in enumerate(body.rows):
        if any(cells[width:]) and row not in gone:
            findings.wrong(file, f"has more cells than {_row(body)}", body.places[row])
    body.drop(gone)


def _explains(body: Body, row: int, vocabulary: Vocabulary) -> bool:
    """Whether one of the first rows says more of the columns: their names or types, or a survey's questions."""
    cells = [(column, cell) for column, cell in enumerate(body.rows[row]) if cell and column < len(body.names)]
    if len(cells) < 2:
        return False
    if any('"ImportId"' in cell for cells in body.rows[row:2] for cell in cells) or all(
        cell.casefold() in _TYPES for _, cell in cells
    ):
        return True
    known = vocabulary.links if body.kind == "links" else vocabulary.people
    same = [known(cell) for column, cell in cells]
    meant = [known(body.names[column]) for column, _ in cells]
    alike = [a for a, b in zip(same, meant, strict=True) if a is not None and b is not None and a[0] == b[0]]
    if 2 * len(alike) > len(cells):
        return True
    counted = [column for name in (*SURVEYED, "level", "weight") for column in body.chosen.get(name, [])[:1]]
    texts = [column for column, _ in cells if column in counted]
    below = [cells for at, cells in enumerate(body.rows) if at > max(row, 1)]
    figures = [cells[c] for cells in below for c in texts if c < len(cells) and not nothing(cells[c])]
    said = [body.rows[row][column] for column in texts]
    return len(figures) > 2 and all(map(_counts, figures)) and bool(said) and not any(map(_counts, said))


def _counts(text: str) -> bool:
    return leading(text) is not None


def leading(text: str) -> float | None:
    """The number that an answer begins with: 4 in ``4 - agree``."""
    match = re.match(r"([+-]?\d+(?:[.,]\d+)?)\s*(?:$|[-–=:.)(])", text)
    return number(text) if match is None else number(match[1])


def _heads_rows(cells: Sequence[str]) -> bool:
    """Whether a row holds a heading alone, ``Department: Finance`` or ``Page 1 of 2``."""
    said = list(filter(None, cells))
    return len(said) == 1 and re.search(r"\w: ?\w|^(?i:page) \d", said[0]) is not None and " " in said[0]


def _last_lines(body: Body) -> list[int]:
    """The last rows that hold a line of words alone, such as a total, which no id of the file is like."""
    last: list[int] = []
    for row in reversed(range(len(body.rows))):
        first, *others = [cell for cell in body.rows[row] if cell]
        total = len(others) == 1 and number(others[0]) is not None and _FOOTER.search(first)
        if len(body.names) < 2 or (others and not total):
            break
        last.append(row)
    worded = any(" " in cells[0] for row, cells in enumerate(body.rows) if row not in last)

    def words(text: str) -> bool:
        report = _FOOTER.search(text) is not None and (" " in text or ":" in text or text.isalpha())
        return report or (text.count(" ") > 1 and not worded)

    return sorted(row for row in last if words(next(filter(None, body.rows[row]))))


_ADDRESS = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "sir", "dame", "lord", "lady", "cllr"}


def without_forms_of_address(body: Body) -> None:
    """A column Title that holds Mr, Mrs and Dr is no job title."""
    if "title" in body.chosen:
        body.chosen["title"] = [
            column
            for column in body.chosen["title"]
            if not all(nothing(cell) or cell.casefold().strip(".") in _ADDRESS for cell in body.cells(column))
        ]


def meanings_of(own: Mapping[str, str], layers: Iterable[str], findings: Findings) -> Vocabulary:
    """The vocabulary with one's own names for columns; a mistake where one of them has no such meaning."""
    known = [*PEOPLE, *LINKS, *layers, IGNORE]
    meant = {column: meaning if meaning in known else meaning_of(meaning) for column, meaning in own.items()}
    for place, (column, meaning) in enumerate(own.items(), start=1):
        if meant[column] not in known:
            findings.wrong(f"[organisation.columns] entry {place}", nearest("meaning", meaning, known))
    return Vocabulary(meant)


def heads(body: Body, vocabulary: Vocabulary, words: set[str]) -> list[str]:
    """What messages call the columns: by their names, where those are usual ones or hold no word of the cells."""
    return [
        name if name and vocabulary.usual(name) else called(name, column, words)
        for column, name in enumerate(body.names)
    ]


def called(name: str, column: int, words: set[str]) -> str:
    """A column's name, or its place where the name could be somebody's."""
    parts = set(re.findall(r"\w{2,}", name.casefold()))
    safe = name and "@" not in name and len(name) <= 60 and not parts & words
    return name if safe else place_of(column)


def words_of(bodies: Iterable[Body]) -> set[str]:
    """Every word of the cells, in small letters: what no message repeats."""
    return {
        word
        for body in bodies
        for cells in [*body.rows, *([body.names] if body.matrix else [])]
        for cell in cells
        if cell
        for word in re.findall(r"\w{2,}", cell.casefold())
    }
