"""Keyboard alone, and what a screen reader is told."""

import pytest
from selenium.webdriver import Chrome, Keys

from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import EXAMPLES, StandIn

pytestmark = pytest.mark.browser


def ax_names(browser: Chrome, role: str) -> list[str]:
    """Names of all nodes with ``role`` in the accessibility tree."""
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return [node["name"]["value"] for node in nodes if not node["ignored"] and node["role"]["value"] == role]


def test_a_conversation_needs_no_mouse(chat: ChatPage, service: StandIn) -> None:
    assert chat.focused() == "textarea"
    chat.type_shifted(Keys.TAB, 2)  # past 重新开始 to 转人工
    assert chat.focused() == "human"
    chat.type_shifted(Keys.TAB)
    assert chat.focused() == "chip"
    chat.type(Keys.ENTER)
    assert "10 秒" in chat.answer_of(1).text
    assert service.seen[-1][0] == EXAMPLES[2]
    assert chat.focused() == "textarea"
    chat.type_shifted(Keys.TAB, 5)  # past the two thumbs
    assert chat.focused() == "summary"
    chat.type(Keys.SPACE)
    assert chat.one("details").get_attribute("open") == "true"


def test_the_focus_is_visible(chat: ChatPage) -> None:
    chat.type_shifted(Keys.TAB)
    assert chat.color(".restart", "outline-style") == "solid"
    assert chat.color(".restart", "outline-width") == "2px"


def test_a_screen_reader_finds_a_polite_log_and_named_controls(chat: ChatPage) -> None:
    chat.say("三十万以内有哪些")
    assert chat.wait(lambda: chat.one(".log").get_attribute("aria-live") == "polite")
    assert ax_names(chat.browser, "log") == ["对话记录"]
    assert ax_names(chat.browser, "textbox") == ["输入您的问题"]
    assert ax_names(chat.browser, "heading") == ["智能客服"]
    assert ax_names(chat.browser, "button") == [
        "Switch to English",
        "切换到深色",
        "有用",
        "没用",
        "转人工",
        "重新开始",
        "发送",
    ]
    assert "结果表" in ax_names(chat.browser, "region")
    assert ax_names(chat.browser, "rowheader")[0] == "某汽车品牌 A型号 2021款 标准续航升级版"


def test_redrawing_old_messages_is_no_news(chat: ChatPage) -> None:
    chat.say("长续航版")
    live = chat.browser.execute_script(
        "arguments[0].click(); return arguments[1].ariaLive", chat.one(".lang"), chat.one(".log")
    )
    assert live == "off"
    chat.wait(lambda: chat.one(".log").get_attribute("aria-live") == "polite")
