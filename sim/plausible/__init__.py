"""The plausible set: settings of all levers that agree with what little is known, and results over them.

``targets`` says what a setting must agree with, ``search`` tries many and keeps those that do, and ``over`` reports a
scenario's results over those kept. No set comes with the package yet, and no command asks for one.
"""
