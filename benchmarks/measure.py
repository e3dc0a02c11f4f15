"""How fast the engine is: ratios measured side by side in one run, and how time and memory grow.

    python -m uv run --group dev python benchmarks/measure.py                # ratios, a minute
    python -m uv run --group dev python benchmarks/measure.py --growth       # the growth too, ten minutes
    python -m uv run --group dev python benchmarks/measure.py --against COMMIT   # whole commands, fifteen minutes

Seconds depend on the machine; ratios hold up better, and each is of runs that took turns.
"""

import argparse
import inspect
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

import mesa
import numpy as np

import sim
from sim.base import machine, native
from sim.experiments.ensemble import run_one, settings
from sim.experiments.environment import Environment
from sim.model import engine
from sim.model.calendar import calendar
from sim.model.draws import draw
from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation
from sim.scenario.scenario import Scenario

ROUNDS = 3
HERE = Path(__file__).parent


class Listener(mesa.Agent):
    """A person of the plain model: hears the others and moves."""

    def __init__(self, model: mesa.Model, commitment: float, voice: float) -> None:
        super().__init__(model)
        self.commitment, self.values, self.voice = commitment, commitment, voice
        self.hears: list[tuple[Listener, float]] = []

    def listen(self) -> None:
        """Step 4 of the month, as one would write it in Mesa."""
        total = pull = 0.0
        for other, weight in self.hears:
            loud = weight * other.voice
            total += loud
            pull += loud * (other.commitment - self.commitment)
        self.next = self.commitment + 0.15 * (0.75 * pull / (0.6 + total) + 0.25 * (self.values - self.commitment))

    def move(self) -> None:
        """All move together."""
        self.commitment = self.next


class Plain(mesa.Model):
    """The exchange of influence alone, over the same links."""

    def __init__(self, organisation: Organisation, commitment: np.ndarray, voice: np.ndarray) -> None:
        super().__init__(rng=1)
        people = [Listener(self, c, v) for c, v in zip(commitment, voice, strict=True)]
        s = organisation.structure
        for source, target, weight in zip(s.source, s.target, s.weight, strict=True):
            people[target].hears.append((people[source], float(weight)))

    def step(self) -> None:
        """One month."""
        self.agents.do("listen")
        self.agents.do("move")


def bare(
    first: np.ndarray, source: np.ndarray, weight: np.ndarray, voice: np.ndarray, values: np.ndarray,
    commitment: np.ndarray, months: int,
) -> None:  # fmt: skip
    """The sums over the links and nothing else; translated and compiled like the engine."""
    after = np.zeros(len(commitment))
    for _ in range(months):
        for seat in range(len(commitment)):
            total = pull = 0.0
            for link in range(first[seat], first[seat + 1]):
                loud = weight[link] * voice[source[link]]
                total += loud
                pull += loud * (commitment[source[link]] - commitment[seat])
            own = values[seat] - commitment[seat]
            after[seat] = commitment[seat] + 0.15 * (0.75 * pull / (0.6 + total) + 0.25 * own)
        for seat in range(len(commitment)):
            commitment[seat] = after[seat]


def bare_loop(shape: Organisation, months: int) -> dict[int, Callable[[], object]]:
    """The bare loop for each width, ready to be called."""
    sys.path.insert(0, str(HERE.parent / "compiler"))
    import build
    import wasmtime
    from translate import Number, Unit, type_of

    s, found = shape.structure, {}
    numbers = np.random.default_rng(1).random(len(shape))
    fixed, lanes = type_of(s.first, False), type_of(numbers, True)
    types = {"first": fixed, "source": fixed, "weight": type_of(s.weight, False), "voice": lanes, "values": lanes}
    types |= {"commitment": lanes, "months": Number("i")}
    unit = Unit(__name__)
    call = unit.entry("bare", bare, types)
    c = "\n".join([(HERE.parent / "compiler" / "lanes.h").read_text(encoding="utf-8"), unit.text, call])
    with tempfile.TemporaryDirectory() as folder:
        code = build.compiled(c, Path(folder))
    for width in machine.WIDTHS:
        own = machine.Machine(machine.ready(code, wasmtime.Engine()))
        side = [numbers] * width
        laid = [machine.lay(s.first), machine.lay(s.source), machine.lay(s.weight)]
        placed = own.place(laid, [machine.lay(side, width) for _ in range(3)], 1 << 20)
        found[width] = partial(own.call, f"bare_{width}", *placed, months)
    return found


def seconds(what: Callable[[], object], times: int) -> float:
    """Seconds for one of ``times`` repetitions."""
    start = time.perf_counter()
    for _ in range(times):
        what()
    return (time.perf_counter() - start) / times


def on(here: machine.Machine, what: Callable[[], object]) -> None:
    """Do something on one of the two engines: the module, or the one that is compiled for this machine."""
    machine._here.machine = here
    what()


def ratios() -> None:
    """The table: one future of the default council, on one core; every row a setting."""
    scenario = sim.load("director-turnover")
    shape, when = organisation(scenario), calendar(scenario)
    s, months = shape.structure, scenario.months
    draws = draw(s, months, 1, 0)
    rng = np.random.default_rng(1)
    commitment, voice = rng.random(len(shape)), rng.random(len(shape))
    eight = [(one, calendar(one)) for one in settings(scenario).values()]
    environment, futures = Environment(1), count()
    ways: dict[str, tuple[Callable[[], object], int, int]] = {
        "the engine, eight settings side by side": (
            lambda: engine.play(eight, 1, 0, shape, draws), 20, len(eight),
        ),
        "the same, who moved whom added up as well": (
            lambda: engine.play(eight, 1, 0, shape, draws, flows=True), 20, len(eight),
        ),
        "the same, organisation and draws made first": (
            lambda: environment.together(eight, next(futures), flows=True), 10, len(eight),
        ),
        "the engine, one setting": (
            lambda: engine.run(scenario, organisation=shape, calendar=when, draws=draws), 20, 1,
        ),
        "our Mesa model, from nothing": (lambda: run_one(scenario, 1, 0, twin="mesa"), 1, 1),
        "plain Mesa, the influence sums alone": (lambda: Plain(shape, commitment, voice).run_for(months), 1, 1),
    }  # fmt: skip
    for width, call in bare_loop(shape, months).items():
        ways[f"a bare compiled loop of those sums, {width} lanes"] = call, 50, width
    ours = list(ways.items())[:4]
    ways |= {name: (partial(on, machine.Machine(), what), times, of) for name, (what, times, of) in ours}
    if library := native.library(machine.SOURCE, machine.made_from(machine.MODULE.read_bytes())["c"], machine.WIDTHS):
        compiled = machine.Native(library)
        ways |= {f"{name}, native": (partial(on, compiled, what), times, of) for name, (what, times, of) in ours}
    for what, _, _ in ways.values():
        what()
    taken = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (what, times, of) in ways.items():
            taken[name].append(seconds(what, times) / of)
    first = next(iter(taken.values()))
    print(f"One setting of one future of {len(shape)} people and {len(s.source)} links over {months} months, one core;")
    print(f"median of {ROUNDS} rounds that took turns, and the range of the ratios.\n")
    print(f"{'':48}{'ms':>9}{'against the first row':>28}")
    for name, found in taken.items():
        each = [a / b for a, b in zip(found, first, strict=True)]
        print(f"{name:48}{1000 * median(found):9.3f}{median(each):12.3g} ({min(each):.3g} to {max(each):.3g})")


AGAINST = """
title = "For measuring"
months = 96
[events.departure]
kind = "director_leaves"
month = 36
[variants.stays]
title = "The director stays"
events.departure.enabled = false
[variants.shared]
title = "Leadership is shared"
leadership.hierarchy_norm = 0.2
[variants.groomed]
title = "A successor prepared from within"
events.departure.continuity = 0.8
[variants.open]
title = "A successor in two minds"
events.departure.successor_commitment = 0.5
[variants.early]
title = "No gap"
events.departure.vacancy = 0
"""


COMMANDS = {
    "run, 200 futures of six variants": ("run {scenario}",),
    "run over 100 worlds": (
        "run {scenario} --worlds plausible --max-worlds 100",
        "run {scenario} --over plausible --worlds 100",
    ),
    "dependency, 20 futures": ("dependency {scenario} --futures 20", "who {scenario} --runs 20"),
    "interventions, 40 futures": ("interventions {scenario} --futures 40 --pairs", "remedies {scenario} --runs 40"),
    "report, 40 futures": ("report {run} --full --futures 40 --overwrite", "explain {run} --runs 40 --overwrite"),
    "validate, 20 futures, 3 worlds": ("validate --futures 20 --points 3", "evidence --runs 20 --points 3"),
    "calibrate, 20 worlds": ("calibrate --points 20 --futures 10", "plausible --points 20 --futures 10"),
    "handout": ("handout {scenario}",),
}
"""What is measured: as it is typed now, and as it was in the first version."""


def against(commit: str, rounds: int) -> None:
    """CPU seconds of whole commands, this state and another commit's in turn; each in an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tree, scenario = Path(folder) / "tree", Path(folder) / "measured.toml"
        git = ["git", "-C", str(HERE.parent)]
        subprocess.run([*git, "worktree", "add", "--detach", "--quiet", str(tree), commit], check=True)
        try:
            scenario.write_text(AGAINST, encoding="utf-8")
            for name, ways in COMMANDS.items():
                found: dict[Path, list[float]] = {tree: [], HERE.parent: []}
                for turn in range(rounds + 1):
                    for where, taken in found.items():
                        run = Path(folder) / f"run-0-{where.name}"
                        out = Path(folder) / f"{name.split(',')[0]}-{turn}-{where.name}"
                        to = [] if "{run}" in ways[0] else ["--out", f"{out}.html" if name == "handout" else str(out)]
                        way = ways[-1] if where == tree and commit == FIRST else ways[0]
                        asked = [word.format(scenario=scenario, run=run) for word in way.split()]
                        with suppress(subprocess.CalledProcessError) if where == tree else nullcontext():
                            taken.append(_seconds(where, [*asked, *to], folder))  # the commit may not know it
                then, now = (taken[1:] for taken in found.values())  # the first turn may have compiled
                if len(then) != len(now):
                    print(f"{name:36}not known to {commit}")
                    continue
                each = [a / b for a, b in zip(then, now, strict=True)]
                print(f"{name:36}{commit} {median(then):7.2f} s, here {median(now):7.2f} s")
                print(f"{'':36}{median(each):.1f} times as fast ({min(each):.1f} to {max(each):.1f})", flush=True)
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", str(tree)], check=True)


FIRST = "9235b5e"
"""The last commit with the first version's words."""


def _seconds(where: Path, words: list[str], folder: str) -> float:
    """CPU seconds of one command of a state of the project."""
    plain = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    uv = os.environ.get("UV", "uv")  # ``uv run`` says where it is
    command = [uv, "run", "--quiet", "--project", str(where), "leadership-sim", *words]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=plain)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak() -> float:
    """The most memory that this process has taken, in MB."""
    told = Path("/proc/self/status")
    if told.is_file():  # what ``getrusage`` says begins with what the process that started this one had taken
        return next(int(line.split()[1]) for line in told.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_size(teams: int) -> None:
    """A future of one size, made and lived for twelve months; prints people, seconds and peak MB of this process."""
    scenario = Scenario().with_({"months": 12, "measure.horizon": 6, "measure.reference_month": 6})
    engine.run(scenario)
    heads = round(teams ** (2 / 3)) if teams > 8 else 0  # fewest links between managers
    large = scenario.with_({"organisation.teams": teams, "organisation.heads_of_service": heads})
    start = time.perf_counter()
    record = engine.run(large)
    taken = time.perf_counter() - start
    print(len(record.organisation), taken, peak())


def growth(most_futures: int) -> None:
    """How time and memory grow with people and with futures, as a table and a picture."""
    from matplotlib.figure import Figure

    people, futures = [], []
    for teams in (8, 100, 1000, 10_000, 100_000):
        said = subprocess.run(
            [sys.executable, __file__, "--teams", str(teams)], capture_output=True, text=True, check=True
        )
        people.append([float(word) for word in said.stdout.split()])
        print("{:>12,.0f} people, 12 months: {:8.3f} s {:8.0f} MB".format(*people[-1]), flush=True)
    runs = 1
    while runs <= most_futures:
        with tempfile.TemporaryDirectory() as folder:
            code = (
                "import resource, sys, sim.interface.cli\nfrom pathlib import Path\n"
                f"{inspect.getsource(peak)}\n"
                f"sys.argv = ['x', 'run', 'director-turnover', '--variant', 'base', '--futures', '{runs}', '--keep', "
                f"'futures', '--workers', '1', '--out', r'{folder}/out']\n"
                "try:\n    sim.interface.cli.main()\nexcept SystemExit:\n    pass\n"
                "print('PEAK', peak())"
            )
            start = time.perf_counter()
            said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        futures.append([runs, time.perf_counter() - start, float(said.stdout.split()[-1])])
        print("{:>12,.0f} futures, whole command, one process: {:8.2f} s {:8.0f} MB".format(*futures[-1]), flush=True)
        runs *= 10
    figure = Figure(figsize=(10, 4.2), layout="constrained", dpi=110)
    axes = figure.subplots(1, 2)
    for axis, found, name in zip(
        axes, (people, futures), ("people (12 months)", "futures (whole command)"), strict=True
    ):
        x, y, memory = np.array(found).T
        axis.loglog(x, y, "o-", color="#0072B2", label="seconds")
        axis.loglog(x, memory / 1024, "s--", color="#D55E00", label="peak GB")
        axis.set_xlabel(name)
        axis.legend()
    figure.suptitle("How time and memory grow")
    figure.savefig(HERE / "growth.png")


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--growth", action="store_true", help="also measure the growth")
    words.add_argument("--against", metavar="COMMIT", help="only measure whole commands against another commit's")
    words.add_argument("--rounds", type=int, default=ROUNDS, help="turns that count, with --against")
    words.add_argument("--most", type=int, default=100_000, help="futures at most")
    words.add_argument("--teams", type=int, help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.teams:
        one_size(asked.teams)
    elif asked.against:
        against(asked.against, asked.rounds)
    else:
        ratios()
        if asked.growth:
            growth(asked.most)
