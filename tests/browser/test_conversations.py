"""The scripted conversations of ``chatbot test``, held by clicking and typing in the page of the real service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.remote.webelement import WebElement

from chatbot.expectations import EXPECTATIONS
from chatbot.scripted import Check, Script, load_scripts
from tests.browser.chat_page import ChatPage
from tests.browser.real_service import RealService, real_service
from tests.browser.stand_in import ForeignSite, serving

pytestmark = pytest.mark.browser

FILES = sorted((Path(__file__).parents[1] / "conversations").glob("*.yaml"))
SCRIPTS = [script for file in FILES for script in load_scripts(file)]


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as the page shows it. ``evidence`` is all the text that unfolds."""

    answer: str
    kinds: tuple[str, ...]
    evidence: str
    suggestions: tuple[str, ...]


def texts(wanted: object) -> list[str]:
    return wanted if isinstance(wanted, list) else [str(wanted)]


SEEN: dict[str, Callable[[Shown, object], bool]] = {
    "answer": lambda shown, wanted: shown.answer == wanted,
    "answer_contains": lambda shown, wanted: all(part in shown.answer for part in texts(wanted)),
    "answer_not_contains": lambda shown, wanted: not any(part in shown.answer for part in texts(wanted)),
    "answer_type": lambda shown, wanted: wanted in shown.kinds,
    "evidence_path": lambda shown, wanted: " › ".join(texts(wanted)) in shown.evidence,
    "evidence_value": lambda shown, wanted: str(wanted) in shown.evidence,
    "evidence_question": lambda shown, wanted: str(wanted) in shown.evidence,
    "suggestions_min": lambda shown, wanted: isinstance(wanted, int) and len(shown.suggestions) >= wanted,
    "suggestions_contain": lambda shown, wanted: all(
        any(part in chip for chip in shown.suggestions) for part in texts(wanted)
    ),
}
NOT_SHOWN = {
    "answer_source", "state", "confidence_min", "entities", "attribute", "plan_op", "rows_total", "degraded",
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[ForeignSite, str]]:
    site = ForeignSite("")
    with serving(site.app()) as address:
        yield site, address


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, site: tuple[ForeignSite, str]) -> Iterator[RealService]:
    with real_service(tmp_path_factory.mktemp("state"), allowed_origin=site[1]) as service:
        yield service


_SHOWN = """
const [answer, root] = arguments;
const chips = [...root.querySelectorAll(".chip")].filter((chip) => chip.checkVisibility());
return {
  answer: answer.querySelector(".bubble").textContent,
  kinds: [...answer.classList],
  evidence: answer.querySelector("details")?.textContent ?? "",
  suggestions: chips.map((chip) => chip.innerText.trim()),
};
"""


def shown(answer: WebElement, chat: ChatPage) -> Shown:
    """All that is shown, read at one moment."""
    read = chat.browser.execute_script(_SHOWN, answer, chat.root)
    return Shown(read["answer"], tuple(read["kinds"]), read["evidence"], tuple(read["suggestions"]))


def unmet(checks: tuple[Check, ...], reply: Shown) -> list[str]:
    """What the page does not show as wanted; expectations without a visible part are left to ``chatbot test``."""
    seen = [check for check in checks if check.name not in NOT_SHOWN]
    return [f"{check.name}: {check.wanted}" for check in seen if not SEEN[check.name](reply, check.wanted)]


def test_every_expectation_is_either_checked_in_the_page_or_known_not_to_show() -> None:
    assert set(SEEN) | NOT_SHOWN == set(EXPECTATIONS)


@pytest.fixture
def stranger(browser: Chrome, real: RealService) -> Iterator[ChatPage]:
    """The page of the real service, greeting someone it has not seen."""
    yield ChatPage(browser).open(real.origin).greeted()
    browser.execute_script("localStorage.clear()")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_conversation_goes_the_same_way_in_the_page(stranger: ChatPage, script: Script) -> None:
    chat = stranger
    for number, turn in enumerate(script.turns, 1):
        if turn.click is not None:
            answer = chat.click_chip(turn.click)
        else:
            chat.fill(turn.say or "")
            chat.one("textarea").send_keys(Keys.ENTER)
            answer = chat.answer_of(number)
        reply = shown(answer, chat)
        assert unmet(turn.checks, reply) == [], f"turn {number}: {reply}"


def test_the_widget_talks_to_the_real_service_from_an_allowed_site(
    browser: Chrome, real: RealService, site: tuple[ForeignSite, str]
) -> None:
    page, address = site
    page.widget_url = f"{real.origin}/widget.js"
    chat = ChatPage(browser).open(address)
    chat.one(".launch").click()
    chat.greeted()
    assert "手动变速箱" in chat.say("标准续航升级版的变速箱是什么类型").text


def test_the_real_page_is_served_with_a_policy_that_forbids_inline_scripts(
    stranger: ChatPage, browser: Chrome
) -> None:
    script = "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.head.append(s); return window.ran"
    assert browser.execute_script(script) is None
    browser.get_log("browser")  # the refusal is what is asked for here
