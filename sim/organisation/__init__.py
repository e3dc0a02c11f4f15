"""An organisation's seats and links: generated from a scenario, or read from files."""

from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation, Structure

__all__ = ["Organisation", "Structure", "organisation"]
