"""The words by which files are read, for the page that reads files by itself (sim/report/handout/reader.js)."""

from typing import Any

from sim.organisation.imported import edges
from sim.organisation.imported.columns import EACH, LINKS, PEOPLE, SURVEYED
from sim.organisation.imported.links import LAYERS
from sim.organisation.imported.people import ROLES
from sim.organisation.imported.posts import GONE, MARKED, NEVER, VACANT
from sim.organisation.imported.roster import NO_MANAGER
from sim.organisation.imported.sheets import FOOTER, NO, NOTHING, TYPES, YES
from sim.scenario.roles import Kind


def words() -> dict[str, Any]:
    """All of them, as JSON takes them.

    people, links: by what a column means, the keys of its names; each: those that are every first with every second.
    layers: which kind of link (-1: the line), whether the target influences the source, what weights mean.
    Patterns are regular expressions.
    """
    lists = {
        "surveyed": SURVEYED, "nothing": NOTHING, "types": TYPES, "no_manager": NO_MANAGER,
        "yes": YES, "no": NO, "both": edges.BOTH, "one": edges.ONE, "back": edges.BACK, "mutual": edges.MUTUAL,
    }  # fmt: skip
    patterns = {"gone": GONE, "marked": MARKED, "vacant": VACANT, "never": NEVER, "footer": FOOTER}
    return {
        "people": {meaning: names for meaning, names in PEOPLE.items() if meaning not in EACH},
        "each": EACH,
        "links": LINKS,
        "layers": {
            name: (
                -1 if layer.kind == "line" else Kind[layer.kind.upper()],
                layer.influence == "target_to_source",
                layer.weights,
            )
            for name, layer in LAYERS.items()
        },
        "roles": ROLES,
        "lists": {name: sorted(each) for name, each in lists.items()},
        "patterns": {name: pattern.pattern.removeprefix("(?i)") for name, pattern in patterns.items()},
    }
