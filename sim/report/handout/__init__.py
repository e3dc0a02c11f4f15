"""The handout: one page that opens from disk and carries real futures, for a trainer and a room.

    from sim.report.handout import handout

    handout(sim.load("director-turnover")).save("handout.html")

``choices`` says which settings are computed beforehand, ``futures`` runs them, ``document`` lays out what the page
reads (docs/handout-data.md), ``words`` what it says (its sentences are in words.toml), and ``page`` makes the file.
"""

from sim.report.handout.page import Handout, handout

__all__ = ["Handout", "handout"]
