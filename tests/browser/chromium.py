"""Find a Chromium for the browser tests, or install one: an installed browser, else Playwright's, else Debian's.

Run as ``python -m tests.browser.chromium [--install]``: prints the path. SQ_CHROMIUM names one explicitly.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
# No outside request is ever wanted from a browser under test, nor its own ones at start.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chromium() -> str | None:
    """The path of a browser that is here already."""
    named = os.environ.get("SQ_CHROMIUM")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((place for place in PLACES if Path(place).exists()), None) or _playwrights()


def installed_chromium() -> str:
    """The path of a browser, installed now if there is none; exits with a sentence where that fails."""
    found = chromium()
    for install in (_install_playwrights, _install_debians):
        if found:
            return found
        install()
        found = chromium()
    return found or sys.exit("No Chromium found and none could be installed: set SQ_CHROMIUM to a browser's path.")


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _install_playwrights() -> None:
    print("No browser here: installing Playwright's Chromium ...")
    options = ["--with-deps"] if _is_root() else []
    subprocess.run([sys.executable, "-m", "playwright", "install", *options, "chromium"], check=False, timeout=600)


def _install_debians() -> None:
    if _is_root() and shutil.which("apt-get"):
        _apt("chromium")


def install_chinese_font() -> None:
    """Install a font with Chinese glyphs on a bare Debian machine; elsewhere only say that it is missing."""
    if sys.platform != "linux" or _has_chinese_font():
        return
    if _is_root() and shutil.which("apt-get"):
        _apt("fonts-noto-cjk")
    else:
        print("No font with Chinese glyphs here: screenshots will show boxes (Debian: fonts-noto-cjk).")


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def _apt(package: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], check=False, env=environment
    )


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


if __name__ == "__main__":
    if "--install" in sys.argv:
        print(installed_chromium())
        install_chinese_font()
    else:
        print(chromium() or sys.exit("No Chromium found."))
