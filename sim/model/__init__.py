"""The model: people exchange influence month by month.

``OrganisationModel`` (on Mesa) is the one to read, to teach with and to extend; ``engine`` is its compiled twin.
"""

from typing import Any

__all__ = ["OrganisationModel"]


def __getattr__(name: str) -> Any:
    """Load Mesa, which takes two seconds, only when its model is asked for."""
    if name == "OrganisationModel":
        from sim.model.model import OrganisationModel

        return OrganisationModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
