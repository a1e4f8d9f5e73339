"""A picture in the chat, in a real browser: chosen, made smaller, seen before it is sent, sent with the words."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from tests.browser.chat_page import ChatPage
from tests.browser.stand_in import StandIn, reply

pytestmark = pytest.mark.browser


@pytest.fixture
def service() -> StandIn:
    return StandIn(takes_pictures=True)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """3,000 × 1,500, left half red."""
    picture = Image.new("RGB", (3000, 1500), "white")
    picture.paste("red", (0, 0, 1500, 1500))
    picture.save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def choose(chat: ChatPage, file: Path) -> None:
    chat.one("input[type=file]").send_keys(str(file))


def received(service: StandIn) -> Image.Image:
    head, _, encoded = service.pictures[-1].partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


def test_a_picture_is_made_smaller_and_sent_with_the_words(
    chat: ChatPage, service: StandIn, photo: Path
) -> None:
    choose(chat, photo)
    chat.wait(lambda: chat.one(".preview canvas").is_displayed())
    chat.say("这是什么车")
    assert service.seen[-1][0] == "这是什么车"
    picture = received(service)
    assert picture.size == (1024, 512)
    red, white = picture.convert("RGB").getpixel((100, 256)), picture.convert("RGB").getpixel((900, 256))
    assert red[0] > 240 and max(red[1:]) < 20 and min(white) > 240  # type: ignore[index,arg-type,type-var]
    assert chat.one(".me canvas").is_displayed() and not chat.one(".preview").is_displayed()
    chat.say("多少钱")
    assert len(service.pictures) == 1


def test_a_picture_alone_can_be_sent_and_by_keyboard(chat: ChatPage, service: StandIn, photo: Path) -> None:
    assert not chat.one(".send").is_enabled()
    choose(chat, photo)
    chat.wait(lambda: chat.one(".send").is_enabled())
    chat.type(Keys.ENTER)
    chat.answer_of(1)
    assert service.seen[-1][0] == "" and len(service.pictures) == 1


def test_a_picture_can_be_taken_back(chat: ChatPage, service: StandIn, photo: Path) -> None:
    choose(chat, photo)
    chat.wait(lambda: chat.one(".preview button").is_displayed())
    chat.one(".preview button").click()
    chat.say("您好")
    assert service.pictures == []


def test_what_is_no_picture_is_said_to_be_none(chat: ChatPage, service: StandIn, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"no picture")
    choose(chat, tmp_path / "photo.jpg")
    chat.wait(lambda: chat.one(".counter").text == "这张图片打不开")
    assert not chat.one(".send").is_enabled() and service.pictures == []


def test_a_picture_that_did_not_arrive_is_sent_again(chat: ChatPage, service: StandIn, photo: Path) -> None:
    service.failures = [500]
    choose(chat, photo)
    chat.wait(lambda: chat.one(".send").is_enabled())
    chat.one(".send").click()
    chat.wait(lambda: chat.all(".fault button"))[0].click()
    chat.answer_of(1)
    assert len(service.pictures) == 2


def test_what_the_picture_shows_stands_in_the_evidence(
    chat: ChatPage, monkeypatch: pytest.MonkeyPatch, photo: Path
) -> None:
    seen = {"source": "image", "label": "a_long", "name": "A型号 长续航版", "score": 0.93, "service": "cars"}
    monkeypatch.setitem(
        __import__("tests.browser.stand_in", fromlist=["SCRIPT"]).SCRIPT,
        "",
        reply("图里看起来是 A型号。", evidence=[seen]),
    )
    choose(chat, photo)
    chat.wait(lambda: chat.one(".send").is_enabled())
    chat.one(".send").click()
    answer = chat.answer_of(1)
    answer.find_element(By.CSS_SELECTOR, "summary").click()
    shown = answer.find_element(By.CSS_SELECTOR, ".proof").text
    assert all(word in shown for word in ("图片", "a_long", "A型号 长续航版", "0.93", "cars"))


def test_where_no_pictures_are_taken_none_can_be_chosen(
    browser: Chrome, service: StandIn, origin: str
) -> None:
    service.takes_pictures = False
    assert ChatPage(browser).open(origin).greeted().all("input[type=file],.attach") == []
