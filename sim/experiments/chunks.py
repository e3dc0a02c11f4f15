"""Finished chunks as Parquet: one shard a chunk, in it one row group a variant, read back a variant at a time."""

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.base.arrays import Floats
from sim.base.errors import ScenarioError
from sim.experiments.ensemble import OK, Chunk
from sim.experiments.flows import Total, packed, unpacked
from sim.experiments.verdict import Verdict
from sim.model.record import MONTHLY

FUTURE_COLUMNS: dict[str, Any] = {
    "variant": pa.string(),
    "future": pa.int64(),
    "status": pa.string(),
    "error": pa.string(),
    "reference_month": pa.int64(),
    "practice_before": pa.float64(),
    "practice_after": pa.float64(),
    "retention": pa.float64(),
    "outcome": pa.string(),
    "subscription_lost": pa.bool_(),
    "subscription_lost_month": pa.float64(),
    "first_departure": pa.float64(),
}
"""The columns of a future's row and how they are stored."""

_MONTHS, _FLOWS = "months", "flows of "
_ROWS = 100_000
"""Rows in a group of a final file, so that it does not depend on how the work was cut."""


class Shards:
    """Where finished chunks are kept, by number: in memory, unless a class of this kind says otherwise."""

    def __init__(self) -> None:
        self._shards: dict[int, bytes] = {}

    def has(self, number: int) -> bool:
        """Whether a chunk is there, whole."""
        return number in self._shards

    def keep(self, number: int, shard: bytes) -> None:
        """Keep a finished chunk."""
        self._shards[number] = shard

    def source(self, number: int) -> Any:
        """What pyarrow reads a chunk from."""
        return pa.BufferReader(self._shards[number])


def encoded(chunks: Sequence[Chunk]) -> bytes:
    """Some futures of every variant as a Parquet file."""
    tables = [_table(chunk) for chunk in chunks]
    sink = io.BytesIO()
    flows = {_FLOWS + chunk.variant: packed(chunk.flows) for chunk in chunks if chunk.flows is not None}
    with pq.ParquetWriter(sink, tables[0].schema.with_metadata(flows or None)) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=max(1, table.num_rows))
    return sink.getvalue()


def _table(chunk: Chunk) -> pa.Table:
    own = {name: pa.float64() for row in chunk.rows for name in row if name not in FUTURE_COLUMNS}
    columns = {
        name: _listed([row.get(name) for row in chunk.rows], kind) for name, kind in (FUTURE_COLUMNS | own).items()
    }
    if chunk.months is not None:
        futures, width = len(chunk.months), chunk.months[0].size
        columns[_MONTHS] = pa.ListArray.from_arrays(
            _column(np.arange(0, futures * width + 1, width, dtype=np.int32)), _column(chunk.months.ravel())
        )
    return pa.table(columns)


class Results:
    """The futures of some variants, read from their shards in order, a shard at a time."""

    def __init__(self, shards: Shards, numbers: Sequence[int], variants: Sequence[str]) -> None:
        self._shards, self._numbers, self.variants = shards, numbers, list(variants)

    @property
    def columns(self) -> list[str]:
        """The columns of a future's row."""
        names = pq.read_schema(self._shards.source(self._numbers[0])).names
        return [name for name in names if name != _MONTHS]

    @property
    def has_months(self) -> bool:
        """Whether every month's row was kept."""
        return _MONTHS in pq.read_schema(self._shards.source(self._numbers[0])).names

    def tables(self, slug: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The rows of one variant's futures."""
        place = self.variants.index(slug)
        for number in self._numbers:
            with pq.ParquetFile(self._shards.source(number)) as file:
                # Arrow's own threads gain nothing here, and now and then bring the process down as it ends.
                found = file.read_row_group(place, columns=list(columns), use_threads=False)
                yield found.replace_schema_metadata(None)

    def futures(self, slug: str, columns: Sequence[str]) -> pa.Table:
        """Some columns of one variant's futures, all at once."""
        return pa.concat_tables(self.tables(slug, columns)).combine_chunks()

    def went(self, slug: str, columns: Sequence[str]) -> dict[str, list[Any]]:
        """Some columns of one variant's futures, and how each went, as a number of the ``Verdict``, under ``outcome``.

        Raises ScenarioError where a future failed.
        """
        table: dict[str, list[Any]] = self.futures(slug, ["status", "error", "outcome", *columns]).to_pydict()
        errors = [error for how, error in zip(table["status"], table["error"], strict=True) if how != OK]
        if errors:
            raise ScenarioError(f"a future of {slug} failed: {errors[0].strip().splitlines()[-1]}")
        return table | {"outcome": [Verdict.of(word) for word in table["outcome"]]}

    def months(self, slug: str, most: int | None = None) -> Floats:
        """Every month's row of (at most so many of) one variant's futures, [futures, months + 1, columns]."""
        parts, found = [], 0
        for table in self.tables(slug, [_MONTHS]):
            parts.append(_months(table))
            found += len(parts[-1])
            if most is not None and found >= most:
                break
        return np.concatenate(parts)[:most]

    def flows(self, slug: str) -> Total | None:
        """Who moved whom in all of one variant's futures, added up; None if that was not kept."""
        found: Total | None = None
        for number in self._numbers:
            said = (pq.read_schema(self._shards.source(number)).metadata or {}).get((_FLOWS + slug).encode())
            if said is not None:
                found = unpacked(said) if found is None else found + unpacked(said)
        return found

    def all_futures(self) -> Iterator[pa.Table]:
        """All variants' rows, a variant after the other."""
        columns = self.columns
        return (table for slug in self.variants for table in self.tables(slug, columns))

    def all_months(self) -> Iterator[pa.Table]:
        """All variants' months, a row a month, a variant after the other."""
        columns = ["variant", "future", _MONTHS]
        return (trajectories(table) for slug in self.variants for table in self.tables(slug, columns))


def trajectories(table: pa.Table) -> pa.Table:
    """A row a month: variant, future, month and the columns of MONTHLY."""
    months = _months(table)
    futures, rows, _ = months.shape
    columns: dict[str, Any] = {
        "variant": pa.repeat(table["variant"][0], rows * futures),
        "future": _column(np.repeat(np.array(table["future"].to_pylist(), dtype=np.int64), rows)),
        "month": _column(np.tile(np.arange(rows), futures)),
    }
    columns |= {name: _column(months[:, :, i].ravel()) for i, name in enumerate(MONTHLY)}
    return pa.table(columns)


def _column(values: NDArray[Any]) -> pa.Array:
    """Numbers as a column; ``pa.array`` would do, but it imports pandas, which takes a second."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def _listed(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values, some of them None, as a column; see ``_column``."""

    def bits(yes: Sequence[bool]) -> pa.Buffer:
        return pa.py_buffer(np.packbits(np.array(yes, dtype=np.bool_), bitorder="little"))

    known = None if all(value is not None for value in values) else bits([value is not None for value in values])
    if kind == pa.string():
        words = [(value or "").encode("utf-8") for value in values]
        ends = np.cumsum([0, *(len(word) for word in words)], dtype=np.int32)
        return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(ends), pa.py_buffer(b"".join(words))])
    if kind == pa.bool_():
        return pa.Array.from_buffers(kind, len(values), [known, bits([bool(value) for value in values])])
    numbers = np.array([0 if value is None else value for value in values], dtype=kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(numbers)])


def _months(table: pa.Table) -> Floats:
    lists = table[_MONTHS].combine_chunks()
    flat = lists.flatten()
    values = np.frombuffer(flat.buffers()[1], dtype=np.float64, count=len(flat), offset=8 * flat.offset)
    return values.reshape(len(lists), -1, len(MONTHLY))


def write(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables as one file whose groups of rows have the same size however the rows came."""
    writer: pq.ParquetWriter | None = None
    try:
        for group in _of_one_size(tables):
            writer = writer or pq.ParquetWriter(path, group.schema)
            writer.write_table(group.combine_chunks(), row_group_size=_ROWS)
    finally:
        if writer is not None:
            writer.close()


def _of_one_size(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows of tables in groups of ``_ROWS``, and the rest."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        while sum(part.num_rows for part in waiting) >= _ROWS:
            rows = pa.concat_tables(waiting)
            yield rows.slice(0, _ROWS)
            waiting = [rows.slice(_ROWS)]
    if waiting:
        yield pa.concat_tables(waiting)
