"""Files seen from outside."""

from pathlib import Path


def stamp(path: Path | None) -> tuple[int, int]:
    """What changes when the file does."""
    try:
        status = path.stat() if path is not None else None
    except (OSError, ValueError):
        status = None
    return (0, 0) if status is None else (status.st_mtime_ns, status.st_size)
