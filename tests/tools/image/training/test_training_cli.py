"""The verbs as a person types them."""

import json
from pathlib import Path

import pytest

from tools.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code: int | str | None = 0
    try:
        main(["image", *map(str, words)])
    except SystemExit as stopped:
        code = stopped.code
    told = capsys.readouterr()
    return int(code or 0), told.out, told.err


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--backbone", "inception_v2", "可用：mobilenet_v2"),
        ("--algorithm", "fast", "high_performance"),
        ("--decay-epochs", "ten", "10,20"),
        ("--decay-factor", "0.1,tenth", "0.1,0.01"),
        ("--model-path", "/no/such.pth", "没有这个文件"),
    ],
)
def test_a_value_that_is_not_offered_is_refused_with_the_way_out(
    capsys: pytest.CaptureFixture[str], shapes: Path, tmp_path: Path, flag: str, value: str, said: str
) -> None:
    code, out, told = run(capsys, "train", "--train", shapes / "train", "--output-dir", tmp_path, flag, value)
    assert code == 1 and not out and said in told and value in told


def test_training_and_evaluating_print_one_object_each(
    capsys: pytest.CaptureFixture[str], shapes: Path, tmp_path: Path
) -> None:
    told = (
        "--backbone",
        "mobilenet_v1_025",
        "--no-use-pretrained-model",
        "--image-size",
        32,
        "--num-epochs",
        1,
    )
    files = ("--train", shapes / "train", "--dev", shapes / "dev", "--output-dir", tmp_path / "model")
    code, out, _ = run(capsys, "train", *told, *files, "--eval-per-class", "--num-classes", 4, "--json")
    trained = json.loads(out)
    assert code == 0 and trained["classes"].keys() == {"circle", "square", "star", "triangle"}
    code, out, _ = run(
        capsys, "evaluate", "--model-dir", tmp_path / "model", "--test", shapes / "dev", "--json"
    )
    found = json.loads(out)
    assert code == 0 and found["count"] == 24
    assert [found[name] for name in ("accuracy", "macro_f1", "ece")] == [
        trained[name] for name in ("accuracy", "macro_f1", "ece")
    ]


def test_a_report_goes_where_the_summary_says(
    capsys: pytest.CaptureFixture[str], shapes: Path, tmp_path: Path
) -> None:
    code, out, _ = run(
        capsys, "train", "--backbone", "mobilenet_v1_025", "--no-use-pretrained-model", "--image-size", 32,
        "--num-epochs", 1, "--train", shapes / "train", "--output-dir", tmp_path / "model", "--seed", 3,
    )  # fmt: skip
    assert code == 0 and Path(out.strip().rpartition("报告：")[2]).is_file()
