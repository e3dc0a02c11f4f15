"""Every variant of a scenario on the same futures (common random numbers).

Some futures are run by one call of ``run_chunks``, which needs nothing but its arguments, so it can run in any
process. What a future gives depends on the setting, the root seed and its own number only.
"""

import errno
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.base.arrays import Floats, Ints
from sim.experiments.environment import shared
from sim.experiments.flows import Total, grains
from sim.experiments.verdict import Verdict, beyond, horizon_columns, judge_all, reference_months
from sim.model import engine
from sim.model.months import ENDED, NOT_RENEWED
from sim.model.record import MONTHLY, Keep, Record
from sim.organisation.structure import Organisation
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from sim.model.agents import Person

BASE = "base"

OK, FAILED = "ok", "failed"
"""How a run of one future ended: with a result, or with an error that its row tells."""

OutcomeFunction = Callable[[Record], float]
"""An outcome of one's own: a record (with everyone's state in every month) in, a number out."""

Twin = Literal["compiled", "mesa"]
"""Which of the two implementations of the month runs: the compiled engine or the Mesa model. They agree."""


@dataclass
class Chunk:
    """What some futures of one variant leave behind: columns with a place a future, and (if kept) every month's row."""

    variant: str
    columns: dict[str, Any]
    months: Floats | None
    """[futures, months + 1, columns of MONTHLY]"""
    flows: Total | None = None
    """Who moved whom in the futures that did not fail, added up; None where that was not asked for or none is left."""


def settings(scenario: Scenario, variants: Sequence[str] | None = None) -> dict[str, Scenario]:
    """The base and the chosen variants (all, if None), resolved, by slug; the base comes first."""
    named = [variants] if isinstance(variants, str) else variants
    chosen = list(scenario.variants) if named is None else list(dict.fromkeys(named))
    return {BASE: scenario} | {slug: scenario.variant(slug) for slug in chosen if slug != BASE}


def compared_with(scenario: Scenario, slug: str, played: Collection[str]) -> str:
    """The variant that a variant's differences are from: the base, unless it names another that was played."""
    other = scenario.variants.get(slug, {}).get("compared_with", BASE)
    return other if other in played else BASE


def shortened(scenario: Scenario) -> Scenario:
    """No longer than all its verdicts take, if nothing is scheduled after that; up to there futures are the same."""
    every = settings(scenario).values()
    if any(setting.random_departures for setting in every):
        return scenario
    end = max(setting.reference_month + setting.measure.horizon for setting in every)
    last = max((event.month for setting in every for event in setting.events.values()), default=0)
    return scenario.with_({"months": end}) if last < end < scenario.months else scenario


def run_one(
    setting: Scenario,
    seed: int,
    future: int,
    *,
    agents: "Sequence[type[Person]]" = (),
    keep: Keep = "months",
    twin: Twin = "compiled",
    organisation: Organisation | None = None,
) -> Record:
    """One future of one setting: on the compiled engine, or on the Mesa model if asked for or if people are changed."""
    if agents or twin == "mesa":
        from sim.model.model import OrganisationModel

        model = OrganisationModel(
            setting, seed=seed, future=future, agents=agents, keep=keep, organisation=organisation
        )
        return model.run()
    return engine.run(setting, seed=seed, future=future, keep=keep, organisation=organisation)


def run_chunks(
    groups: Sequence[dict[str, Scenario]],
    seed: int,
    futures: range,
    keep_months: bool,
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
    twin: Twin = "compiled",
) -> list[Chunk]:
    """Run some futures of some groups' variants; ``keep_months`` keeps who moved whom as well (compiled engine only).

    A run that fails is a row with its traceback; only a mistake that the person can put right (ScenarioError), such
    as a seat that is not there, stops everything.
    """
    if not agents and not outcomes and twin == "compiled":
        # Where one fails, its group is played again by itself, and there one by one, to tell which.
        with suppress(Exception):
            return _side_by_side(groups, seed, futures, keep_months)
        if len(groups) > 1:
            return [chunk for group in groups for chunk in run_chunks([group], seed, futures, keep_months)]
    return [
        chunk for group in groups for chunk in _one_by_one(group, seed, futures, keep_months, agents, outcomes, twin)
    ]


def _one_by_one(
    all_settings: dict[str, Scenario],
    seed: int,
    futures: range,
    keep_months: bool,
    agents: "Sequence[type[Person]]",
    outcomes: Mapping[str, OutcomeFunction] | None,
    twin: Twin,
) -> list[Chunk]:
    """The same for one group, a record at a time."""
    chunks = {slug: Chunk(slug, {}, None) for slug in all_settings}
    rows: dict[str, list[dict[str, Any]]] = {slug: [] for slug in all_settings}
    if keep_months:
        for slug, setting in all_settings.items():
            chunks[slug].months = np.full((len(futures), setting.months + 1, len(MONTHLY)), np.nan)
    environment = shared(seed)
    environment.look_again()
    keep: Keep = "people" if outcomes else "months"
    more = [*horizon_columns(all_settings[BASE].measure), "still_falling", *(outcomes or {})]
    calendars = {slug: environment.calendar(setting) for slug, setting in all_settings.items()}
    for future in futures:
        base_record: Record | None = None
        played: list[Record] = []
        if not agents and twin == "compiled":
            # Where one fails, all are played again one by one, to tell which.
            with suppress(Exception):
                together = list(zip(all_settings.values(), calendars.values(), strict=True))
                played = environment.together(together, future, keep=keep, flows=keep_months)
        for place, (slug, setting) in enumerate(all_settings.items()):
            try:
                if agents or twin == "mesa":
                    shape = environment.of(setting, future).organisation
                    record = run_one(setting, seed, future, agents=agents, keep=keep, twin="mesa", organisation=shape)
                elif played:
                    record = played[place]
                else:
                    record = environment.play(setting, future, calendar=calendars[slug], keep=keep, flows=keep_months)
                base_record = record if slug == BASE else base_record
                if base_record is None:
                    raise RuntimeError("the base failed in this future, so nothing says when to judge the variant")
                row = _row(slug, record, base_record)
                row |= {name: _number(name, outcome, record) for name, outcome in (outcomes or {}).items()}
            except (ScenarioError, MemoryError):
                raise
            except Exception as error:
                if getattr(error, "errno", None) == errno.ENOSPC:
                    raise
                imported = setting.organisation.imported
                rows[slug].append(_failed(slug, future, error, imported) | dict.fromkeys(more, np.nan))
                continue
            rows[slug].append(row)
            if record.flows is not None:
                total = Total.of(record.flows)
                before = chunks[slug].flows
                chunks[slug].flows = total if before is None else before + total
            months = chunks[slug].months
            if months is not None:
                months[future - futures.start] = record.table.T
    for slug, theirs in rows.items():
        chunks[slug].columns = {name: [row.get(name) for row in theirs] for name in dict.fromkeys(chain(*theirs))}
    return list(chunks.values())


def _side_by_side(groups: Sequence[dict[str, Scenario]], seed: int, futures: range, keep_months: bool) -> list[Chunk]:
    """What ``run_chunks`` gives where none fails: settings side by side, and their futures judged all at once."""
    environment = shared(seed)
    environment.look_again()
    every = [setting for group in groups for setting in group.values()]
    longest = max(setting.months for setting in every)
    practice = np.empty((len(every), len(futures), longest + 1))
    departure, loss = np.full((2, len(every), len(futures)), np.nan)
    months = [np.empty((len(futures), setting.months + 1, len(MONTHLY))) for setting in every] if keep_months else []
    moved: dict[int, tuple[list[int], Ints, Ints]] = {}
    for places, future, left in environment.side_by_side(every, futures, whole=keep_months, flows=keep_months):
        at = future - futures.start
        practice[places, at, : left.rows.shape[1]] = left.rows[0].T
        gone, lost = left.departed, (left.over & (ENDED | NOT_RENEWED)) != 0
        departure[places, at] = np.where(gone.any(axis=0), gone.argmax(axis=0) - 1.0, np.nan)
        loss[places, at] = np.where(lost.any(axis=0), lost.argmax(axis=0), np.nan)
        if keep_months:
            for lane, place in enumerate(places):
                months[place][at] = left.rows[..., lane].T
            more = grains(left.flows), grains(left.given)
            if places[0] in moved:
                for so_far, sums in zip(moved[places[0]][1:], more, strict=True):
                    so_far += sums
            else:
                moved[places[0]] = places, *more
    totals = {
        place: Total(len(futures), by_month[..., lane].copy(), given[..., lane].copy())
        for places, by_month, given in moved.values()
        for lane, place in enumerate(places)
    }
    chunks: list[Chunk] = []
    for group in groups:
        base = len(chunks)
        for slug, setting in group.items():
            place = len(chunks)
            played = practice[place, :, : setting.months + 1]
            columns = _columns(
                slug, setting, group[BASE], futures, played, departure[base], departure[place], loss[place]
            )
            chunks.append(Chunk(slug, columns, months[place] if keep_months else None, totals.get(place)))
    return chunks


def _failed(slug: str, future: int, error: Exception, imported: bool) -> dict[str, Any]:
    """The row of a run that failed. What the error says may quote a real organisation's files, so is left out then."""
    told = traceback.format_exc()
    if imported:
        told = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
    return {"variant": slug, "future": future, "status": FAILED, "error": told}


def _number(name: str, outcome: OutcomeFunction, record: Record) -> float:
    """An outcome of one's own, as a number. Raises ScenarioError if it is none."""
    found = outcome(record) if callable(outcome) else outcome
    if not callable(outcome) or not isinstance(found, int | float | np.number | np.bool_):
        raise ScenarioError(f"outcomes: {name!r} must be a function of a record that returns a number, not {found!r}")
    return float(found)


def _row(slug: str, record: Record, base: Record) -> dict[str, Any]:
    def known(*months: int | None) -> Floats:
        return np.array([np.nan if month is None else month for month in months], dtype=np.float64)

    practice, departures = record.monthly["practice"][np.newaxis], known(base.first_departure, record.first_departure)
    columns = _columns(
        slug, record.scenario, base.scenario, [record.future], practice,
        departures[:1], departures[1:], known(record.subscription_lost),
    )  # fmt: skip
    return {name: values[0] for name, values in columns.items()}


def _columns(
    slug: str,
    setting: Scenario,
    base: Scenario,
    futures: Sequence[int],
    practice: Floats,
    base_departure: Floats,
    departure: Floats,
    loss: Floats,
) -> dict[str, Any]:
    """What is known of each future of a setting, a column of it at a time.

    practice: [futures, months + 1]. base_departure, departure, loss: the months of the director's first departure in
    the base and in this setting, and in which the subscription was lost; NaN for none.
    """
    judged = judge_all(practice, setting, reference_months(setting, base, base_departure))
    columns: dict[str, Any] = {"variant": [slug] * len(futures), "future": futures}
    columns |= {"status": [OK] * len(futures), "error": [None] * len(futures)} | judged._asdict()
    columns["outcome"] = [Verdict(verdict).word for verdict in judged.outcome]
    columns["subscription_lost"] = loss <= judged.reference_month + setting.measure.horizon
    columns |= {"subscription_lost_month": loss, "first_departure": departure}
    return columns | beyond(practice, judged, setting, horizon_columns(base.measure))
