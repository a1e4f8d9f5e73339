"""``python -m tools manifest``: convert, validate, split, stats."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.errors import DataError
from tools.cli import main
from tools.manifest.checks import faults, stats_of
from tools.manifest.files import Example, Form, entries, examples, rendered
from tools.manifest.splitting import split

MULTI = Form(multi_label=True)


def called(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["manifest", *map(str, words)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def plain(file: Path, *pairs: tuple[str, Any]) -> Path:
    lines = [{"data": {"source": source}, "annotation": {"labels": labels}} for source, labels in pairs]
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return file


def test_a_manifest_becomes_the_csv_of_text_training_and_back(tmp_path: Path) -> None:
    source = plain(tmp_path / "a.manifest", ("国足,赢了", ["体育"]), ('股市"涨"\n了', ["财经"]))
    assert called("convert", "--input", source, "--output", tmp_path / "a.csv") == 0
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as lines:
        assert list(csv.reader(lines)) == [
            ["sentence", "label"],
            ["国足,赢了", "体育"],
            ['股市"涨"\n了', "财经"],
        ]
    assert called("convert", "--input", tmp_path / "a.csv", "--output", tmp_path / "b.manifest") == 0
    before, after = (
        [(one.source, one.labels) for one in examples(tmp_path / name, Form())[0]]
        for name in ("a.manifest", "b.manifest")
    )
    assert before == after


def test_images_get_the_column_of_images_and_several_labels_are_joined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = plain(tmp_path / "a.manifest", ("oss://b/1.jpg", ["猫", "狗"]), ("oss://b/2.jpg", []))
    words = ("--input", source, "--multi-label", "--separator", "|", "--json", "--output")
    assert called("convert", *words, tmp_path / "a.csv") == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "image"
    assert (tmp_path / "a.csv").read_text(
        encoding="utf-8"
    ) == "image_url,label\noss://b/1.jpg,猫|狗\noss://b/2.jpg,\n"
    assert called("convert", *words, tmp_path / "a.jsonl") == 0
    first = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first == {"image_url": "oss://b/1.jpg", "label": ["猫", "狗"]}


labels = st.lists(
    st.text("甲乙丙[{\"'", min_size=1, max_size=3).map(str.strip).filter(bool), max_size=3, unique=True
)
pairs = st.lists(
    st.tuples(st.text(min_size=1, max_size=8).filter(lambda text: text.strip()), labels), min_size=1
)


def test_a_carriage_return_in_a_cell_of_a_csv_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(rendered([Example(1, "a\rb", ("x\r1",))], ".csv", "text", Form()))
    assert [(one.source, one.labels) for one in examples(file, Form())[0]] == [("a\rb", ("x\r1",))]


@settings(max_examples=60, deadline=None)
@given(pairs=pairs, ending=st.sampled_from([".csv", ".jsonl", ".manifest"]))
def test_whatever_is_written_in_any_form_is_read_again(
    pairs: list[tuple[str, list[str]]], ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = [Example(0, source.encode("utf-8", "replace").decode(), tuple(names)) for source, names in pairs]
    file = tmp_path_factory.mktemp("forms") / f"a{ending}"
    file.write_bytes(rendered(found, ending, "text", MULTI))
    again, _ = examples(file, MULTI)
    assert [(one.source, one.labels) for one in again] == [(one.source, one.labels) for one in found]


def test_a_label_with_the_separator_in_it_is_not_joined(tmp_path: Path) -> None:
    source = plain(tmp_path / "a.manifest", ("甲", ["体育,足球", "b"]))
    assert called("convert", "--input", source, "--output", tmp_path / "a.csv", "--multi-label") == 1
    assert called("convert", "--input", source, "--output", tmp_path / "a.csv", "--multi-label", "--separator",
                  "|") == 0  # fmt: skip


def test_bad_rows_are_named_with_line_reason_and_mend_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = plain(tmp_path / "a.manifest", ("甲", ["体育"])).read_bytes()
    bad = b'{"data": {"source": ""}}\n{\n\xff\n[]\n{"data": {"source": "x"}}\n'
    (tmp_path / "a.manifest").write_bytes(good + bad)
    words = ("--input", tmp_path / "a.manifest", "--output", tmp_path / "a.csv")
    assert called("convert", *words) == 1 and not (tmp_path / "a.csv").exists()
    said = capsys.readouterr().err
    assert all(f"a.manifest:{line}: " in said for line in (2, 3, 4, 5, 6)) and "→" in said
    assert called("convert", *words, "--skip-bad") == 0
    assert "1 条，略过 5 行" in capsys.readouterr().out


def test_validate_finds_twins_contradictions_unknown_and_too_many_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = plain(
        tmp_path / "a.manifest",
        ("甲", ["体育"]),
        ("甲", ["体育"]),
        ("甲", ["财经"]),
        ("乙", ["体肓"]),
        ("丙", ["a", "b"]),
    )
    assert called("validate", "--input", source, "--labels", "体育,财经", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 5 and [one["line"] for one in told["faults"]] == [2, 3, 4, 5]
    reasons = "".join(one["reason"] + one["mend"] for one in told["faults"])
    assert all(word in reasons for word in ("重复", "标签却不同", "是不是“体育”", "2 个标签"))


def test_a_good_file_passes_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("﻿sentence,label\n甲,体育\n乙,财经\n".encode()))
    assert called("validate", "--input", tmp_path / "a.csv.gz") == 0
    assert faults(tmp_path / "a.csv.gz", Form()) == (2, [])


def test_a_csv_without_the_columns_says_which_it_has(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sent,label\n甲,体育\n")
    with pytest.raises(DataError, match="只有 sent、label"):
        list(entries(tmp_path / "a.csv", Form()))
    assert len(list(entries(tmp_path / "a.csv", Form(source_column="sent")))) == 1


def labelled(counts: dict[str, int]) -> list[Example]:
    return [Example(0, f"{label} {number}", tuple(label.split("+"))) for label, count in counts.items() for number in range(count)]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_each_part_has_each_class_in_its_share(seed: int) -> None:
    counts = {"a": 500, "b": 100, "c": 10}
    parts = split(labelled(counts), {"train": 0.8, "dev": 0.1, "test": 0.1}, seed)
    for label, count in counts.items():
        for name, share in (("train", 0.8), ("dev", 0.1), ("test", 0.1)):
            assert abs(sum(label in one.labels for one in parts[name]) - share * count) <= 1


def test_several_labels_a_row_are_shared_out_too() -> None:
    found = labelled({"a": 200, "a+b": 60, "b+c": 40, "c": 20, "a+c": 30})
    parts = split(found, {"train": 0.5, "test": 0.5}, 1)
    counts = {name: Counter(label for one in part for label in one.labels) for name, part in parts.items()}
    assert all(abs(counts["train"][label] - counts["test"][label]) <= 2 for label in "abc")


def test_a_split_is_the_same_for_the_same_seed_and_never_tears_a_text_apart() -> None:
    found = [Example(number, f"文 {number % 70}", (f"{number % 7}",)) for number in range(210)]
    shares = {"train": 0.7, "test": 0.3}
    one, two, other = (split(found, shares, seed) for seed in (3, 3, 4))
    assert one == two != other
    assert not {e.source for e in one["train"]} & {e.source for e in one["test"]}
    assert sorted(e.line for part in one.values() for e in part) == list(range(210))


def test_split_keeps_each_line_as_it_stands(tmp_path: Path) -> None:
    rows = [f"{number},句 {number},{'ab'[number % 2]},x" for number in range(40)]
    (tmp_path / "a.csv").write_text("id,sentence,label,more\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert called("split", "--input", tmp_path / "a.csv", "--output-dir", tmp_path / "out") == 0
    parts = [(tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8").splitlines() for name in ("train", "dev", "test")]  # fmt: skip
    assert all(part[0] == "id,sentence,label,more" for part in parts)
    assert sorted(row for part in parts for row in part[1:]) == sorted(rows)
    assert called("split", "--input", tmp_path / "a.csv", "--output-dir", tmp_path, "--train", 0.5) == 2


def test_stats_count_classes_and_warn_of_few_and_of_imbalance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = plain(tmp_path / "a.manifest", *((f"甲{n}", ["多"]) for n in range(300)), ("乙", ["少"]))
    assert called("stats", "--input", source, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["classes"] == [{"label": "多", "count": 300, "share": 0.9967}, {"label": "少", "count": 1, "share": 0.0033}]  # fmt: skip
    assert told["imbalance"] == 300 and len(told["warnings"]) == 2
    assert called("stats", "--input", source) == 0 and "不到 20 条：少（1）" in capsys.readouterr().out


def test_equal_classes_are_in_balance_and_need_no_warning() -> None:
    stats = stats_of(labelled({"a": 50, "b": 50}), 0, False)
    assert (stats.balance, stats.imbalance, stats.warnings) == (1.0, 1.0, ())
