"""The rows of tables of links: between whom, in which layer, in which direction, how strong."""

from collections.abc import Collection, Mapping, Sequence

from sim.organisation.imported.columns import key
from sim.organisation.imported.files import Table
from sim.organisation.imported.networks import NODE
from sim.organisation.imported.problems import Findings, count, one
from sim.organisation.imported.references import ACCEPTED, NO_NAMES, SEVERAL, is_like_a_name
from sim.organisation.imported.roster import LEFT_OUT, Roster
from sim.organisation.imported.sheets import NO, YES, Body, Sheet, nothing, number, pointed

LINK_COLUMNS = ("source", "target", "layer", "weight", "direction")

UNDIRECTED = "undirected"

VALUE = "value"
"""A layer, or a column of weights where it stands alone."""

BOTH = {
    "undirected", "both", "mutual", "reciprocal", "reciprocated", "bidirectional", "two way", "two-way", "symmetric",
    "<->", "<-->", "--", "u", "to;from", "from;to",
}  # fmt: skip
ONE = {"directed", "one way", "one-way", "unidirectional", "asymmetric", "forward", "->", "-->", "out", "d", "to"}
BACK = {"<-", "<--", "backward", "in", "from"}
MUTUAL = {"undirected", "mutual", "reciprocal", "twoway", "symmetric", "bidirectional"}
"""Columns in which yes is both ways, as keys, without Is."""


def edge_rows(body: Body, layers: Collection[str], findings: Findings) -> Sheet:
    """The links of a table, a row each, the ends as it writes them; each layer in a column of its own is a row."""
    usual = sheet_layer(body, layers)
    if body.matrix:
        sheet = Sheet(body.table.file, LINK_COLUMNS, findings)
        for place, (source, *weights) in zip(body.places, body.rows, strict=True):
            for target, weight in zip(body.names[1:], pointed(weights), strict=False):
                weight = "1" if weight.casefold() in YES else weight
                if source != target and not nothing(weight) and number(weight) != 0.0:
                    sheet.add(place, {"source": source, "target": target, "weight": weight, "layer": usual})
        _tell_half(body, sheet, findings)
        return sheet
    types = typed(body, layers).get("layer")
    named = body.first("layer") if types is None else body.cells(types)
    wide = wide_columns(body, layers)
    targets = [body.cells(column) for column in body.chosen.get("target", [])]
    heads = {"source": body.called("source")} | ({"target": body.called("target")} if len(targets) == 1 else {})
    sheet = Sheet(body.table.file, LINK_COLUMNS, findings, heads | ({} if wide else {"weight": body.called("weight")}))
    weighing = weight_column(body, wide)
    weights = [""] * len(body.rows) if weighing is None else pointed(body.cells(weighing))
    answers = [(layer, _answers(body, column, findings)) for column, layer in wide.items()]
    sources, ways = body.first("source"), _ways(body, layers, findings)
    for row, place in enumerate(body.places):
        for cells in targets:
            if len(targets) > 1 and nothing(cells[row]):
                continue
            source, target = (cells[row], sources[row]) if ways[row] in BACK else (sources[row], cells[row])
            common = {"source": source, "target": target, "direction": UNDIRECTED if ways[row] in BOTH else ""}
            if not wide:
                layer = usual if nothing(named[row]) else named[row]
                sheet.add(place, common | {"layer": layer, "weight": weights[row]})
            for layer, answer in answers:
                if answer[row]:
                    sheet.add(place, common | {"layer": layer, "weight": answer[row]})
    return sheet


def sheet_layer(body: Body, layers: Collection[str]) -> str:
    """The layer that a sheet of links is called, where nothing in it names another; "" for none."""
    by = {key(layer): layer for layer in layers}
    said = "layer" in body.chosen or "layer" in typed(body, layers)
    return "" if said or wide_columns(body, layers) else by.get(key(body.table.sheet), "")


def _answers(body: Body, column: int, findings: Findings) -> list[str]:
    """The weights in a column that is a layer: yes is 1; empty, no and 0 are none."""
    found = []
    for place, cell in zip(body.places, pointed(body.cells(column)), strict=True):
        answer = cell.casefold()
        none = nothing(cell) or answer in NO or number(cell) == 0.0
        if not none and answer not in YES and number(cell) is None:
            what = f"the answer in {body.column(column)} is neither a number, yes nor no; empty is no tie"
            findings.wrong(body.table.file, what, place)
        found.append("" if none else cell if number(cell) is not None else "1")
    return found


def _tell_half(body: Body, sheet: Sheet, findings: Findings) -> None:
    """Say of a matrix that is filled on one side only that each tie is read one way."""
    order = {name: place for place, name in enumerate(body.names[1:])}
    steps = [
        order[one] < order.get(other, -1)
        for one, other in zip(sheet["source"], sheet["target"], strict=True)
        if one in order
    ]
    if len(steps) > 1 and len(set(steps)) == 1:
        findings.note(
            f"Only one half of the matrix in the {sheet.file} is filled, so each of its ties is read one way, from the "
            "row to the column; where ties are mutual, fill the other half too."
        )


def wide_columns(body: Body, layers: Collection[str]) -> dict[int, str]:
    """Columns that are a layer each, by their name or because the user says so, where no column names the layer."""
    said = {columns[0]: meaning for meaning, columns in body.chosen.items() if meaning in layers}
    if said or body.chosen.keys() & {"layer", "weight"} or body.table.header is not None:
        return said
    by = {key(layer): layer for layer in layers}
    taken = {column for columns in body.chosen.values() for column in columns[:1]}
    wide = {c: by[key(name)] for c, name in enumerate(body.names) if c not in taken and key(name) in by}
    return {} if list(wide.values()) == [VALUE] else wide  # what network tools call a weight


def weight_column(body: Body, wide: Collection[int]) -> int | None:
    """The column of weights, if there is one."""
    if body.chosen.get("weight"):
        return body.chosen["weight"][0]
    values = [column for column, name in enumerate(body.names) if key(name) == VALUE and column not in wide]
    return values[0] if values and not wide else None


def typed(body: Body, layers: Collection[str]) -> dict[str, int]:
    """The columns called type or label whose cells are layers or directions, where no other column is that."""
    known, found = {key(layer) for layer in layers}, dict[str, int]()
    for column in body.chosen.get("type", []):
        given = [cell.casefold() for cell in body.cells(column) if not nothing(cell)]
        if given and all(key(cell) in known for cell in given):
            found.setdefault("layer", column)
        elif given and all(cell in BOTH | ONE | BACK | {"mixed"} for cell in given):
            found.setdefault("direction", column)
    return {meaning: column for meaning, column in found.items() if meaning not in body.chosen}


def settle_types(body: Body) -> None:
    """A column such as Edge Type whose cells are directions is no layer."""
    for column in body.chosen.get("layer", [])[:1] if "direction" not in body.chosen else ():
        given = [cell.casefold() for cell in body.cells(column) if not nothing(cell)]
        if given and all(cell in BOTH | ONE | BACK for cell in given):
            body.chosen["direction"] = [column]
            body.chosen["layer"] = body.chosen["layer"][1:]
            if not body.chosen["layer"]:
                del body.chosen["layer"]


def half_layers(body: Body, layers: Collection[str]) -> list[int]:
    """Columns called type or label of which some cells are layers and others are not, so that they are not read."""
    known, read = {key(layer) for layer in layers}, typed(body, layers).values()
    return [
        column
        for column in body.chosen.get("type", [])
        if column not in read and "layer" not in body.chosen and any(key(cell) in known for cell in body.cells(column))
    ]


def _ways(body: Body, layers: Collection[str], findings: Findings) -> list[str]:
    """The direction of each row; "" where it says none."""
    column = next(iter(body.chosen.get("direction", [])), typed(body, layers).get("direction"))
    if column is None:
        return [""] * len(body.rows)
    named = key(body.names[column])
    both_ways = named.removeprefix("is") in MUTUAL
    found = []
    for row, cell in enumerate(body.cells(column)):
        way = cell.casefold()
        if way in YES or way in NO:
            way = "both" if (way in YES) == both_ways else "directed"
        elif nothing(cell) and way not in BOTH:
            way = ""
        elif way not in BOTH | ONE | BACK:
            what = f"the {body.called('direction')} is none of directed, undirected, both, true and false"
            findings.wrong(body.table.file, what, body.places[row], "direction")
        found.append(way)
    return found


def mentioned(sheets: Sequence[Sheet]) -> Body:
    """The people whom links mention, in the order of their first mention, as a table of their ids."""
    places: dict[str, str] = {}
    for sheet in sheets:
        for place, *both in zip(sheet.places, sheet["source"], sheet["target"], strict=True):
            for end in filter(None, both):
                places.setdefault(end, place)
    table = Table(sheets[0].file, "", [], [])
    return Body(table, "people", ["id"], {"id": [0]}, "", [[name] for name in places], list(places.values()))


def ends(sheet: Sheet, nodes: Body | None, roster: Roster, findings: Findings) -> list[tuple[int, int]]:
    """The people at the ends of each link, a negative number where there is none.

    nodes: those of a network beside a file of people, whose labels may be what that file calls them.
    """
    cells = [cell for end in ("source", "target") for cell in sheet[end]]
    called = {cell: cell for cell in cells} if nodes is None else _called(nodes, cells, roster)
    find = roster.finder(list(called.values()), own=nodes is None)
    found = {cell: find(name) for cell, name in called.items() if name}
    pairs, lost = [], 0
    for row, both in enumerate(zip(sheet["source"], sheet["target"], strict=True)):
        people = []
        if row == 0 and _names_columns(sheet, both, found):
            sheet.wrong(_UNKNOWN_HEADER, row)
            pairs.append((-1, -1))
            continue
        for end, cell in zip(("source", "target"), both, strict=True):
            person = found.get(cell, -1)
            if not cell:
                sheet.wrong(f"the {sheet.called(end)} is empty{ACCEPTED}", row)
            elif person == SEVERAL:
                sheet.wrong(f"the {sheet.called(end)} could mean more than one person; give an id", row)
            elif person == -1:
                sheet.wrong(f"the {sheet.called(end)} is nobody's id{ACCEPTED}", row)
            people.append(person)
        lost += LEFT_OUT in people
        pairs.append((people[0], people[1]))
    nobody = [cell for cell, name in called.items() if name and found[cell] == -1]
    if any(map(is_like_a_name, nobody)) and not roster.directory.knows_names:
        findings.note(NO_NAMES.format(file=sheet.file))
    roster.tell_repairs("person", sheet.file, findings)
    if lost:
        findings.note(f"{count(lost, 'link')} to people who are left out {one(lost)} left out too ({sheet.file}).")
    return pairs


_UNKNOWN_HEADER = "names nobody; if it names the columns, say which is which: --as COLUMN=source --as COLUMN=target"


def _names_columns(sheet: Sheet, first: Sequence[str], found: Mapping[str, int]) -> bool:
    """Whether the first row of a list without a header may be one, in names that are not known."""
    return sheet.places[0] == "row 1" and all(first) and all(found.get(cell, -1) == -1 for cell in first)


def _called(nodes: Body, cells: Sequence[str], roster: Roster) -> dict[str, str]:
    """What a network's nodes are called in the column that names the most people."""
    ids = nodes.cells(nodes.names.index(NODE))
    wanted = set(cells)

    def hits(names: dict[str, str]) -> int:
        find = roster.finder(list(names.values()), note=False)
        return sum(1 for name in names.values() if name and find(name) != -1)

    columns = map(nodes.cells, range(len(nodes.names)))
    return max(({i: name for i, name in zip(ids, names, strict=True) if i in wanted} for names in columns), key=hits)
