"""Reading a real organisation from files of people and links: their roles, the line, and who influences whom.

``read_organisation`` gives a ``Builder`` with a seat for each person of the files; the scenario then
adds partners around it. What had to be assumed stands in ``builder.notes``, in sentences. Neither notes nor messages
ever quote a cell of a file, its name, or the names that a scenario gives to roles and layers: any of them may hold
somebody's name. They cite rows, and row 1 is the first of the file; mistakes also name columns, notes do not,
since results keep them. ``account`` says what each column was taken for.

A file goes through ``files`` (any format as tables of text), ``tables`` and ``sheets`` (what the columns are, by
``columns``), ``posts``, ``roster`` and ``edges`` (who is in post, who is meant), then ``people``, ``hierarchy``,
``seats`` and ``links`` (roles, line, links).
"""

from collections import Counter
from collections.abc import Mapping
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sim.base.errors import ScenarioError
from sim.base.files import stamp
from sim.organisation.imported.columns import SURVEYED
from sim.organisation.imported.edges import LINK_COLUMNS, edge_rows, ends, mentioned
from sim.organisation.imported.hierarchy import find_managers
from sim.organisation.imported.links import (
    LAYERS,
    Ties,
    add_links,
    drop_light,
    known_layers,
    link_dotted,
    link_teammates,
    read_ties,
    reports,
)
from sim.organisation.imported.people import ROLES, People, read_people, surveyed, tell_known
from sim.organisation.imported.problems import Findings, count, one
from sim.organisation.imported.reading import PURPOSES, purposes, read_bodies, tell
from sim.organisation.imported.roster import NOBODY, PEOPLE_COLUMNS, Roster, roster
from sim.organisation.imported.seats import seat_everyone
from sim.organisation.imported.sheets import Body, Sheet, meanings_of
from sim.organisation.structure import Builder
from sim.scenario.roles import Role
from sim.scenario.scenario import Organisation, Person


class Read(NamedTuple):
    """An organisation as it was read.

    account: what each column was taken for, a line each. roles: each job title that the model does not know, with the
    role that most of its holders got; a title may be somebody's, so it is told only where names are asked for.
    """

    builder: Builder
    account: list[str]
    roles: dict[str, Role]


def read_organisation(setting: Organisation, folder: Path) -> Builder:
    """The people of an organisation's files as seats, with their managers and links; a fresh Builder each time.

    Seats are sorted by role, then in the order of the file. A layer's weights are scaled over its ties of at
    least its ``minimum`` between people who are kept. A line layer is read as: the source reports to the target.
    Raises ScenarioError, whose message lists every mistake found in the files and where it is.
    """
    builder = Builder()
    for name, value in vars(reading(setting, folder).builder).items():
        setattr(builder, name, copy(value))
    return builder


def reading(setting: Organisation, folder: Path) -> Read:
    """The same with the account of how the files were read; not to be changed, since it is remembered."""
    named = {purpose: getattr(setting, purpose) for purpose in PURPOSES}
    paths = tuple((purpose, folder / name) for purpose, name in named.items() if name is not None)
    return _read(paths, tuple(stamp(path) for _, path in paths), setting.model_dump_json(include=_READ))


def forget() -> None:
    """Drop what is remembered of files that were read."""
    _read.cache_clear()


_READ = {"layers", "roles", "columns", "outside_line", "dotted_line", *(f"{name}_scale" for name in SURVEYED)}
"""What of the setting says how files are read."""


Links = list[tuple[Sheet, list[tuple[int, int]]]]
"""The rows of each table of links, with the people at their ends."""


def _files(
    paths: Mapping[str, Path], setting: Organisation, findings: Findings
) -> tuple[People, Links, dict[int, dict[str, float]]]:
    """Files whose cells are understood: everyone, their links, and what is known of them."""
    layers = known_layers(setting.layers, findings)
    vocabulary = meanings_of(setting.columns, layers, findings)
    bodies = read_bodies(paths, vocabulary, findings)
    sheets = [edge_rows(body, layers, findings) for body in bodies.links]
    body = bodies.people or mentioned(sheets)
    everyone = roster(body, findings)
    if not len(everyone.sheet):
        findings.wrong(body.table.file, "there are no people in it")
        findings.check()
    links = [(sheet, ends(sheet, bodies.nodes, everyone, findings)) for sheet in sheets]
    known = surveyed(everyone.sheet, setting.scales)
    if bodies.survey is not None:
        for person, told in _answers(bodies.survey, everyone, setting, findings).items():
            known[person] = known.get(person, {}) | told
    tell(bodies, everyone, layers, findings)
    return read_people(everyone, setting.roles), links, known


def _answers(body: Body, everyone: Roster, setting: Organisation, findings: Findings) -> dict[int, dict[str, float]]:
    """What a survey of its own knows, by person."""
    sheet, persons, seen = body.sheet(SURVEYED, findings), list[int](), set[int]()
    if not body.chosen.keys() & set(SURVEYED):
        what = (
            "none of its columns is commitment, practice, values or leadership: say which are, --as COLUMN=commitment; "
            "or, where they name others to whom the person is tied, --as COLUMN=target, and --as COLUMN=source for the "
            "person"
        )
        findings.wrong(sheet.file, what)
    for place, person, *answers in zip(
        body.places, everyone.respondents(body, findings), *(body.first(name) for name in SURVEYED), strict=True
    ):
        if person >= 0:
            if person in seen:
                findings.wrong(sheet.file, "answers for a person whom another row answers for", place)
            seen.add(person)
            persons.append(person)
            sheet.add(place, dict(zip(SURVEYED, answers, strict=True)))
    everyone.tell_repairs("person", sheet.file, findings)
    lost = len(body.rows) - len(persons)
    if lost == len(body.rows) > 0:
        what = (
            "none of its rows is of anybody who is kept: say which column names people, --as COLUMN=id, email or name"
        )
        findings.wrong(sheet.file, what)
    elif lost:
        findings.note(f"{count(lost, 'row')} of the {sheet.file} {one(lost)} of nobody who is kept, and left out.")
    return {persons[row]: told for row, told in surveyed(sheet, setting.scales).items()}


@lru_cache(maxsize=8)
def _read(paths: tuple[tuple[str, Path], ...], stamps: tuple[tuple[int, int], ...], said: str) -> Read:
    findings = Findings()
    try:
        return _built(dict(paths), Organisation.model_validate_json(said), findings)
    except ScenarioError as error:
        for line in [*findings.account, *(f"- {note}" for note in findings.notes)]:  # it may say why
            error.add_note(line)
        raise


def _seated(
    people: People, links: Links, setting: Organisation, findings: Findings
) -> tuple[list[Ties], dict[int, Role]]:
    """The ties of each layer, and who has which role, once it is settled who manages whom. Raises ScenarioError."""
    layers, found = known_layers(setting.layers, Findings()), dict[str, Ties]()
    for sheet, pairs in links:
        read_ties(sheet, pairs, layers, found)
    drop_light(found, findings)
    ties = list(found.values())
    find_managers(people, reports(found), [(one, other) for each in ties for one, other, _ in each.weights])
    roles = seat_everyone(people, setting.outside_line == "keep")
    findings.check()
    return ties, roles


def _built(paths: Mapping[str, Path], setting: Organisation, findings: Findings) -> Read:
    people, links, known = _files(paths, setting, findings)
    ties, roles = _seated(people, links, setting, findings)
    seats = {person: seat for seat, person in enumerate(roles)}
    builder, ids = Builder(), people.sheet["id"]
    for person, role in roles.items():
        seat = builder.seat(role, seats.get(people.managers[person], NOBODY), name=ids[person])
        if person in known:
            builder.known[seat] = Person(**known[person])
    tell_known(builder.known, len(builder.roles), findings)
    builder.line()
    add_links(builder, ties, seats, findings)
    link_teammates(builder, ties, people.sheet)
    link_dotted(builder, people.roster.dotted, seats, setting.dotted_line, findings)
    findings.check()
    builder.notes = findings.notes
    return Read(builder, findings.account, _proposal(people, roles))


def _proposal(people: People, roles: Mapping[int, Role]) -> dict[str, Role]:
    """Each job title that the model does not know, with the role that most of its holders got."""
    got: dict[str, Counter[Role]] = {}
    for person, cells in enumerate(people.roster.titles):
        title = " ".join(next(filter(None, cells), "").casefold().split())
        if title and people.roles[person] is None and person in roles:
            got.setdefault(title, Counter())[roles[person]] += 1
    return {title: counts.most_common(1)[0][0] for title, counts in got.items()}


def plain(paths: Mapping[str, Path]) -> tuple[Sheet, Sheet]:
    """The files as the reader's own columns: one id for each person wherever they are named, roles by their names."""
    findings = Findings()
    people, links, _ = _files(paths, Organisation(), findings)
    _seated(people, links, Organisation(), findings)
    roster, managers = people.roster, people.managers
    ids, others = roster.sheet["id"], dict(roster.dotted)
    everyone = Sheet("people file", PEOPLE_COLUMNS, findings)
    for person, role in enumerate(people.roles):
        row = {name: roster.sheet[name][person] for name in ("id", "level", "team", *SURVEYED)}
        row["role"] = "" if role is None else role.slug
        row |= {"manager_id": ids[managers[person]]} if managers[person] >= 0 else {}
        row |= {"dotted_line": ids[others[person]]} if person in others else {}
        everyone.add(roster.sheet.places[person], row)
    ties = Sheet("links file", LINK_COLUMNS, findings)
    for sheet, pairs in links:
        for place, (source, target) in enumerate(pairs):
            if source >= 0 and target >= 0:
                cells = {name: sheet[name][place] for name in ("layer", "weight", "direction")}
                ties.add(sheet.places[place], cells | {"source": ids[source], "target": ids[target]})
    return everyone, ties


__all__ = ["LAYERS", "ROLES", "plain", "purposes", "read_organisation", "reading"]
