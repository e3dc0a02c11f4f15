"""Work in progress in a folder: shards that survive whatever stops the program, and what is to be run.

``DIR/parts`` holds ``job.json`` (what was asked for) and a shard for every chunk that is done. A shard is written
under another name and renamed, and its name ends in a checksum of what it holds, so that it is either there and whole
or not there. It is synced, unless another was less than a second ago: waiting for the disk hundreds of times would
take longer than the work of the last seconds, which is what a power cut may cost. Once the results are written,
``parts`` goes. A lock keeps a second process out; the system lets go of it when the process ends, however it ends.
"""

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sim.experiments.chunks import Shards
from sim.experiments.folder import LOCK, PARTS, check_folder, check_is_folder, looking, sync, why
from sim.scenario.scenario import ScenarioError

_DIGITS, _SUM = 8, 32

A_WHILE = 1.0
"""Seconds from one sync of a shard to the next, at least."""


class InFolder(Shards):
    """The shards of a run under way, and its job. Close it, or leave its ``with`` block, to let others in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._parts = folder, folder / PARTS
        self._lock = FileLock(folder / LOCK, timeout=0)
        self._found: dict[str, Path] = {}
        self._synced = -A_WHILE
        self.job: dict[str, Any] = {}

    @classmethod
    def create(cls, folder: Path, job: dict[str, Any], overwrite: bool) -> "InFolder":
        """Begin a job in a folder. Raises ScenarioError if it cannot be written, or holds something already."""
        with looking(folder):
            if (folder / PARTS / "job.json").is_file() and not overwrite:
                raise ScenarioError(
                    f"{folder}: holds work that was not finished; go on with  leadership-sim resume {folder}  "
                    "or start anew with --overwrite"
                )
        check_folder(folder, overwrite or barely_begun(folder))
        store = cls(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            store._take_lock()
            store._clear()
            store._parts.mkdir()
            store.job = job
            _write(store._parts / "job.json", json.dumps(job, indent=2, ensure_ascii=False).encode("utf-8"))
        except OSError as error:
            store.close()
            raise ScenarioError(f"{folder}: cannot be written ({why(error)})") from None
        return store

    @classmethod
    def open(cls, folder: Path) -> "InFolder | None":
        """Go on with the job of a folder; None if it is finished. Raises ScenarioError where there is none."""
        job = folder / PARTS / "job.json"
        with looking(folder, "cannot be read"):
            check_is_folder(folder)
            finished = (folder / "manifest.json").is_file() and not (folder / PARTS).is_dir()
            if not job.is_file() and not finished:
                raise ScenarioError(f"{folder}: there is no run in it that could be resumed")
        store = cls(folder)
        store._take_lock()
        try:
            if not job.is_file():
                store.finish()  # it may have been killed while its parts were dropped
                return None
            store.job = json.loads(job.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            store.close()
            raise ScenarioError(f"{job}: cannot be read ({why(error)})") from None
        for path in store._parts.glob("*.npz"):
            store._found[path.stem.rpartition("-")[0]] = path
        for leftover in store._parts.glob(".*"):
            leftover.unlink()
        _sweep_up(folder)
        return store

    def has(self, key: str) -> bool:
        """Whether a chunk is there, whole; one that is damaged is dropped."""
        path = self._found.get(f"{key:0>{_DIGITS}}")
        if path is None:
            return False
        if hashlib.sha256(path.read_bytes()).hexdigest()[:_SUM] == path.stem[-_SUM:]:
            return True
        path.unlink()
        del self._found[f"{key:0>{_DIGITS}}"]
        return False

    def keep(self, key: str, shard: bytes) -> None:
        """Write a finished chunk, so that it is there whole or not at all.

        Raises ScenarioError if it cannot be written, the disk being full, say; what was there stays.
        """
        path = self._parts / f"{key:0>{_DIGITS}}-{hashlib.sha256(shard).hexdigest()[:_SUM]}.npz"
        self._found[f"{key:0>{_DIGITS}}"] = path  # before it is written, lest a Ctrl-C in between say that nothing was
        try:
            lasting = time.monotonic() - self._synced >= A_WHILE
            _write(path, shard, lasting)
            if lasting:
                self._synced = time.monotonic()
        except OSError as error:
            del self._found[f"{key:0>{_DIGITS}}"]
            raise ScenarioError(
                f"{self.folder}: cannot be written ({why(error)}). What was done is kept; once there is room, go on "
                f"with  leadership-sim resume {self.folder}"
            ) from None

    def source(self, key: str) -> Any:
        """The path of a chunk."""
        return self._found[f"{key:0>{_DIGITS}}"]

    @property
    def done(self) -> int:
        """How many chunks are there."""
        return len(self._found)

    def finish(self) -> None:
        """The results are written: the parts are no longer needed."""
        self._clear()
        with suppress(OSError):  # Windows does not let go of an open file
            (self.folder / LOCK).unlink(missing_ok=True)
        self.close()
        with suppress(OSError):  # it holds results
            self.folder.rmdir()

    def close(self) -> None:
        """Let others in."""
        self._lock.release()

    def __enter__(self) -> "InFolder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take_lock(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            raise ScenarioError(f"{self.folder}: another leadership-sim is at work in this folder") from None

    def _clear(self) -> None:
        """Drop all parts at once, by another name first, so that half of them are never taken for a job."""
        if self._parts.is_dir():
            gone = self.folder / ".writing-done"
            shutil.rmtree(gone, ignore_errors=True)
            self._parts.replace(gone)
        _sweep_up(self.folder)


def barely_begun(folder: Path) -> bool:
    """Whether a folder holds nothing but what a run leaves that was killed before it wrote down its job."""
    with looking(folder):
        there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        return there <= {LOCK, PARTS} and not (folder / PARTS / "job.json").exists()


def _sweep_up(folder: Path) -> None:
    """Drop what was half written when a process was killed."""
    for leftover in folder.glob(".writing-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _write(path: Path, data: bytes, lasting: bool = True) -> None:
    """Write a file so that it is there whole under its name or not at all: after a power cut too, if ``lasting``."""
    temporary = path.with_name(f".{path.name}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if lasting:
        sync(path.parent)
