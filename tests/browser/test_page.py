"""The demo page against a scripted service."""

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import ATTACK, EXAMPLES, StandIn, serving

pytestmark = pytest.mark.browser


def test_the_page_greets_with_three_examples_and_sends_nothing_else(chat: ChatPage, service: StandIn) -> None:
    assert [chip.text for chip in chat.chips()] == list(EXAMPLES)
    assert service.seen == [("您好", None)]
    assert chat.all(".me") == []


def test_enter_sends_and_shift_enter_breaks_the_line(chat: ChatPage, service: StandIn) -> None:
    chat.type("第一行")
    chat.type_shifted(Keys.ENTER)
    chat.type("第二行", Keys.ENTER)
    assert "收到：第一行\n第二行" in chat.answer_of(1).text
    assert service.seen[-1] == ("第一行\n第二行", "session-1")
    assert chat.one("textarea").get_attribute("value") == ""


@pytest.mark.parametrize(
    "event",
    ["{isComposing: true}", "{keyCode: 229}"],
    ids=["composing", "older Safari"],
)
def test_enter_chooses_a_candidate_while_an_input_method_composes(
    chat: ChatPage, service: StandIn, event: str
) -> None:
    chat.fill("xu hang")
    chat.browser.execute_script(
        f"arguments[0].dispatchEvent(new KeyboardEvent('keydown', Object.assign({{key: 'Enter', bubbles: true}}, {event})))",
        chat.one("textarea"),
    )
    assert chat.one("textarea").get_attribute("value") == "xu hang"
    assert len(service.seen) == 1


def test_a_suggestion_sends_its_text_and_the_old_ones_go(chat: ChatPage, service: StandIn) -> None:
    answer = chat.click_chip(2)
    assert "clarify" in answer.get_attribute("class").split()
    assert service.seen[-1][0] == EXAMPLES[1]
    assert [chip.text for chip in chat.chips()] == ["标准续航升级版", "长续航版"]
    assert "排气管个数是1个" in chat.click_chip(2).text


def test_evidence_is_folded_and_unfolds(chat: ChatPage) -> None:
    answer = chat.say(EXAMPLES[0])
    details = answer.find_element(By.TAG_NAME, "details")
    assert details.text == "依据 · 1 条"
    details.find_element(By.TAG_NAME, "summary").click()
    for shown in (
        "知识图谱",
        "变速箱 › 变速箱类型",
        "手动变速箱",
        "标准续航升级版.json",
        "demo-1",
        "trace-2",
        "1.8 ms",
        "0.97",
    ):
        assert shown in details.text


def test_faq_evidence_names_question_match_score_module_and_file(chat: ChatPage) -> None:
    details = chat.say(EXAMPLES[2]).find_element(By.TAG_NAME, "details")
    details.find_element(By.TAG_NAME, "summary").click()
    for shown in ("保养灯怎么归零", "保养灯如何复位", "0.93", "feature_vector_faq_match", "answers/通用"):
        assert shown in details.text


def test_several_rows_become_a_table_with_the_plan_in_the_evidence(chat: ChatPage) -> None:
    answer = chat.say("三十万以内有哪些")
    cells = [cell.text for cell in answer.find_elements(By.CSS_SELECTOR, "th, td")]
    assert cells == [
        "名称", "经销商报价", "纯电续航里程",
        "某汽车品牌 A型号 2021款 标准续航升级版", "27.6万", "525km",
        "某汽车品牌 A型号 2021款 长续航版", "29.9万", "—",
    ]  # fmt: skip
    assert "共 37 条，显示前 2 条" in answer.text
    answer.find_element(By.TAG_NAME, "summary").click()
    assert "经销商报价 <= 300000元" in answer.text


def test_a_failed_message_stays_and_can_be_retried(chat: ChatPage, service: StandIn) -> None:
    service.failures.append(500)
    chat.fill("长续航版")
    chat.one(".send").click()
    retry = chat.wait(lambda: chat.all(".fault button"))[0]
    assert "trace-of-fault" in chat.one(".fault").text
    assert chat.one(".me").text.endswith("长续航版")
    retry.click()
    assert "排气管个数是1个" in chat.answer_of(1).text
    assert chat.all(".fault") == []
    assert len(chat.all(".me")) == 1


def test_a_slow_answer_shows_the_typing_state(chat: ChatPage, service: StandIn) -> None:
    service.delay_s = 0.8
    chat.fill("长续航版")
    chat.one(".send").click()
    typing = chat.wait(lambda: chat.all(".typing"))[0]
    assert "正在回答…" in typing.get_property("textContent")
    chat.answer_of(1)
    assert chat.all(".typing") == []


def test_messages_typed_ahead_are_answered_in_order_in_one_session(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    service.delay_s = 0.5
    chat = ChatPage(browser).open(origin)
    browser.execute_script("whiteboxChat.send('甲'); whiteboxChat.send('乙')")
    chat.answer_of(2)
    assert service.seen == [("您好", None), ("甲", "session-1"), ("乙", "session-1")]


def test_handoff_is_one_click_away(chat: ChatPage, service: StandIn) -> None:
    chat.one(".human").click()
    assert "handoff" in chat.answer_of(1).get_attribute("class").split()
    assert service.seen[-1][0] == "转人工"


def test_starting_over_makes_a_new_session(chat: ChatPage, service: StandIn) -> None:
    chat.say("长续航版")
    chat.one(".restart").click()
    chat.wait(lambda: len(service.seen) == 3 and chat.chips())
    assert service.seen[2] == ("您好", None)
    assert chat.all(".me") == []
    chat.say("甲")
    assert service.seen[3] == ("甲", "session-3")


def test_the_session_and_its_messages_survive_a_reload(chat: ChatPage, service: StandIn, origin: str) -> None:
    chat.say("长续航版")
    chat.open(origin)
    assert "排气管个数是1个" in chat.answer_of(1).text
    chat.say("甲")
    assert service.seen[-1] == ("甲", "session-1")
    assert [text for text, _ in service.seen] == ["您好", "长续航版", "甲"]


@pytest.mark.parametrize(
    "stored", ["5", "{", '{"v":1,"at":9e15,"id":7,"turns":[null,{"sent":3}]}', '{"v":0}']
)
def test_nonsense_in_the_storage_is_the_same_as_none(
    chat: ChatPage, service: StandIn, origin: str, stored: str
) -> None:
    chat.browser.execute_script("localStorage.setItem(Object.keys(localStorage)[0], arguments[0])", stored)
    chat.open(origin).greeted()
    assert len(chat.all(".turn")) == 1


def test_blocked_storage_costs_only_the_memory(browser: Chrome, origin: str) -> None:
    blocked = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError') }})"
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": blocked})
    try:
        chat = ChatPage(browser).open(origin).greeted()
        assert "排气管个数是1个" in chat.say("长续航版").text
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_markup_in_messages_answers_and_suggestions_is_shown_as_text(chat: ChatPage, origin: str) -> None:
    chat.say(ATTACK)
    answer = chat.say("攻击")
    answer.find_element(By.TAG_NAME, "summary").click()
    assert ATTACK in answer.find_element(By.CSS_SELECTOR, ".bubble").text
    assert ATTACK in answer.find_element(By.TAG_NAME, "details").text
    assert chat.chips()[0].text == ATTACK
    chat.open(origin).answer_of(2)
    assert chat.all("img, script") == []
    assert chat.browser.execute_script("return window.hacked") is None


def test_the_counter_appears_near_the_end_and_nothing_too_long_is_sent(
    chat: ChatPage, service: StandIn
) -> None:
    chat.fill("字" * 1799)
    assert chat.one(".counter").text == ""
    chat.fill("字" * 1998 + "🚗🚗")
    assert chat.one(".counter").text == "2000 / 2000"
    assert chat.one(".send").is_enabled()
    chat.fill("字" * 2003)
    assert chat.one(".counter").text == "超出 3 字"
    assert not chat.one(".send").is_enabled()
    chat.one("textarea").send_keys(Keys.ENTER)
    assert len(service.seen) == 1


def test_2000_characters_are_sent_whole(chat: ChatPage, service: StandIn) -> None:
    chat.say("字" * 2000)
    assert service.seen[-1][0] == "字" * 2000


def test_a_service_that_forgets_is_said_until_it_remembers(chat: ChatPage) -> None:
    assert not chat.one(".notice").is_displayed()
    chat.say("失忆")
    assert "记不住上文" in chat.one(".notice").text
    chat.say("长续航版")
    assert not chat.one(".notice").is_displayed()


def test_being_offline_is_said_while_it_lasts(chat: ChatPage) -> None:
    offline = "Object.defineProperty(navigator, 'onLine', {configurable: true, value: false})"
    chat.browser.execute_script(f"{offline}; dispatchEvent(new Event('offline'))")
    assert "网络已断开" in chat.one(".notice").text
    chat.browser.execute_script("delete navigator.onLine; dispatchEvent(new Event('online'))")
    assert not chat.one(".notice").is_displayed()


def test_a_message_that_reaches_nobody_waits_for_a_retry(browser: Chrome, service: StandIn) -> None:
    with serving(service.app()) as address:
        chat = ChatPage(browser).open(address).greeted()
    chat.fill("长续航版")
    chat.one(".send").click()
    chat.wait(lambda: chat.all(".fault"))
    assert "网络不通" in chat.one(".fault").text
    assert chat.one(".me").text.endswith("长续航版")


def test_a_greeting_that_fails_can_be_retried(browser: Chrome, service: StandIn, origin: str) -> None:
    service.failures.append(503)
    chat = ChatPage(browser).open(origin)
    chat.wait(lambda: chat.all(".fault button"))[0].click()
    assert chat.greeted().all(".fault") == []
