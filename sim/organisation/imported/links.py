"""The links: how each layer is read, and who influences whom by how much."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sim.organisation.imported.edges import UNDIRECTED
from sim.organisation.imported.people import EXTERNAL
from sim.organisation.imported.problems import Findings, count, nearest, one, slug
from sim.organisation.imported.sheets import Sheet, number
from sim.organisation.structure import Builder
from sim.scenario.roles import HORIZONTAL, Kind
from sim.scenario.scenario import Layer

LAYERS: dict[str, Layer] = {
    **{kind.slug: Layer.model_validate({"kind": kind.slug}) for kind in Kind},
    "reports_to": Layer(kind="line"),
    "manages": Layer(kind="line", influence="target_to_source"),
    **dict.fromkeys(
        ("advice", "friendship", "value"), Layer(kind="peer", influence="target_to_source", weights="relative")
    ),
    **dict.fromkeys(("work", "email"), Layer(kind="peer", weights="log")),
}
"""How layers are read that a scenario does not describe."""

_CALLED = {
    **dict.fromkeys(("supervises", "manager_of", "supervisor_of"), "manages"),
    **dict.fromkeys(("reports", "reporting_to", "managed_by", "supervised_by"), "reports_to"),
}
"""Other names of the layers of the line."""

_LARGEST_TEAM = 1000
_LIGHTEST, _HEAVIEST = 1e-12, 1e12

_TIES = {
    Kind.LINE_DOWN: "from managers down the line",
    Kind.LINE_UP: "up the line to managers",
    Kind.PEER: "between colleagues",
    Kind.PARTNER: "with partners",
    Kind.COPRODUCTION: "of co-production",
    Kind.FACILITATION: "with facilitators",
}
_INFLUENCE = {
    "source_to_target": "the person in column 'source' influences the one in column 'target'",
    "target_to_source": "the person in column 'target' influences the one in column 'source'",
    "both": "each influences the other",
}
_WEIGHTS = {
    "given": "A tie counts for as much as its weight says, and 1 is an ordinary tie.",
    "relative": "A tie of twice the weight counts for twice as much.",
    "log": "A tie of more weight (more messages, say) counts for more, but not in proportion.",
    "equal": "Every tie counts the same.",
}


class Ties(NamedTuple):
    """The ties of one layer: the given weight of each, by who is its source and its target and whether it is mutual.

    title: what notes call the layer; the names that a scenario gives to its own are not quoted. places: the first row
    of each.
    """

    title: str
    layer: Layer
    weights: dict[tuple[int, int, bool], float]
    places: dict[tuple[int, int, bool], str]


def known_layers(own: Mapping[str, Layer], findings: Findings) -> dict[str, Layer]:
    """How each layer is read, by its name in small letters with underscores; the scenario's own come first."""
    for entry, layer in enumerate(own.values(), start=1):
        if layer.kind == "line" and (layer.influence == "both" or layer.weights != "given"):
            what = 'in a layer of kind "line" the source reports to the target, or with influence = "target_to_source"'
            findings.wrong(f"[organisation.layers] entry {entry}", f"{what} manages them; leave out the rest")
    return LAYERS | {slug(name): layer for name, layer in own.items()}


def read_ties(
    links: Sheet, ends: Sequence[tuple[int, int]], layers: Mapping[str, Layer], found: dict[str, Ties]
) -> None:
    """Add the ties of each layer to ``found``: rows that say the same added up, those that are no tie dropped.

    ``ends``: the people whom each row links; a negative number where there is none.
    """
    own = [name for name in layers if name not in LAYERS]
    no_tie = twice = bare = 0
    myself: list[int] = []
    undirected_line = False
    names = [slug(name) or "peer" for name in links["layer"]]
    names = [name if name in layers else _CALLED.get(name, name) for name in names]
    _check_layers(links, names, layers)
    for row, (name, (source, target)) in enumerate(zip(names, ends, strict=True)):
        line = name in layers and layers[name].kind == "line"
        weight = 1.0 if line else _weight(links, row)
        if source < 0 or target < 0 or name not in layers:
            continue
        bare += not line and not links["weight"][row]
        layer, both = layers[name], links["direction"][row] == UNDIRECTED
        undirected_line = undirected_line or (line and both)
        if source == target and not line:
            myself.append(row)
        elif weight == 0.0:
            no_tie += 1
        else:
            title = f"Own layer {own.index(name) + 1}" if name in own else f"Layer {name!r}"
            _, _, weights, places = found.setdefault(name, Ties(title, layer, {}, {}))
            both = both or layer.influence == "both"
            pair = (min(source, target), max(source, target), True) if both else (source, target, False)
            twice += pair in weights
            weights[pair] = weights.get(pair, 0.0) + weight
            places.setdefault(pair, f"{links.file} {links.places[row]}")
    if undirected_line:
        links.wrong("an undirected graph cannot say who reports to whom; use a directed one")
    note = links.findings.note
    if myself:
        ties = f"{count(len(myself), 'tie')} of a person to themself in the {links.file}"
        note(f"{ties} {one(len(myself))} left out ({links.where(myself)}).")
    if bare and any(links["weight"]):
        note(f"{count(bare, 'link')} in the {links.file} {one(bare, 'has', 'have')} no weight: read as of weight 1.")
    if no_tie:
        note(f"{count(no_tie, 'link')} of weight 0 in the {links.file} {one(no_tie)} read as no tie.")
    if twice:
        repeat = one(twice, "repeats", "repeat")
        note(f"{count(twice, 'link')} in the {links.file} {repeat} one of the same layer; their weights were added up.")


def drop_light(found: Mapping[str, Ties], findings: Findings) -> None:
    """Leave out the ties that are lighter than their layer's minimum."""
    for title, layer, weights, _ in found.values():
        light = [pair for pair, weight in weights.items() if weight < layer.minimum]
        for pair in light:
            del weights[pair]
        if light:
            lighter = f"{count(len(light), 'tie')} lighter than {layer.minimum:g}"
            findings.note(f"{title}: {lighter} {one(len(light))} left out.")


def reports(found: Mapping[str, Ties]) -> dict[tuple[int, int], str]:
    """Where the links of the line stand, each a person and a manager."""
    return {
        (pair[1], pair[0]) if ties.layer.influence == "target_to_source" else (pair[0], pair[1]): ties.places[pair]
        for ties in found.values()
        if ties.layer.kind == "line"
        for pair in ties.weights
    }


def _check_layers(links: Sheet, names: Sequence[str], layers: Mapping[str, Layer]) -> None:
    """Note the first row of each layer that is not known."""
    first: dict[str, int] = {}
    for row, name in enumerate(names):
        if name not in layers:
            first.setdefault(name, row)
    for name, row in first.items():
        how = "To have it read, describe it in a table [organisation.layers.NAME], for example with"
        hint = nearest("layer", name, list(LAYERS))
        what = f'{hint}{"" if hint.endswith("?") else "."} {how} kind = "peer" and influence = "target_to_source"'
        links.wrong(what, row, sort="unknown layer")


def _weight(links: Sheet, row: int) -> float:
    text = links["weight"][row]
    weight = number(text) if text else 1.0
    if weight is None or not (weight == 0.0 or _LIGHTEST <= weight <= _HEAVIEST):
        what = f"is not a number above 0 and up to {_HEAVIEST:g} (0 for no tie); to do without, --as COLUMN=ignore"
        links.wrong(f"the {links.called('weight')} {what}", row)
        return 1.0
    return weight


def _scaled(how: str, given: list[float], mutual: Sequence[bool]) -> list[float]:
    """Weights of a layer's ties as multiples of the kind's base weight; see ``Layer.weights``.

    The mean is over links, so that a mutual tie is the same written once or as its two links.
    """
    if how == "equal":
        return [1.0] * len(given)
    weights = [math.log1p(weight) for weight in given] if how == "log" else given
    if how == "given" or not weights:
        return weights
    both = [weight for weight, each in zip(weights, mutual, strict=True) if each]
    mean = math.fsum([*weights, *both]) / len([*weights, *both])
    return [weight / mean for weight in weights]


def add_links(builder: Builder, layers: Sequence[Ties], seats: Mapping[int, int], findings: Findings) -> None:
    """Add the links of all layers but those of the line, which says who manages whom; ``seats`` of each person."""
    joined = across = 0
    for title, layer, weights, _ in layers:
        if layer.kind == "line":
            continue
        kind = Kind[layer.kind.upper()]
        kept = {(seats[s], seats[t], m): weight for (s, t, m), weight in weights.items() if s in seats and t in seats}
        mutuals = [mutual for _, _, mutual in kept]
        scaled = _scaled(layer.weights, list(kept.values()), mutuals)
        how = "equal" if all(math.isclose(weight, 1.0) for weight in scaled) else layer.weights
        findings.note(f"{title}: {_read(kind, layer, mutuals)}. {_WEIGHTS[how]}")
        for (source, target, mutual), weight in zip(kept, scaled, strict=True):
            if kind == Kind.PEER:
                if builder.managers[source] == target or builder.managers[target] == source:
                    joined += 1
                    continue
                across += builder.roles[source] in EXTERNAL or builder.roles[target] in EXTERNAL
            if mutual or layer.influence != "target_to_source":
                _add(builder, source, target, kind, weight)
            if mutual or layer.influence != "source_to_target":
                _add(builder, target, source, kind, weight)
    if joined:
        findings.note(
            f"{count(joined, 'tie')} between a person and their own line manager {one(joined)} left out: the two "
            "influence each other as manager and report already."
        )
    if across:
        findings.note(
            f"{count(across, 'tie')} with people from outside the organisation {one(across)} read as ties between "
            "colleagues. To count as ties with partners, they need a layer 'partner' or 'coproduction'."
        )
    if sum(ties.layer.kind == "peer" for ties in layers) > 1:
        findings.note("Where the same two colleagues are tied in several layers, the ties add up.")


def _read(kind: Kind, layer: Layer, mutual: Sequence[bool]) -> str:
    """How a layer was read: how many ties, and who influences whom."""
    ties = f"{count(len(mutual), 'tie')} {_TIES[kind]}"
    if all(mutual) and mutual:
        return f"{ties}; {_INFLUENCE['both']}"
    if any(mutual):
        return (
            f"{ties}; in the {sum(mutual):,} undirected ones {_INFLUENCE['both']}, else {_INFLUENCE[layer.influence]}"
        )
    return f"{ties}; {_INFLUENCE[layer.influence]}"


def _add(builder: Builder, source: int, target: int, kind: Kind, weight: float) -> None:
    """Add a link; a file's own weight for a step of the line replaces the usual one."""
    manager, report = (source, target) if kind == Kind.LINE_DOWN else (target, source)
    if kind in (Kind.LINE_DOWN, Kind.LINE_UP) and builder.managers[report] == manager:
        builder.links[source, target, kind] = weight
    else:
        builder.link(source, target, kind, weight)


def link_dotted(
    builder: Builder, dotted: Sequence[tuple[int, int]], seats: Mapping[int, int], how: str, findings: Findings
) -> None:
    """Managers beside the one of the line: left out, or read as peers, as the scenario asks."""
    if not dotted:
        return
    managers = count(len(dotted), "dotted-line manager")
    if how == "leave_out":
        findings.note(f'{managers} left out. To read them as colleagues: organisation.dotted_line = "peer".')
        return
    findings.note(f"{managers} read as colleagues: each influences the other.")
    for person, other in dotted:
        if {person, other} <= seats.keys() and builder.managers[seats[person]] != seats[other]:
            builder.mutual(seats[person], seats[other], Kind.PEER)


def link_teammates(builder: Builder, layers: Sequence[Ties], people: Sheet) -> None:
    """Where the files give no horizontal links, link everyone with their teammates."""
    kinds = {Kind[layer.kind.upper()] for _, layer, weights, _ in layers if layer.kind != "line" and weights}
    if not kinds.isdisjoint(HORIZONTAL):
        if Kind.PEER not in kinds:
            people.findings.note("The files link people with partners only, so nobody sees a colleague work.")
        return
    teams = Counter(manager for manager in builder.managers if manager >= 0)
    largest = max(teams.values(), default=0)
    if largest > _LARGEST_TEAM:
        people.wrong(
            f"one person has {largest:,} reports and there are no links between them; they are only all made "
            f"peers in teams of up to {_LARGEST_TEAM:,}. Add a links file"
        )
    elif largest > 1:
        builder.peers()
        people.findings.note("The files link no colleagues, so people with the same manager were made peers.")
