"""Slips that sound right, read in the FAQ's own words."""

from pathlib import Path

import pytest

from chatbot.faq_modules.corpus import build_corpus
from chatbot.faq_modules.dataset import load_dataset
from chatbot.faq_modules.latin import LatinDecoder
from chatbot.faq_modules.respelling import MOST, Respeller
from chatbot.faq_modules.restoring import RIGHT, Restorer
from chatbot.faq_modules.retrieval import LATER, build_index, make_retriever
from chatbot.normalization.pinyin import SyllableModel
from tests.faq_modules.small_faq import HashEncoder, write_faq

TEXTS = ["上牌流程是怎样的", "洗车要注意什么", "怎么预约维修", "充电桩怎么装", "车膜怎么选", "现车有吗"]


@pytest.fixture(scope="module")
def respeller() -> Respeller:
    return Respeller(SyllableModel(TEXTS, 3))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("上拍流程", "上牌流程"),
        ("喜车要注意什么", "洗车要注意什么"),
        ("怎么预约维休", "怎么预约维修"),
        ("冲电桩怎么装", "充电桩怎么装"),  # 冲/充: cong and chong are not told apart by many
    ],
)
def test_what_sounds_like_a_word_of_the_faq_is_read_as_it(
    respeller: Respeller, typed: str, meant: str
) -> None:
    assert respeller.respelled(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "上牌流程是怎样的",  # all of it is there
        "西瓜怎么挑",  # no 洗瓜, 西 stands beside nothing else
        "牌",
        "app怎么装",
        "",
        "喜",
    ],
)
def test_what_the_faq_says_nothing_about_stays_as_it_was_typed(respeller: Respeller, typed: str) -> None:
    assert respeller.respelled(typed) == typed


def test_a_text_of_slips_is_not_rewritten_whole(respeller: Respeller) -> None:
    typed = "上拍流程 喜车要注意 预约维休 冲电桩"
    changed = sum(a != b for a, b in zip(typed, respeller.respelled(typed), strict=True))
    assert changed == MOST


def test_a_doubtful_question_is_found_by_its_sound_and_says_how_it_was_read(tmp_path: Path) -> None:
    questions = {text: [text] for text in TEXTS}
    corpus = build_corpus(load_dataset(write_faq(tmp_path / "faq", questions, {})))
    index = build_index(corpus, HashEncoder().encode(corpus.texts))
    heard = make_retriever(index, HashEncoder()).retrieve("喜车")[0]
    as_typed = make_retriever(index, HashEncoder(), respells=False).retrieve("喜车")
    assert (heard.question, heard.read_as) == ("洗车要注意什么", "洗车")
    assert not as_typed or (as_typed[0].confidence < heard.confidence and not as_typed[0].read_as)
    assert make_retriever(index, HashEncoder()).retrieve(TEXTS[0])[0].read_as == ""


def test_the_bound_for_what_can_be_reached_holds_for_what_was_meant_too(tmp_path: Path) -> None:
    questions = {text: [text] for text in TEXTS}
    corpus = build_corpus(load_dataset(write_faq(tmp_path / "faq", questions, {})))
    retriever = make_retriever(build_index(corpus, HashEncoder().encode(corpus.texts)), HashEncoder())
    for typed in ("喜车要注意什么", "上拍流程", "西瓜怎么挑", "怎么预约维休", "洗车要意什么", "充桩怎么装"):
        found = retriever.retrieve(typed)
        confidence = found[0].confidence if found else 0.0
        assert retriever.may_reach(retriever.heard(typed), confidence)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("充桩怎么装", "充电桩怎么装"),
        ("牌流程是怎样的", "上牌流程是怎样的"),
        ("现车有", "现车有吗"),
        ("洗车要意什么", "洗车要注意什么"),
        ("上牌流程是怎样的", "上牌流程是怎样的"),
        ("上拍流程", "上拍流程"),  # a wrong character is none that is missing
        ("西瓜怎么挑", "西瓜怎么挑"),
        ("app装", "app装"),
        ("", ""),
    ],
)
def test_a_character_is_missed_where_two_never_meet_and_a_third_stood_between(typed: str, meant: str) -> None:
    assert Restorer(SyllableModel(TEXTS, 3)).restored(typed) == meant


def test_what_a_missing_character_finds_is_a_guess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two readings the likelier counts, and that with a character put in only as far as it is ``RIGHT``."""
    questions = {text: [text] for text in TEXTS}
    corpus = build_corpus(load_dataset(write_faq(tmp_path / "faq", questions, {})))
    index = build_index(corpus, HashEncoder().encode(corpus.texts))
    retriever = make_retriever(index, HashEncoder())
    monkeypatch.setattr(Restorer, "restored", lambda self, text: text.replace("房", "洗车要注意"))
    typed, whole = retriever.retrieve("房什么"), retriever.retrieve("洗车要注意什么")[0]
    assert (typed[0].question, typed[0].read_as) == ("洗车要注意什么", "洗车要注意什么")
    assert typed[0].confidence == pytest.approx(RIGHT * whole.confidence)
    _, probabilities = retriever.signals("房什么")
    assert float(probabilities.max()) == pytest.approx(typed[0].confidence, abs=1e-6)
    assert make_retriever(index, HashEncoder(), respells=False).retrieve("房什么")[0].read_as == ""


def test_a_reading_further_down_is_less_probable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = {text: [text] for text in TEXTS}
    corpus = build_corpus(load_dataset(write_faq(tmp_path / "faq", questions, {})))
    retriever = make_retriever(build_index(corpus, HashEncoder().encode(corpus.texts)), HashEncoder())
    sure = retriever.retrieve(TEXTS[0])[0]
    ways = ("西瓜", "香瓜", TEXTS[0])
    monkeypatch.setattr(LatinDecoder, "decodings", lambda self, text: ways if text == "xyz" else (text,))
    found = retriever.retrieve("xyz")[0]
    assert (found.question, found.read_as) == (TEXTS[0], TEXTS[0])
    assert found.confidence == pytest.approx(sure.confidence * LATER**2)
