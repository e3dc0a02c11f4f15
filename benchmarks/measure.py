"""How fast the engine is: ratios measured side by side in one run, and how time and memory grow.

    python -m uv run --group dev python benchmarks/measure.py                # ratios, a minute
    python -m uv run --group dev python benchmarks/measure.py --growth       # the growth too, ten minutes

Seconds depend on the machine; ratios hold up better, and each is of runs that took turns.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import mesa
import numpy as np
from numba import njit

import sim
from sim.experiments.ensemble import run_one
from sim.model import engine
from sim.model.calendar import calendar
from sim.model.draws import draw
from sim.organisation.generate import organisation
from sim.organisation.structure import Organisation
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario

ROUNDS = 5
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


@njit
def bare(first, source, weight, voice, values, commitment, months):
    """The sums over the links and nothing else."""
    after = commitment.copy()
    for _ in range(months):
        for seat in range(len(commitment)):
            total = pull = 0.0
            for link in range(first[seat], first[seat + 1]):
                loud = weight[link] * voice[source[link]]
                total += loud
                pull += loud * (commitment[source[link]] - commitment[seat])
            own = values[seat] - commitment[seat]
            after[seat] = commitment[seat] + 0.15 * (0.75 * pull / (0.6 + total) + 0.25 * own)
        commitment[:] = after
    return commitment


def seconds(what: Callable[[], object], times: int) -> float:
    """Seconds for one of ``times`` repetitions."""
    start = time.perf_counter()
    for _ in range(times):
        what()
    return (time.perf_counter() - start) / times


def ratios() -> None:
    """The table: one future of the default council over 96 months, on one core."""
    scenario = sim.load("director-turnover")
    shape, when = organisation(scenario), calendar(scenario)
    s = shape.structure
    draws = draw(s, scenario.months, 1, 0)
    rng = np.random.default_rng(1)
    commitment, voice = rng.random(len(shape)), rng.random(len(shape))
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "the engine, organisation and draws at hand": (
            lambda: engine.run(scenario, organisation=shape, calendar=when, draws=draws),
            200,
        ),
        "the same, who moved whom added up as well": (
            lambda: engine.run(scenario, flows=True, organisation=shape, calendar=when, draws=draws),
            200,
        ),
        "the engine, from nothing": (lambda: engine.run(scenario, calendar=when), 50),
        "our Mesa model, from nothing": (lambda: run_one(scenario, 1, 0, twin="mesa"), 2),
        "plain Mesa, the influence sums alone": (lambda: Plain(shape, commitment, voice).run_for(scenario.months), 2),
        "a bare compiled loop of those sums": (
            lambda: bare(s.first, s.source, s.weight, voice, commitment, commitment.copy(), scenario.months),
            1000,
        ),
    }
    for what, _ in ways.values():
        what()
    taken = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (what, times) in ways.items():
            taken[name].append(seconds(what, times))
    engine_alone = taken["the engine, organisation and draws at hand"]
    print(f"One future of {len(shape)} people and {len(s.source)} links over {scenario.months} months, one core;")
    print(f"median of {ROUNDS} rounds that took turns, and the range of the ratios.\n")
    print(f"{'':44}{'ms':>9}{'against the engine':>28}")
    for name, found in taken.items():
        each = [a / b for a, b in zip(found, engine_alone, strict=True)]
        print(f"{name:44}{1000 * median(found):9.3f}{median(each):12.3g} ({min(each):.3g} to {max(each):.3g})")


def tiled(councils: int) -> Organisation:
    """Many councils in one: each director but the first manages for the first, so links a person stay the same."""
    one = organisation(Scenario()).structure
    seats, links = len(one.role), len(one.source)

    def moved(seat: np.ndarray, step: int = seats) -> np.ndarray:
        copies = np.tile(seat, councils) + np.repeat(np.arange(councils) * step, len(seat))
        return np.where(np.tile(seat, councils) < 0, -1, copies)

    role, manager = np.tile(one.role, councils), moved(one.manager)
    extra = np.arange(1, councils) * seats + one.director
    role[extra], manager[extra] = Role.MIDDLE_MANAGER, one.director
    leads = np.arange(1, councils) * seats + one.lead_member
    role[leads] = Role.BACK_OFFICE
    structure = one._replace(
        role=role,
        manager=manager,
        address=(np.arange(1, councils * seats + 1) + (1 << 40)).astype(np.uint64),
        source=moved(one.source),
        target=moved(one.target),
        kind=np.tile(one.kind, councils),
        weight=np.tile(one.weight, councils),
        pair=moved(one.pair, len(one.pair_a)),
        first=np.append(moved(one.first[:-1], links), councils * links),
        pair_a=moved(one.pair_a),
        pair_b=moved(one.pair_b),
        middle_managers=np.flatnonzero(role == Role.MIDDLE_MANAGER),
        practitioners=np.flatnonzero(role == Role.PRACTITIONER),
        staff=np.flatnonzero((role == Role.MIDDLE_MANAGER) | (role == Role.PRACTITIONER)),
        heads=np.flatnonzero(role == Role.MIDDLE_MANAGER),
    )
    return Organisation(structure, [""] * len(role))


def one_size(councils: int) -> None:
    """Twelve months of one size; prints people, seconds and peak MB (of this process, which does nothing else)."""
    scenario = Scenario().with_({"months": 12, "measure.horizon": 6, "measure.reference_month": 6})
    engine.run(scenario)
    shape = tiled(councils)
    start = time.perf_counter()
    engine.run(scenario, organisation=shape)
    taken = time.perf_counter() - start
    print(len(shape), taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def growth(most_futures: int) -> None:
    """How time and memory grow with people and with futures, as a table and a picture."""
    from matplotlib.figure import Figure

    people, futures = [], []
    for councils in (1, 10, 100, 1000, 9100):
        said = subprocess.run(
            [sys.executable, __file__, "--councils", str(councils)], capture_output=True, text=True, check=True
        )
        people.append([float(word) for word in said.stdout.split()])
        print("{:>12,.0f} people, 12 months: {:8.3f} s {:8.0f} MB".format(*people[-1]), flush=True)
    runs = 1
    while runs <= most_futures:
        with tempfile.TemporaryDirectory() as folder:
            code = (
                "import sys, resource, sim.interface.cli\n"
                f"sys.argv = ['x', 'run', 'director-turnover', '--variant', 'base', '--futures', '{runs}', '--keep', "
                f"'futures', '--workers', '1', '--out', r'{folder}/out']\n"
                "try:\n    sim.interface.cli.main()\nexcept SystemExit:\n    pass\n"
                "print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
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
    words.add_argument("--most", type=int, default=100_000, help="futures at most")
    words.add_argument("--councils", type=int, help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.councils:
        one_size(asked.councils)
    else:
        ratios()
        if asked.growth:
            growth(asked.most)
