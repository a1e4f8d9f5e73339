"""Headless Chromium with its driver, from the distribution's packages; nothing else is downloaded."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
    "--lang=zh-CN",
)
_PACKAGES = ("chromium", "chromium-driver")


@dataclass(frozen=True, slots=True)
class Chromium:
    """Where the browser and its driver lie."""

    browser: str
    driver: str


def find_chromium() -> Chromium | None:
    """The installed browser, if both parts are there."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    return Chromium(browser, driver) if browser and driver else None


def install_chromium() -> str | None:
    """Install the packages; ``None`` when done, else why not."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return f"the packages {' and '.join(_PACKAGES)} are missing, and only root can install them"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *_PACKAGES]):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        if done.returncode:
            return f"{' '.join(command)}: {done.stderr.strip()[-300:]}"
    return None


def start_chromium(found: Chromium, profile: Path) -> Chrome:
    """A browser with an empty profile. The driver's path is given, so selenium looks for none."""
    options = ChromeOptions()
    options.binary_location = found.browser
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return Chrome(options=options, service=ChromeService(executable_path=found.driver))
