"""Results for people: in words, in pictures, on pages, and in files."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def registered(
    dispatch: Callable[[type], Callable[..., Any]], result: object, modules: Mapping[str, str]
) -> Callable[..., Any]:
    """What is registered for a result, in a module that is imported only now: few commands need them all.

    dispatch: of a ``functools.singledispatch``. modules: the name of a result's class -> the module that registers
    it. Raises TypeError for what is no result.
    """
    for kind in type(result).__mro__:
        if kind.__name__ in modules:
            import_module(modules[kind.__name__])
            return dispatch(type(result))
    raise TypeError(f"one of these is needed, not {type(result).__name__}: {', '.join(modules)}")
