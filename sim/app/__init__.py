"""The live page: the handout's page, served from this machine, with every lever free.

``asked`` reads what a visitor asks for, ``answers`` runs it, ``page`` writes the page, ``server`` puts them behind
addresses. No visit is remembered: the address, or the page itself, carries all there is to know.
"""
