"""Graphs that no one would write on purpose, from the file to the answer."""

import json
from pathlib import Path

import pytest

from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.dialog.state import Step
from chatbot.errors import DataError
from chatbot.knowledge_source import graph_knowledge
from chatbot.reply import GraphEvidence
from chatbot.session.base import Memory


def write(folder: Path, **trees: object) -> Path:
    for name, tree in trees.items():
        body = {"实体": {"名称": f"品牌 {name}", "关键词": f"品牌|{name}"}, **tree}  # type: ignore[dict-item]
        (folder / f"{name}.json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    return folder


class Talk:
    """A conversation over the graph of a folder."""

    def __init__(self, folder: Path) -> None:
        self.known, self.machine, self.memory = graph_knowledge(folder, None), build_machine(), Memory()

    def say(self, text: str) -> Step:
        step = self.machine.step(self.memory, Hearing(text, self.known, DialogSettings()))
        self.memory = step.memory
        return step


def test_keys_that_repeat_on_the_way_down_are_guided_through_to_the_leaf(tmp_path: Path) -> None:
    tree: object = {"电压": "400V", "型号": "甲"}
    for _ in range(10):
        tree = {"电池": {"电池": tree, "备注": "无"}}
    talk = Talk(write(tmp_path, 甲车=tree, 乙车={"电池": {"备注": "有"}}))
    step = talk.say("甲车的电池")
    assert step.reply.answer_type in ("clarify", "answer")
    step = talk.say("甲车的电压")
    evidence = step.reply.evidence[0]
    assert isinstance(evidence, GraphEvidence)
    assert (evidence.value, len(evidence.path), set(evidence.path[:-1])) == ("400V", 21, {"电池"})


def test_nesting_without_end_is_refused_with_the_file_and_the_way_out(tmp_path: Path) -> None:
    tree: object = {"电压": "400V"}
    for _ in range(100):
        tree = {"电池": tree}
    with pytest.raises(DataError, match=r"甲车\.json.*嵌套超过 64 层.*减少"):
        Talk(write(tmp_path, 甲车=tree))


def test_fifty_levels_are_asked_about_like_one(tmp_path: Path) -> None:
    tree: object = {"电压": "400V"}
    for level in range(49):
        tree = {f"层{level}": tree}
    assert (
        "400V"
        in Talk(write(tmp_path, 甲车=tree, 乙车={"属性": {"价格": "5万"}})).say("甲车的电压").reply.answer
    )


def test_ten_thousand_attributes_load_and_answer(tmp_path: Path) -> None:
    wide = {"配置": {f"第{n}号功能": f"{n}km" for n in range(10_000)}}
    talk = Talk(write(tmp_path, 甲车=wide, 乙车=wide))
    assert "8123km" in talk.say("甲车的第8123号功能").reply.answer


def test_one_attribute_with_numbers_words_and_yes_or_no_compares_only_what_can_be(tmp_path: Path) -> None:
    prices: list[object] = ["12万", "面议", True, None, ["10万", "11万"], 95000, "15万"]
    trees = {f"第{n}款": {"属性": {"价格": price, "颜色": "红"}} for n, price in enumerate(prices)}
    talk = Talk(write(tmp_path, **trees))
    reply = talk.say("13万以内的有哪些").reply
    assert reply.rows is not None
    assert [row.values.get("价格") for row in reply.rows] == ["12万", "95000"]
    assert "未计入" in reply.answer
    assert "面议" in talk.say("第1款的价格").reply.answer
    assert "10万、11万" in talk.say("第4款的价格").reply.answer


def test_a_huge_value_is_answered_as_it_stands(tmp_path: Path) -> None:
    talk = Talk(write(tmp_path, 甲车={"属性": {"介绍": "好" * 100_000, "价格": "9" * 300}}))
    assert "好" * 100 in talk.say("甲车的介绍").reply.answer
    assert "9" * 300 in talk.say("甲车的价格").reply.answer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('{"属性": {"价格": "1万"}}', "缺少“实体”", id="no entity"),
        pytest.param(
            '{"实体": {"名称": "品牌 甲车"}, "属性": {"价格": "1万"}}', r"品牌 甲车.*重复", id="twice"
        ),
    ],
)
def test_a_file_that_is_no_entity_or_one_twice_says_which_file_and_what_to_do(
    tmp_path: Path, text: str, said: str
) -> None:
    write(tmp_path, 甲车={"属性": {"价格": "1万"}})
    (tmp_path / "坏.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said) as caught:
        Talk(tmp_path)
    assert ".json" in str(caught.value) and "→" in str(caught.value)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param("20万以上10万以下的", "矛盾", id="contradiction"),
        pytest.param("续航30万的有哪些", "", id="unit of another dimension"),
        pytest.param("、".join(f"{n}万以内" for n in range(1, 400)), "", id="hundreds of conditions"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_without_rows_or_an_error(
    tmp_path: Path, question: str, said: str
) -> None:
    talk = Talk(write(tmp_path, 甲车={"属性": {"价格": "15万", "续航": "500km"}}))
    reply = talk.say(question).reply
    assert not reply.rows and reply.answer and reply.suggestions is not None
    assert said in reply.answer
