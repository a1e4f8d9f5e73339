"""Pinyin typed in Latin letters, and words that sound alike."""

from collections import Counter

import pytest
from pypinyin import Style, pinyin

from chatbot.normalization.pinyin import PinyinDecoder, _counted, _table, fold, readings, sounds

DECODER = PinyinDecoder(
    ["续航多少公里", "这款车续航多少", "充电要多久", "保养灯怎么归零", "价格是多少"],
    phrases=["续航里程", "变速箱类型"],
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("xu hang duo shao", "续航多少", id="with spaces"),
        pytest.param("xuhangduoshao", "续航多少", id="run together"),
        pytest.param("chongdian yao duojiu", "充电要多久", id="words"),
        pytest.param("xhlc", "续航里程", id="initials of a phrase"),
        pytest.param("hello", "hello", id="English stays"),
        pytest.param("ok", "ok", id="too short"),
        pytest.param("续航 duo shao", "续航 多少", id="mixed"),
        pytest.param("", "", id="empty"),
    ],
)
def test_pinyin_is_read_as_the_knowledge_bases_own_words(typed: str, meant: str) -> None:
    assert DECODER.decode(typed) == meant


def test_a_known_latin_name_is_left_alone() -> None:
    assert DECODER.decode("duoshao", keep=[(0, 7)]) == "duoshao"


def test_homophones_and_near_homophones_sound_the_same() -> None:
    assert all(a & b for a, b in zip(sounds("续行里程"), sounds("续航里程"), strict=True))
    assert fold("zhong") == fold("zong") == "zon"
    assert sounds("a5") == ({"a"}, {"5"})


def test_readings_are_those_of_the_library_without_tones() -> None:
    for code in (*range(0x3400, 0xA000, 7), *map(ord, "嗯呒诶绿女了行长重龥")):
        char = chr(code)
        known = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
        assert readings(char) == tuple(dict.fromkeys(one.replace("ü", "v") for one in known)), char


def test_the_readings_are_those_that_pypinyin_itself_tells() -> None:
    from pypinyin.constants import PINYIN_DICT

    assert _table() == {str(code): told for code, told in PINYIN_DICT.items()}


@pytest.mark.parametrize("texts", [[], ["续航"], ["续航", "航续", "$^$", "a^"], ["", ""]], ids=str)
def test_neighbours_are_those_within_a_text(texts: list[str]) -> None:
    marked = [f"^{text}$" for text in texts]
    single, pair = _counted(texts)
    assert single == Counter("".join(marked))
    assert pair == Counter(one[at : at + 2] for one in marked for at in range(len(one) - 1))
