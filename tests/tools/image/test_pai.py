"""PAI's command line, as its users type it."""

from pathlib import Path

import pytest

from tests.tools.image.fakes import tools, two_colours
from tools.image.pai import Command, checked, parsed, reported

TYPED = ["-name", "ev_predict_ext", "-Dmodel_path='models/car'", "-Dmodel_type='classifier'",
         "-Dinput_oss_file='oss://path/to/your/filelist.txt'", "-Doutput_oss_file='oss://path/to/your/result.txt'",
         "-Dimage_type='url'", "-Dnum_worker=2", "-DcpuRequired=800", "-DgpuRequired=100",
         "-Dbuckets='oss://bucket/'", "-Darn='acs:ram::1:role/x'", "-DossHost='oss-cn-hangzhou-internal.aliyuncs.com'"]  # fmt: skip
CLOUD = ["cpuRequired", "gpuRequired", "buckets", "arn", "ossHost"]


def test_each_option_is_read_with_or_without_the_quotes_that_a_shell_takes_off() -> None:
    command = parsed(TYPED)
    assert command == parsed([word.replace("'", "") for word in TYPED])
    assert command.options["model_path"] == "models/car"
    assert checked(command) == {
        "model_path": "models/car", "model_type": "classifier", "image_type": "url", "num_worker": "2",
        "input_oss_file": "oss://path/to/your/filelist.txt", "output_oss_file": "oss://path/to/your/result.txt",
    }  # fmt: skip


def test_a_value_may_stand_behind_a_space() -> None:
    assert parsed(["-name", "x", "-Dcmd", "convert", "--root=a/=b/"]) == Command(
        "x", {"cmd": "convert"}, ("a/=b/",)
    )


def test_cloud_only_options_are_each_reported() -> None:
    lines = reported(parsed([*TYPED, "-project", "algo_public"]))
    assert [next(key for key in ["project", *CLOUD] if key in line) for line in lines] == ["project", *CLOUD]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-name", "ev_predict"], "ev_predict_ext"),
        (["-Dmodel_path=x"], "-name"),
        ([*TYPED, "-Dnum_workers=2"], "-Dnum_worker？"),
        ([*TYPED, "-Dqqq=2"], "model_path"),
        ([*TYPED, "-Dinput_table=t"], "input_oss_file"),
        (["-name", "ev_predict_ext", "-Dmodel_path=x"], "-Dinput_oss_file、-Doutput_oss_file"),
        ([*TYPED, "-Dnum_worker=3"], "两次"),
        ([*TYPED, "stray"], "stray"),
        ([*TYPED, "--verbose"], "--root"),
        ([*TYPED, "-Dbatch_size"], "没有值"),
    ],
    ids=["another name", "no name", "near", "far", "table", "missing", "twice", "stray", "own", "no value"],
)
def test_what_cannot_be_is_refused_with_the_way_out(words: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("？", ".")):
        checked(parsed(words))


def test_typed_as_it_is_it_predicts_and_reports_what_only_a_cloud_can_honour(
    model: Path, tmp_path: Path
) -> None:
    names = two_colours(tmp_path / "bucket" / "pictures", 6)
    (tmp_path / "bucket" / "filelist.txt").write_text("".join(f"oss://b/pictures/{name}\n" for name in names))
    words = [
        word.replace("models/car", str(model)).replace("oss://path/to/your/", "oss://b/") for word in TYPED
    ]
    ran = tools("pai", *words, package=model.parent / "package", IMAGE_ROOTS=f"oss://b/={tmp_path}/bucket/")
    assert ran.returncode == 0, ran.stderr
    for name in CLOUD:
        assert f"-D{name}=" in ran.stderr
    lines = (tmp_path / "bucket" / "result.txt").read_text().splitlines()
    assert len(lines) == 6
    assert lines[1].startswith(
        'oss://b/pictures/001.png, {"class": 0, "class_name": "blue", "class_probs": {'
    )


def test_a_wrong_option_is_wrong_usage(tmp_path: Path) -> None:
    ran = tools("pai", *TYPED, "-Dmodel_pth=x")
    assert ran.returncode == 2
    assert "model_path" in ran.stderr
