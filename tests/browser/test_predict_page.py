"""The page of the model services: a picture is dropped, its classes are bars, four explanations stand side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from chatbot.predict.description import PredictService
from chatbot.predict.hosting import House, host
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.service import create_predict_app
from tests.browser.stand_in import serving
from tests.browser.test_look import _CONTRAST, prefer
from tests.predict.vision.made_pictures import encoded, halves
from tests.predict.vision.test_explaining import classifier_of

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:Setting (backward|forward)")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    tmp, metrics = tmp_path_factory.mktemp("page"), PredictMetrics()
    classifier = classifier_of(tmp / "model")
    hosted = host(
        PredictService("colours", "image_classification", tmp / "model", seconds=60.0), "", metrics, tmp
    )
    hosted.predictor = classifier
    house = House([hosted])
    house.start()
    with serving(create_predict_app(house, metrics)) as address:
        yield address
    house.stop()


@pytest.fixture
def page(browser: Chrome, address: str) -> Chrome:
    browser.get(address)
    waiting(browser, "return document.querySelector('[data-service] .drop input') !== null")
    return browser


def waiting(browser: Chrome, script: str, seconds: float = 30) -> Any:
    return WebDriverWait(browser, seconds).until(lambda one: one.execute_script(script))


def show(page: Chrome, tmp_path: Path, name: str = "halves.png", data: bytes = b"") -> None:
    file = tmp_path / name
    file.write_bytes(data or encoded(halves((240, 160))))
    page.find_element(By.CSS_SELECTOR, ".drop input").send_keys(str(file))


_DONE = "return [...document.querySelectorAll('.explained figure')].length === 4 && !document.querySelector('[aria-busy=true]')"


def test_classes_are_bars_and_four_explanations_stand_side_by_side(page: Chrome, tmp_path: Path) -> None:
    show(page, tmp_path)
    waiting(page, _DONE)
    labels = [one.text for one in page.find_elements(By.CSS_SELECTOR, ".bars .label")]
    widths = page.execute_script(
        "return [...document.querySelectorAll('.track span')].map((one) => one.offsetWidth)"
    )
    assert labels[0] == "red" and sorted(labels) == ["blue", "green", "red"]
    assert widths == sorted(widths, reverse=True) and widths[0] > 0
    figures = page.find_elements(By.CSS_SELECTOR, ".explained figure")
    assert (
        len({one.location["y"] for one in figures}) == 1 and len({one.location["x"] for one in figures}) == 4
    )
    drawn = page.execute_script(
        "return [...document.querySelectorAll('.explained img')].map((one) => one.naturalWidth)"
    )
    assert drawn == [32, 32, 32, 32] and page.find_elements(By.CSS_SELECTOR, ".explained .trouble") == []
    assert all(
        "red" in one.get_attribute("alt") for one in page.find_elements(By.CSS_SELECTOR, ".explained img")
    )  # type: ignore[operator]
    keep_screenshot(page, tmp_path)


def keep_screenshot(page: Chrome, tmp_path: Path) -> None:
    """For a person to look at."""
    page.execute_script("document.querySelector('.drop').scrollIntoView()")
    (tmp_path / "page.png").write_bytes(page.get_screenshot_as_png())


def test_a_picture_may_be_dropped(page: Chrome) -> None:
    page.execute_script(
        """
        const canvas = document.createElement('canvas'); canvas.width = canvas.height = 30;
        const pen = canvas.getContext('2d'); pen.fillStyle = 'rgb(30,30,220)'; pen.fillRect(0, 0, 30, 30);
        canvas.toBlob((blob) => { const moved = new DataTransfer(); moved.items.add(new File([blob], 'b.png', { type: 'image/png' }));
          document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: moved, bubbles: true, cancelable: true })); });
        """
    )
    assert waiting(page, "return document.querySelector('.bars .label')?.textContent") == "blue"
    waiting(page, _DONE)


def test_what_is_no_picture_is_told_and_nothing_old_stays(page: Chrome, tmp_path: Path) -> None:
    show(page, tmp_path)
    waiting(page, _DONE)
    show(page, tmp_path, "broken.png", b"not a picture")
    waiting(page, "return document.querySelector('[role=status].trouble') !== null")
    said = page.find_element(By.CSS_SELECTOR, "section [role=status]").text
    assert "图片" in said and not page.find_element(By.CSS_SELECTOR, ".trial").is_displayed()
    show(page, tmp_path, "text.txt", b"text")
    waiting(page, "return document.querySelector('section [role=status]').textContent.includes('不是图片')")


def test_the_keyboard_reaches_the_file_and_the_words_change(page: Chrome) -> None:
    seen = []
    for _ in range(12):
        ActionChains(page).send_keys(Keys.TAB).perform()
        seen.append(
            page.execute_script("return document.activeElement.type || document.activeElement.tagName")
        )
    assert "file" in seen
    label = page.find_element(By.CSS_SELECTOR, ".drop label")
    assert label.text == "把图片拖到这里，或者选一个文件"
    page.find_element(By.ID, "language").click()
    assert label.text == "Drop a picture here, or choose a file"
    page.find_element(By.ID, "language").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_is_legible_in_light_and_dark(page: Chrome, tmp_path: Path, scheme: str) -> None:
    prefer(page, "prefers-color-scheme", scheme)
    show(page, tmp_path)
    waiting(page, _DONE)
    for selector in (
        ".drop label",
        ".bars .label",
        ".bars b",
        ".explained .note",
        ".explained figcaption",
        "section h3",
    ):
        element = page.find_element(By.CSS_SELECTOR, selector)
        assert page.execute_script(_CONTRAST, element) >= 4.5, selector
    keep_screenshot(page, tmp_path)
