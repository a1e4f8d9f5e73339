import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from typer.testing import CliRunner

from chatbot.encoders.load import load_document_encoder, load_encoder
from chatbot.errors import ConfigError, DataError
from tools.cli import application
from tools.train_two_tower import bases, run
from tools.train_two_tower.loop import Status
from tools.train_two_tower.ngram_base import untrained_from_texts, write_ngram
from tools.train_two_tower.run import Summary
from tools.train_two_tower.run import train as run_training
from tools.train_two_tower.settings import LossType, TrainFiles, TrainSettings

ASKED = {
    "问价格": ["多少钱", "什么价", "价格多少", "卖多少钱", "要花多少", "报价是多少", "贵不贵"],
    "问续航": ["续航多少", "能跑多远", "一次能开多少公里", "续航里程多长", "跑得远吗", "电能撑多久"],
    "问颜色": ["有什么颜色", "几种颜色可选", "车漆有哪些", "有没有红色", "颜色怎么选", "有白色吗"],
    "问座位": ["几个座位", "能坐几个人", "坐得下七个人吗", "有几排座", "座位数是多少", "五座还是七座"],
}
SETTINGS = TrainSettings(batch_size=8, epochs=4, save_steps=3, embedding_size=32, learning_rate=2e-5)


def train(
    settings: TrainSettings, files: TrainFiles, watch: Callable[[Status], None], *, resume: bool = True
) -> Summary:
    summary = run_training(settings, files, watch, resume=resume)
    assert summary is not None, "the only process tells"
    return summary


def silent(status: Status) -> None:
    assert status.step <= status.total_steps


@pytest.fixture
def files(tmp_path: Path) -> TrainFiles:
    for name, part in (("train", slice(1, None)), ("dev", slice(0, 1))):
        lines = [f"{sentence},{label}" for label, all_of_it in ASKED.items() for sentence in all_of_it[part]]
        (tmp_path / f"{name}.csv").write_text("sent,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return TrainFiles(tmp_path / "train.csv", tmp_path / "dev.csv", tmp_path / "model")


@pytest.fixture
def settings(tmp_path: Path) -> TrainSettings:
    base = tmp_path / "base"
    write_ngram(untrained_from_texts([s for part in ASKED.values() for s in part], 32), base)
    return replace(SETTINGS, pretrain_model_name_or_path=str(base))


def model_bytes(folder: Path) -> dict[str, bytes]:
    names = ("model.safetensors", "tokenizer.json", "ngram_config.json", "training.json")
    return {name: (folder / name).read_bytes() for name in names}


def interrupt_at(step: int) -> Callable[[Status], None]:
    def watch(status: Status) -> None:
        if status.step == step:
            raise KeyboardInterrupt

    return watch


@pytest.mark.parametrize("loss_type", list(LossType), ids=str)
def test_training_moves_the_weights_and_keeps_the_best(
    files: TrainFiles, settings: TrainSettings, loss_type: LossType
) -> None:
    summary = train(replace(settings, loss_type=loss_type), files, silent)
    points = json.loads((files.output_dir / "training.json").read_text(encoding="utf-8"))["points"]
    assert summary.recall_at_1 == max(point[2] for point in points)
    assert points[0][0] == 0
    assert summary.steps == points[-1][0] > 0
    assert points[-1][1] < points[1][1], "the loss falls"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    files: TrainFiles, settings: TrainSettings, tmp_path: Path
) -> None:
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train(replace(settings, seed=seed), replace(files, output_dir=tmp_path / name), silent)
        found.append((tmp_path / name / "model.safetensors").read_bytes())
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("step", [4, 5, 9], ids=lambda step: f"after step {step}")
def test_an_interrupted_run_goes_on_to_the_bytes_of_an_uninterrupted_one(
    files: TrainFiles, settings: TrainSettings, tmp_path: Path, step: int
) -> None:
    whole = replace(files, output_dir=tmp_path / "whole")
    train(settings, whole, silent)
    with pytest.raises(KeyboardInterrupt):
        train(settings, files, interrupt_at(step))
    assert (files.output_dir / "checkpoints" / "last.pt").is_file()
    first: list[int] = []
    train(settings, files, lambda status: first.append(status.step))
    assert first[0] == step - step % settings.save_steps + 1, "it went on from the checkpoint"
    assert model_bytes(files.output_dir) == model_bytes(whole.output_dir)
    assert not (files.output_dir / "checkpoints").exists()


def test_a_checkpoint_of_other_settings_is_not_continued(files: TrainFiles, settings: TrainSettings) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(settings, files, interrupt_at(4))
    with pytest.raises(ConfigError, match="--no-resume"):
        train(replace(settings, margin=0.3), files, silent)
    assert train(replace(settings, margin=0.3), files, silent, resume=False).steps > 4


def test_a_damaged_checkpoint_is_named(files: TrainFiles, settings: TrainSettings) -> None:
    path = files.output_dir / "checkpoints" / "last.pt"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(DataError, match=r"last\.pt.*--no-resume"):
        train(settings, files, silent)


def test_a_loss_that_is_not_a_number_stops_with_the_lines_of_its_batch(
    files: TrainFiles, settings: TrainSettings
) -> None:
    with pytest.raises(DataError, match=r"loss of step \d+ is not a number.*lines \[\d+"):
        train(replace(settings, learning_rate=1e38, gamma=1e38, loss_type=LossType.CIRCLE), files, silent)


def test_the_directory_loads_in_both_runtimes_with_the_same_vectors(
    files: TrainFiles, settings: TrainSettings
) -> None:
    train(settings, files, silent)
    texts = [sentence for part in ASKED.values() for sentence in part]
    theirs = SentenceTransformer(str(files.output_dir)).encode(texts)
    np.testing.assert_allclose(load_encoder(files.output_dir).encode(texts), theirs, atol=1e-5)


def test_separate_towers_learn_apart_and_share_a_fingerprint(
    files: TrainFiles, settings: TrainSettings
) -> None:
    train(replace(settings, siamese=False), files, silent)
    query, document = load_encoder(files.output_dir), load_document_encoder(files.output_dir)
    assert query.fingerprint == document.fingerprint
    assert not np.array_equal(query.encode(["多少钱"]), document.encode(["多少钱"]))


def test_the_report_stands_alone_and_shows_curves_and_confusions(
    files: TrainFiles, settings: TrainSettings
) -> None:
    summary = train(replace(settings, epochs=1), files, silent)
    page = Path(summary.report).read_text(encoding="utf-8")
    assert page.count("<polyline") == 3
    assert "recall@5" in page
    assert "混淆" in page
    assert not re.search(r"<script|<link|https?://", page)


def test_ngrams_that_the_base_lacks_are_added(files: TrainFiles, settings: TrainSettings) -> None:
    with files.train.open("a", encoding="utf-8") as file:
        file.write("魑魅魍魉,问魑魅\n魍魉魑魅,问魑魅\n")
    train(settings, files, silent)
    assert load_encoder(files.output_dir).encode(["魑"]).any()


def test_another_embedding_size_than_the_base_is_refused(files: TrainFiles, settings: TrainSettings) -> None:
    with pytest.raises(ConfigError, match="has 32 dimensions → set --embedding-size 32"):
        train(replace(settings, embedding_size=64), files, silent)


def test_a_hub_name_without_a_hub_fails_within_a_second(
    files: TrainFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(ConfigError, match="no hub answers"):
        bases.towers(replace(SETTINGS, pretrain_model_name_or_path="group/model"), [], accept_licence=False)
    assert time.monotonic() - began < 1


def test_m3e_small_is_not_fetched_before_its_licence_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigError, match="licence not accepted"):
        bases.towers(replace(SETTINGS, pretrain_model_name_or_path="m3e-small"), [], accept_licence=False)
    assert "非商业" in capsys.readouterr().err


def arguments(files: TrainFiles, settings: TrainSettings) -> list[str]:
    told = f"pretrain_model_name_or_path={settings.pretrain_model_name_or_path} loss_type=circle_loss embedding_size=32"
    paths = ["--train", str(files.train), "--dev", str(files.dev), "--output-dir", str(files.output_dir)]
    return [*paths, "--batch-size", "8", "--epochs", "2", "--user-defined-parameters", told]


def test_the_command_prints_one_json_object_and_its_progress_elsewhere(
    files: TrainFiles, settings: TrainSettings
) -> None:
    result = CliRunner().invoke(application("train-two-tower"), [*arguments(files, settings), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["labels"] == 4
    assert summary["fingerprint"] == load_encoder(files.output_dir).fingerprint
    assert (
        json.loads((files.output_dir / "training.json").read_text())["settings"]["loss_type"] == "circle_loss"
    )


def test_an_interrupted_command_says_how_to_go_on(
    files: TrainFiles, settings: TrainSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "train", interrupted)
    result = CliRunner().invoke(application("train-two-tower"), arguments(files, settings))
    assert result.exit_code == 1
    assert "从最近的检查点继续" in result.stderr


def test_help_shows_an_example_and_imports_no_torch() -> None:
    code = (
        "import sys; from tools.cli import main\n"
        "try: main(['train-two-tower', '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit('torch imported' if 'torch' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--train user_datasets" in done.stdout


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
