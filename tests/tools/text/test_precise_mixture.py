"""*precise* with an n-gram model beside it: trained, measured, served, exported; and without it, as before."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chatbot.errors import ModelError
from chatbot.predict.model_dir import FILE
from chatbot.predict.nlp.classifier_card import read_classifier
from chatbot.predict.nlp.text_classification import TextClassifier
from tests.tools.text.conftest import Write, sentences
from tests.tools.text.test_fast import tools
from tools.text.progress import Watcher
from tools.text.run import Summary, train
from tools.text.settings import Algorithm, TrainFiles, TrainSettings
from tools.text.using import loaded

ITEMS = [{"first_sequence": text} for text, _ in sentences(30, 4)]


@pytest.fixture
def settings(tiny_base: Path) -> TrainSettings:
    return TrainSettings(
        algorithm=Algorithm.PRECISE, pretrain_model_name_or_path=str(tiny_base), epochs=2, batch_size=16,
        learning_rate=5e-3, sequence_length=40,
    )  # fmt: skip


@pytest.fixture
def files(train_file: Path, dev_file: Path, tmp_path: Path) -> TrainFiles:
    return TrainFiles(train_file, dev_file, tmp_path / "model")


@pytest.fixture
def trained(settings: TrainSettings, files: TrainFiles) -> Summary:
    return train(settings, files, Watcher())


def served(folder: Path) -> TextClassifier:
    model = TextClassifier(folder, read_classifier(folder))
    model.load()
    return model


def test_summary_report_and_evaluation_name_the_accuracy_of_each_part(
    trained: Summary, files: TrainFiles, dev_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(trained.parts) == {"transformer", "ngrams", "weight"}
    assert "混合 n-gram（单独，验证集）" in Path(trained.report).read_text(encoding="utf-8")
    kept = json.loads((files.output_dir / "training.json").read_text(encoding="utf-8"))
    assert kept["parts"] == trained.parts
    code, out, _ = tools(capsys, "evaluate", "--model-dir", files.output_dir, "--test", dev_file, "--json")
    found = json.loads(out)
    assert code == 0 and found["accuracy"] == trained.accuracy
    assert found["parts"] == {name: trained.parts[name] for name in ("transformer", "ngrams")}


def test_one_set_of_probabilities_and_logits_is_served_and_written(
    trained: Summary, files: TrainFiles, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, output = served(files.output_dir), tmp_path / "out.csv"
    source = write("in.csv", [[str(one["first_sequence"])] for one in ITEMS], ("sentence",))
    tools(capsys, "predict", "--model-dir", files.output_dir, "--input", source, "--output", output)
    rows = list(csv.DictReader(output.read_text(encoding="utf-8").splitlines()))
    for row, outcome in zip(rows, model.predict(ITEMS), strict=True):
        assert isinstance(outcome, dict)
        assert json.loads(row["probabilities"]) == outcome["probabilities"]
        assert json.loads(row["logits"]) == outcome["logits"]
        chances, logits = (list(outcome[one].values()) for one in ("probabilities", "logits"))  # type: ignore[union-attr]  # objects
        assert int(np.argmax(chances)) == int(np.argmax(logits))
    assert model.describe().about["mixture"] == pytest.approx(trained.parts["weight"], abs=1e-5)


def test_an_exported_mixture_answers_the_same(
    trained: Summary, files: TrainFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, told = tools(capsys, "export", "--model-dir", files.output_dir, "--output", tmp_path / "out")
    assert code == 0, told
    assert served(tmp_path / "out").predict(ITEMS) == served(files.output_dir).predict(ITEMS)
    assert read_classifier(tmp_path / "out").version == trained.version


def test_without_it_the_transformer_is_served_alone_and_nothing_of_an_earlier_run_is_left(
    trained: Summary, settings: TrainSettings, files: TrainFiles
) -> None:
    assert (files.output_dir / "model.safetensors").is_file()
    summary = train(replace(settings, mixture=False), files, Watcher())
    assert not (files.output_dir / "model.safetensors").exists() and not summary.parts
    card = read_classifier(files.output_dir)
    assert card.mixture is None and summary.version != trained.version
    assert "mixture" not in json.loads((files.output_dir / FILE).read_text(encoding="utf-8"))
    assert summary.accuracy == pytest.approx(trained.parts["transformer"])


def test_a_mixture_whose_half_is_missing_or_whose_card_is_damaged_is_refused(
    trained: Summary, files: TrainFiles
) -> None:
    card = files.output_dir / FILE
    told = json.loads(card.read_text(encoding="utf-8"))
    (files.output_dir / "model.safetensors").rename(files.output_dir / "gone")
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        loaded(files.output_dir)
    for broken in ({"weight": 2.0}, [], {**told["mixture"], "ngrams": {"slope": "x"}}):
        card.write_text(json.dumps({**told, "mixture": broken}), encoding="utf-8")
        with pytest.raises(ModelError, match="的值是"):
            read_classifier(files.output_dir)


def test_rows_that_share_no_ngram_train_the_transformer_alone(
    settings: TrainSettings, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["价", "价格"], ["航", "续航"], ["贵", "价格"], ["电", "续航"]]
    source = write("few.csv", rows)
    settings = replace(settings, epochs=1)
    summary = train(settings, TrainFiles(source, write("few_dev.csv", rows[:2]), tmp_path / "few"), Watcher())
    assert not summary.parts and "不混合 n-gram 模型" in capsys.readouterr().err
