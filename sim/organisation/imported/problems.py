"""What comes to light while files are read: mistakes and notes, and the words that both are put in."""

from collections.abc import Sequence

from sim.base.errors import ScenarioError, unknown

MOST_LISTED = 10


class Findings:
    """The mistakes in the files, to be told all at once, and notes on what was assumed in reading them.

    account: what each column was taken for, a line each; it names columns, so it is for the terminal alone.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.account: list[str] = []
        self._mistakes: dict[tuple[str, str], dict[str, list[str]]] = {}

    def note(self, text: str) -> None:
        """Add a sentence about what was assumed."""
        self.notes.append(text)

    def wrong(self, file: str, what: str, place: str = "", sort: str = "") -> None:
        """Add a mistake in a file; the same in other places is told once, and alike ones share a ``sort``."""
        self._mistakes.setdefault((file, sort or what), {}).setdefault(what, []).append(place)

    def check(self) -> None:
        """Raise ScenarioError if there are mistakes: all of them in one message, the first ten of each sort."""
        lines: list[str] = []
        for (file, _), found in self._mistakes.items():
            told = [f"{at(file, places)}: {what}" for what, places in found.items()]
            lines += told[:MOST_LISTED]
            if len(told) > MOST_LISTED:
                lines.append(f"{file}: and {len(told) - MOST_LISTED} more")
        if lines:
            raise ScenarioError("\n".join(lines))


def at(file: str, places: Sequence[str]) -> str:
    """Some places of a file, how many they are and the first ten: ``people file, 2 rows (row 3, row 4)``."""
    given = list(dict.fromkeys(place for place in places if place))
    if len(given) < 2:
        return " ".join([file, *given])
    kinds = {place.partition(" ")[0] for place in given}
    return f"{file}, {count(len(given), kinds.pop() if len(kinds) == 1 else 'place')} ({listed(given)})"


def listed(words: Sequence[str]) -> str:
    """The first ten of some words, and how many more there are."""
    more = len(words) - MOST_LISTED
    return ", ".join(words[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def one(number: int, singular: str = "was", plural: str = "were") -> str:
    """The verb or noun that goes with a number."""
    return singular if number == 1 else plural


def count(number: int, noun: str) -> str:
    """A number of things, e.g. ``2 ties``."""
    return f"{number:,} {one(number, noun, 'people' if noun == 'person' else f'{noun}s')}"


def nearest(what: str, name: str, known: Sequence[str]) -> str:
    """An unknown name, not quoted because it may be somebody's, with the nearest known one, or all of them."""
    return unknown(what, name, known).replace(f" {name!r}", "", 1)


def slug(name: str) -> str:
    """A name in small letters with underscores, so that all ways to write it are the same."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())
