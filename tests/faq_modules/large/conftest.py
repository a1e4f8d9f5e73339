"""The synthesised FAQ, the shipped encoder, and one large index over both, built once."""

from pathlib import Path

import pytest

from chatbot.encoders.base import Encoder
from chatbot.encoders.load import load_encoder
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.large.index import LargeIndex, build_large_index
from tests.faq_modules.large.world import corpus_of
from tools.bench.questions import SyntheticFaq, synthetic_faq

MODEL = Path(__file__).parents[3] / "user_datasets" / "car_faqs" / "text_match_two_tower_model_dir"


@pytest.fixture(scope="package")
def encoder() -> Encoder:
    return load_encoder(MODEL)


@pytest.fixture(scope="package")
def faq() -> SyntheticFaq:
    return synthetic_faq(3000, 150)


@pytest.fixture(scope="package")
def corpus(faq: SyntheticFaq) -> Corpus:
    return corpus_of(faq)


@pytest.fixture(scope="package")
def index(corpus: Corpus, encoder: Encoder) -> LargeIndex:
    return build_large_index(corpus, encoder.encode(corpus.texts), encoder)
