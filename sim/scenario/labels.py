"""Other words for the same model: a labels file renames roles and kinds of link in whatever a person reads."""

import re
from functools import cache, cached_property
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError

from sim.base.errors import ScenarioError, lines, read_toml, unknown
from sim.scenario.parameters import Table
from sim.scenario.roles import Kind, Role


class Labels(Table):
    """The words for roles (one and several), kinds of link, and any others."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, ignored_types=(cached_property,))

    title: str = ""
    roles: dict[str, list[str]] = Field(default={}, description="role -> its word for one and for several")
    kinds: dict[str, str] = Field(default={}, description="kind of link -> its words")
    words: dict[str, str] = Field(default={}, description="any other word -> what to say instead")

    def role(self, role: Role, several: bool = False) -> str:
        """The word for one, or several, of a role."""
        own = self.roles.get(role.slug)
        return own[several] if own else (role.several if several else role.words)

    def kind(self, kind: Kind) -> str:
        """The words for a kind of link."""
        return self.kinds.get(kind.slug, kind.slug.replace("_", " "))

    @cached_property
    def _replacements(self) -> dict[str, str]:
        out = dict(self.words)
        for slug, (one, many) in self.roles.items():
            role = Role[slug.upper()]
            out[role.words], out[role.several], out[f"{role.words}s"] = one, many, many
            if role == Role.MIDDLE_MANAGER:
                out["manager"], out["managers"] = one, many
        # A word already said in these words stays as it is, so that saying a sentence twice changes nothing.
        return {new.lower(): new for new in out.values()} | out

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._replacements, key=len, reverse=True)
        listed = "|".join(re.escape(word) for word in longest_first)
        # Whole words only: no keys with underscores or dots, nothing quoted, no file names; a line manager stays one.
        return re.compile(rf"(?<![\w./\\'\"-])(?<!line )(?:(an?) )?({listed})(?![\w/\\-]|\.\w)", re.IGNORECASE)

    def say(self, text: str) -> str:
        """A sentence of ours in these words; capitals and "a" or "an" follow."""
        if not self._replacements:
            return text

        def other(found: re.Match[str]) -> str:
            article, word = found.groups()
            new = self._replacements[word.lower()]
            if article is not None:
                an = "an" if new[0].lower() in "aeiou" else "a"
                return f"{an.capitalize() if article[0].isupper() else an} {new}"
            return new[0].upper() + new[1:] if word[0].isupper() else new

        return self._pattern.sub(other, text)


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def small_first(text: str) -> str:
    """A sentence without its capital, to stand within another."""
    return text[:1].lower() + text[1:]


def label_names(library: Path) -> list[str]:
    """The labels that come with the package."""
    return sorted(path.stem for path in (library / "labels").glob("*.toml"))


@cache
def read_labels(name: str | None, folder: Path, library: Path) -> Labels:
    """The labels of a name in the library, or of a file in ``folder``; the usual words for None.

    Raises ScenarioError, whose message lists every mistake found.
    """
    if name is None:
        return Labels()
    if name.endswith(".toml"):
        path = folder / name
    else:
        path = library / "labels" / f"{name}.toml"
        if name not in label_names(library):
            raise ScenarioError(unknown("labels", name, label_names(library)) + " (a file of your own ends in .toml)")
    try:
        labels = Labels.model_validate(read_toml(path))
    except ValidationError as error:
        raise ScenarioError("\n".join(f"{path}: {line}" for line in lines(error, Labels, {}))) from None
    problems = [f"{path}: roles: {unknown('role', slug, _ROLES)}" for slug in labels.roles if slug not in _ROLES]
    problems += [f"{path}: kinds: {unknown('kind', slug, _KINDS)}" for slug in labels.kinds if slug not in _KINDS]
    for slug, words in labels.roles.items():
        if len(words) != 2 or not all(word.strip() for word in words):
            problems.append(f"{path}: roles.{slug}: two words are needed, for one and for several")
    if problems:
        raise ScenarioError("\n".join(problems))
    return Labels(**labels.model_dump() | {"words": {word.lower(): new for word, new in labels.words.items() if new}})


_ROLES = [role.slug for role in Role]
_KINDS = [kind.slug for kind in Kind]
