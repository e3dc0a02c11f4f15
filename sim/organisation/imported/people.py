"""Who is in the files: their ids, the roles that the files give them, and who manages them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from sim.organisation.imported.columns import SURVEYED
from sim.organisation.imported.problems import Findings, count, nearest, one, slug
from sim.organisation.imported.roster import NOBODY, UNCLEAR, Roster
from sim.organisation.imported.sheets import Sheet, leading, nothing, number
from sim.scenario.roles import Role
from sim.scenario.scenario import Person

ROLES = {role.slug: role for role in Role} | {
    "lived_experience": Role.LIVED_EXPERIENCE_MEMBER,
    "facilitator": Role.CHANGE_FACILITATOR,
    "vcs": Role.VCS_PARTNER,
}
"""The role names a people file may use, short forms included."""

EXTERNAL = (Role.VCS_PARTNER, Role.LIVED_EXPERIENCE_MEMBER, Role.HEALTH_PARTNER, Role.CHANGE_FACILITATOR)
"""Roles from outside the organisation: they normally have no line manager."""


class People:
    """Everyone in the files; a person is the number of their row in ``sheet``.

    roles: what their row says, None where it says none or one that the model does not know. held: whether the file's
    roles are the model's own words throughout, so that they are taken at their word. mapped: whose role the
    scenario's own table says. managers: a person each, NOBODY or UNCLEAR.
    """

    def __init__(self, roster: Roster, roles: list[Role | None], held: bool, mapped: set[int]) -> None:
        self.sheet, self.roster, self.roles, self.held, self.mapped = roster.sheet, roster, roles, held, mapped
        self.managers = [NOBODY] * len(self.sheet)
        self.settle()

    def settle(self) -> None:
        """Who stands apart by their role; to be called again when roles change."""
        self.leads = [person for person, role in enumerate(self.roles) if role == Role.LEAD_MEMBER]
        apart = (*EXTERNAL, Role.LEAD_MEMBER)
        self.inside = [person for person, role in enumerate(self.roles) if role not in apart]

    def heads(self) -> list[int]:
        """Everyone who has reports and no manager but the lead member."""
        above = (NOBODY, *self.leads)
        bosses = set(self.managers) - {NOBODY, UNCLEAR, *self.leads}
        return sorted(person for person in bosses if self.managers[person] in above)


def read_people(roster: Roster, own_roles: Mapping[str, str]) -> People:
    """Everyone with the role their row says; ``own_roles`` are the scenario's names for roles."""
    sheet, first = roster.sheet, dict[str, int]()
    for person, name in enumerate(sheet["id"]):
        if not name:
            sheet.wrong("the id is empty: everybody needs an id, an e-mail or a name", person)
        elif name in first:
            what = f"the id is the same as that of {sheet.places[first[name]]}: keep one of them, or give each its own"
            sheet.wrong(what, person, sort="same id")
        else:
            first[name] = person
    return _with_roles(roster, own_roles)


def _with_roles(roster: Roster, own: Mapping[str, str]) -> People:
    """The role of each person: by the first of their cells that says one. Misspelt ones are mistakes where all others
    are the model's own words; elsewhere a title that the model does not know is a title."""
    sheet = roster.sheet
    for entry, meant in enumerate(own.values(), start=1):
        if slug(meant) not in ROLES:
            known_roles = [r.slug for r in Role]
            sheet.findings.wrong(f"[organisation.roles] entry {entry}", nearest("role", slug(meant), known_roles))
    known: dict[str, Role | None] = {**ROLES, **{slug(name): ROLES.get(slug(role)) for name, role in own.items()}}
    titles = [[slug(cell) for cell in cells] for cells in roster.titles]
    firsts = {cells[0] for cells in titles if cells and cells[0]}
    near = {name: get_close_matches(name, ROLES, n=1, cutoff=_MISSPELT) for name in firsts - known.keys()}
    held = roster.own_words and all(near.values())
    roles: list[Role | None] = []
    strange: Counter[str] = Counter()
    mapped, own_names = set[int](), {slug(name) for name in own}
    for person, cells in enumerate(titles):
        role = next((found for cell in cells if (found := known.get(cell)) is not None), None)
        roles.append(role)
        mapped |= {person} if own_names.intersection(cells) else set()
        said = next(filter(None, cells), "")
        if held and cells and near.get(cells[0]):
            what = (
                f"unknown role; did you mean {near[cells[0]][0]!r}? If not, say what it means in [organisation.roles]"
            )
            sheet.wrong(what, person, sort="near role")
        elif said and role is None:
            strange[said] += 1
    if total := strange.total():
        sheet.findings.note(
            f"{count(total, 'person')} in the {sheet.file} {one(total, 'has', 'have')} a job title that is no role "
            f"of this model ({count(len(strange), 'different title')}). They got a role by their place in the line: "
            "director at the top, middle manager with reports, practitioner without. leadership-sim organisation "
            "with --names prints a table [organisation.roles] of them, to correct and to paste into the scenario: "
            '"the title" = "practitioner".'
        )
    return People(roster, roles, held, mapped)


_MISSPELT = 0.87
"""How like a role's name a misspelt one is: a letter or two differ, not a word."""


def surveyed(sheet: Sheet, scales: Mapping[str, Sequence[float]]) -> dict[int, dict[str, float]]:
    """What a sheet knows of people's commitment, practice, values and leadership, from 0 to 1, by row.

    ``scales``: the lowest and the highest answer of each, 0 and 1 where it is not there.
    """
    known: dict[int, dict[str, float]] = {}
    agreement = _agreement(sheet)
    for column in SURVEYED:
        low, high = scales.get(column, (0.0, 1.0))
        for person, cell in enumerate(sheet[column]):
            answer = leading(cell) if cell and not nothing(cell) else None
            share = None if answer is None else (answer - low) / (high - low)
            if column not in scales and cell.endswith("%") and (part := number(cell[:-1].strip())) is not None:
                share = part / 100
            share = agreement.get(_degree(cell), share)
            if share is not None and 0.0 <= share <= 1.0:
                known.setdefault(person, {})[column] = share
            elif cell and not nothing(cell):
                usual = "" if column in scales else _OTHER_SCALE.format(column)
                sheet.wrong(
                    f"{sheet.called(column)} from {low:g} to {high:g} is needed here, or nothing where it is not known"
                    + usual,
                    person,
                    sort=column,
                )
        answers = {told[column] for told in known.values() if column in told}
        if column not in scales and answers == {1.0}:
            sheet.findings.note(
                f"Everybody's {column} is 1 and taken for as much as can be, on a scale from 0 to 1"
                + _OTHER_SCALE.format(column)
                + "."
            )
    return known


_STRONGLY = ("strongly", "completely", "totally", "fully", "very strongly")
_SOMEWHAT = ("somewhat", "slightly", "tend to", "mostly", "partly", "rather")
_NEITHER = ("neutral", "neither", "neither agree nor disagree", "neither agree or disagree", "undecided", "not sure")


def _degree(cell: str) -> str:
    """An answer of agreement in the words that notes use; "" for any other."""
    said = " ".join(cell.casefold().split())
    if said in _NEITHER:
        return "neither"
    how, _, what = said.rpartition(" ")
    if what not in ("agree", "disagree") or how not in ("", *_STRONGLY, *_SOMEWHAT):
        return ""
    return " ".join(filter(None, ("strongly" if how in _STRONGLY else "somewhat" if how else "", what)))


def _agreement(sheet: Sheet) -> dict[str, float]:
    """What answers in words of agreement are worth, from 0 to 1: five steps, or seven where it takes them; noted."""
    given = {_degree(cell) for column in SURVEYED for cell in set(sheet[column])} - {""}
    plain, somewhat = (bool(given & {f"{how}agree", f"{how}disagree"}) for how in ("", "somewhat "))
    steps = ["somewhat "] if somewhat else []
    steps += [""] if plain or not somewhat else []
    above = [f"{how}agree" for how in (*steps, "strongly ")]
    below = [f"{how}disagree" for how in ("strongly ", *reversed(steps))]
    order = [*below, "neither", *above]
    worth = {words: step / (len(order) - 1) for step, words in enumerate(order)}
    if given:
        said = ", ".join(f"{words} {share:.2g}" for words, share in worth.items())
        sheet.findings.note(f"Answers in words in the {sheet.file} were read as {said}.")
    return worth


_OTHER_SCALE = (
    ". For another scale write {0}_scale = [1, 5], say, under [organisation], or add --set organisation.{0}_scale=[1,5]"
)

_DRAWN = {
    "commitment": "commitment follows from values",
    "practice": "practice starts near nothing for staff, at their commitment for others",
    "values": "values are drawn from the role's distribution",
    "leadership": "leadership starts at the role's value",
}


def tell_known(known: Mapping[int, Person], everybody: int, findings: Findings) -> None:
    """Say how many people start with what a survey knows of them, and what the rest starts from."""
    if not known:
        return
    numbers = {name: sum(1 for person in known.values() if getattr(person, name) is not None) for name in SURVEYED}
    have = ", ".join(f"{name} of {number:,}" for name, number in numbers.items() if number)
    rest = "; ".join(_DRAWN[name] for name, number in numbers.items() if number < everybody)
    findings.note(
        f"{len(known):,} of {everybody:,} people {one(len(known), 'starts', 'start')} with what the files say of "
        f"them: {have}." + (f" For the rest it is as usual: {rest}." if rest else "")
    )
