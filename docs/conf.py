"""How the documentation is built into a site: ``python -m uv run --group dev sphinx-build -W -c docs . build/site``.

The whole project is the source, so that links between README, docs and notebooks are the same as where the files lie.
"""

import shutil
from pathlib import Path
from typing import Any

import sim

project = "leadership-sim"
author = "The leadership-sim founders"
copyright = "The leadership-sim founders, MIT licence"
release = version = sim.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc"]
root_doc = "docs/index"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "docs/kit/*.md",
    "docs/sensitivity/*.md",
    "notebooks/*",
]
templates_path: list[str] = []

html_theme = "furo"
html_title = "leadership-sim"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_copy_source = False

nb_execution_mode = "off"  # the tests run them; the site shows what is stored
nb_merge_streams = True
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "member-order": "bysource", "show-inheritance": True}
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"


def setup(app: Any) -> None:
    """Lay the trainer's kit beside its page as it is, so that its own links hold."""
    app.connect("build-finished", _with_kit)


def _with_kit(app: Any, exception: Exception | None) -> None:
    if exception is None:
        shutil.copytree(Path(app.confdir) / "kit", Path(app.outdir) / "docs" / "kit", dirs_exist_ok=True)
