"""FAQ files: what is read, and what each fault says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.errors import DataError
from chatbot.faq_modules.answers import load_answers
from chatbot.faq_modules.dataset import load_csv, load_dataset
from chatbot.faq_modules.lines import file_name, numbered_lines
from tests.faq_modules.small_faq import write_faq

MAP = "query_label_idx_map.txt"


def test_questions_paraphrases_and_their_places_are_read_in_order(tmp_path: Path) -> None:
    dataset = load_dataset(write_faq(tmp_path / "faq"))
    assert [(q.text, q.label) for q in dataset.questions] == [("怎么预约试驾", 0), ("首付最低多少", 1)]
    first = dataset.paraphrases[0]
    assert (first.text, first.label, first.file, first.line) == (
        "想试驾怎么约",
        0,
        "questions/怎么预约试驾",
        1,
    )


def test_a_byte_order_mark_crlf_and_blank_lines_change_nothing(tmp_path: Path) -> None:
    plain = load_dataset(write_faq(tmp_path / "a")).fingerprint
    folder = write_faq(tmp_path / "b")
    for file in [folder / MAP, *(folder / "questions").iterdir(), *(folder / "answers").iterdir()]:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n\r\n"))
    dataset = load_dataset(folder)
    assert dataset.fingerprint == plain
    assert load_answers(folder, dataset.questions).answer_for("怎么预约试驾", None) is not None


def test_a_question_that_no_file_name_can_hold_is_percent_encoded(tmp_path: Path) -> None:
    question = "长/宽/高 是多少?"
    assert "/" not in file_name(question)
    folder = write_faq(tmp_path / "faq", {question: ("尺寸",)}, {"通用": (f"[{question}]\t见配置表。",)})
    dataset = load_dataset(folder)
    assert dataset.paraphrases[0].file == f"questions/{file_name(question)}"


def test_answers_are_found_by_entity_and_never_fall_back_unasked(tmp_path: Path) -> None:
    answers = {"通用": ("[首付最低多少]\t两成。",), "甲车": ("[怎么预约试驾]\t到店。",)}
    folder = write_faq(tmp_path / "faq", answers=answers)
    book = load_answers(folder, load_dataset(folder).questions)
    own = book.answer_for("怎么预约试驾", "甲车")
    assert own is not None and (own.text, own.file, own.line) == ("到店。", "answers/甲车", 1)
    assert book.answer_for("怎么预约试驾", None) is None
    assert book.answer_for("首付最低多少", "甲车") is None
    assert tuple(book.entities_answering("怎么预约试驾")) == ("甲车",)


def test_a_paraphrase_of_two_questions_is_reported_with_both_places(tmp_path: Path) -> None:
    dataset = load_dataset(write_faq(tmp_path / "faq", {"甲问": ("一样的说法",), "乙问": ("一样的说法！",)}))
    (conflict,) = dataset.conflicts
    assert [place.file for place in conflict.places] == ["questions/甲问", "questions/乙问"]


def append(name: str, text: str | bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    return damage


def replace(name: str, text: str | bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return damage


def remove(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).unlink()

    return damage


@pytest.mark.parametrize(
    ("damage", "place", "said"),
    [
        pytest.param(append(MAP, "没有制表符\n"), f"{MAP}:3", "Tab", id="map: missing Tab"),
        pytest.param(append(MAP, "新问题\t1\n"), f"{MAP}:3", "编号 1 与第 2 行", id="map: duplicate id"),
        pytest.param(
            append(MAP, "怎么预约试驾\t9\n"), f"{MAP}:3", "与第 1 行重复", id="map: duplicate question"
        ),
        pytest.param(append(MAP, "新问题\t一\n"), f"{MAP}:3", "不是非负整数", id="map: no integer"),
        pytest.param(replace(MAP, ""), MAP, "空的", id="map: empty"),
        pytest.param(remove(MAP), MAP, "不存在", id="map: missing"),
        pytest.param(
            append(MAP, "新问题\t9\n"), "questions/新问题", "没有相似问", id="question without paraphrases"
        ),
        pytest.param(
            replace("questions/没人认识", "你好\n"), "没人认识", "不在", id="file of an unknown question"
        ),
        pytest.param(
            replace("questions/首付最低多少", ""), "首付最低多少", "空的", id="paraphrases: empty file"
        ),
        pytest.param(
            replace("questions/首付最低多少", "首付\n".encode("gbk")), "首付最低多少:1", "GBK", id="gbk"
        ),
        pytest.param(
            replace("questions/首付最低多少", "首付\n".encode("utf-16")),
            "首付最低多少:1",
            "UTF-16",
            id="utf-16",
        ),
        pytest.param(
            replace("answers/通用", "怎么预约试驾\t到店\n"), "通用:1", "[标准问]⇥答案", id="no brackets"
        ),
        pytest.param(
            replace("answers/通用", "[怎么预约试驾] 到店\n"), "通用:1", "[标准问]⇥答案", id="no Tab"
        ),
        pytest.param(
            replace("answers/通用", "[怎么预约试架]\t到店\n"),
            "通用:1",
            "是不是“怎么预约试驾”",
            id="unknown question",
        ),
        pytest.param(
            append("answers/通用", "[首付最低多少]\t三成\n"), "通用:3", "第 2 行已有答案", id="answered twice"
        ),
    ],
)
def test_a_fault_names_file_line_and_way_out(
    tmp_path: Path, damage: Callable[[Path], None], place: str, said: str
) -> None:
    folder = write_faq(tmp_path / "faq")
    damage(folder)
    with pytest.raises(DataError) as caught:
        load_answers(folder, load_dataset(folder).questions)
    assert place in caught.value.message and said in caught.value.message
    assert "→" in caught.value.message


def test_a_line_of_a_hundred_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    folder = write_faq(tmp_path / "faq")
    with (folder / "questions" / "首付最低多少").open("wb") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(DataError, match="超过"):
        load_dataset(folder)


@pytest.mark.parametrize("name", ["questions", "answers"])
def test_a_missing_folder_is_named(tmp_path: Path, name: str) -> None:
    folder = write_faq(tmp_path / "faq")
    (folder / name).rename(folder / "elsewhere")
    with pytest.raises(DataError, match="目录不存在") as caught:
        load_answers(folder, load_dataset(folder).questions)
    assert name in caught.value.message


def test_a_repeated_line_is_noticed_not_lost_in_silence(tmp_path: Path) -> None:
    folder = write_faq(tmp_path / "faq")
    append("questions/首付最低多少", "首付几成\n")(folder)
    assert any("首付最低多少:4" in notice for notice in load_dataset(folder).notices)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("sent,tag\n你好,问候\n", "没有列“label”", id="column missing"),
        pytest.param("sent,label\n", "只有表头", id="no rows"),
        pytest.param("sent,label\n你好\n", "有 1 列", id="a field too few"),
        pytest.param("sent,label\n,问候\n", "是空的", id="empty sentence"),
        pytest.param("", "空的", id="empty file"),
    ],
)
def test_a_faulty_csv_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "train.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        load_csv(file)


def test_a_line_that_cannot_be_read_is_reported_and_the_lines_behind_it_are_still_read(
    tmp_path: Path,
) -> None:
    file = tmp_path / "lines"
    file.write_bytes("甲\n".encode() + b"x" * 200_000 + b"\n\xff\n" + "乙\n".encode())
    faults: list[DataError] = []
    assert list(numbered_lines(file, faults.append)) == [(1, "甲"), (4, "乙")]
    assert [fault.line for fault in faults] == [2, 3]
    with pytest.raises(DataError, match="65536"):
        list(numbered_lines(file))
