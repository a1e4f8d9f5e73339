"""The ten main tasks of an operator, in Chromium, on a running service; and axe on every page."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.browser.chat_page import ChatPage
from tests.browser.console_page import Console
from tests.browser.console_world import PASSWORD, Shop, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1280, 820)]

PAGES = (
    "/admin", "/admin/cases", "/admin/changes", "/admin/faq", "/admin/faq/new", "/admin/faq/faq/0", "/admin/graph",
    "/admin/graph/attributes", "/admin/lexicon", "/admin/lexicon/attribute_synonyms.txt", "/admin/tests", "/admin/versions",
    "/admin/transfer", "/admin/try", "/admin/lint", "/admin/inbox", "/admin/people", "/admin/audit",
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


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


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_serious_on_any_page(console: Console, page: str) -> None:
    """In every theme and width; what differs between them is style alone, so that the page is opened once."""
    browser = console.open(page).browser
    browser.execute_script((files("axe_core_python") / "axe.min.js").read_text("utf-8"))
    serious: list[str] = []
    for theme, width in LOOKS:
        features = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
        media = {"features": [{"name": name, "value": value} for name, value in features.items()]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        found = browser.execute_async_script(
            "const end = arguments[arguments.length - 1]; axe.run().then((r) => end(r.violations))"
        )
        serious += [
            f"{theme} {width}: {one['id']} {one['nodes'][0]['html'][:120]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.execute_script(overflow) <= 0, (theme, width)
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
