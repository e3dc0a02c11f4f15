"""What was made and may be wanted again: kept as long as there is room."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

MOST_BYTES = 120_000_000
"""What is remembered in one place takes no more memory than this, ``FEW`` things apart."""

FEW = 4
"""So many are remembered however large they are: the organisation and the draws of two futures."""


class Remembered[T]:
    """What was made last, by key, the least used dropped first. Several threads may ask at once.

    ``most``: how many things. ``size``: how many bytes one takes.
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._known, self._lock = most, OrderedDict[Any, T](), Lock()
        self._size, self._bytes = size, 0

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """What is kept under a key, made if it is not there."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = make()  # outside the lock: two threads may make the same thing, which harms nobody
        with self._lock:
            self._bytes += self._size(made) - (self._size(self._known[key]) if key in self._known else 0)
            self._known[key] = made
            while len(self._known) > self._most or (self._bytes > MOST_BYTES and len(self._known) > FEW):
                self._bytes -= self._size(self._known.popitem(last=False)[1])
        return made
