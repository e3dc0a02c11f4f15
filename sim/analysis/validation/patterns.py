"""The paper's patterns, and what each claims of the model, in numbers (what came out: docs/validation.md).

The table itself: ``sim/analysis/validation/patterns.toml``. How they are measured: ``measurements``.
"""

from dataclasses import dataclass
from pathlib import Path

from sim.analysis.validation import measurements
from sim.analysis.validation.findings import Claim
from sim.analysis.validation.measurements import Measurement
from sim.base.errors import read_toml


@dataclass(frozen=True)
class Pattern:
    """A pattern: its number in the design, the paper's words, the claims about the model, and how they are measured."""

    slug: str
    quotation: str
    claims: tuple[Claim, ...]
    measure: Measurement


_MEASURED: dict[str, Measurement] = {
    "P1": measurements.lost_subscription,
    "P2": measurements.outlives,
    "P3": measurements.leader_above_all,
    "P4": measurements.won_first,
    "P5": measurements.in_the_middle,
    "P6": measurements.stuck,
    "P7": measurements.own_voice,
    "P8": measurements.reach_decisions,
    "P9": measurements.harder_across,
    "P10": measurements.moves_on,
    "P11": measurements.declared_or_enacted,
    "P12": measurements.stable_team,
    "P13": measurements.more_contact,
    "P14": measurements.congruent,
    "P15": measurements.words_and_deeds,
}

PATTERNS = tuple(
    Pattern(slug, said["quotation"], tuple(Claim(**claim) for claim in said["claims"]), _MEASURED[slug])
    for slug, said in read_toml(Path(__file__).with_suffix(".toml")).items()
)
"""In the table's order."""
