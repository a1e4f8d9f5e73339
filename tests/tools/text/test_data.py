"""Labelled files: what is read, and what is refused with its line."""

import gzip
from pathlib import Path

import pytest

from chatbot.errors import DataError
from tests.tools.text.conftest import Write
from tools.text.data import read_labels, read_training
from tools.text.settings import Columns, TrainFiles


def files(train: Path, dev: Path | None = None, label_values: str = "", **columns: str) -> TrainFiles:
    return TrainFiles(train, dev, train.parent / "model", Columns(**columns), label_values)


ROWS = [["多少钱", "价格"], ["能跑多远", "续航"], ["贵不贵", "价格"]]


def test_gzipped_files_read_like_others(write: Write, tmp_path: Path) -> None:
    plain = write("a.csv", ROWS)
    zipped = tmp_path / "a.csv.gz"
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    dev = write("dev.csv", ROWS[:1])
    assert (
        read_training(files(zipped, dev), False, 1).digest
        == read_training(files(plain, dev), False, 1).digest
    )


@pytest.mark.parametrize(
    ("rows", "header", "problem"),
    [
        ([*ROWS, ["", "价格"]], ("sentence", "label"), r"train.csv:5: sentence 是空的"),
        ([*ROWS, ["好", " "]], ("sentence", "label"), r"train.csv:5: label 是空的"),
        (ROWS, ("text", "label"), r"train.csv:1: 没有列 sentence，只有 text、label → 用 --first-sequence"),
        ([*ROWS, ["一", "二", "三"]], ("sentence", "label"), r"train.csv:5: 列数和表头不一样"),
        ([], ("sentence", "label"), r"train.csv: 表头下面一行也没有"),
        (ROWS[:1], ("sentence", "label"), r"train.csv: 只有 1 种标签"),
    ],
    ids=["empty text", "empty label", "no column", "too many cells", "no line", "one label"],
)
def test_a_bad_file_is_refused_with_its_line(
    write: Write, rows: list[list[str]], header: tuple[str, str], problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        read_training(files(write("train.csv", rows, header)), False, 1)


def test_an_unknown_label_is_refused_and_the_near_one_named(write: Write) -> None:
    train, dev = write("train.csv", ROWS), write("dev.csv", [["多少", "价格表"]])
    with pytest.raises(DataError, match=r"dev.csv:2: 标签“价格表”是训练集 train.csv没有的 → 是不是“价格”"):
        read_training(files(train, dev), False, 1)
    with pytest.raises(DataError, match=r"train.csv:3: 标签“续航”是--label-enumerate-values没有的"):
        read_training(files(train, dev, "价格,保养"), False, 1)


def test_files_that_cannot_be_read_are_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / "gbk.csv").write_bytes("sentence,label\n多少钱,价格\n".encode("gbk"))
    with pytest.raises(DataError, match=r"gbk.csv: 不是 UTF-8"):
        read_training(files(tmp_path / "gbk.csv"), False, 1)
    whole = gzip.compress(write("a.csv", ROWS * 500).read_bytes())
    (tmp_path / "cut.csv.gz").write_bytes(whole[:60])
    with pytest.raises(DataError, match=r"cut.csv.gz: 读不了"):
        read_training(files(tmp_path / "cut.csv.gz"), False, 1)
    with pytest.raises(DataError, match=r"none.csv: 读不了"):
        read_training(files(tmp_path / "none.csv"), False, 1)


def test_labels_are_listed_in_the_option_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("续航\n\n价格\n", encoding="utf-8")
    assert read_labels(str(tmp_path / "labels.txt")) == ("续航", "价格")
    assert read_labels(" a, b ,c") == ("a", "b", "c")
    assert read_labels("") == ()
    with pytest.raises(DataError, match="写了两次"):
        read_labels("a,b,a")


def test_several_labels_stand_in_one_cell(write: Write) -> None:
    path = write("train.csv", [["又贵又慢", "价格，续航"], ["你好", ""], ["多少钱", "价格"]])
    found = read_training(files(path, path), True, 1)
    assert [one.labels for one in found.train] == [(0, 1), (), (0,)]
    assert found.labels == ("价格", "续航")


def test_weights_are_read_and_checked(write: Write) -> None:
    rows = [[*row, weight] for row, weight in zip(ROWS, ("2", "0.5", "-1"), strict=True)]
    header = ("sentence", "label", "w")
    good = write("good.csv", rows[:2], header)
    assert [one.weight for one in read_training(files(good, good, weight="w"), False, 1).train] == [2.0, 0.5]
    with pytest.raises(DataError, match=r"bad.csv:4: w 的值是 '-1'"):
        read_training(files(write("bad.csv", rows, header), weight="w"), False, 1)


def test_without_a_dev_file_a_tenth_of_the_texts_is_held_out_and_no_text_is_on_both_sides(
    write: Write,
) -> None:
    rows = [[f"第{number % 100}句", "甲" if number % 2 else "乙"] for number in range(200)]
    path = write("train.csv", rows)
    found = read_training(files(path), False, 3)
    inside = {one.first for one in found.train}
    assert len(found.dev) == 20
    assert not inside & {one.first for one in found.dev}
    assert found == read_training(files(path), False, 3)
    assert found.dev != read_training(files(path), False, 4).dev


def test_a_person_is_told_of_labels_without_examples_and_of_texts_on_both_sides(write: Write) -> None:
    train, dev = write("train.csv", ROWS), write("dev.csv", ROWS[:1])
    told = "\n".join(read_training(files(train, dev, "价格,续航,保养"), False, 1).warnings)
    assert "训练集里没有这些标签的例子：保养" in told
    assert "验证集里没有这些标签的例子：续航、保养" in told
    assert "验证集有 1 条文字也在训练集里" in told
