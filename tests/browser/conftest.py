"""One browser for all tests; a service on a port of its own, and so an empty storage, for each."""

import os
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.browser.chat_page import ChatPage
from tests.browser.chromium import find_chromium, install_chromium, start_chromium
from tests.browser.stand_in import StandIn, serving


@pytest.fixture(scope="session")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    found = find_chromium()
    if found is None:
        why_not = install_chromium()
        found = find_chromium()
        if found is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no Chromium: {why_not}")
    browser = start_chromium(found, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chrome: Chrome) -> Iterator[Chrome]:
    """The browser as on a desk, without motion; afterwards no script failed and no policy was broken."""
    for command, arguments in _USUAL:
        chrome.execute_cdp_cmd(command, arguments)
    yield chrome
    messages = [entry["message"] for entry in chrome.get_log("browser") if entry["level"] == "SEVERE"]
    chrome.get("about:blank")
    assert [message for message in messages if "Failed to load resource" not in message] == []


_USUAL: tuple[tuple[str, dict[str, object]], ...] = (
    ("Emulation.clearDeviceMetricsOverride", {}),
    ("Emulation.setTouchEmulationEnabled", {"enabled": False}),
    ("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}),
)


@pytest.fixture
def service() -> StandIn:
    return StandIn()


@pytest.fixture
def origin(service: StandIn) -> Iterator[str]:
    with serving(service.app()) as address:
        yield address


@pytest.fixture
def chat(browser: Chrome, origin: str) -> ChatPage:
    """The demo page, greeted."""
    return ChatPage(browser).open(origin).greeted()
