"""Which files there are, what each of their tables is, and the account of how they were read."""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from sim.organisation.imported.columns import IGNORE, SURVEYED, Vocabulary, key, place_of
from sim.organisation.imported.edges import half_layers, settle_types, sheet_layer, typed, weight_column, wide_columns
from sim.organisation.imported.files import Table, read_tables
from sim.organisation.imported.links import LAYERS
from sim.organisation.imported.networks import NODE, NotReadable
from sim.organisation.imported.problems import Findings, count, listed, one
from sim.organisation.imported.roster import KEYS, Roster
from sim.organisation.imported.sheets import Body, heads, sifted, without_forms_of_address, words_of
from sim.organisation.imported.tables import understood

NETWORK = (NODE, "source", "target", "direction")
"""Columns that a network has by its format."""

PURPOSES = ("people", "links", "survey")
"""What a file may be for: the keys of ``[organisation]`` that name them."""


@dataclass
class Bodies:
    """The tables that are read: of people, of links, and of a survey. nodes: of a network beside a file of people."""

    people: Body | None = None
    links: list[Body] = field(default_factory=list)
    survey: Body | None = None
    nodes: Body | None = None

    def all(self) -> list[Body]:
        """Each table once."""
        return [body for body in (self.people, *self.links, self.survey) if body is not None]


def read_bodies(paths: Mapping[str, Path], vocabulary: Vocabulary, findings: Findings) -> Bodies:
    """The tables of the files, by purpose; raises ScenarioError if a file cannot be used at all."""
    bodies, sound = Bodies(), True
    for purpose, path in paths.items():
        file = f"{purpose} file"
        try:
            tables = read_tables(path, file)
            found = _bodies(tables, purpose, vocabulary, findings)
        except NotReadable as error:
            for reason in error.args:
                findings.wrong(file, reason)
            sound = False
            continue
        for body in found:
            sifted(body, vocabulary, findings)
            without_forms_of_address(body)
            settle_types(body)
            for remark in body.table.remarks:
                findings.note(f"{remark[:-1]} ({file}).")
        _place(found, purpose, paths, bodies, findings)
    words = words_of(bodies.all())
    for body in bodies.all():
        body.heads = heads(body, vocabulary, words)
    _tell_strange(bodies, vocabulary, findings)
    if bodies.people is not None and not bodies.people.rows:
        findings.wrong(bodies.people.table.file, "there are no people in it")
        sound = False
    if not sound:
        findings.check()
    return bodies


def _tell_strange(bodies: Bodies, vocabulary: Vocabulary, findings: Findings) -> None:
    """Note which of one's own names for columns are in no file, with the nearest that is."""
    there = {key(head): head for body in bodies.all() if not body.matrix for head in body.heads}
    for place, name in enumerate(vocabulary.own, start=1):
        if bodies.all() and name not in vocabulary.used:
            near = get_close_matches(name, there, n=1)
            hint = f"; did you mean {there[near[0]]!r}?" if near else ""
            findings.wrong(f"[organisation.columns] entry {place}", f"no file has a column of this name{hint}")


def _bodies(tables: Sequence[Table], purpose: str, vocabulary: Vocabulary, findings: Findings) -> list[Body]:
    """The tables of one file that are read. Raises NotReadable where none of them is what is wanted."""
    if len(tables) == 1 or tables[0].header is not None:
        return [understood(table, purpose, vocabulary) for table in tables]
    found: list[Body] = []
    for table in tables:
        with suppress(NotReadable):
            found.append(understood(table, None, vocabulary))
    several = sum(1 for body in found if body.kind == "people") > 1
    for body in found:
        if body.kind == "people" and is_survey(body) and (several or purpose == "survey"):
            body.kind = "survey"
    chosen = [body for kind in PURPOSES for body in _likeliest(kind, [body for body in found if body.kind == kind])]
    wanted = [body for body in chosen if purpose in ("people", body.kind)]
    if not any(body.kind in (purpose, "links") for body in wanted):
        raise NotReadable(f"none of its {len(tables)} sheets has columns of {purpose}")
    if len(wanted) < len(tables):
        left = [table.file.rpartition(" ")[2] for table in tables if table not in [body.table for body in wanted]]
        findings.note(f"{count(len(left), 'sheet')} of the {purpose} file {one(len(left))} not read ({listed(left)}).")
    return wanted


def _likeliest(kind: str, bodies: Sequence[Body]) -> Sequence[Body]:
    """The sheets of a kind that are read: by their names or what they hold. Raises NotReadable where two could be."""
    best = [body for body in bodies if any(word in body.table.sheet.casefold() for word in _SHEETS[kind])]
    if not best and kind == "people":
        best = [body for body in bodies if has_line(body)]
    best = best or list(bodies)
    if kind != "links" and len(best) > 1:
        raise NotReadable(f"{len(best)} of its sheets could be the {kind}; say which, as FILE.xlsx#SHEET")
    return best


_SHEETS = {
    "people": ("people", "staff", "employee", "person", "worker", "headcount", "node", "position"),
    "links": ("link", "tie", "edge", "network"),
    "survey": ("survey", "answer", "response", "questionnaire"),
}
"""Words in the names of sheets."""


def has_line(body: Body) -> bool:
    """Whether a table of people says something of who manages whom."""
    return bool(body.chosen.keys() & {"manager_id", "role", "title", "level", "team"})


def is_survey(body: Body) -> bool:
    """Whether a table of people holds answers alone."""
    return bool(body.chosen.keys() & set(SURVEYED)) and not has_line(body)


def _place(found: Sequence[Body], purpose: str, paths: Mapping[str, Path], bodies: Bodies, findings: Findings) -> None:
    """Put the tables of one file where they belong; a file of its own for links or answers goes before those beside."""
    for body in found:
        if body.kind == "people" and purpose == "people":
            bodies.people = body
        elif body.kind == "people":
            bodies.nodes = body
        elif body.kind == "links" and (purpose == "links" or "links" not in paths):
            bodies.links.append(body)
        elif body.kind == "survey" and (purpose == "survey" or "survey" not in paths):
            bodies.survey = body
        elif body.rows:
            what = "links" if body.kind == "links" else "survey"
            findings.note(f"The {what} in the {body.table.file} are not read, since there is a {what} file.")


def purposes(files: Sequence[Path], own: Mapping[str, str]) -> dict[str, Path]:
    """Which file is of people, of links, and a survey, by what they hold; by their order where that does not say."""
    kinds = [_kind(path, Vocabulary(own)) for path in files]
    free, chosen = list(PURPOSES), dict[str, Path]()
    for wanted in (*PURPOSES, "list", "network", ""):
        for path, kind in zip(files, kinds, strict=True):
            if kind == wanted and free:
                if kind in ("list", "network"):
                    kind = "people" if "people" in free else "links" if kind == "network" else "survey"
                alone = len(files) == 1 and kind == "survey"
                purpose = free[0] if alone or kind not in free else kind
                free.remove(purpose)
                chosen[purpose] = path
    return chosen


def _kind(path: Path, vocabulary: Vocabulary) -> str:
    """What a file is: people, links, survey, a network, a list of people without a line, or "" for none of them."""
    found: list[Body] = []
    with suppress(NotReadable):
        for table in read_tables(path, "file"):
            with suppress(NotReadable):
                found.append(understood(table, None, vocabulary))
    if any(body.table.part for body in found):
        return "network"
    kinds = {"survey" if is_survey(body) else body.kind for body in found}
    if kinds == {"people"} and not any(map(has_line, found)):
        return "list"
    return next((kind for kind in PURPOSES if kind in kinds), "")


# -- The account ------------------------------------------------------------------------------------------


def tell(bodies: Bodies, roster: Roster, layers: Collection[str], findings: Findings) -> None:
    """Say what each file was taken for, and each of its columns; and, in a note, how many are not read."""
    for body in bodies.all():
        table, rows = body.table, count(len(body.rows), body.table.part[:-1] or "row")
        where = f"columns named in {body.top}" if body.top else "no row that names the columns"
        where = "a matrix of who is tied to whom" if body.matrix else where
        layer = sheet_layer(body, layers) if body.kind == "links" else ""
        where += f", layer {layer if layer in LAYERS else 'of your own'} by the sheet's name" if layer else ""
        head = [table.made, *([where] if table.header is None else []), f"{rows} read"]
        findings.account.append(f"{table.file}: {', '.join(head)}")
        if body.matrix:
            continue
        taken = _taken(body, roster, layers)
        for column, meaning in sorted(taken.items()):
            if table.header is None or not (body.names[column] in NETWORK or _made_up(body, column)):
                findings.account.append(f"  {body.heads[column]}: {meaning}")
        taken |= {c: "" for c, name in enumerate(body.names) if table.header is not None and name in NETWORK}
        left = [c for c, name in enumerate(body.names) if c not in taken and (name or any(body.cells(c)))]
        if left:
            findings.account.append(f"  not read: {', '.join(body.heads[column] for column in left)}")
            findings.note(f"{count(len(left), 'column')} of the {table.file} {one(len(left))} not read.")
        hints = [c for c in left if body.kind == "links" and _names_layer(body.heads[c], layers)]
        if hints:
            findings.note(
                f"{count(len(hints), 'column')} of the {table.file} that {one(len(hints))} not read may be a layer, by "
                f"{one(len(hints), 'its name', 'their names')}: to have one read, --as COLUMN=LAYER."
            )
        for column in half_layers(body, layers) if body.kind == "links" else ():
            findings.note(
                f"Some cells of a column of the {table.file} are layers and others are not, so it was not read: to "
                f"have it read, --as '{place_of(column)}=layer'."
            )


def _made_up(body: Body, column: int) -> bool:
    """Whether a column of ids is none of a network's own, but its labels again."""
    return body.names[column] == "id" and any(
        body.cells(other) == body.cells(column) for other in range(len(body.names)) if other != column
    )


def _names_layer(head: str, layers: Collection[str]) -> bool:
    """Whether one of the words of a column's name is a layer."""
    return not {key(layer) for layer in layers}.isdisjoint(re.findall(r"[^\W\d_]+", head.casefold()))


def _taken(body: Body, roster: Roster, layers: Collection[str]) -> dict[int, str]:
    """What each column that is read was taken for."""
    taken: dict[int, str] = {}
    for meaning, columns in body.chosen.items():
        if meaning == IGNORE:
            taken |= dict.fromkeys(columns, "not read, as asked")
        elif meaning == "type":
            taken |= {column: said for said, column in typed(body, layers).items()}
        elif body.kind == "survey" and meaning not in (*SURVEYED, *KEYS):
            continue
        elif meaning in (*KEYS, "title", "status", "manager_id", "dotted_line", "target"):
            taken |= dict.fromkeys(columns, meaning)
        elif meaning == "left" and body.chosen.keys() & {"status", "active", "gone"}:
            taken[columns[0]] = "left, which the status overrules"
        else:
            taken[columns[0]] = meaning
    if body.kind == "people":
        at, by = roster.by
        if at:
            named = body.names[int(by)] if by.isdecimal() else by
            named = "" if by.isdecimal() and int(by) not in taken else named
            taken[int(at)] = f"manager_id, by {named}" if named else "manager_id"
            if by.isdecimal():
                taken.setdefault(int(by), "id, for manager_id")
    if body.kind == "links":
        wide = wide_columns(body, layers)
        weighing = weight_column(body, wide)
        taken |= {} if weighing is None else {weighing: "weight"}
        for column, layer in wide.items():
            taken[column] = f"layer {layer}" if layer in LAYERS else "a layer of your own"
    return taken
