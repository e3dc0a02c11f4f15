"""What every test may ask for, and the rule that no test is skipped where it counts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.scenario.scenario import Scenario, from_dict

ROOT = Path(__file__).parent.parent


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
            "organisation": {
                "teams": 2,
                "practitioners_per_team": 3,
                "back_office": 2,
                "vcs_partners": 2,
                "lived_experience": 2,
                "health_partners": 2,
                "facilitators": 1,
            },
            "events": {"departure": {"kind": "director_leaves", "month": 12, "vacancy": 3}},
            "variants": {"stays": {"title": "Stays", "events": {"departure": {"enabled": False}}}},
        },
        name="small",
    )


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
def wheel(uv, tmp_path_factory) -> Path:
    """The package as it is installed elsewhere, built once."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [uv, "build", "--wheel", "--quiet", "--python", sys.executable, "--out-dir", str(folder), str(ROOT)]
    subprocess.run(words, check=True)
    return next(folder.glob("*.whl"))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session):
    """In CI a skipped test is a failure: everything a test needs is there."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        reporter.write_line("skipped tests are failures in CI", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
