"""A page as a sheet and headed blocks of words, tables and pictures behind it, and the two files it becomes."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jinja2
from markupsafe import Markup

from sim.report.director.sheet import Sheet
from sim.report.pages.templates import template
from sim.report.words.common import Grid, lines_of

Style = Literal["lead", "plain", "small", "note", "head"]


@dataclass(frozen=True)
class Text:
    """A paragraph: the plain words that lead, any other, how sure and by what rule, a warning; or a small heading."""

    words: str
    style: Style = "plain"


def paragraphs(lines: Iterable[str], style: Style = "plain", first: Style | None = None) -> Iterator[Text]:
    """A paragraph for each sentence, what is indented in the one before it. ``first``: the style of the first."""
    said: list[str] = []
    for line in lines:
        if line.startswith(" "):
            said[-1] += f" {line.strip()}"
        else:
            said.append(line)
    return (Text(words, first if first and not place else style) for place, words in enumerate(said))


@dataclass(frozen=True)
class Points:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table; the first cell of each row is its head. prose: its cells are words, not numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    prose: bool = False


def table(caption: str, grid: Grid) -> Table:
    """A terminal's table on a page: what stands there on several lines stands on one."""
    head = [" ".join(heading.split()) for heading in grid.head]
    rows = [["; ".join(lines_of(cell)) or "–" for cell in row] for row in grid.rows]
    return Table(caption, head, [[re.sub(r"-(?=\d)", "−", cell) for cell in row] for row in rows])


@dataclass(frozen=True)
class Picture:
    """A picture: its name, SVG, what it shows for who cannot see it, the words beneath. wide: needs room to be read."""

    name: str
    svg: str
    alt: str
    caption: str
    wide: bool = False


@dataclass(frozen=True)
class Code:
    """Lines to type."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Fold:
    """What is there for who asks: closed in a browser, in print only where it was opened, plain in Markdown."""

    title: str
    blocks: Sequence["Block"]


Block = Text | Points | Table | Picture | Code | Fold


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it. topic: what it is about; title: what was found."""

    slug: str
    topic: str
    title: str
    blocks: Sequence[Block]


def section(slug: str, topic: str, blocks: Iterable[Block]) -> Section:
    """A section headed by its finding: the sentence that leads it, where one does."""
    first, *rest = blocks
    if isinstance(first, Text) and first.style == "lead":
        return Section(slug, topic, first.words, rest)
    return Section(slug, topic, topic, [first, *rest])


@dataclass(frozen=True)
class Page:
    """A sheet, and behind it what it rests on, section by section, where that was asked for.

    say: puts it in the words of its scenario. What is to be typed stays as it is.
    """

    sheet: Sheet
    sections: Sequence[Section] = ()
    say: Callable[[str], str] = str

    def html(self) -> str:
        """One file that opens anywhere, with its pictures in it."""
        return self._template("page.html.jinja", escape=True).render(page=self)

    def markdown(self) -> str:
        """The same words; pictures are files beside it, as ``pictures`` gives them."""
        text = self._template("page.md.jinja", escape=False).render(page=self)
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"

    def pictures(self) -> dict[str, str]:
        """The pictures by the names of their files."""
        return {file_of(block): block.svg for section in self.sections for block in _pictures(section.blocks)}

    def _template(self, name: str, escape: bool) -> jinja2.Template:
        said = {"say": str, "md": _md, "cell": _cell, "doi": _doi, "whole": _whole}
        filters = {key: lambda text, show=show: show(self.say(text)) for key, show in said.items()}
        return template(Path(__file__).with_name(name), escape, file=file_of, figure=self._figure, **filters)

    def _figure(self, picture: Picture) -> Markup:
        """A picture's SVG with its words for who cannot see it."""
        said = html.escape(self.say(picture.alt), quote=True)
        points = float(picture.svg.split('viewBox="', 1)[1].split(" ")[2])
        most = "" if picture.wide else f' style="max-width: {points * ENLARGED / 12:.0f}rem"'
        return Markup(picture.svg.replace("<svg ", f'<svg role="img" aria-label="{said}"{most} ', 1))


def file_of(picture: Picture) -> str:
    """The name of a picture's own file."""
    return f"report-{picture.name}.svg"


def _pictures(blocks: Sequence[Block]) -> list[Picture]:
    out: list[Picture] = []
    for block in blocks:
        if isinstance(block, Picture):
            out.append(block)
        elif isinstance(block, Fold):
            out += _pictures(block.blocks)
    return out


ENLARGED = 1.1
"""How much larger than drawn a picture may be shown; a rem is 12 points."""


_DOI = re.compile(r"doi:(10\.\d+/[\w.()/-]*\w)")


def _doi(text: str) -> Markup:
    """Words with each doi a link."""
    return Markup(_DOI.sub(r'<a href="https://doi.org/\1">doi:\1</a>', str(Markup.escape(text))))


_INTERVAL = re.compile(r" (\([^()]{1,26}\))")


def _whole(text: str) -> Markup:
    """A cell whose intervals stay on one line."""
    return Markup(_INTERVAL.sub(r' <span class="whole">\1</span>', str(Markup.escape(text))))


def _md(text: str) -> str:
    """Words in Markdown: nothing in them is taken for a tag or for markup."""
    escaped = re.sub(r"([\\`*_\[\]<])", r"\\\1", text.replace("\n", " "))
    return _DOI.sub(r"[doi:\1](https://doi.org/\1)", escaped)


def _cell(text: str) -> str:
    return _md(text).replace("|", "\\|")
