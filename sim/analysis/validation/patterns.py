"""The paper's patterns, and what each claims of the model, in numbers (what came out: docs/validation.md)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.analysis.validation.ablations import World
from sim.analysis.validation.findings import Claim
from sim.analysis.validation.measurements import (
    barrier,
    congruent,
    declared_or_enacted,
    harder_across,
    lead_leaves,
    leader_above_all,
    lost_subscription,
    own_voice,
    stuck,
    won_first,
)
from sim.base.arrays import Floats

FEW, LITTLE = 0.05, 0.02
"""How much it takes to count: five futures (or managers and months) of a hundred, two points of practised commitment.

A smaller effect, however certain, would not be what the paper describes; and without a threshold no effect at all could
never be told from too few futures. Set after a first look at forty futures; docs/validation.md says what turned on it.
"""


@dataclass(frozen=True)
class Pattern:
    """A pattern: its number in the design, the paper's words, the claims about the model, and how they are measured.

    measure: takes a world, a number of futures and a root seed; gives an array for each claim, [futures].
    """

    slug: str
    quotation: str
    claims: tuple[Claim, ...]
    measure: Callable[[World, int, int], Sequence[Floats]]


PATTERNS = (
    Pattern(
        "P1",
        "an “initially committed local area dropping out when the director changed”",
        (
            Claim(
                "More often dropped where the director changes",
                "share of futures in which the programme is dropped in the 24 months after the departure (any "
                "successor), less the share where the director stays",
                least=FEW,
                unit="of 100 futures",
                counting=True,
                by_definition="a director who shows less renews less, by the rule of renewal",
            ),
            Claim(
                "About as often as in the paper: one site of five",
                "share of futures in which the programme is dropped in the 24 months after the departure; it should "
                "lie in the Wilson interval of 1 in 5",
                least=0.04,
                most=0.62,
                unit="of 100 futures",
                counting=True,
            ),
        ),
        lost_subscription,
    ),
    Pattern(
        "P3",
        "the leader mattered “even when the transformation had been underway for some time”",
        (
            Claim(
                "More is lost with the director than with any other single person",
                "practised commitment lost in five years when the director's seat is emptied at month 36, less what "
                "is lost with the other person with whom most is",
                least=LITTLE,
                unit="points of practised commitment",
            ),
        ),
        leader_above_all,
    ),
    Pattern(
        "P4",
        "“the next layer down are bought in, who then made sure the next”",
        (
            Claim(
                "Where the director leads, managers are won first",
                "share of futures in which managers' mean commitment crosses 0.6 before practitioners', less the "
                "share the other way round; the director stays",
                least=FEW,
                unit="of 100 futures",
                counting=True,
            ),
            Claim(
                "Where champions begin, practitioners are won first",
                "the same the other way round: director's values 0.5, 30% champions, no programme",
                least=FEW,
                unit="of 100 futures",
                counting=True,
                by_definition="champions start committed, which lifts practitioners' mean from the start",
            ),
        ),
        won_first,
    ),
    Pattern(
        "P5",
        "“a bit of a barrier somewhere in the middle”",
        (
            Claim(
                "Under pressure more managers support less than both sides show",
                "share of managers and months (13 to 36) in which a manager's support is below what the director and "
                "what the team show, at pressure 0.3 less at none",
                least=FEW,
                unit="of 100",
                by_definition="support is what the manager shows less pressure",
            ),
            Claim(
                "Also in what managers show, pressure itself taken out",
                "the same with what the manager shows in place of support",
                least=FEW,
                unit="of 100",
            ),
        ),
        barrier,
    ),
    Pattern(
        "P6",
        "vision can “get a bit stuck on the way down”",
        (
            Claim(
                "The gap from director to practice grows as the back office is less in step",
                "what the director shows less practised commitment at month 36: back office's values down by 0.2 "
                "less up by 0.2",
                least=LITTLE,
                unit="points",
                by_definition="red tape from a back office out of step burdens practice by rule",
            ),
            Claim(
                "And the gap from director to what staff hold",
                "the same with commitment of staff in place of practised commitment",
                least=LITTLE,
                unit="points",
                aside=True,
            ),
        ),
        stuck,
    ),
    Pattern(
        "P7",
        "voluntary-sector leadership “minimal”; dependence “detracted from the flexibility”",
        (
            Claim(
                "Partners' own share of what moves is below their share of seats",
                "voluntary-sector partners' share of seats less their own, not echoed, share of all movement along "
                "links up to month 36",
                unit="of 100",
            ),
            Claim(
                "The more dependent, the less they show what they hold",
                "mean distance between what partners hold and show at month 36: dependence 0.9 less 0.5",
                least=LITTLE,
                unit="points",
                by_definition="what is shown is mixed with the director's in proportion to dependence",
            ),
        ),
        own_voice,
    ),
    Pattern(
        "P9",
        "distribution across boundaries is “even more challenging” than down the line",
        (
            Claim(
                "A step in the line buys more than a step across boundaries",
                "retention gained by a tenth of a parameter's range: mean over norm, delegation, champions, managers' "
                "claims, pressure and reach, less mean over funding, infrastructure, partner links and rebuilding; "
                "at whichever weight of links across (0.5, 1 or 2) it is least",
                unit="points of retention",
            ),
        ),
        harder_across,
    ),
    Pattern(
        "P10",
        "momentum lost when “the engagement lead ... left”",
        (
            Claim(
                "Lived-experience members move less once an only lead has left",
                "their movement of others in the year after, as a share of the year before: where many hold their "
                "links (and one practitioner leaves) less where one lead held all (and leaves)",
                unit="points",
                by_definition="links go with the person, and an only lead holds all of them",
            ),
        ),
        lead_leaves,
    ),
    Pattern(
        "P11",
        "“signing up for distribution in principle is not sufficient”",
        (
            Claim(
                "Declared under a strong norm, delegation changes little",
                "retention with delegation 0.6 less without, norm 0.8; little is less than 0.1 either way",
                least=-0.1,
                most=0.1,
                unit="points of retention",
            ),
            Claim(
                "Enacted, it changes much more",
                "retention with delegation 0.6 and norm 0.2, less with delegation declared only",
                least=0.1,
                unit="points of retention",
            ),
            Claim(
                "And not by the softer norm alone",
                "what delegation adds under a soft norm, less what it adds under a strong one",
                unit="points of retention",
            ),
            Claim(
                "It takes time",
                "months until delegation's mean credibility reaches 0.5 where it is enacted; more than 6",
                least=6.0,
                unit="months",
            ),
        ),
        declared_or_enacted,
    ),
    Pattern(
        "P14",
        "change is embraced “when its principles are congruent”",
        (
            Claim(
                "Take-off rises with what staff value",
                "practised commitment at month 36: values of staff up by 0.1 less down by 0.1",
                least=LITTLE,
                unit="points",
                by_definition="own values pull at commitment, and commitment bears on practice",
            ),
        ),
        congruent,
    ),
)
"""In the design's numbering, whose gaps are deliberate."""
