"""An operator's intents as files: what is read, and what each fault says."""

from pathlib import Path

import pytest

from chatbot.errors import DataError
from chatbot.normalization.intent_files import FEWEST, load_intents
from chatbot.normalization.intent_model import check_targets

ACTIONS = "# 说明\n投诉\thandoff\n合作\treply\t请发邮件。\n"
EXAMPLES = "".join(f"我要投诉{n}号店,投诉\n想谈{n}号合作,合作\n" for n in "一二三四五")


def write(
    folder: Path, actions: str | bytes = ACTIONS, examples: str | bytes = "sent,intent\n" + EXAMPLES
) -> Path:
    for name, text in (("intents.txt", actions), ("examples.csv", examples)):
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def faults(folder: Path) -> list[str]:
    found: list[DataError] = []
    load_intents(folder, found.append)
    return [fault.message.removeprefix(f"{folder}/") for fault in found]


def test_actions_and_examples_are_read_with_their_lines(tmp_path: Path) -> None:
    found = load_intents(write(tmp_path))
    assert {name: (one.kind, one.content, one.line) for name, one in found.actions.items()} == {
        "投诉": ("handoff", "", 2),
        "合作": ("reply", "请发邮件。", 3),
    }
    assert [(one.text, one.intent, one.line) for one in found.examples[:2]] == [
        ("我要投诉一号店", "投诉", 2),
        ("想谈一号合作", "合作", 3),
    ]


def test_a_byte_order_mark_windows_line_ends_and_a_quoted_comma_are_fine(tmp_path: Path) -> None:
    text = "\ufeff" + "sent,intent\n" + '"差评,太差了",投诉\n' + EXAMPLES
    found = load_intents(write(tmp_path, "\ufeff" + ACTIONS, text.replace("\n", "\r\n")))
    assert found.examples[0].said == "差评,太差了"
    assert len(found.examples) == 11


@pytest.mark.parametrize(
    ("actions", "examples", "message"),
    [
        ("投诉 handoff\n", EXAMPLES, "intents.txt:1: 不是“意图⇥动作⇥内容” → 用 Tab 隔开三列"),
        (ACTIONS + "闲\tchichat\t好\n", EXAMPLES, "intents.txt:4: 不认识的动作“chichat” → 是不是 chitchat？"),
        (ACTIONS + "答\treply\n", EXAMPLES, "intents.txt:4: 动作 reply 没有内容 → 第三列写要说的话"),
        (ACTIONS + "投诉\thandoff\n", EXAMPLES, "intents.txt:4: 意图“投诉”写了两次（第 2 行） → 只留一行"),
        (ACTIONS, EXAMPLES + "太差了,投拆\n", "examples.csv:12: intents.txt 里没有意图“投拆” → 是不是“投诉”？"),
        (ACTIONS, EXAMPLES + "！？,投诉\n", "examples.csv:12: 例句是空的，或没有字 → 写上顾客会说的话，或删掉这一行"),
        (ACTIONS, EXAMPLES + "a,b,投诉\n", "examples.csv:12: 有 3 列 → 应是 sent,intent 两列；话里有逗号的加引号"),
        (
            ACTIONS,
            EXAMPLES + "我要投诉一号店！,合作\n",
            "examples.csv:12: “我要投诉一号店！”在第 2 行属于“投诉”，这里属于“合作” → 只留一处",
        ),
        (
            ACTIONS + "招聘\treply\t见官网。\n",
            EXAMPLES + "招人吗,招聘\n",
            f"intents.txt:4: 意图“招聘”只有 1 个例句 → 在 examples.csv 里至少写 {FEWEST} 个，二三十个更好",
        ),
    ],
    ids=[
        "no tab", "unknown action", "no content", "twice", "unknown intent", "no letters", "columns",
        "of two intents", "too few",
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_way_out(
    tmp_path: Path, actions: str, examples: str, message: str
) -> None:
    assert message in faults(write(tmp_path, actions, "sent,intent\n" + examples))


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("examples.csv", b"sent,label\n", "examples.csv:1: 表头是 sent,label"),
        ("examples.csv", "sent,intent\n差,投诉\n".encode("gbk"), "examples.csv: 不是 UTF-8"),
        ("examples.csv", b'sent,intent\n"a', "不是合法的 csv"),
        ("intents.txt", "投诉\thandoff\n".encode("gbk"), "intents.txt: 不是 UTF-8"),
        ("intents.txt", b"# nothing\n", "intents.txt: 里面没有意图"),
    ],
    ids=["header", "gbk", "open quote", "gbk actions", "no intent"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, data: bytes, part: str) -> None:
    write(tmp_path)
    (tmp_path / name).write_bytes(data)
    assert any(part in message for message in faults(tmp_path))
    with pytest.raises(DataError):
        load_intents(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert [message.split(":")[0] for message in faults(tmp_path)] == ["intents.txt", "examples.csv"]


def test_an_action_must_lead_to_a_question_that_has_an_answer(tmp_path: Path) -> None:
    actions = "投诉\tfaq\t怎么投拆\n合作\tchitchat\t问候\n"
    intents = load_intents(write(tmp_path, actions))
    (fault,) = check_targets(intents, ["怎么投诉"], ["问候"])
    assert fault.message.endswith(
        "intents.txt:1: 意图“投诉”指向的“怎么投拆”，FAQ里没有，或还没有答案 → 是不是“怎么投诉”？"
    )
