"""How all pictures look, and how one becomes part of a page. Colours: Okabe & Ito's, safe for colour blindness."""

import io
import re
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED

BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8a8a8a", "#222222"
ENDED = {COLLAPSED: ORANGE, NEVER: "#6f6f6f", SURVIVED: BLUE}
"""The colour of each end of a future, in the order in which they are drawn, so that their places tell them as well."""
STYLE: Any = {
    "font.size": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "leadership-sim",
}
SMALL: Any = STYLE | {"font.size": 11, "hatch.linewidth": 0.6, "axes.titlesize": 11, "axes.titlelocation": "left"}


def svg(figure: Figure, name: str) -> str:
    """A figure as SVG to stand in a page: the same bytes each time, ids that clash with no other picture's."""
    sink = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(sink, format="svg", metadata={"Date": None}, transparent=True)
    text = sink.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'<svg[^>]*?viewBox="([^"]*)"[^>]*>', r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="\1">', text)
    text = re.sub(r'\bid="([^"]*)"', rf'id="{name}-\1"', text)
    text = text.replace("url(#", f"url(#{name}-")
    text = text.replace('xlink:href="#', f'href="#{name}-').replace("xlink:href=", "href=")
    return text.strip() + "\n"
