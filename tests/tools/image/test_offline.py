"""A picture model over a list of pictures: the lines PAI writes, in order, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import DataError
from tests.predict.vision.tiny_model import write_tiny
from tests.tools.image.fakes import picture_folder, tools, two_colours
from tools.bench.predict_offline import bench_offline
from tools.image.dataset.addresses import Roots
from tools.image.offline import AskedPictures, picture_job
from tools.image.predict_cli import run_pictures
from tools.predict.asked import UsageError
from tools.predict.run import Result, run


def predicted(model: Path, source: Path, output: Path, *roots: str, **others: Any) -> Result:
    options = {"roots": Roots.of(roots), "workers": 0, "batch_size": 4, **others}
    return run(picture_job(AskedPictures(str(model), str(source), str(output), **options)))


def lines_of(output: Path) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for line in output.read_text(encoding="utf-8").splitlines():
        address, _, told = line.partition(", ")
        found.append((address, json.loads(told)))
    return found


def a_list(folder: Path, count: int = 10, prefix: str = "") -> Path:
    names = two_colours(folder / "pictures", count)
    file = folder / "filelist.txt"
    file.write_text("".join(f"{prefix or 'pictures/'}{name}\n" for name in names))
    return file


def test_a_line_a_picture_in_the_order_of_the_list_as_pai_writes_them(model: Path, tmp_path: Path) -> None:
    source, output = a_list(tmp_path, prefix="oss://bucket/path/"), tmp_path / "result.txt"
    result = predicted(model, source, output, f"oss://bucket/path/={tmp_path}/pictures/")
    assert (result.rows, result.errors) == (10, 0)
    told = lines_of(output)
    assert [address for address, _ in told] == [f"oss://bucket/path/{number:03d}.png" for number in range(10)]
    assert [one["class_name"] for _, one in told] == ["red", "blue"] * 5
    assert set(told[0][1]) == {"class", "class_name", "class_probs"}
    assert told[0][1]["class_probs"]["red"] == max(told[0][1]["class_probs"].values())


def test_a_bad_picture_is_a_line_with_its_error_and_the_others_are_predicted(
    model: Path, tmp_path: Path
) -> None:
    source = a_list(tmp_path, 2)
    (tmp_path / "pictures" / "text.jpg").write_text("no picture")
    (tmp_path / "outside.png").write_bytes((tmp_path / "pictures" / "000.png").read_bytes())
    (tmp_path / "pictures" / "link.png").symlink_to("/etc/hostname")
    bad = [b"pictures/missing.jpg", b"pictures/text.jpg", b"../outside.png", b"/etc/hostname", b"pictures/link.png",
           b"file:///etc/hostname", b"zip://a.png::file:///x.zip", b"nosuch://a/b.png", b"\xff\xfe.jpg"]  # fmt: skip
    source.write_bytes(source.read_bytes() + b"\n".join(bad) + b"\n")
    result = predicted(model, source, tmp_path / "result.txt")
    told = lines_of(tmp_path / "result.txt")
    assert (result.rows, result.errors) == (11, 9)
    assert [one.get("class_name") for _, one in told] == ["red", "blue", *[None] * 9]
    errors = [one["error"] for _, one in told[2:]]
    assert [one["line"] for one in errors] == list(range(3, 12))
    assert errors[1]["code"] == "not_a_picture"
    for error, part in zip(
        errors, ("missing.jpg", "", "..", "绝对路径", "链接", "本机", "本机", "nosuch", "UTF-8"), strict=True
    ):
        assert part in error["message"]
        assert "→" in error["message"]


def test_the_lines_are_the_same_bytes_however_many_processes_write_them(model: Path, tmp_path: Path) -> None:
    source = a_list(tmp_path, 30)
    predicted(model, source, tmp_path / "here.txt")
    ran = tools(
        "image", "predict", "--model-path", model, "--model-type", "classifier", "--input-oss-file", source,
        "--output-oss-file", tmp_path / "two.txt", "--image-type", "url", "--num-worker", "2", "--batch-size", "4",
        package=model.parent / "package",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "two.txt").read_bytes() == (tmp_path / "here.txt").read_bytes()


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed (extra `ray`)")
def test_a_ray_cluster_writes_the_bytes_of_this_machine(model: Path, tmp_path: Path) -> None:
    source = a_list(tmp_path, 30)
    predicted(model, source, tmp_path / "here.txt")
    ran = tools(
        "image", "predict", "--model-path", model, "--input-oss-file", source, "--output-oss-file", tmp_path / "ray.txt",
        "--num-worker", "2", "--batch-size", "4", "--engine", "ray", package=model.parent / "package",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "ray.txt").read_bytes() == (tmp_path / "here.txt").read_bytes()


def test_killed_in_the_middle_the_same_command_goes_on(model: Path, tmp_path: Path) -> None:
    source, output = a_list(tmp_path, 60), tmp_path / "result.txt"
    predicted(model, source, tmp_path / "whole.txt")
    words = [sys.executable, "-m", "tools", "image", "predict", "--model-path", str(model), "--input-oss-file",
             str(source), "--output-oss-file", str(output), "--num-worker", "1", "--batch-size", "4", "--json"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(model.parent / "package"), "COLOURS_SECONDS": "0.05"}
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    part = tmp_path / "result.txt.part"
    until = time.monotonic() + 60
    while (not part.exists() or part.stat().st_size < 500) and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not output.exists()
    again = subprocess.run(
        words, env={**environment, "COLOURS_SECONDS": "0"}, capture_output=True, check=True
    )
    assert 0 < json.loads(again.stdout)["resumed"] < 60
    assert output.read_bytes() == (tmp_path / "whole.txt").read_bytes()


def test_what_is_left_of_a_run_with_other_roots_is_not_gone_on_with(model: Path, tmp_path: Path) -> None:
    source, output = a_list(tmp_path, 8, prefix="oss://b/"), tmp_path / "result.txt"
    one, other = tmp_path / "pictures", tmp_path / "others"
    two_colours(other, 8)
    job = picture_job(
        AskedPictures(
            str(model),
            str(source),
            str(output),
            roots=Roots.of([f"oss://b/={one}/"]),
            workers=0,
            batch_size=4,
        )
    )
    count = 0

    def stop(*_: int) -> None:
        nonlocal count
        count += 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, stop)
    with pytest.raises(DataError, match="--root"):
        predicted(model, source, output, f"oss://b/={other}/")


def test_of_a_folder_the_pictures_without_a_label_are_predicted(model: Path, tmp_path: Path) -> None:
    folder = picture_folder(tmp_path / "shop", {"cat": 3}, top=2)
    asked = AskedPictures(str(model), str(folder), str(tmp_path / "result.txt"), workers=0)
    run_pictures(asked, as_json=True)
    assert [address for address, _ in lines_of(tmp_path / "result.txt")] == ["top0.png", "top1.png"]
    assert not list(tmp_path.glob("*.list"))


def test_a_store_that_fsspec_knows_is_read_through_it(model: Path, tmp_path: Path) -> None:
    import fsspec

    names = two_colours(tmp_path / "pictures", 3)
    memory = fsspec.filesystem("memory")
    for name in names:
        memory.pipe(f"/shop/{name}", (tmp_path / "pictures" / name).read_bytes())
    source = tmp_path / "list.txt"
    source.write_text(
        "memory://shop/000.png\nmemory://shop/001.png\nmemory://shop/none.png\ns4://b/002.png\n"
    )
    result = predicted(model, source, tmp_path / "result.txt", "s4://b/=memory://shop/")
    assert result.errors == 1
    assert [one.get("class_name") for _, one in lines_of(tmp_path / "result.txt")] == [
        "red",
        "blue",
        None,
        "red",
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model_type": "detector"}, "classifier"),
        ({"image_type": "base64"}, "url"),
        ({"engine": "spark"}, "ray"),
        ({"input_file": "oss://b/list.txt"}, "--root"),
        ({"output_file": "oss://b/out.txt"}, "--root"),
        ({"model_path": "oss://b/model"}, "--root"),
    ],
    ids=["model type", "image type", "engine", "input elsewhere", "output elsewhere", "model elsewhere"],
)
def test_what_is_not_offered_is_refused_with_what_is(
    model: Path, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    asked: dict[str, Any] = {
        "model_path": str(model), "input_file": str(a_list(tmp_path, 1)), "output_file": str(tmp_path / "out.txt"),
    }  # fmt: skip
    with pytest.raises(UsageError, match=said):
        picture_job(AskedPictures(**{**asked, **changed}))


@pytest.mark.parametrize("multi_label", [False, True], ids=["one class", "several"])
def test_an_image_classifier_of_this_package_is_run(tmp_path: Path, multi_label: bool) -> None:
    model = write_tiny(tmp_path / "tiny", multi_label=multi_label)
    result = predicted(model, a_list(tmp_path, 4), tmp_path / "result.txt")
    assert (result.rows, result.errors) == (4, 0)
    told = [one for _, one in lines_of(tmp_path / "result.txt")]
    assert [set(one["class_probs"]) for one in told] == [{"red", "green", "blue"}] * 4
    named = [["red"], ["blue"], ["red"], ["blue"]]
    assert [one["class_name"] for one in told] == (named if multi_label else [one for (one,) in named])


def test_the_workers_of_an_image_classifier_take_a_core_each(tmp_path: Path) -> None:
    model, source = write_tiny(tmp_path / "tiny"), a_list(tmp_path, 1)
    job = picture_job(AskedPictures(str(model), str(source), str(tmp_path / "result.txt")))
    assert job.work.settings == {"threads": 1}


def test_the_bench_compares_the_tool_with_the_model_by_clock_and_by_processor(tmp_path: Path) -> None:
    model, source = write_tiny(tmp_path / "tiny"), a_list(tmp_path, 20)
    job = picture_job(AskedPictures(str(model), str(source), str(tmp_path / "out.txt"), batch_size=4))
    (one,) = bench_offline(job, 40, [1], 1, lambda _: None)
    assert (one.workers, one.rows) == (1, 40)
    assert one.direct > 0 and one.tool > 0
    assert 0 < one.processor_share < 1.5  # the tool reads and writes besides
