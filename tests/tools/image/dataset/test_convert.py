"""Each form into each other: what it carries comes back, what it cannot is said before anything is written."""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from chatbot.errors import DataError
from tests.predict.vision.made_pictures import encoded, noise
from tests.tools.image.fakes import jsonl, picture_folder
from tools.cli import main
from tools.image.dataset.classes import ClassRules
from tools.image.dataset.convert import Source, Target, convert
from tools.image.dataset.records import Box, ImageRow, Outline
from tools.image.dataset.rows import FORMS, Form, Reading, read_rows

PICTURE = encoded(noise((9, 7)), "JPEG")
ENDING = {"jsonl": "x.jsonl", "manifest": "x.manifest", "list": "x.txt", "folder": "x", "tfrecord": "x"}
MULTI = Reading(multi_label=True)


def rows_of(path: Path, reading: Reading = MULTI) -> list[ImageRow]:
    rows = list(read_rows(path, reading))
    assert all(isinstance(one, ImageRow) for one in rows), rows
    return [one for one in rows if isinstance(one, ImageRow)]


def content(rows: list[ImageRow]) -> Counter[Any]:
    """What the rows say, whatever the pictures are called now; shares as float32 holds them."""
    return Counter(
        (one.labels and frozenset(one.labels), one.labels is None, tuple(map(_near, one.shapes)))
        for one in rows
    )


def _near(shape: Box | Outline) -> Any:
    if isinstance(shape, Outline):
        return shape.label, shape.is_crowd, tuple(tuple(round(x, 5) for x in ring) for ring in shape.rings)
    return (
        shape.label,
        shape.is_crowd,
        tuple(round(x, 5) for x in (shape.left, shape.top, shape.right, shape.bottom)),
    )


def converted(path: Path, form: Form, output: Path, **others: Any) -> Path:
    convert(Source(path, MULTI), Target(output / ENDING[form], form, **others))
    return output / ENDING[form]


@pytest.mark.parametrize("second", FORMS)
@pytest.mark.parametrize("first", [form for form in FORMS if form != "list"])
def test_single_labels_and_pictures_to_predict_go_through_every_two_forms(
    tmp_path: Path, first: Form, second: Form
) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 2, "dog": 1}, top=1)
    path = converted(start, first, tmp_path, allow_loss=True)
    end = converted(path, second, tmp_path / "end", **_prefixed(second))
    labelled = {("cat",): 2, ("dog",): 1}
    wanted = {None: 3 if "manifest" in (first, second) else 4} if second == "list" else (
        labelled if "manifest" in (first, second) else {**labelled, None: 1})  # fmt: skip
    assert Counter(one.labels for one in rows_of(end)) == wanted


def _prefixed(form: Form) -> dict[str, Any]:
    """Lines are written into another folder than the pictures': their addresses get a beginning."""
    return (
        {"prefix": "oss://b/", "allow_loss": True}
        if form in ("jsonl", "manifest", "list")
        else {"allow_loss": True}
    )


names = st.sampled_from(["cat", "dog", "小猫", "a b", "x,y"])
share = st.integers(0, 1000).map(lambda number: number / 1000)
boxes = st.builds(
    lambda label, x, y, crowd: Box(label, min(x), min(y), max(x), max(y), crowd),
    names, st.lists(share, min_size=2, max_size=2, unique=True), st.lists(share, min_size=2, max_size=2, unique=True), st.booleans(),
)  # fmt: skip
rings = st.integers(3, 5).flatmap(lambda n: st.lists(share, min_size=2 * n, max_size=2 * n).map(tuple))
outlines = st.builds(Outline, names, st.lists(rings, min_size=1, max_size=2).map(tuple), st.booleans())
labels = st.lists(names, max_size=3, unique=True).map(tuple)
answers = st.one_of(
    st.tuples(st.none() | labels, st.just(())),
    st.tuples(st.none(), st.lists(boxes | outlines, min_size=1, max_size=3).map(tuple)),
)
folders = count()


def shown(answer: Any) -> Any:
    """The label of a JSON line."""
    found, shapes = answer
    if not shapes:
        return {} if found is None else {"label": list(found)}
    values = []
    for one in shapes:
        if isinstance(one, Outline):
            values.append(
                {"label": one.label, "isCrowd": one.is_crowd, "polygon": [list(ring) for ring in one.rings]}
            )
        else:
            values.append({"label": one.label, "topX": one.left, "topY": one.top, "bottomX": one.right,
                           "bottomY": one.bottom, "isCrowd": int(one.is_crowd)})  # fmt: skip
    return {"label": values}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(found=st.lists(answers, min_size=1, max_size=4))
def test_json_lines_and_tfrecords_carry_everything_into_each_other(
    tmp_path_factory: pytest.TempPathFactory, found: list[Any]
) -> None:
    folder = tmp_path_factory.getbasetemp() / f"round{next(folders)}"
    folder.mkdir()
    for number in range(len(found)):
        (folder / f"{number}.jpg").write_bytes(PICTURE)
    file = jsonl(folder / "a.jsonl", [{"image_url": f"{n}.jpg", **shown(one)} for n, one in enumerate(found)])
    before = content(rows_of(file))
    shards = converted(file, "tfrecord", folder / "shards")
    assert content(rows_of(shards)) == before
    assert {one.data for one in rows_of(shards)} == {PICTURE}
    assert content(rows_of(converted(shards, "jsonl", folder / "again"))) == before


@settings(max_examples=40, deadline=None)
@given(found=st.lists(labels, min_size=1, max_size=4))
def test_manifests_carry_all_labels_of_a_picture(
    tmp_path_factory: pytest.TempPathFactory, found: list[Any]
) -> None:
    folder = tmp_path_factory.getbasetemp() / f"round{next(folders)}"
    folder.mkdir()
    file = jsonl(
        folder / "a.jsonl", [{"image_url": f"{n}.jpg", "label": list(one)} for n, one in enumerate(found)]
    )
    manifest = converted(file, "manifest", folder)
    assert rows_of(manifest) == [
        replace(one, place=other.place) for one, other in zip(rows_of(file), rows_of(manifest), strict=True)
    ]
    assert content(rows_of(converted(manifest, "jsonl", folder))) == content(rows_of(file))


@pytest.mark.parametrize(
    ("label", "form", "said"),
    [
        (["a", "b"], "folder", "几个标签"),
        ([], "folder", "没有任何标签"),
        ("小猫", "folder", "目录名"),
        ([{"label": "a", "topX": 0, "topY": 0, "bottomX": 1, "bottomY": 1}], "manifest", "没有标签"),
        ([{"label": "a", "topX": 0, "topY": 0, "bottomX": 1, "bottomY": 1}], "folder", "框"),
        ("a", "list", "标签"),
    ],
    ids=["several", "none", "name", "boxes in a manifest", "boxes in a folder", "a list"],
)
def test_what_would_be_lost_is_said_and_nothing_is_written_until_it_is_allowed(
    tmp_path: Path, label: Any, form: Form, said: str
) -> None:
    (tmp_path / "1.jpg").write_bytes(PICTURE)
    good = {"image_url": "1.jpg", "label": "good"}
    file = jsonl(tmp_path / "a.jsonl", [{"image_url": "1.jpg", "label": label}, good])
    output = tmp_path / "out" / ENDING[form]
    with pytest.raises(DataError, match=said):
        convert(Source(file, MULTI), Target(output, form, prefix="p/"))
    assert not output.exists()
    done = convert(Source(file, MULTI), Target(output, form, prefix="p/", allow_loss=True))
    assert any(said in what for what in done.lost)
    assert output.exists()


def test_faults_stop_a_conversion_before_it_writes_and_may_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(PICTURE)
    (tmp_path / "2.jpg").write_bytes(PICTURE[:100])
    lines = [{"image_url": "1.jpg", "label": "a"}, "{", {"image_url": "2.jpg", "label": "a"}]
    file = jsonl(tmp_path / "a.jsonl", lines)
    target = Target(tmp_path / "out", "folder")
    with pytest.raises(DataError, match=r"a\.jsonl:2"):
        convert(Source(file), target)
    assert not target.output.exists()
    done = convert(Source(file), replace(target, skip_bad=True))
    assert (done.pictures, [one.place.line for one in done.faults]) == (1, [2, 3])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.jpg", "2.jpg", "a.jsonl", "out"]


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


def test_classes_that_are_not_known_become_the_default_are_ignored_or_leave_the_picture_out(
    tmp_path: Path,
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.jpg").write_bytes(encoded(noise((8, 8), number), "JPEG"))
    box = {"topX": 0, "topY": 0, "bottomX": 1, "bottomY": 1}
    wanted = [
        "cat",
        "tiger",
        "blurred",
        ["cat", "unsure"],
        [{"label": "unsure", **box}, {"label": "dog", **box}],
    ]
    file = jsonl(
        tmp_path / "a.jsonl", [{"image_url": f"{n}.jpg", "label": one} for n, one in enumerate(wanted)]
    )
    rules = ClassRules(("dog", "cat", "other"), "other", frozenset({"unsure"}), frozenset({"blurred"}))
    done = convert(Source(file, MULTI, rules=rules), Target(tmp_path / "out", "tfrecord"))
    rows = rows_of(tmp_path / "out")
    assert [one.labels for one in rows] == [("cat",), ("other",), ("cat",), None]
    assert [(one.label, one.is_crowd) for one in rows[3].shapes] == [("unsure", True), ("dog", False)]
    assert done.left_out == 1
    with pytest.raises(DataError, match="tiger"):
        convert(Source(file, MULTI, rules=replace(rules, default="")), Target(tmp_path / "two", "tfrecord"))


def test_names_inside_records_cannot_lead_out_of_the_folder_that_is_written(tmp_path: Path) -> None:
    from tools.image.dataset.tf_example import encoded as message
    from tools.image.dataset.tf_framing import framed

    bad = [
        b"../../out.jpg",
        b"/etc/x.jpg",
        b"..",
        b"a\\..\\b.jpg",
        b"CON\0.jpg",
        b".hidden.jpg",
        "猫.jpg".encode(),
        b"x" * 300,
    ]
    frames = [
        framed(message({"image/encoded": [PICTURE], "image/filename": [name], "image/class/text": [b"cat"]}))
        for name in bad
    ]
    (tmp_path / "a.tfrecord").write_bytes(b"".join(frames))
    convert(Source(tmp_path / "a.tfrecord"), Target(tmp_path / "out", "folder"))
    assert len(rows_of(tmp_path / "out")) == len(bad)
    assert {path.parent.name for path in tmp_path.rglob("*.jpg")} == {"cat"}


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
    lambda at: ("split", "--input", at, "--output-dir", at / "x", "--train", 0.5),
]


@pytest.mark.parametrize("words", WRONG, ids=["ending", "form", "format", "name", "shares"])
def test_options_that_cannot_be_are_wrong_usage(
    tmp_path: Path, words: Callable[[Path], tuple[object, ...]]
) -> None:
    assert called(*words(picture_folder(tmp_path / "start", {"cat": 1}))) == 2


def test_lines_are_not_written_where_their_pictures_could_not_be_found(tmp_path: Path) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 1})
    with pytest.raises(DataError, match="--prefix"):
        convert(Source(start), Target(tmp_path / "away" / "x.jsonl", "jsonl"))
    assert not list((tmp_path / "away").iterdir())


def test_what_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 1})
    with pytest.raises(DataError, match="已经有"):
        convert(Source(start), Target(start, "folder"))
