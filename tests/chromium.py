"""The Chromium that browser tests drive: `python -m tests.chromium` prints its path, or fails."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The headless shell first: the others draw a window's tabs and bars around each page, for nobody to see."""


def find_chromium() -> str | None:
    """The one named by OMBUD_CHROMIUM, else the system's, else playwright's own, else None."""
    named = os.environ.get("OMBUD_CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to load, and seldom needed

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    print(find_chromium() or sys.exit("no Chromium found"))
