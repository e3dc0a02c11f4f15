"""The engine compiled for this very machine, where the extra ``native`` is installed.

``ziglang``, which the extra brings, compiles the very C that the module was made of. That takes some seconds, once:
what comes of it is kept in the user's cache. Not on Windows, where a library takes minutes to put together.
"""

import ctypes
import os
import platform
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SWITCH = "LEADERSHIP_SIM_NATIVE"
"""A variable of the environment: 0 does without."""

_FLAGS = ("-std=gnu11", "-O3", "-w", "-fPIC", "-ffp-contract=off", "-fno-builtin", "-fno-sanitize=all")


@cache
def library(source: Path, name: str, widths: tuple[int, ...]) -> ctypes.CDLL | None:
    """The library made of some C, compressed, for some widths; None where it cannot be made, or is not wanted.

    ``name``: that of the C, by which what was made of it is found again.
    """
    if os.environ.get(SWITCH) == "0" or find_spec("ziglang") is None or (target := _target()) is None:
        return None
    from platformdirs import user_cache_path

    made = user_cache_path("leadership-sim") / f"engine-{name}-{target}.so"
    try:
        if not made.is_file():
            _make(source, widths, target, made)
        return ctypes.CDLL(str(made))
    except OSError as error:
        warnings.warn(
            f"the engine could not be compiled for this machine, so it is half as fast: {error}", stacklevel=2
        )
        return None


def _target() -> str | None:
    """For which processors the library is made, in the compiler's words; None where none is made."""
    if sys.platform == "win32":
        return None
    if platform.machine() in ("arm64", "aarch64"):
        return "baseline"
    found = set(np.show_config(mode="dicts")["SIMD Extensions"]["found"])
    if found & {"AVX512_SKX", "X86_V4"}:
        return "x86_64_v4"
    return "x86_64_v3" if found & {"AVX2", "X86_V3"} else None


def _make(source: Path, widths: tuple[int, ...], target: str, made: Path) -> None:
    """Compile it; several processes may want it at once. Raises OSError where that fails."""
    import lzma
    import tempfile

    from filelock import FileLock

    made.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(made.with_suffix(".lock")), tempfile.TemporaryDirectory(dir=made.parent) as folder:
        if made.is_file():
            return
        if sys.stderr is not None:
            print("Compiling the engine for this machine, once: a few seconds ...", file=sys.stderr, flush=True)
        there = Path(folder)
        (there / "engine.c").write_bytes(lzma.decompress(source.read_bytes()))
        zig = [sys.executable, "-m", "ziglang", "cc", *_FLAGS, f"-mcpu={target}"]
        objects = [f"engine{width}.o" for width in widths]
        each = [[*zig, f"-DW={width}", "-c", "engine.c", "-o", to] for width, to in zip(widths, objects, strict=True)]
        with ThreadPoolExecutor() as side_by_side:
            list(side_by_side.map(partial(_run, there=there), each))
        # It needs no other library; the compiler would make parts of some first.
        alone = ["-nostdlib"] if sys.platform == "linux" else []
        _run([*zig, *alone, "-shared", *objects, "-o", made.name], there)
        (there / made.name).replace(made)


def _run(command: list[str], there: Path) -> None:
    import subprocess

    done = subprocess.run(command, cwd=there, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise OSError(done.stderr.strip().partition("\n")[0])
