"""Results are data: words, pictures and files of them are made in one place, and only when they are asked for."""

import csv
import hashlib
import json
import subprocess
import sys

import pytest

import sim
from sim.analysis.uncertainty.robustness import compare_across_worlds, worlds_of
from sim.experiments.replay import replay
from sim.report.plots import DRAWN_BY
from sim.report.save import _CONTENTS, save_rows
from sim.report.words import TOLD_BY


def made(kind, small):
    """A little result of a kind."""
    if kind == "Comparison":
        return sim.compare(small, futures=3, workers=1)
    if kind == "Replay":
        return replay(small, 0)
    return compare_across_worlds(small, worlds_of("plausible", 2), futures=2, seed=1)


@pytest.mark.parametrize("kind", ["Comparison", "Replay", "Robustness"])
def test_a_manifest_has_the_hash_of_every_table_beside_it(small, kind, tmp_path):
    """So that a number that is changed by hand is noticed, whichever command wrote it; the scenario runs again."""
    result = made(kind, small)
    assert type(result).__name__ == kind
    folder = sim.save(result, tmp_path / "out")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    tables = [path for path in folder.iterdir() if path.suffix in (".csv", ".parquet")]
    assert manifest["results_sha256"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(tables)
    }
    assert len(tables) >= 2
    assert manifest["scenario_sha256"] == sim.load(folder / "scenario.toml").hash()
    assert {"what", "versions", "git", "root_seed"} <= manifest.keys()


def test_words_are_lines_to_read_aloud(small):
    """One text, whatever the kind."""
    assert sim.words(made("Replay", small)).startswith("Future 0, seed 1.\n")
    assert f"With “{small.title}”, the change had collapsed in" in sim.words(made("Comparison", small))


def test_what_is_no_result_is_answered_with_what_would_be():
    """A table is no result; the mistake names the kinds that are."""
    for ask, known in ((sim.words, TOLD_BY), (sim.plot, DRAWN_BY), (lambda what: sim.save(what, "out"), _CONTENTS)):
        with pytest.raises(TypeError, match=f"not dict.*{next(iter(known))}"):
            ask({})


def test_every_kind_of_result_that_is_listed_is_told_and_drawn():
    """The lists go by the names of classes, so a class that is renamed has to be renamed there."""
    from pkgutil import resolve_name
    from typing import get_type_hints

    for places in (TOLD_BY, DRAWN_BY):
        for kind, place in places.items():
            assert next(iter(get_type_hints(resolve_name(place)).values())).__name__ == kind


def test_rows_without_a_number_are_empty_fields_and_no_rows_are_no_file(tmp_path):
    """As a spreadsheet takes them."""
    from sim.report.save import write_csv

    write_csv(tmp_path / "some.csv", [{"a": 1, "b": float("nan")}, {"a": 2, "b": 0.5}])
    with (tmp_path / "some.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["1", ""], ["2", "0.5"]]
    write_csv(tmp_path / "none.csv", [])
    assert not (tmp_path / "none.csv").exists()


def test_the_library_is_light_until_it_is_used():
    """Pictures, tables and the model are imported by what needs them."""
    code = "import sim, sys; print({'matplotlib', 'pandas', 'numba', 'scipy', 'mesa'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "set()"


def test_nothing_heavy_is_loaded_before_the_answer_is_printed(tmp_path):
    """No compiler, no table, no picture, no Mesa: whoever waits, waits for the futures."""
    heavy = "{'numba', 'llvmlite', 'scipy', 'pyarrow', 'pandas', 'matplotlib', 'mesa', 'networkx'}"
    code = (
        "import sys\nfrom sim.interface.cli import finish\nsay = finish._say\n"
        f"def answered(*given):\n    say(*given)\n    print('LOADED', {heavy} & set(sys.modules))\n"
        "finish._say = answered\nfrom sim.interface.cli import main\nmain()"
    )
    asked = [sys.executable, "-c", code, "run", "director-turnover", "--futures", "4", "--no-picture"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert "LOADED set()" in done.stdout
    assert "Of 100 futures" in done.stdout or "Of 4 futures" in done.stdout
    (written,) = (tmp_path / "results").iterdir()
    assert (written / "summary.csv").is_file()
    assert not (written / "momentum.png").exists()


def test_a_table_has_an_empty_cell_for_no_number_and_no_column_that_its_first_row_has_not(tmp_path):
    """Rows may lack a column; one with a column more is a mistake, and is not written as if it had none."""
    path = tmp_path / "table.csv"
    save_rows([{"who": "all, of them", "share": 0.1}, {"who": "nobody", "share": float("nan")}, {"who": "one"}], path)
    assert path.read_text(encoding="utf-8") == 'who,share\n"all, of them",0.1\nnobody,\none,\n'
    with pytest.raises(ValueError, match="more"):
        save_rows([{"who": "all"}, {"who": "one", "more": 1}], path)
