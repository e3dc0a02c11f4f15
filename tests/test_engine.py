"""The compiled engine is the model's own functions, whatever the number of settings side by side, on every platform."""

import csv
import shutil
import subprocess
import sys
from decimal import Decimal, localcontext
from pathlib import Path

import build
import golden
import numpy as np
import pytest
import translate
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.base import machine
from sim.experiments.ensemble import settings
from sim.experiments.environment import Environment
from sim.model import draws as drawn
from sim.model import engine, rules
from sim.model.calendar import calendar
from sim.model.draws import draw
from sim.model.model import OrganisationModel
from sim.model.parameters import QUANTILES, STEPS, beta_grid
from sim.model.record import MONTHLY, Record
from sim.model.removal import WAYS, Removal
from sim.organisation.generate import organisation
from sim.scenario.scenario import library_names

PACKAGE = Path(sim.__file__).parent


def same(one: Record, other: Record) -> bool:
    """Whether two records of as many months are the same to the bit."""
    kept = [(one.table, other.table), (one.states, other.states)]
    if one.flows is not None:
        kept += [(one.flows.by_month, other.flows.by_month), (one.flows.given, other.flows.given)]
    if one.live is not None:
        kept += [(one.live, other.live)]
    if one.ledger is not None:
        kept += [(one.ledger.rows(), other.ledger.rows())]
    alike = all(a.tobytes() == b.tobytes() or np.array_equal(a, b, equal_nan=True) for a, b in kept)
    return alike and one.log == other.log and one.milestones == other.milestones


@given(st.floats(-708, 708))
def test_e_to_the_x_is_right_to_the_last_place(x):
    """Against forty digits: at most one unit in the last place away."""
    with localcontext() as context:
        context.prec = 40
        exact = Decimal(x).exp()
        away = abs(Decimal(rules.exp(x)) - exact) / Decimal(float(np.spacing(float(exact))))
    assert away <= 1


@pytest.mark.parametrize(("x", "y"), [(0.0, 1.0), (-1e9, rules.exp(-708.0)), (1e9, rules.exp(708.0))])
def test_e_to_the_x_at_its_ends(x, y):
    """1 at nothing, and held where the next number would be nothing or endless."""
    assert rules.exp(x) == y
    assert 0.0 < y < np.inf


@given(base=st.floats(0, 1), times=st.integers(0, 40))
def test_a_power_is_a_product(base, times):
    """With exact fractions for what is exact."""
    assert rules.power(base, float(times)) == pytest.approx(base**times, rel=1e-13, abs=1e-300)
    assert rules.power(0.5, float(times)) == 0.5**times


def test_the_kept_quantiles_are_those_of_the_beta_distribution():
    """And every role's are kept, so that no scenario of the usual roles needs scipy."""
    from scipy.special import betaincinv

    from sim.scenario.parameters import Parameters
    from sim.scenario.roles import Role

    with np.load(QUANTILES) as kept:
        for name in kept.files:
            a, b = map(float, name.split())
            np.testing.assert_allclose(kept[name], betaincinv(a, b, np.linspace(0, 1, STEPS + 1)), atol=1e-13)
        for role in Role:
            a, b = Parameters().roles.of(role).values
            assert f"{a!r} {b!r}" in kept.files, "python -m uv run --group dev python compiler/quantiles.py"
            assert beta_grid(a, b) == tuple(kept[f"{a!r} {b!r}"].tolist())


# -- Lanes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", library_names())
def test_side_by_side_settings_are_what_each_is_alone(name):
    """All variants of the library, in the widths that there are: tables, people, ledger and log, to the bit."""
    base = sim.load(name)
    small = base.with_({"organisation.teams": 2, "organisation.practitioners_per_team": 3})
    chosen = [(one, calendar(one)) for one in settings(small).values()]
    environment = Environment(7)
    together = environment.together(chosen, 3, keep="everything", flows=True)
    for (setting, when), record in zip(chosen, together, strict=True):
        assert same(engine.run(setting, seed=7, future=3, keep="everything", flows=True, calendar=when), record)


@pytest.mark.parametrize("number", [1, 2, 4, 5, 8, 9, 17])
def test_any_number_of_settings_fills_the_lanes(turnover, number):
    """One more than a width starts another pass; who stands beside whom changes nothing."""
    shape = organisation(turnover, 1, 0)
    draws = draw(shape.structure, turnover.months, 1, 0)
    usual = calendar(turnover)
    cuts = [usual.removing(24 + seat, [seat], WAYS[seat % len(WAYS)], 0.2) for seat in range(number)]
    together = engine.play([(turnover, cut) for cut in cuts], 1, 0, shape, draws, keep="people")
    for cut, record in zip(cuts, together, strict=True):
        alone = engine.run(turnover, organisation=shape, draws=draws, calendar=cut, keep="people")
        assert same(alone, record)


@pytest.mark.parametrize("number", [1, 8])
def test_draws_that_are_made_as_they_are_read_change_no_bit(turnover, number, monkeypatch):
    """As in a very large organisation, whose draws are not all made beforehand: table, people, ledger and flows."""
    shape, usual = organisation(turnover, 1, 0), calendar(turnover)
    cuts = [(turnover, usual.removing(24 + seat, [seat], Removal.EMPTIED)) for seat in range(number)]

    def played():
        drawn._room.cache_clear()
        draws = draw(shape.structure, turnover.months, 1, 0, lean=True)
        return len(draws.leave), engine.play(cuts, 1, 0, shape, draws, keep="everything", flows=True)

    rows, beforehand = played()
    monkeypatch.setattr(drawn, "AT_HAND", 0)
    none, as_read = played()
    drawn._room.cache_clear()
    assert (rows, none) == (turnover.months + 1, 0)
    assert all(same(one, other) for one, other in zip(beforehand, as_read, strict=True))


@pytest.mark.parametrize("keep", ["months", "end", "people"])
def test_months_that_many_settings_have_in_common_are_lived_once_and_change_nothing(turnover, keep, monkeypatch):
    """Ten settings that are one up to month 30: what each is alone, its flows and its log too, from 30 months' less."""
    usual = calendar(turnover)
    cuts = [usual, usual.staying(30), *(usual.removing(30 + seat, [seat], Removal.EMPTIED) for seat in range(8))]
    starts: list[tuple[int, int]] = []
    play = engine._months
    monkeypatch.setattr(engine, "_months", lambda *args: (starts.append(args[3:]), play(*args)))
    together = Environment(1).together([(turnover, cut) for cut in cuts], 0, keep=keep, flows=True)
    assert starts == [(1, 30), (31, turnover.months), (31, turnover.months)]
    for cut, record in zip(cuts, together, strict=True):
        alone = engine.run(turnover, calendar=cut, keep=keep, flows=True)
        assert same(alone, record)
        assert alone.log == record.log
        assert alone.first_departure == record.first_departure


@pytest.mark.parametrize(
    ("whole", "keep", "flows"), [(False, "months", False), (False, "end", False), (True, "months", True)]
)
def test_what_is_left_without_records_is_what_the_records_have(turnover, whole, keep, flows):
    """Ten settings, one changing part-way, in three futures; practice alone, or everything with who moved whom."""
    changed = turnover.with_({"events.push": {"kind": "change", "month": 20, "set": {"leadership.delegation": 0.9}}})
    usual = calendar(turnover)
    cuts = [usual, calendar(changed), *(usual.removing(30 + seat, [seat], Removal.EMPTIED) for seat in range(8))]
    places = [Environment(1).of(turnover, future) for future in range(3)]
    seen = np.zeros((len(cuts), len(places)))
    for first, future, left in engine.side_by_side(cuts, places, turnover.months, whole=whole, keep=keep, flows=flows):
        assert left.rows.shape[0] == (len(MONTHLY) if whole else 1)
        left = left._replace(**{name: array.copy() for name, array in left._asdict().items()})
        for lane, cut in enumerate(cuts[first : first + left.rows.shape[-1]]):
            seen[first + lane, future] += 1
            alone = engine.run(turnover, future=future, calendar=cut, keep=keep, flows=flows)
            assert np.array_equal(left.rows[..., lane], alone.table[: len(left.rows)], equal_nan=True)
            assert np.array_equal(left.people[..., lane], alone.states) or keep == "months"
            departed = np.flatnonzero(left.departed[:, lane])
            assert (int(departed[0]) - 1 if len(departed) else None) == alone.first_departure
            if flows:
                assert np.array_equal(left.flows[..., lane], alone.flows.by_month)
                assert np.array_equal(left.given[..., lane], alone.flows.given)
    assert (seen == 1).all()


def test_settings_that_never_differ_may_stand_side_by_side_too(turnover):
    """Nine of the same, and somebody taken out after the last month: each what one is alone."""
    usual = calendar(turnover)
    cuts = [*[usual] * 9, usual.removing(turnover.months, [3], Removal.EMPTIED)]
    alone = engine.run(turnover)
    for record in Environment(1).together([(turnover, cut) for cut in cuts], 0):
        assert same(alone, record)


def test_what_is_kept_of_the_end_is_the_last_row_of_everything(turnover):
    """On the engine and on the Mesa model; other rows are not there to be read by mistake."""
    everything = engine.run(turnover, keep="people")
    for end in (engine.run(turnover, keep="end"), OrganisationModel(turnover, keep="end").run()):
        assert np.array_equal(end.states, everything.states[:, -1:])
        assert np.array_equal(end.live, everything.live[-1:])
        assert end.row_kept(turnover.months) == 0
        assert end.row_kept(36) is None


def test_memory_that_is_full_makes_room_and_changes_nothing(turnover, monkeypatch):
    """What stays in the engine's memory from one future to the next is let go of when there is too much of it."""
    usual = [engine.run(turnover, future=future, flows=True) for future in range(3)]
    monkeypatch.setattr(machine, "_MOST_STAYING", 1000)
    for record in usual:
        assert same(record, engine.run(turnover, future=record.future, flows=True))


def test_lanes_may_change_at_different_times_and_end_at_different_months(turnover):
    """Parameters that change part-way in one lane, a longer run in another, somebody taken out in a third."""
    changed = turnover.with_({"events.push": {"kind": "change", "month": 20, "set": {"leadership.delegation": 0.9}}})
    longer, plain = turnover.with_({"months": 170}), turnover
    chosen = [(plain, calendar(plain)), (changed, calendar(changed)), (longer, calendar(longer))]
    chosen.append((plain, calendar(plain).removing(40, [0], Removal.EMPTIED)))
    for (setting, when), record in zip(chosen, Environment(1).together(chosen, 0, flows=True), strict=True):
        assert record.table.shape[1] == setting.months + 1
        assert same(engine.run(setting, flows=True, calendar=when), record)


# -- The module -------------------------------------------------------------------------------------------------------


def test_the_module_is_made_from_the_sources_as_they_are():
    """Who changes a rule makes it anew; what is installed holds no other."""
    noted = machine.made_from(machine.MODULE.read_bytes())["files"]
    assert {"model/rules.py", "model/months.py", "base/streams.py"} <= set(noted)
    assert machine.is_made_from(noted, PACKAGE), f"make the engine anew:  {machine.COMMAND}"


def test_what_is_translated_is_what_the_module_was_made_from():
    """No function that it comes to stands in a file that it does not note, and the translation is today's."""
    c, files = build.translated()
    noted = {"files": files, "c": machine.text_print(c)}
    assert noted == machine.made_from(machine.MODULE.read_bytes()), f"make the engine anew:  {machine.COMMAND}"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("model/rules.py", "return (1.0 - rate) * practice + rate * done", "return rate * done"),
        ("model/removal.py", "FOR_EVER = 1 << 60", "FOR_EVER = 1 << 50"),
        ("base/streams.py", "_ROUNDS = 10", "_ROUNDS = 9"),
        ("scenario/roles.py", "    PRACTITIONER = 4\n", "    PRACTITIONER = 40\n"),
        (
            "model/state.py",
            "    practice: Floats\n    leadership: Floats\n",
            "    leadership: Floats\n    practice: Floats\n",
        ),
        ("scenario/parameters.py", "    director_reach: float", "    reach: float = 0.5\n    director_reach: float"),
    ],
)
def test_a_module_that_the_sources_have_moved_on_from_is_refused(tmp_path, file, old, new):
    """A rule, a constant, a number of a role, the order of what is laid out."""
    noted = machine.made_from(machine.MODULE.read_bytes())["files"]
    for name in noted:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, tmp_path / name)
    assert machine.is_made_from(noted, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    assert not machine.is_made_from(noted, tmp_path)


def test_other_words_in_a_comment_need_no_other_module(tmp_path):
    """What the code does is what counts, not what is said about it."""
    text = (PACKAGE / "model" / "rules.py").read_text(encoding="utf-8")
    said = text.replace('"""x, held between 0 and 1."""', '"""x, held in [0, 1]."""  # or so')
    assert said != text
    assert machine.prints(said)[0] != machine.prints(text)[0]
    assert machine.prints(said)[1] == machine.prints(text)[1]


def test_where_the_module_is_refused_the_model_runs_as_plain_python(small, monkeypatch):
    """The same numbers, slowly; and whoever changed a rule is told the command."""
    usual = engine.run(small, keep="everything", flows=True)
    monkeypatch.setattr(machine, "is_stale", lambda: True)
    monkeypatch.delattr(machine._here, "machine", raising=False)
    with pytest.warns(UserWarning, match=r"compiler/build\.py"):
        plain = engine.run(small, keep="everything", flows=True)
    assert same(plain, usual)


def test_threads_that_come_first_at_once_share_one_module():
    """In a fresh process: eight of them behind a barrier, and whoever comes after."""
    code = (
        "from threading import Barrier, Thread\nfrom sim.base.machine import Machine, machine\n"
        "gate, made = Barrier(8), []\n"
        "def come():\n    gate.wait()\n    made.append(machine())\n"
        "some = [Thread(target=come) for _ in range(8)]\n"
        "for one in some: one.start()\nfor one in some: one.join()\nMachine()\nprint(len(made))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert (done.stdout.strip(), done.stderr) == ("8", "")


def nested(a, b, y):
    for i in range(len(y)):
        if a[i] > 0.0:
            if b[i] > 0.0:
                continue
            y[i] = 1.0
        y[i] = 2.0


def carried(a, x):
    total = 0.0
    for i in range(len(a)):
        if a[i] > 0.0:
            x = x + 1.0
            total += x
    return total


def listed(a):
    return sum([1.0 for _ in range(len(a))])


def backwards(a):
    for i in range(3, 0, -1):
        a[i] = 1.0


def test_lanes_that_have_gone_on_are_left_alone():
    """After a ``continue`` further in, what follows is written for the others only; so is what is carried along."""
    array = translate.Array("f", True, 1)
    unit = translate.Unit(__name__)
    unit.function(nested, (array, array, array), False)
    last = [line for line in unit.text.splitlines() if "keep_f" in line][-1]
    assert "choose_f(m" in last
    unit = translate.Unit(__name__)
    unit.function(carried, (array, translate.Number("f", True)), False)
    assert "x = choose_f(m" in unit.text


def alike(a, i):
    return 2.0 * a[i]


def kept(a, i):
    a[i] = 2.0
    return a[i]


def asked_alike(x, a):
    for i in range(len(x)):
        if x[i] > 0.0:
            x[i] = alike(a, i)


def asked_kept(x, a):
    for i in range(len(x)):
        if x[i] > 0.0:
            x[i] = kept(a, i)


def test_what_is_the_same_in_all_lanes_is_worked_out_once_whichever_of_them_ask():
    """Unless something is kept in doing so, which the others did not ask for: that is refused."""
    rows, one = translate.Array("f", True, 1), translate.Array("f", False, 1)
    unit = translate.Unit(__name__)
    unit.function(asked_alike, (rows, one), False)
    assert "alike(array_f64 a, i64 i)" in unit.text
    with pytest.raises(translate.NotUnderstood, match="cannot be kept in what does not"):
        translate.Unit(__name__).function(asked_kept, (rows, one), False)


@pytest.mark.parametrize(("function", "why"), [(listed, "sum"), (backwards, "goes up")])
def test_what_cannot_be_translated_is_refused_with_its_line(function, why):
    """And not left to be wrong."""
    with pytest.raises(translate.NotUnderstood, match=rf"line \d+: .*{why}"):
        translate.Unit(__name__).function(function, (translate.Array("f", True, 1),), False)


# -- Golden numbers ---------------------------------------------------------------------------------------------------


def test_a_dozen_futures_are_the_same_on_every_platform():
    """Future 4, seed 1. After a change that is meant:  python -m uv run --group dev python tests/golden.py"""
    with golden.FILE.open(encoding="utf-8", newline="") as file:
        assert golden.rows() == list(csv.DictReader(file))
