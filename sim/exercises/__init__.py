"""Exercises of the notebooks: ``check("1.1", 44)`` says whether an answer is right, ``solution("1.1")`` how to find it.

Each exercise is a function that finds its answer by running the model, so that no answer is written down anywhere. The
number before the point is the notebook's, and its exercises are in the module of that notebook below.
"""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from typing import Any

MODULES = {
    "1": "one_future",
    "2": "links",
    "3": "one_leader",
    "4": "succession",
    "5": "sharing",
    "6": "across",
    "7": "own_experiment",
    "8": "change_the_model",
}
"""The module with a notebook's exercises, by the notebook's number."""


@dataclass(frozen=True)
class Exercise:
    """A question of a notebook: a function whose result is the answer and whose docstring is the hint.

    within: how far a number may be off and still be right.
    """

    number: str
    find: Callable[[], Any]
    within: float = 0.0

    @cached_property
    def answer(self) -> Any:
        """What is right; the model is run once to find it."""
        return self.find()

    def right(self, answer: Any) -> bool:
        """Whether an answer is right; words are compared whatever their case and spaces."""
        if isinstance(self.answer, str):
            return isinstance(answer, str) and " ".join(answer.lower().split()) == self.answer.lower()
        if isinstance(self.answer, bool):
            return isinstance(answer, (bool, type(self.answer))) and bool(answer) == self.answer
        try:
            return abs(float(answer) - float(self.answer)) <= self.within + 1e-12
        except (TypeError, ValueError):
            return False


def exercise(number: str, within: float = 0.0) -> Callable[[Callable[[], Any]], Exercise]:
    """Make a function the exercise of this number."""
    return lambda find: Exercise(number, find, within)


@cache
def exercises(notebook: str) -> dict[str, Exercise]:
    """The exercises of one notebook, by number. Raises ValueError for a notebook that there is not."""
    if notebook not in MODULES:
        raise ValueError(f"there is no notebook {notebook!r}; there are 1 to {len(MODULES)}")
    module = import_module(f"{__name__}.{MODULES[notebook]}")
    return {each.number: each for each in vars(module).values() if isinstance(each, Exercise)}


def check(number: str, answer: Any = None) -> None:
    """Print whether an answer to an exercise is right, and a hint where it is not. None stands for no answer yet.

    Raises ValueError for a number that is no exercise's.
    """
    asked = _asked(number)
    if answer is None or answer is ...:
        print(f"{number}: waiting for your answer.")
    elif asked.right(answer):
        print(f"{number}: right.")
    else:
        print(f"{number}: not yet. Hint: {inspect.getdoc(asked.find)}")


def solution(number: str) -> None:
    """Print how the answer to an exercise is found, and the answer. Raises ValueError as ``check`` does."""
    asked = _asked(number)
    lines = inspect.getsource(asked.find).splitlines()
    start = next(i for i, line in enumerate(lines) if line.rstrip().endswith('"""')) + 1
    print(textwrap.dedent("\n".join(lines[start:])).strip())
    answer = asked.answer
    print(f"# the answer: {answer if isinstance(answer, (str, bool, int)) else format(float(answer), '.3g')}")


def _asked(number: str) -> Exercise:
    of = exercises(str(number).partition(".")[0])
    if str(number) not in of:
        raise ValueError(f"there is no exercise {number!r}; this notebook has {', '.join(of)}")
    return of[str(number)]
