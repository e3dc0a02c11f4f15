"""The extra ``native``: an engine compiled for the very machine has the module's numbers to the bit, or is not used."""

import lzma

import numpy as np
import pytest
from test_engine import same

import sim
from sim.base import machine, native
from sim.base.machine import Machine, Native
from sim.experiments.ensemble import settings
from sim.experiments.environment import Environment
from sim.model.calendar import calendar
from sim.model.draws import draw
from sim.organisation.generate import organisation
from sim.scenario.scenario import library_names


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The library, compiled once for all of these tests, into a cache of their own."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platformdirs.user_cache_path", lambda _: cache)
        patch.delenv(native.SWITCH)
        native.library.cache_clear()
        made = asked()
        assert made is not None
        yield made
    native.library.cache_clear()


def asked():
    """The library, as the first future of a process asks for it."""
    name = machine.made_from(machine.MODULE.read_bytes())["c"]
    return native.library(machine.SOURCE, name, machine.WIDTHS)


@pytest.fixture
def on(library, monkeypatch):
    """Run something on the module, then on the library; both results."""

    def both(what):
        found = []
        for here in (Machine(), Native(library)):
            monkeypatch.setattr(machine._here, "machine", here, raising=False)
            found.append(what())
        return found

    return both


def test_its_c_is_what_the_module_was_made_of():
    """Whoever makes the module keeps its C beside it."""
    c = lzma.decompress(machine.SOURCE.read_bytes()).decode()
    assert machine.text_print(c) == machine.made_from(machine.MODULE.read_bytes())["c"]


@pytest.mark.parametrize("name", library_names())
def test_every_setting_of_the_library_is_the_same_to_the_bit(on, name):
    """Tables, people, ledger, flows and log, with as many settings side by side as the scenario has."""
    small = sim.load(name).with_({"organisation.teams": 2, "organisation.practitioners_per_team": 3})
    chosen = [(one, calendar(one)) for one in settings(small).values()]
    module, own = on(lambda: Environment(7).together(chosen, 3, keep="everything", flows=True))
    assert len(own) == len(chosen)
    assert all(same(one, other) for one, other in zip(module, own, strict=True))


@pytest.mark.parametrize("number", [1, 3, 8, 11])
def test_whatever_the_number_side_by_side(on, turnover, number):
    """Widths of one, four and eight, and one pass after another; the council at its full size."""
    usual = calendar(turnover)
    cuts = [(turnover, usual.staying(month)) for month in range(20, 20 + number)]
    module, own = on(lambda: Environment(1).together(cuts, 0, keep="people"))
    assert all(same(one, other) for one, other in zip(module, own, strict=True))


def test_organisations_and_draws_are_the_same(on, turnover):
    """Every link and weight, every number drawn."""
    module, own = on(lambda: (shape := organisation(turnover, 5, 2).structure, draw(shape, 40, 5, 2)))
    for one, other in zip(module, own, strict=True):
        for name, here, there in zip(one._fields, one, other, strict=True):
            assert np.asarray(here).tobytes() == np.asarray(there).tobytes(), name


def test_its_memory_grows_with_what_is_asked(on, turnover):
    """A large council between two of the usual size, which finds again what has moved."""
    large, environment, sizes = turnover.with_({"organisation.teams": 60}), Environment(1), []

    def three():
        for one in (turnover, large, turnover):
            yield environment.play(one, 0)
            sizes.append(len(machine.machine()._bytes))

    module, own = on(lambda: list(three()))
    assert all(same(one, other) for one, other in zip(module, own, strict=True))
    assert sizes[3] < sizes[4] == sizes[5]


def test_it_is_compiled_once(library, monkeypatch):
    """The next process finds it."""
    monkeypatch.setattr(native, "_make", None)
    native.library.cache_clear()
    assert asked() is not None


@pytest.mark.parametrize("why", ["not wanted", "no compiler", "it fails"])
def test_otherwise_the_module_runs(library, monkeypatch, tmp_path, why):
    """Where nobody wants it, where no compiler is installed, and where it cannot be compiled, which is told."""
    if why == "not wanted":
        monkeypatch.setenv(native.SWITCH, "0")
    elif why == "no compiler":
        monkeypatch.setattr(native, "find_spec", lambda _: None)
    else:
        monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path)
        monkeypatch.setattr(native, "_FLAGS", ("--no-such-flag",))
    monkeypatch.delattr(machine._here, "machine", raising=False)
    native.library.cache_clear()
    if why == "it fails":
        with pytest.warns(UserWarning, match="could not be compiled"):
            here = machine.machine()
    else:
        here = machine.machine()
    assert type(here) is Machine
