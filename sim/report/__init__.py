"""Results for people: in words, in pictures, on pages, and in files."""

from collections.abc import Mapping


def of_kind[Entry](result: object, kinds: Mapping[str, Entry]) -> Entry:
    """What stands for a result's kind in a table by the names of classes. Raises TypeError for what is no result."""
    for kind in type(result).__mro__:
        if kind.__name__ in kinds:
            return kinds[kind.__name__]
    raise TypeError(f"one of these is needed, not {type(result).__name__}: {', '.join(kinds)}")
