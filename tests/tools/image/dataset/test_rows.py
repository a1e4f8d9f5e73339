"""Rows of each form: what is read, and what is said of what cannot be."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.errors import DataError
from chatbot.json_bytes import dumps
from tests.tools.image.fakes import jsonl, picture_folder
from tools.image.dataset.folders import checked_name
from tools.image.dataset.jsonl import row_of, written
from tools.image.dataset.records import Box, Fault, ImageRow, Outline, Place, RowError
from tools.image.dataset.rows import Reading, form_of, read_rows

URL = "azureml://subscriptions/s/paths/images/01.jpg"
BOX = {"label": "can", "topX": 0.26, "topY": 0.25, "bottomX": 0.74, "bottomY": 0.9, "isCrowd": 0}
OUTLINE = {"label": "can", "isCrowd": 1, "polygon": [[0.1, 0.1, 0.9, 0.1, 0.5, 0.9]]}


def line(label: Any, **details: Any) -> dict[str, Any]:
    return {
        "image_url": URL,
        "image_details": {"format": "jpg", "width": "400px", "height": 258, **details},
        "label": label,
    }


def read(file: Path, **reading: Any) -> list[ImageRow | Fault]:
    return list(read_rows(file, Reading(**reading)))


def test_each_form_of_the_json_lines_is_read(tmp_path: Path) -> None:
    file = jsonl(
        tmp_path / "a.jsonl", [line("can"), line(["can", "cup"]), line([BOX]), line([OUTLINE]), line([])]
    )
    rows = read(file, multi_label=True)
    assert all(
        isinstance(one, ImageRow) and (one.width, one.height, one.format) == (400, 258, "jpg") for one in rows
    )
    one, several, box, outline, none = (row for row in rows if isinstance(row, ImageRow))
    assert (one.labels, several.labels, none.labels, box.labels) == (("can",), ("can", "cup"), (), None)
    assert box.shapes == (Box("can", 0.26, 0.25, 0.74, 0.9),)
    assert outline.shapes == (Outline("can", ((0.1, 0.1, 0.9, 0.1, 0.5, 0.9),), True),)
    assert box.names == outline.names == ("can",)
    assert [row.place.line for row in rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('{"image_url": "a.jpg"', "JSON"),
        ("[1]", "列表"),
        ({"label": "can"}, "没有 image_url"),
        ({"image_url": 5, "label": "can"}, "整数"),
        (line("can", width="wide"), "width"),
        (line("can", height=0), "height"),
        (line("can", width=True), "width"),
        (line(""), "空的"),
        (line(7), "整数"),
        (line(["can", 7]), "第 1 个"),
        (line([{**BOX, "bottomX": 1.2}]), "[0, 1] 外"),
        (line([{**BOX, "topX": -0.1}]), "[0, 1] 外"),
        (line([{**BOX, "topX": "0.1"}]), "topX"),
        (line([{**BOX, "topX": 0.8}]), "左上"),
        (line([{"label": "can", "topX": 0.1}]), "topY"),
        (line([{**BOX, "isCrowd": "maybe"}]), "isCrowd"),
        (
            line([BOX, {**OUTLINE, "polygon": [[0.1, 0.2, 0.3, 0.4, 0.5]]}]),
            "第 2 个：polygon 有 5 个数，是奇数",
        ),
        (line([{**OUTLINE, "polygon": [[0.1, 0.2, 0.3, 0.4]]}]), "2 个点"),
        (line([{**OUTLINE, "polygon": [0.1, 0.2]}]), "polygon"),
        (line([{**OUTLINE, "polygon": [[0.1, 0.2, 0.3, 0.4, 0.5, 1.5]]}]), "[0, 1] 外"),
        (line([{**OUTLINE, "polygon": [[0.1, 0.2, 0.3, 0.4, 0.5, float("nan")]]}]), "polygon"),
        (line(["can", "cup"]), "2 个标签"),
        (line([]), "一个标签也没有"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else None,
)
def test_a_faulty_line_is_told_with_its_place_reason_and_mend(
    tmp_path: Path, value: Any, reason: str
) -> None:
    file = jsonl(tmp_path / "a.jsonl", [line("can"), value, line("can")])
    good, bad, after = read(file)
    assert isinstance(good, ImageRow) and isinstance(after, ImageRow)
    assert isinstance(bad, Fault)
    assert (bad.place.file, bad.place.line) == (str(file), 2)
    assert reason in bad.reason
    assert bad.mend


def test_a_line_that_is_not_utf_8_is_told_in_json_lines_and_in_a_list(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.txt"):
        file = tmp_path / name
        file.write_bytes(b'{"image_url": "a"}\n\xff\xfe\nc.jpg\n')
        assert "UTF-8" in str(read(file)[1])


def test_a_folder_gives_its_labels_and_the_pictures_to_predict(tmp_path: Path) -> None:
    rows = read(picture_folder(tmp_path / "shop", {"b_1": 2, "a-2": 1}, top=1))
    assert [(one.address, one.labels) for one in rows if isinstance(one, ImageRow)] == [
        ("top0.png", None), ("a-2/0.jpg", ("a-2",)), ("b_1/0.jpg", ("b_1",)), ("b_1/1.jpg", ("b_1",)),
    ]  # fmt: skip


def test_what_is_wrong_in_a_folder_is_told(tmp_path: Path) -> None:
    folder = picture_folder(tmp_path / "shop", {"cat": 1, "小猫": 1})
    (folder / "empty").mkdir()
    (folder / "cat" / "deeper").mkdir()
    (folder / "cat" / "notes.txt").write_text("x")
    (folder / "cat" / ".DS_Store").write_text("x")
    (tmp_path / "outside.jpg").write_bytes(b"x")
    (folder / "cat" / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    (folder / "away").symlink_to(tmp_path)
    (folder / "cat" / "inner.jpg").symlink_to(folder / "cat" / "0.jpg")
    told = {Path(one.place.file).name: one.reason for one in read(folder) if isinstance(one, Fault)}
    assert set(told) == {"小猫", "empty", "deeper", "notes.txt", "link.jpg", "away"}
    assert "链接" in told["link.jpg"] and "链接" in told["away"]
    assert len([one for one in read(folder) if isinstance(one, ImageRow)]) == 2


def test_an_empty_folder_a_missing_file_and_one_of_no_known_form_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.docx").write_text("x")
    (tmp_path / "none.jsonl").write_text("\n" * 0)
    for name in ("empty", "missing.jsonl", "a.docx", "none.jsonl"):
        with pytest.raises(DataError, match=name):
            read(tmp_path / name)


def test_manifests_are_read_by_the_pieces_that_text_has(tmp_path: Path) -> None:
    itag = {"data": {"source": "oss://b/1.jpg"}, "label-1": {"results": [
        {"questionId": "1", "data": ["猫", "狗"], "markTitle": "多选", "type": "survey/multivalue"}]}}  # fmt: skip
    truth = {"source-ref": "s3://b/2.jpg", "kind": 0, "kind-metadata": {"class-name": "cat"}}
    file = jsonl(tmp_path / "a.manifest", [itag, truth, {"data": {"source": "oss://b/3.jpg"}}])
    one, two, three = read(file, multi_label=True)
    assert isinstance(one, ImageRow) and one.labels == ("猫", "狗")
    assert isinstance(two, ImageRow) and (two.address, two.labels) == ("s3://b/2.jpg", ("cat",))
    assert isinstance(three, Fault) and "标注" in three.reason


def test_the_form_is_seen_from_the_path_or_from_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "a.tfrecord-00000-of-00002").write_bytes(b"")
    found = [
        form_of(tmp_path / name)
        for name in (".", "shards", "a.jsonl.gz", "b.manifest", "c.txt", "d.tfrecord")
    ]
    assert found == ["folder", "tfrecord", "jsonl", "manifest", "list", "tfrecord"]


@pytest.mark.parametrize(("name", "good"), [("a", True), ("1-a_b", True), ("a" * 30, True), ("a" * 31, False),
                                            ("", False), ("_a", False), ("a b", False), ("车", False)])  # fmt: skip
def test_names_of_data_sets_and_tasks(name: str, good: bool) -> None:
    if good:
        assert checked_name(name, "数据集") == name
    else:
        with pytest.raises(RowError, match="1–30"):
            checked_name(name, "数据集")


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_list_of_a_million_lines_is_read_without_keeping_it(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("w") as lines:
        lines.writelines(f"oss://bucket/pictures/{number:07d}.jpg\n" for number in range(1_000_000))
    before, most, count = 0, 0, 0
    for count, row in enumerate(read_rows(file), 1):
        if count % 100_000 == 0:
            assert isinstance(row, ImageRow)
            before = before or resident()
            most = max(most, resident())
    assert count == 1_000_000
    assert most - before < 30 * 2**20  # the rows themselves would take ten times as much


def test_a_line_may_hold_a_url_with_anything_json_can_say(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", [json.dumps({"image_url": " oss://b/图 1.jpg ", "label": "can"})])
    (one,) = read(file)
    assert isinstance(one, ImageRow) and one.address == "oss://b/图 1.jpg"


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
json_values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["label", "topX", "topY", "bottomX", "bottomY", "isCrowd", "polygon", "width"]), inner, max_size=6), max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(label=json_values, details=json_values)
def test_whatever_json_comes_it_is_a_row_or_a_fault_and_a_row_is_written_as_it_was_read(
    label: Any, details: Any
) -> None:
    try:
        row = row_of(dumps({"image_url": "a.jpg", "image_details": details, "label": label}), Place("a", 1))
    except RowError as error:
        assert error.reason and error.mend
        return
    again = row_of(written(row), Place("a", 1))
    sized = bool(row.width and row.height)
    assert again == replace(row, width=row.width * sized, height=row.height * sized)


def test_an_address_that_would_end_a_line_is_told_in_every_form(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", [{"image_url": "a\nb.jpg", "label": "can"}])
    plain = jsonl(
        tmp_path / "a.manifest", [{"data": {"source": "a\nb.jpg"}, "annotation": {"labels": ["can"]}}]
    )
    folder = picture_folder(tmp_path / "shop", {"cat": 1})
    (folder / "cat" / "0.jpg").rename(folder / "cat" / "a\nb.jpg")
    for path in (file, plain, folder):
        (one,) = read(path)
        assert isinstance(one, Fault) and "换行" in one.reason
