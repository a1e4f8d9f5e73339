"""Drives the operator's console in Chromium."""

from collections.abc import Callable
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.console_world import PASSWORD, Shop

WAIT_S = 180
"""A proof rebuilds the index; on two busy cores that takes a while."""
GONE = "does not belong to the document"
"""What the driver says of an element found while its page was being replaced, where it does not say that it is stale."""


class Console:
    """Drives the console; signs in as the administrator the first time."""

    def __init__(self, browser: Chrome, shop: Shop) -> None:
        self.browser, self.shop = browser, shop

    def open(self, path: str) -> "Console":
        self.browser.get(self.shop.origin + path)
        if "/admin/login" in self.browser.current_url:
            self.sign_in()
            self.browser.get(self.shop.origin + path)
        return self

    def sign_in(self) -> None:
        """By name and password; by the set-up link when nobody has been set up."""
        self.one("#name").send_keys("老板")
        self.one("#password").send_keys(PASSWORD)
        self.one("button[type=submit]").click()
        self.wait(lambda: "/admin/login" not in self.browser.current_url)

    def one(self, selector: str) -> WebElement:
        return self.wait(lambda: next(iter(self.browser.find_elements(By.CSS_SELECTOR, selector)), None))

    def press(self, text: str) -> None:
        """The first button or link that shows ``text``."""
        path = f"//*[self::button or self::a or self::summary][contains(normalize-space(.), '{text}')]"

        def pressed() -> bool:
            found = self.browser.find_elements(By.XPATH, path)
            if found:
                found[0].click()
            return bool(found)

        self.wait(pressed)

    def fill(self, selector: str, text: str) -> None:
        def filled() -> bool:
            field = self.one(selector)
            field.clear()
            field.send_keys(text)
            return True

        self.wait(filled)

    def wait(self, condition: Callable[[], Any]) -> Any:
        """The first true value of ``condition``; an element of a page that has just gone counts as not yet."""

        def now(_: Chrome) -> Any:
            try:
                return condition()
            except WebDriverException as error:
                if isinstance(error, StaleElementReferenceException) or GONE in (error.msg or ""):
                    return None  # the next look finds the element of the page that came
                raise

        return WebDriverWait(self.browser, WAIT_S, 0.1).until(now)

    def shows(self, text: str) -> bool:
        return bool(self.wait(lambda: text in self.one("main").text))

    def accept_alert(self) -> None:
        self.wait(self._alert).accept()

    def _alert(self) -> Any:
        try:
            return self.browser.switch_to.alert
        except Exception:  # the driver raises until there is one
            return None

    def prove_and_publish(self) -> None:
        self.press("试算")
        self.shows("试算结果")
        self.press("发布")
        alert = self.wait(lambda: self._alert() or "正在用" in self._main() or "已发布" in self._main())
        if alert is not True:
            alert.accept()
        self.shows("已发布")

    def _main(self) -> str:
        found = self.browser.find_elements(By.CSS_SELECTOR, "main")
        return found[0].text if found else ""
