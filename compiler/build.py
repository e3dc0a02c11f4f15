"""Makes the compiled engine of the model's own functions: ``sim/model/engine.wasm``.

python -m uv run --group engine python compiler/build.py

Needed after a change to a rule or to anything else that is translated; a test and every user of a stale module are
told so. ``--c`` only prints the C.
"""

import importlib.util
import inspect
import json
import lzma
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FunctionType
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from translate import Array, NotUnderstood, Number, Type, Unit, type_of

import sim
from sim.base import machine, streams
from sim.model import draws, engine, months, turnover
from sim.model.calendar import calendar
from sim.model.state import blank
from sim.organisation import generate
from sim.organisation.ties import arrays, links

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "sim"


def entries() -> dict[str, tuple[FunctionType, dict[str, Type]]]:
    """What can be called: each function with the types of its arguments."""
    scenario = sim.load("director-turnover")
    structure, when = generate.organisation(scenario, 1, 0).structure, calendar(scenario)
    one, parameters = Number("i"), type_of(when.parameters[0], True)
    fixed, state = type_of(structure, False), type_of(blank(1, 1), True)
    drawn, room = draws.arrays(1, 1, 1, 1, lean=False)
    trace = type_of(engine.blank_trace(1, 1, 1, 1, "everything", flows=True), True)
    lived = {
        "structure": fixed, "state": state, "draws": type_of(drawn, False), "parameters": parameters,
        "schedule": type_of(when.schedule, True), "leavers": Array("i", True, 2), "first": one, "last": one,
        "trace": trace,
    }  # fmt: skip
    begun = "structure", "parameters", "draws", "state", "trace"
    entropy = streams.words(1, 0)
    ground = generate.plan(scenario).everybody.ground
    made, working = arrays(1, 1, 1, 1, 1)
    return {
        "first_row": (months.first_row, {key: lived[key] for key in begun}),
        "live": (months.live, lived),
        "retune": (
            turnover.retune,
            {"structure": fixed, "state": state, "old": parameters, "new": parameters, "draws": lived["draws"]},
        ),
        "links": (links, plainly(ground=ground, entropy=entropy, out=made, room=working)),
        "draws": (draws.draws, plainly(structure=structure, entropy=entropy, out=drawn, room=room)),
    }  # fmt: skip


def plainly(**given: Any) -> dict[str, Type]:
    """The types of arguments that are the same for all settings."""
    return {name: type_of(value, False) for name, value in given.items()}


def translated() -> tuple[str, dict[str, list[str]]]:
    """The C of the engine for any number of lanes, and what it was made from."""
    unit = Unit("sim")
    calls = [unit.entry(name, function, types) for name, (function, types) in entries().items()]
    files = {Path(inspect.getfile(function)) for function in unit.reached.values()}
    files |= {
        PACKAGE / "scenario" / "roles.py",
        PACKAGE / "scenario" / "parameters.py",
        PACKAGE / "model" / "ledger.py",
    }
    files |= {PACKAGE / "model" / f"{name}.py" for name in ("calendar", "parameters", "draws", "month")}
    files |= {
        PACKAGE / "organisation" / "structure.py",
        PACKAGE / "model" / "engine.py",
        PACKAGE / "base" / "machine.py",
    }
    noted = {
        path.relative_to(PACKAGE).as_posix(): machine.prints(path.read_text(encoding="utf-8")) for path in sorted(files)
    }
    return "\n".join([(HERE / "lanes.h").read_text(encoding="utf-8"), unit.text, *calls]), noted


def compiled(c: str, folder: Path) -> bytes:
    """The module for every width."""
    (folder / "engine.c").write_text(c, encoding="utf-8")
    zig = [sys.executable, "-m", "ziglang", "cc", "--target=wasm32-freestanding", "-std=gnu11", "-O3", "-w"]
    zig += ["-msimd128", "-mbulk-memory", "-msign-ext", "-mnontrapping-fptoint", "-ffp-contract=off", "-fno-builtin"]
    objects = []
    for width in machine.WIDTHS:
        objects.append(str(folder / f"engine{width}.o"))
        subprocess.run([*zig, f"-DW={width}", "-c", "engine.c", "-o", objects[-1]], cwd=folder, check=True)
    link = [
        "-nostdlib",
        "-Wl,--no-entry",
        "-Wl,--export-dynamic",
        "-Wl,--export=__heap_base",
        "-Wl,-z,stack-size=1048576",
    ]
    subprocess.run([*zig, *link, "-Wl,--strip-all", *objects, "-o", "engine.wasm"], cwd=folder, check=True)
    return (folder / "engine.wasm").read_bytes()


def section(payload: bytes) -> bytes:
    """A section of a module that nothing reads but us."""
    size, length = len(payload), b""
    while True:
        length += bytes([size & 127 | (128 if size > 127 else 0)])
        size >>= 7
        if not size:
            return b"\x00" + length + payload


def main() -> None:
    """Make the module."""
    try:
        c, noted = translated()
    except NotUnderstood as error:
        raise SystemExit(f"{error}\nThe engine is as it was.") from None
    if "--c" in sys.argv:
        print(c)
        return
    if importlib.util.find_spec("ziglang") is None:
        raise SystemExit(f"ziglang is not installed here; run  {machine.COMMAND}")
    with tempfile.TemporaryDirectory() as folder:
        code = compiled(c, Path(folder))
    note = {"files": noted, "c": machine.text_print(c)}
    code += section(machine.NOTE + json.dumps(note, separators=(",", ":")).encode())
    machine.MODULE.write_bytes(code)
    machine.SOURCE.write_bytes(lzma.compress(c.encode(), preset=9 | lzma.PRESET_EXTREME))
    lanes = ", ".join(map(str, machine.WIDTHS))
    print(f"{machine.MODULE.relative_to(HERE.parent)}: {len(code) / 1024:.0f} KB, for {lanes} lanes")


if __name__ == "__main__":
    main()
