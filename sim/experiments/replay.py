"""One future of an ensemble again, alone, with everything it leaves behind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
import pandas as pd
import tomli_w

from sim.experiments.comparison import write_names
from sim.experiments.ensemble import BASE, run_one, settings
from sim.experiments.folder import file_hashes, git_state, moved, versions, whole_folder
from sim.experiments.verdict import Outcome, judge, reference_month
from sim.model.record import Record
from sim.scenario.scenario import Scenario

_DEFINITIONS = (
    "Practised commitment is the share of recent work that staff did the new way.",
    "The subscription is to the outside programme of change.",
)


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
        frames = []
        for slug, record in self.records.items():
            frame = record.months.reset_index()
            frame.insert(0, "future", record.future)
            frame.insert(0, "variant", slug)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def words(self) -> list[str]:
        """What happened in each variant, event by event, and how it was judged."""
        base = self.records[BASE]
        out = [f"Future {base.future}, seed {base.seed}.", *_DEFINITIONS, ""]
        for slug, record in self.records.items():
            say, judged = record.scenario.words.say, self.outcome(slug)
            out.append(f"{slug}: {say(record.scenario.title)}")
            out += [f"    {line}" for line in record.told]
            yearly = ", ".join(f"{q:.2f}" for q in record.monthly["practice"][::12])
            out.append(f"    practised commitment year by year: {yearly}")
            out.append(
                f"    {judged.outcome}: practised commitment {judged.practice_before:.2f} at month "
                f"{judged.reference_month}, {judged.practice_after:.2f} at month "
                f"{judged.reference_month + record.scenario.measure.horizon}"
            )
        return out

    def save(self, folder: Path | str, overwrite: bool = False, names: bool = False) -> Path:
        """Write months, people, ledger, events and the network of every variant into a folder, all or nothing.

        ``names`` also writes people.csv, which says whose id in the people file each seat is. Raises ScenarioError as
        ``Comparison.save`` does.
        """
        folder = Path(folder)
        base = self.records[BASE]
        files = [
            "trajectories.parquet",
            "people.parquet",
            "ledger.parquet",
            "events.txt",
            "manifest.json",
            "scenario.toml",
            "people.csv",
        ]
        files += [f"network-{slug}.graphml" for slug in self.records]
        with whole_folder(folder, files, overwrite) as to:
            self.trajectories.to_parquet(to / "trajectories.parquet", index=False)
            _stacked({slug: record.seats for slug, record in self.records.items()}).to_parquet(
                to / "people.parquet", index=False
            )
            ledgers = {slug: record.ledger.frame() for slug, record in self.records.items() if record.ledger}
            _stacked(ledgers).to_parquet(to / "ledger.parquet", index=False)
            if names:
                write_names(to / "people.csv", base.organisation)
            (to / "events.txt").write_text("\n".join(self.words()) + "\n", encoding="utf-8")
            for slug, record in self.records.items():
                nx.write_graphml(record.graph(self.outcome(slug).reference_month), to / f"network-{slug}.graphml")
            manifest = {
                "what": "leadership-sim replay of one future",
                "future": base.future,
                "root_seed": base.seed,
                "scenario_sha256": base.scenario.hash(),
                "scenario": base.scenario.to_dict() | {"name": base.scenario.name},
                "variants": [slug for slug in self.records if slug != BASE],
                "files_sha256": file_hashes(base.scenario),
                "assumed": base.organisation.notes,
                "versions": versions(),
                "git": git_state(),
                "started": self.started.isoformat(timespec="seconds"),
                "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            text = json.dumps(manifest, indent=2, ensure_ascii=False)
            (to / "manifest.json").write_text(text + "\n", encoding="utf-8")
            (to / "scenario.toml").write_text(tomli_w.dumps(moved(base.scenario, folder)), encoding="utf-8")
        return folder


def _stacked(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    for slug, frame in frames.items():
        frame.insert(0, "variant", slug)
    return pd.concat(frames.values(), ignore_index=True)


def replay(scenario: Scenario, future: int, seed: int = 1, variants: Sequence[str] | None = None) -> Replay:
    """Run one future of the base and its variants again, keeping everything."""
    chosen = settings(scenario, variants)
    return Replay({slug: run_one(setting, seed, future, keep="everything") for slug, setting in chosen.items()})
