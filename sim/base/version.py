"""Which version this is, as it was installed."""

from importlib import metadata

try:
    VERSION = metadata.version("leadership-sim")
except metadata.PackageNotFoundError:  # a copy of the code that was never installed
    VERSION = "unknown"
