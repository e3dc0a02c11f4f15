"""Machine code kept on disk is that of the code as it is, whichever file a change is made in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.base.compile import compiled

CHANGES = {
    "a rule": ("model/rules.py", "return (1.0 - rate) * practice + rate * done", "return rate * done"),
    "a constant": ("model/removal.py", "FOR_EVER = 1 << 60", "FOR_EVER = 1 << 50"),
    "a constant that is worked out": ("model/ledger.py", "RISE, FALL = range(2)", "FALL, RISE = range(2)"),
    "a constant of the random numbers": ("base/streams.py", "_ROUNDS = 10", "_ROUNDS = 9"),
    "a number of a role": ("scenario/roles.py", "    PRACTITIONER = 4\n", "    PRACTITIONER = 40\n"),
    "the order of the state": (
        "model/state.py",
        "    practice: Floats\n    leadership: Floats\n",
        "    leadership: Floats\n    practice: Floats\n",
    ),
    "the order of a month": (
        "model/month.py",
        "    willing: Numbers\n    done: Numbers\n",
        "    done: Numbers\n    willing: Numbers\n",
    ),
    "one more parameter": (
        "scenario/parameters.py",
        "    director_reach: float",
        "    reach: float = 0.5\n    director_reach: float",
    ),
}
"""Edits that change what is compiled, or how what it is given is laid out."""

WORDS = ("model/rules.py", '"""x, held between 0 and 1."""', '"""x, held in [0, 1]."""')

SCRIPT = """
import json, sys
from pathlib import Path

def prints():
    for name in [name for name in sys.modules if name.partition(".")[0] == "sim"]:
        del sys.modules[name]
    from sim.base import compile, streams
    from sim.model import engine
    compiled = [engine.live, engine._begin, *(f for f in vars(streams).values() if hasattr(f, "__wrapped__"))]
    return [compile.fingerprint(function) for function in compiled]

found = {"as it is": prints()}
for name, (file, old, new) in json.loads(sys.argv[1]).items():
    path = Path("sim") / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (name, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
    found[name] = prints()
    path.write_text(text, encoding="utf-8")
print(json.dumps(found))
"""


def prints(folder: Path, changes: dict[str, tuple[str, str, str]], hash_seed: str) -> dict[str, list[str]]:
    """The fingerprints of all that is compiled, of a copy of the package as it is and after each change."""
    shutil.copytree(Path(sim.__file__).parent, folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    env = os.environ | {"PYTHONPATH": str(folder), "PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(changes)],
        cwd=folder, env=env, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_whatever_is_compiled_is_compiled_anew_once_it_changes(tmp_path):
    """A rule, a constant, a role's number or the order of a tuple's fields, in any file; other words change nothing."""
    found = prints(tmp_path / "one", CHANGES | {"words": WORDS}, "1")
    usual = found.pop("as it is")
    assert len(usual) == 3
    assert found.pop("words") == usual
    assert [name for name, after in found.items() if after == usual] == []
    assert prints(tmp_path / "two", {}, "2")["as it is"] == usual


def test_compiled_code_that_reads_what_can_change_unseen_is_refused():
    """A list may change after it was compiled in; only numbers, words and tuples of them are taken."""
    with pytest.raises(TypeError, match="CHANGES"):
        compiled(reads_a_dictionary)()


def reads_a_dictionary() -> int:
    return len(CHANGES)
