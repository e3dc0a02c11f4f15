"""Who moved whom, over many futures: the ledger's sums by month, role, kind and sign, and by seat.

Sums over futures are of whole numbers, so that they are the same to the bit in whatever order futures are added.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.base.arrays import Floats, Ints
from sim.model.ledger import LEDGER_KINDS, RISE, Flows
from sim.organisation.structure import Organisation
from sim.scenario.roles import KINDS, Role

GRAIN = 2.0**-40
"""To this a future's sums are rounded (about 1e-12), so that adding futures up is exact."""


@dataclass
class Total:
    """The flows of some futures added up, in grains: by_month and given as in ``sim.model.ledger.Flows``."""

    futures: int
    by_month: Ints
    given: Ints

    @classmethod
    def of(cls, flows: Flows) -> "Total":
        """One future's."""
        return cls(1, grains(flows.by_month), grains(flows.given))

    def __add__(self, other: "Total") -> "Total":
        """Both together."""
        return Total(self.futures + other.futures, self.by_month + other.by_month, self.given + other.given)

    @property
    def mean(self) -> Flows:
        """The mean over futures."""
        each = GRAIN / self.futures
        return Flows(np.multiply(self.by_month, each), np.multiply(self.given, each))


def grains(sums: Floats) -> Ints:
    """One future's sums in grains."""
    scaled = sums * (1.0 / GRAIN)
    return np.rint(scaled, out=scaled).astype(np.int64)


def packed(total: Total) -> bytes:
    """A total as bytes; most of it is zeros."""
    sink = io.BytesIO()
    np.savez(sink, futures=total.futures, by_month=total.by_month, given=total.given)
    return zlib.compress(sink.getvalue(), 1)


def unpacked(data: bytes) -> Total:
    """The total that ``packed`` put into bytes."""
    with np.load(io.BytesIO(zlib.decompress(data))) as found:
        return Total(int(found["futures"]), found["by_month"], found["given"])


COLUMNS = ("variant", "month", "role", "kind", "direction", "sign", "change")
"""The columns of flows.csv."""


def rows(variant: str, flows: Flows) -> Iterator[tuple[Any, ...]]:
    """A row of ``COLUMNS`` for each month, role, kind and sign that moved anybody, all listeners together."""
    where = np.nonzero(flows.by_month)
    roles, directions = ["", *(role.slug for role in Role)], [kind.direction for kind in KINDS]
    directions += ["none"] * (len(LEDGER_KINDS) - len(KINDS))
    for month, role, kind, sign, change in zip(
        *(index.tolist() for index in where), flows.by_month[where].tolist(), strict=True
    ):
        up = "up" if sign == RISE else "down"
        yield variant, month, roles[role], LEDGER_KINDS[kind], directions[kind], up, change


def seat_rows(variant: str, shape: Organisation, flows: Flows) -> Iterator[dict[str, Any]]:
    """A row for each seat: what it moved along links in the whole run, up and down, mean over futures."""
    for seat, (up, down) in enumerate(flows.given):
        role = Role(int(shape.structure.role[seat])).slug
        yield {"variant": variant, "seat": shape.labels[seat], "role": role, "up": float(up), "down": float(down)}


def along_links(flows: Flows, first: int, last: int) -> Floats:
    """How much commitment each role moved along links in the months ``first`` to ``last``, up and down together.

    [roles + 1, kinds of link], by role number. The sizes of both signs are added: moving people down is leading too.
    """
    moved = flows.by_month[first : last + 1, :, : len(KINDS)]
    return np.asarray(np.abs(moved).sum(axis=(0, 3)))


def seat_shares(flows: Flows) -> Floats:
    """Each seat's share of all that was moved along links, up and down together; [seats], sum 1 (0 for none moved)."""
    moved = np.abs(flows.given).sum(axis=1)
    return np.asarray(moved / moved.sum() if moved.sum() > 0.0 else moved)
