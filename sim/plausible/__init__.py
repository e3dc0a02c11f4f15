"""The plausible set: settings of all levers that agree with what little is known, and results over them.

``targets`` says what a setting must agree with, ``search`` tries many and keeps those that do, and ``over`` reports a
scenario's results over those kept. The set that comes with the package: ``sim/plausible/kept.csv``.
"""
