"""Change sets: to JSON and back, and into the operator's files with nothing else touched."""

import json
from pathlib import Path

import pytest

from chatbot.config import EngineConfig
from chatbot.errors import InvalidChangeError
from chatbot.learning.changes import (
    AddAttributeAlias,
    AddEntityAlias,
    AddParaphrase,
    AddQuestion,
    AddSmallTalk,
    Change,
    RemoveParaphrase,
    SetAnswer,
    SetValue,
    dump_changes,
    load_changes,
)
from chatbot.learning.edits import apply_changes
from chatbot.learning.layout import Layout

A_STANDARD = "某汽车品牌 A型号 2021款 标准续航升级版"
EVERY: tuple[Change, ...] = (
    AddParaphrase("怎么预约试驾", "想去店里开一圈看看"),
    RemoveParaphrase("怎么预约试驾", "想去店里开一圈看看"),
    AddQuestion("可以带宠物试驾吗", ("试驾能带狗吗", "猫能上车吗"), "可以，请先告诉顾问。"),
    SetAnswer("怎么预约试驾", "打电话给我们。"),
    SetAnswer("问上市时间", "2021年7月。", A_STANDARD),
    AddAttributeAlias("轴距(mm)", "前后轮距离"),
    AddEntityAlias("A型号", "小A"),
    AddSmallTalk("夸天气", ("今天天气真好",), "是啊，适合试驾。"),
    AddSmallTalk("感谢", ("太谢谢啦亲",)),
    SetValue(A_STANDARD, ("属性", "经销商报价"), "26.6万"),
)


def test_changes_go_to_json_and_back() -> None:
    assert load_changes(dump_changes(EVERY)) == EVERY


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[1]",
        '[{"kind": "DropTables"}]',
        '[{"kind": "AddParaphrase", "question": "q"}]',
        '[{"kind": "AddParaphrase", "question": "q", "text": 1}]',
        '[{"kind": "AddParaphrase", "question": "q", "text": "t", "more": "x"}]',
        '[{"kind": "AddQuestion", "question": "q", "paraphrases": [], "answer": "a"}]',
    ],
)
def test_what_is_no_change_set_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(InvalidChangeError, match=r"→|应是|JSON|缺少"):
        load_changes(text)


def test_a_line_is_appended_and_every_other_byte_stays(config: EngineConfig) -> None:
    file = config.faq_data_dir / "questions" / "怎么预约试驾"
    before = file.read_bytes()
    apply_changes([EVERY[0]], Layout(config))
    assert file.read_bytes() == before.rstrip(b"\n") + "\n想去店里开一圈看看\n".encode()
    apply_changes([EVERY[1]], Layout(config))
    assert file.read_bytes().rstrip(b"\n") == before.rstrip(b"\n")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no BOM", "BOM"])
def test_line_ends_and_byte_order_mark_stay_as_they_are(
    config: EngineConfig, end: bytes, mark: bytes
) -> None:
    assert config.lexicon_dir is not None
    file = config.lexicon_dir / "attribute_synonyms.txt"
    file.write_bytes(mark + "# 表\n轴距(mm)\t轴长\n".encode().replace(b"\n", end))
    apply_changes(
        [AddAttributeAlias("轴距(mm)", "前后轮距离"), AddAttributeAlias("排量(L)", "几升")], Layout(config)
    )
    wanted = "# 表\n轴距(mm)\t轴长|前后轮距离\n排量(L)\t几升\n".encode().replace(b"\n", end)
    assert file.read_bytes() == mark + wanted


def test_a_new_standard_question_gets_the_next_id_its_paraphrases_and_its_answer(
    config: EngineConfig,
) -> None:
    ids = [int(line.split("\t")[1]) for line in config.faq_query_label_idx_map.read_text().splitlines()]
    apply_changes([EVERY[2]], Layout(config))
    assert config.faq_query_label_idx_map.read_text().splitlines()[-1] == f"可以带宠物试驾吗\t{max(ids) + 1}"
    assert (
        config.faq_data_dir / "questions" / "可以带宠物试驾吗"
    ).read_text() == "试驾能带狗吗\n猫能上车吗\n"
    assert (config.faq_data_dir / "answers" / "通用").read_text().splitlines()[-1] == (
        "[可以带宠物试驾吗]\t可以，请先告诉顾问。"
    )


def test_an_answer_is_replaced_in_its_line(config: EngineConfig) -> None:
    file = config.faq_data_dir / "answers" / "通用"
    before = file.read_text().splitlines()
    place = next(place for place, line in enumerate(before) if line.startswith("[怎么下定买车]"))
    apply_changes([SetAnswer("怎么下定买车", "去门店。\n带身份证。")], Layout(config))
    after = file.read_text().splitlines()
    assert after[place] == "[怎么下定买车]\t去门店。 带身份证。"
    assert after[:place] + after[place + 1 :] == before[:place] + before[place + 1 :]


def test_a_value_is_changed_in_its_file_with_order_and_indent_kept(config: EngineConfig) -> None:
    file = config.knowledge_graph_data_dir / f"{A_STANDARD}.json"
    before = file.read_text().splitlines()
    apply_changes([EVERY[-1]], Layout(config))
    after = file.read_text().splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        '  "经销商报价": "26.6万",'
    ]
    apply_changes([SetValue(A_STANDARD, ("属性", "经销商报价"), "")], Layout(config))
    assert "经销商报价" not in json.loads(file.read_text())["属性"]


def test_every_kind_of_change_leaves_files_that_load(config: EngineConfig) -> None:
    from chatbot.knowledge_source import load_knowledge

    apply_changes(EVERY, Layout(config))
    knowledge = load_knowledge(config)
    answer = knowledge.answers.answer_for("可以带宠物试驾吗", None)
    assert answer is not None and answer.text == "可以，请先告诉顾问。"
    assert knowledge.reader.read("小A的前后轮距离").attributes[0].paths[0][-1] == "轴距(mm)"


@pytest.mark.parametrize(
    "change",
    [
        AddParaphrase("没有这个标准问", "x"),
        AddParaphrase("怎么预约试驾", "想试驾"),
        AddParaphrase("怎么预约试驾", "a\tb"),
        RemoveParaphrase("怎么预约试驾", "从没写过的话"),
        AddQuestion("怎么预约试驾", ("x",), "y"),
        AddQuestion("新问题", ("x",), " "),
        SetAnswer("怎么预约试驾", ""),
        AddEntityAlias("A型号", "a|b"),
        SetValue("没有这款车", ("属性", "x"), "1"),
        SetValue(A_STANDARD, ("实体", "名称"), "x"),
        SetValue(A_STANDARD, ("属性", "经销商报价", "x"), "1"),
    ],
    ids=repr,
)
def test_a_change_that_cannot_be_made_says_why(config: EngineConfig, change: Change) -> None:
    with pytest.raises(InvalidChangeError):
        apply_changes([change], Layout(config))


def test_a_key_never_leads_out_of_its_folder(config: EngineConfig, tmp_path: Path) -> None:
    from chatbot.errors import DataError

    for key in ("faq/../../x", "faq//etc/passwd", "other/x", "faq", "graph/"):
        with pytest.raises(DataError):
            Layout(config).path(key)
