"""One future again, event by event."""

from sim.experiments.ensemble import BASE
from sim.experiments.replay import Replay
from sim.report.numbers import span

_DEFINITIONS = (
    "Practised commitment is the share of recent work that staff did the new way.",
    "The subscription is to the outside programme of change.",
)


def replay_words(found: Replay) -> list[str]:
    """What happened in each variant, event by event, and how it was judged."""
    base = found.records[BASE]
    out = [f"Future {base.future}, seed {base.seed}.", *_DEFINITIONS, ""]
    for slug, record in found.records.items():
        horizon = record.scenario.measure.horizon
        say, judged = record.scenario.words.say, found.outcome(slug)
        out.append(f"{slug}: {say(record.scenario.title)}")
        out += [f"    {line}" for line in record.told]
        yearly = ", ".join(f"{q:.2f}" for q in record.monthly["practice"][::12])
        out.append(f"    practised commitment year by year: {yearly}")
        out.append(
            f"    {judged.outcome.word} at {span(horizon)}: practised commitment {judged.practice_before:.2f} at month "
            f"{judged.reference_month}, {judged.practice_after:.2f} at month {judged.reference_month + horizon}"
        )
    return out
