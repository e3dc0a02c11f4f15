"""The wheel works away from the clone; imports are light; Ctrl-C and a full disk leave nothing behind."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim.scenario.scenario import ScenarioError

ROOT = Path(__file__).parent.parent


def test_the_wheel_answers_the_main_question_without_the_clone(installed, away, tmp_path):
    """Installed with constraints.txt in a fresh environment, and run from another folder."""
    command = installed / "leadership-sim"
    assert "director-turnover" in away(command, "scenarios", cwd=tmp_path)
    small = ("--futures", 1, "--variant", "stays", "--labels", "school", "--out", "out")
    assert "The principal leaves" in away(command, "run", "director-turnover", *small, cwd=tmp_path)
    assert (tmp_path / "out" / "summary.csv").exists()
    where = away(installed / "python", "-c", "import sim; print(sim.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(installed.parent)


def test_importing_sim_is_light():
    """Nothing heavy is imported before it is needed, so that the import stays well under half a second."""
    code = "import sys, sim; print({'mesa', 'numpy', 'pandas', 'scipy', 'matplotlib', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing on Windows")
def test_ctrl_c_says_how_to_go_on(tmp_path):
    """Exit code 130, no traceback, and what was done can be resumed."""
    # A shell that starts the tests in the background may have told its children to ignore Ctrl-C.
    heeded = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heeded}; from sim.interface.cli import main; main()"
    asked = ["run", "director-turnover", "--futures", "400", "--out", "out", "--variant", "stays", "--workers", "2"]
    running = subprocess.Popen(
        [sys.executable, "-c", code, *asked],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        while not list(tmp_path.glob("out/parts/*.npz")):
            assert running.poll() is None
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        _, told = running.communicate(timeout=60)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
    assert running.returncode == 130
    assert [line for line in told.splitlines() if line] == [
        "Stopping, once what is under way is done ...",
        "What was done is kept; go on with  leadership-sim resume out",
        "leadership-sim: stopped",
    ]
    assert (tmp_path / "out" / "parts" / "job.json").exists()


def test_a_full_disk_is_told_and_nothing_is_kept(small, tmp_path, monkeypatch):
    """What was half written goes, what was there before stays."""
    compared = sim.compare(small, futures=1)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "summary.csv").write_text("before", encoding="utf-8")

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sim.report.save.write", full)
    for folder in ("new/deep", "old"):
        with pytest.raises(ScenarioError, match=r"the disk is full\); nothing was kept"):
            sim.save(compared, tmp_path / folder, overwrite=True)
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["old", "old/summary.csv"]
    assert (tmp_path / "old" / "summary.csv").read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize("where", ["file.txt", "file.txt/below", "bad\0name"])
def test_a_place_that_cannot_hold_results_is_told_before_anything_runs(small, tmp_path, where):
    """A file, a folder below a file, an impossible name."""
    (tmp_path / "file.txt").write_text("here", encoding="utf-8")
    compared = sim.compare(small, futures=1)
    with pytest.raises(ScenarioError, match=r"this is a file|cannot be written"):
        sim.save(compared, tmp_path / where)


def test_what_is_too_large_for_memory_is_refused_in_words(small):
    """A hundred thousand teams of a hundred thousand would fill any machine."""
    huge = small.with_({"organisation.teams": 100_000, "organisation.practitioners_per_team": 100_000})
    with pytest.raises(ScenarioError, match="too large"):
        sim.run(huge)
