"""Evidence: which of the paper's patterns the model shows, at which settings, and what each mechanism is for.

``worlds`` are what is asked in, ``patterns`` what is claimed, ``asked`` how it is measured, ``measured`` how a verdict
comes about, ``run`` asks for all of it, and ``page`` tells it (docs/validation.md).
"""

from sim.analysis.validation.ablations import ABLATIONS, RIVALS, World
from sim.analysis.validation.findings import Claim, Finding
from sim.analysis.validation.patterns import PATTERNS, Pattern
from sim.analysis.validation.run import Validation, ask, validate

__all__ = ["ABLATIONS", "PATTERNS", "RIVALS", "Claim", "Finding", "Pattern", "Validation", "World", "ask", "validate"]
