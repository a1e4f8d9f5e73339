"""The one-tag widget in pages of another origin."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import HOSTILE_CSS, ForeignSite, StandIn, serving
from tests.browser.test_look import as_phone

pytestmark = pytest.mark.browser


@contextmanager
def foreign_page(
    browser: Chrome,
    service: StandIn,
    origin: str,
    *,
    attributes: str = "",
    css: str = "",
    csp: str = "",
    tags: int = 1,
) -> Iterator[tuple[ChatPage, str]]:
    """The chat in another site's page, whose origin the service allows."""
    site = ForeignSite(f"{origin}/widget.js", attributes, css, csp, tags)
    with serving(site.app()) as address:
        service.allowed_origins.add(address)
        yield ChatPage(browser).open(address), address


def test_one_tag_brings_the_chat_and_asks_nothing_until_it_is_opened(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    with foreign_page(browser, service, origin, attributes='data-title="小智"') as (chat, _):
        assert service.seen == []
        assert not chat.one(".panel").is_displayed()
        chat.one(".launch").click()
        chat.greeted()
        assert chat.one("#title").text == "小智"
        assert "排气管个数是1个" in chat.say("长续航版").text
        assert service.seen == [("您好", None), ("长续航版", "session-1")]


def test_an_origin_that_is_not_allowed_gets_no_answer(browser: Chrome, service: StandIn, origin: str) -> None:
    with serving(ForeignSite(f"{origin}/widget.js").app()) as address:
        chat = ChatPage(browser).open(address)
        chat.one(".launch").click()
        chat.wait(lambda: "网络不通" in chat.one(".fault").text)
        assert service.seen == []
        browser.get_log("browser")  # the refusal is what is asked for here


def test_the_dialog_takes_the_focus_and_escape_gives_it_back(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    with foreign_page(browser, service, origin) as (chat, _):
        chat.one(".launch").send_keys(Keys.ENTER)
        assert chat.focused() == "textarea"
        assert chat.one(".panel").get_attribute("role") == "dialog"
        assert chat.one(".panel").accessible_name == "智能客服"
        chat.type(Keys.ESCAPE)
        assert not chat.one(".panel").is_displayed()
        assert chat.focused() == "launch"


def test_two_tags_make_one_chat(browser: Chrome, service: StandIn, origin: str) -> None:
    with foreign_page(browser, service, origin, tags=2) as (chat, _):
        chat.one(".launch").click()
        chat.greeted()
        assert len(browser.find_elements(By.CSS_SELECTOR, "[data-whitebox-chat]")) == 1
        assert len(service.seen) == 1


def test_hostile_css_does_not_reach_the_chat(browser: Chrome, service: StandIn, origin: str) -> None:
    with foreign_page(browser, service, origin, css=HOSTILE_CSS) as (chat, _):
        chat.one(".launch").click()
        chat.greeted()
        assert chat.one(".panel").size["width"] == 392
        for name, value in (
            ("font-size", "16px"),
            ("letter-spacing", "normal"),
            ("direction", "ltr"),
            ("text-align", "left"),
        ):
            assert chat.color(".bot", name) == value
        assert chat.color(".bot", "color") == "rgba(24, 33, 31, 1)"


def test_a_page_whose_policy_forbids_inline_styles_still_shows_it_styled(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    csp = f"default-src 'none'; script-src {origin}; connect-src {origin}; style-src 'self'; img-src data:"
    with foreign_page(browser, service, origin, attributes='data-color="#ffd000"', csp=csp) as (chat, _):
        chat.one(".launch").click()
        chat.greeted()
        assert chat.color(".send", "border-radius") == "12px"
        assert chat.color(".mark") == "rgba(255, 208, 0, 1)"


@pytest.mark.parametrize(
    ("color", "ink"),
    [
        ("#ffd000", "rgba(0, 0, 0, 1)"),
        ("navy", "rgba(255, 255, 255, 1)"),
        ("red;background:url(x)", "rgba(255, 255, 255, 1)"),
    ],
    ids=["light", "dark", "not a colour"],
)
def test_the_accent_gets_the_ink_that_reads_on_it(
    browser: Chrome, service: StandIn, origin: str, color: str, ink: str
) -> None:
    with foreign_page(browser, service, origin, attributes=f'data-color="{color}"') as (chat, _):
        assert chat.color(".launch", "color") == ink


def test_options_open_place_language_theme_and_greeting(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    attributes = 'data-open="true" data-position="left" data-lang="en" data-theme="dark" data-greeting="Welcome to our shop"'
    with foreign_page(browser, service, origin, attributes=attributes) as (chat, _):
        chat.greeted()
        assert chat.one(".bot").text == "Welcome to our shop"
        assert chat.one(".panel").rect["x"] == 20
        assert chat.color(".panel") == "rgba(16, 21, 20, 1)"
        assert chat.one(".human").text == "Talk to a person"
        assert browser.switch_to.active_element.tag_name == "body"


def test_the_session_survives_a_reload_of_the_foreign_page(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    with foreign_page(browser, service, origin) as (chat, address):
        chat.one(".launch").click()
        chat.greeted().say("长续航版")
        chat.open(address)
        chat.one(".launch").click()
        assert "排气管个数是1个" in chat.answer_of(1).text
        chat.say("甲")
        assert service.seen[-1] == ("甲", "session-1")


def test_typing_does_not_trigger_the_shortcuts_of_the_page(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    with foreign_page(browser, service, origin) as (chat, _):
        browser.execute_script("document.addEventListener('keydown', () => { window.shortcut = 1 })")
        chat.one(".launch").click()
        chat.type("s")
        assert chat.one("textarea").get_attribute("value") == "s"
        assert browser.execute_script("return window.shortcut") is None


def test_the_page_can_open_close_and_ask_by_script(browser: Chrome, service: StandIn, origin: str) -> None:
    with foreign_page(browser, service, origin) as (chat, _):
        browser.execute_script("whiteboxChat.open(); whiteboxChat.send('长续航版')")
        assert "排气管个数是1个" in chat.answer_of(1).text
        browser.execute_script("whiteboxChat.close()")
        assert not chat.one(".panel").is_displayed()


def test_on_a_phone_the_panel_fills_the_screen_and_keeps_the_focus(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    as_phone(browser)
    with foreign_page(browser, service, origin) as (chat, _):
        chat.one(".launch").click()
        chat.greeted()
        assert chat.one(".panel").get_attribute("aria-modal") == "true"
        assert chat.one(".panel").rect == {"x": 0, "y": 0, "width": 390, "height": 844}
        chat.one(".lang").send_keys(Keys.SHIFT + Keys.TAB)
        assert chat.focused() == "textarea"  # the send button is off while there is nothing to send
        chat.type(Keys.TAB)
        assert chat.focused() == "lang"


@pytest.mark.parametrize(("remember", "kept"), [("local", 2), ("tab", 2), ("none", 0)])
def test_the_site_decides_where_the_conversation_is_remembered(
    browser: Chrome, service: StandIn, origin: str, remember: str, kept: int
) -> None:
    attributes = f'data-remember="{remember}"'
    with foreign_page(browser, service, origin, attributes=attributes) as (chat, address):
        chat.one(".launch").click()
        chat.greeted().say("长续航版")
        stored = browser.execute_script("return [localStorage.length, sessionStorage.length]")
        assert stored == [remember == "local", remember == "tab"]
        chat.open(address)
        assert len(chat.all(".turn")) == kept
