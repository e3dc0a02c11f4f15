"""The live page as HTML: the handout's template with every lever free, and the words for what cannot be shown."""

import html
import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sim.interface.app.request import LABELS, Query, shown
from sim.report.handout.page import HERE, MODULES, module, packed_json
from sim.report.pages.templates import template
from sim.scenario.scenario import load

LIVE = Path(__file__).parent / "live.js"


def page(query: Query, document: dict[str, Any]) -> str:
    """The page, with the document it begins with (``Answers.start``)."""
    modules = {f"handout/{name}": module(HERE / f"{name}.js") for name in MODULES} | {"app/live": module(LIVE)}
    names = {"scenario": query.name, "labels": query.labels, "seed": query.seed}
    files = {"people": query.people, "links": query.links} if query.own else {}
    return template(HERE / "page.html.jinja", escape=True).render(
        doc=document,
        words=document["words"],
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        modules=Markup(json.dumps({"imports": modules})),
        data=Markup(packed_json(document)),
        live={
            "asked": names,
            "own": query.own,
            "given": Markup(packed_json({"asked": names | files, "own": query.own})),
            "scenarios": [{"name": name, "title": load(name).question or load(name).title} for name in shown()],
            "labels": ["", *LABELS],
        },
        command=f"leadership-sim run {query.name}",
        files=[],
        scenario="",
    )


def refusal(words: str) -> str:
    """A page that says in words what is wrong."""
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in words.split("\n"))
    style = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1b2430}"
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><title>That cannot be shown</title>'
        f"<style>{style}</style></head><body><h1>That cannot be shown</h1>{lines}"
        '<p><a href="/">Back to the page</a></p></body></html>'
    )
