"""Exercises of the notebooks: ``check("1.1", 44)`` says whether an answer is right, ``solution("1.1")`` how to find it.

Each exercise is a function that finds its answer by running the model, so that no answer is written down anywhere. The
number before the point is the notebook's, and its exercises are in the module of that notebook below. Each is written
out in full, as a student would write it, because ``solution`` shows it; nothing in ``sim`` may lean on it.
"""

import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from numbers import Real
from typing import Any

import numpy as np

MODULES = {
    "1": "one_future",
    "2": "links",
    "3": "one_leader",
    "4": "succession",
    "5": "sharing",
    "6": "across",
    "7": "own_experiment",
    "8": "change_the_model",
    "9": "embedding",
}
"""The module with a notebook's exercises, by the notebook's number."""


@dataclass(frozen=True)
class Exercise:
    """A question of a notebook: a function whose result is the answer and whose docstring is the hint.

    within: how far a number may be off and still be right. why: what there is to say once it is found.
    """

    number: str
    find: Callable[[], Any]
    within: float
    why: str

    @cached_property
    def answer(self) -> Any:
        """What is right; the model is run once to find it."""
        found = self.find()
        return found.item() if isinstance(found, np.generic) else found

    @property
    def wanted(self) -> str:
        """What kind of answer it is, in words."""
        kinds = {str: "a name, in quotes", bool: "True or False", int: "a count"}
        number = f"a number, right to within {self.within:g}" if self.within else "a number"
        return kinds.get(type(self.answer), number)

    def right(self, answer: Any) -> bool | None:
        """Whether an answer is right; None where it is none of the kind. Words count whatever their case and spaces."""
        if isinstance(self.answer, str):
            return " ".join(answer.lower().split()) == self.answer.lower() if isinstance(answer, str) else None
        if isinstance(self.answer, bool):
            return bool(answer) == self.answer if isinstance(answer, (bool, np.bool_)) else None
        if isinstance(answer, (bool, np.bool_)) or not isinstance(answer, Real):
            return None
        return abs(float(answer) - float(self.answer)) <= self.within + 1e-12


def exercise(number: str, within: float = 0.0, why: str = "") -> Callable[[Callable[[], Any]], Exercise]:
    """Make a function the exercise of this number."""
    return lambda find: Exercise(number, find, within, why)


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
        return
    right = asked.right(answer)
    if right:
        print(f"{number}: right. {asked.why}".strip())
    elif right is None:
        print(f"{number}: the answer is {asked.wanted}.")
    else:
        print(f"{number}: not yet. Hint: {inspect.getdoc(asked.find)}")


def solution(number: str) -> None:
    """Print how the answer to an exercise is found, ready to be run, and the answer. Raises ValueError as ``check``."""
    asked = _asked(number)
    module = inspect.getsource(sys.modules[asked.find.__module__]).partition("@exercise")[0]
    before = module.split('"""', 2)[2].strip().splitlines()
    source = inspect.getsource(asked.find).splitlines()
    start = next(i for i, line in enumerate(source) if line.startswith("def "))
    end = next(i for i, line in enumerate(source) if line.rstrip().endswith('"""'))
    needed = [line for line in before if line != "from sim.interface.exercises import exercise"]
    print(*needed, "", "", source[start], *source[end + 1 :], sep="\n")
    answer = asked.answer
    shown = answer if isinstance(answer, (str, bool, int)) else format(float(answer), ".3g")
    print(f"\n\n{asked.find.__name__}()  # {shown}")
    if asked.why:
        print(*textwrap.wrap(asked.why, 100, initial_indent="# ", subsequent_indent="# "), sep="\n")


def _asked(number: str) -> Exercise:
    of = exercises(str(number).partition(".")[0])
    if str(number) not in of:
        raise ValueError(f"there is no exercise {number!r}; this notebook has {', '.join(of)}")
    return of[str(number)]
