"""The notebooks run from top to bottom, say what they are stored with, and their exercises can be checked."""

import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from run_notebooks import NOTEBOOKS, execute, said

from sim.interface.exercises import MODULES, check, exercises, solution


def code(notebook: nbformat.NotebookNode) -> list[str]:
    """The cells of code."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook as it is stored."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_there_are_eight_notebooks_in_order():
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
def test_every_exercise_has_a_place_for_an_answer_and_a_way_to_check_it(path, capsys):
    """Those that the notebook asks are those that the package knows."""
    notebook = read(path)
    number = path.stem.partition("-")[0]
    asked = re.findall(r"^check\(\"(.+?)\", \.\.\.\)$", "\n".join(code(notebook)), flags=re.M)
    assert asked == list(exercises(number))
    assert len(asked) >= 3
    words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for each in asked:
        assert f"**{each}** " in words
        known = exercises(number)[each]
        wrong = {str: "nobody", bool: known.answer is not True}.get(type(known.answer), 999)
        other_kind = 3 if isinstance(known.answer, str) else "three"
        for answer in (..., known.answer, wrong, other_kind):
            check(each, answer)
        waiting, right, hint, kind = capsys.readouterr().out.splitlines()
        assert waiting == f"{each}: waiting for your answer."
        assert right == f"{each}: right. {known.why}".strip()
        assert hint == f"{each}: not yet. Hint: {inspect.getdoc(known.find)}"
        assert kind == f"{each}: the answer is {known.wanted}."


@pytest.mark.parametrize("notebook", MODULES)
def test_a_solution_can_be_pasted_and_gives_the_answer(notebook, capsys):
    """What ``solution`` prints runs by itself, and its last line is the answer."""
    for number, known in exercises(notebook).items():
        solution(number)
        shown = capsys.readouterr().out
        name = known.find.__name__
        found: dict = {}
        exec(compile(shown, number, "exec"), found)
        assert known.right(found[name]())
        assert f"\n\n\n{name}()  # " in shown


def test_an_exercise_that_there_is_not_is_told():
    """With those that there are."""
    with pytest.raises(ValueError, match=r"no exercise '1.99'; this notebook has 1.1, "):
        check("1.99", 3)
    with pytest.raises(ValueError, match="no notebook 'nine'"):
        solution("nine.1")


def test_words_are_right_whatever_their_case_and_numbers_within_what_is_allowed():
    """Middle Manager 3 is middle manager 3, a rounded share is right, and rubbish is not."""
    one, two, three = (exercises("1")[number] for number in ("1.3", "1.2", "1.1"))
    assert one.right(f"  {one.answer.title()} ")
    assert two.right(round(two.answer, 2))
    assert not two.right(two.answer + 0.006)
    assert not three.right(three.answer + 1)
    assert three.right("forty") is None
    assert one.right(3) is None
    assert exercises("3")["3.4"].right(np.bool_(False))
    assert exercises("3")["3.4"].right(0) is None
