"""A folder of results: seen to be writable first, and written whole or not at all."""

import errno
import hashlib
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.base.files import with_sheet
from sim.scenario.scenario import FILES, Scenario, ScenarioError

PARTS, LOCK = "parts", ".lock"
"""What stands in a folder while a run is under way."""


def check_folder(folder: Path, overwrite: bool) -> None:
    """See that results can be written to a folder, and leave no trace. Raises ScenarioError if they cannot."""
    with looking(folder):
        if folder.exists() and not folder.is_dir():
            raise ScenarioError(f"{folder}: this is a file; results need a folder")
        if folder.is_dir() and any(folder.iterdir()) and not overwrite:
            raise ScenarioError(f"{folder}: the folder is not empty; choose another, or add --overwrite")
        _try_to_write(folder)


def check_file(path: Path, overwrite: bool) -> None:
    """See that a file can be written, and leave no trace. Raises ScenarioError if it cannot."""
    with looking(path):
        if path.is_dir():
            raise ScenarioError(f"{path}: this is a folder; name a file")
        if path.exists() and not overwrite:
            raise ScenarioError(f"{path}: is there already; choose another name, or add --overwrite")
        _try_to_write(path.parent)


def _try_to_write(folder: Path) -> None:
    while not folder.exists():
        folder = folder.parent
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder):
        pass


def check_is_folder(folder: Path) -> None:
    """Raise ScenarioError where there is no folder of this name."""
    if not folder.is_dir():
        is_file = "this is a file, not the folder of a run" if folder.exists() else "there is no such folder"
        raise ScenarioError(f"{folder}: {is_file}")


@contextmanager
def looking(path: Path, cannot: str = "cannot be written") -> Iterator[None]:
    """Say in a sentence what keeps one from looking at a path or writing there. Raises ScenarioError."""
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError(f"{path}: {cannot} ({why(error)})") from None


@contextmanager
def whole_folder(folder: Path, ours: Sequence[str], overwrite: bool) -> Iterator[Path]:
    """A place to write files, moved into ``folder`` all together at the end, or dropped if anything goes wrong.

    ``ours``: names of files of a former run, removed from ``folder`` if they are not written anew. Raises
    ScenarioError if the folder holds something and ``overwrite`` is not set, cannot be written, or the disk is full.
    """
    check_folder(folder, overwrite)
    made = [path for path in (folder, *folder.parents) if not path.exists()]  # the deepest first
    try:
        with looking(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder) as name:
            yield Path(name)
            for file in ours:
                (folder / file).unlink(missing_ok=True)
            for path in sorted(Path(name).iterdir()):
                with path.open("rb+") as written:
                    os.fsync(written.fileno())
                path.replace(folder / path.name)
            sync(folder)
    except BaseException as error:
        for path in made:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        if isinstance(error, OSError):
            kept = "nothing was kept"
            if (folder / PARTS).is_dir():
                kept = f"what was run is kept; once it can be, go on with  leadership-sim resume {folder}"
            raise ScenarioError(f"{folder}: cannot be written ({why(error)}); {kept}") from None
        raise


def sync(folder: Path) -> None:
    """Make the system write down what a folder holds; not every system lets one."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
    finally:
        os.close(handle)


def why(error: Exception) -> str:
    """Why a file could not be written or read, in words."""
    if getattr(error, "errno", None) == errno.ENOSPC:
        return "the disk is full"
    return getattr(error, "strerror", None) or str(error)


def moved(scenario: Scenario, folder: Path) -> dict[str, Any]:
    """The scenario as written, its files' paths now relative to ``folder``, so that it runs from there."""
    written = scenario.written()
    setting = written.get("organisation", {})
    for table, key in (*((setting, key) for key in FILES), (written, "labels")):
        if key in table and (key != "labels" or table[key].endswith(".toml")):
            path = (scenario.folder / table[key]).resolve()
            try:
                table[key] = Path(os.path.relpath(path, folder.resolve())).as_posix()
            except ValueError:  # another drive
                table[key] = path.as_posix()
    return written


def file_hashes(scenario: Scenario) -> dict[str, str]:
    """SHA-256 of the files of a real organisation, by what they hold. Raises ScenarioError where one cannot be read."""
    setting = scenario.organisation
    paths = {key: getattr(setting, key) for key in FILES if getattr(setting, key)}
    try:
        return {key: sha256(with_sheet(scenario.folder / path)[0]) for key, path in paths.items()}
    except OSError as error:
        raise ScenarioError(f"a file of the organisation cannot be read ({why(error)})") from None


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Versions of Python and of what the numbers depend on."""
    names = ("leadership-sim", "mesa", "wasmtime", "numpy", "scipy", "pandas", "pyarrow", "pydantic")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in names}
