"""What runs the compiled engine: one WebAssembly module in the package, by ``wasmtime`` in the thread that asks.

No equation stands here: they are in ``sim.model.rules``, the months in ``sim.model.months``, and ``sim.model.engine``
is who asks. ``compiler/`` makes the module of those functions and notes what it was made from; one that the sources
have moved on from is refused. ``Native`` is the same, compiled for this machine (``sim.base.native``), to the bit.

What is here moves numbers in and out of memory and knows nothing of people. They travel as ``Laid``: a copy of all
arrays in one piece, and a table that says where each is. ``lay`` puts several settings (lanes) side by side.
"""

import ast
import atexit
import ctypes
import hashlib
import json
import math
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from threading import Lock, local
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import ScenarioError
from sim.base.remembered import Remembered

MODULE = Path(__file__).parent.parent / "model" / "engine.wasm"
SOURCE = MODULE.with_suffix(".c.xz")
"""The C that it was made of, for ``Native``."""

COMMAND = "python -m uv run --group engine python compiler/build.py"
WIDTHS = (1, 4, 8)
"""How many lanes the module has been made for."""

_PAGE, _LINE, _SMALL = 1 << 16, 64, 1 << 20


class Stale(Exception):
    """The module was made from other sources than those that are here."""


class Slowly(UserWarning):
    """Where the module is stale, the model runs as plain Python."""


def warn_if_stale() -> bool:
    """Whether the module is stale, which is told: whoever plays goes on without it."""
    if is_stale():
        warnings.warn(f"{_MOVED_ON}  (until then the model runs as plain Python, slowly)", Slowly, stacklevel=2)
    return is_stale()


_MOVED_ON = f"the model's code has changed since the engine was built; rebuild it:  {COMMAND}"


@dataclass
class Laid:
    """Arrays and numbers as the module reads them: the bytes, the table, which of its entries are places, by name.

    ``bytes``: None for many arrays each full of one number (``fills``), which are ``size`` bytes to be filled, not
    copied; without such numbers they are left as they are.
    """

    bytes: NDArray[np.uint8] | None
    table: NDArray[np.int64]
    places: NDArray[np.int64]
    size: int
    named: dict[str, tuple[int, tuple[int, ...], Any]] = field(default_factory=dict)
    fills: dict[str, Any] = field(default_factory=dict)


def room_for(value: Any, lanes: int = 0) -> Laid:
    """Room for a named tuple of arrays, which are only looked at for their shapes; for some lanes, or for none."""
    table, places, named, size = list[int](), list[int](), dict[str, Any](), 0
    for name, array in zip(value._fields, value, strict=True):
        shape = (*array.shape, lanes) if lanes else array.shape
        dtype = np.dtype(np.int64) if lanes and array.dtype == np.bool_ else array.dtype
        named[name] = size, shape, dtype
        table.extend([size, *array.shape])
        places.extend([1, *(0 for _ in array.shape)])
        size += -(-math.prod(shape) * dtype.itemsize // _LINE) * _LINE
    return Laid(None, np.array(table, dtype=np.int64), np.array(places, dtype=np.int64), size, named)


def blank(value: Any, lanes: int) -> Laid:
    """Room for a named tuple of arrays, each full of one number, for some lanes."""
    room = room_for(value, lanes)
    for name, array in zip(value._fields, value, strict=True):
        number = array.flat[0] if array.size else 0
        room.fills[name] = -int(number) if array.dtype == np.bool_ else number
    if room.size <= _SMALL:  # at hand, since one copy is sooner there than many fillings
        room.bytes = np.zeros(room.size, dtype=np.uint8)
        for name, (offset, shape, dtype) in room.named.items():
            room.bytes[offset : offset + math.prod(shape) * dtype.itemsize].view(dtype)[:] = room.fills[name]
    return room


def lay(value: Any, lanes: int = 0) -> Laid:
    """A named tuple, an array or a number laid out; or, for some ``lanes``, a list with one such thing for each."""
    parts = list[NDArray[Any] | bytes]()
    table, places, named, size = list[int](), list[int](), dict[str, tuple[int, tuple[int, ...], Any]](), 0

    def put(array: NDArray[Any], name: str, shape: tuple[int, ...]) -> None:
        nonlocal size
        named[name] = size, array.shape, array.dtype
        table.extend((size, *shape))
        places.extend((1, *(0,) * len(shape)))
        more = -array.nbytes % _LINE
        parts.extend((np.ascontiguousarray(array), bytes(more)))
        size += array.nbytes + more

    def walk(values: Sequence[Any], name: str) -> None:
        first = values[0]
        if hasattr(first, "_fields"):
            for key in first._fields:
                walk([getattr(one, key) for one in values], f"{name}.{key}" if name else key)
        elif isinstance(first, np.ndarray | tuple):
            if not lanes:
                array = np.asarray(first)
                put(array, name, array.shape)
                return
            if all(one is first for one in values):
                side_by_side = np.repeat(np.asarray(first)[..., np.newaxis], lanes, axis=-1)
            else:
                several = [np.asarray(one) for one in values]
                shape = tuple(int(most) for most in np.max([each.shape for each in several], axis=0))
                side_by_side = np.zeros((*shape, lanes), dtype=several[0].dtype)
                for lane, each in enumerate(several):
                    side_by_side[..., lane][tuple(slice(length) for length in each.shape)] = each
            if side_by_side.dtype == np.bool_:
                side_by_side = -side_by_side.astype(np.int64)
            put(side_by_side, name, side_by_side.shape[:-1])
        elif lanes:
            put(np.array([-int(one) if isinstance(one, bool) else one for one in values]), name, ())
        else:
            table.append(int(np.float64(first).view(np.int64)) if isinstance(first, float) else int(first))
            places.append(0)

    walk(value if lanes else [value], "")
    whole = np.frombuffer(b"".join(parts), dtype=np.uint8)
    return Laid(whole, np.array(table, dtype=np.int64), np.array(places, dtype=np.int64), size, named)


class Same[T]:
    """A thing as a key: itself and nothing else that is equal."""

    def __init__(self, thing: T) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


def laid(fixed: Any) -> Laid:
    """``lay`` of what is asked for again and again."""
    return _known.get(Same(fixed), lambda: lay(fixed))


_known = Remembered[Laid](2000, lambda piece: piece.size)


class Machine:
    """One instance of the module (or of another ``module``), with a memory of its own, for one thread.

    origin: what is added to a place in its memory to make an address. largest: how many bytes the memory may have.
    """

    origin, largest = 0, 4_000_000_000

    def __init__(self, module: "Ready | None" = None) -> None:
        import wasmtime

        module = module or _ready()
        self._store = wasmtime.Store(module.engine)
        self._functions: dict[str, Any] = dict(wasmtime.Instance(self._store, module.module, []).exports(self._store))
        self._memory: Any = self._functions.pop("memory")
        self._start = -(-int(self._functions.pop("__heap_base").value(self._store)) // _LINE) * _LINE
        self._forget()
        self._look()
        self._find_table()

    def place(self, staying: Sequence[Laid], going: Sequence[Laid], room: int) -> list["Placed"]:
        """Put some pieces into memory, with ``room`` bytes to spare behind them.

        Those that are ``staying`` are copied once, and are there for later calls as well; those that are ``going``
        are copied, or filled, anew, and what was ``going`` before is gone.
        """
        new = {id(piece): piece for piece in staying if id(piece) not in self._staying}
        if self._stays_to - self._start + sum(piece.size for piece in new.values()) > _MOST_STAYING:
            self._forget()
            new = {id(piece): piece for piece in staying}
        at = self._stays_to
        self._stays_to += sum(piece.size for piece in new.values())
        self.borrow(sum(piece.size for piece in going), room)
        for key, piece in new.items():
            self._staying[key] = self._put(piece, at)
            at += piece.size
        placed = [self._staying[id(piece)] for piece in staying]
        for piece in going:
            placed.append(self._put(piece, at))
            at += piece.size
        return placed

    def _put(self, piece: Laid, at: int) -> "Placed":
        placed = Placed(self, at, piece)
        if piece.bytes is not None:
            self._bytes[at : at + piece.size] = piece.bytes
        elif piece.fills:
            self._bytes[at : at + piece.size] = 0
            for name, number in piece.fills.items():
                if number != 0:
                    placed[name][:] = number
        return placed

    def borrow(self, size: int, room: int) -> int:
        """The address of so many bytes, with ``room`` to spare behind them; what was ``going`` is gone."""
        self._spare = self._stays_to + -(-size // _LINE) * _LINE
        self._grow(self._spare + room)
        return self._stays_to

    def call(self, name: str, *given: "Placed | int") -> None:
        """Call a function of the engine."""
        self._table[0], end = self.origin + self._spare, 1
        for one in given:
            if isinstance(one, Placed):
                self._table[end : end + len(one.table)] = one.table
                end += len(one.table)
            else:
                self._table[end] = one
                end += 1
        self._enter(name)

    def array(self, at: int, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """Some numbers in memory as an array, until the next ``place``."""
        count = math.prod(shape) * np.dtype(dtype).itemsize
        found: NDArray[Any] = self._bytes[at : at + count].view(dtype).reshape(shape)
        return found

    def _grow(self, wanted: int) -> None:
        if wanted > len(self._bytes):
            if wanted > self.largest:
                raise ScenarioError(
                    f"one future takes {wanted / 1e9:.1f} GB, and the compiled engine has room for "
                    f"{self.largest / 1e9:.1f}; make the organisation smaller or the run shorter"
                )
            self._more(wanted)
            self._find_table()

    def _find_table(self) -> None:
        self._table = self._bytes[self._start : self._start + _ROOM_FOR_TABLE].view(np.int64)

    def _forget(self) -> None:
        """Nothing stays in memory."""
        self._staying, self._stays_to = dict[int, Placed](), self._start + _ROOM_FOR_TABLE

    # What is the module's own, and otherwise where the engine is compiled for this machine.

    def _enter(self, name: str) -> None:
        self._functions[name](self._store)

    def _more(self, wanted: int) -> None:
        self._memory.grow(self._store, -(-(wanted - len(self._bytes)) // _PAGE))
        self._look()

    def _look(self) -> None:
        length = self._memory.data_len(self._store)
        start = ctypes.cast(self._memory.data_ptr(self._store), ctypes.c_void_p).value
        self._bytes = np.ctypeslib.as_array((ctypes.c_uint8 * length).from_address(start))


class Native(Machine):
    """The engine as a library of this machine, with a memory of its own, for one thread."""

    largest = 8_000_000_000

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library, self._start = library, 0
        self._bytes = np.empty(0, dtype=np.uint8)
        self._forget()
        self._grow(self._stays_to)

    def _enter(self, name: str) -> None:
        getattr(self._library, name)(ctypes.c_void_p(self._table.ctypes.data))

    def _more(self, wanted: int) -> None:
        whole = np.zeros(max(wanted, len(self._bytes) * 3 // 2) + 64, dtype=np.uint8)
        larger = whole[-whole.ctypes.data % 64 :]
        kept = min(len(self._bytes), self._stays_to)
        larger[:kept] = self._bytes[:kept]
        self._bytes, self.origin = larger, larger.ctypes.data
        self._staying = {key: Placed(self, one.at, one.piece) for key, one in self._staying.items()}  # it has moved


_ROOM_FOR_TABLE = 1 << 14

_MOST_STAYING = 1 << 26
"""Bytes of what stays that are kept in memory before all of it makes room."""


@dataclass
class Placed:
    """A piece in the memory of a machine."""

    machine: Machine
    at: int
    piece: Laid

    @cached_property
    def table(self) -> NDArray[np.int64]:
        """Its entries, places being addresses."""
        return self.piece.table + self.piece.places * (self.machine.origin + self.at)

    def copied(self) -> list[NDArray[Any]]:
        """All of its arrays, for good."""
        whole = self.machine.array(self.at, (self.piece.size,), np.uint8).copy()
        return [
            whole[at : at + math.prod(shape) * dtype.itemsize].view(dtype).reshape(shape)
            for at, shape, dtype in self.piece.named.values()
        ]

    def __getitem__(self, name: str) -> NDArray[Any]:
        """One of its arrays, as it is now."""
        offset, shape, dtype = self.piece.named[name]
        return self.machine.array(self.at + offset, shape, dtype)


_here = local()


def machine() -> Machine:
    """The machine of this thread. Raises Stale where there is none for the sources as they are."""
    if not hasattr(_here, "machine"):
        _here.machine = _new()
    return _here.machine  # type: ignore[no-any-return]


def _new() -> Machine:
    from sim.base import native

    with _first:  # two threads that come first at once are to have one and the same
        if is_stale():
            raise Stale(_MOVED_ON)
        library = native.library(SOURCE, made_from(_bytes())["c"], WIDTHS)
        module = _ready() if library is None else None
    return Machine(module) if library is None else Native(library)


_first = Lock()


@cache
def is_stale() -> bool:
    """Whether the sources have moved on from the module, or there is none: the model's rules were changed here."""
    return not is_made_from(made_from(_bytes())["files"], MODULE.parent.parent)


def _bytes() -> bytes:
    return MODULE.read_bytes() if MODULE.is_file() else b""


@cache
def _ready() -> "Ready":
    import wasmtime

    config = wasmtime.Config()
    with suppress(wasmtime.WasmtimeError):  # where nothing can be kept, the module is made ready anew each time
        config.cache = True
    return ready(_bytes(), wasmtime.Engine(config))


class Ready(NamedTuple):
    """A module that can be run, and what runs it."""

    engine: Any
    module: Any


def ready(code: bytes, engine: Any) -> Ready:
    """A module made ready."""
    import wasmtime

    return Ready(engine, wasmtime.Module(engine, code))


@atexit.register
def _let_go() -> None:
    """While there still is an interpreter: ``wasmtime`` cannot do it after its own modules are gone."""
    _here.__dict__.clear()
    _ready.cache_clear()


NOTE = b"\x06source"
"""The name of the section of the module that says what it was made from."""


def made_from(code: bytes) -> dict[str, Any]:
    """What a module was made from: ``files``, the two ``prints`` of each source's text; ``c``, the print of its C."""
    _, found, note = code.rpartition(NOTE)
    return {"files": {}, "c": ""} | (json.loads(note) if found else {})


def is_made_from(noted: dict[str, list[str]], package: Path) -> bool:
    """Whether the files of a package are what was noted, whatever their comments and docstrings say."""
    texts = {name: package / name for name in noted}
    if not noted or not all(path.is_file() for path in texts.values()):
        return False
    return all(
        text_print(text := path.read_text(encoding="utf-8")) == noted[name][0] or code_print(text) == noted[name][1]
        for name, path in texts.items()
    )


def prints(text: str) -> list[str]:
    """Two short names for a source: of its text, and of what the text does."""
    return [text_print(text), code_print(text)]


def text_print(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def code_print(text: str) -> str:
    """A short name for what a source does: without comments, docstrings and layout."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not _is_words(one)]  # type: ignore[attr-defined]
    return text_print(ast.unparse(tree))


def _is_words(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
