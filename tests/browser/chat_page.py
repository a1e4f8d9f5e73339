"""The chat as a test sees it: one place that knows the widget's elements."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.shadowroot import ShadowRoot
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

WAIT_S = 15
_HOST = "[data-whitebox-chat]"


@dataclass(frozen=True, slots=True)
class ChatPage:
    """Drives the chat in whatever page ``browser`` shows."""

    browser: Chrome

    def open(self, address: str) -> "ChatPage":
        """Load ``address`` and wait for the chat's element."""
        self.browser.get(address)
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, _HOST))
        return self

    def greeted(self) -> "ChatPage":
        """Wait until the greeting's suggestions can be clicked."""
        self.wait(self.chips)
        return self

    def wait(self, condition: Callable[[], Any]) -> Any:
        """The first true value of ``condition``."""
        return WebDriverWait(self.browser, WAIT_S, poll_frequency=0.05).until(lambda _: condition())

    @property
    def root(self) -> ShadowRoot:
        return self.browser.find_element(By.CSS_SELECTOR, _HOST).shadow_root

    def all(self, selector: str) -> list[WebElement]:
        found: list[WebElement] = self.root.find_elements(By.CSS_SELECTOR, selector)
        return found

    def one(self, selector: str) -> WebElement:
        return self.root.find_element(By.CSS_SELECTOR, selector)

    def type(self, *keys: str) -> None:
        """Keys go to whatever has the focus, as on a keyboard."""
        ActionChains(self.browser).send_keys(*keys).perform()

    def type_shifted(self, key: str, times: int = 1) -> None:
        """``key`` with the shift key held."""
        for _ in range(times):
            ActionChains(self.browser).key_down(Keys.SHIFT).send_keys(key).key_up(Keys.SHIFT).perform()

    def say(self, text: str) -> WebElement:
        """Put ``text`` into the input, press the send button, and wait for the answer's element."""
        turns = len(self.all(".turn"))
        self.fill(text)
        self.one(".send").click()
        return self.answer_of(turns)

    def click_chip(self, number: int) -> WebElement:
        """Click the suggestion ``number`` (from 1) and wait for the answer's element."""
        turns = len(self.all(".turn"))
        self.wait(self.chips)[number - 1].click()
        return self.answer_of(turns)

    def answer_of(self, turn: int) -> WebElement:
        """The reply of the turn ``turn`` (from 0), once it is there."""
        return self.wait(lambda: self._reply(turn))

    def _reply(self, turn: int) -> WebElement | None:
        turns = self.all(".turn")
        found = turns[turn].find_elements(By.CSS_SELECTOR, ".reply") if len(turns) > turn else []
        return found[0] if found else None

    def fill(self, text: str) -> None:
        """The input holds ``text``, as if pasted (the driver cannot type characters outside the BMP)."""
        self.browser.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
            self.one("textarea"),
            text,
        )

    def chips(self) -> list[WebElement]:
        """The suggestions that can be seen, read at one moment."""
        seen = "chip.checkVisibility({ opacityProperty: true, visibilityProperty: true })"
        script = f"return [...arguments[0].querySelectorAll('.chip')].filter((chip) => {seen})"
        found: list[WebElement] = self.browser.execute_script(script, self.root)
        return found

    def focused(self) -> str:
        """Class name of the element in the chat that has the focus, or its tag."""
        script = "const e = arguments[0].activeElement; return e && (e.className || e.localName)"
        return str(self.browser.execute_script(script, self.root))

    def color(self, selector: str, name: str = "background-color") -> str:
        value: str = self.one(selector).value_of_css_property(name)
        return value
