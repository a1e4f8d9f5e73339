"""Text risk: listed words decide with evidence, the classifier from its threshold on; what cannot work is refused."""

from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.base import ItemError
from chatbot.predict.hosting import warm_up
from chatbot.predict.nlp.text_risk import RiskSettings, TextRisk, make
from chatbot.predict.processors import processor
from tests.predict.nlp.fake_classifier import FakeClassifier

SHARES = {"脏": {"正常": 0.3, "低俗": 0.7}, "难说": {"正常": 0.45, "低俗": 0.3, "成人": 0.25}}


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("# 词表\n敏感词\t低俗\n毒品\n", encoding="utf-8")
    return path


def classifier() -> FakeClassifier:
    return FakeClassifier(SHARES, ("正常", "低俗", "成人"), "正常")


def judged(service: TextRisk, text: str) -> Any:
    (outcome,) = service.predict([{"content": text}])
    return outcome


def test_a_listed_word_decides_with_its_place_in_the_original(words: Path) -> None:
    service = make(None, {"sensitive_words": str(words)})
    service.load()
    text = "哪里有毒 pin？说说敏*感词"
    told = judged(service, text)
    assert (told["risk"], told["decided_by"]) == ("其他风险", "words")
    assert [(one["word"], one["as_written"], one["kind"], one["label"]) for one in told["words"]] == [
        ("毒品", "毒 pin", "pinyin", "其他风险"), ("敏感词", "敏*感词", "split", "低俗"),
    ]  # fmt: skip
    assert all(text[one["start"] : one["end"]] == one["as_written"] for one in told["words"])
    assert told["probabilities"] == {"正常": 0.0, "低俗": 0.0, "其他风险": 1.0}
    assert told["output"][0] == {"pred": "其他风险", "prob": 1.0}


def test_without_words_and_classifier_finding_anything_it_is_safe(words: Path) -> None:
    service = make(None, {"sensitive_words": str(words)})
    service.load()
    told = judged(service, "今天天气真好")
    assert (told["risk"], told["decided_by"], told["words"]) == ("正常", "nothing", [])
    assert told["probabilities"]["正常"] == 1.0


@pytest.mark.parametrize(
    ("text", "threshold", "risk"),
    [
        ("脏话", 0.5, "低俗"),
        ("脏话", 0.8, "正常"),
        ("难说", 0.5, "正常"),
        ("难说", 0.2, "低俗"),
        ("您好", 0.5, "正常"),
    ],
)
def test_the_classifier_counts_from_the_threshold_on(text: str, threshold: float, risk: str) -> None:
    service = TextRisk(RiskSettings(None, threshold=threshold), classifier())
    service.load()
    told = judged(service, text)
    assert (told["risk"], told["decided_by"]) == (risk, "classifier")
    assert told["probabilities"] == {label: SHARES.get(text[:2], SHARES.get(text[:1], {"正常": 1.0})).get(label, 0.0)
                                     for label in ("正常", "低俗", "成人")}  # fmt: skip
    assert told["output"][0]["pred"] == risk


def test_a_word_goes_before_the_classifier_and_labels_of_both_are_told(words: Path) -> None:
    service = TextRisk(RiskSettings(words), classifier())
    service.load()
    assert service.describe().labels == ("正常", "低俗", "成人", "其他风险")
    assert service.describe().version == "v3"
    assert judged(service, "毒品，脏")["risk"] == "其他风险"
    assert judged(service, "脏")["risk"] == "低俗"


def test_an_item_that_the_classifier_cannot_judge_is_an_error_in_its_place(words: Path) -> None:
    service = TextRisk(RiskSettings(words), classifier())
    service.load()
    good, bad, listed = service.predict([{"content": "您好"}, {"content": "炸"}, {"content": "炸毒品"}])
    assert isinstance(bad, ItemError)
    assert not isinstance(good, ItemError) and good["risk"] == "正常"
    assert not isinstance(listed, ItemError) and listed["risk"] == "其他风险"


def test_the_service_is_built_in_and_passes_its_warm_up(words: Path) -> None:
    service = processor("text_risk").make(None, {"sensitive_words": str(words), "word_label": "违禁"})
    assert service.describe().labels == ("正常", "低俗", "违禁")
    service.load()
    warm_up(service, service.describe())
    service.unload()
    service.unload()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "没有可依据的"),
        ({"sensitive_words": "no.txt"}, "no.txt"),
        ({"sensitive_word": "x"}, "是不是想写 sensitive_words"),
        ({"threshold": 2, "sensitive_words": __file__}, "threshold"),
        ({"safe_label": 3, "sensitive_words": __file__}, "safe_label"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        make(None, settings)


def test_a_classifier_without_the_safe_label_is_refused() -> None:
    with pytest.raises(ConfigError, match="safe_label"):
        TextRisk(RiskSettings(None, safe="安全"), classifier())


def test_a_list_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("敏感词".encode("gbk"))
    with pytest.raises(ModelError, match="UTF-8"):
        make(None, {"sensitive_words": str(path)})
