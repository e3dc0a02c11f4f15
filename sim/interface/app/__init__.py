"""The live page: the handout's page, served from this machine, with every lever free.

``upload`` takes a visitor's own organisation, ``request`` reads what a visitor asks for, ``answers`` runs it,
``downloads`` makes files of it, ``page`` writes the page (its template and scripts are the handout's, in
``sim/report/handout``; ``live.js`` makes them ask), ``server`` puts all behind addresses, and ``serve`` starts it. No
visit is remembered: the address, or the page itself, carries all there is to know.
"""
