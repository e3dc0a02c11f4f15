"""Variants compared on the same futures, and the tables of what came out."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.base.intervals import UNDEFINED, gain, mean_interval, paired_share_interval, wilson
from sim.experiments.chunks import FUTURE_COLUMNS, Results, Shards
from sim.experiments.ensemble import BASE, OK, OutcomeFunction, Twin, compared_with, settings
from sim.experiments.runner import play_groups
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, Verdict, horizon_columns
from sim.experiments.workers import Workers
from sim.model.ledger import Flows
from sim.model.record import MONTHLY
from sim.organisation.generate import LARGEST, organisation
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.agents import Person

Written = Literal["summary", "futures", "months"]
"""How much of every future is written."""

_TAKEN = (
    "title compared_with futures never_took_hold collapsed survived still_falling practice_difference "
    "survived_difference collapse_difference pairing_gain months month point"
)
"""Columns of the tables, beside those of a future's row, whose names an outcome of one's own cannot take."""

SHOWN_FUTURES = 5000
"""Futures that a picture is drawn from, at most."""


@dataclass
class Comparison:
    """The base and its variants on the same futures."""

    settings: dict[str, Scenario]
    which: range
    seed: int
    results: Results
    notes: list[str]
    outcomes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    twin: Twin = "compiled"
    changes: Sequence[str] = ()
    _months: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def number(self) -> int:
        """How many futures were played in each variant."""
        return len(self.which)

    @property
    def scenario(self) -> Scenario:
        """The base's setting."""
        return self.settings[BASE]

    @cached_property
    def futures(self) -> "pd.DataFrame":
        """A row per variant and future: how it went and was judged, whether and when the subscription was lost."""
        return _frame(self.results.all_futures())

    def months(self, slug: str) -> Any:
        """The months of one variant's first futures, [futures, months + 1, columns of MONTHLY], for pictures."""
        if slug not in self._months:
            self._months[slug] = self.results.months(slug, SHOWN_FUTURES)
        return self._months[slug]

    @cached_property
    def trajectories(self) -> "pd.DataFrame":
        """A row per variant, future and month, with the columns of ``sim.model.record.MONTHLY``; empty if not kept."""
        if self.results.has_months:
            return _frame(self.results.all_months())
        import pandas as pd

        return pd.DataFrame(columns=["variant", "future", "month", *MONTHLY])

    @cached_property
    def failed(self) -> int:
        """How many runs failed; their rows in ``futures`` say how."""
        return len(self.settings) * self.number - sum(int(row["futures"]) for row in self.rows)

    @property
    def tellable(self) -> bool:
        """Whether every variant has a future that did not fail, so that there is something to say."""
        return all(row["futures"] for row in self.rows)

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row per variant, as in ``summary.csv``; shares of all futures that did not fail, with 95% intervals."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of ``summary``, as plain numbers."""
        judged = {slug: self._judged(slug) for slug in self.settings}
        return [self._row(slug, found, judged[self.compared_with(slug)]) for slug, found in judged.items()]

    def compared_with(self, slug: str) -> str:
        """The variant that a variant's differences are from: the base, unless it names another that was played."""
        return compared_with(self.scenario, slug, self.settings)

    def _judged(self, slug: str) -> dict[str, NDArray[Any]]:
        """The columns that a row is made from: ``outcome`` by number, ``ok`` where a future did not fail."""
        names = ["status", "outcome", "practice_before", "practice_after", "subscription_lost"]
        table = self.results.futures(slug, [*names, *self._beyond, *self.outcomes])
        outcome = np.array([Verdict.of(word) if word else -1 for word in table["outcome"]])
        return table | {"outcome": outcome, "ok": table["status"] == OK}

    @property
    def _beyond(self) -> list[str]:
        return [*horizon_columns(self.scenario.measure), "still_falling"]

    def _row(self, slug: str, found: dict[str, NDArray[Any]], base: dict[str, NDArray[Any]]) -> dict[str, Any]:
        both = found["ok"] & base["ok"]
        alone, mine, theirs = (
            {name: values[there] for name, values in table.items()}
            for table, there in ((found, found["ok"]), (found, both), (base, both))
        )
        counts = {outcome: int((alone["outcome"] == outcome).sum()) for outcome in Verdict}
        futures = len(alone["ok"])

        def share(count: float) -> float:
            return count / futures if futures else float("nan")

        out: dict[str, Any] = {
            "variant": slug,
            "title": self.settings[slug].words.say(self.settings[slug].title),
            "compared_with": "" if slug == BASE else self.compared_with(slug),
            "futures": futures,
            "never_took_hold": share(counts[NEVER]),
        }
        for outcome in (COLLAPSED, SURVIVED):
            out |= wilson(counts[outcome], futures).columns(outcome.word)
        for name in self._beyond:
            known = not np.isnan(alone[name]).any()
            out |= (wilson(int(alone[name].sum()), futures) if known else UNDEFINED).columns(name)
        for name in ("practice_before", "practice_after"):
            out |= mean_interval(alone[name]).columns(name)
        practice = collapse = survival = UNDEFINED
        pairing = float("nan")
        if slug != BASE:
            practice = mean_interval(mine["practice_after"] - theirs["practice_after"])
            one, other = (each["outcome"] == COLLAPSED for each in (mine, theirs))
            collapse = paired_share_interval(one, other)
            survival = paired_share_interval(*(each["outcome"] == SURVIVED for each in (mine, theirs)))
            pairing = gain(one, other)
        out |= practice.columns("practice_difference")
        out |= survival.columns("survived_difference")
        out |= collapse.columns("collapse_difference") | {"pairing_gain": pairing}
        out["subscription_lost"] = share(float(alone["subscription_lost"].sum()))
        for name in self.outcomes:
            out |= mean_interval(alone[name]).columns(name)
        return out

    def flows(self, slug: str) -> Flows | None:
        """Who moved whom in one variant, the mean over its futures; None where months were not kept, or on Mesa."""
        total = self.results.flows(slug)
        return None if total is None else total.mean


def _frame(tables: Iterable[Any]) -> "pd.DataFrame":
    import pandas as pd

    frames: list[pd.DataFrame] = [table.to_pandas(use_threads=False) for table in tables]
    return pd.concat(frames, ignore_index=True)


def compare(
    scenario: Scenario,
    futures: range | int = 200,
    seed: int = 1,
    *,
    variants: Sequence[str] | None = None,
    keep_months: bool = True,
    workers: Workers | int | None = None,
    executor: Executor | None = None,
    twin: Twin = "compiled",
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
    shards: Shards | None = None,
    size: int | None = None,
) -> Comparison:
    """Run the base and its variants in the same futures: the first so many, or those of a range.

    ``variants``: slugs, all if None. ``executor``: any of ``concurrent.futures``' kind, a Dask client's say; without
    one, a pool of ``workers`` processes (default: one a core; this process, where there is little to do).
    ``twin``: "compiled", or "mesa" for the Mesa model, on which ``agents``, classes of people in place of those they
    derive from, always run. ``outcomes``: numbers of your own, name -> a function of a ``Record``; each becomes a
    column of the futures, and its mean with an interval one of the summary. Changed agents and own outcomes run in
    this process. ``shards``: where chunks are kept, in memory if None; ``size``: futures in a chunk, which changes no
    result. Raises ScenarioError for what cannot be run.
    """
    chosen = settings(scenario, variants)
    if clash := [
        name
        for name in outcomes or {}
        if name in (*_TAKEN.split(), *FUTURE_COLUMNS, *horizon_columns(scenario.measure))
    ]:
        raise ScenarioError(f"outcomes: there is a column {clash[0]!r} already; choose another name")
    which = range(futures) if isinstance(futures, int) else futures
    if not which or which.start < 0 or which.step != 1:
        raise ScenarioError(f"futures = {futures}: at least one future is needed, and their numbers in a row from 0 on")
    number = len(which)
    if agents:
        from sim.model.agent_classes import cast

        cast(agents)
        twin = "mesa"
    first = organisation(scenario, seed, 0)
    rows = sum(setting.months + 1 for setting in chosen.values())
    if keep_months and shards is None and (needed := 8.0 * number * rows * len(MONTHLY)) > LARGEST:
        raise ScenarioError(
            f"futures = {number:,}: their months would take {needed / 1e9:,.0f} GB of memory, and at most "
            f"{LARGEST / 1e9:.0f} are used; take at most {int(LARGEST * number / needed):,} futures at a time, or "
            "write them to a folder with leadership-sim run"
        )
    crew = Workers.of(workers)
    (results,) = play_groups(
        [chosen], which, seed, crew if executor is None else replace(crew, executor=executor),
        about=scenario.written(), shards=shards, size=size, keep_months=keep_months, twin=twin, agents=agents,
        outcomes=outcomes,
    )  # fmt: skip
    changed = tuple(f"{cls.__module__}.{cls.__qualname__}" for cls in agents)
    return Comparison(chosen, which, seed, results, first.notes, tuple(outcomes or ()), changed, twin)
