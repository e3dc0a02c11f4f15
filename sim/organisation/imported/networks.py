"""Files of network tools as tables of text: GraphML, GEXF, GML, Pajek and UCINET DL, each edge directed or not as the
file says."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sim.organisation.imported.problems import count, one


class Network(NamedTuple):
    """The nodes, each with its id under ``NODE``, and the edges, with ``source``, ``target`` and ``direction``.

    remarks: what was not read, in sentences.
    """

    made: str
    nodes: list[dict[str, str]]
    edges: list[dict[str, str]]
    remarks: list[str]


class NotReadable(Exception):
    """A file that is not what it seems to be; the reason does not quote it."""


NODE = "node id"

DIRECTED, UNDIRECTED = "directed", "undirected"


def network(text: str) -> Network | None:
    """The network that a text holds; None where it is in none of these formats. Raises NotReadable."""
    try:
        return _network(text.lstrip("\ufeff \t\r\n"))
    except RecursionError:
        raise NotReadable("has too many things within one another") from None


def _network(start: str) -> Network | None:
    if start.startswith("<"):
        return _xml(start)
    first = start[:2000].lower()
    if re.match(r"\*(node|tie) (data|properties)\b", first):
        raise NotReadable("is a VNA file of NetDraw; save it there as UCINET DL or Pajek")
    if re.match(r"\*(vertices|network)\b", first):
        return _pajek(start)
    if re.match(r"dl\b\s*[,\s]\s*(n|nr|nc|nm|format|labels|data)\b", first):
        return _dl(start)
    if re.search(r"^\s*graph\s*\[", start, re.MULTILINE) and re.match(
        r"(#|creator|version|comment|graph|directed)", first
    ):
        return _gml(start)
    return None


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _within(element: Element, *tags: str) -> Iterator[Element]:
    """The children with one of these tags."""
    return (child for child in element if _tag(child) in tags)


def _xml(text: str) -> Network:
    if re.match(r"(?is)(<!doctype html|<html|<table|<head|<meta)", text):
        raise NotReadable("is a web page; open it in a spreadsheet and save it as .xlsx or CSV")
    # The text is decoded, so what it declares of its encoding no longer holds.
    undeclared = re.sub(r"^<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL)
    try:
        root = ElementTree.fromstring(undeclared.encode("utf-8"))
    except ElementTree.ParseError:
        raise NotReadable("cannot be read as GraphML or GEXF") from None
    readers: dict[str, Callable[[Element], Network]] = {"graphml": _graphml, "gexf": _gexf}
    if _tag(root) not in readers:
        raise NotReadable("cannot be read as GraphML or GEXF")
    return readers[_tag(root)](root)


def _checked(network: Network) -> Network:
    """The same, if no node comes twice and each edge has its nodes. Raises NotReadable."""
    ids = [node[NODE] for node in network.nodes]
    if not all(ids):
        raise NotReadable(f"{count(ids.count(''), 'node')} of {len(ids):,} {one(ids.count(''), 'has', 'have')} no id")
    if len(set(ids)) < len(ids):
        raise NotReadable("two nodes have the same id")
    strange = {edge[end] for edge in network.edges for end in ("source", "target")} - set(ids)
    if strange:
        raise NotReadable(f"{count(len(strange), 'node')} named by edges cannot be found")
    return network


def _edge(source: str, target: str, direction: str, weight: str = "1", layer: str = "") -> dict[str, str]:
    edge = {"source": source, "target": target, "direction": direction, "weight": weight}
    return {**edge, "layer": layer} if layer else edge


# -- GraphML ----------------------------------------------------------------------------------------------


def _graphml(root: Element) -> Network:
    """Nodes that hold a graph are groups of a drawing program, not people, and neither are edges to them read."""
    names, usual, whole = {}, {}, set()
    for declared in _within(root, "key"):
        key, kind = declared.get("id", ""), declared.get("for", "all").lower()
        names[key] = declared.get("attr.name", "")
        if declared.get("attr.type", "").lower() in ("double", "float"):
            whole.add(key)
        default = next(_within(declared, "default"), None)
        if default is not None and names[key]:
            usual[key] = kind, _number("".join(default.itertext()), key in whole)

    def data(element: Element, kind: str) -> dict[str, str]:
        found = {names[key]: text for key, (of, text) in usual.items() if of in (kind, "all")}
        for each in _within(element, "data"):
            key = each.get("key", "")
            name = f"{kind}label"  # of a drawing program
            drawn = next((e for e in each.iter() if _tag(e) == name and "".join(e.itertext()).strip()), None)
            if drawn is not None:
                found.setdefault("label", " ".join("".join(drawn.itertext()).split()))
            elif names.get(key):
                found[names[key]] = _number("".join(each.itertext()), key in whole)
        return found

    nodes: list[dict[str, str]] = []
    edges: list[tuple[Element, bool]] = []
    groups: set[str] = set()
    hyper = 0

    def walk(graph: Element) -> None:
        nonlocal hyper
        directed = graph.get("edgedefault", DIRECTED).lower() != UNDIRECTED
        for node in _within(graph, "node"):
            inner = list(_within(node, "graph"))
            if inner:
                groups.add(node.get("id", ""))
            else:
                nodes.append({NODE: node.get("id", ""), **data(node, "node")})
            for each in inner:
                walk(each)
        edges.extend((edge, directed) for edge in _within(graph, "edge"))
        hyper += sum(1 for _ in _within(graph, "hyperedge"))

    for graph in _within(root, "graph"):
        walk(graph)
    links, lost = [], 0
    for edge, directed in edges:
        ends = edge.get("source", ""), edge.get("target", "")
        if groups.intersection(ends):
            lost += 1
            continue
        directed = edge.get("directed", str(directed)).strip().lower() in ("1", "true", "yes")
        source, target = ends
        arrows = next((e for e in edge.iter() if _tag(e) == "arrows"), None)
        if arrows is not None:
            tip, tail = arrows.get("target", "none") != "none", arrows.get("source", "none") != "none"
            directed = directed and tip != tail
            source, target = (target, source) if tail and not tip else (source, target)
        ends_of = {"source": source, "target": target, "direction": _direction(directed)}
        links.append(data(edge, "edge") | ends_of)
    holds = one(len(groups), "holds", "hold")
    said = (
        (groups, f"{count(len(groups), 'node')} that {holds} others {one(len(groups))} read as groups, not people."),
        (lost, f"{count(lost, 'edge')} to or from a group {one(lost)} left out."),
        (hyper, f"{count(hyper, 'hyperedge')} {one(hyper)} not read."),
    )
    remarks = [text for there, text in said if there]
    return _checked(Network("GraphML", nodes, links, remarks))


def _number(text: str, whole: bool) -> str:
    """The text of a cell; 152.0 in a column of numbers is the id 152."""
    text = text.strip()
    if whole:
        try:
            return str(int(float(text))) if float(text).is_integer() else text
        except (ValueError, OverflowError):
            return text
    return text


def _direction(directed: bool) -> str:
    return DIRECTED if directed else UNDIRECTED


# -- GEXF -------------------------------------------------------------------------------------------------


_GIVEN = ("label", "weight", "kind", "start", "end")
"""What GEXF writes beside a node or an edge; when it was there is not read, and said to be so."""


def _gexf(root: Element) -> Network:
    nodes: list[dict[str, str]] = []
    edges: list[dict[str, str]] = []
    for graph in _within(root, "graph"):
        usually = graph.get("defaultedgetype", UNDIRECTED).lower()
        titles: dict[tuple[str, str], str] = {}
        usual: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        for table in _within(graph, "attributes"):
            kind = table.get("class", "node").lower()
            for declared in _within(table, "attribute"):
                titles[kind, declared.get("id", "")] = declared.get("title", "")
                default = next(_within(declared, "default"), None)
                if default is not None:
                    usual.setdefault(kind, {})[declared.get("title", "")] = (default.text or "").strip()
        for element in graph.iter():
            kind = _tag(element)
            if kind not in ("node", "edge"):
                continue
            found = dict(usual[kind])
            for value in (each for values in _within(element, "attvalues") for each in _within(values, "attvalue")):
                at = value.get("for", value.get("id", ""))
                found[titles.get((kind, at), at)] = value.get("value", "").strip()
            given = {name: element.get(name, "") for name in _GIVEN if element.get(name)}
            if kind == "node":
                nodes.append({**given, **found, NODE: element.get("id", "")})
                continue
            ends = {"source": element.get("source", ""), "target": element.get("target", "")}
            directed = element.get("type", usually).lower() == DIRECTED
            edges.append({**given, **found, **ends, "direction": _direction(directed)})
    return _checked(Network("GEXF", nodes, edges, []))


# -- GML --------------------------------------------------------------------------------------------------

_GML = re.compile(r'\s*(?:(\[)|(\])|"([^"]*)"|([^\s\[\]"]+))')


def _gml(text: str) -> Network:
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    tokens = [(m.lastindex or 0, m.group(m.lastindex or 0)) for m in _GML.finditer(text)]
    tokens.append((0, ""))
    at = 0

    def block(top: bool = False) -> list[tuple[str, object]]:
        nonlocal at
        found: list[tuple[str, object]] = []
        while True:
            kind, name = tokens[at]
            at += 1
            if kind in (0, 2):
                if (kind == 0) is not top:
                    raise NotReadable("cannot be read as GML: its brackets do not match")
                return found
            if kind != 4:
                raise NotReadable("cannot be read as GML")
            kind, value = tokens[at]
            at += 1
            if kind in (0, 2):
                raise NotReadable("cannot be read as GML")
            found.append((name.lower(), block() if kind == 1 else value.replace("&quot;", '"').replace("&amp;", "&")))

    def flat(block: object) -> dict[str, str]:
        return {name: value for name, value in block if isinstance(value, str)} if isinstance(block, list) else {}

    graph = next((inner for name, inner in block(top=True) if name == "graph" and isinstance(inner, list)), None)
    if graph is None:
        raise NotReadable("cannot be read as GML")
    directed = flat(graph).get("directed", "0") == "1"
    nodes = [flat(inner) for name, inner in graph if name == "node"]
    edges = [flat(inner) for name, inner in graph if name == "edge"]
    if not all("id" in node for node in nodes) or not all({"source", "target"} <= edge.keys() for edge in edges):
        raise NotReadable("cannot be read as GML: a node has no id, or an edge no source or target")
    named = [{NODE: node.pop("id"), **node} for node in nodes]
    return _checked(Network("GML", named, [{**edge, "direction": _direction(directed)} for edge in edges], []))


# -- Pajek ------------------------------------------------------------------------------------------------


def _words(line: str, parting: str = "") -> list[str]:
    """The words of a line, parted by blanks or some other sign; what stands in quotation marks is one."""
    return [quoted or bare for quoted, bare in re.findall(rf'"([^"]*)"|([^\s{parting}]+)', line)]


def _pajek(text: str) -> Network:
    nodes: list[dict[str, str]] = []
    edges: list[dict[str, str]] = []
    remarks: list[str] = []
    section, layer, size, row = "", "", 0, 0
    for line in text.splitlines():
        words = _words(line)
        if not words or words[0].startswith("%"):
            continue
        if words[0].startswith("*"):
            beside = section.startswith(("*partition", "*vector", "*permutation", "*cluster"))
            section = words[0].lower()
            if section == "*vertices" and beside:  # what it counts is no network
                section = "*partition"
                continue
            if section == "*vertices":
                if nodes:
                    raise NotReadable("cannot be read as Pajek: it holds several networks; keep one in the file")
                size = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
            layer = words[-1] if section != "*vertices" and len(words) > 2 and ":" in words[1] else ""
            row = 0
            if section not in ("*vertices", "*arcs", "*edges", "*arcslist", "*edgeslist", "*matrix", "*network"):
                remarks.append("A part of the file that is neither vertices nor links is not read.")
            continue
        if section == "*vertices":
            label = words[1] if len(words) > 1 else ""
            nodes.append({NODE: words[0], **({"label": label} if label else {})})
        elif section in ("*arcs", "*edges"):
            if len(words) < 2:
                raise NotReadable("cannot be read as Pajek: a link needs two vertices")
            weight = words[2] if len(words) > 2 else "1"
            edges.append(_edge(words[0], words[1], _direction(section == "*arcs"), weight, layer))
        elif section in ("*arcslist", "*edgeslist"):
            way = _direction(section == "*arcslist")
            edges += [_edge(words[0], target, way, layer=layer) for target in words[1:]]
        elif section == "*matrix":
            row += 1
            for column, weight in enumerate(words, start=1):
                if weight.strip("0.") and row != column:
                    edges.append(_edge(str(row), str(column), DIRECTED, weight, layer))
    there = {node[NODE] for node in nodes}
    nodes += [{NODE: str(number)} for number in range(1, size + 1) if str(number) not in there]
    return _checked(Network("Pajek", nodes, edges, remarks))


# -- UCINET DL --------------------------------------------------------------------------------------------

_PART = re.compile(r"(?i)\b((?:row |column |col |matrix |level )?labels\s*(?::|embedded)|data\s*:)")


def _dl(text: str) -> Network:
    parts, parted = _PART.split(text), partial(_words, parting=',"')
    settings = {name.lower(): value.lower() for name, value in re.findall(r"(\w+)\s*=\s*(\w+)", parts[0])}
    given = {re.sub(r"[\s:]", "", name.lower()): body for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    if "data" not in given:
        raise NotReadable("cannot be read as UCINET DL: there is no 'data:' in it")
    form, embedded = settings.get("format", "fullmatrix"), "labelsembedded" in given
    counts = {name: int(text) for name in ("n", "nr", "nc", "nm") if (text := settings.get(name, "")).isdecimal()}
    size, matrices = counts.get("n", counts.get("nr", 0)), counts.get("nm", 0)
    if counts.get("nr", size) != counts.get("nc", size):
        raise NotReadable("cannot be read as UCINET DL: its rows and columns are not the same people")
    if not size:
        raise NotReadable("cannot be read as UCINET DL: it does not say how many people there are (n=)")
    names = parted(given.get("labels", "") or given.get("rowlabels", ""))
    layers = parted(given.get("matrixlabels", "") or given.get("levellabels", ""))
    order = dict.fromkeys(names)
    edges: list[dict[str, str]] = []

    def node(word: str) -> str:
        if not embedded and names and word.isdecimal() and 1 <= int(word) <= len(names):
            word = names[int(word) - 1]
        order.setdefault(word)
        return word

    absent = settings.get("diagonal", "present") == "absent"

    half = {"lowerhalf": True, "lh": True, "upperhalf": False, "uh": False}.get(form)
    if form in ("fullmatrix", "fm") or half is not None:
        words = iter(parted(given["data"]))
        numbered = [str(number) for number in range(1, size + 1)]
        for matrix in range(matrices or 1):
            columns = list(islice(words, size)) if embedded else names or numbered
            order.update(dict.fromkeys(columns))
            for place in range(size):
                source = next(words, "") if embedded else columns[min(place, len(columns) - 1)]
                there = [c for c in range(size) if half is None or c == place or (c < place) is half]
                there = [c for c in there if c != place or not absent]
                cells = list(islice(words, len(there)))
                if len(cells) < len(there) or len(columns) != size:
                    raise NotReadable("cannot be read as UCINET DL: it does not hold as many as it says")
                order.setdefault(source)
                for column, weight in zip(there, cells, strict=True):
                    if weight.strip("0.") and source != columns[column]:
                        layer = layers[matrix] if matrix < len(layers) else ""
                        edges.append(_edge(source, columns[column], _direction(half is None), weight, layer))
        if next(words, None) is not None:
            raise NotReadable("cannot be read as UCINET DL: it does not hold as many as it says")
    elif form in ("edgelist1", "el1", "nodelist1", "nl1"):
        several = form in ("nodelist1", "nl1")
        for line in filter(None, map(parted, given["data"].splitlines())):
            if len(line) < 2 and not several:
                raise NotReadable("cannot be read as UCINET DL: a link needs two ends")
            source = node(line[0])
            for target in line[1:] if several else line[1:2]:
                weight = line[2] if len(line) > 2 and not several else "1"
                edges.append(_edge(source, node(target), DIRECTED, weight))
    else:
        raise NotReadable(
            "a UCINET DL file of this format is not read; fullmatrix, lowerhalf, upperhalf, edgelist1 and nodelist1 are"
        )
    for number in range(1, size + 1):
        if len(order) < size:
            order.setdefault(str(number))
    return _checked(Network("UCINET DL", [{NODE: name} for name in order], edges, []))


def with_names(network: Network) -> Network:
    """The same; where every node has a label or a name of its own, that is its id beside the file's."""
    if any("id" in node for node in network.nodes):
        return network
    ways = [[node.get(named, "") for node in network.nodes] for named in ("label", "name")]
    labels = next((way for way in ways if all(way) and len(set(way)) == len(way)), None)
    if labels is None:
        return network
    return network._replace(nodes=[{"id": label, **node} for label, node in zip(labels, network.nodes, strict=True)])


def tabled(rows: list[dict[str, str]], *first: str) -> tuple[list[str], list[list[str]]]:
    """The names of the columns of some rows, these ones first, and the rows as lists of cells."""
    names = list(dict.fromkeys([*first, *(name for row in rows for name in row)]))
    return names, [[row.get(name, "") for name in names] for row in rows]
