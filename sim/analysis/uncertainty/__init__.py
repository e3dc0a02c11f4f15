"""The plausible worlds: settings of all uncertain parameters that agree with what little is known, and results in them.

``targets`` says what a setting must agree with; ``calibration`` tries many and accepts those that do (``settings.csv``
has those of this version); ``robustness`` compares a scenario's variants in every accepted world, and ``dependency``
says on whom the change rests there.
"""
