"""Thumbs under an answer, in a real browser: kept, tried again while the turn is not stored, taken back when refused."""

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import EXAMPLES, StandIn

pytestmark = pytest.mark.browser


@pytest.fixture
def answered(chat: ChatPage) -> WebElement:
    """The reply to a question."""
    return chat.say(EXAMPLES[0])


def thumbs(reply: WebElement) -> list[WebElement]:
    found: list[WebElement] = reply.find_elements(By.CSS_SELECTOR, ".votes button")
    return found


def status(reply: WebElement) -> str:
    return reply.find_element(By.CSS_SELECTOR, ".votes [role=status]").text


def test_one_thumb_is_kept_and_the_first_counts(
    chat: ChatPage, answered: WebElement, service: StandIn
) -> None:
    up, down = thumbs(answered)
    assert (up.get_attribute("aria-label"), down.get_attribute("aria-label")) == ("有用", "没用")
    down.click()
    chat.wait(lambda: service.votes)
    up.click()
    assert status(answered) == "谢谢，记下了"
    assert [one.get_attribute("aria-pressed") for one in (up, down)] == ["false", "true"]
    assert service.votes == [("trace-2", "down")]


def test_a_vote_that_comes_before_the_turn_is_stored_is_sent_again(
    chat: ChatPage, answered: WebElement, service: StandIn
) -> None:
    service.vote_failures = [404, 404]
    thumbs(answered)[0].send_keys(Keys.ENTER)
    chat.wait(lambda: service.votes == [("trace-2", "up")])
    assert status(answered) == "谢谢，记下了"


def test_a_vote_that_is_refused_can_be_given_again(
    chat: ChatPage, answered: WebElement, service: StandIn
) -> None:
    service.vote_failures = [500]
    thumbs(answered)[0].click()
    chat.wait(lambda: status(answered) == "没有记下，请再点一次")
    thumbs(answered)[1].click()
    chat.wait(lambda: service.votes == [("trace-2", "down")])


def test_a_vote_is_remembered_over_a_reload(chat: ChatPage, answered: WebElement, service: StandIn) -> None:
    thumbs(answered)[0].click()
    chat.wait(lambda: service.votes)
    chat.browser.refresh()
    again = chat.answer_of(1)
    assert [one.get_attribute("aria-pressed") for one in thumbs(again)] == ["true", "false"]


def test_the_greeting_and_a_handover_ask_for_no_opinion(chat: ChatPage) -> None:
    assert thumbs(chat.answer_of(0)) == []
    assert thumbs(chat.say("转人工")) == []
