"""Validation: which of the paper's patterns the model shows, in which worlds, and what each mechanism is for.

``ablations`` are the worlds to ask in, ``patterns`` what is claimed, ``measurements`` how it is measured, ``findings``
how a verdict comes about, ``study`` the original study many times over, and ``run`` asks for all of it
(docs/validation.md).
"""

from sim.analysis.validation.ablations import ABLATIONS, RIVALS, World
from sim.analysis.validation.findings import Claim, Finding
from sim.analysis.validation.patterns import PATTERNS, Pattern
from sim.analysis.validation.run import Validation, ask, validate

__all__ = ["ABLATIONS", "PATTERNS", "RIVALS", "Claim", "Finding", "Pattern", "Validation", "World", "ask", "validate"]
