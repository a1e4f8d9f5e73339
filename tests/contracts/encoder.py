"""The promises of ``Encoder``; a test module subclasses this and says how its encoder is made."""

import numpy as np
import pytest

from chatbot.encoders.base import Encoder

TEXTS = (
    "标准续航升级版的变速箱是什么类型",
    "多少钱",
    "這車的續航里程有多少？",
    "ＡＢＣ１２３ 空 调",
    "wifi能用吗",
    "😀能飞吗！！",
)
UNUSUAL = ("", " ", "😀😀", "\x00\ud800", "？？？", "长" * 2000, "한국어", "a")


class EncoderContract:
    """Needs a fixture ``encoder``."""

    def test_vectors_have_the_stated_dimension_and_length_one(self, encoder: Encoder) -> None:
        vectors = encoder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_a_text_gives_the_same_bytes_alone_and_in_a_batch(self, encoder: Encoder) -> None:
        together = encoder.encode(TEXTS)
        for place, text in enumerate(TEXTS):
            assert encoder.encode([text]).tobytes() == together[place].tobytes()

    @pytest.mark.parametrize("text", UNUSUAL, ids=lambda text: repr(text[:6]))
    def test_any_text_gives_a_finite_vector(self, encoder: Encoder, text: str) -> None:
        assert np.isfinite(encoder.encode([text])).all()

    def test_nothing_to_encode_gives_no_vectors(self, encoder: Encoder) -> None:
        assert encoder.encode([]).shape == (0, encoder.dimension)

    def test_texts_that_normalise_alike_have_the_same_vector(self, encoder: Encoder) -> None:
        full, simple = encoder.encode(["這車續航多少ＫＭ", "这车续航多少km"])
        assert full.tobytes() == simple.tobytes()

    def test_the_fingerprint_is_short_hexadecimal(self, encoder: Encoder) -> None:
        assert len(encoder.fingerprint) == 16
        int(encoder.fingerprint, 16)
