"""What axe-core finds wrong with a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""WCAG 2.2 AA, with all that it takes over from before."""


def violations(page: Page) -> list[dict[str, Any]]:
    """Each rule that the page breaks, with where. (Where it keeps them is not worked out: that takes as long again.)"""
    asked = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    return list(Axe().run(page, options=asked).response["violations"])
