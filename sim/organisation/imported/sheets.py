"""Tables whose columns are understood: their cells, which of their rows are no data, what messages call columns."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sim.organisation.imported.columns import IGNORE, LINKS, PEOPLE, SURVEYED, Vocabulary, key, meaning_of, place_of
from sim.organisation.imported.files import Table
from sim.organisation.imported.problems import Findings, listed, nearest


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

    def sheet(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """A sheet for what is read of it, still empty."""
        return Sheet(self.table.file, columns, findings, {name: self.called(name) for name in columns})

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


YES, NO = {"yes", "y", "true", "t", "x", "✓", "1"}, {"no", "n", "false", "f", "0"}
"""Ways to say that something is so, that there is a tie say, or that it is not."""


# -- Its rows ---------------------------------------------------------------------------------------------


def top_of(body: Body) -> str:
    """What messages call the row that names the columns."""
    return "the first row" if body.top in ("", "row 1") else body.top


FOOTER = re.compile(
    r"(?i)\b(total|totals|headcount|count|records?|rows?|generated|printed|exported|confidential|page|end of|report|"
    r"as of|as at|source|note|sum|copyright)\b|©|^\d+ (staff|people|employees|posts|heads|members)\b"
)
TYPES = {
    "string", "text", "number", "int", "integer", "float", "double", "decimal", "date", "datetime", "boolean", "bool",
    "varchar", "char", "numeric", "response", "open-ended response", "required", "optional", "mandatory",
}  # fmt: skip


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
            findings.wrong(file, f"has more cells than {top_of(body)}", body.places[row])
    body.drop(gone)


def _explains(body: Body, row: int, vocabulary: Vocabulary) -> bool:
    """Whether one of the first rows says more of the columns: their names or types, or a survey's questions."""
    width = len(body.names)
    cells = [(column, cell) for column, cell in enumerate(body.rows[row]) if not nothing(cell) and column < width]
    if len(cells) < 2:
        return False
    if any('"ImportId"' in cell for cells in body.rows[row:2] for cell in cells) or all(
        cell.casefold() in TYPES for _, cell in cells
    ):
        return True
    links = body.kind == "links"
    meant = [(vocabulary.meaning(cell, links), vocabulary.meaning(body.names[column], links)) for column, cell in cells]
    if 2 * sum(one is not None and other is not None and one[0] == other[0] for one, other in meant) > len(cells):
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


TOTAL = re.compile(r"(?i)(?:(?:grand|sub)[ -]?)?totals?|sum|headcount")
"""What begins a last line of several numbers that is no person."""


def _last_lines(body: Body) -> list[int]:
    """The last rows that hold a line of words alone, such as a total, which no id of the file is like."""
    last: list[int] = []
    for row in reversed(range(len(body.rows))):
        first, *others = [cell for cell in body.rows[row] if cell]
        counts = bool(others) and all(number(cell) is not None for cell in others)
        total = counts and (FOOTER.search(first) if len(others) == 1 else TOTAL.fullmatch(first))
        if len(body.names) < 2 or (others and not total):
            break
        last.append(row)
    worded = any(" " in cells[0] for row, cells in enumerate(body.rows) if row not in last)

    def words(text: str) -> bool:
        report = FOOTER.search(text) is not None and (" " in text or ":" in text or text.isalpha())
        return report or TOTAL.fullmatch(text) is not None or (text.count(" ") > 1 and not worded)

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
