"""Compiling the model's own plain functions with numba, once: the result is kept on disk.

The folder is named after what the source files say, so that a changed rule is compiled anew. It lies beside the
package or, where that cannot be written, in the user's cache; ``NUMBA_CACHE_DIR`` overrules both. Where nothing can
be written, each process compiles for itself.
"""

import hashlib
import inspect
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import platformdirs
from numba.extending import register_jitable

_SOURCES = (
    *("base/streams", "base/compile", "scenario/parameters", "scenario/roles", "organisation/structure"),
    *(
        f"model/{name}"
        for name in ("rules", "state", "removal", "turnover", "programme", "record", "ledger", "tracing", "engine")
    ),
    *("model/draws", "model/calendar", "model/parameters"),
)
"""The files whose words end up in compiled code."""

settings: Any = numba.config
_A_MONTH = 30 * 24 * 3600.0


def usable(module: ModuleType) -> None:
    """Let compiled code call the functions of a module, which stay what they are for everybody else."""
    for _, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            register_jitable(function)


@cache
def cache_folder() -> Path | None:
    """Where compiled code is kept; None if nothing can be written."""
    digest = hashlib.sha256(numba.__version__.encode())
    here = Path(__file__).parent.parent
    for name in _SOURCES:
        digest.update((here / f"{name}.py").read_bytes())
    chosen = settings.CACHE_DIR
    places = [Path(chosen)] if chosen else [here / "__pycache__", platformdirs.user_cache_path("leadership-sim", False)]
    for place in places:
        folder = place / f"compiled-{digest.hexdigest()[:16]}"
        try:
            if not folder.is_dir():
                _tidy(place)
                folder.mkdir(parents=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def _tidy(place: Path) -> None:
    """Drop what former versions left a month ago."""
    for old in place.glob("compiled-*"):
        if time.time() - old.stat().st_mtime > _A_MONTH:
            shutil.rmtree(old, ignore_errors=True)


def compiled[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled when it is first called with arguments of a kind, and kept on disk."""
    folder, before = cache_folder(), settings.CACHE_DIR
    settings.CACHE_DIR = "" if folder is None else str(folder)
    try:
        made: Any = numba.njit(function, nogil=True, error_model="numpy", cache=folder is not None)
    finally:
        settings.CACHE_DIR = before
    return made  # type: ignore[no-any-return]


def is_ready() -> bool:
    """Whether the compiled code is on disk already, so that nobody has to wait for it."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob("engine.*.nbc"))
