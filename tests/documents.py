"""The documents: their texts, their parts and their blocks of code."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def text(name: str) -> str:
    """A file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """A part of a page, from a heading that begins like this to the next heading."""
    found = re.search(rf"^#+ {re.escape(title)}.*?(?=^#|\Z)", page, flags=re.M | re.S)
    assert found is not None, title
    return found[0]


def fenced(page: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page: (language, text)."""
    return re.findall(r"^```(\S*)\n(.*?)^```$", text(page), flags=re.M | re.S)


PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("notebooks/*.md")]
)
"""Everything that is written for a reader."""
