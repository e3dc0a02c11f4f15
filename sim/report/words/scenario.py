"""Scenarios and organisations in words, for ``leadership-sim scenarios`` and ``leadership-sim organisation``."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.base.errors import NAMING
from sim.organisation.structure import Organisation
from sim.scenario.departures import departure_terms
from sim.scenario.events import Austerity, Change, DirectorLeaves, Event, PersonLeaves, SubscriptionEnds
from sim.scenario.fields import fields
from sim.scenario.labels import Labels
from sim.scenario.parameters import value_at
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import Scenario


def scenario_words(scenario: Scenario, everything: bool = False) -> Iterator[str]:
    """A scenario resolved, a line at a time: what happens, which parameters are set, what each variant changes.

    ``everything`` lists every parameter with its value, not only those that differ from the defaults.
    """
    m = scenario.measure
    yield scenario.title
    if scenario.question:
        yield scenario.question
    if scenario.paper:
        yield f"From the study: {scenario.paper}"
    if scenario.look_for:
        yield f"Look for: {scenario.look_for}"
    yield ""
    yield f"A run is {scenario.months} months. {_judged(scenario)}"
    yield (
        f"The change never took hold if practised commitment is below {m.taken_hold:g} then; it survived if at least "
        f"{100 * m.survival:g}% of it is left {m.horizon} months on, and collapsed otherwise."
    )
    yield ""
    yield "The organisation: " + _organisation_words(scenario)
    yield ""
    events = [(slug, event) for slug, event in scenario.events.items() if event.enabled]
    yield "What happens:" if events or scenario.random_departures else "Nothing is scheduled."
    for slug, event in sorted(events, key=lambda item: item[1].month):
        yield f"  {event_words(event, scenario)}"
        yield f"      (change it with --set events.{slug}.KEY=VALUE: {', '.join(sorted(_keys(event)))})"
    if scenario.random_departures:
        yield f"  the director may leave in any month; the mean stay is {scenario.turnover.director_tenure} months"
    yield ""
    lines = list(parameters(scenario, everything))
    yield "Every parameter:" if everything else "Parameters that differ from the defaults:"
    yield from (f"  {line}" for line in lines or ["none"])
    if scenario.variants:
        yield ""
        yield "Variants, each the same but for:"
        for slug, changes in scenario.variants.items():
            yield f"  {slug}: {changes.get('title', slug)}"
            yield from (f"      {line}" for line in changed(changes))


def what_happens(scenario: Scenario) -> Iterator[str]:
    """The scheduled events in order, a sentence each; and random departures, if there are any."""
    for event in sorted((e for e in scenario.events.values() if e.enabled), key=lambda e: e.month):
        when, what = event_words(event, scenario).split(": ", 1)
        yield f"{'' if when.startswith('from ') else 'in '}{when}, {what}"
    if scenario.random_departures:
        yield f"the director may leave in any month; the mean stay is {scenario.turnover.director_tenure} months"


def _judged(scenario: Scenario) -> str:
    if scenario.random_departures and scenario.measure.reference_month is None:
        return "Each future is judged at the director's first departure."
    why = " (the director's departure)" if scenario.reference_month in scenario.departures else ""
    return f"Futures are judged at month {scenario.reference_month}{why}."


def _organisation_words(scenario: Scenario) -> str:
    o = scenario.organisation
    if o.imported:
        files = [f"one of {key}" for key in ("people", "links") if getattr(o, key)] + ["a survey"] * (
            o.survey is not None
        )
        return f"read from a file of {' and '.join(files).removeprefix('one of ')}."
    facilitators = o.facilitators if scenario.subscription.enabled else 0
    lead_member = "a lead member, " if o.lead_member else ""
    heads = f"heads of service ({o.heads_of_service}), " if o.heads_of_service else ""
    return (
        f"{lead_member}a director, {heads}{o.teams} teams of a middle manager and {o.practitioners_per_team} "
        f"practitioners, {o.back_office} back-office staff, {o.vcs_partners} voluntary-sector partners, "
        f"{o.lived_experience} people with lived experience ({_COPRODUCTION[o.coproduction]}), "
        f"{o.health_partners} health partners, {facilitators} change facilitators."
    )


def _keys(event: Event) -> set[str]:
    return set(type(event).model_fields) - {"kind", "set"}


_COPRODUCTION = {
    "mediated": "heard through voluntary-sector partners",
    "direct": "working with practitioners themselves",
}


def event_words(event: Event, scenario: Scenario) -> str:
    """One scheduled event as a sentence."""
    match event:
        case DirectorLeaves():
            how = departure_terms(scenario, event)
            gap = f"the seat stays empty for {how.vacancy} months" if how.vacancy else "there is no gap"
            interim = " while a deputy stands in" if how.deputy else " and nobody stands in"
            interim = interim if how.vacancy else ""
            own = None if math.isnan(how.successor_commitment) else how.successor_commitment
            sort = "" if own is None else "sceptical " if own < 0.35 else "willing " if own > 0.6 else ""
            who = (
                "a successor arrives whose commitment is drawn at random"
                if own is None
                else f"a {sort}successor arrives (commitment {own:g})"
            )
            kept = f" and keeps {100 * how.continuity:g}% of the predecessor's" if how.continuity else ""
            return f"month {event.month}: the director leaves; {gap}{interim}; then {who}{kept}"
        case PersonLeaves():
            who = "the engagement lead" if event.role == "engagement_lead" else f"{event.role} number {event.seat}"
            return f"month {event.month}: {who.replace('_', ' ')} leaves and is replaced"
        case Austerity():
            until = event.month + event.months
            return f"months {event.month} to {until}: austerity of {event.severity:g} adds to pressure and to renewal"
        case SubscriptionEnds():
            return f"month {event.month}: the subscription to the programme ends"
        case Change():
            return f"from month {event.month}: " + ", ".join(_changes(event.set))


def changed(changes: Mapping[str, Any]) -> list[str]:
    """What a variant changes beside its title, ``key = value`` each."""
    return [line for line in _changes(changes) if not line.startswith("title")]


def _changes(changes: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in changes.items():
        if prefix == "organisation." and key in NAMING:
            yield f"{prefix}{key} as the scenario file has it"
        elif isinstance(value, Mapping):
            yield from _changes(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key} = {_value(value)}"


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_TOLD_APART = ("measure.reference_month", *(f"organisation.{key}" for key in NAMING))
"""Keys that a description says in its own words, or that may hold names."""


def parameters(scenario: Scenario, everything: bool = False) -> Iterator[str]:
    """The parameters that differ from the defaults, or all of them, with their values and what they mean."""
    data = scenario.to_dict()
    usual = Scenario().to_dict()
    for key, field in fields():
        now, default = value_at(data, key), value_at(usual, key)
        if key in _TOLD_APART or (now == default and not everything):
            continue
        was = "" if now == default else f" (usually {_value(default) if default is not None else 'absent'})"
        yield f"{key} = {_value(now) if now is not None else 'absent'}{was}: {field.description or ''}".rstrip(": ")


# -- Organisations ----------------------------------------------------------------------------------------


def organisation_words(organisation: Organisation, words: Labels) -> Iterator[str]:
    """An organisation described in ``words``: seats by role, levels, spans, links by kind, what was assumed."""
    structure = organisation.structure
    yield f"{len(organisation)} seats:"
    counts = Counter(int(role) for role in structure.role)
    yield from (f"  {counts[role]:>6}  {words.role(role, several=counts[role] > 1)}" for role in Role if counts[role])
    levels = _levels(structure.manager.tolist())
    spans = sorted(Counter(int(m) for m in structure.manager if m >= 0).values())
    if spans:
        yield (
            f"{max(levels)} levels in the line, the {words.role(Role.DIRECTOR)}'s at {levels[structure.director]}; "
            "people at each: " + ", ".join(str(levels.count(level)) for level in range(1, max(levels) + 1))
        )
        yield (
            f"{len(spans)} people have reports: {spans[0]} to {spans[-1]} each, mean {sum(spans) / len(spans):.1f}, "
            f"median {spans[len(spans) // 2]}"
        )
    yield f"{len(structure.kind)} links, each from the one who influences to the one who listens:"
    kinds = Counter(int(kind) for kind in structure.kind)
    yield from (f"  {kinds[k]:>6}  {words.kind(k)} ({k.direction})" for k in Kind if kinds[k])
    heard = [int(n) for n in structure.first[1:] - structure.first[:-1]]
    alone = sum(n == 0 for n in heard)
    yield f"A person hears {sum(heard) / len(heard):.1f} others on average; {alone} hear nobody."
    if organisation.notes:
        yield "What was assumed:"
        yield from (f"  - {note}" for note in organisation.notes)


def seats_by_role(organisation: Organisation, words: Labels) -> str:
    """How many seats there are, by role, in one line."""
    counts = Counter(int(role) for role in organisation.structure.role)
    each = [f"{counts[role]} {words.role(role, several=counts[role] > 1)}" for role in Role if counts[role]]
    return f"{len(organisation)} seats: {', '.join(each)}"


def _levels(managers: list[int]) -> list[int]:
    """Each seat's level in the line, 1 at the top; 0 for those outside it."""
    heads = set(managers)

    def level(seat: int) -> int:
        above = 0
        while seat >= 0:
            above, seat = above + 1, managers[seat]
        return above

    return [level(seat) if managers[seat] >= 0 or seat in heads else 0 for seat in range(len(managers))]


def reading_words(account: Sequence[str]) -> Iterator[str]:
    """What each file and each of its columns was taken for."""
    if account:
        yield "How the files were read (where that is wrong: --as COLUMN=MEANING):"
    yield from (f"  {line}" for line in account)


def title_words(roles: Mapping[str, Role]) -> Iterator[str]:
    """The job titles that the model does not know and the roles that most of their holders got, as a table to paste."""
    if not roles:
        yield "The files have no job title that the model does not know."
        return
    yield "Job titles and the roles they got, to correct and to paste into a scenario (they may name people):"
    yield "[organisation.roles]"
    for title, role in sorted(roles.items(), key=lambda item: (item[1], item[0])):
        quoted = title.replace("\\", "\\\\").replace('"', '\\"')
        yield f'"{quoted}" = "{role.slug}"'
