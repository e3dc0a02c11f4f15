"""From the model's own functions to C, for several settings (lanes) of a future side by side.

The functions of ``sim.model`` are written for one setting, in plain loops over arrays. Here they become C in which
every number that may differ between settings is a row of ``W`` numbers, one a lane, and all else stays one number.
Where a condition differs between lanes, both branches run, each for its own lanes: what a lane computes, and in which
order, is what the Python says. Nothing is reordered, so a lane has the bits that its setting has alone.

What is understood is what the model needs: numbers, arrays of them, named tuples of both; arithmetic, comparisons,
``if``, ``for`` over a range or an array, ``while``; calls of functions of ours. Whatever else is met is refused, with
the line it stands in. What differs between lanes is found out, not declared: it starts with the arguments that do.

``compiler/build.py`` says what is translated and compiles it; nothing in ``sim`` imports this. It knows Python and C,
and nothing of the model: its equations stand in ``sim/model/rules.py``, its month in ``sim/model/months.py``.
"""

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

FLOAT, INT, BOOL, WORD = "f", "i", "b", "u"
"""Kinds of number: double, signed and unsigned integers of 64 bits, yes or no."""

ONE = {FLOAT: "f64", INT: "i64", BOOL: "i64", WORD: "u64"}
ROW = {FLOAT: "vf", INT: "vi", BOOL: "vi"}
KEPT = {FLOAT: "f64", INT: "i64", BOOL: "u8", WORD: "u64"}
RESERVED = {"auto", "break", "case", "char", "const", "default", "do", "double", "float", "int", "long", "register"}


@dataclass(frozen=True)
class Number:
    """One number, or one for each lane."""

    kind: str
    lanes: bool = False

    @property
    def c(self) -> str:
        """Its type in C."""
        return ROW[self.kind] if self.lanes else ONE[self.kind]

    @property
    def stored(self) -> str:
        """The type in C of what is kept of each lane."""
        return ONE[self.kind]


@dataclass(frozen=True)
class Array:
    """An array of numbers: those of lanes stand side by side, yes and no as all ones and zeros."""

    kind: str
    lanes: bool
    rank: int

    @property
    def stored(self) -> str:
        """The type in C of what is kept."""
        return "i64" if self.lanes and self.kind == BOOL else KEPT[self.kind]

    @property
    def c(self) -> str:
        """Its type in C."""
        return f"array_{self.stored}"


@dataclass(frozen=True)
class Record:
    """A named tuple."""

    name: str
    fields: tuple[tuple[str, "Type"], ...]
    lanes: bool

    @property
    def c(self) -> str:
        """Its type in C."""
        return f"struct {self.name}{'_lanes' if self.lanes else ''}"


Type = Number | Array | Record
NOTHING = Number("")


def type_of(value: Any, lanes: bool) -> Type:
    """The type of a value in Python, given whether its numbers may differ between lanes."""
    if isinstance(value, bool | np.bool_):
        return Number(BOOL, lanes)
    if isinstance(value, int | np.integer):
        return Number(INT, lanes)
    if isinstance(value, float):
        return Number(FLOAT, lanes)
    if isinstance(value, np.ndarray):
        return Array({"f": FLOAT, "i": INT, "b": BOOL, "u": WORD}[value.dtype.kind], lanes, value.ndim)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = zip(value._fields, value, strict=True)
        return Record(type(value).__name__, tuple((name, type_of(one, lanes)) for name, one in fields), lanes)
    if isinstance(value, tuple):
        return Array(FLOAT, lanes, 1)
    raise TypeError(f"nothing here stands for {type(value).__name__}")


@dataclass(frozen=True)
class Value:
    """An expression in C and its type; ``sizes`` are an array's, ``known`` is what Python knows of it already."""

    type: Type
    c: str
    sizes: tuple[str, ...] = ()
    known: Any = None


class NotUnderstood(Exception):
    """Something in a function of the model that the translation has no C for."""


class Retry(Exception):
    """More was found to differ between lanes than had been thought: once more."""


class Unit:
    """The C of every function reached from some entry points."""

    def __init__(self, ours: str) -> None:
        self.ours = ours
        self.structs: dict[str, str] = {}
        self.done: dict[tuple[Any, ...], tuple[str, Type]] = {}
        self.bodies: list[str] = []
        self.reached: dict[str, FunctionType] = {}
        self._numbers: dict[str, int] = {}
        self._under_way: set[tuple[Any, ...]] = set()

    def function(self, function: FunctionType, types: tuple[Type, ...], masked: bool) -> tuple[str, Type]:
        """The name in C of a function for arguments of some types, and what it gives back."""
        key = (function, types, masked)
        if key in self._under_way:
            raise NotUnderstood(f"{function.__module__}: {function.__qualname__} calls itself")
        if key not in self.done:
            self._under_way.add(key)
            base = f"{function.__module__.rpartition('.')[2]}_{function.__name__}".replace("__", "_")
            self._numbers[base] = number = self._numbers.get(base, 0) + 1
            name = base if number == 1 else f"{base}_{number}"
            self.reached[f"{function.__module__}.{function.__qualname__}"] = function
            body = Body(self, function, types, masked)
            text, back = body.translated(name)
            self.done[key] = name, back
            self._under_way.remove(key)
            self.bodies.append(text)
        return self.done[key]

    def c(self, kind: Type) -> str:
        """A type in C; a record is declared."""
        if isinstance(kind, Record) and kind.c not in self.structs:
            lines = "".join(f"  {self.c(inner)} {name};\n" for name, inner in kind.fields)
            self.structs[kind.c] = f"{kind.c} {{\n{lines}}};\n"
        return kind.c

    def entry(self, name: str, function: FunctionType, types: dict[str, Type]) -> str:
        """A function that reads its arguments from a table of 8-byte slots, as ``sim.base.machine.lay`` lays them."""
        called, _ = self.function(function, tuple(types.values()), masked=False)
        lines = [f"ENTRY({name}) {{", "  i64 *t = TABLE;", "  heap = (char *)(size_t)*t++;"]
        for one, kind in types.items():
            lines.append(f"  {self.c(kind)} {one};")
            lines += [f"  {line}" for line in _read(one, kind)]
        args = [f"&{one}" if isinstance(kind, Record) else one for one, kind in types.items()]
        lines += [f"  {called}({', '.join(args)});", "}"]
        if not any(kind.lanes for kind in types.values()):  # the same however many lanes: once is enough
            lines = ["#if W == 1", *lines, "#endif"]
        return "\n".join([*lines, ""])

    @property
    def text(self) -> str:
        """Everything translated so far."""
        return "\n".join([*self.structs.values(), *self.bodies])


def _read(place: str, kind: Type) -> Iterable[str]:
    if isinstance(kind, Record):
        for name, inner in kind.fields:
            yield from _read(f"{place}.{name}", inner)
    elif isinstance(kind, Array):
        yield f"{place}.p = ({kind.stored} *)(size_t)*t++;"
        for axis in range(kind.rank):
            yield f"{place}.n{axis} = *t++;"
    elif kind.lanes:
        yield f"{place} = near_{kind.kind}(({kind.stored} *)(size_t)*t++);"
    elif kind.kind == FLOAT:
        yield f"{place} = *(f64 *)t++;"
    else:
        yield f"{place} = *t++;"


@dataclass
class Body:
    """One function for arguments of some types. Translated again and again until what differs is known."""

    unit: Unit
    function: FunctionType
    types: tuple[Type, ...]
    masked: bool
    locals: dict[str, Type] = field(default_factory=dict)
    homes: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    back: Type = NOTHING
    leaves: bool = False
    """Whether some lanes return before others."""

    def translated(self, name: str) -> tuple[str, Type]:
        """Its C and what it gives back."""
        source = textwrap.dedent(inspect.getsource(self.function))
        tree = ast.parse(source).body[0]
        assert isinstance(tree, ast.FunctionDef)
        self.first_line = self.function.__code__.co_firstlineno
        self.names = [arg.arg for arg in tree.args.args]
        for _ in range(30):
            before = dict(self.locals), dict(self.homes), self.back, self.leaves
            self._begin()
            try:
                self._block(tree.body)
            except Retry:
                continue
            self.homes = {one: _common(paths) for one, paths in self.seen.items()}
            if before == (self.locals, self.homes, self.back, self.leaves):
                return self._text(name), self.back
        raise NotUnderstood(f"{self.function.__qualname__}: what differs between lanes cannot be settled")

    def _begin(self) -> None:
        self.lines: list[str] = []
        self.seen: dict[str, list[tuple[Any, ...]]] = {}
        self.fields: dict[str, tuple[str, str]] = {}
        self.region: tuple[Any, ...] = ()
        self.mask: str | None = "mask" if self.masked else None
        self.depth = 1
        self.masks = 0
        self.loops: list[str] = []
        self.killed = False
        self.allocates = False
        self.spent: set[str] = set()

    def _text(self, name: str) -> str:
        params = []
        for one, kind in zip(self.names, self.types, strict=True):
            c = self.unit.c(kind)
            given = f"{_c(one)}{'_given' if self.locals.get(one, kind) != kind else ''}"
            params.append(f"const {c} *{given}" if isinstance(kind, Record) else f"{c} {given}")
        if self.masked:
            params.append("vi mask")
        back = "void" if self.back == NOTHING else self.unit.c(self.back)
        lines = [f"static {back} {name}({', '.join(params) or 'void'}) {{"]
        lines += [f"  {c} const {one} = {code};" for code, (one, c) in self.fields.items()]
        for one, kind in self.locals.items():
            first = "{0}" if not isinstance(kind, Number) or kind.lanes else "0"
            if one in self.names:
                given = self.types[self.names.index(one)]
                if kind == given:
                    continue
                if not isinstance(kind, Number):
                    raise NotUnderstood(f"{self.function.__qualname__}: {one} becomes another kind of thing")
                first = self._as(Value(given, f"{_c(one)}_given"), kind)
            lines.append(f"  {self.unit.c(kind)} {_c(one)} = {first};")
        if self.leaves:
            lines.append("  vi left = {0};")
            if self.back != NOTHING:
                lines.append(f"  {back} answer = {{0}};")
        if self._restores:
            lines.append("  char *const before_this = heap;")
        lines += self.lines
        if self._restores:
            lines.append("  heap = before_this;")
        if self.leaves and self.back != NOTHING:
            lines.append("  return answer;")
        return "\n".join([*lines, "}\n"])

    @property
    def _restores(self) -> bool:
        return self.allocates and isinstance(self.back, Number)

    # -- statements ---------------------------------------------------------------------------------------------------

    def _block(self, statements: list[ast.stmt]) -> None:
        region, mask, killed = self.region, self.mask, False
        for statement in statements:
            self.killed = False
            getattr(self, f"_{type(statement).__name__.lower()}", self._refuse)(statement)
            if self.killed and not isinstance(statement, ast.Return | ast.Continue):
                # Some lanes are done with this: the rest goes on without them.
                gone = [*(["left"] if self.leaves else []), *self.loops[-1:]]
                self.mask = self._new_mask(" & ".join([self.mask or "ALL", *(f"~{one}" for one in gone)]))
                self.region = (*self.region, statement.lineno, "after")
            killed = killed or self.killed
        self.region, self.mask, self.killed = region, mask, killed

    def _refuse(self, node: ast.AST, why: str = "") -> Any:
        line = self.first_line + getattr(node, "lineno", 1) - 1
        said = ast.unparse(node).partition("\n")[0].rstrip(":")
        why = why or "this has no counterpart; docs/add-a-mechanism.md says what has"
        raise NotUnderstood(f"{self.function.__module__}, line {line}: {said}: {why}")

    def _emit(self, line: str) -> None:
        self.lines.append("  " * self.depth + line)

    def _new_mask(self, code: str) -> str:
        self.masks += 1
        self._emit(f"vi m{self.masks} = {code};")
        return f"m{self.masks}"

    def _expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self._emit(f"{self._value(node.value).c};")

    def _pass(self, node: ast.Pass) -> None:
        pass

    def _assign(self, node: ast.Assign) -> None:
        if isinstance(node.targets[0], ast.Tuple):
            if not isinstance(node.value, ast.Tuple):
                self._refuse(node)
            into = node.targets[0].elts
            values = [self._value(one) for one in node.value.elts]  # type: ignore[attr-defined]
            reads = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
            if any(isinstance(one, ast.Name) and one.id in reads for one in into) or not all(
                isinstance(one, ast.Name) for one in into
            ):
                values = [self._temporary(value) for value in values]
            for one, value in zip(into, values, strict=True):
                self._put(one, value)
            return
        value = self._value(node.value)
        if len(node.targets) > 1:
            value = self._temporary(value)
        for one in node.targets[::-1]:
            self._put(one, value)

    def _temporary(self, value: Value) -> Value:
        if value.known is not None or not isinstance(value.type, Number):
            return value
        self.masks += 1
        self._emit(f"{value.type.c} x{self.masks} = {value.c};")
        return Value(value.type, f"x{self.masks}")

    def _annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._put(node.target, self._value(node.value))

    def _augassign(self, node: ast.AugAssign) -> None:
        target = node.target
        if isinstance(target, ast.Subscript) and not isinstance(
            target.slice, ast.Constant | ast.Name | ast.Tuple | ast.Subscript
        ):
            self._refuse(node, "an index that is worked out twice")
        held = ast.parse(ast.unparse(target), mode="eval").body
        self._put(target, self._binary(self._value(held), node.op, self._value(node.value), node))

    def _put(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self._name_it(target.id, value)
        elif isinstance(target, ast.Subscript):
            self._store(target, value)
        else:
            self._refuse(target)

    def _name_it(self, name: str, value: Value) -> None:
        self.spent.discard(name)
        self.seen.setdefault(name, [()] if name in self.names else []).append(self.region)
        home = self.homes.get(name, self.region)
        kind, before = value.type, self.locals.get(name)
        if before is None and name in self.names:
            before = self.types[self.names.index(name)]
        apart = self.mask is not None and self.region != home
        if isinstance(kind, Number):
            if isinstance(before, Number):
                kind = Number(_wider(before.kind, kind.kind), kind.lanes or before.lanes)
            kind = Number(kind.kind, kind.lanes or apart)
        if kind != before or name not in self.locals:
            self.locals[name] = kind
            if before is not None and kind != before:
                raise Retry
        if not isinstance(kind, Number):
            self._emit(f"{_c(name)} = {self._whole(value)};")
        elif apart:
            self._emit(f"{_c(name)} = {_choose(kind, str(self.mask), self._as(value, kind), _c(name))};")
        else:
            self._emit(f"{_c(name)} = {self._as(value, kind)};")

    def _whole(self, value: Value) -> str:
        """An array or a record as a value in C."""
        if isinstance(value.type, Array):
            return f"({value.type.c}){{{', '.join([value.c, *value.sizes])}}}"
        return value.c

    def _store(self, target: ast.Subscript, value: Value) -> None:
        array = self._value(target.value)
        if not isinstance(array.type, Array):
            self._refuse(target)
        at = self._at(array, target)
        element = Number(array.type.kind, array.type.lanes)  # type: ignore[union-attr]
        given = value.type
        if not isinstance(given, Number) or (given.lanes and not element.lanes) or (self.mask and not element.lanes):
            self._refuse(target, "what differs between lanes cannot be kept in what does not")
        code = self._as(value, element)
        if at.type.lanes:  # type: ignore[union-attr]
            self._emit(f"scatter_{element.kind}({array.c}, {at.c}, {code}, {self.mask or 'ALL'});")
        elif not element.lanes:
            self._emit(f"{array.c}[{at.c}] = {code};")
        else:
            place = f"{array.c} + ({at.c}) * W"
            kept = _choose(element, self.mask, code, f"near_{element.kind}({place})") if self.mask else code
            self._emit(f"keep_{element.kind}({place}, {kept});")

    def _at(self, array: Value, node: ast.Subscript) -> Value:
        """The place of an element in an array whose indices are all given."""
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(indices) != array.type.rank:  # type: ignore[union-attr]
            self._refuse(node, "an element has as many indices as its array has axes")
        return self._offset(array, [self._value(one) for one in indices], node)

    def _offset(self, array: Value, indices: list[Value], node: ast.AST) -> Value:
        for one in indices:
            if not isinstance(one.type, Number) or one.type.kind not in (INT, BOOL):
                self._refuse(node, "an index is an integer")
        code, lanes = "", False
        for axis, one in enumerate(indices):
            whole = self._as(one, Number(INT, one.type.lanes))  # type: ignore[union-attr]
            code = whole if not axis else f"({code}) * {array.sizes[axis]} + {whole}"
            lanes = lanes or one.type.lanes  # type: ignore[union-attr]
        return Value(Number(INT, lanes), code)

    def _if(self, node: ast.If) -> None:
        test = self._truth(node.test)
        if test.known is not None:
            self._block(node.body if test.known else node.orelse)
            return
        if not test.type.lanes:  # type: ignore[union-attr]
            killed = False
            self._emit(f"if ({test.c}) {{")
            for branch, more in ((node.body, node.orelse), (node.orelse, [])):
                self.depth += 1
                self._block(branch)
                killed = killed or self.killed
                self.depth -= 1
                self._emit("} else {" if more else "}")
                if not node.orelse:
                    break
            self.killed = killed
            return
        outer, region, killed = self.mask, self.region, False
        yes = self._new_mask(test.c)
        for place, (code, branch) in enumerate(((yes, node.body), (f"~{yes}", node.orelse))):
            if not branch:
                continue
            self.region = (*region, node.lineno, place)
            self.mask = outer
            self.mask = self._new_mask(f"{outer} & {code}" if outer else code)
            # A few plain sums are done sooner than it is asked whether any lane wants them.
            asks = any(isinstance(one, ast.Call | ast.For | ast.While) for part in branch for one in ast.walk(part))
            self._emit(f"if (any({self.mask})) {{" if asks else "{")
            self.depth += 1
            self._block(branch)
            self.depth -= 1
            self._emit("}")
            killed = killed or self.killed
        self.mask, self.region, self.killed = outer, region, killed

    def _for(self, node: ast.For) -> None:
        if node.orelse or not isinstance(node.target, ast.Name):
            self._refuse(node)
        name = node.target.id  # type: ignore[union-attr]
        self._counted(node, name)
        self.spent.add(name)

    def _counted(self, node: ast.For, name: str) -> None:
        over = node.iter
        if isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "range":
            ends = [self._value(one) for one in over.args]
            start, stop = (Value(Number(INT), "0"), ends[0]) if len(ends) == 1 else (ends[0], ends[1])
            step = ends[2].known if len(ends) > 2 else 1
            if start.type != Number(INT) or stop.type != Number(INT) or not isinstance(step, int) or step < 1:
                self._refuse(node, "a range is the same for all lanes, and goes up")
            self.seen.setdefault(name, []).append(self.region)
            if self.locals.setdefault(name, Number(INT)).lanes:  # type: ignore[union-attr]
                self._refuse(node, "an index is the same for all lanes")
            one = _c(name)
            self._emit(f"for ({one} = {start.c}; {one} < {stop.c}; {one} += {step}) {{")
            self._loop(node)
            self._emit("}")
            return
        array = self._value(over)
        if not isinstance(array.type, Array) or array.type.lanes or array.type.rank != 1:
            self._refuse(node, "a loop is over a range, or an array that is the same for all lanes")
        self.masks += 1
        count = f"k{self.masks}"
        self._emit(f"for (i64 {count} = 0; {count} < {array.sizes[0]}; {count}++) {{")
        self.depth += 1
        kind = Number(array.type.kind)  # type: ignore[union-attr]
        self.seen.setdefault(name, []).append(self.region)
        if self.locals.setdefault(name, kind) != kind:
            self._refuse(node)
        self._emit(f"{_c(name)} = {array.c}[{count}];")
        self.depth -= 1
        self._loop(node)
        self._emit("}")

    def _loop(self, node: ast.For | ast.While) -> None:
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            self.spent.discard(node.target.id)
        outer, region = self.mask, self.region
        self.depth += 1
        passed = f"passed{node.lineno}"
        self.loops.append(passed)
        body = self.lines
        self.lines = []
        if self.leaves and any(isinstance(one, ast.Return) for one in ast.walk(node)):
            self.mask = self._new_mask(f"{outer or 'ALL'} & ~left")
        self._block(node.body)
        if any(passed in line for line in self.lines):
            body.append("  " * self.depth + f"vi {passed} = {{0}};")
        self.lines = body + self.lines
        self.loops.pop()
        self.depth -= 1
        self.mask, self.region = outer, region
        self.killed = self.leaves and any(isinstance(one, ast.Return) for one in ast.walk(node))

    def _while(self, node: ast.While) -> None:
        self._emit("for (;;) {")
        outer, region = self.mask, self.region
        self.depth += 1
        test = self._truth(node.test)
        if test.type.lanes:  # type: ignore[union-attr]
            self.mask = self._new_mask(f"{outer or 'ALL'} & {test.c}")
            self.region = (*region, node.lineno, "while")
            self._emit(f"if (!any({self.mask})) break;")
        else:
            self._emit(f"if (!({test.c})) break;")
        self.depth -= 1
        if any(isinstance(one, ast.Return | ast.Continue | ast.Break) for one in ast.walk(node)):
            self._refuse(node, "no way out of a while but its end")
        self._loop(node)
        self.mask, self.region = outer, region
        self._emit("}")

    def _continue(self, node: ast.Continue) -> None:
        if self.mask is None or (self.masked and self.mask == "mask"):
            self._emit("continue;")
            return
        self._emit(f"{self.loops[-1]} |= {self.mask};")
        self.killed = True

    def _return(self, node: ast.Return) -> None:
        value = self._value(node.value) if node.value is not None else None
        kind = value.type if value is not None else NOTHING
        if isinstance(kind, Number) and kind != NOTHING:
            before = self.back
            lanes = kind.lanes or self.mask is not None
            if isinstance(before, Number) and before != NOTHING:
                kind = Number(_wider(before.kind, kind.kind), lanes or before.lanes)
            else:
                kind = Number(kind.kind, lanes)
        if kind != self.back:
            again = self.back != NOTHING
            self.back = kind
            if again:
                raise Retry
        code = "" if value is None else self._whole(value) if not isinstance(kind, Number) else self._as(value, kind)
        if self.mask is None or (self.masked and self.mask == "mask" and not self.leaves):
            if self._restores:
                self._emit(f"{kind.c} given_back = {code};" if code else "")
                self._emit("heap = before_this;")
                code = "given_back" if code else ""
            self._emit(f"return {code};".replace(" ;", ";"))
            return
        if not self.leaves:
            self.leaves = True
            raise Retry
        if code:
            self._emit(f"answer = {_choose(kind, str(self.mask), code, 'answer')};")
        self._emit(f"left |= {self.mask};")
        self.killed = True

    # -- expressions --------------------------------------------------------------------------------------------------

    def _value(self, node: ast.expr) -> Value:
        known = self._known(node)
        if known is not None:
            return _constant(known)
        return getattr(self, f"_{type(node).__name__.lower()}_", self._refuse)(node)  # type: ignore[no-any-return]

    def _known(self, node: ast.expr) -> Any:
        """A number that Python knows: written as one, or a name or attribute of the modules."""
        found = self._global(node)
        if isinstance(node, ast.Constant):
            found = node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self._known(node.operand)
            found = None if inner is None else -inner
        if isinstance(found, Enum):
            found = int(found.value)
        return found if isinstance(found, bool | int | float | np.uint64) else None

    def _global(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            known = node.id in self.names or node.id in self.locals or node.id in self.seen
            return None if known else self.function.__globals__.get(node.id)
        if isinstance(node, ast.Attribute):
            inner = self._global(node.value)
            return getattr(inner, node.attr, None) if isinstance(inner, ModuleType | type) else None
        return None

    def _name_(self, node: ast.Name) -> Value:
        if node.id in self.spent:
            self._refuse(node, "what a loop counts is not known after it")
        # What is read before it is set was set before this: by the caller, or the last time around a loop.
        self.seen.setdefault(node.id, [()]).append(self.region)
        if node.id in self.locals:
            kind: Type = self.locals[node.id]
        elif node.id in self.names:
            kind = self.types[self.names.index(node.id)]
        else:
            self._refuse(node)
        name = _c(node.id)
        if isinstance(kind, Array):
            return self._array(kind, name)
        if isinstance(kind, Record) and node.id in self.names:
            return Value(kind, f"(*{name})")
        return Value(kind, name)

    def _array(self, kind: Array, place: str) -> Value:
        return Value(kind, f"{place}.p", tuple(f"{place}.n{axis}" for axis in range(kind.rank)))

    def _attribute_(self, node: ast.Attribute) -> Value:
        record = self._value(node.value)
        if not isinstance(record.type, Record):
            self._refuse(node)
        kind = dict(record.type.fields)[node.attr]  # type: ignore[union-attr]
        code = f"{record.c}.{node.attr}"
        if isinstance(kind, Record):
            return Value(kind, code)
        if record.c.startswith("(*"):  # nobody changes a named tuple: what is read of it is read once
            if code not in self.fields:
                self.fields[code] = f"{code.strip('(*').replace(')', '').replace('.', '_')}_", kind.c
            code = self.fields[code][0]
        return self._array(kind, code) if isinstance(kind, Array) else Value(kind, code)

    def _subscript_(self, node: ast.Subscript) -> Value:
        array = self._value(node.value)
        kind = array.type
        if not isinstance(kind, Array):
            return self._refuse(node)  # type: ignore[no-any-return]
        if isinstance(node.slice, ast.Slice):
            self._refuse(node)
        indices = [self._value(one) for one in (node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice])]
        at = self._offset(array, indices, node)
        if len(indices) < kind.rank:
            if at.type.lanes:  # type: ignore[union-attr]
                self._refuse(node, "a row of an array is the same for all lanes")
            sizes = array.sizes[len(indices) :]
            code = " * ".join([f"({at.c})", *sizes, *(["W"] if kind.lanes else [])])
            return Value(Array(kind.kind, kind.lanes, kind.rank - len(indices)), f"({array.c} + {code})", sizes)
        element = Number(kind.kind, kind.lanes or at.type.lanes)  # type: ignore[union-attr]
        if at.type.lanes:  # type: ignore[union-attr]
            how = "gather" if kind.lanes else "look_up"
            return Value(element, f"{how}_{kind.kind}({array.c}, {at.c}, {self.mask or 'ALL'})")
        if not kind.lanes:
            return Value(element, f"{array.c}[{at.c}]")
        return Value(element, f"near_{element.kind}({array.c} + ({at.c}) * W)")

    def _binop_(self, node: ast.BinOp) -> Value:
        return self._binary(self._value(node.left), node.op, self._value(node.right), node)

    def _binary(self, left: Value, op: ast.operator, right: Value, node: ast.AST) -> Value:
        one, other = left.type, right.type
        if not isinstance(one, Number) or not isinstance(other, Number):
            return self._refuse(node)  # type: ignore[no-any-return]
        lanes = one.lanes or other.lanes
        kind = _wider(_wider(one.kind, other.kind), INT)
        match op:
            case ast.Add() | ast.Sub() | ast.Mult():
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}[type(op)]
            case ast.Div():
                kind, sign = FLOAT, "/"
            case ast.BitAnd() | ast.BitOr() | ast.BitXor() if kind != FLOAT:
                sign = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}[type(op)]
                if one.kind == other.kind == BOOL:
                    kind = BOOL
            case ast.RShift() | ast.LShift() if kind in (WORD, INT) and not lanes:
                sign = ">>" if isinstance(op, ast.RShift) else "<<"
            case ast.FloorDiv() | ast.Mod() if kind == INT:
                word = f"{'floor' if isinstance(op, ast.FloorDiv) else 'rest'}_{'rows' if lanes else 'one'}"
                result = Number(INT, lanes)
                return Value(result, f"{word}({self._as(left, result)}, {self._as(right, result)})")
            case ast.Pow():
                return self._refuse(node, "rules.power multiplies a number with itself")  # type: ignore[no-any-return]
            case _:
                return self._refuse(node)  # type: ignore[no-any-return]
        result = Number(kind, lanes)
        return Value(result, f"({self._as(left, result)} {sign} {self._as(right, result)})")

    def _unaryop_(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            truth = self._truth(node.operand)
            return Value(truth.type, f"(~{truth.c})" if truth.type.lanes else f"(!{truth.c})")  # type: ignore[union-attr]
        inner = self._value(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(inner.type, Number):
            return Value(inner.type, f"(-{inner.c})")
        return self._refuse(node)  # type: ignore[no-any-return]

    def _compare_(self, node: ast.Compare) -> Value:
        parts, left = [], self._value(node.left)
        for op, other in zip(node.ops, node.comparators, strict=True):
            right = self._value(other)
            parts.append(self._compared(left, op, right, node))
            left = right
        found = parts[0]
        for one in parts[1:]:
            found = self._both(found, one, "&")
        return found

    def _compared(self, left: Value, op: ast.cmpop, right: Value, node: ast.AST) -> Value:
        signs = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
        one, other = left.type, right.type
        if type(op) not in signs or not isinstance(one, Number) or not isinstance(other, Number):
            return self._refuse(node)  # type: ignore[no-any-return]
        kind = Number(_wider(_wider(one.kind, other.kind), INT), one.lanes or other.lanes)
        code = f"({self._as(left, kind)} {signs[type(op)]} {self._as(right, kind)})"
        return Value(Number(BOOL, kind.lanes), f"((vi){code})" if kind.lanes else code)

    def _both(self, left: Value, right: Value, sign: str) -> Value:
        lanes = left.type.lanes or right.type.lanes  # type: ignore[union-attr]
        kind = Number(BOOL, lanes)
        return Value(kind, f"({self._as(left, kind)} {sign if lanes else sign * 2} {self._as(right, kind)})")

    def _boolop_(self, node: ast.BoolOp, asked: bool = False) -> Value:
        """``asked``: whether it is only asked if it is so, and not what Python gives back, which may be a number."""
        both = isinstance(node.op, ast.And)
        for one in () if asked else node.values:
            value = self._value(one)
            if value.known is None and value.type != Number(BOOL, getattr(value.type, "lanes", False)):
                self._refuse(node, "and, or are of what is so or not so, not of numbers")
        found = self._truth(node.values[0])
        outer = self.mask
        for one in node.values[1:]:
            if found.known is not None:
                found = self._truth(one) if bool(found.known) == both else found
                continue
            if not found.type.lanes:  # type: ignore[union-attr]
                right = self._truth(one)
                if right.type.lanes:  # type: ignore[union-attr]
                    other = "ZEROS" if both else "ALL"
                    code = f"({found.c} ? {right.c} : {other})" if both else f"({found.c} ? {other} : {right.c})"
                    found = Value(right.type, code)
                else:
                    found = self._both(found, right, "&" if both else "|")
                continue
            first = f"{found.c}" if both else f"~{found.c}"
            self.mask = f"({outer} & {first})" if outer else f"({first})"
            found = self._both(found, self._truth(one), "&" if both else "|")
        self.mask = outer
        return found

    def _ifexp_(self, node: ast.IfExp) -> Value:
        test = self._truth(node.test)
        if test.known is not None:
            return self._value(node.body if test.known else node.orelse)
        outer = self.mask
        lanes = test.type.lanes  # type: ignore[union-attr]
        if lanes:
            self.mask = f"({outer} & {test.c})" if outer else test.c
        yes = self._value(node.body)
        if lanes:
            self.mask = f"({outer} & ~{test.c})" if outer else f"(~{test.c})"
        no = self._value(node.orelse)
        self.mask = outer
        if not isinstance(yes.type, Number) or not isinstance(no.type, Number):
            return self._refuse(node)  # type: ignore[no-any-return]
        kind = Number(_wider(yes.type.kind, no.type.kind), lanes or yes.type.lanes or no.type.lanes)
        if lanes:
            return Value(kind, _choose(kind, test.c, self._as(yes, kind), self._as(no, kind)))
        return Value(kind, f"({test.c} ? {self._as(yes, kind)} : {self._as(no, kind)})")

    def _truth(self, node: ast.expr) -> Value:
        value = self._boolop_(node, asked=True) if isinstance(node, ast.BoolOp) else self._value(node)
        if not isinstance(value.type, Number):
            return self._refuse(node)  # type: ignore[no-any-return]
        if value.type.kind == BOOL or value.known is not None:
            return value
        if value.type.lanes:
            return Value(Number(BOOL, True), f"((vi)({value.c} != 0))")
        return Value(Number(BOOL), f"({value.c} != 0)")

    def _call_(self, node: ast.Call) -> Value:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy":
            return self._copied(self._value(node.func.value))
        called = self._global(node.func)
        if called is None and isinstance(node.func, ast.Name):
            called = getattr(__import__("builtins"), node.func.id, None)
        called = inspect.unwrap(called) if callable(called) else called
        if isinstance(called, FunctionType) and called.__module__.partition(".")[0] == self.unit.ours:
            return self._ours(called, node)
        if isinstance(called, type) and hasattr(called, "_fields"):
            return self._record(called, node)
        for known, (word, numbers) in _BUILT_IN.items():
            if called is known:
                if len(node.args) != numbers or any(one.arg != "dtype" for one in node.keywords):
                    self._refuse(node, f"{word} takes {numbers} here, and nothing else")
                return getattr(self, f"_{word}")(node)  # type: ignore[no-any-return]
        return self._refuse(node, "this function has no counterpart; of math, rules has exp and power")  # type: ignore[no-any-return]

    def _ours(self, called: FunctionType, node: ast.Call) -> Value:
        names = list(inspect.signature(called).parameters)
        given = dict(zip(names, node.args, strict=False)) | {str(one.arg): one.value for one in node.keywords}
        values = [self._value(given[name]) for name in names]
        # What is the same in all lanes may be worked out whichever of them ask, if nothing is kept in doing so.
        plain = all(isinstance(v.type, Number) or not v.type.lanes for v in values) and not _keeps(called)
        masked = self.mask is not None and not plain
        name, back = self.unit.function(called, tuple(value.type for value in values), masked)
        args = [
            f"&{v.c}" if isinstance(v.type, Record) else self._whole(v) if isinstance(v.type, Array) else v.c
            for v in values
        ]
        code = f"{name}({', '.join(args + [str(self.mask)] * masked)})"
        if isinstance(back, Array):
            self.allocates = True
            self.masks += 1
            self._emit(f"{back.c} a{self.masks} = {code};")
            return self._array(back, f"a{self.masks}")
        return Value(back, code)

    def _record(self, called: type, node: ast.Call) -> Value:
        given = {str(one.arg): self._value(one.value) for one in node.keywords}
        fields = tuple((name, given[name].type) for name in called._fields)  # type: ignore[attr-defined]
        kind = Record(called.__name__, fields, lanes=True)
        self.unit.c(kind)
        inside = ", ".join(f".{name} = {self._whole(given[name])}" for name, _ in fields)
        return Value(kind, f"(({kind.c}){{{inside}}})")

    def _made(self, kind: Array, sizes: tuple[str, ...], fill: str | None) -> Value:
        """Room for an array, filled with a number or not at all."""
        self.allocates = True
        self.masks += 1
        name, count = f"a{self.masks}", " * ".join([*(f"({one})" for one in sizes), *(["W"] if kind.lanes else [])])
        self._emit(f"{kind.c} {name} = {{room({count} * 8), {', '.join(sizes)}}};")
        if fill is not None:
            self._emit(f"for (i64 k = 0; k < {count}; k++) {name}.p[k] = {fill};")
        return self._array(kind, name)

    def _copied(self, value: Value) -> Value:
        if not isinstance(value.type, Array):
            raise NotUnderstood(f"a copy of {value.c}")
        made = self._made(value.type, value.sizes, None)
        count = " * ".join([*value.sizes, *(["W"] if value.type.lanes else [])])
        self._emit(f"for (i64 k = 0; k < {count}; k++) {made.c}[k] = {value.c}[k];")
        return made

    def _new_array(self, node: ast.Call, fill: Callable[[str], str | None]) -> Value:
        kinds: dict[Any, str] = {np.bool_: BOOL, np.int64: INT, np.uint64: WORD, np.float64: FLOAT}
        kind = next((kinds[self._global(one.value)] for one in node.keywords if one.arg == "dtype"), FLOAT)
        size = self._value(node.args[0])
        if size.type != Number(INT):
            self._refuse(node)
        return self._made(Array(kind, kind != WORD, 1), (size.c,), fill(kind))

    def _empty(self, node: ast.Call) -> Value:
        return self._new_array(node, lambda kind: None)

    def _zeros(self, node: ast.Call) -> Value:
        return self._new_array(node, lambda kind: "0")

    def _full(self, node: ast.Call) -> Value:
        value = self._value(node.args[1])
        if value.known is None:
            self._refuse(node)
        return self._new_array(node, lambda kind: value.c)

    def _len(self, node: ast.Call) -> Value:
        return Value(Number(INT), self._value(node.args[0]).sizes[0])

    def _min(self, node: ast.Call) -> Value:
        return self._least(node, "<")

    def _max(self, node: ast.Call) -> Value:
        return self._least(node, ">")

    def _least(self, node: ast.Call, sign: str) -> Value:
        left, right = (self._value(one) for one in node.args)
        one, other = left.type, right.type
        assert isinstance(one, Number)
        assert isinstance(other, Number)
        kind = Number(_wider(one.kind, other.kind), one.lanes or other.lanes)
        word = "least" if sign == "<" else "most"
        return Value(kind, f"{word}_{kind.c}({self._as(left, kind)}, {self._as(right, kind)})")

    def _abs(self, node: ast.Call) -> Value:
        value = self._value(node.args[0])
        return Value(value.type, f"size_{value.type.c}({value.c})")

    def _int(self, node: ast.Call) -> Value:
        return self._converted(node, INT)

    def _word(self, node: ast.Call) -> Value:
        return self._converted(node, WORD)

    def _converted(self, node: ast.Call, kind: str) -> Value:
        value = self._value(node.args[0])
        wanted = Number(kind, value.type.lanes)  # type: ignore[union-attr]
        return Value(wanted, self._as(value, wanted))

    def _round(self, node: ast.Call) -> Value:
        """To the nearest integer, halves to the even one."""
        value = self._value(node.args[0])
        kind = Number(INT, value.type.lanes)  # type: ignore[union-attr]
        return Value(kind, f"nearest_{kind.c}({value.c})")

    def _isnan(self, node: ast.Call) -> Value:
        value = self._value(node.args[0])
        lanes = value.type.lanes  # type: ignore[union-attr]
        code = f"({value.c} != {value.c})"
        return Value(Number(BOOL, lanes), f"((vi){code})" if lanes else code)

    def _ldexp(self, node: ast.Call) -> Value:
        number, power = (self._value(one) for one in node.args)
        lanes = number.type.lanes or power.type.lanes  # type: ignore[union-attr]
        kind, whole = Number(FLOAT, lanes), Number(INT, lanes)
        return Value(kind, f"scaled_{kind.c}({self._as(number, kind)}, {self._as(power, whole)})")

    def _as(self, value: Value, wanted: Number) -> str:
        """The code of a number as another type."""
        kind = value.type
        if not isinstance(kind, Number):
            raise NotUnderstood(f"{self.function.__qualname__}: {value.c} is no number")
        if kind == wanted:
            return value.c
        if kind.lanes and not wanted.lanes:
            raise NotUnderstood(f"{self.function.__qualname__}: {value.c} differs between lanes")
        if not kind.lanes:
            code = value.c
            if wanted.kind != kind.kind:
                code = f"(({ONE[wanted.kind]})({code}))" if wanted.kind != BOOL else f"({code} != 0)"
            if not wanted.lanes:
                return code
            return f"all_of_{wanted.kind}({code})"
        if kind.kind == BOOL and wanted.kind == INT:
            return f"(-{value.c})"
        if kind.kind == BOOL and wanted.kind == FLOAT:
            return f"(choose_f({value.c}, all_of_f(1.0), all_of_f(0.0)))"
        if wanted.kind == BOOL:
            return f"((vi)({value.c} != 0))"
        return f"__builtin_convertvector({value.c}, {wanted.c})"


def _keeps(function: FunctionType) -> bool:
    """Whether a function puts something into what it is given."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    kept = [one for one in ast.walk(tree) if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store)]
    given = set(inspect.signature(function).parameters)
    return any(word.id in given for one in kept for word in ast.walk(one.value) if isinstance(word, ast.Name))


_BUILT_IN: dict[Any, tuple[str, int]] = {
    len: ("len", 1), min: ("min", 2), max: ("max", 2), abs: ("abs", 1), int: ("int", 1),
    round: ("round", 1), math.isnan: ("isnan", 1), math.ldexp: ("ldexp", 2), np.uint64: ("word", 1),
    np.empty: ("empty", 1), np.zeros: ("zeros", 1), np.full: ("full", 2),
}  # fmt: skip


def _constant(value: Any) -> Value:
    if isinstance(value, np.uint64):
        return Value(Number(WORD), f"{int(value)}ull", known=value)
    if isinstance(value, bool):
        return Value(Number(BOOL), str(int(value)), known=value)
    if isinstance(value, int):
        return Value(Number(INT), f"{value}ll" if value >= 0 else f"({value}ll)", known=value)
    if math.isnan(value):
        return Value(Number(FLOAT), "NAN", known=value)
    return Value(Number(FLOAT), value.hex() if value >= 0 else f"({value.hex()})", known=value)


def _choose(kind: Type, mask: str, yes: str, no: str) -> str:
    assert isinstance(kind, Number)
    return f"choose_{kind.kind}({mask}, {yes}, {no})"


def _wider(one: str, other: str) -> str:
    for kind in (FLOAT, WORD, INT):
        if kind in (one, other):
            return kind
    return BOOL


def _common(paths: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """What all paths begin with."""
    found = paths[0]
    for path in paths[1:]:
        size = 0
        while size < min(len(found), len(path)) and found[size] == path[size]:
            size += 1
        found = found[:size]
    return found


def _c(name: str) -> str:
    return f"{name}_" if name in RESERVED else name
