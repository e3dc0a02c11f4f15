"""A page as PDF, printed by whatever browser is at hand; none is brought along."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
"""What browsers that can print are called, where commands are looked for."""

PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FOLDERS = "PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"
BELOW = "Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"
"""Where they are on a Mac, and on Windows below which folders of programs."""

PATIENCE = 60
"""Seconds that a browser is waited for."""


def browser() -> str | None:
    """A browser that can print a page; None where there is none."""
    known = [found for name in NAMES if (found := shutil.which(name))]
    programs = [Path(os.environ[folder]) / below for folder in FOLDERS if os.environ.get(folder) for below in BELOW]
    return next(iter(known), next((str(path) for path in (*map(Path, PLACES), *programs) if path.is_file()), None))


def print_page(page: Path, to: Path) -> bool:
    """Print a page into a PDF file; whether that came about. A browser that fails leaves nothing behind."""
    by = browser()
    if by is None:
        return False
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
        printed = Path(own) / "page.pdf"
        words = [by, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={own}/profile", *alone]
        try:
            subprocess.run(
                [*words, f"--print-to-pdf={printed}", page.absolute().as_uri()],
                stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=PATIENCE,
            )  # fmt: skip
            shutil.copyfile(printed, to)
        except (OSError, subprocess.SubprocessError):
            to.unlink(missing_ok=True)
            return False
    return True
