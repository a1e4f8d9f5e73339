"""The ONNX runtime beside sentence-transformers, on a small transformer made here; skipped where it is not installed."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import BertConfig, BertModel, BertTokenizerFast

from chatbot.encoders.base import Encoder
from chatbot.encoders.load import load_encoder
from chatbot.errors import DataError
from tests.contracts.encoder import TEXTS, EncoderContract


class _Hidden(torch.nn.Module):
    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = self.bert(input_ids, attention_mask=attention_mask).last_hidden_state
        return hidden


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("onnx")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted({char for text in TEXTS for char in text})]
    torch.manual_seed(0)
    shape = {"hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(
        vocab_size=len(words), max_position_embeddings=64, attn_implementation="eager", **shape
    )
    bert = BertModel(config).eval()
    bert.save_pretrained(folder / "bert")
    BertTokenizerFast(vocab={word: at for at, word in enumerate(words)}).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=64)
    dense = Dense(24, 8, activation_function=torch.nn.Tanh())
    model = SentenceTransformer(modules=[transformer, Pooling(24, "mean"), dense, Normalize()])
    model.save(str(folder / "model"), create_model_card=False)
    ids = torch.ones(1, 5, dtype=torch.long)
    (folder / "model" / "onnx").mkdir()
    names, axes = ["input_ids", "attention_mask"], {1: "length"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further package is deprecated
        torch.onnx.export(
            _Hidden(bert),
            (ids, ids),
            str(folder / "model" / "onnx" / "model.onnx"),
            input_names=names,
            dynamic_axes={name: axes for name in names},
            dynamo=False,
        )
    return folder / "model"


class TestOnnxEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self, model_dir: Path) -> Encoder:
        return load_encoder(model_dir)


def test_it_agrees_with_sentence_transformers(model_dir: Path) -> None:
    ours, theirs = load_encoder(model_dir), load_encoder(model_dir, prefer="sentence-transformers")
    assert type(ours).__name__ == "OnnxEncoder"
    assert ours.fingerprint == theirs.fingerprint
    np.testing.assert_allclose(ours.encode(TEXTS), theirs.encode(TEXTS), atol=1e-5)


def test_a_damaged_file_is_named(model_dir: Path, tmp_path: Path) -> None:
    from chatbot.encoders.onnx_encoder import load_onnx  # imports the optional runtime

    (tmp_path / "model.onnx").write_bytes(b"broken")
    with pytest.raises(DataError, match=r"model\.onnx: cannot be loaded"):
        load_onnx(model_dir, tmp_path / "model.onnx")
