"""What every test may ask for; how the whole set is shared among the cores; no test is skipped where it counts."""

import atexit
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from few import FEW_PEOPLE
from filelock import FileLock
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase
from matplotlib.figure import Figure
from PIL import Image

import sim
from sim.base.native import SWITCH
from sim.scenario.scenario import Scenario, from_dict, library

ROOT = Path(__file__).parent.parent

if sys.dont_write_bytecode:
    # Where bytecode is not to lie beside the code, each Python that a test starts would make all of it anew, pandas'
    # and matplotlib's too, which takes four times as long as importing them.
    sys.dont_write_bytecode, sys.pycache_prefix = False, tempfile.mkdtemp(prefix="bytecode-")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    atexit.register(shutil.rmtree, sys.pycache_prefix, ignore_errors=True)

# What every user has is what is tested, in every process that a test starts; test_native.py has the other.
os.environ[SWITCH] = "0"

for name, percent in (("quick", 10), ("thorough", 100)):
    # A fresh seed each time, in CI too; what fails is kept and tried first the next time, and told so that it travels.
    settings.register_profile(
        name,
        max_examples=percent,
        deadline=None,
        derandomize=False,
        database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
        print_blob=True,
    )
settings.load_profile("quick")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """A worker for each core where the whole set is run; files that are named run here, one after the other."""
    return None if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end, so whoever looks for garbage need not go through all of it each time."""
    gc.freeze()


@pytest.fixture
def networks() -> Path:
    """The folder of real organisations, which lies beside the project and is not part of it."""
    folder = ROOT.parent / "shared" / "data" / "networks"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing")
        pytest.skip(f"{folder} is missing")
    return folder


@pytest.fixture
def turnover() -> Scenario:
    """The library's director-turnover."""
    return sim.load("director-turnover")


@pytest.fixture
def small() -> Scenario:
    """A small organisation and a short run, quick enough to repeat many times."""
    return from_dict(
        {
            "title": "Small",
            "months": 30,
            "measure": {"horizon": 12},
            "organisation": FEW_PEOPLE,
            "events": {"departure": {"kind": "director_leaves", "month": 12, "vacancy": 3}},
            "variants": {"stays": {"title": "Stays", "events": {"departure": {"enabled": False}}}},
        },
        name="small",
    )


@pytest.fixture
def small_library(tmp_path, monkeypatch) -> Path:
    """A small council in director-turnover, and where no other is asked for; the folder of that library."""
    size, folder = {"teams": 2, "practitioners_per_team": 3}, tmp_path / "library"
    shutil.copytree(library(), folder)
    with (folder / "director-turnover.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(["[organisation]", *(f"{key} = {number}" for key, number in size.items())]))
    monkeypatch.setattr("sim.scenario.scenario.library", lambda: folder)
    monkeypatch.setattr("sim.scenario.from_dict", lambda data: from_dict({"organisation": size} | data))
    return folder


@pytest.fixture
def few_levers(monkeypatch) -> None:
    """Kits try two levers beside the month of the departure, one value each."""
    monkeypatch.setattr("sim.report.handout.levers.TRIES", {"norm": (0.2,), "successor": (0.7,)})


@pytest.fixture
def as_dots(monkeypatch) -> None:
    """Pictures are put together but not drawn: what is written for each is one dot."""

    def savefig(_figure: Figure, to: Any, **how: Any) -> None:
        if how.get("format") == "svg":
            to.write('<svg viewBox="0 0 1 1"></svg>')
        else:
            Image.new("RGB", (1, 1)).save(to, "png")

    monkeypatch.setattr(Figure, "savefig", savefig)


@pytest.fixture
def few_interventions(monkeypatch) -> None:
    """Searches know five interventions in place of all: ten pairs where there would be three hundred."""
    from sim.analysis.interventions import intervention

    few = ("successor", "continuity", "norm", "delegation", "pressure")
    monkeypatch.setattr(intervention, "CATALOGUE", tuple(one for one in intervention.CATALOGUE if one.slug in few))


@pytest.fixture(scope="session")
def ledger_gap():
    """A function: by how much, at most, a record's ledger fails to sum to anybody's change of commitment."""

    def gap(record) -> float:
        change = np.diff(record.people["commitment"], axis=0)
        entered = np.zeros_like(change)
        frame = record.ledger.frame()
        np.add.at(entered, (frame.month.to_numpy() - 1, frame.listener.to_numpy()), frame.change.to_numpy())
        return float(np.abs(entered - change).max())

    return gap


def _browser_path() -> str:
    """A browser of this machine. CI has one; elsewhere, without one, these tests are left out."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI"):
        raise AssertionError("CI needs Chromium: .ci/run installs it")
    pytest.skip("no Chromium, Chrome or Edge here")


@pytest.fixture(scope="session")
def browser():
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser_path(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def uv() -> str:
    """The uv that runs the tests."""
    found = os.environ.get("UV") or shutil.which("uv")
    assert found, "the tests are run through uv: python -m uv run --group dev pytest"
    return found


@pytest.fixture(scope="session")
def away() -> Callable[..., str]:
    """A function: what a command prints that knows nothing of the clone."""

    def run(*words: object, cwd: Path) -> str:
        env = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
        done = subprocess.run([str(word) for word in words], cwd=cwd, env=env, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def installed(uv, away, tmp_path_factory, worker_id) -> Path:
    """The programs of a fresh environment with the wheel, as constraints.txt has it, and a kernel for notebooks.

    It is made once for all workers.
    """
    here = tmp_path_factory.getbasetemp()
    folder = (here if worker_id == "master" else here.parent) / "installed"
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "ready").exists():
            folder.mkdir()
            away(uv, "build", "--wheel", "--quiet", "--python", sys.executable, "--out-dir", folder, ROOT, cwd=folder)
            away(uv, "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
            python, (wheel,) = programs / "python", folder.glob("*.whl")
            install = (uv, "pip", "install", "--quiet", "--python", python)
            away(*install, wheel, "ipykernel", "ipywidgets", "-c", ROOT / "constraints.txt", cwd=folder)
            away(python, "-m", "ipykernel", "install", "--prefix", folder / "env", "--name", "installed", cwd=folder)
            (folder / "ready").touch()
    return programs


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session):
    """In CI a skipped test is a failure: everything a test needs is there."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        reporter.write_line("skipped tests are failures in CI", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
