"""The notebooks run from top to bottom, say what they are stored with, and their exercises can be checked."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from odd import is_thorough
from run_notebooks import NOTEBOOKS, execute, said

from sim.interface.exercises import MODULES, Exercise, check, exercises, solution


def code(notebook: nbformat.NotebookNode) -> list[str]:
    """The cells of code."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook as it is stored."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_there_are_nine_notebooks_in_order():
    """Numbered as their exercises are."""
    assert [path.stem.partition("-")[0] for path in NOTEBOOKS] == list(MODULES)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_today_what_it_is_stored_with(path, installed, tmp_path, monkeypatch):
    """Run in a fresh kernel of the installed environment, in an empty folder."""
    monkeypatch.setenv("JUPYTER_PATH", str(installed.parent / "share" / "jupyter"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    fresh = said(execute(path, tmp_path, "installed"))
    stored = said(read(path))
    assert fresh == stored, "renew what is stored: python -m uv run --group dev python tests/run_notebooks.py"
    assert not any("stderr" in output for output in stored)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_a_question_and_ends_on_what_not_to_conclude(path):
    """And its first cell of code installs what is missing, on Colab for one."""
    notebook = read(path)
    first, last = notebook.cells[0], notebook.cells[-1]
    assert re.match(r"# \d\. .*\?\n", first.source), first.source[:80]
    assert last.cell_type == "markdown"
    assert last.source.startswith("## What not to conclude\n")
    assert code(notebook)[0].startswith("try:\n    import sim\nexcept ModuleNotFoundError:\n    %pip install")
    assert sum("picture" in output for output in said(notebook)) >= 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_has_a_place_for_an_answer(path):
    """Those that the notebook asks are those that the package knows."""
    notebook = read(path)
    asked = re.findall(r"^check\(\"(.+?)\", \.\.\.\)$", "\n".join(code(notebook)), flags=re.M)
    assert asked == list(exercises(path.stem.partition("-")[0]))
    assert len(asked) >= 3
    words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for each in asked:
        assert f"**{each}** " in words


@pytest.fixture
def few_and_small(request) -> Callable[[str], str]:
    """A function: code with few futures, which finds a small council; unchanged in the profile ``thorough``."""
    if is_thorough():
        return str
    request.getfixturevalue("small_library")
    return lambda code: re.sub(r"futures=\d+", "futures=3", code)


@pytest.mark.parametrize("number", [number for notebook in MODULES for number in exercises(notebook)])
def test_a_solution_can_be_pasted_and_its_answer_is_what_check_calls_right(number, few_and_small, monkeypatch, capsys):
    """What ``solution`` prints runs by itself, and its last line is the answer; another answer gets the hint.

    Of few futures of a small council, so that the answer is another than the notebook's; not so if ``thorough``.
    """
    known = exercises(number.partition(".")[0])[number]
    name = known.find.__name__
    monkeypatch.setitem(vars(known), "answer", 0)  # not looked for twice: what is pasted is the same function
    solution(number)
    found: dict = {}
    pasted = few_and_small(capsys.readouterr().out)
    exec(compile(pasted, number, "exec"), found)
    answer = found[name]()
    answer = answer.item() if isinstance(answer, np.generic) else answer
    monkeypatch.setitem(vars(known), "answer", answer)
    solution(number)
    shown = answer if isinstance(answer, (str, bool, int)) else format(float(answer), ".3g")
    assert f"\n\n\n{name}()  # {shown}\n" in capsys.readouterr().out
    wrong = {str: "nobody", bool: known.answer is not True}.get(type(known.answer), 999)
    other_kind = 3 if isinstance(known.answer, str) else "three"
    for given in (..., known.answer, wrong, other_kind):
        check(number, given)
    waiting, right, hint, kind = capsys.readouterr().out.splitlines()
    assert waiting == f"{number}: waiting for your answer."
    assert right == f"{number}: right. {known.why}".strip()
    assert hint == f"{number}: not yet. Hint: {inspect.getdoc(known.find)}"
    assert kind == f"{number}: the answer is {known.wanted}."


def test_an_answer_is_what_the_exercise_finds():
    """Looked for when it is asked for, and only then."""
    known = exercises("1")["1.1"]
    vars(known).pop("answer", None)
    assert known.answer == known.find()


def test_an_exercise_that_there_is_not_is_told():
    """With those that there are."""
    with pytest.raises(ValueError, match=r"no exercise '1.99'; this notebook has 1.1, "):
        check("1.99", 3)
    with pytest.raises(ValueError, match="no notebook 'ten'"):
        solution("ten.1")


def test_words_are_right_whatever_their_case_and_numbers_within_what_is_allowed():
    """Middle Manager 3 is middle manager 3, a rounded share is right, and rubbish is not."""
    word, share, count, truth = (
        Exercise(str(i), lambda answer=answer: answer, within, "")
        for i, (answer, within) in enumerate([("middle manager 3", 0.0), (0.2345, 0.005), (44, 0.0), (False, 0.0)])
    )
    assert word.right("  Middle Manager 3 ")
    assert share.right(0.23)
    assert not share.right(0.2345 + 0.006)
    assert not count.right(45)
    assert count.right("forty") is None
    assert word.right(3) is None
    assert truth.right(np.bool_(False))
    assert truth.right(0) is None
