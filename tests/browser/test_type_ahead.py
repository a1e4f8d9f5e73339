"""Suggestions while typing, in a real browser: with the mouse, with the keyboard, and not at all."""

import pytest
from selenium.webdriver import Chrome, Keys

from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import ATTACK, StandIn

pytestmark = pytest.mark.browser
QUESTIONS = ("保养一次多少钱", "保养灯怎么归零", "多久保养一次")


@pytest.fixture
def asking(chat: ChatPage, service: StandIn) -> ChatPage:
    """The page with three questions to suggest, and the focus in its input."""
    service.questions = QUESTIONS
    chat.one("textarea").click()
    return chat


def options(chat: ChatPage) -> list[str]:
    """What the list shows, read at one moment."""
    script = "const a = arguments[0].querySelector('.ahead'); return a.hidden ? [] : [...a.children].map((n) => n.textContent)"
    shown: list[str] = chat.browser.execute_script(script, chat.root)
    return shown


def suggested(chat: ChatPage, typed: str) -> list[str]:
    chat.fill(typed)
    return chat.wait(lambda: options(chat))


def type_at_once(chat: ChatPage, *typed: str) -> None:
    """One after the other without a pause, however slow the machine is."""
    script = "for (const t of arguments[1]) { arguments[0].value = t; arguments[0].dispatchEvent(new Event('input')); }"
    chat.browser.execute_script(script, chat.one("textarea"), list(typed))


def test_a_click_asks_the_suggestion(asking: ChatPage, service: StandIn) -> None:
    assert suggested(asking, "保养") == list(QUESTIONS)
    asking.all(".ahead li")[1].click()
    assert "保养提示灯" in asking.answer_of(1).text or "收到" in asking.answer_of(1).text
    assert service.seen[-1][0] == QUESTIONS[1]
    assert options(asking) == [] and asking.one("textarea").get_attribute("value") == ""


def test_arrows_choose_enter_asks_and_the_input_is_one_of_the_stops(
    asking: ChatPage, service: StandIn
) -> None:
    suggested(asking, "保养")
    area = asking.one("textarea")
    marks = []
    for key in (Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_UP):
        asking.type(key)
        marks.append(area.get_attribute("aria-activedescendant"))
    assert marks == ["ahead0", "ahead1", "ahead2", None, "ahead2"]
    selected = [node.get_attribute("aria-selected") for node in asking.all(".ahead li")]
    assert selected == ["false", "false", "true"]
    asking.type(Keys.ENTER)
    asking.answer_of(1)
    assert service.seen[-1][0] == QUESTIONS[2]


def test_enter_without_a_choice_sends_what_was_typed_and_escape_closes_the_list(
    asking: ChatPage, service: StandIn
) -> None:
    suggested(asking, "保养")
    asking.type(Keys.ESCAPE)
    assert options(asking) == []
    suggested(asking, "一次")
    asking.type(Keys.ENTER)
    asking.answer_of(1)
    assert service.seen[-1][0] == "一次"
    assert options(asking) == []


def test_fast_typing_is_looked_up_once_and_long_texts_never(asking: ChatPage, service: StandIn) -> None:
    type_at_once(asking, "保", "保养", "保养灯")
    asking.wait(lambda: options(asking) == [QUESTIONS[1]])
    asking.fill("长" * 65)
    asking.wait(lambda: options(asking) == [])
    assert service.typed == ["保养灯"]


def test_a_suggestion_is_text_whatever_it_holds(asking: ChatPage, service: StandIn, browser: Chrome) -> None:
    service.questions = (ATTACK,)
    assert suggested(asking, "img") == [ATTACK]
    assert browser.execute_script("return window.hacked") is None


def test_screen_readers_are_told_of_the_list(asking: ChatPage) -> None:
    suggested(asking, "保养")
    area, ahead = asking.one("textarea"), asking.one(".ahead")
    assert area.get_attribute("aria-controls") == ahead.get_attribute("id") == "ahead"
    assert (area.get_attribute("aria-autocomplete"), ahead.get_attribute("role")) == ("list", "listbox")
    assert ahead.get_attribute("aria-label") == "您可能想问"
