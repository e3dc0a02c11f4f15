"""What the study is quoted as saying: one table, docs/quotations.csv, which everything that is quoted must be in.

A quotation stands in double quotes. In a scenario's `paper`, in a pattern's words and on the pages about the study
everything so quoted, of three words or more, is one; elsewhere, whatever stands in a paragraph that names the study.
"""

import ast
import csv
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest
from documents import PAGES, ROOT, text

from sim.analysis.validation.patterns import PATTERNS

TABLE = ROOT / "docs" / "quotations.csv"
SHARED = ROOT.parent / "shared"
FULL_TEXT, TOOL = SHARED / "paper" / "miller-2025-full-text.txt", SHARED / "tools" / "quotations.py"

ABOUT_THE_STUDY = ["docs/study.md", "docs/library.md", "docs/decisions.md", "docs/validation.md"]
SCENARIOS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("scenarios/*.toml"))
NOTEBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/*.ipynb"))
CODE = sorted(
    path.relative_to(ROOT).as_posix()
    for kind in ("py", "toml", "csv", "jinja")
    for path in ROOT.glob(f"sim/**/*.{kind}")
)
EVERYTHING = [*PAGES, *SCENARIOS, *NOTEBOOKS, *CODE]

NAMES_THE_STUDY = re.compile(r"\bthe (?:study|paper)\b|\bMiller\b|\bauthors\b", flags=re.I)


def plain(words: str) -> str:
    """Case, white space and the kinds of quotation marks and dashes are not compared; nor is a full stop at an end."""
    words = re.sub(r"[‘’]", "'", words.replace("–", "-"))
    return re.sub(r"\s+", " ", words).strip(" .,;:?").lower()


def rows() -> list[dict[str, str]]:
    """The table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows()


def quoted(words: str) -> list[str]:
    """What stands in double quotes."""
    return [plain(a or b) for a, b in re.findall(r'"([^"]*)"|“([^”]*)”', words)]


def holds(row: dict[str, str], passage: str) -> bool:
    """Whether a passage is taken from a row: its parts, between the words left out, in their order."""
    whole, at = plain(row["quotation"]), 0
    for part in passage.split("..."):
        part = part.strip(" ,")
        found = whole.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def is_long(passage: str) -> bool:
    """Three words or more, or a whole row: a shorter one could be anything."""
    return len(passage.replace("...", " ").split()) >= 3 or any(plain(row["quotation"]) == passage for row in ROWS)


def in_the_table(passage: str) -> bool:
    """Whether some row holds it."""
    return any(holds(row, passage) for row in ROWS)


@cache
def paragraphs(name: str) -> list[str]:
    """A file's words for readers: paragraphs, points of lists and rows of tables; of code only its strings."""
    content = text(name)
    if name.endswith(".ipynb"):
        cells = [cell for cell in json.loads(content)["cells"] if cell["cell_type"] == "markdown"]
        content = "\n\n".join("".join(cell["source"]) for cell in cells)
    if name.endswith(".py"):
        strings = [node.value for node in ast.walk(ast.parse(content)) if isinstance(node, ast.Constant)]
        return [part for string in strings if isinstance(string, str) for part in string.split("\n\n")]
    if name.endswith(".csv"):
        return [cell for row in csv.reader(content.splitlines()) for cell in row]
    if name.endswith(".toml"):
        comments = "\n".join(line.partition("#")[2] for line in content.splitlines())
        return [*comments.split("\n\n"), *values(tomllib.loads(content))]
    content = re.sub(r"^```.*?^```$", "", content, flags=re.M | re.S)
    content = re.sub(r"\{[{%].*?[%}]\}", "", content, flags=re.S)
    content = re.sub(r"`(?:[^`\n]|\n(?!\n))*`", "", content)
    return re.split(r"\n\n|\n(?=\s*(?:[-|] ?|\d+\. ))", content)


def values(table: object) -> Iterator[str]:
    """Every string of a TOML file."""
    if isinstance(table, str):
        yield table
    for each in table.values() if isinstance(table, dict) else table if isinstance(table, list) else []:
        yield from values(each)


@cache
def quotations_of(name: str) -> list[str]:
    """The passages of a file that are the study's, or claim to be."""
    found = []
    for paragraph in paragraphs(name):
        claimed = name in ABOUT_THE_STUDY or bool(NAMES_THE_STUDY.search(paragraph))
        found += [p for p in quoted(paragraph) if is_long(p) and (claimed or in_the_table(p))]
    return found


@pytest.mark.parametrize("name", EVERYTHING)
def test_whatever_is_quoted_of_the_study_is_in_the_table(name):
    """In documents, scenarios, notebooks and the code's words."""
    assert [passage for passage in quotations_of(name) if not in_the_table(passage)] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenarios_passage_quotes_nothing_that_is_not_in_the_table(name):
    """Of its key `paper` every quoted word, however few."""
    assert [passage for passage in quoted(tomllib.loads(text(name))["paper"]) if not in_the_table(passage)] == []


def test_every_pattern_quotes_the_study_and_says_where_it_is_one_voice():
    """Its words hold a quotation; one that an interviewee said says so, and one that is of another report."""
    for pattern in PATTERNS:
        passages = quoted(pattern.quotation)
        assert passages, pattern.slug
        for passage in passages:
            speakers = {row["speaker"] for row in ROWS if holds(row, passage)}
            assert speakers, (pattern.slug, passage)
            said = "one voice" in pattern.quotation or "another report" in pattern.quotation
            assert "authors" in speakers or said, (pattern.slug, passage)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_row_says_where_it_is_used(row):
    """In these files and in no others."""
    used = [name for name in EVERYTHING if any(holds(row, passage) for passage in quotations_of(name))]
    assert sorted(row["used in"].split("; ")) == sorted(used)


def test_every_row_says_who_speaks_and_in_which_section():
    """A row for each quotation; no two with one id or with the same words."""
    assert list(ROWS[0]) == ["id", "quotation", "section", "speaker", "used in"]
    for key in ("id", "quotation"):
        assert len({row[key] for row in ROWS}) == len(ROWS)
    assert all(row["section"] and row["speaker"] for row in ROWS)


def test_a_misquotation_is_found():
    """A changed word, words left out without a sign, and parts in another order are in no row."""
    row = {"quotation": "had to some extent detracted from the flexibility and community orientation"}
    assert holds(row, plain("had to some extent ... community orientation"))
    assert not holds(row, plain("had detracted from the flexibility"))
    assert not holds(row, plain("community orientation ... detracted from the flexibility"))
    assert quoted('as “they know it\'s safe.”, and "so on"') == ["they know it's safe", "so on"]


if FULL_TEXT.exists():

    def test_the_table_is_word_for_word_in_the_full_text():
        """The tool beside the full text says so of every row."""
        done = subprocess.run([sys.executable, TOOL, TABLE], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        assert f"{len(ROWS)} of {len(ROWS)} quotations are word for word in the text" in done.stdout

    def test_nothing_is_quoted_of_the_full_text_that_is_not_in_the_table():
        """Wherever it stands, near the study's name or far from it."""
        study = plain(FULL_TEXT.read_text(encoding="utf-8").replace("*", ""))
        for name in EVERYTHING:
            for paragraph in paragraphs(name):
                for passage in quoted(paragraph):
                    if is_long(passage) and passage in study:
                        assert in_the_table(passage), (name, passage)
