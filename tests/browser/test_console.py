"""The ten main tasks of an operator, in Chromium, on a running service; and axe on every page."""

import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.browser.chat_page import ChatPage
from tests.browser.console_world import PASSWORD, Shop, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WAIT_S = 180
"""A proof and a publish rebuild the index each; on two busy cores that takes a while."""

PAGES = (
    "/admin", "/admin/cases", "/admin/changes", "/admin/faq", "/admin/faq/new", "/admin/faq/faq/0", "/admin/graph",
    "/admin/graph/attributes", "/admin/lexicon", "/admin/lexicon/attribute_synonyms.txt", "/admin/tests", "/admin/versions",
    "/admin/transfer", "/admin/try", "/admin/lint", "/admin/inbox", "/admin/people", "/admin/audit",
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


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
        self.wait(lambda: next(iter(self.browser.find_elements(By.XPATH, path)), None)).click()

    def fill(self, selector: str, text: str) -> None:
        field = self.one(selector)
        field.clear()
        field.send_keys(text)

    def wait(self, condition: Callable[[], Any]) -> Any:
        """The first true value of ``condition``; an element of a page that has just gone counts as not yet."""
        waiting = WebDriverWait(self.browser, WAIT_S, 0.1, (StaleElementReferenceException,))
        return waiting.until(lambda _: condition())

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


@pytest.fixture(scope="module")
def administrator(chrome: Chrome, shop: Shop) -> Shop:
    """Task 1: the first administrator comes in by the one-time link, which then works no more."""
    console = Console(chrome, shop)
    chrome.get(shop.setup_url)
    console.one("#name").send_keys("老板")
    console.one("#password").send_keys(PASSWORD)
    console.one("button[type=submit]").click()
    console.wait(lambda: chrome.find_elements(By.CSS_SELECTOR, "nav[aria-label='主导航']"))
    return shop


@pytest.fixture
def console(browser: Chrome, administrator: Shop) -> Console:
    return Console(browser, administrator)


def test_the_setup_link_lets_the_first_administrator_in_and_nobody_after(console: Console) -> None:
    console.open("/admin")
    assert console.shows("概览")
    console.browser.get(console.shop.setup_url)
    console.one("#name").send_keys("贼")
    console.one("#password").send_keys(PASSWORD)
    console.one("button[type=submit]").click()
    assert "已经用过" in console.wait(lambda: console.browser.find_element(By.TAG_NAME, "body").text)


def test_a_bad_case_group_is_found_and_becomes_a_published_paraphrase(console: Console) -> None:
    for number in range(4):
        console.shop.say("想去店里摸摸真车", f"hurt-{number}")
    console.open("/admin/cases")
    console.wait(lambda: console.browser.refresh() or "想去店里摸摸真车" in console.one("main").text)
    console.press("想去店里摸摸真车")
    console.shows("归到已有的标准问")
    console.fill("#other-question", "怎么预约试驾")
    console.press("加相似问")
    console.shows("“怎么预约试驾”加相似问：想去店里摸摸真车")
    console.prove_and_publish()
    file = console.shop.folder / "faq" / "questions" / "怎么预约试驾"
    assert file.read_text("utf-8").endswith("试驾怎么报名\n想去店里摸摸真车\n")
    assert console.shop.hears("想去店里摸摸真车", "关于“怎么预约试驾”的回答")


def test_a_standard_question_with_its_answer_is_added_and_a_version_rolled_back(console: Console) -> None:
    console.open("/admin/faq/new")
    console.fill("#question", "宠物能上车吗")
    console.fill("#text", "狗能坐车吗\n能带猫上车吗")
    console.fill("#answer", "可以带宠物，请用宠物垫。")
    assert console.one("#preview").text == "可以带宠物，请用宠物垫。"
    console.one("main form.card button.main").click()
    console.shows("新建标准问“宠物能上车吗”")
    console.prove_and_publish()
    assert console.shop.hears("狗能坐车吗", "请用宠物垫")
    console.open("/admin/versions")
    console.press("换回它")
    console.accept_alert()
    console.shows("已换回")
    assert not (console.shop.folder / "faq" / "questions" / "宠物能上车吗").exists()


def test_a_graph_value_and_a_synonym_are_edited_in_the_operators_own_files(console: Console) -> None:
    console.open("/admin/graph")
    console.press("标准续航升级版")
    row = console.one("input[name=value][aria-label='属性/经销商报价']")
    row.clear()
    row.send_keys("26.6万" + Keys.ENTER)
    console.shows("经销商报价 改为 26.6万")
    console.open("/admin/lexicon/attribute_synonyms.txt")
    console.fill("#name", "经销商报价")
    console.fill("#alias", "几个钱")
    console.press("保存到改动单")
    console.shows("属性“经销商报价”也叫：几个钱")
    assert "26.6万" in console.one("main").text  # both wait in the same change set
    console.prove_and_publish()
    file = next((console.shop.folder / "graph").glob("*标准续航升级版.json"))
    assert json.loads(file.read_text("utf-8"))["属性"]["经销商报价"] == "26.6万"
    assert "|几个钱" in (console.shop.folder / "lexicon" / "attribute_synonyms.txt").read_text("utf-8")
    assert console.shop.hears("标准续航升级版几个钱", "26.6万")


def test_a_table_of_questions_is_uploaded_run_and_compared(console: Console, tmp_path: Path) -> None:
    table = tmp_path / "考题.csv"
    table.write_text("question,expected\n发票怎么开,购车发票怎么开\n质保几年,门店几点营业\n", "utf-8-sig")
    for _ in range(2):
        console.open("/admin/tests")
        console.one("#file").send_keys(str(table))
        console.press("上传并测试")
        console.wait(lambda: "/admin/tests/" in console.browser.current_url)  # it runs in the background
    assert [number.text for number in console.browser.find_elements(By.CSS_SELECTOR, ".score b")][:2] == [
        "1",
        "1",
    ]
    assert "应答“门店几点营业”" in console.one("main").text
    assert [cell.text for cell in console.browser.find_elements(By.CSS_SELECTOR, "tbody td:last-child")] == [
        "没过",
        "通过",
    ]


def test_a_handoff_is_answered_in_the_inbox_and_shown_in_the_chat(console: Console) -> None:
    chat = ChatPage(console.browser).open(console.shop.origin).greeted()
    chat.say("转人工")
    chat.say("我的订单怎么还没到")
    customer = console.browser.current_window_handle
    console.browser.switch_to.new_window("tab")
    console.open("/admin/inbox")
    console.press("我的订单怎么还没到")
    console.fill("#text", "您好，我是小王，马上给您查。")
    console.press("发送")
    console.shows("您好，我是小王")
    console.browser.switch_to.window(customer)
    assert chat.wait(lambda: any("我是小王" in bubble.text for bubble in chat.all(".agent .bot")))
    console.browser.switch_to.window(console.browser.window_handles[-1])
    console.press("交回给机器人")
    console.accept_alert()
    console.shows("已交回给机器人")
    console.browser.close()
    console.browser.switch_to.window(customer)
    assert chat.wait(lambda: any("机器人继续为您服务" in bubble.text for bubble in chat.all(".agent .bot")))


def test_a_token_is_created_and_works_until_it_is_revoked(console: Console) -> None:
    console.open("/admin/people")
    Select(console.one("#days")).select_by_value("30")
    console.fill("#label", "官网")
    console.press("生成")
    console.one("#new-token")
    secret = console.one("#secret").text
    assert re.fullmatch(r"cbt_[\w-]{43}", secret)
    assert console.shop.status_with(secret) == 200
    console.open("/admin/people")
    assert secret not in console.browser.page_source
    console.press("吊销")
    console.accept_alert()
    console.shows("已吊销")
    assert console.shop.status_with(secret) == 401


def test_the_try_pane_explains_an_answer(console: Console) -> None:
    console.open("/admin/try")
    console.fill("#sent", "标准续航升级版的变速箱是什么类型" + Keys.ENTER)
    console.shows("为什么这样答")
    assert "手动变速箱" in console.one(".stage").text
    assert console.browser.find_elements(By.CSS_SELECTOR, ".segments mark")


def test_the_type_ahead_offers_standard_questions(console: Console) -> None:
    console.shop.say("火星上有店吗", "hurt-9")
    console.open("/admin/lexicon/attribute_synonyms.txt")
    console.one("#name").send_keys("报价")
    assert console.wait(
        lambda: [
            o.get_attribute("value")
            for o in console.browser.find_elements(By.CSS_SELECTOR, "#name-list option")
        ]
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 820])
def test_axe_finds_nothing_serious_on_any_page(console: Console, theme: str, width: int) -> None:
    axe = (files("axe_core_python") / "axe.min.js").read_text("utf-8")
    console.browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {
            "features": [
                {"name": "prefers-color-scheme", "value": theme},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]
        },
    )
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    console.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    serious: list[str] = []
    for page in PAGES:
        console.open(page)
        console.browser.execute_script(axe)
        found = console.browser.execute_async_script(
            "const end = arguments[arguments.length - 1]; axe.run().then((r) => end(r.violations))"
        )
        serious += [
            f"{page}: {one['id']} {one['nodes'][0]['html'][:120]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert console.browser.execute_script(overflow) <= 0, page
    assert serious == []


def test_the_console_can_be_used_by_keyboard(console: Console) -> None:
    console.open("/admin/faq")
    body = console.browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert console.browser.switch_to.active_element.text == "跳到正文"
    body.send_keys("/")
    assert console.browser.switch_to.active_element.get_attribute("id") == "q"
    console.browser.switch_to.active_element.send_keys("发票" + Keys.ENTER)
    console.wait(lambda: "q=" in console.browser.current_url)
    assert "购车发票怎么开" in console.one("table").text
