"""The order of the rooms: each imports only from those before it, and no two modules import each other."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOMS = ("base", "scenario", "organisation", "model", "experiments", "analysis", "report", "interface")
SIM = Path(__file__).parent.parent / "sim"


def modules(folder: Path) -> dict[str, Path]:
    """Every module of a package by its name, ``sim.scenario`` for ``sim/scenario/__init__.py``."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: dict[str, Path]) -> dict[str, int]:
    """The modules of the package that a module imports, anywhere in it and for types too, with the first line."""
    found: dict[str, int] = {}
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            within = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*within, *([node.module] if node.module else [])])
            inside = [f"{origin}.{alias.name}" for alias in node.names]
            wanted = [each if each in known else origin for each in inside]
        else:
            continue
        for each in wanted:
            if each in known and each != name:
                found.setdefault(each, node.lineno)
    return found


def upward(known: dict[str, Path]) -> list[str]:
    """Imports of a room further on, or of the front door, which opens all of them, from a room before the last."""
    found = []
    for name, path in known.items():
        room = name.split(".")[1] if "." in name else ""
        for each, line in imports(name, path, known).items() if room else ():
            other = each.split(".")[1] if "." in each else ROOMS[-1]
            if ROOMS.index(other) > ROOMS.index(room):
                found.append(f"{path.relative_to(SIM.parent).as_posix()}:{line} imports {each}")
    return found


def circle(known: dict[str, Path]) -> list[str]:
    """Modules that import each other in a ring, the first again at the end; none if there is no ring."""
    graph = {name: imports(name, path, known).keys() for name, path in known.items() if "." in name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def test_the_rooms_are_the_folders():
    """Eight, and no code beside them but the front door and how the package is started."""
    assert {path.name for path in SIM.iterdir() if (path / "__init__.py").exists()} == set(ROOMS)
    assert {path.name for path in SIM.glob("*.py")} <= {"__init__.py", "__main__.py"}


def test_each_room_imports_only_from_those_before_it():
    """Wherever in a module the import stands; the command line and the exercises may use the front door."""
    assert not upward(modules(SIM))


def test_no_module_imports_one_that_imports_it():
    """Not by way of others either, and not for types alone."""
    assert not circle(modules(SIM))


@pytest.mark.parametrize(
    "words",
    [
        "from sim.report import plots",
        "import sim.report.plots",
        "import sim",
        "def later():\n    from sim.report.plots import curve",
        "if TYPE_CHECKING:\n    from ..report.plots import curve",
    ],
)
def test_an_import_that_runs_upward_is_named(tmp_path, monkeypatch, words):
    """In a house of two rooms, with its line."""
    house = built(tmp_path, monkeypatch, {"base/one": words, "report/plots": ""})
    line, named = words.count("\n") + 1, "sim" if words == "import sim" else "sim.report.plots"
    assert upward(house) == [f"sim/base/one.py:{line} imports {named}"]
    assert not circle(house)


def test_a_circle_is_named(tmp_path, monkeypatch):
    """By way of a third, one of its imports for types alone."""
    types = "if TYPE_CHECKING:\n    from sim.base.one import One"
    files = {"base/one": "from . import two", "base/two": "import sim.base.three", "base/three": types}
    house = built(tmp_path, monkeypatch, files | {"base/four": "import sim.base.one"})
    assert set(circle(house)) == {"sim.base.one", "sim.base.two", "sim.base.three"}
    assert not upward(house)


def built(folder: Path, monkeypatch, files: dict[str, str]) -> dict[str, Path]:
    """The modules of a house with these files."""
    monkeypatch.setattr("test_rooms.SIM", folder / "sim")
    for name, text in files.items():
        path = folder / "sim" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for package in (path.parent, folder / "sim"):
            (package / "__init__.py").touch()
    return modules(folder / "sim")
