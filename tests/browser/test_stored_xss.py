"""Authored text that attacks, in a real browser: in the chat, and as HTML on a page without any policy to help."""

import json
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from selenium.webdriver import Chrome

from chatbot.security.safe_html import safe_html, sanitised
from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import SCRIPT, StandIn, reply, serving
from tests.security.test_safe_html import PAYLOADS

pytestmark = pytest.mark.browser


def hacked(browser: Chrome) -> bool:
    """Whether any script of an attack ran; handlers of images and animations get their time."""
    time.sleep(0.3)
    return browser.execute_script("return window.hacked") is not None


def test_the_chat_shows_every_attack_as_text(chat: ChatPage, service: StandIn, browser: Chrome) -> None:
    everything = "\n".join(PAYLOADS).replace("\0", "")
    attack = reply(everything, suggestions=PAYLOADS[:6], evidence=[{"source": "faq", "question": everything,
                   "matched": everything, "module": everything, "file": everything, "label": 1, "score": 1}],
                   rows=[{"entity": everything, "values": {everything: everything}}] * 2, rows_total=2)  # fmt: skip
    SCRIPT["攻击全部"] = attack
    try:
        answer = chat.say("攻击全部")
    finally:
        del SCRIPT["攻击全部"]
    assert PAYLOADS[0] in answer.text
    browser.execute_script(
        "for (const d of arguments[0].querySelectorAll('details')) d.open = true", chat.root
    )
    assert chat.all("script, img, iframe, svg[onload], a, form form") == []
    assert not hacked(browser)


@pytest.fixture
def bare_page() -> Iterator[str]:
    """All attacks as authored HTML and Markdown, on a page that forbids nothing."""
    app = Flask("bare", static_folder=None)
    cleaned = "\n<hr>\n".join(clean(payload) for payload in PAYLOADS for clean in (safe_html, sanitised))

    @app.get("/")
    def page() -> str:
        return f"<!doctype html><title>x</title><link rel=icon href=data:,><body>{cleaned}</body>"

    @app.get("/raw")
    def raw() -> str:
        return f"<!doctype html><title>x</title><link rel=icon href=data:,><body>{PAYLOADS[1]}</body>"

    with serving(app) as origin:
        yield origin


def test_authored_html_that_was_cleaned_runs_nothing(chrome: Chrome, bare_page: str) -> None:
    chrome.get(f"{bare_page}/raw")
    assert hacked(chrome)  # the test can see an attack that works
    chrome.get(bare_page)
    links = chrome.execute_script("return [...document.links].map((link) => link.protocol)")
    assert links and set(links) <= {"http:", "https:", "mailto:", "tel:"}, json.dumps(links)
    handlers = chrome.execute_script(
        "return [...document.body.querySelectorAll('*')].flatMap((node) => [...node.attributes])"
        ".filter((attribute) => /^on|^style$|^src/.test(attribute.name)).length"
    )
    assert handlers == 0
    assert not hacked(chrome)
    chrome.get("about:blank")
    chrome.get_log("browser")
