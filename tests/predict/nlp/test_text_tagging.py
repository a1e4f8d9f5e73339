"""Text tagging: each part by its switch, keywords mixed as asked, labels of two levels; the default model where installed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.hosting import warm_up
from chatbot.predict.nlp import default_ner
from chatbot.predict.nlp.keywords import Keywords, read_user_words
from chatbot.predict.nlp.text_labels import TextLabel, text_labels
from chatbot.predict.nlp.text_tagging import Models, TaggingSettings, TextTagging, make
from chatbot.predict.processors import processor
from tests.predict.nlp.fake_classifier import FakeClassifier

TEXT = "周末在上海吃了一顿重庆火锅，火锅味道很好，服务员推荐了毛肚。"
OFF: dict[str, Any] = {"use_keyword": False, "use_ner": False, "use_text_label": False}


@pytest.fixture(scope="module")
def keywords() -> Keywords:
    return Keywords(("超级无敌锅",))


def test_keywords_are_ranked_from_both_measures(keywords: Keywords) -> None:
    found = keywords.of(TEXT, 0.5, 3)
    assert len(found) == 3
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert found[-1].weight > 0 and found[0].weight <= 1
    assert {"火锅", "重庆火锅", "毛肚"} & {one.word for one in found}


def test_alpha_goes_from_one_measure_to_the_other(keywords: Keywords) -> None:
    frequency, rank, mixed = (
        {one.word: one.weight for one in keywords.of(TEXT, alpha, 100)} for alpha in (1.0, 0.0, 0.25)
    )
    assert frequency != rank
    for word, weight in mixed.items():
        assert weight == pytest.approx(0.25 * frequency.get(word, 0) + 0.75 * rank.get(word, 0), abs=2e-4)


def test_a_users_word_stays_whole_and_may_be_a_keyword(keywords: Keywords) -> None:
    assert "超级无敌锅" in {one.word for one in keywords.of("我买了超级无敌锅", 1.0, 5)}
    assert "超级无敌锅" not in {one.word for one in Keywords().of("我买了超级无敌锅", 1.0, 5)}


@pytest.mark.parametrize("text", ["。！", "的", "!!!", "\ud800", "a"])
def test_a_text_without_words_has_no_keywords(keywords: Keywords, text: str) -> None:
    assert keywords.of(text, 0.5, 5) == []


def test_a_user_dictionary_is_read_as_jieba_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "dict.txt"
    path.write_text("\ufeff云计算 5 n\n\n李小福\n李小福 2 nr\n", encoding="utf-8")
    assert read_user_words(path) == ("云计算", "李小福")


@pytest.mark.parametrize(
    ("threshold", "append_root", "found"),
    [
        (0.5, False, [("火锅", "美食", 0.9), ("上海", "", 0.5)]),
        (0.5, True, [("火锅", "美食", 0.9), ("美食", "", 0.9), ("上海", "", 0.5)]),
        (0.3, True, [("火锅", "美食", 0.9), ("美食", "", 0.9), ("上海", "", 0.5), ("烧烤", "美食", 0.4)]),
        (0.95, True, []),
    ],
)
def test_labels_from_the_threshold_on_with_their_roots_once(
    threshold: float, append_root: bool, found: list[tuple[str, str, float]]
) -> None:
    shares = {"上海": 0.5, "烧烤": 0.4, "火锅": 0.9, "旅游": 0.1}
    mapping = {"火锅": "美食", "烧烤": "美食"}
    assert text_labels(shares, threshold, mapping, append_root) == [TextLabel(*one) for one in found]


def test_everything_off_gives_empty_lists() -> None:
    service = make(None, OFF)
    service.load()
    parts = ("keywords", "default_ner", "user_ner", "default_text_label", "user_text_label")
    assert service.predict([{"content": TEXT}]) == [{part: [] for part in parts}]


def test_labels_are_those_of_the_models_given() -> None:
    labels = FakeClassifier({"火锅": {"火锅": 0.9, "上海": 0.6}}, ("火锅", "上海", "旅游"), "旅游")
    settings = TaggingSettings(False, False, 0.5, 5, 0.5, True, (), {"火锅": "美食"})
    service = TextTagging(settings, Models(None, None, labels))
    service.load()
    (told, other) = service.predict([{"content": TEXT}, {"content": "别的"}])
    assert told["user_text_label"] == [  # type: ignore[index]
        {"label": "火锅", "root": "美食", "weight": 0.9}, {"label": "美食", "root": "", "weight": 0.9},
        {"label": "上海", "root": "", "weight": 0.6},
    ]  # fmt: skip
    assert told["default_text_label"] == []  # type: ignore[index]
    assert other["user_text_label"] == [{"label": "旅游", "root": "", "weight": 1.0}]  # type: ignore[index]
    assert service.describe().labels == ("火锅", "上海", "旅游")


def test_a_mapping_of_labels_that_the_model_has_not_is_refused() -> None:
    labels = FakeClassifier({}, ("火锅", "旅游"), "旅游")
    settings = TaggingSettings(False, False, 0.5, 5, 0.5, True, (), {"火过": "美食"})
    with pytest.raises(ConfigError, match="火过"):
        TextTagging(settings, Models(None, None, labels))


def test_the_service_is_built_in_and_passes_its_warm_up(tmp_path: Path) -> None:
    service = processor("text_tagging").make(None, {"use_ner": "false", "top_k": 2, "alpha": 0.3})
    service.load()
    warm_up(service, service.describe())
    (told,) = service.predict([{"content": TEXT}])
    assert len(told["keywords"]) == 2  # type: ignore[index, arg-type]
    service.unload()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"alpha": 1.5}, "alpha"),
        ({"top_k": 0}, "top_k"),
        ({"use_keywords": True}, "是不是想写 use_keyword"),
        ({"user_dict": "no.txt"}, "no.txt"),
        ({"user_ner_model": "no"}, "user_ner_model"),
        ({"use_ner": "yes"}, "use_ner"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        make(None, settings)


def test_a_mapping_file_must_map_texts_to_texts(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"火锅": ["美食"]}), encoding="utf-8")
    with pytest.raises(ConfigError, match="火锅"):
        make(None, {**OFF, "label_mapping": str(path)})


def test_without_the_package_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_ner, "PACKAGE", "no_such_package")
    service = make(None, {**OFF, "use_ner": True})
    with pytest.raises(ModelError, match=r"whitebox-chatbot\[ner\]"):
        service.load()
    make(None, {**OFF, "use_ner": True, "use_default_ner": False}).load()


@pytest.fixture(scope="module")
def lac() -> Iterator[default_ner.DefaultNer]:
    yield default_ner.DefaultNer()


def test_people_places_organisations_and_times_are_found(lac: default_ner.DefaultNer) -> None:
    text = "马化腾昨天在深圳接待了中国银行的客人。"
    found = {(text[one.start : one.end], one.kind) for one in lac.spans(text)}
    assert {("马化腾", "人名"), ("昨天", "时间"), ("深圳", "地名"), ("中国银行", "机构名")} <= found


def test_spans_of_a_long_text_stand_where_they_are(lac: default_ner.DefaultNer) -> None:
    text = "天气很好。" * 200 + "马化腾在深圳工作。"
    spans = [one for one in lac.spans(text) if one.kind == "人名"]
    assert [text[one.start : one.end] for one in spans] == ["马化腾"]
