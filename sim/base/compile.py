"""Compiling the model's own plain functions with numba, once: the result is kept on disk.

A function is compiled together with every function of ours that it calls. Their folder is named after all that ends up
in the machine code: what the functions do, the constants they read, and how the tuples they handle are laid out. So a
changed rule is compiled anew, whichever file it stands in. The folder lies beside the package or, where that cannot be
written, in the user's cache; ``NUMBA_CACHE_DIR`` overrules both. Where nothing can be written, each process compiles
for itself.
"""

import dis
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from enum import Enum
from functools import wraps
from pathlib import Path
from threading import Lock
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_origin

import numba
import numpy as np
import platformdirs
from numba.extending import register_jitable

settings: Any = numba.config
_OURS = __name__.partition(".")[0]
_A_MONTH = 30 * 24 * 3600.0
_callable_when_compiled: set[int] = set()


def compiled[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled when it is first called with arguments of a kind, and kept on disk."""
    made: list[Any] = []
    alone = Lock()

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not made:
            with alone:
                if not made:
                    made.append(_compile(function))
        return made[0](*args, **kwargs)  # type: ignore[no-any-return]

    return call


def is_ready(function: Callable[..., Any]) -> bool:
    """Whether a ``compiled`` function's machine code is on disk already, so that nobody has to wait for it."""
    folder = cache_folder(function)
    return folder is not None and any(folder.rglob("*.nbc"))


def cache_folder(function: Callable[..., Any]) -> Path | None:
    """Where the machine code of a ``compiled`` function is kept; None if nothing can be written."""
    chosen, here = settings.CACHE_DIR, Path(__file__).parent.parent
    places = [Path(chosen)] if chosen else [here / "__pycache__", platformdirs.user_cache_path("leadership-sim", False)]
    for place in places:
        folder = place / f"compiled-{fingerprint(function)}"
        try:
            if not folder.is_dir():
                _tidy(place)
                folder.mkdir(parents=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def fingerprint(function: Callable[..., Any]) -> str:
    """A short name for all that ends up in the machine code of a function."""
    said = [f"numba {numba.__version__}"]
    said += [words for _, words in _reached(getattr(function, "__wrapped__", function))]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _compile(function: Callable[..., Any]) -> Any:
    for item, _ in _reached(function):
        if isinstance(item, FunctionType) and item is not function and id(item) not in _callable_when_compiled:
            _callable_when_compiled.add(id(item))
            register_jitable(item)
    folder, before = cache_folder(function), settings.CACHE_DIR
    settings.CACHE_DIR = "" if folder is None else str(folder)
    try:
        return numba.njit(function, nogil=True, error_model="numpy", cache=folder is not None)
    finally:
        settings.CACHE_DIR = before


def _reached(start: Any) -> Iterator[tuple[Any, str]]:
    """A function and everything of ours that it comes to: functions, classes and constants, each with what it says."""
    waiting, seen = [("", start)], set[str]()
    while waiting:
        name, item = waiting.pop()
        words, further = _said(name, item)
        if words not in seen:
            seen.add(words)
            yield item, words
            waiting += further


def _said(name: str, item: Any) -> tuple[str, list[tuple[str, Any]]]:
    """What a thing says that ends up in machine code, and what else it names; nothing for what is not ours."""
    if isinstance(item, FunctionType | type):
        if name and not _is_ours(item.__module__):  # what has no name is the function that is asked about
            return "", []
        name = f"{item.__module__}.{item.__qualname__}"
    if isinstance(item, FunctionType):
        return f"{name} {_body(item.__code__, item.__doc__)}", [*_named(item), *_kinds(item)]
    if isinstance(item, type):
        if issubclass(item, Enum):
            return f"{name} {[(member.name, member.value) for member in item]}", []
        return f"{name} {[*item.__annotations__]}", _kinds(item)  # the order of a tuple's fields is how it is laid out
    if isinstance(item, int | float | str | tuple | np.generic):
        return f"{name} = {item!r}", []
    raise TypeError(f"{name} = {item!r}: compiled code may read numbers, words and tuples of them, nothing else")


def _named(function: FunctionType) -> list[tuple[str, Any]]:
    """The globals that a function reads, by name, those of our modules included."""
    found, modules, readable = list[tuple[str, Any]](), list[ModuleType](), function.__globals__
    for step in dis.get_instructions(function):
        if step.opname == "LOAD_GLOBAL" and step.argval in readable:
            found.append((step.argval, readable[step.argval]))
            if isinstance(found[-1][1], ModuleType) and _is_ours(found[-1][1].__name__):
                modules.append(found[-1][1])
        elif step.opname == "LOAD_ATTR":
            found += [(step.argval, getattr(one, step.argval)) for one in modules if hasattr(one, step.argval)]
    return [(name, value) for name, value in found if not isinstance(value, ModuleType)]


def _kinds(annotated: Any) -> list[tuple[str, Any]]:
    """The classes that the parameters of a function or the fields of a class are said to be of."""
    kinds = [(name, get_origin(kind) or kind) for name, kind in annotated.__annotations__.items()]
    return [(name, kind) for name, kind in kinds if isinstance(kind, type)]


def _body(code: CodeType, doc: str | None) -> str:
    constants = [_body(one, None) if isinstance(one, CodeType) else repr(one) for one in code.co_consts if one != doc]
    return f"{code.co_code.hex()} {constants} {code.co_names} {code.co_varnames}"


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == _OURS


def _tidy(place: Path) -> None:
    """Drop what former versions left a month ago."""
    for old in place.glob("compiled-*"):
        if time.time() - old.stat().st_mtime > _A_MONTH:
            shutil.rmtree(old, ignore_errors=True)
