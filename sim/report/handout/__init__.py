"""The handout: one page that opens from disk and plays the model itself, for a trainer and a room.

    from sim.report.handout import handout

    handout(sim.load("director-turnover")).save("handout.html")

``levers`` says what can be moved, ``document`` lays out what the page reads (docs/handout-data.md), ``words`` what it
says (its sentences are in words.toml), and ``page`` makes the file. In the page, ``player.js`` plays the compiled
engine in workers. ``kit`` plays the same in Python, for a session plan and slides.
"""

from sim.report.handout.page import Handout, handout

__all__ = ["Handout", "handout"]
