"""``python -m tools text`` with *fast*: from files to a served model, and back over files."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from chatbot.predict.base import Item
from chatbot.predict.columns import Column
from chatbot.predict.nlp.classifier_card import read_classifier
from chatbot.predict.nlp.text_classification import TextClassifier
from tests.tools.text.conftest import Write
from tools.cli import main
from tools.predict.run import run as run_job
from tools.text.predicting import Texts, texts_job


def tools(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Exit status, standard output and error of a verb."""
    with pytest.raises(SystemExit) as left:
        main(["text", *map(str, words)])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


@pytest.fixture
def model_dir(train_file: Path, dev_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    code, _, told = tools(
        capsys, "train", "--train", train_file, "--dev", dev_file, "--output-dir", tmp_path / "model"
    )
    assert code == 0, told
    return tmp_path / "model"


def test_training_writes_a_model_a_summary_and_a_report(
    model_dir: Path, dev_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = tools(capsys, "evaluate", "--model-dir", model_dir, "--test", dev_file, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["accuracy"] > 0.95 and found["macro_f1"] > 0.95
    assert set(found["labels"]) == {"价格", "续航", "保养"}
    assert json.loads((model_dir / "training.json").read_text())["dev"]["accuracy"] == found["accuracy"]
    assert "混淆矩阵" in (model_dir / "report" / "index.html").read_text(encoding="utf-8")


def test_the_same_files_and_seed_give_the_same_version(
    model_dir: Path, train_file: Path, dev_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools(capsys, "train", "--train", train_file, "--dev", dev_file, "--output-dir", tmp_path / "again")
    assert read_classifier(tmp_path / "again").version == read_classifier(model_dir).version


def test_predict_writes_a_line_a_line_with_the_columns_that_were_asked_for(
    model_dir: Path, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write("in.csv", [["多少钱，优惠", "7"], ["充电", "8"]], ("sentence", "id"))
    target = tmp_path / "out.csv"
    code, _, _ = tools(capsys, "predict", "--model-dir", model_dir, "--input", source, "--output", target,
                       "--append-columns", "id,sentence")  # fmt: skip
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert code == 0
    assert list(rows[0]) == ["predictions", "probabilities", "logits", "id", "sentence", "error"]
    assert [(row["predictions"], row["id"]) for row in rows] == [("价格", "7"), ("续航", "8")]
    chances = json.loads(rows[0]["probabilities"])
    assert max(chances, key=chances.__getitem__) == "价格" and sum(chances.values()) == pytest.approx(
        1, abs=1e-5
    )


def test_an_empty_text_in_a_file_to_predict_is_an_error_in_its_row(
    model_dir: Path, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write("in.csv", [["多少钱"], [" "]], ("sentence",))
    code, _, told = tools(
        capsys, "predict", "--model-dir", model_dir, "--input", source, "--output", tmp_path / "out.csv"
    )
    assert code == 0 and "in.csv:3:" in told and "1 行有错" in told
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["predictions"] for row in rows] == ["价格", ""]
    assert json.loads(rows[1]["error"])["line"] == 3


def test_what_is_told_by_the_column_is_written_as_by_the_row(
    model_dir: Path, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that is empty once it is normalised takes its batch the slow way, and the others the quick one."""
    texts = [["\u200b" if number == 40 else f"多少钱{number}", str(number)] for number in range(100)]
    source, asked, written = write("in.csv", texts, ("sentence", "id")), 0, []
    by_column = TextClassifier.predict_columns

    def counted(model: TextClassifier, items: Sequence[Item]) -> Mapping[str, Column] | None:
        nonlocal asked
        asked += 1
        return by_column(model, items)

    for way in (counted, lambda model, items: None):
        monkeypatch.setattr(TextClassifier, "predict_columns", way)
        target = tmp_path / f"{len(written)}.csv"
        run_job(texts_job(Texts(model_dir, source, target, appended="id"), 16, 0, restart=False))
        written.append(target.read_bytes())
    assert asked == 7 and written[0] == written[1] and written[0].count(b"invalid_item") == 1


def test_a_file_of_which_nothing_can_be_predicted_ends_with_1(
    model_dir: Path, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write("in.csv", [[" "], ["\u200b"]], ("sentence",))
    code, _, told = tools(
        capsys, "predict", "--model-dir", model_dir, "--input", source, "--output", tmp_path / "out.csv"
    )
    assert code == 1 and "2 行有错" in told


def test_prediction_goes_on_where_it_was_killed(model_dir: Path, write: Write, tmp_path: Path) -> None:
    """The engine of ``tools predict``: rows that were written stay, none is written twice."""
    source = write("in.csv", [[f"多少钱{n}", str(n)] for n in range(600)], ("sentence", "id"))
    whole, cut = tmp_path / "whole.csv", tmp_path / "cut.csv"
    made = [
        texts_job(Texts(model_dir, source, target, appended="id"), 16, 0, restart=False)
        for target in (whole, cut)
    ]
    run_job(made[0])

    def stop(rows: int, errors: int, read: int) -> None:
        if rows:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_job(made[1], stop)
    assert not cut.exists()
    again = run_job(made[1])
    assert again.rows == 600 and 0 < again.resumed < 600
    assert cut.read_bytes() == whole.read_bytes()


def test_export_copies_what_serving_needs(
    model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, _ = tools(capsys, "export", "--model-dir", model_dir, "--output", tmp_path / "served")
    assert code == 0
    names = {path.name for path in (tmp_path / "served").iterdir()}
    assert names == {"predictor.json", "labels.txt", "model.safetensors"}
    models = [TextClassifier(folder, read_classifier(folder)) for folder in (model_dir, tmp_path / "served")]
    for model in models:
        model.load()
    one, two = (model.predict([{"first_sequence": "能跑多远"}]) for model in models)
    assert one == two and models[0].card.version == models[1].card.version
    code, _, told = tools(capsys, "export", "--model-dir", model_dir, "--output", tmp_path / "served")
    assert code == 1 and "空目录" in told


def test_a_second_sequence_decides_where_the_first_says_nothing(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        [f"第{number}句", "电池" if number % 2 else "机油", "续航" if number % 2 else "保养"]
        for number in range(60)
    ]
    path = write("pairs.csv", rows, ("title", "keywords", "topic"))
    code, out, told = tools(
        capsys, "train", "--train", path, "--dev", path, "--output-dir", tmp_path / "m", "--json",
        "--first-sequence", "title", "--second-sequence", "keywords", "--label-name", "topic",
    )  # fmt: skip
    assert code == 0, told
    assert json.loads(out)["accuracy"] == 1.0


def test_several_labels_and_weights(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["多少钱", "价格", "1"], ["电池充电", "续航", "1"], ["多少钱和电池充电", "价格,续航", "1"], ["你好呀", "", "1"],
            ["多少钱", "续航", "0"]] * 8  # fmt: skip
    path = write("multi.csv", rows, ("sentence", "label", "w"))
    code, _, told = tools(
        capsys, "train", "--train", path, "--dev", path, "--output-dir", tmp_path / "m",
        "--multi-label", "--sample-weight-column", "w", "--json",
    )  # fmt: skip
    assert code == 0, told
    model = TextClassifier(tmp_path / "m", read_classifier(tmp_path / "m"))
    model.load()
    found = model.predict([{"first_sequence": text} for text in ("多少钱", "电池充电", "多少钱和电池充电")])
    assert [one["predictions"] for one in found] == [["价格"], ["续航"], ["价格", "续航"]]  # type: ignore[index]  # no errors


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--task", "ner"), "每个字"),
        (("--algorithm", "precise"), "--pretrain-model-name-or-path"),
        (("--algorithm", "precise", "--pretrain-model-name-or-path", "no/such"), "no/such"),
        (("--sequence-length", "0"), "--sequence-length"),
        (("--label-name", "topic"), "没有列 topic"),
        (("--second-sequence", "keywords"), "没有列 keywords"),
    ],
    ids=["ner", "no base", "base not there", "no length", "no label column", "no second column"],
)
def test_wrong_usage_says_the_way_out(
    words: tuple[str, ...], told: str, train_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = tools(capsys, "train", "--train", train_file, "--output-dir", tmp_path / "m", *words)
    assert code == 1 and told in err


def test_a_model_of_another_task_and_labels_it_does_not_know_are_refused(
    model_dir: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    test = write("test.csv", [["多少钱", "售后"]])
    code, _, told = tools(capsys, "evaluate", "--model-dir", model_dir, "--test", test)
    assert code == 1 and "test.csv:2: 标签“售后”是模型没有的" in told
    card = model_dir / "predictor.json"
    card.write_text(card.read_text().replace("text_classification", "image_classification"))
    code, _, told = tools(capsys, "evaluate", "--model-dir", model_dir, "--test", test)
    assert code == 1 and "image_classification" in told
