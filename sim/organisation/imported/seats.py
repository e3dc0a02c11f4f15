"""Which seat everyone gets: who is the director, what the line makes of everyone else, and who is left out."""

from collections import Counter

from sim.organisation.imported.hierarchy import SAY_WHO_MANAGES
from sim.organisation.imported.people import EXTERNAL, People
from sim.organisation.imported.problems import count, one
from sim.organisation.imported.roster import NOBODY, UNCLEAR
from sim.scenario.roles import Role


def seat_everyone(people: People, keep_outside: bool) -> dict[int, Role]:
    """The roles of the people who are kept, now that the line is known, in the order of their seats.

    They are sorted by role, then in the order of the file.
    """
    director = _director(people)
    _place_lead_member(people, director)
    roles = _roles(people, director)
    outside = _outside(people, roles)
    if outside:
        have = f"{count(len(outside), 'person')} {one(len(outside), 'has', 'have')} neither a manager nor reports"
        fate = "left out, with their links."
        if keep_outside:
            fate = (
                "they stay, as practitioners unless the file gives them a role, and look straight to the director. "
                'To leave them out, write outside_line = "leave_out" under [organisation] in the scenario.'
            )
        if 2 * len(outside) > len(roles):
            fate += " They are most of the people: is the column of managers another one (--as COLUMN=manager_id)?"
        people.sheet.findings.note(f"{have} ({people.sheet.where(outside)}): {fate}")
    left_out = set() if keep_outside else set(outside)
    order = sorted((person for person in range(len(roles)) if person not in left_out), key=roles.__getitem__)
    return {person: roles[person] for person in order}


def _director(people: People) -> int | None:
    """The one director: whom the file names, else the head of the line. None if unclear, the mistake noted."""
    heads = people.heads()
    if not people.held:
        _place_titles(people, heads[0] if len(heads) == 1 else None)
    sheet, managers, leads = people.sheet, people.managers, people.leads
    named = [person for person, role in enumerate(people.roles) if role == Role.DIRECTOR]
    others = [head for head in heads if head not in named]
    top = named or heads or [p for p, manager in enumerate(managers) if manager in leads] or people.inside
    row = None
    if len(named) > 1:
        what = f"{sheet.where(named)} all have the role director; there can be one"
    elif named and managers[named[0]] >= 0 and managers[named[0]] not in leads:
        row, manager = named[0], sheet.places[managers[named[0]]]
        what = f"the director has a manager ({manager}) whose role is not lead_member; give that role, or no manager"
    elif named and others:
        what = f"{sheet.where(others)} head a line of their own, beside the director's ({sheet.where(named)})"
    elif len(heads) > 1:
        what = f"{sheet.where(heads)} have reports but no manager; there can be one such person, the director"
    elif len(top) != 1:
        if UNCLEAR in managers:
            return None
        what = f"nobody is the director. {SAY_WHO_MANAGES}"
    else:
        role = people.roles[top[0]]
        if role in (None, Role.DIRECTOR):
            return top[0]
        row, what = top[0], f"this person heads the line, so the role must be director (found: {role.slug})"
    sheet.wrong(what, row)
    return None


def _place_titles(people: People, head: int | None) -> None:
    """Settle job titles that are also words of the model, by where their holders are in the line.

    Whoever heads it is the director, and others called so are what the line makes them. Whoever has a manager is from
    inside, whatever the title.
    """
    roles, managers = people.roles, people.managers
    below = [p for p, role in enumerate(roles) if role == Role.DIRECTOR and head not in (None, p)]
    inside = [p for p, role in enumerate(roles) if role in EXTERNAL and managers[p] >= 0]
    for person in {*below, *inside} - people.mapped:
        roles[person] = None
    note = people.sheet.findings.note
    if below:
        called = f"{count(len(below), 'person')} called director {one(len(below), 'does', 'do')} not head the line"
        note(f"{called}: they got a role by their place in it.")
    if inside:
        have = f"{count(len(inside), 'person')} {one(len(inside), 'has', 'have')} a manager"
        note(f"{have} and a title like a role from outside: they got a role by their place in the line.")
    if head is not None and roles[head] in (Role.MIDDLE_MANAGER, Role.PRACTITIONER):
        roles[head] = None
    people.settle()


def _place_lead_member(people: People, director: int | None) -> None:
    """Check who the lead member manages; one who manages nobody is put above the director."""
    sheet, managers, leads = people.sheet, people.managers, people.leads
    if len(leads) > 1:
        sheet.wrong(f"{sheet.where(leads)} all have the role lead_member; there can be one, who holds the portfolio")
    for person in leads:
        if managers[person] >= 0:
            sheet.wrong("a lead member has no manager; leave it empty", person)
    if director is None:
        return
    for person, manager in enumerate(managers):
        if manager in leads and person != director:
            what = "the lead member manages this person; only the director can report to the lead member"
            sheet.wrong(what, person)
    if len(leads) == 1 and managers[director] == NOBODY:
        managers[director] = leads[0]
        sheet.findings.note("The lead member manages nobody in the files and was placed above the director.")


def _roles(people: People, director: int | None) -> list[Role]:
    """Whoever has reports is a middle manager; everyone else is what the file says, or else a practitioner."""
    bosses = set(people.managers)
    roles: list[Role] = []
    changed: Counter[Role] = Counter()
    for person, role in enumerate(people.roles):
        if person == director:
            roles.append(Role.DIRECTOR)
        elif person in bosses and role != Role.LEAD_MEMBER:
            roles.append(Role.MIDDLE_MANAGER)
            if role not in (None, Role.MIDDLE_MANAGER):
                changed[role] += 1
        else:
            roles.append(Role.PRACTITIONER if role is None else role)
    for role, number in sorted(changed.items()):
        people.sheet.findings.note(
            f"{count(number, 'person')} with the role {role.slug} in the {people.sheet.file} "
            f"{one(number, 'has', 'have')} reports: counted among the middle managers."
        )
    return roles


def _outside(people: People, roles: list[Role]) -> list[int]:
    """People of the organisation with neither a manager nor reports."""
    bosses = set(people.managers)
    apart = (*EXTERNAL, Role.DIRECTOR, Role.LEAD_MEMBER)
    return [
        person
        for person, role in enumerate(roles)
        if people.managers[person] == NOBODY and person not in bosses and role not in apart
    ]
