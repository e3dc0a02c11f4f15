"""The titles of pictures: what was found, worked out from the numbers and never surer than their intervals."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.comparison import Comparison
from sim.experiments.ensemble import BASE
from sim.experiments.verdict import NEVER, judge, reference_month
from sim.report.numbers import out_of, percent, quoted, so_many, span, whole
from sim.report.words.comparison import is_yardstick, survivors
from sim.scenario.labels import capital

if TYPE_CHECKING:
    from sim.analysis.interventions.result import Interventions
    from sim.analysis.sensitivity.run import Sensitivity
    from sim.analysis.survival import Curve
    from sim.analysis.uncertainty.calibration import CalibrationRun
    from sim.analysis.uncertainty.robustness import Robustness
    from sim.analysis.validation.run import Validation
    from sim.model.record import Record


LITTLE = 0.02
"""What moves an outcome by less than this over its whole range hardly matters."""


def of_comparison(found: Comparison) -> str:
    """What makes the greatest clear difference to survival; that nothing does, where nothing does."""
    of, survived = out_of(found.number), survivors(found)
    base, *others = found.rows
    if not others:
        return f"With {quoted(base['title'])}, the change survives in {so_many(survived[BASE], of)} futures"
    if all(row["never_took_hold"] == 1.0 for row in found.rows):
        return f"The change takes hold in none of {of} futures, whichever variant is played"
    if set(survived.values()) in ({of}, {0}):
        return f"The change survives in {so_many(survived[BASE], of)} futures, whichever variant is played"
    yardsticks = {slug for slug, setting in found.settings.items() if is_yardstick(setting, found.scenario)}
    choices = [row for row in others if row["variant"] not in yardsticks]
    titles = {row["variant"]: row for row in found.rows}
    for rows in (choices, others):
        if (row := greatest(rows)) is not None:
            return _against(row, titles[row["compared_with"]], survived, of)
    with_it = f"the change survives in {so_many(survived[BASE], of)} futures with {quoted(base['title'])}"
    return f"Nothing that is varied makes a clear difference: {with_it}"


def greatest(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row that helps most, of those whose interval leaves out zero; else the one that harms most; None without."""
    for side in (1, -1):
        end = "low" if side > 0 else "high"
        clear = [row for row in rows if side * row[f"survived_difference_{end}"] > 0]
        if clear:
            return max(clear, key=lambda row: side * row["survived_difference"])
    return None


def _against(row: Mapping[str, Any], other: Mapping[str, Any], survived: Mapping[str, int], of: int) -> str:
    one, two = survived[row["variant"]], survived[other["variant"]]
    with_it, without = quoted(row["title"]), quoted(other["title"])
    # Even at the near end of its interval it saves half of what is lost at the far end of the other's.
    if row["survived_difference_low"] >= 0.5 * (1.0 - other["survived_low"]):
        survives = f"the change survives in {so_many(one, of)} futures"
        return f"{with_it} at least halves the loss: {survives}, with {without} in {two}"
    only = "only " if 0 < one < two else ""
    return f"With {with_it}, the change survives in {only}{so_many(one, of)} futures; with {without}, in {two}"


def about(found: Comparison) -> str:
    """What was asked, and how it goes as things are."""
    say, base = found.scenario.words.say, found.rows[0]
    asked = say(found.scenario.question or found.scenario.title)
    if len(found.settings) == 1:
        return asked
    survived = survivors(found)[BASE]
    went = f"With {quoted(base['title'])}, the change survives"
    after = span(found.scenario.measure.horizon)
    return f"{asked} {went} {after} in {so_many(survived, out_of(found.number))} simulated futures."


def of_interventions(found: "Interventions") -> str:
    """What helps most by itself; that nothing clearly does, where nothing does."""
    from sim.report.words.interventions import ranked

    of, ranks = out_of(found.futures), ranked(found)
    before = whole(of * found.base.survived.value)
    helping = [use for _, _, use in ranks if use.helps]
    if not helping:
        return f"Nothing tried clearly helps by itself: the change survives in {so_many(before, of)} futures"
    best = helping[0]
    some = f"{capital(so_many(len(helping), len(ranks)))} interventions clearly help{'s' * (len(helping) == 1)}"
    after = so_many(whole(of * best.shares.survived.value), of)
    title = quoted(best.intervention.entry.title)
    return f"{some}: with {title}, the change survives in {after} futures; as things are, in {before}"


def of_worlds(over: "Robustness") -> str:
    """In how many worlds the variant that does better in most does so, beside the one it is compared with."""
    worlds = len(over.outcomes)
    choices = [i for i in over.order if not is_yardstick(over.scenario.variant(over.slugs[i]), over.scenario)]
    best = next(iter(choices or over.order), 0)
    n = over.counted[best]
    if best == 0:
        middle = whole(100 * over.spread(0)[1])
        return f"In the middle one of {worlds} plausible worlds, the change survives in {so_many(middle, 100)} futures"
    if n.worlds_better <= n.worlds_worse:
        return f"Nothing that is varied helps in more of {worlds} plausible worlds than it harms in"
    title, other = quoted(over.titles[best]), quoted(over.titles[over.compared_with(best)])
    clearly = f", clearly in {n.worlds_clearly_better}" if n.worlds_clearly_better else ", clearly in none"
    worse = f", and fewer in {n.worlds_worse}" if n.worlds_worse else ""
    return (
        f"More futures survive with {title} than with {other} in {so_many(n.worlds_better, worlds)} plausible "
        f"worlds{clearly}{worse}"
    )


def of_calibration(tried: "CalibrationRun") -> str:
    """How many settings agree with every target, and which target turns most away."""
    kept, all_of = len(tried.accepted), len(tried.settings)
    found = f"{so_many(kept, all_of)} settings agree with every target"
    away = [-1.0 if (cut := tried.cut(i)) is None else cut for i in range(len(tried.targets))]
    if not kept or max(away) <= 0:
        return capital(found)
    most = tried.targets[int(np.argmax(away))].title
    return f"{capital(found)}; most are turned away by “{most}”"


def of_curves(curves: "Mapping[str, Curve]", titles: Mapping[str, str]) -> str:
    """Between which curves the end lies clearly apart, most of all; that it does not, where their bands overlap."""
    ends = {slug: (_last(curve.low), _last(curve.high)) for slug, curve in curves.items()}
    ends = {slug: end for slug, end in ends.items() if not np.isnan(end).any()}
    most = span(max(int(curve.month[-1]) for curve in curves.values()))
    (base, first), *others = curves.items()
    stands = f"After {most}, the change still stands in {percent(standing_at_the_end(first))} of futures"
    if not others:
        return stands
    if ends:
        above = max(ends, key=lambda slug: ends[slug][0])
        below = min(ends, key=lambda slug: ends[slug][1])
        if ends[above][0] > ends[below][1]:
            longest, least = (percent(standing_at_the_end(curves[slug])) for slug in (above, below))
            one, other = quoted(titles[above]), quoted(titles[below])
            return f"After {most}, the change still stands in {longest} of futures with {one}, with {other} in {least}"
    return f"{stands} with {quoted(titles[base])}, and no variant clearly differs from another"


def standing_at_the_end(curve: "Curve") -> float:
    """The last share known; 0 for a curve of no futures."""
    return _last(curve.standing, 0.0)


def _last(values: np.ndarray, without: float = float("nan")) -> float:
    known = values[~np.isnan(values)]
    return float(known[-1]) if len(known) else without


def of_record(record: "Record") -> str:
    """How one future went, by how much was practised when it was judged."""
    setting, practice = record.scenario, record.monthly["practice"]
    judged = judge(practice, setting, reference_month(setting, record))
    then, later = percent(judged.practice_before), percent(judged.practice_after)
    month, after = f"month {judged.reference_month}", span(setting.measure.horizon)
    if judged.outcome == NEVER:
        went = f"the change had never taken hold: practised commitment was {then} in {month}"
    else:
        went = f"the change {judged.outcome.word}: practised commitment was {then} in {month}, and {later} {after} on"
    return f"{setting.title}: in future {record.future}, {went}"


def of_people(record: "Record", month: int) -> str:
    """In how many of those who are there commitment is above one half."""
    here = record.people["present"][month] > 0.0
    some = int((record.people["commitment"][month][here] > 0.5).sum())
    return f"In month {month}, commitment is above one half in {so_many(some, int(here.sum()))} people"


def of_screening(found: "Sensitivity") -> str:
    """How many parameters clearly move collapse by more than next to nothing."""
    some = int((found.screened["collapsed"].low > LITTLE).sum())
    which = f"{capital(so_many(some, len(found.parameters)))} parameters"
    return f"{which} clearly move{'s' * (some == 1)} collapse by {100 * LITTLE:g} points or more"


def of_indices(found: "Sensitivity") -> str:
    """How many parameters clearly have a share in the spread of collapse, their interplay counted."""
    said = found.shared["collapsed"]
    if said.variance == 0.0:
        return "Collapse is the same at every setting of these parameters"
    some = int((np.nan_to_num(said.total - said.total_half) > 0).sum())
    number = so_many(some, len(found.top))
    return f"{capital(number)} parameters clearly {'has' if some == 1 else 'have'} a share in how collapse differs"


def of_claims(evidence: "Validation") -> str:
    """How many patterns the model shows, and how many it does not."""
    from sim.analysis.validation.ablations import AS_IT_IS
    from sim.analysis.validation.findings import DOES_NOT, SHOWS, together

    verdicts = [together(found) for found in evidence.worlds[AS_IT_IS.slug].values()]
    shown, missed = verdicts.count(SHOWS), verdicts.count(DOES_NOT)
    rest = len(verdicts) - shown - missed
    said = f"The model shows {so_many(shown, len(verdicts))} patterns"
    said += f", does not show {missed}" if missed else ""
    return said + (f", and of {rest} it cannot be told" if rest else "")


def of_mechanisms(evidence: "Validation") -> str:
    """Without how many of the mechanisms some claim that shows no longer does."""
    from sim.analysis.validation.ablations import ABLATIONS

    some = sum(bool(evidence.turns(world.slug)) for world in ABLATIONS)
    if not some:
        return "No claim fails where any one of the mechanisms is taken away"
    return f"Taking away {so_many(some, len(ABLATIONS))} mechanisms, one at a time, makes some claim fail"
