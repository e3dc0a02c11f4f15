"""The tables of the documents that are generated from the code; the tests hold them to it.

Renew them with::

    python docs/reference.py

This writes only between a page's markers, ``<!-- generated: NAME -->`` and ``<!-- end generated -->``; the names are
the keys of ``GENERATED``. The words are what keys, events, ranges, commands and packages say of themselves: to mend a
sentence, mend it there.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from sim.scenario.fields import fields

MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end generated -->)", flags=re.S)


def parameter_tables() -> Iterator[str]:
    """Lines of Markdown: for every table of a scenario file, its keys with all that is known of them."""
    for table, rows in _tables().items():
        yield from _head(table, "key symbol meaning unit range default provenance source", level=4)
        for key, name, field in rows:
            symbol, unit, provenance, source = (_extra(field).get(each) for each in RECORDED)
            span, default = _range(field), _default(field, key)
            yield _row(f"`{name}`", symbol, field.description, unit, span, default, provenance, source)


def scenario_keys() -> Iterator[str]:
    """Lines of Markdown: every key of a scenario file, what it takes, and how far a parameter might plausibly go."""
    from sim.analysis.ranges import every_range
    from sim.scenario.scenario import Layer, Person, Scenario

    plausible = {each.key: each for each in every_range() if each.kind == "world"}
    words = [(key, key, Scenario.model_fields[key]) for key in ("format", "title", "question", "labels")]
    named = {
        table: [(key, key, field) for key, field in model.model_fields.items()]
        for table, model in (('seats."middle_manager 3"', Person), ("organisation.layers.NAME", Layer))
    }
    tables = _tables()
    top = {"": words + tables.pop("")}
    for table, rows in (top | tables | named).items():
        yield from _head(table, "key meaning unit takes default plausible", level=3)
        for key, name, field in rows:
            known = plausible.get(key)
            within = f"{known.low:g} to {known.high:g}" if known else ""
            default = "needed" if field.is_required() else _default(field, key)
            yield _row(f"`{name}`", field.description, _extra(field).get("unit"), _takes(field), default, within)


def monthly() -> Iterator[str]:
    """Lines of Markdown: what a run keeps of every month."""
    from sim.model.record import MONTHLY

    yield from ("", *_columns("column meaning"), *(_row(f"`{name}`", meaning) for name, meaning in MONTHLY.items()))


def library() -> Iterator[str]:
    """Lines of Markdown: every scenario of the library, with its question."""
    from sim.scenario.scenario import library_names, load

    yield from ("", *_columns("scenario question"))
    for name in library_names():
        yield _row(f"`{name}`", load(name).question)


def outcomes() -> Iterator[str]:
    """Lines of Markdown: the seven outcomes as the code defines them."""
    from sim.analysis.outcomes import OUTCOMES

    yield from ("", *_columns("slug outcome definition unit range reads weakness"))
    for slug, it in OUTCOMES.items():
        yield _row(f"`{slug}`", it.title, it.definition, it.unit, f"{it.low:g} to {it.high:g}", it.reads, it.weakness)


def catalogue() -> Iterator[str]:
    """Lines of Markdown: the interventions, each with its range and where that comes from."""
    from sim.analysis.interventions.intervention import CATALOGUE

    yield from ("", *_columns("slug intervention keys range provenance source"))
    for it in CATALOGUE:
        keys = ", ".join(f"`{key}`" for key in it.keys)
        ends = "off to on" if it.switch else f"{it.worst:g} to {it.best:g}"
        yield _row(f"`{it.slug}`", it.title, keys, ends, it.provenance, it.source)


def events() -> Iterator[str]:
    """Lines of Markdown: the kinds of event, and the keys of each."""
    from sim.scenario.events import KINDS_OF_EVENT

    for kind, event in KINDS_OF_EVENT.items():
        about = str(event.__doc__).replace("``", "`")
        yield from ("", f"### `{kind}`", "", about, "", *_columns("key meaning takes default"))
        for name, field in event.model_fields.items():
            if name != "kind":
                default = "needed" if field.is_required() else _default(field, "")
                yield _row(f"`{name}`", field.description, _takes(field), default)


def command_line() -> Iterator[str]:
    """Lines of Markdown: every command with its arguments and options."""
    from typer.main import get_command

    from sim.interface.cli import app

    group: Any = get_command(app)
    for name, command in sorted(group.commands.items()):
        yield from ("", f"## `leadership-sim {name}`", "", " ".join(command.help.split()), "")
        arguments = [param for param in command.params if param.param_type_name == "argument"]
        options = [param for param in command.params if param not in arguments and param.name != "help"]
        usage = [str(a.name).upper() if a.required else f"[{str(a.name).upper()}]" for a in arguments]
        yield from (f"Usage: `leadership-sim {' '.join([name, *usage, '[OPTIONS]' if options else '']).strip()}`", "")
        if command.params:
            yield from _columns("what meaning default")
        for param in [*arguments, *options]:
            words = ", ".join(f"`{each}`" for each in (*param.opts, *param.secondary_opts))
            shown = words if param in options else f"`{str(param.name).upper()}`"
            default = "needed" if param.required else _told(param.default)
            yield _row(shown, param.help, default)


def rooms() -> Iterator[str]:
    """Lines of Markdown: the rooms of ``sim`` in their order, what each says of itself, and what is in it."""
    yield from ("", *_columns("room purpose modules"))
    for room in ROOMS:
        package = import_module(f"sim.{room}")
        about = str(package.__doc__).partition("\n\n")[0].replace("``", "`")
        found = sorted(each.name + "/" * each.ispkg for each in iter_modules(package.__path__))
        yield _row(f"`sim/{room}/`", about, ", ".join(f"`{name}`" for name in found))


GENERATED: dict[str, Callable[[], Iterator[str]]] = {
    "parameters": parameter_tables,
    "keys": scenario_keys,
    "events": events,
    "commands": command_line,
    "monthly": monthly,
    "library": library,
    "outcomes": outcomes,
    "catalogue": catalogue,
    "rooms": rooms,
}
"""What can stand between two markers, by its name there."""


ROOMS = ("base", "scenario", "organisation", "model", "experiments", "analysis", "report", "interface")
"""The rooms of ``sim``, in the order of the data: each imports only from those before it."""


RECORDED = ("symbol", "unit", "provenance", "source")
"""What a parameter's record holds beside pydantic's own."""


def _tables() -> dict[str, list[tuple[str, str, Any]]]:
    """The tables of a scenario file ("": the top level), each a list of keys, with their short names and fields."""
    out: dict[str, list[tuple[str, str, Any]]] = {}
    for key, field in fields():
        table, _, name = key.rpartition(".")
        if table.startswith("roles."):
            table, name = "roles", key.removeprefix("roles.")
        out.setdefault(table, []).append((key, name, field))
    return out


def _head(table: str, columns: str, level: int) -> Iterator[str]:
    yield from ("", f"{'#' * level} `[{table}]`" if table else f"{'#' * level} Top level", "", *_columns(columns))


def _columns(names: str) -> tuple[str, str]:
    count = len(names.split())
    return _row(*names.split()), "|" + "---|" * count


def _row(*cells: Any) -> str:
    """A row of a table; a bar inside a cell is told apart from the table's own."""
    texts = [" ".join(str(cell or "").split()).replace("|", "\\|") if cell != 0 else "0" for cell in cells]
    return "| " + " | ".join(texts) + " |"


def _extra(field: Any) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _takes(field: Any) -> str:
    """What a key accepts, in words."""
    kind = str(getattr(field.annotation, "__name__", field.annotation)).removesuffix(" | None").partition("[")[0]
    plain = {"bool": "true or false", "str": "words", "dict": "a table", "list": "two numbers", "Literal": "1"}
    return _range(field) or plain.get(kind, kind)


def _range(field: Any) -> str:
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"{low:g} or more"
    options = getattr(field.annotation, "__args__", ())
    words = [f'"{word}"' for option in options for word in _words(option)]
    return " or ".join(words)


def _words(option: Any) -> Iterator[str]:
    if isinstance(option, str):
        yield option
    for inner in getattr(option, "__args__", ()):
        yield from _words(inner)


def _default(field: Any, key: str) -> str:
    value = field.default
    if key.startswith("roles."):
        from sim.scenario.scenario import Scenario

        value = Scenario()
        for part in key.split("."):
            value = getattr(value, part)
    if value is None or (isinstance(value, dict) and not value):
        return "absent"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _told(default: Any) -> str:
    """A default of an option as a person would type it; nothing for a switch that is off."""
    if default is None or default is False or default == [] or callable(default):
        return ""
    return "on" if default is True else str(getattr(default, "value", default))


def renewed(text: str) -> str:
    """A document with what stands between its markers made anew. Raises KeyError for a name that is not known."""

    def made(marks: re.Match[str]) -> str:
        return marks[1] + "\n".join(GENERATED[marks[2]]()) + "\n\n" + marks[3]

    return MARKED.sub(made, text)


if __name__ == "__main__":
    here = Path(__file__).parent
    for path in [*here.parent.glob("*.md"), *here.glob("*.md")]:
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
