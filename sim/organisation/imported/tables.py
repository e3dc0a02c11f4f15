"""The files of people and links, CSV or GraphML, as sheets of text: only the columns that are used are kept."""

import csv
import io
import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx

from sim.organisation.imported.problems import Findings, count, listed

SURVEYED = ("commitment", "practice", "values", "leadership")
"""What a survey may know of people, each in [0, 1], empty where it does not."""

PEOPLE_COLUMNS = ("id", "role", "level", "team", "manager_id", *SURVEYED)
LINK_COLUMNS = ("source", "target", "layer", "weight")


class Sheet:
    """The cells of a file by column, and what messages call the file and each of its rows."""

    def __init__(self, file: str, columns: Sequence[str], findings: Findings, undirected: bool = False) -> None:
        self.file, self.findings, self.undirected = file, findings, undirected
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

    def wrong(self, what: str, row: int | None = None, sort: str = "") -> None:
        """Note a mistake in a row, or in the whole file; see ``Findings.wrong``."""
        self.findings.wrong(self.file, what, "" if row is None else self.places[row], sort)


class _Unusable(Exception):
    """A file that cannot be used at all; each argument is a reason."""


def read_sheets(people: Path | None, links: Path | None, findings: Findings) -> tuple[Sheet, Sheet]:
    """The people and the links; raises ScenarioError if a file cannot be used at all."""
    found = []
    wanted = (
        ("people file", people, PEOPLE_COLUMNS, ("id",)),
        ("links file", links, LINK_COLUMNS, ("source", "target")),
    )
    given = [(name, path, known, needed) for name, path, known, needed in wanted if path is not None]
    for name, path, known, needed in given:
        try:
            content = _content(path)
            if path.suffix.lower() == ".graphml":
                found.append(_graph(name, content, findings))
                continue
            table = _table(name, content, known, needed, findings)
        except _Unusable as error:
            for reason in error.args:
                findings.wrong(name, reason)
        else:
            is_links = known is LINK_COLUMNS
            found.append((_mentioned(table), table) if is_links else (table, Sheet("", LINK_COLUMNS, findings)))
    if len(found) < len(given):
        findings.check()
    if not found[0][0]:
        found[0][0].wrong("there are no people in it")
        findings.check()
    return found[0][0], found[-1][1]


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise _Unusable("this is a folder, not a file")
        content = path.read_bytes()
    except FileNotFoundError:
        raise _Unusable("there is no such file; a path in a scenario starts from the scenario's folder") from None
    except (OSError, ValueError) as error:
        raise _Unusable(f"cannot be read ({getattr(error, 'strerror', None) or 'not a file name'})") from None
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise _Unusable("the file is empty")
    return content


def _table(name: str, content: bytes, known: Sequence[str], needed: Sequence[str], findings: Findings) -> Sheet:
    """The known columns of a CSV file, separated by whichever of , ; and tab is commonest in the first line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unusable(f"not UTF-8 text (byte {error.start}); save it as 'CSV UTF-8'") from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        raise _Unusable(f"not a table: check the quotation marks at or before line {reader.line_num}") from None
    # The first row is not quoted in messages: in a file without a header it is somebody's.
    header = [slug(cell) for cell in rows[0]]
    lacks = "the first row must name the columns, and none of them is"
    reasons = [f"{lacks} {column!r}" for column in needed if column not in header]
    reasons += [f"the first row names the column {column!r} twice" for column in known if header.count(column) > 1]
    if reasons:
        raise _Unusable(*reasons)
    sheet = Sheet(name, known, findings)
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if any(cells):
            sheet.add(f"row {number}", dict(zip(header, cells, strict=False)))
        if any(cells[len(header) :]):
            sheet.wrong("has more cells than the first row", len(sheet) - 1)
    return sheet


def _graph(name: str, content: bytes, findings: Findings) -> tuple[Sheet, Sheet]:
    """The nodes and edges of a GraphML file. Nodes are cited by their number, edges by their nodes' numbers."""
    try:
        elements = ElementTree.fromstring(content).iter()
        declared = [e.get("id", "") for e in elements if str(e.tag).rpartition("}")[2] == "node"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph = nx.read_graphml(io.BytesIO(content), force_multigraph=True)
    except (ElementTree.ParseError, nx.NetworkXError, KeyError, ValueError, TypeError, AttributeError):
        # What these errors say may quote the file, so it is not passed on.
        raise _Unusable("cannot be read as GraphML") from None
    number = {node: i for i, node in enumerate(dict.fromkeys(declared), start=1)}
    if len(number) < len(declared):
        raise _Unusable("two nodes have the same id")
    if len(number) < len(graph):
        raise _Unusable(f"{count(len(graph) - len(number), 'node')} named by edges cannot be found")
    undirected = not graph.is_directed()
    nodes, edges = Sheet(name, PEOPLE_COLUMNS, findings), Sheet(name, LINK_COLUMNS, findings, undirected)
    ids = {}
    for node, order in number.items():
        row = _cells({"id": node, **graph.graph["node_default"], **graph.nodes[node]})
        ids[node] = row["id"]
        nodes.add(f"node {order}", row)
    words = "edge between node {} and node {}" if undirected else "edge from node {} to node {}"
    for source, target, data in graph.edges(data=True):
        row = _cells({**graph.graph["edge_default"], **data}) | {"source": ids[source], "target": ids[target]}
        edges.add(words.format(number[source], number[target]), row)
    return nodes, edges


def _cells(data: Mapping[str, object]) -> dict[str, str]:
    """Attributes as the text of a table's cells; 152.0 in a column of numbers is the id 152."""
    return {
        slug(name): str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
        for name, value in data.items()
    }


def _mentioned(links: Sheet) -> Sheet:
    """The people whom a links file mentions, in the order of their first mention."""
    places: dict[str, str] = {}
    for place, *ends in zip(links.places, links["source"], links["target"], strict=True):
        for end in filter(None, ends):
            places.setdefault(end, place)
    people = Sheet(links.file, PEOPLE_COLUMNS, links.findings)
    for name, place in places.items():
        people.add(place, {"id": name})
    return people


def slug(name: str) -> str:
    """A name in small letters with underscores, so that all ways to write it are the same."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def number(text: str) -> float | None:
    """The finite number that a cell gives, if it does."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
