from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from chatbot.encoders.base import Encoder
from chatbot.encoders.load import load_encoder
from chatbot.encoders.ngram import load_ngram
from tests.contracts.encoder import TEXTS, EncoderContract

RAW = [*TEXTS, "", "啊啊啊啊啊这车!!!", "价格 多少  a b", "ok❤️好", "漢字、标点，都有。", "¥100—200％"]


@pytest.fixture
def encoder(ngram_dir: Path) -> Encoder:
    return load_encoder(ngram_dir, prefer="sentence-transformers")


class TestSentenceTransformerEncoder(EncoderContract):
    pass


def test_sentence_transformers_loads_the_directory_plainly_and_agrees_on_raw_text(ngram_dir: Path) -> None:
    theirs = SentenceTransformer(str(ngram_dir)).encode(RAW)
    np.testing.assert_allclose(theirs, load_ngram(ngram_dir).encode(RAW), atol=1e-5)


def test_the_fingerprint_is_the_same_in_both_runtimes(ngram_dir: Path, encoder: Encoder) -> None:
    assert encoder.fingerprint == load_ngram(ngram_dir).fingerprint
