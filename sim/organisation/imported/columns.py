"""What the columns of a file mean, by the names that HR systems, surveys and network tools give them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

SURVEYED = ("commitment", "practice", "values", "leadership")
"""What a survey may know of people."""

IGNORE = "ignore"
"""The meaning of a column that is not to be read."""


def key(name: str) -> str:
    """A column's name without case, accents, blanks, hyphens, underscores and the like."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("#", " number"))
    return "".join(letter for letter in plain if letter.isalnum())


_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")


def place_of(column: int) -> str:
    """What a column is called by its place."""
    return f"column {column + 1}"


def _keys(*names: str) -> tuple[str, ...]:
    """Names given as a list with commas, as keys."""
    return tuple(key(name) for text in names for name in text.split(","))


def _each(firsts: Iterable[str], seconds: Iterable[str]) -> tuple[str, ...]:
    """Every first with every second; an empty second is the first alone."""
    return tuple(first + second for second in seconds for first in firsts)


_IDS = _keys(
    "id, employee id, employee number, employee no, employee code, emp id, emp no, emp number, worker id",
    "worker number, person id, person number, person no, personnel number, personnel no, user id, staff id",
    "staff number, staff no, staff code, payroll number, payroll no, payroll id, badge id, badge number, badge",
    "member id, associate id, eid, colleague id, people id, contact id, associate oid, unique id, unique identifier",
    "uid, uuid, guid, identifier, assignment number, assignment id, position id, position number, position no",
    "position code, post id, post number, post unique reference, respondent id, response id, participant id",
    "record id, external reference, node id, node, ego id",
)
_MAIL = _keys(
    "email, email address, e-mail address, work email, work email address, company email, business email",
    "primary work email, employee email, mail, user principal name, upn, user name, login, recipient email",
)
_NAME = _keys(
    "name, full name, employee name, display name, worker name, person name, preferred name, legal name, staff name",
    "user full name, employee full name, last name first name, first name last name, first name surname",
    "surname first name, surname forename, forename surname, forename and surname, surname and forename",
    "given name surname, surname given name, names, label, employee, worker, person, incumbent, staff member",
    "respondent",
)
_BOSS = _keys(
    "manager,managers,supervisor,supervisors,line manager,line managers,direct manager,direct supervisor,"
    "immediate manager,immediate supervisor,reporting manager,reports to,report to,reporting to,parent,boss,superior,"
    "people manager,primary manager,current manager,solid line manager,reporting line,reports to position,"
    "reports to senior post,workers manager,employees manager,manager of worker"
)
_DOTTED = _keys(
    "dotted line manager,dotted line,dotted line supervisor,dotted line reports to,dotted manager,matrix manager,"
    "matrix supervisor,secondary manager,secondary supervisor,second manager,functional manager,functional supervisor,"
    "additional manager,indirect manager,dotted reports to,manager 2,supervisor 2,dotted line to,dotted line 2"
)
_BY = _keys(
    ",id,number,no,code,name,full name,legal name,display name,email,email address,work email,mail,upn,user name,"
    "user id,user sys id,employee id,employee number,employee no,employee code,employee name,emp id,eid,worker id,"
    "worker,person id,person number,associate id,staff id,staff number,staff no,payroll number,badge id,position,"
    "position id,position number,position code,post,unique id,unique identifier,unique reference,identifier,"
    "assignment number,assignment id,reference,ref,node,node id"
)

EACH = {"manager_id": (_BOSS, _BY), "dotted_line": (_DOTTED, _BY)}
"""The meanings whose names are every first with every second."""

PEOPLE: dict[str, tuple[str, ...]] = {
    "id": _IDS,
    "email": _MAIL,
    "name": _NAME,
    "first_name": _keys("first name, given name, forename, preferred first name, legal first name, first names"),
    "last_name": _keys("last name, surname, family name, legal last name, preferred last name"),
    **{meaning: _each(firsts, seconds) for meaning, (firsts, seconds) in EACH.items()},
    "role": _keys("role"),
    "title": _keys(
        "title, job title, position title, post title, business title, working title, employee title, job, job name",
        "job role, job profile, job position, position, position name, post, post name, post held, current post",
        "designation, occupation, grade, pay grade",
        "job grade, salary grade, pay band, afc band, band, rank, employee role, role title, role name",
    ),
    "level": _keys("level, hierarchy level, org level, organisation level, organization level, management level, tier"),
    "team": _keys(
        "team, team name, team id, department, department name, dept, department id, org unit, organisation unit",
        "organization unit, organisational unit, organizational unit, unit, business unit, division, section",
        "work group",
    ),
    "status": _keys(
        "status, employment status, employee status, worker status, emp status, assignment status, position status",
        "post status, person status, record status, active status, user status, current status, status code",
        "assignment status type",
    ),
    "active": _keys("active, is active, active flag, enabled, is enabled, account enabled, currently active"),
    "gone": _keys("leaver, is leaver, terminated, is terminated, inactive, is inactive, deleted, is deleted"),
    "left": _keys(
        "termination date, leave date, leaving date, leaver date, date left, date of leaving, last working day",
        "last day, last day worked, last day of work, separation date, exit date, resignation date",
        "date of termination",
    ),
    "vacant": _keys("vacant, is vacant, vacancy, vacant flag, vacant position"),
    **{name: _keys(f"{name}, {name} score, {name} mean") for name in SURVEYED},
}
"""What a column of people may mean, and the names it has; the first ones come first where a file has several."""

LINKS: dict[str, tuple[str, ...]] = {
    "source": _keys(
        "source, source id, source name, source node, source email, from, from id, from name, from email, from node",
        "sender, sender id, sender email, ego, ego id, respondent, respondent id, rater, nominator, node 1, vertex 1",
        "person 1, employee 1, tail, caller",
    ),
    "target": _keys(
        "target, target id, target name, target node, target email, to, to id, to name, to email, to node",
        "receiver, receiver id, receiver email, recipient, recipient id, alter, alter id, nominee, nominee id, ratee",
        "nominated, node 2, vertex 2, person 2, employee 2, head, callee",
    ),
    "layer": _keys(
        "layer, network, relation, relationship, relation type, relationship type, tie type, link type, edge type",
        "question, kind, tie, link",
    ),
    "weight": _keys(
        "weight, strength, tie strength, link strength, frequency, freq, count, counts, intensity, messages",
        "number of messages, message count, n, edge weight, link weight, tie weight",
    ),
    "direction": _keys(
        "direction, directed, is directed, directionality, undirected, is undirected, mutual, is mutual, reciprocal",
        "two way, symmetric, bidirectional, dir, arrows, arrow, edge direction, link direction, tie direction",
    ),
    "type": _keys("type, label"),
}
"""What a column of links may mean. ``type``: the direction, or the layer, whichever its cells are, or neither."""


def _by_key(table: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for meaning, names in table.items():
        for place, name in enumerate(names):
            found.setdefault(name, (meaning, place))
    return found


_PEOPLE, _LINKS = _by_key(PEOPLE), _by_key(LINKS)


def meaning_of(name: str) -> str:
    """What a column of this name usually means, "" where that is not known."""
    return (_PEOPLE.get(key(name)) or _LINKS.get(key(name)) or ("", 0))[0]


class Vocabulary:
    """What the names of columns mean: the usual names, overruled by one's own (``own``: meanings by column)."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self.own = {key(name): meaning for name, meaning in (own or {}).items()}
        self.used: set[str] = set()
        """Which of one's own were found in a file."""

    def usual(self, name: str) -> bool:
        """Whether systems call columns just so, and one's own names do not: then it is nobody's name."""
        return key(name) not in self.own and (key(name) in _PEOPLE or key(name) in _LINKS)

    def meaning(self, name: str, links: bool) -> tuple[str, int] | None:
        """What a column of links, or of people, means, and how far down its names are in the list; None: not known."""
        known = _LINKS if links else _PEOPLE
        for named in (key(name), key(_BRACKETS.sub("", name))):  # Email [Required], Manager (ID)
            if named in self.own:
                return self.own[named], -1
            if named in known:
                return known[named]
        several = known.get(key(name).rstrip("0123456789"))  # Nominee 1, Nominee 2
        return several if several is not None and several[0] == "target" else None

    def chosen(self, names: Sequence[str], links: bool = False, placed: bool = True) -> dict[str, list[int]]:
        """The columns of each meaning, the likeliest first; where one's own names say it, those alone.

        placed: whether one's own may call a column by its place, ``column 3``, in a table of the kind that it suits;
        ignored so are only columns of no usual name.
        """
        found: dict[str, list[tuple[int, int]]] = {}
        keys = [key(name) for name in names]
        for column, name in enumerate(names):
            meant = self.meaning(name, links)
            named = keys[column] if keys[column] in self.own else ""
            place = key(place_of(column))
            own = self.own.get(place, "") if placed and place not in keys else ""
            suits = meant is None if own == IGNORE else (own in PEOPLE) is not links
            if own and suits:
                meant, named = (own, -1), place
            if meant is not None and (keys[column] or named):
                found.setdefault(meant[0], []).append((meant[1], column))
                self.used |= {named} if named else set()
        chosen = {
            meaning: [column for place, column in sorted(each) if place == min(each)[0] or min(each)[0] >= 0]
            for meaning, each in found.items()
        }
        if "target" in chosen and min(found["target"])[0] >= 0:  # of one name, but for numbers, a tie each
            stems = {column: keys[column].rstrip("0123456789") for column in chosen["target"]}
            chosen["target"] = [column for column in stems if stems[column] == stems[chosen["target"][0]]]
        return chosen
