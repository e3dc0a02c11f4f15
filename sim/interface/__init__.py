"""The doors: the command line, the page handed to a room, the exercises of the notebooks."""
