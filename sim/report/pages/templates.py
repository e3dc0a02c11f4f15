"""Pages from templates: one way to read a template, in which a name that is not given is a mistake."""

from collections.abc import Callable
from pathlib import Path

import jinja2


def template(path: Path, escape: bool = False, **filters: Callable[..., str]) -> jinja2.Template:
    """A template of the package. ``escape``: whether what is put in is to be text in HTML. ``filters``: by name."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=escape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= filters
    return environment.get_template(path.name)
