"""What a pattern comes to: estimates over futures, and the verdict that follows from them."""

from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Floats
from sim.base.intervals import Estimate, mean_interval, paired_share_interval

SHOWS, DOES_NOT, CANNOT_TELL, UNDEFINED = "shows", "does not show", "cannot tell", "undefined"


@dataclass(frozen=True)
class Claim:
    """One thing that a pattern claims, as one number per future.

    statistic: what the number is, and what is compared with what. least, most: the claim holds where the mean lies
    between them (``patterns`` says when they were set). unit: in which it is reported. by_definition: the part of it
    that could not come out otherwise, empty where there is none. aside: whether it is reported beside the pattern
    without deciding the verdict. counting: whether the number is 1, 0 or -1 and counts futures, so that its mean is a
    share or a difference of shares. Numbers are plain: 0.24 is reported as 24 points, or as 24 of 100.
    """

    words: str
    statistic: str
    least: float = 0.0
    most: float = np.inf
    unit: str = ""
    by_definition: str = ""
    aside: bool = False
    counting: bool = False


@dataclass(frozen=True)
class Finding:
    """A claim with its mean over futures, 95% interval and verdict."""

    claim: Claim
    estimate: Estimate
    futures: int

    @property
    def verdict(self) -> str:
        """Shows where the whole interval lies within the claim, does not where none of it does; undefined where there
        was nothing to measure."""
        if not self.estimate.defined:
            return UNDEFINED
        low, high = self.estimate[1:]
        if low > self.claim.least and high < self.claim.most:
            return SHOWS
        if high <= self.claim.least or low >= self.claim.most:
            return DOES_NOT
        return CANNOT_TELL


def found(claim: Claim, values: Floats) -> Finding:
    """A claim's finding from its number in each future; futures in which it is not defined (NaN) are left out.

    Where the claim counts futures the interval is that of paired shares (Agresti & Min); else it is the t interval of
    the mean, which has no width where nothing ever differs.
    """
    here = np.asarray(values, dtype=np.float64)
    here = here[~np.isnan(here)]
    if claim.counting:
        estimate = paired_share_interval(here == 1.0, here == -1.0)
    else:
        estimate = mean_interval(here)
    return Finding(claim, estimate, len(here))


def together(findings: list[Finding]) -> str:
    """A pattern's verdict: it shows where all its claims do, and does not where one of them does not.

    Else it is undefined where one of them is, and cannot be told otherwise.
    """
    verdicts = {finding.verdict for finding in findings if not finding.claim.aside}
    for verdict in (DOES_NOT, UNDEFINED):
        if verdict in verdicts:
            return verdict
    return SHOWS if verdicts == {SHOWS} else CANNOT_TELL
