"""Who is in the files: their ids, the roles that the files give them, and who manages them."""

from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches

from sim.organisation.imported.problems import count, nearest, one
from sim.organisation.imported.tables import SURVEYED, Sheet, slug
from sim.organisation.imported.tables import number as as_number
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

NOBODY, UNCLEAR = -1, -2
"""In place of a manager: there is none, or the files are wrong about it."""


class People:
    """Everyone in the files; a person is the number of their row in ``sheet``.

    index: which person has an id. roles: what their row says, None where it says none or one that the model does
    not know. managers: a person each, NOBODY or UNCLEAR.
    """

    def __init__(self, sheet: Sheet, index: dict[str, int], roles: list[Role | None]) -> None:
        self.sheet, self.index, self.roles = sheet, index, roles
        self.managers = [NOBODY] * len(sheet)
        self.leads = [person for person, role in enumerate(roles) if role == Role.LEAD_MEMBER]
        apart = (*EXTERNAL, Role.LEAD_MEMBER)
        self.inside = [person for person, role in enumerate(roles) if role not in apart]

    def heads(self) -> list[int]:
        """Everyone who has reports and no manager but the lead member."""
        above = (NOBODY, *self.leads)
        bosses = set(self.managers) - {NOBODY, UNCLEAR, *self.leads}
        return sorted(person for person in bosses if self.managers[person] in above)


def read_people(sheet: Sheet, own_roles: Mapping[str, str]) -> People:
    """Everyone with their id and the role their row says; ``own_roles`` are the scenario's names for roles."""
    index: dict[str, int] = {}
    for person, name in enumerate(sheet["id"]):
        if not name:
            sheet.wrong("the id is empty", person)
        elif name in index:
            sheet.wrong(f"the id is the same as that of {sheet.places[index[name]]}", person, sort="same id")
        else:
            index[name] = person
    return People(sheet, index, _roles(sheet, own_roles))


def surveyed(sheet: Sheet) -> dict[int, Person]:
    """What the file knows of people's commitment, practice, values and leadership; nobody of whom it knows nothing."""
    known: dict[int, dict[str, float]] = {}
    for column in SURVEYED:
        for person, cell in enumerate(sheet[column]):
            share = as_number(cell) if cell else None
            if share is not None and 0.0 <= share <= 1.0:
                known.setdefault(person, {})[column] = share
            elif cell:
                sheet.wrong(
                    f"{column} from 0 to 1 is needed here, or nothing where it is not known", person, sort=column
                )
    if known:
        sheet.findings.note(
            f"{count(len(known), 'person')} {one(len(known), 'starts', 'start')} with what the {sheet.file} says of "
            "their commitment, practice, values or leadership; the rest is drawn as usual."
        )
    return {person: Person(**told) for person, told in known.items()}


def _roles(sheet: Sheet, own: Mapping[str, str]) -> list[Role | None]:
    for number, role in enumerate(own.values(), start=1):
        if slug(role) not in ROLES:
            known_roles = [r.slug for r in Role]
            sheet.findings.wrong(f"[organisation.roles] entry {number}", nearest("role", slug(role), known_roles))
    known: dict[str, Role | None] = {**ROLES, **{slug(name): ROLES.get(slug(role)) for name, role in own.items()}}
    slugs = [slug(name) for name in sheet["role"]]
    near = {name: get_close_matches(name, ROLES, n=1, cutoff=0.8) for name in set(slugs) - known.keys()}
    strange: Counter[str] = Counter()
    for person, as_slug in enumerate(slugs):
        if near.get(as_slug):
            what = f"unknown role; did you mean {near[as_slug][0]!r}? If not, say what it means in [organisation.roles]"
            sheet.wrong(what, person, sort="near role")
        elif as_slug and known.get(as_slug) is None:
            strange[as_slug] += 1
    if strange:
        number = strange.total()
        sheet.findings.note(
            f"{count(number, 'person')} in the {sheet.file} {one(number, 'has', 'have')} a job title that is no role "
            f"of this model ({count(len(strange), 'different title')}). They got a role by their place in the line: "
            "director at the top, middle manager with reports, practitioner without. A run with --names lists who got "
            "which (people.csv). To decide what a title means, "
            'write under [organisation.roles] in the scenario: "the title" = "practitioner".'
        )
    return [known.get(name) for name in slugs]
