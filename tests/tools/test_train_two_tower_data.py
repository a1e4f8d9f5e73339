from pathlib import Path

import pytest

from chatbot.errors import DataError
from tools.train_two_tower.data import Example, read_data, truncate
from tools.train_two_tower.settings import TrainFiles

TRAIN = "sent,label\n多少钱,价格\n什么价,价格\n续航多少,续航\n能跑多远,续航\n"
DEV = "sent,label\n价钱多少,价格\n"


def files(folder: Path, train: str = TRAIN, dev: str = DEV) -> TrainFiles:
    (folder / "train.csv").write_text(train, encoding="utf-8")
    (folder / "dev.csv").write_text(dev, encoding="utf-8")
    return TrainFiles(folder / "train.csv", folder / "dev.csv", folder / "out")


def test_sentences_are_read_normalised_with_their_lines(tmp_path: Path) -> None:
    data = read_data(files(tmp_path, train="\ufeff" + TRAIN + "ＡＢＣ 多遠,续航\n"))
    assert data.labels == ("价格", "续航")
    assert data.train[0] == Example("多少钱", "价格", 2)
    assert data.train[-1].text == "abc多远"
    assert data.warnings == ()


@pytest.mark.parametrize(
    ("train", "dev", "told"),
    [
        ("", DEV, "train.csv: is empty"),
        ("sent,label\n", DEV, "train.csv: holds no sentence"),
        ("sent,label\n多少钱,价格\n什么价,价格\n", DEV, "one label only"),
        ("text,label\n多少钱,价格\n", DEV, "train.csv:1: has no column 'sent'.*--text-column"),
        ("sent,kind\n多少钱,价格\n", DEV, "has no column 'label'.*--label-column"),
        (TRAIN + "多少钱,续航\n", DEV, "train.csv:6: .*'续航'.*line 2.*'价格'"),
        (TRAIN + ",续航\n", DEV, "train.csv:6: the sentence or its label is missing"),
        (TRAIN + "没有标签\n", DEV, "train.csv:6: the sentence or its label is missing"),
        (TRAIN, "sent,label\n颜色,车漆\n", "dev.csv: no sentence has a label"),
        (TRAIN, "sent,label\n", "dev.csv: holds no sentence"),
    ],
    ids=[
        "empty",
        "header only",
        "one label",
        "no text column",
        "no label column",
        "two labels for a sentence",
        "no sentence",
        "no label",
        "dev of other labels",
        "empty dev",
    ],
)
def test_what_cannot_train_is_refused_with_file_and_line(
    tmp_path: Path, train: str, dev: str, told: str
) -> None:
    with pytest.raises(DataError, match=told):
        read_data(files(tmp_path, train, dev))


def test_a_missing_file_and_a_wrong_encoding_are_named(tmp_path: Path) -> None:
    named = files(tmp_path)
    named.dev.unlink()
    with pytest.raises(DataError, match=r"dev\.csv: cannot be read"):
        read_data(named)
    named.train.write_bytes(TRAIN.encode("gb18030"))
    with pytest.raises(DataError, match="UTF-8"):
        read_data(named)


def test_unseen_dev_labels_repeats_and_lonely_labels_are_reported(tmp_path: Path) -> None:
    data = read_data(files(tmp_path, TRAIN + "多少钱,价格\n颜色,车漆\n", DEV + "几座,座位数\n"))
    assert len(data.dev) == 1
    told = "\n".join(data.warnings)
    assert "座位数" in told
    assert "1 sentences are repeated" in told
    assert "1 labels have one sentence only" in told


def test_long_sentences_are_cut_and_counted() -> None:
    cut, long = truncate([Example("一二三四", "a", 2), Example("一二", "a", 3)], 3)
    assert [each.text for each in cut] == ["一二三", "一二"]
    assert long == 1
