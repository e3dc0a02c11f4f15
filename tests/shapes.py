"""Organisations for Hypothesis, and the shapes in which systems write them."""

import io
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from hypothesis import strategies as st


@dataclass(frozen=True)
class Plain:
    """Who there is, whom each reports to ("" for the first), and the ties: from whom to whom, by what weight.

    mutual: whether each tie is one of both.
    """

    ids: list[str]
    names: list[str]
    managers: list[str]
    ties: dict[tuple[str, str], float]
    mutual: bool

    @property
    def peers(self) -> dict[tuple[str, str], float]:
        """The links between colleagues that the reader should find."""
        return self.ties | ({(b, a): weight for (a, b), weight in self.ties.items()} if self.mutual else {})


FIRST = ("Ada", "Bo", "Cy", "Dörte", "Eve", "Finn", "Gül", "Hana")
LAST = ("Quist", "Ray", "Sol", "Tanaka", "Umber", "Vale", "Wöhrl", "Yılmaz")

NAMES = [f"{first} {last}" for first in FIRST for last in LAST]


@st.composite
def plain(draw: st.DrawFn) -> Plain:
    """A tree of three to nine people with names and ids, and ties between those of whom neither manages the other."""
    size = draw(st.integers(3, 9))
    start = draw(st.sampled_from([1, 90, 1001, 40_000]))
    form = draw(st.sampled_from(["{}", "E-{:03}", "{:06}", "x{}@y.org", "P{}"]))
    ids = [form.format(start + i) for i in draw(st.permutations(range(size)))]
    names = draw(st.lists(st.sampled_from(NAMES), min_size=size, max_size=size, unique=True))
    managers = ["", *(ids[draw(st.integers(0, max(0, i - 1)))] for i in range(1, size))]
    above = dict(zip(ids, managers, strict=True))
    free = [(a, b) for a in ids for b in ids if a < b and above[a] != b and above[b] != a]
    chosen = draw(st.lists(st.sampled_from(free), max_size=6, unique=True)) if free else []
    weights = draw(st.lists(st.sampled_from([0.5, 1.0, 2.0, 12.0]), min_size=len(chosen), max_size=len(chosen)))
    return Plain(ids, names, managers, dict(zip(chosen, weights, strict=True)), draw(st.booleans()))


IDS = ("id", "Employee ID", "Worker_ID", "Position Number", "Staff-Id", "Employee #", "EMPLOYEENUMBER")
MANAGERS = ("manager_id", "Manager", "Reports To", "Supervisor ID", "Line Manager", "Reporting-To", "MANAGERID")
NOBODY = ("", "-", "N/A", "NO_MANAGER", r"\N", "0", "itself")
SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")
OTHERS = ("Location", "Start Date", "Cost Centre")


@st.composite
def people_file(draw: st.DrawFn, plain: Plain) -> tuple[bytes, str]:
    """The people as an HR system exports them, with the ending of the file."""
    called = dict(zip(plain.ids, plain.names, strict=True))
    way = draw(st.sampled_from(["id", "name", "last, first", "name (id)", "float"]))
    nobody = draw(st.sampled_from(NOBODY))

    def manager(own: str, boss: str) -> str:
        if not boss:
            return own if nobody == "itself" and way in ("id", "float") else "" if nobody == "itself" else nobody
        first, last = called[boss].split()
        numbered = f"{boss}.0" if way == "float" and boss.isdecimal() and boss[0] != "0" else boss
        said = {"name": called[boss], "last, first": f"{last}, {first}", "name (id)": f"{called[boss]} ({boss})"}
        return said.get(way, numbered)

    gone = draw(st.integers(0, 2))
    leavers = [f"left-{number}" for number in range(gone)]
    more = {"Status": ["Active"] * len(plain.ids) + [draw(st.sampled_from(["Left", "Terminated", "Inactive"]))] * gone}
    matrix = {"Dotted Line Manager": [*([draw(st.sampled_from(plain.names))] * len(plain.ids)), *leavers]}
    bosses = [manager(*pair) for pair in zip(plain.ids, plain.managers, strict=True)]
    id_name, manager_name = draw(st.sampled_from(IDS)), draw(st.sampled_from(MANAGERS))
    columns = {
        id_name: [*plain.ids, *leavers],
        draw(st.sampled_from(["Name", "Full Name", "Employee Name"])): [
            *plain.names,
            *(f"Gone {one}" for one in leavers),
        ],
        manager_name: [*bosses, *bosses[1:2] * gone],
        draw(st.sampled_from(OTHERS)): ["somewhere"] * (len(plain.ids) + gone),
        **(more if gone or draw(st.booleans()) else {}),
        **(matrix if draw(st.booleans()) else {}),
    }
    order = draw(st.permutations(sorted(columns)))
    again = [{id_name: "Employee ID", manager_name: "Line Manager"}.get(name, name) for name in order]
    rows = [[columns[name][row] for name in order] for row in range(len(plain.ids) + gone)]
    top = draw(st.sampled_from([[], [["Headcount report"], ["As of 31/03/2025"], []]]))
    second = draw(st.sampled_from([[], [again], [["string"] * len(order)]]))
    end = draw(st.sampled_from([[], [[], ["Total headcount: 12"]], [["# the end of it"]]]))
    return draw(table([*top, order, *second, *rows, *end]))


@st.composite
def table(draw: st.DrawFn, rows: list[list[str]]) -> tuple[bytes, str]:
    """Rows as a spreadsheet or as CSV of any make."""
    if draw(st.booleans()):
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content)
        book.set_properties({"created": datetime(2025, 3, 31)})  # the same bytes each time
        sheet = book.add_worksheet("Sheet1")
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(at, column, int(cell) if cell.isdecimal() and str(int(cell)) == cell else cell)
        book.close()
        return content.getvalue(), ".xlsx"
    separator, pad = draw(st.sampled_from(SEPARATORS)), draw(st.sampled_from(["", " "]))
    width = max(map(len, rows))

    def written(cell: str) -> str:
        return f'"{cell}"' if separator in cell else f"{pad}{cell}{pad}"

    lines = [separator.join(map(written, [*cells, *[""] * (width - len(cells))])) for cells in rows]
    text = draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    western = [] if "ı" in text else ["cp1252"]
    return text.encode(draw(st.sampled_from([*ENCODINGS, *western]))), ".csv"


@st.composite
def links_file(draw: st.DrawFn, plain: Plain) -> tuple[bytes, str]:
    """The ties as a network tool writes them, by people's ids or names."""
    called = dict(zip(plain.ids, plain.names if draw(st.booleans()) else plain.ids, strict=True))
    shape = draw(st.sampled_from(["csv", *(SHAPES if len(plain.ties) > 1 else ())]))
    if shape == "csv":
        ends = draw(
            st.sampled_from([("source", "target"), ("From", "To"), ("Sender ID", "Receiver ID"), ("ego", "alter")])
        )
        weight = draw(st.sampled_from(["weight", "Strength", "Frequency"]))
        way = draw(
            st.sampled_from([("Type", "Undirected", "Directed"), ("directed", "false", "true"), ("Mutual", "1", "0")])
        )
        rows = [
            [called[a], called[b], f"{each:g}", way[1 if plain.mutual else 2]] for (a, b), each in plain.ties.items()
        ]
        return draw(table([[*ends, weight, way[0]], *rows]))
    text, end = SHAPES[shape](plain, called)
    return text.encode("utf-8"), end


def _bare(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    """A list of edges without a header."""
    return "".join(f"{called[a]},{called[b]},{weight:g}\n" for (a, b), weight in plain.peers.items()), ".csv"


def _matrix(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    """Who is tied to whom, with labels."""
    rows = [["", *called.values()]]
    rows += [[called[a], *(f"{plain.peers.get((a, b), 0):g}" for b in plain.ids)] for a in plain.ids]
    return "\n".join(";".join(cells) for cells in rows), ".csv"


def _numbered(plain: Plain) -> list[tuple[int, int, float]]:
    """The ties by the places of their ends, counted from 1."""
    place = {one: number for number, one in enumerate(plain.ids, start=1)}
    return [(place[a], place[b], weight) for (a, b), weight in plain.ties.items()]


def _pajek(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    nodes = "".join(f'{number} "{name}" 0.1 0.2\n' for number, name in enumerate(called.values(), start=1))
    ties = "".join(f"{a} {b} {weight:g}\n" for a, b, weight in _numbered(plain))
    return f"*Vertices {len(called)}\n{nodes}*{'Edges' if plain.mutual else 'Arcs'}\n{ties}", ".net"


def _gml(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    nodes = "\n".join(
        f'  node [\n id {number}\n label "{name}"\n ]' for number, name in enumerate(called.values(), start=1)
    )
    ties = "\n".join(f"edge [ source {a} target {b} weight {weight:g} ]" for a, b, weight in _numbered(plain))
    return f"graph [\n directed {0 if plain.mutual else 1}\n{nodes}\n{ties}\n]", ".gml"


def _gexf(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    nodes = "".join(
        f'<node id="{number}" label={quoteattr(name)}/>' for number, name in enumerate(called.values(), start=1)
    )
    ties = "".join(f'<edge source="{a}" target="{b}" weight="{weight}"/>' for a, b, weight in _numbered(plain))
    kind = "undirected" if plain.mutual else "directed"
    graph = f'<graph defaultedgetype="{kind}"><nodes>{nodes}</nodes><edges>{ties}</edges></graph>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><gexf xmlns="http://gexf.net/1.3" version="1.3">{graph}</gexf>',
        ".gexf",
    )


def _graphml(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    nodes = "".join(
        f'<node id="n{number}"><data key="l">{escape(name)}</data></node>'
        for number, name in enumerate(called.values(), start=1)
    )
    ties = "".join(
        f'<edge source="n{a}" target="n{b}"><data key="w">{weight}</data></edge>' for a, b, weight in _numbered(plain)
    )
    keys = '<key id="l" for="node" attr.name="label" attr.type="string"/>'
    keys += '<key id="w" for="edge" attr.name="weight" attr.type="double"/>'
    graph = f'<graph edgedefault="{"undirected" if plain.mutual else "directed"}">{nodes}{ties}</graph>'
    return f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}{graph}</graphml>', ".graphml"


def _dl(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    rows = "\n".join(" ".join(f"{plain.peers.get((a, b), 0):g}" for b in plain.ids) for a in plain.ids)
    labels = ",".join(f'"{name}"' for name in called.values())
    return f"dl n={len(called)} format=fullmatrix\nlabels:\n{labels}\ndata:\n{rows}\n", ".dl"


def _dl_list(plain: Plain, called: dict[str, str]) -> tuple[str, str]:
    ties = "".join(f'"{called[a]}" "{called[b]}" {weight:g}\n' for (a, b), weight in plain.peers.items())
    return f"dl n={len(called)} format=edgelist1\nlabels embedded\ndata:\n{ties}", ".dl"


SHAPES = {
    "bare": _bare, "matrix": _matrix, "pajek": _pajek, "gml": _gml, "gexf": _gexf, "graphml": _graphml, "dl": _dl,
    "dl list": _dl_list,
}  # fmt: skip


@st.composite
def survey_file(draw: st.DrawFn, plain: Plain) -> tuple[tuple[bytes, str], dict[str, dict[str, float]]]:
    """Answers as a survey tool exports them, from 1 to 7 and from 5 to 1, and what they say of whom by id."""
    called = dict(zip(plain.ids, plain.names, strict=True))
    by = draw(st.sampled_from(["id", "name", "number"]))
    words = {1: "not at all", 7: "wholly"} if draw(st.booleans()) else {}
    rows, answers = [], {}
    for one in draw(st.lists(st.sampled_from(plain.ids), unique=True)):
        commitment, values = draw(st.none() | st.integers(1, 7)), draw(st.none() | st.integers(1, 5))
        name = {"id": one, "name": called[one], "number": str(int(one)) if one.isdecimal() else one}[by]
        text = "" if commitment is None else " - ".join([str(commitment), *filter(None, [words.get(commitment)])])
        rows.append([name, text, draw(st.sampled_from(["", "N/A"])) if values is None else str(values), "a remark"])
        said = {} if commitment is None else {"commitment": (commitment - 1) / 6}
        said |= {} if values is None else {"values": (values - 5) / -4}
        answers |= {one: said} if said else {}
    header = [draw(st.sampled_from(["Respondent ID", "External Reference", "Name"])), "Commitment", "values", "Remarks"]
    second = [[header[0], "How far do you back it?", "How far is it yours?", "Anything else?"]]
    numbers = [sum(1 for row in rows if row[1]), sum(1 for row in rows if row[2] not in ("", "N/A"))]
    top = second if min(numbers) > 3 and draw(st.booleans()) else []
    return draw(table([header, *top, *rows])), answers


@st.composite
def network_file(draw: st.DrawFn, plain: Plain) -> tuple[str, str]:
    """The whole organisation as a network whose edges have layers."""
    place = {one: number for number, one in enumerate(plain.ids)}
    line = [(place[one], place[boss]) for one, boss in zip(plain.ids, plain.managers, strict=True) if boss]
    turned = draw(st.booleans())
    layer = "manages" if turned else "Reports To"
    edges = [(b, a, layer, 1.0, True) if turned else (a, b, layer, 1.0, True) for a, b in line]
    edges += [(place[a], place[b], "peer", weight, not plain.mutual) for (a, b), weight in plain.ties.items()]
    if draw(st.booleans()):
        nodes = "".join(
            f'<node id="n{number}"><data key="i">{escape(one)}</data></node>' for one, number in place.items()
        )
        ties = "".join(
            f'<edge source="n{a}" target="n{b}"{"" if directed else draw(st.sampled_from(FALSE))}>'
            f'<data key="l">{layer}</data><data key="w">{weight}</data></edge>'
            for a, b, layer, weight, directed in edges
        )
        keys = "".join(
            f'<key id="{key}" for="{what}" attr.name="{name}" attr.type="{kind}"/>'
            for key, what, name, kind in (
                ("i", "node", "id", "string"), ("l", "edge", "layer", "string"), ("w", "edge", "weight", "double"),
            )
        )  # fmt: skip
        if draw(st.booleans()):  # in a box of a drawing program
            nodes = f'<node id="box"><graph edgedefault="directed">{nodes}</graph></node>'
        return f'<graphml>{keys}<graph edgedefault="directed">{nodes}{ties}</graph></graphml>', ".graphml"
    nodes = "".join(f'<node id="{number}" label={quoteattr(one)}/>' for one, number in place.items())
    ties = "".join(
        f'<edge source="{a}" target="{b}" kind="{layer}" weight="{weight}" type="{"" if directed else "un"}directed"/>'
        for a, b, layer, weight, directed in edges
    )
    return f'<gexf><graph defaultedgetype="mutual"><nodes>{nodes}</nodes><edges>{ties}</edges></graph></gexf>', ".gexf"


FALSE = (' directed="false"', ' directed="0"')


BITS = (
    b",",
    b";",
    b"\n",
    b'"',
    b"\t",
    b"<",
    b"]",
    b"0",
    b"NA",
    b" ",
    b"(",
    b"*",
    b"Vacant",
    b"Left",
    b"1e999",
    b"\xff",
)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The same with a few bytes lost, doubled or put in anywhere."""
    for _ in range(draw(st.integers(0, 6))):
        at, to = draw(st.integers(0, len(content))), draw(st.integers(0, 30))
        bit = draw(st.sampled_from([b"", *BITS, content[at : at + to]]))
        content = content[:at] + bit + content[at + draw(st.sampled_from([0, 1, to])) :]
    return content
