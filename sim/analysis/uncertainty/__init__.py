"""The plausible set: settings of all parameters that agree with what little is known, and results over them.

``targets`` says what a setting must agree with, ``search`` tries many and keeps those that do (``settings.csv`` has
those of this version), ``over`` reports a scenario's variants over those kept, and ``rests`` on whom the change rests
there.
"""
