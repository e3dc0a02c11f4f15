"""Parameter tables generated from the code, for docs/odd.md: ``python -m sim.reference docs/odd.md`` renews them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.describe import fields

BEGIN, END = "<!-- generated: parameters -->", "<!-- end generated -->"


def parameter_tables() -> Iterator[str]:
    """Lines of Markdown: for every table of a scenario file, its keys with all that is known of them."""
    section = None
    for key, field in fields():
        table, _, name = key.rpartition(".")
        if table.startswith("roles."):
            table, name = "roles", key.removeprefix("roles.")
        if table != section:
            section = table
            yield from ("", f"#### `[{table}]`" if table else "#### Top level", "")
            yield "| key | symbol | meaning | unit | range | default | provenance | source |"
            yield "|---|---|---|---|---|---|---|---|"
        extra: dict[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        cells = [
            f"`{name}`",
            extra.get("symbol", ""),
            field.description or "",
            extra.get("unit", ""),
            _range(field),
            _default(field, key),
            extra.get("provenance", ""),
            extra.get("source", ""),
        ]
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"


def _range(field: Any) -> str:
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    options = getattr(field.annotation, "__args__", ())
    words = [repr(option) for option in options if isinstance(option, str)]
    return " or ".join(words).replace("'", '"')


def _default(field: Any, key: str) -> str:
    value = field.default
    if key.startswith("roles."):
        from sim.scenario import Scenario

        value = Scenario()
        for part in key.split("."):
            value = getattr(value, part)
    if value is None or (isinstance(value, dict) and not value):
        return "absent"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def renewed(text: str) -> str:
    """A document with the tables between its two markers made anew."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n" + "\n".join(parameter_tables()) + f"\n\n{END}{tail}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
