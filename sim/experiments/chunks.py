"""Finished chunks: some go into one shard, a numpy archive with the columns of all futures' rows, and months by chunk.

What is written for others to read is Parquet, made of these at the very end.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Bools, Floats, Ints
from sim.base.errors import ScenarioError
from sim.experiments.ensemble import OK, Chunk
from sim.experiments.flows import Total, packed, unpacked
from sim.experiments.verdict import Verdict
from sim.model.record import MONTHLY

if TYPE_CHECKING:
    import pyarrow as pa

FUTURE_COLUMNS = {
    "variant": "string",
    "future": "int64",
    "status": "string",
    "error": "string",
    "reference_month": "int64",
    "practice_before": "float64",
    "practice_after": "float64",
    "retention": "float64",
    "outcome": "string",
    "subscription_lost": "bool",
    "subscription_lost_month": "float64",
    "first_departure": "float64",
}
"""The columns of a future's row and how a table has them; any other is a ``float64``.

A word that there is not is an empty one here and none in a table, and so is a whole number or a yes that is NaN here.
"""

_ROW, _WORDS, _MONTHS, _FLOWS = "column ", "words of ", "months of ", "flows of "
_AT_HAND = 4
"""Shards whose rows are at hand: reading one variant of hundreds does not read those of all again."""

_ROWS = 100_000
"""Rows in a group of a final file, so that it does not depend on how the work was cut."""


class Shards:
    """Where finished chunks are kept, by key: in memory, unless a class of this kind says otherwise."""

    def __init__(self) -> None:
        self._shards: dict[str, bytes] = {}

    def has(self, key: str) -> bool:
        """Whether a chunk is there, whole."""
        return key in self._shards

    def keep(self, key: str, shard: bytes) -> None:
        """Keep a finished chunk."""
        self._shards[key] = shard

    def source(self, key: str) -> Any:
        """What a chunk is read from."""
        return io.BytesIO(self._shards[key])


def encoded(chunks: Sequence[Chunk]) -> bytes:
    """Some futures of every variant as an archive."""
    arrays: dict[str, NDArray[Any]] = {}
    for name in dict.fromkeys(chain(FUTURE_COLUMNS, *(chunk.columns for chunk in chunks))):
        parts = [chunk.columns.get(name, [None] * len(chunk.columns["future"])) for chunk in chunks]
        arrays[_ROW + name] = values = np.concatenate([column(part, name) for part in parts])
        if values.dtype == object:  # words: each once, and which of them stands in each row
            places = {word: place for place, word in enumerate(dict.fromkeys(values))}
            arrays[_ROW + name] = np.array([places[word] for word in values], dtype=np.int64)
            arrays[_WORDS + name] = np.frombuffer("\0".join(places).encode("utf-8"), dtype=np.uint8)
    for place, chunk in enumerate(chunks):
        if chunk.months is not None:
            arrays[f"{_MONTHS}{place}"] = chunk.months
        if chunk.flows is not None:
            arrays[f"{_FLOWS}{place}"] = np.frombuffer(packed(chunk.flows), dtype=np.uint8)
    sink = io.BytesIO()
    np.savez(sink, **arrays)  # type: ignore[arg-type]
    return sink.getvalue()


def column(values: Sequence[Any] | NDArray[Any], name: str) -> NDArray[Any]:
    """A column of futures' rows, as it is kept."""
    if FUTURE_COLUMNS.get(name) == "string":
        return np.array(["" if value is None else value for value in values], dtype=object)
    known = values if isinstance(values, np.ndarray) else [np.nan if value is None else value for value in values]
    return np.asarray(known, dtype=np.float64)


class Results:
    """The futures of some variants, read from their shards in order.

    place, of: which group of variants they are of how many that the shards hold, each with as many variants.
    """

    def __init__(
        self, shards: Shards, keys: Sequence[str], variants: Sequence[str], place: int = 0, of: int = 1
    ) -> None:
        self._shards, self._keys, self.variants = shards, keys, list(variants)
        self._first, self._chunks = place * len(self.variants), of * len(self.variants)
        self._at_hand: dict[str, dict[str, NDArray[Any]]] = {}

    @property
    def columns(self) -> list[str]:
        """The columns of a future's row."""
        return [name.removeprefix(_ROW) for name in self._names if name.startswith(_ROW)]

    @property
    def has_months(self) -> bool:
        """Whether every month's row was kept."""
        return f"{_MONTHS}{self._first}" in self._names

    @property
    def _names(self) -> list[str]:
        with np.load(self._shards.source(self._keys[0])) as shard:
            return list(shard.files)

    def tables(self, slug: str, columns: Sequence[str]) -> Iterator[dict[str, NDArray[Any]]]:
        """Some columns of one variant's futures, a shard at a time."""
        place = self._place(slug)
        for key in self._keys:
            shard = self._rows(key)
            each = len(shard[f"{_ROW}future"]) // self._chunks
            mine = slice(place * each, (place + 1) * each)
            found = {name: shard[_ROW + name][mine] for name in columns}
            for name in columns:
                if _WORDS + name in shard:
                    words = shard[_WORDS + name].tobytes().decode("utf-8").split("\0")
                    found[name] = np.array(words, dtype=object)[found[name]]
            yield found

    def _place(self, slug: str) -> int:
        """Which of the chunks in a shard is that of a variant."""
        return self._first + self.variants.index(slug)

    def _rows(self, key: str) -> dict[str, NDArray[Any]]:
        """A shard without what is kept apart from its rows; those of the last few are at hand."""
        if key not in self._at_hand:
            while len(self._at_hand) >= _AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
            with np.load(self._shards.source(key)) as shard:
                rows = [name for name in shard.files if name.startswith((_ROW, _WORDS))]
                self._at_hand[key] = {name: shard[name] for name in rows}
        return self._at_hand[key]

    def _apart(self, slug: str, what: str) -> Iterator[NDArray[Any]]:
        """What is kept of one variant apart from the rows, a shard at a time; nothing where it was not kept."""
        for key in self._keys:
            with np.load(self._shards.source(key)) as shard:
                if f"{what}{self._place(slug)}" in shard.files:
                    yield shard[f"{what}{self._place(slug)}"]

    def futures(self, slug: str, columns: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Some columns of one variant's futures, all at once."""
        parts = list(self.tables(slug, columns))
        return {name: np.concatenate([part[name] for part in parts]) for name in columns}

    def went(self, slug: str, columns: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Some columns of one variant's futures, and how each went, as a number of the ``Verdict``, under ``outcome``.

        Raises ScenarioError where a future failed.
        """
        table = self.futures(slug, ["status", "error", "outcome", *columns])
        errors = table["error"][table["status"] != OK]
        if len(errors):
            raise ScenarioError(f"a future of {slug} failed: {errors[0].strip().splitlines()[-1]}")
        return table | {"outcome": np.array([Verdict.of(word) for word in table["outcome"]], dtype=np.int64)}

    def months(self, slug: str, most: int | None = None) -> Floats:
        """Every month's row of (at most so many of) one variant's futures, [futures, months + 1, columns]."""
        parts, found = list[Floats](), 0
        for months in self._apart(slug, _MONTHS):
            parts.append(months)
            found += len(parts[-1])
            if most is not None and found >= most:
                break
        return np.concatenate(parts)[:most]

    def flows(self, slug: str) -> Total | None:
        """Who moved whom in all of one variant's futures, added up; None if that was not kept."""
        found: Total | None = None
        for flows in self._apart(slug, _FLOWS):
            more = unpacked(flows.tobytes())
            found = more if found is None else found + more
        return found

    def all_futures(self) -> "Iterator[pa.Table]":
        """All variants' rows, a variant after the other."""
        columns = self.columns
        return (_table(rows) for slug in self.variants for rows in self.tables(slug, columns))

    def all_months(self) -> "Iterator[pa.Table]":
        """All variants' months, a row a month, a variant after the other."""
        return (
            _trajectories(slug, rows["future"].astype(np.int64), months)
            for slug in self.variants
            for rows, months in zip(self.tables(slug, ["future"]), self._apart(slug, _MONTHS), strict=True)
        )


def _table(rows: dict[str, NDArray[Any]]) -> "pa.Table":
    """The rows of some futures as a table."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for name, values in rows.items():
        kind = FUTURE_COLUMNS.get(name, "float64")
        if kind == "float64":
            columns[name] = _numbers(values)
            continue
        known = values != "" if kind == "string" else ~np.isnan(values)
        buffers = [None if known.all() else _bits(known)]
        if kind == "string":
            words = [str(word).encode("utf-8") for word in values]
            ends = np.cumsum([0, *(len(word) for word in words)], dtype=np.int32)
            buffers += [pa.py_buffer(ends), pa.py_buffer(b"".join(words))]
        elif kind == "bool":
            buffers.append(_bits(known & (values != 0)))
        else:
            buffers.append(pa.py_buffer(np.where(known, values, 0).astype(np.int64)))
        columns[name] = pa.Array.from_buffers(pa.type_for_alias(kind), len(values), buffers)
    return pa.table(columns)


def _bits(yes: Bools) -> "pa.Buffer":
    import pyarrow as pa

    return pa.py_buffer(np.packbits(yes, bitorder="little"))


def _trajectories(slug: str, which: Ints, months: Floats) -> "pa.Table":
    """A row a month: variant, future, month and the columns of MONTHLY."""
    import pyarrow as pa

    futures, length, _ = months.shape
    columns: dict[str, Any] = {
        "variant": _one_word(slug, length * futures),
        "future": _numbers(np.repeat(which, length)),
        "month": _numbers(np.tile(np.arange(length), futures)),
    }
    columns |= {name: _numbers(months[:, :, i].ravel()) for i, name in enumerate(MONTHLY)}
    return pa.table(columns)


def _one_word(word: str, times: int) -> "pa.Array":
    """The same word in every row; ``pa.repeat`` would do, but it imports pandas, which takes a second."""
    import pyarrow as pa

    letters = word.encode("utf-8")
    ends = np.arange(times + 1, dtype=np.int32) * np.int32(len(letters))
    return pa.Array.from_buffers(pa.string(), times, [None, pa.py_buffer(ends), pa.py_buffer(letters * times)])


def _numbers(values: NDArray[Any]) -> "pa.Array":
    """Numbers as a column, where ``pa.array`` would import pandas."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def write(path: Path, tables: "Iterable[pa.Table]") -> None:
    """Write tables as one file whose groups of rows have the same size however the rows came."""
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None
    try:
        for group in _of_one_size(tables):
            writer = writer or pq.ParquetWriter(path, group.schema)
            writer.write_table(group.combine_chunks(), row_group_size=_ROWS)
    finally:
        if writer is not None:
            writer.close()


def _of_one_size(tables: "Iterable[pa.Table]") -> "Iterator[pa.Table]":
    """The rows of tables in groups of ``_ROWS``, and the rest."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        while sum(part.num_rows for part in waiting) >= _ROWS:
            rows = pa.concat_tables(waiting)
            yield rows.slice(0, _ROWS)
            waiting = [rows.slice(_ROWS)]
    if waiting:
        yield pa.concat_tables(waiting)
