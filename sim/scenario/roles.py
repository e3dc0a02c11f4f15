"""The nouns of the model: the roles people hold and the kinds of link between them (docs/odd.md section 2)."""

from enum import IntEnum


class Role(IntEnum):
    """What a seat is for. The order is fixed: draws are addressed by it."""

    DIRECTOR = 1
    LEAD_MEMBER = 2
    MIDDLE_MANAGER = 3
    PRACTITIONER = 4
    BACK_OFFICE = 5
    VCS_PARTNER = 6
    LIVED_EXPERIENCE_MEMBER = 7
    HEALTH_PARTNER = 8
    CHANGE_FACILITATOR = 9

    @property
    def slug(self) -> str:
        """The name used in files and columns, e.g. ``middle_manager``."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """The name used in sentences, e.g. ``middle manager``."""
        return _ROLE_WORDS.get(self, self.slug.replace("_", " "))

    @property
    def several(self) -> str:
        """The name for more than one, e.g. ``middle managers``."""
        return _SEVERAL.get(self, f"{self.words}s")


_ROLE_WORDS = {
    Role.VCS_PARTNER: "voluntary-sector partner",
    Role.LIVED_EXPERIENCE_MEMBER: "lived-experience member",
    Role.BACK_OFFICE: "back-office member",
}

_SEVERAL = {
    Role.LIVED_EXPERIENCE_MEMBER: "people with lived experience",
    Role.BACK_OFFICE: "back-office staff",
}

STAFF = (Role.MIDDLE_MANAGER, Role.PRACTITIONER)


class Kind(IntEnum):
    """What sort of link carries influence from one seat to another."""

    LINE_DOWN = 0
    LINE_UP = 1
    PEER = 2
    PARTNER = 3
    COPRODUCTION = 4
    FACILITATION = 5

    @property
    def slug(self) -> str:
        """The name used in files and columns, e.g. ``line_down``."""
        return self.name.lower()

    @property
    def direction(self) -> str:
        """``vertical``, ``horizontal inside``, ``horizontal across`` or ``external support``."""
        return _DIRECTIONS[self]


_DIRECTIONS = {
    Kind.LINE_DOWN: "vertical",
    Kind.LINE_UP: "vertical",
    Kind.PEER: "horizontal inside",
    Kind.PARTNER: "horizontal across",
    Kind.COPRODUCTION: "horizontal across",
    Kind.FACILITATION: "external support",
}

KINDS = tuple(Kind)
HORIZONTAL = (Kind.PEER, Kind.PARTNER, Kind.COPRODUCTION)
"""Links along which one sees colleagues and partners work."""

PERSONAL = (Kind.PARTNER, Kind.COPRODUCTION)
"""Links that belong to the two people and are lost when either leaves; all others belong to the seat."""
