"""Who is meant where a cell names somebody: by id, e-mail or name, as the file writes them or nearly so."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

SEVERAL = -3
"""In place of a person: more than one is meant."""

NO_NAMES = (
    "The {file} seems to name people, but no column of names was read: if one holds them, say which, --as COLUMN=name."
)


ACCEPTED = ": it must be the id, e-mail or name of somebody in the files"
"""What is accepted where a cell names nobody."""


def is_like_a_name(cell: str) -> bool:
    """Whether a cell has two words without figures in it, as names do."""
    return re.search(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}", cell) is not None


def _folded(text: str) -> str:
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
        text = text.replace("\u2019", "'")
    return " ".join(text.casefold().split())


def _bare(text: str) -> str:
    letters = "".join(filter(str.isalnum, _folded(text)))
    return "" if letters.isdecimal() else letters  # 1.1 is not 11


def _figures(text: str) -> str:
    """What is left of a number after a spreadsheet: 1001 for 1001.0, 42 for 00042."""
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", text):
        return text.replace(",", "")
    match = re.fullmatch(r"0*(\d+?)(?:[.,]0{1,2})?", text)
    return match[1] if match is not None else ""


def _name_words(text: str) -> list[str]:
    """The words of a name, those with an initial alone left out."""
    return re.findall(r"[^\W\d_]{2,}", _folded(text))


def _unlettered(text: str) -> str:
    """The number of an id that begins with letters: 1001 of EMP1001."""
    match = re.fullmatch(r"[^\W\d_]{1,5}[-_ ]?0*(\d+)", text)
    return "" if match is None else match[1]


def _unmarked(text: str) -> str:
    """A name without what a system put behind it: Noor Brandt (On Leave)."""
    match = re.fullmatch(r"([^()\[\]]+?)\s*[(\[][^()\[\]]*[)\]]", text)
    return "" if match is None else _folded(match[1])


def _words(text: str) -> str:
    """The words of a name in any order: Brandt, Noor is Noor Brandt."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return " ".join(sorted(words)) if len(words) > 1 and not re.search(r"[\d@]", text) else ""


_FORMS: dict[str, Callable[[str], str]] = {
    "": str,
    "in spite of capitals, accents or blanks that differ": _folded,
    "in spite of a leading zero or a .0 that a spreadsheet lost or added": _figures,
    "in spite of signs that differ": _bare,
    "by the words of a name in another order": _words,
}
"""How a cell may differ from what it stands for, the least first; the words go into a note."""


class Directory:
    """Everybody by each way to name them; a person is the number of their row.

    keys: the cells that name people, by column; empty where there is none. named: which of those columns hold
    addresses or names. Who is named by several columns at once is looked for in the likeliest first.
    """

    def __init__(self, keys: Mapping[str, Sequence[str]], named: Collection[str] = ()) -> None:
        self.columns, self._named = list(keys), named
        self._names = [keys[column] for column in named]
        self._unlettered = {column: _by(_unlettered, cells) for column, cells in keys.items() if column not in named}
        self._unmarked = {column: _by(_unmarked, keys[column]) for column in named}
        self._found = {column: [_by(form, cells) for form in _FORMS.values()] for column, cells in keys.items()}
        self.repaired: Counter[str] = Counter()
        """How many cells were read by each form but the exact one."""

    @property
    def knows_names(self) -> bool:
        """Whether anybody can be looked up by name or address."""
        return bool(self._named)

    def likeliest(self, cells: Sequence[str], first: Sequence[str] = ()) -> list[str]:
        """The columns of keys, the one that most of some cells stand in first; among equals those of ``first``."""
        different = set(filter(None, cells))
        hits = {column: self.covers(column, different) for column in self._found}
        exact = {column: sum(1 for cell in different if self._found[column][0].get(cell, -1) >= 0) for column in hits}
        return sorted(hits, key=lambda column: (-hits[column], column not in first, -exact[column]))

    def numbered(self, column: str) -> bool:
        """Whether a column holds ids, which may be somebody else's in another column of ids; not names or addresses."""
        return column not in self._named

    def covers(self, column: str, cells: Iterable[str]) -> int:
        """How many of some cells name somebody by a column of keys."""
        return sum(1 for cell in cells if self._in(column, cell)[0] >= 0)

    def holds(self, column: str, cell: str) -> bool:
        """Whether a cell stands in a column of keys just so."""
        return cell in self._found[column][0]

    def contradicts(self, cell: str, person: int) -> bool:
        """Whether a cell names somebody, by two words or more, and none of them is in a name of this person."""
        parts = [part for part in (cell, *_parts(cell)[0]) if is_like_a_name(part) and not re.search(r"[\d@]", part)]
        said = {word for part in parts[-1:] for word in _name_words(part)}
        names = {word for cells in self._names for word in _name_words(cells[person])}
        return bool(said) and bool(names) and said.isdisjoint(names)

    def find(self, cell: str, columns: Sequence[str], note: bool = True) -> int:
        """The person whom a cell names; -1 for nobody, SEVERAL where more than one could be meant."""
        several = False
        for column in columns:
            person, form = self._in(column, cell)
            if person >= 0:
                if form and note:
                    self.repaired[form] += 1
                return person
            several = several or person == SEVERAL
        if several:
            return SEVERAL
        ids = [column for column in self.columns if self.numbered(column)][:1]
        parts, all_of_them = _parts(cell)
        found = [self._part(part, [*columns, *ids]) for part in parts]
        if all_of_them and -1 in found:
            return -1
        meant = set(found) - {-1, SEVERAL} or set(found) - {-1}
        return meant.pop() if len(meant) == 1 else SEVERAL if meant else -1

    def _part(self, part: str, columns: Sequence[str]) -> int:
        return next((person for column in columns if (person := self._in(column, part)[0]) != -1), -1)

    def in_two_minds(self, cell: str, columns: Sequence[str]) -> bool:
        """Whether the parts of a cell, a name and a number say, mean one person each and not the same."""
        parts = _parts(cell)[0]
        found = {self._part(part, [*columns, *self.columns]) for part in parts}
        return len({part.isdecimal() for part in parts}) > 1 and len(found) > 1 and min(found) >= 0

    def _in(self, column: str, cell: str) -> tuple[int, str]:
        """The person in a column of keys, and by which form."""
        for (words, form), found in zip(_FORMS.items(), self._found[column], strict=True):
            person = found.get(form(cell), -1) if form(cell) else -1
            if person != -1:
                return person, words
        person = self._unlettered[column].get(_figures(cell), -1) if column in self._unlettered else -1
        if person != -1:
            return person, "in spite of letters that an id has before its number"
        person = -1 if cell.endswith((")", "]")) else self._unmarked.get(column, {}).get(_folded(cell), -1)
        return person, "without what stands behind the name in brackets"


def _by(form: Callable[[str], str], cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for person, cell in enumerate(cells):
        as_form = form(cell)
        if as_form:
            found[as_form] = SEVERAL if as_form in found and found[as_form] != person else person
    return found


def _parts(cell: str) -> tuple[list[str], bool]:
    """What a cell such as ``Name (ID)``, ``ID - Name`` or ``Name 1002`` is made of, and whether all has to be known.

    What stands in brackets is meant to tell people apart; other parts may be anything, such as those of ``Team 2``.
    """
    match = re.fullmatch(r"(.*?)\s*[(\[<]\s*([^()\[\]<>]+?)\s*[)\]>]", cell)
    if match is not None:
        return [part for part in match.groups() if part], False
    for mark in (r"\s+[-–—|/]\s+", r"\s*[:;|]\s*", r"\s+(?=\S*\d\S*$)"):
        parts = re.split(mark, cell)
        if len(parts) == 2 and all(parts):
            return parts, True
    return [], False
