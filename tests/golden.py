"""A dozen futures that are the same on every platform; run as a script, this writes them down anew (golden.csv).

python -m uv run --group dev python tests/golden.py
"""

import csv
from hashlib import sha256
from pathlib import Path

import numpy as np

import sim
from sim.model import engine
from sim.scenario.scenario import Scenario

FILE = Path(__file__).with_name("golden.csv")


def settings() -> dict[str, Scenario]:
    """Scenarios of the library, and the last variant of each."""
    names = ("director-turnover", "what-helps", "embedding", "governance-seat", "who-appoints", "restart")
    found = {}
    for name in names:
        base = sim.load(name)
        last = list(base.variants)[-1]
        found |= {name: base, f"{name}/{last}": base.variant(last)}
    return found


def rows() -> list[dict[str, str]]:
    """A row for each, from future 4 of seed 1."""
    rows = []
    for name, setting in settings().items():
        record = engine.run(setting, seed=1, future=4)
        told = {f"practice_{month}": repr(float(record.table[0, month])) for month in (12, 36, 96)}
        momentum = repr(float(record.monthly["momentum"][36]))
        mark = sha256((np.nan_to_num(record.table, nan=-1.0) + 0.0).tobytes()).hexdigest()[:16]
        rows.append({"setting": name, **told, "momentum_36": momentum, "whole_table": mark})
    return rows


if __name__ == "__main__":
    found = rows()
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, found[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
