"""Lines of annotation tools, in the forms that their makers document."""

from typing import Any

import pytest

from chatbot.json_bytes import loads
from tools.manifest.annotation import NotLabelledError, Which, labels_of, source_of, written

TEXT = {"data": {"source": "国足赢了"}}


def itag(data: Any, kind: str = "survey/value", title: str = "单选题") -> dict[str, Any]:
    result = {"questionId": "1", "data": data, "markTitle": title, "type": kind}
    return {**TEXT, "label-143": {"results": [result]}}


MULTI_IMAGE = {
    "source-ref": "s3://bucket/example.jpg",
    "seen": [1, 0, 8],
    "seen-metadata": {
        "class-map": {"1": "bicycle", "0": "person", "8": "clothing"},
        "confidence-map": {"1": 0.95, "0": 0.77, "8": 0.2},
        "type": "groundtruth/image-classification-multilabel",
        "human-annotated": "yes",
        "job-name": "labeling-job/seen",
    },
}
SINGLE_TEXT = {
    "source": "The food was delicious",
    "mood": "1",
    "mood-metadata": {"class-name": "positive", "confidence": 0.8, "type": "groundtruth/text-classification"},
}
BOX = {
    "questionId": "1",
    "type": "image",
    "data": [{"type": "image/polygon", "value": [], "labels": {"a": "b"}}],
}
NAMED_ENTITY = {
    "objects": [{"result": {"NER": ["标签7"]}, "text": "集团", "start": 4, "end": 7}],
    "empty": False,
}


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        (itag("体育"), ("体育",)),
        (itag('["体育"]'), ("体育",)),
        (itag(["体育", "足球"], "survey/multivalue"), ("体育", "足球")),
        (itag({"labels": ["体育"]}), ("体育",)),
        (itag("[原创] 体育"), ("[原创] 体育",)),
        ({**TEXT, "annotation": {"labels": ["体育"]}}, ("体育",)),
        ({**TEXT, "annotation": {"labels": []}}, ()),
        (SINGLE_TEXT, ("positive",)),
        (MULTI_IMAGE, ("bicycle", "person", "clothing")),
    ],
    ids=["itag", "itag json text", "itag several", "itag object", "a bracket", "plain", "plain none", "ground truth",
         "ground truth several"],
)  # fmt: skip
def test_labels_are_read_from_each_form(line: dict[str, Any], labels: tuple[str, ...]) -> None:
    assert labels_of(line, Which()) == labels
    assert source_of(line, Which())


def test_the_review_stands_above_the_first_labels_and_the_acceptance_above_both() -> None:
    later: Any = {
        "results": [{"questionId": "1", "data": "财经", "markTitle": "单选题", "type": "survey/value"}]
    }
    last: Any = {
        "results": [{"questionId": "1", "data": "教育", "markTitle": "单选题", "type": "survey/value"}]
    }
    checked = {**itag("体育"), "label-143-check": later}
    assert labels_of(checked, Which()) == ("财经",)
    assert labels_of({**checked, "label-143-verify": last}, Which()) == ("教育",)


def test_of_several_questions_the_operator_chooses_one_by_any_of_its_names() -> None:
    line = itag("体育")
    line["label-143"]["results"] += [
        {"questionId": "4", "data": "好", "markTitle": "语气", "type": "survey/value"}
    ]
    with pytest.raises(NotLabelledError, match="2 道题") as caught:
        labels_of(line, Which())
    assert "--question" in caught.value.args[1]
    assert labels_of(line, Which("语气")) == labels_of(line, Which("4")) == ("好",)
    with pytest.raises(NotLabelledError, match="没有题目"):
        labels_of(line, Which("别的"))


def test_questions_that_are_no_classification_stand_back() -> None:
    line = itag("体育")
    line["label-143"]["results"] += [BOX, NAMED_ENTITY]
    assert labels_of(line, Which()) == ("体育",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (TEXT, "没有标注"),
        ({**TEXT, "label-1": {"results": [BOX]}}, "不是分类"),
        ({**TEXT, "label-1": {"results": [NAMED_ENTITY]}}, "不是分类"),
        ({"source": "a", "x": -1, "x-metadata": {"failure-reason": "…", "class-name": "b"}}, "没有标注"),
        ({"source": "a", "x": [1], "x-metadata": {"class-map": {}}}, "不是分类"),
    ],
    ids=["unlabelled", "boxes", "entities", "failed", "class missing"],
)
def test_a_line_without_labels_of_a_classification_says_what_it_is(line: dict[str, Any], said: str) -> None:
    with pytest.raises(NotLabelledError, match=said):
        labels_of(line, Which())


def test_the_field_of_a_custom_template_can_be_named() -> None:
    line: dict[str, Any] = {"data": {"picture_url": "oss://a/b.jpg", "text": "一段话"}}
    with pytest.raises(NotLabelledError, match="picture_url、text"):
        source_of(line, Which())
    assert source_of(line, Which(source_field="picture_url")) == "oss://a/b.jpg"


@pytest.mark.parametrize("labels", [("体育",), ("体育", "足球"), ("[a]",)])
def test_what_is_written_is_read_again(labels: tuple[str, ...]) -> None:
    line = loads(written("国足\n赢了", labels, multi_label=len(labels) > 1))
    assert (source_of(line, Which()), labels_of(line, Which())) == ("国足\n赢了", labels)
