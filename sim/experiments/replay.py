"""One future of an ensemble again, alone, with everything it leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pandas as pd

from sim.experiments.ensemble import BASE, settings
from sim.experiments.environment import Environment
from sim.experiments.verdict import Outcome, judge, reference_month
from sim.model.record import Record
from sim.scenario.scenario import Scenario


@dataclass
class Replay:
    """The same future in the base and its variants: a full record of each, by slug."""

    records: dict[str, Record]
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def outcome(self, slug: str) -> Outcome:
        """How the future went in a variant; the same as in the ensemble's table."""
        record = self.records[slug]
        return judge(record.monthly["practice"], record.scenario, reference_month(record.scenario, self.records[BASE]))

    @property
    def trajectories(self) -> pd.DataFrame:
        """A row per variant and month, the rows of this future in the ensemble's trajectories."""
        frames = {slug: record.months.reset_index() for slug, record in self.records.items()}
        for slug, frame in frames.items():
            frame.insert(0, "future", self.records[slug].future)
        return _stacked(frames)

    @property
    def people(self) -> pd.DataFrame:
        """A row per variant, month and seat."""
        return _stacked({slug: record.seats for slug, record in self.records.items()})

    @property
    def ledger(self) -> pd.DataFrame:
        """The rows of every variant's ledger of influence."""
        return _stacked({slug: record.ledger.frame() for slug, record in self.records.items() if record.ledger})


def _stacked(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    for slug, frame in frames.items():
        frame.insert(0, "variant", slug)
    return pd.concat(frames.values(), ignore_index=True)


def replay(scenario: Scenario, future: int, seed: int = 1, variants: Sequence[str] | None = None) -> Replay:
    """Run one future of the base and its variants again, keeping everything."""
    environment = Environment(seed)
    chosen = settings(scenario, variants)
    return Replay({slug: environment.play(setting, future, keep="everything") for slug, setting in chosen.items()})
