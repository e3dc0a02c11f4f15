"""The doors: the command line, the live page, the exercises of the notebooks."""
