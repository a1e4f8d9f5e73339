"""Light and dark, Chinese and English, wide and narrow."""

import pytest
from selenium.webdriver import Chrome

from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import EXAMPLES, StandIn

pytestmark = pytest.mark.browser

_CONTRAST = """
const luminance = (color) => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number)
  .map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
const behind = (node) => { for (; node; node = node.parentElement) {
  const color = getComputedStyle(node).backgroundColor; if (!/, 0\\)$/.test(color)) return color } };
const ink = luminance(getComputedStyle(arguments[0]).color), paper = luminance(behind(arguments[0]));
return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
"""


def prefer(browser: Chrome, name: str, value: str) -> None:
    features = [{"name": name, "value": value}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def as_phone(browser: Chrome, width: int = 390, height: int = 844) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})


def test_dark_follows_the_system_and_a_choice_is_remembered(browser: Chrome, origin: str) -> None:
    prefer(browser, "prefers-color-scheme", "dark")
    chat = ChatPage(browser).open(origin).greeted()
    assert chat.color(".panel") == "rgba(16, 21, 20, 1)"
    chat.one(".theme").click()
    assert chat.color(".panel") == "rgba(243, 245, 244, 1)"
    chat.open(origin)
    assert chat.color(".panel") == "rgba(243, 245, 244, 1)"
    assert browser.execute_script("return document.documentElement.dataset.theme") == "light"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_wcag_asks_for(browser: Chrome, origin: str, scheme: str) -> None:
    prefer(browser, "prefers-color-scheme", scheme)
    chat = ChatPage(browser).open(origin).greeted()
    chat.say("三十万以内有哪些")
    chat.say(EXAMPLES[0]).find_element("css selector", "summary").click()
    chat.say("失忆")
    chat.say("转人工")
    selectors = (".me", ".bot", ".chip", "td", "th", ".note", "summary", ".proof dt", ".proof dd", ".meta dd")
    for selector in (*selectors, "#title", ".names p", ".lang", ".human", ".mark"):
        assert chat.browser.execute_script(_CONTRAST, chat.one(selector)) >= 4.5, selector


def test_the_switch_turns_everything_into_english_and_is_remembered(
    chat: ChatPage, service: StandIn, origin: str
) -> None:
    chat.say(EXAMPLES[0])
    chat.one(".lang").click()
    assert chat.one("summary").text == "Evidence · 1"
    assert chat.one("textarea").get_attribute("placeholder") == "Type your question"
    assert chat.browser.title == "Assistant"
    assert chat.browser.execute_script("return document.documentElement.lang") == "en"
    chat.open(origin)
    assert chat.one(".human").text == "Talk to a person"
    assert chat.one(".reply .bubble").get_attribute("lang") == "zh-CN"


def test_before_the_first_question_the_switch_also_greets_in_english(chat: ChatPage) -> None:
    chat.one(".lang").click()
    chat.wait(lambda: "Hello" in chat.one(".bot").text)
    assert len(chat.all(".turn")) == 1


@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (320, 568), (844, 390)], ids=["phone", "small", "lying"]
)
def test_a_phone_never_scrolls_sideways(browser: Chrome, origin: str, width: int, height: int) -> None:
    as_phone(browser, width, height)
    chat = ChatPage(browser).open(origin).greeted()
    chat.say("长词")
    chat.say("三十万以内有哪些").find_element("css selector", "summary").click()
    chat.say("字" * 300)
    script = "return [document.documentElement.scrollWidth, innerWidth, arguments[0].scrollWidth, arguments[0].clientWidth]"
    page, window, log, seen = browser.execute_script(script, chat.one(".log"))
    assert (page, log) == (window, seen)
    assert chat.one(".send").is_displayed()


def test_a_touch_on_a_suggestion_does_not_call_up_the_keyboard(browser: Chrome, origin: str) -> None:
    as_phone(browser)
    chat = ChatPage(browser).open(origin).greeted()
    chat.click_chip(1)
    assert chat.focused() == "log"


def test_touch_targets_are_large_enough_for_a_finger(browser: Chrome, origin: str) -> None:
    as_phone(browser)
    chat = ChatPage(browser).open(origin).greeted()
    sizes = {
        button.get_attribute("class"): button.size for button in chat.all("button") if button.is_displayed()
    }
    assert {name: size for name, size in sizes.items() if min(size["width"], size["height"]) < 34} == {}


def test_reduced_motion_means_none(chat: ChatPage) -> None:
    assert chat.color(".turn", "animation-name") == "none"
    assert chat.color(".log", "scroll-behavior") == "auto"
