"""Each form into each other: what it carries comes back, what it cannot is said before anything is written."""

import json
from collections import Counter
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


def test_lines_are_not_written_where_their_pictures_could_not_be_found(tmp_path: Path) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 1})
    with pytest.raises(DataError, match="--prefix"):
        convert(Source(start), Target(tmp_path / "away" / "x.jsonl", "jsonl"))
    assert not list((tmp_path / "away").iterdir())


def test_what_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    start = picture_folder(tmp_path / "start", {"cat": 1})
    with pytest.raises(DataError, match="已经有"):
        convert(Source(start), Target(start, "folder"))


def test_json_lines_tell_the_form_and_size_of_pictures_at_hand(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "cat").mkdir(parents=True)
    Image.new("RGB", (40, 30)).save(folder / "cat" / "a.jpg")
    (folder / "cat" / "b.png").write_bytes(b"no picture")
    convert(Source(folder), Target(tmp_path / "rows.jsonl", "jsonl"))
    first, second = map(json.loads, (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines())
    assert first["image_details"] == {"format": "jpg", "width": 40, "height": 30}
    assert "image_details" not in second
    (tmp_path / "far.jsonl").write_text(
        '{"image_url": "oss://bucket/a.jpg", "label": "cat"}\n', encoding="utf-8"
    )
    convert(Source(tmp_path / "far.jsonl"), Target(tmp_path / "again.jsonl", "jsonl"))
    assert "image_details" not in (tmp_path / "again.jsonl").read_text(encoding="utf-8")
