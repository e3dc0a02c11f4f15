"""Files as they come, as tables of text: spreadsheets, CSV in any common make, and the formats of network tools."""

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sim.base.files import with_sheet
from sim.organisation.imported.networks import NODE, Network, NotReadable, network, tabled, with_names
from sim.organisation.imported.problems import count, one


@dataclass
class Table:
    """Rows of cells, and what messages call the file and each row; ``header`` where the format gives the columns.

    made: the format, in words. part: "nodes" or "edges" of a network, else "". remarks: what was not read.
    """

    file: str
    made: str
    rows: list[list[str]]
    places: list[str]
    header: list[str] | None = None
    part: str = ""
    sheet: str = ""
    remarks: list[str] = field(default_factory=list)


READ = "CSV, Excel, GraphML, GEXF, GML, Pajek, UCINET DL and SIF are read"

_PEEK = 60
"""How many rows are looked at to tell what a file is."""

_SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
"""The likelier first where two do as well: a comma may be in a number or a name."""


def read_tables(path: Path, file: str) -> list[Table]:
    """The tables of a file, which messages call ``file``. Raises NotReadable, whose reason quotes nothing of it."""
    path, sheet = with_sheet(path)
    try:
        if path.is_dir():
            raise NotReadable("this is a folder, not a file")
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotReadable(
            "there is no such file; a path in a scenario starts from the scenario's folder (in Python give the whole "
            "path), one given to a command from the folder in which you are"
        ) from None
    except (OSError, ValueError) as error:
        raise NotReadable(f"cannot be read ({getattr(error, 'strerror', None) or 'not a file name'})") from None
    if content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _workbook(content, file, sheet)
    if sheet:
        raise NotReadable("is no workbook, so it has no sheet to choose")
    text, encoding = decoded(content)
    if not text.strip("\ufeff \t\r\n"):
        raise NotReadable("the file is empty")
    if path.suffix.lower() == ".sif":
        return [_sif(text, encoding, file)]
    found = network(text)
    if found is None and path.suffix.lower() == ".graphml":
        raise NotReadable("cannot be read as GraphML")
    return _graph(found, file) if found is not None else [_cells(text, encoding, file)]


def decoded(content: bytes) -> tuple[str, str]:
    """A file's text, and how it is encoded: UTF-16 by its mark or its empty bytes, UTF-8 where it fits, Windows-1252.

    Raises NotReadable for what is no text.
    """
    wide, start = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(content[:2]), content[:1000]
    if wide is not None:
        content = content[2:]
    elif start.count(0) > len(start) // 4:
        wide = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    elif b"\x00" in content:
        raise NotReadable(f"is not text; {READ}")
    try:
        return content.decode(wide or "utf-8-sig"), "UTF-16" if wide else "UTF-8"
    except UnicodeDecodeError:
        if wide:
            raise NotReadable("cannot be read as UTF-16 text") from None
        return content.decode("cp1252", errors="replace"), "Windows-1252"


# -- Tables -----------------------------------------------------------------------------------------------


def _cells(text: str, encoding: str, file: str) -> Table:
    """A CSV file, separated by whatever makes the most rows of one width; or words that blanks part."""
    if re.match(r"\s*[\[{]", text) or re.match(r"\s*(strict\s+)?(di)?graph\b.*\{", text):
        raise NotReadable(f"looks like JSON or a drawing in DOT; {READ}")
    said = re.match(r"sep=(.)\r?\n", text)
    rows: list[list[str]] = [] if said is None else [[]]  # Excel's own first line, which counts as a row
    text = text if said is None else text[said.end() :]
    best = said[1] if said is not None else max(_SEPARATORS, key=lambda each: _evenness(text, each))
    if said is None and not re.search("[,;|\t]", text):
        parted = [line.split() for line in text.splitlines()]
        widths = {len(row) for row in parted if row and not row[0].startswith(("#", "%"))}
        if len(widths) == 1 and widths <= {2, 3, 4}:
            return _table(file, f"text in {encoding}, separated by blanks", parted)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=best, strict=True)
    try:
        rows += list(reader)
    except csv.Error:
        raise NotReadable(f"not a table: check the quotation marks at or before line {reader.line_num}") from None
    by = f"separated by {_SEPARATORS.get(best, 'a character it names')}"
    return _table(file, f"CSV in {encoding}, {by if any(len(row) > 1 for row in rows) else 'of one column'}", rows)


def _sif(text: str, encoding: str, file: str) -> Table:
    """Cytoscape's list of ties: a source, a relation and one target or more, parted by tabs where there are any."""
    lines = [
        (f"row {number}", line.split("\t") if "\t" in text else line.split())
        for number, line in enumerate(text.splitlines(), start=1)
    ]
    ties = [(place, [words[0], target, words[1]]) for place, words in lines for target in words[2:]]
    alone = sum(1 for _, words in lines if 0 < len(words) < 3)
    remarks = [f"{count(alone, 'row')} without a tie {one(alone)} not read."] if alone else []
    rows, places = [row for _, row in ties], [place for place, _ in ties]
    return Table(file, f"SIF in {encoding}", rows, places, ["source", "target", "layer"], "edges", remarks=remarks)


def _evenness(text: str, separator: str) -> tuple[int, int]:
    """How well a separator makes a table: rows of the commonest width above 1, and that width."""
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), _PEEK))
    except csv.Error:
        return 0, 0
    widths = [len(row) for row in rows if len(row) > 1]
    return max(((widths.count(width), width) for width in widths), default=(0, 0))


def _table(file: str, made: str, rows: list[list[str]], sheet: str = "") -> Table:
    return Table(file, made, rows, [f"row {number}" for number in range(1, len(rows) + 1)], sheet=sheet)


# -- Workbooks --------------------------------------------------------------------------------------------


def _workbook(content: bytes, file: str, wanted: str) -> list[Table]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [each.name for each in book.sheets_metadata if str(each.typ).endswith("WorkSheet")]
        if wanted and wanted not in names:
            raise NotReadable(f"has no sheet of that name; it has {count(len(names), 'sheet')}")
        found = []
        for number, name in enumerate(names, start=1):
            if wanted in ("", name):
                rows = [[_written(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(False)]
                called = file if len(names) == 1 else f"{file} sheet {number}"
                found.append(_table(called, "a spreadsheet", rows, sheet=name))
    except (CalamineError, OSError, ValueError, KeyError):
        raise NotReadable("cannot be read as a spreadsheet; is it protected by a password?") from None
    full = [table for table in found if any(any(row) for row in table.rows)]
    if not full:
        raise NotReadable("the file is empty")
    return full


def _written(cell: object) -> str:
    """A spreadsheet's cell as text: 1001.0 is 1001, and a date is its day."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


# -- Networks ---------------------------------------------------------------------------------------------


def _graph(found: Network, file: str) -> list[Table]:
    """The nodes and edges of a network. Nodes are cited by their number, edges by their nodes' numbers."""
    found = with_names(found)
    number = {node[NODE]: place for place, node in enumerate(found.nodes, start=1)}
    if not number:
        raise NotReadable("there are no people in it")
    names, rows = tabled(found.nodes, *(["id"] if "id" in found.nodes[0] else []), NODE)
    places = [f"node {place}" for place in number.values()]
    nodes = Table(file, found.made, rows, places, names, "nodes", remarks=found.remarks)
    places = [
        f"edge {'from' if edge['direction'] == 'directed' else 'between'} node {number[edge['source']]} "
        f"{'to' if edge['direction'] == 'directed' else 'and'} node {number[edge['target']]}"
        for edge in found.edges
    ]
    names, rows = tabled(found.edges, "source", "target", "direction")
    return [nodes, Table(file, found.made, rows, places, names, "edges")]
