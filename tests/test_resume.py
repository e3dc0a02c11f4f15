"""Whatever a command makes, it can be stopped and gone on with: the same bytes as if nobody had stopped it."""

import os
import re
from pathlib import Path

import pytest
from test_runner import SMALL
from typer.testing import CliRunner

from sim.experiments import store
from sim.experiments.store import InFolder
from sim.interface.cli import app


def call(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output + done.stderr
    return done.output


def written(path: Path) -> dict[str, bytes]:
    """Every file that was written, by its place, but for when it was."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    return {str(each.relative_to(path)): each.read_bytes() for each in sorted(path.rglob("*")) if each.is_file()}


class Bar:
    """Stands in for the bar that shows how far it is: after so many steps somebody presses Ctrl-C."""

    after = 0

    def __init__(self, *_: object, **__: object) -> None:
        self.steps = 0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing to close."""

    def update(self, _: int) -> None:
        """One step on."""
        self.steps += 1
        if self.steps == self.after:
            raise KeyboardInterrupt


def stopped_and_resumed(monkeypatch, after: int, *words: object) -> int:
    """Stop a command after some steps, do as it says, and return how many parts it had done."""
    with monkeypatch.context() as patched:
        patched.setattr("tqdm.tqdm", type("Stopped", (Bar,), {"after": after}))
        done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 130, done.output + done.stderr
    folder = Path(re.search(r"leadership-sim resume (\S+)", done.stderr)[1])
    parts = len(list((folder / "parts").glob("*.npz")))
    call("resume", folder, "--workers", 1)
    assert not (folder / "parts").exists()
    return parts


@pytest.fixture
def scenario(tmp_path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def asked(command: str, scenario: Path, out: Path) -> list[object]:
    """The smallest question of each kind."""
    return {
        "interventions": ["interventions", scenario, "--futures", 4, "--pairs", "-o", out],
        "dependency": ["dependency", scenario, "--futures", 2, "-o", out / "who.csv"],
        "dependency in worlds": [
            "dependency", scenario, "--futures", 2, "--worlds", "plausible", "--max-worlds", 3, "-o", out / "who.csv",
        ],
        "validate": ["validate", "--futures", 10, "--points", 0, "-o", out],
        "kit": ["handout", scenario, "--kit", "--futures", 2, "--labels", "school", "-o", out],
    }[command] + ["--workers", 1]  # fmt: skip


@pytest.mark.parametrize("command", ["interventions", "dependency", "dependency in worlds", "validate", "kit"])
def test_what_was_stopped_ends_in_the_same_bytes(
    command, scenario, few_levers, few_interventions, as_dots, tmp_path, monkeypatch
):
    """Ctrl-C on the way, then what the message says: the files are those of a command that nobody stopped."""
    from sim.analysis.validation import run
    from sim.analysis.validation.patterns import PATTERNS

    monkeypatch.setattr(run, "PATTERNS", [pattern for pattern in PATTERNS if pattern.slug in ("P1", "P14")])
    call(*asked(command, scenario, tmp_path / "whole"))
    parts = stopped_and_resumed(monkeypatch, 2, *asked(command, scenario, tmp_path / "out"))
    assert parts >= 1
    assert written(tmp_path / "out") == written(tmp_path / "whole")


def test_a_report_that_was_stopped_ends_in_the_same_bytes(scenario, few_interventions, as_dots, tmp_path, monkeypatch):
    """Stopped late, among the knock-outs, so that a search and other plausible worlds are behind it."""
    out = tmp_path / "out"
    call("run", scenario, "--futures", 3, "--keep", "summary", "--workers", 1, "-o", out)
    words = ["report", out, "--full", "--no-pdf", "--futures", 2, "--max-worlds", 2, "--workers", 1, "--overwrite"]
    call(*words)
    whole = written(out)
    (out / "report.html").unlink()
    parts = stopped_and_resumed(monkeypatch, 16, *words)
    assert parts >= 15
    assert written(out) == whole


def test_what_is_resumed_is_not_done_again(scenario, tmp_path, monkeypatch):
    """Of a table of dependency everything but the last future is there: only that one is played."""
    from sim.analysis.dependency import knockouts

    played: list[int] = []
    usual = knockouts._one_future
    monkeypatch.setattr(knockouts, "_one_future", lambda *all_: played.append(all_[-1]) or usual(*all_))
    call(*asked("dependency", scenario, tmp_path / "whole"))
    whole, played[:] = list(played), []
    stopped_and_resumed(monkeypatch, 4, *asked("dependency", scenario, tmp_path / "out"))
    assert played == whole
    assert written(tmp_path / "out") == written(tmp_path / "whole")


def test_what_was_begun_by_another_model_is_not_gone_on_with(scenario, tmp_path, monkeypatch):
    """Who changes a rule in between is told, and gets no mixture."""
    with monkeypatch.context() as patched:
        patched.setattr("tqdm.tqdm", type("Stopped", (Bar,), {"after": 1}))
        done = CliRunner().invoke(app, ["run", str(scenario), "--futures", "8", "--out", str(tmp_path / "out")])
    assert done.exit_code == 130, done.output + done.stderr
    monkeypatch.setattr("sim.experiments.jobs.model_print", lambda: "another")
    done = CliRunner().invoke(app, ["resume", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "the model's own code has changed since this run began" in done.stderr


def test_what_cannot_be_done_leaves_nothing_behind(scenario, tmp_path):
    """A month at which nobody can be asked: told, and no folder to resume."""
    done = CliRunner().invoke(app, ["dependency", str(scenario), "--set", "measure.reference_month=0", "-o",
                                    str(tmp_path / "who.csv")])  # fmt: skip
    assert done.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_small_pieces_do_not_each_wait_for_the_disk(tmp_path, monkeypatch):
    """Fifty that come at once are all there, whole, and the disk was waited for as if they were one or two."""
    syncs: list[int] = []
    usual = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (syncs.append(handle), usual(handle)))
    monkeypatch.setattr(store, "A_WHILE", 1000.0)
    with InFolder.create(tmp_path / "out", {}, False) as kept:
        begun = len(syncs)
        for number in range(50):
            kept.keep(number, bytes([number]) * 100)
        assert 1 <= len(syncs) - begun <= 2
    with InFolder.open(tmp_path / "out") as found:
        assert all(found.has(number) for number in range(50))
        assert found.source(7).read_bytes() == bytes([7]) * 100
