"""``python -m tools image dataset``: shards, faults, splits and figures, as an operator asks for them."""

import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.predict.vision.made_pictures import encoded, noise
from tests.tools.image.dataset.test_convert import PICTURE, converted, rows_of
from tests.tools.image.fakes import jsonl, picture_folder
from tools.cli import main
from tools.image.dataset.rows import Form, Reading


def called(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["image", "dataset", *map(str, words)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_validate_tells_each_fault_and_exits_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, size in (("1.jpg", (8, 8)), ("2.jpg", (9, 9)), ("3.jpg", (10, 10))):
        (tmp_path / name).write_bytes(encoded(noise(size), "JPEG"))
    (tmp_path / "cut.jpg").write_bytes(PICTURE[: len(PICTURE) // 2])
    stated = {"image_details": {"width": "8px", "height": 8}}
    file = jsonl(tmp_path / "a.jsonl", [
        {"image_url": "oss://b/1.jpg", "label": "a", **stated}, {"image_url": "oss://b/2.jpg", "label": "a", **stated},
        {"image_url": "oss://b/3.jpg", "label": "a"}, {"image_url": "oss://b/3.jpg", "label": "b"},
        {"image_url": "oss://b/cut.jpg", "label": "b"}, {"image_url": "oss://b/none.jpg", "label": "b"},
        {"image_url": "oss://b/../x.jpg", "label": "b"}])  # fmt: skip
    root = ("--root", f"oss://b/={tmp_path}/")
    assert called("validate", "--input", file, *root, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 7
    assert [one["line"] for one in told["faults"]] == [2, 4, 5, 6, 7]
    assert all(one["file"] == str(file) and one["reason"] and one["mend"] for one in told["faults"])
    assert "8×8" in told["faults"][0]["reason"] and "标签却不同" in told["faults"][1]["reason"]
    assert any("不到 20 张" in one for one in told["warnings"])
    assert called("validate", "--input", file, "--no-pictures", *root, "--json") == 1
    assert [one["line"] for one in json.loads(capsys.readouterr().out)["faults"]] == [4, 7]


def test_a_good_set_is_valid_and_strong_imbalance_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 230, "dog": 21}, size=(4, 4))
    assert called("validate", "--input", start, "--json") == 0
    assert [("cat" in one, "dog" in one) for one in json.loads(capsys.readouterr().out)["warnings"]] == [
        (True, True)
    ]
    assert called("stats", "--input", start, "--json") == 0
    stats = json.loads(capsys.readouterr().out)
    assert (stats["pictures"], stats["imbalance"], stats["side_max"]) == (251, 10.95, 4)
    assert [(one["label"], one["count"]) for one in stats["classes"]] == [("cat", 230), ("dog", 21)]


@pytest.mark.parametrize("form", ["folder", "jsonl", "manifest", "tfrecord"])
def test_a_split_keeps_the_form_and_the_shares_and_a_seed_repeats_it(tmp_path: Path, form: Form) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 20, "dog": 10}, size=(4, 4))
    source = start if form == "folder" else converted(start, form, tmp_path)

    def parts(name: str, *options: object) -> dict[str, list[str]]:
        output = tmp_path / name
        beginning = ("--prefix", "oss://b/") if form in ("jsonl", "manifest") else ()
        assert called("split", "--input", source, "--output-dir", output, *beginning, *options) == 0
        found = {path.stem: rows_of(path, Reading()) for path in output.iterdir()}
        counts = {part: Counter(one.names[0] for one in rows) for part, rows in found.items()}
        assert counts == {
            "train": {"cat": 16, "dog": 8},
            "dev": {"cat": 2, "dog": 1},
            "test": {"cat": 2, "dog": 1},
        }
        return {part: sorted(one.address for one in rows) for part, rows in found.items()}

    assert parts("one") == parts("again")
    assert parts("one2") != parts("other", "--seed", 8)


WRONG: list[Callable[[Path], tuple[object, ...]]] = [
    lambda at: ("convert", "--input", at, "--output", at / "x.docx"),
    lambda at: ("convert", "--input", at, "--output", at / "x", "--to", "parquet"),
    lambda at: ("convert", "--input", at, "--output", at / "x", "--image-format", "gif"),
    lambda at: ("convert", "--input", at, "--output", at / "x", "--name", "_x"),
    lambda at: ("stats", "--input", at, "--root", "oss://b/"),
    lambda at: ("split", "--input", at, "--output-dir", at / "x", "--train", 0.5),
]


@pytest.mark.parametrize("words", WRONG, ids=["ending", "form", "format", "name", "root", "shares"])
def test_options_that_cannot_be_are_wrong_usage(
    tmp_path: Path, words: Callable[[Path], tuple[object, ...]]
) -> None:
    assert called(*words(picture_folder(tmp_path / "start", {"cat": 1}))) == 2


def test_shards_hold_so_many_pictures_of_so_many_pixels_in_the_format_asked_for(tmp_path: Path) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 7, "dog": 3}, size=(80, 40))
    code = called("convert", "--input", start, "--output", tmp_path / "out", "--to", "tfrecord", "--max-image-size", 32,
                  "--image-format", "png", "--num-samples-per-tfrecord", 4, "--name", "pets", "--test-ratio", 0.2)  # fmt: skip
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "out" / "train").iterdir()) == [
        "label_map.json", "pets-train-00000-of-00002.tfrecord", "pets-train-00001-of-00002.tfrecord"]  # fmt: skip
    train, test = rows_of(tmp_path / "out" / "train"), rows_of(tmp_path / "out" / "test")
    assert (len(train), len(test)) == (8, 2)
    assert {one.address for one in train}.isdisjoint({one.address for one in test})
    for one in train:
        assert (one.width, one.height, one.format) == (32, 16, "png")
        assert one.data and Image.open(io.BytesIO(one.data)).size == (32, 16)
    assert json.loads((tmp_path / "out" / "train" / "label_map.json").read_text()) == {"0": "cat", "1": "dog"}
