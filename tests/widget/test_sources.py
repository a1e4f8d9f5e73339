"""What can be said about the files for browsers without one."""

import gzip
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "chatbot" / "web"
DOCS = WEB.parents[1] / "docs"
WIDGET = WEB / "widget" / "widget.js"
PAGES = sorted((WEB / "pages").iterdir())
MAX_PACKED_BYTES = 15 * 1024


def test_the_widget_is_15_kb_gzipped_at_most() -> None:
    assert len(gzip.compress(WIDGET.read_bytes())) <= MAX_PACKED_BYTES


@pytest.mark.parametrize("file", [WIDGET, *PAGES], ids=lambda file: file.name)
@pytest.mark.parametrize(
    "unsafe",
    [
        r"innerHTML",
        r"outerHTML",
        r"insertAdjacentHTML",
        r"document\.write",
        r"\beval\(",
        r"new Function",
        r"javascript:",
    ],
)
def test_no_text_can_become_markup_or_code(file: Path, unsafe: str) -> None:
    assert re.findall(unsafe, file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", [WIDGET, *PAGES], ids=lambda file: file.name)
def test_nothing_is_fetched_from_elsewhere(file: Path) -> None:
    text = file.read_text("utf-8").replace("https://HOST/widget.js", "")
    assert set(re.findall(r"(?:https?:)?//[a-z][\w.-]+", text)) <= {"http://www.w3.org"}
    assert re.findall(r"@import|url\(", text) == []


def test_the_page_needs_no_inline_script_style_or_handler() -> None:
    page = (WEB / "pages" / "index.html").read_text("utf-8")
    assert re.findall(r"\son\w+\s*=|\sstyle\s*=|<style", page) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page) == []


def test_both_languages_have_the_same_texts() -> None:
    chinese, english = re.search(
        r"const TEXTS = \{\n    zh: (\{.*?\n    \}),\n    en: (\{.*?\n    \}),",
        WIDGET.read_text("utf-8"),
        re.S,
    ).groups()  # type: ignore[union-attr]
    keys = [re.findall(r"(?:[{,]|^)\s*(\w+): ", part, re.M) for part in (chinese, english)]
    assert len(keys[0]) > 50
    assert keys[0] == keys[1]


@pytest.mark.parametrize("name", ["widget.md", "zh/widget.md"])
def test_every_option_of_the_tag_is_documented_and_no_other(name: str) -> None:
    used = set(re.findall(r'option\("(\w+)"', WIDGET.read_text("utf-8")))
    documented = set(re.findall(r"^\| `data-(\w+)`", (DOCS / name).read_text("utf-8"), re.M))
    assert documented == used
