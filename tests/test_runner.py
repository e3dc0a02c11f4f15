"""Nothing that is done is lost: kills, full disks, damaged shards, two at once; and the same bytes however cut."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest
from test_cli import call

import sim
from sim.experiments import ensemble
from sim.experiments.chunks import Shards
from sim.experiments.runner import play_groups
from sim.experiments.store import InFolder
from sim.experiments.workers import Workers

SMALL = """
title = "Small"
months = 30
measure.horizon = 12
measure.taken_hold = 0.1
[organisation]
teams = 2
practitioners_per_team = 3
back_office = 2
vcs_partners = 2
lived_experience = 2
health_partners = 2
[events.departure]
kind = "director_leaves"
month = 12
vacancy = 3
[variants.stays]
title = "The director stays"
events.departure.enabled = false
"""
RUNS = 200
COMMAND = [sys.executable, "-c", "from sim.interface.cli import main; main()"]


@pytest.fixture
def scenario(tmp_path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def run_words(scenario: Path, out: Path, *more: str) -> list[str]:
    usual = ["--futures", str(RUNS), "--out", str(out), "--no-picture"]
    return ["run", str(scenario), *usual, *more]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture
def undisturbed(scenario, tmp_path) -> dict[str, str]:
    """The hashes of the files of a run that nothing disturbed."""
    done = call(*run_words(scenario, tmp_path / "whole", "--workers", "1"))
    assert done.exit_code == 0, done.output
    return hashes(tmp_path / "whole")


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is another thing on Windows")
def test_a_run_killed_at_random_again_and_again_ends_in_the_same_bytes(scenario, undisturbed, tmp_path):
    """SIGKILL of the main process whatever it is at, then resume, until it is done: as if nothing had happened.

    It is killed as soon as the job, the first chunk and the second chunk are on the disk, and at moments around these.
    """
    out, dice, kills = tmp_path / "out", random.Random(), 0
    words = run_words(scenario, out, "--workers", "1")
    for there in ("parts/job.json", "parts/job.json", "parts/*.npz", "summary.csv", "nothing more"):
        process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while process.poll() is None and not list(out.glob(there)):
            time.sleep(0.01)
        time.sleep(dice.choice([0.0, dice.uniform(0.0, 0.5)]))
        kills += process.poll() is None
        process.kill()
        _, told = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), told.decode()
        begun = (out / "parts" / "job.json").exists() or (out / "manifest.json").exists()
        words = ["resume", str(out)] if begun else words
    assert kills >= 2
    assert hashes(out) == undisturbed


def test_a_killed_worker_is_replaced_and_its_chunk_run_again(small, monkeypatch):
    """The pool is built anew; the results are those of one process."""
    chosen = ensemble.settings(small)
    shards, killed = Shards(), []

    def on_progress(_: int) -> None:
        from multiprocessing import active_children

        if not killed:
            worker = active_children()[0]
            killed.append(worker.pid)
            os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    alone = Shards()
    for workers, where in ((Workers(2, where="processes", on_progress=on_progress), shards), (Workers(1), alone)):
        play_groups([chosen], range(32), 1, workers, shards=where, size=4, keep_months=True)
    assert killed
    for number in range(8):
        assert shards.source(str(number)).read() == alone.source(str(number)).read()


def test_workers_chunks_order_and_executor_change_no_byte(scenario, tmp_path):
    """Written from one process, threads, two processes, by ones and by sevens: the same files."""
    setting = sim.load(scenario)
    found = []
    with ProcessPoolExecutor(1, get_context("spawn")) as processes, ThreadPoolExecutor(3) as threads:
        for i, how in enumerate(
            ({"workers": 1}, {"workers": 2, "size": 7}, {"executor": threads, "size": 1}, {"executor": processes})
        ):
            sim.save(sim.compare(setting, 21, **how), tmp_path / str(i))
            found.append(hashes(tmp_path / str(i)))
    assert found[0] == found[1] == found[2] == found[3]
    assert set(found[0]) >= {"summary.csv", "futures.parquet", "trajectories.parquet", "momentum.png", "manifest.json"}


def test_a_dask_cluster_gives_the_same_bytes(scenario, tmp_path):
    """Two worker processes of a real local cluster, asked by the command line, against one process here."""
    from distributed import LocalCluster

    words = ["run", str(scenario), "--futures", "12", "--out"]
    assert call(*words, tmp_path / "here", "--workers", "1").exit_code == 0
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        done = call(*words, tmp_path / "there", "--cluster", cluster.scheduler_address)
    assert done.exit_code == 0, done.output
    assert hashes(tmp_path / "here") == hashes(tmp_path / "there")


def begun(scenario: Path, out: Path, chunks: int) -> InFolder:
    """A run of which some chunks are done, as a kill would leave it."""
    from sim.experiments.jobs import job

    setting = sim.load(scenario)
    asked = job(
        "run", setting, out, futures=12, seed=1, variants=["stays"], twin="compiled", workers=1,
        keep="months", names=False, changes=[],
    )  # fmt: skip
    asked["size"] = 3
    store = InFolder.create(out, asked, overwrite=False)
    shards = Shards()
    play_groups([ensemble.settings(setting)], range(12), 1, Workers(1), shards=shards, size=3, keep_months=True)
    for number in range(chunks):
        store.keep(number, shards.source(str(number)).read())
    return store


def test_resume_runs_only_what_is_missing(scenario, tmp_path, monkeypatch):
    """Three of four chunks are there; one is run, and the files are those of a whole run."""
    from sim.experiments import runner
    from sim.experiments.jobs import run_job, scenario_of
    from sim.report.save import keep

    begun(scenario, tmp_path / "out", chunks=3).close()
    ran = []
    usual = runner.run_part
    monkeypatch.setattr(runner, "run_part", lambda task: ran.append(task[2]) or usual(task))
    with InFolder.open(tmp_path / "out") as store:
        keep(store, run_job(store, Workers(1), scenario_of(store)))
    assert ran == [range(9, 12)]
    monkeypatch.undo()
    assert call("run", scenario, "--futures", "12", "--out", tmp_path / "whole").exit_code == 0
    assert hashes(tmp_path / "out") == hashes(tmp_path / "whole")


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_a_damaged_shard_is_noticed_and_run_again(scenario, tmp_path, damage):
    """A shard cut short, with a bit flipped, or empty is not taken for a result."""
    begun(scenario, tmp_path / "out", chunks=4).close()
    shard = sorted((tmp_path / "out" / "parts").glob("*.npz"))[1]
    data = bytearray(shard.read_bytes())
    if damage == "flipped":
        data[len(data) // 2] ^= 1
    shard.write_bytes({"truncated": data[: len(data) // 2], "flipped": data, "empty": b""}[damage])
    with InFolder.open(tmp_path / "out") as store:
        assert [store.has(number) for number in range(4)] == [True, False, True, True]


def test_a_second_process_on_the_same_folder_is_refused(scenario, tmp_path):
    """While one is at work, resume and run --overwrite are told so and touch nothing."""
    with begun(scenario, tmp_path / "out", chunks=2):
        before = hashes(tmp_path / "out" / "parts")
        for words in (["resume", str(tmp_path / "out")], run_words(scenario, tmp_path / "out", "--overwrite")):
            done = call(*words)
            assert done.exit_code == 2
            assert "another leadership-sim is at work" in done.stderr
        assert hashes(tmp_path / "out" / "parts") == before


def test_an_unfinished_folder_is_not_written_over_by_mistake(scenario, tmp_path):
    """A new run into it is refused, and says how to go on."""
    begun(scenario, tmp_path / "out", chunks=1).close()
    done = call(*run_words(scenario, tmp_path / "out"))
    assert done.exit_code == 2
    assert "leadership-sim resume" in done.stderr


def test_resume_says_when_there_is_nothing_to_do_or_the_scenario_has_changed(scenario, tmp_path):
    """A finished folder, an empty one, a missing one, and a job that would not give the same numbers today."""
    finished = tmp_path / "finished"
    assert call("run", scenario, "--futures", "3", "--out", finished).exit_code == 0
    (tmp_path / "empty").mkdir()
    store = begun(scenario, tmp_path / "changed", chunks=1)
    store.close()
    job = tmp_path / "changed" / "parts" / "job.json"
    job.write_text(job.read_text(encoding="utf-8").replace('"months": 30', '"months": 31'), encoding="utf-8")
    for folder, code, words in (
        ("finished", 0, "finished already"),
        ("empty", 2, "no run in it that could be resumed"),
        ("nowhere", 2, "no such folder"),
        ("changed", 2, "the scenario has changed"),
    ):
        done = call("resume", tmp_path / folder)
        assert (done.exit_code, words in done.output) == (code, True), (folder, done.output)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a small disk of its own")
def test_a_full_disk_stops_cleanly_and_the_run_can_be_resumed(scenario, undisturbed, tmp_path):
    """On a real small tmpfs that fills up: it says so, keeps what was done, and finishes once there is room."""
    disk, filler = tmp_path / "disk", tmp_path / "disk" / "filler"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("only root can mount a disk")
    try:
        words = [*COMMAND, *run_words(scenario, disk / "out"), "--workers", "1"]
        process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        while not list(disk.glob("out/parts/*.npz")):
            assert process.poll() is None
            time.sleep(0.05)
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        _, told = process.communicate(timeout=120)
        assert process.returncode == 2, told
        assert "the disk is full" in told
        assert "leadership-sim resume" in told
        assert "Traceback" not in told
        assert list(disk.glob("out/parts/*.npz"))
        filler.unlink()
        assert call("resume", disk / "out").exit_code == 0
        assert hashes(disk / "out") == undisturbed
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_future_that_fails_is_a_row_and_the_rest_go_on(small):
    """A changed person who breaks in one future: its row has the traceback, and the tables leave it out."""
    from sim.model.agents import Practitioner

    class Fragile(Practitioner):
        def practises(self) -> float:
            if self.model.record.future == 2:
                raise ZeroDivisionError("this one breaks")
            return super().practises()

    compared = sim.compare(small, futures=4, agents=[Fragile], workers=1)
    failed = compared.futures[compared.futures.status == "failed"]
    assert list(failed.future) == [2, 2]
    assert failed.error.str.contains("ZeroDivisionError: this one breaks").all()
    assert compared.failed == 2
    assert list(compared.summary.futures) == [3, 3]
    assert sim.plot(compared)
    usual = sim.compare(small, futures=4, workers=1).futures
    kept = compared.futures.drop(failed.index)
    pd.testing.assert_frame_equal(kept, usual.drop(failed.index), check_dtype=False)


def broken(*_: object, **__: object):
    """In place of what plays futures."""
    raise RuntimeError("broken")


def test_failures_are_told_by_the_exit_code(scenario, tmp_path, monkeypatch):
    """Exit code 3, and where to look."""
    from typer.testing import CliRunner

    from sim.interface.cli import app
    from sim.model import engine

    usual = engine.play

    def breaks(settings, seed, future, *place, **how):
        if future == 1:
            raise RuntimeError("broken")
        return usual(settings, seed, future, *place, **how)

    monkeypatch.setattr(engine, "play", breaks)
    monkeypatch.setattr(engine, "side_by_side", broken)
    done = CliRunner().invoke(
        app, ["run", str(scenario), "--futures", "5", "--out", str(tmp_path / "out"), "--workers", "1"]
    )
    assert done.exit_code == 3
    assert "2 of 10 futures failed" in done.stderr
    assert (tmp_path / "out" / "summary.csv").exists()


def test_changed_people_run_here_whatever_the_executor(small):
    """An executor that might not know them is left out, and outcomes that always fail are empty columns."""
    from sim.model.agents import Practitioner

    class Keen(Practitioner):
        def practises(self) -> float:
            return 1.0

    with ThreadPoolExecutor(2) as threads:
        keen = sim.compare(small, futures=2, agents=[Keen], variants=[], executor=threads)
    assert keen.summary.practice_after[0] > 0.5
    broken = sim.compare(small, futures=2, variants=[], outcomes={"mine": lambda record: 1 / 0})
    assert broken.futures.mine.isna().all()
    assert "every future failed" in sim.words(broken)


def test_an_outcome_may_have_any_name_and_a_failure_any_length(small, monkeypatch):
    """Even one that the files of unfinished work have a use for; a long traceback takes no more room than it has."""
    from sim.experiments.chunks import Results, Shards, encoded
    from sim.experiments.ensemble import run_chunks
    from sim.model import engine

    names = ("file", "allow_pickle", "months of 0")
    found = sim.compare(small, futures=2, outcomes=dict.fromkeys(names, lambda record: 1.0), variants=[])
    assert set(names) <= set(found.futures.columns)
    assert found.trajectories.month.max() == 30
    usual, told = engine.play, "no such thing: " + 5000 * "é"

    def breaks(settings, seed, future, *place, **how):
        if future == 1:
            raise RuntimeError(told)
        return usual(settings, seed, future, *place, **how)

    monkeypatch.setattr(engine, "play", breaks)
    monkeypatch.setattr(engine, "side_by_side", broken)
    shard = encoded(run_chunks([{"base": small}], 1, range(300), False))
    assert len(shard) < 100_000
    shards = Shards()
    shards.keep(0, shard)
    error = Results(shards, [0], ["base"]).futures("base", ["error"])["error"]
    assert told in error[1]
    assert not error[0]


def test_where_every_future_fails_the_errors_are_still_there(scenario, tmp_path, monkeypatch):
    """No table and no picture, but the rows with their tracebacks, and exit code 3."""
    from typer.testing import CliRunner

    from sim.interface.cli import app
    from sim.model import engine

    monkeypatch.setattr(engine, "play", broken)
    monkeypatch.setattr(engine, "side_by_side", broken)
    done = CliRunner().invoke(app, ["run", str(scenario), "--futures", "3", "--out", str(tmp_path / "out")])
    assert done.exit_code == 3, done.output
    assert pd.read_parquet(tmp_path / "out" / "futures.parquet").error.str.contains("broken|base failed").all()


def test_what_a_kill_at_the_very_start_or_end_leaves_is_in_nobodys_way(scenario, tmp_path):
    """Killed before the job was written: run again. Killed while the parts were dropped: resume tidies up."""
    (tmp_path / "start" / "parts").mkdir(parents=True)
    (tmp_path / "start" / ".lock").touch()
    assert call("run", scenario, "--futures", "3", "--out", tmp_path / "start").exit_code == 0
    (tmp_path / "start" / ".writing-done").mkdir()
    (tmp_path / "start" / ".writing-done" / "job.json").touch()
    assert call("resume", tmp_path / "start").exit_code == 0
    assert not [path for path in (tmp_path / "start").iterdir() if path.name.startswith(".")]


DESIGN = """
scenario = "small.toml"
variants = ["stays"]
futures = 6
[grid]
"leadership.hierarchy_norm" = [0.2, 0.8]
[latin_hypercube]
points = 3
ranges = { "leadership.delegation" = [0.0, 0.6], "succession.vacancy" = [0, 12] }
"""


def test_a_sweep_is_the_comparison_at_each_of_its_points(scenario, tmp_path):
    """Six points, two variants: each row is what a run with those parameters says, on the same futures."""
    (tmp_path / "design.toml").write_text(DESIGN, encoding="utf-8")
    out = tmp_path / "out"
    done = call("sweep", tmp_path / "design.toml", "--out", out)
    assert done.exit_code == 0, done.output
    table = pd.read_csv(out / "sweep.csv")
    assert len(table) == 12
    assert sorted(set(table["leadership.hierarchy_norm"])) == [0.2, 0.8]
    assert table["succession.vacancy"].dtype == int
    assert table["leadership.delegation"].between(0, 0.6).all()
    assert table.groupby("leadership.hierarchy_norm")["leadership.delegation"].nunique().tolist() == [3, 3]
    row = table[(table.point == 4) & (table.variant == "base")].iloc[0]
    parameters = {key: row[key].item() for key in table.columns if "." in key}
    again = sim.compare(sim.load(scenario).with_(parameters), futures=6, variants=["stays"]).summary
    assert row["practice_after"] == pytest.approx(again.practice_after[0], abs=1e-12)
    assert row["collapsed"] == again.collapsed[0]
    futures = pd.read_parquet(out / "futures.parquet")
    assert len(futures) == 6 * 2 * 6
    assert futures.point.nunique() == 6


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('scenario = "small.toml"', "nothing is swept"),
        ('scenario = "small.toml"\n[grid]\n"leadership.norm" = [0.1]', "unknown key"),
        ('scenario = "small.toml"\n[grid]\n"leadership.hierarchy_norm" = [0.1, 7]', "7"),
        ('scenario = "small.toml"\n[grid]\n"leadership.hierarchy_norm" = []', "at least one value"),
        (DESIGN.replace("[0, 12]", "[12, 0]"), "a lowest and a higher value"),
        (DESIGN.replace("futures = 6", "futures = 0"), "futures"),
        (DESIGN.replace('["stays"]', '["stay"]'), "did you mean 'stays'"),
        ("scenario = ", "small"),
    ],
)
def test_a_mistake_in_a_design_is_told_in_words(scenario, tmp_path, text, words):
    """Exit code 2 and a message that says which key."""
    (tmp_path / "small-design.toml").write_text(text, encoding="utf-8")
    done = call("sweep", tmp_path / "small-design.toml", "--out", tmp_path / "out")
    assert done.exit_code == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_compiled_engine_works_where_nothing_can_be_written(tmp_path):
    """The user's home is a file: nothing can be kept there, and nothing need be."""
    home = tmp_path / "home"
    home.write_text("a file where a folder would be", encoding="utf-8")
    code = "import sim; from sim.model import engine; print(engine.run(sim.load('director-turnover')).table[0, 36])"
    env = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "LOCALAPPDATA": str(home)}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, capture_output=True, encoding="utf-8")
    assert done.stderr == ""
    assert 0.0 < float(done.stdout) < 1.0


def test_a_run_does_not_import_mesa(tmp_path):
    """The engine answers without it: Mesa takes two seconds to import."""
    code = (
        "import sys; sys.argv = 'leadership-sim run director-turnover --futures 2 --variant stays'.split()\n"
        "from sim.interface.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('mesa' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip().endswith("False")
