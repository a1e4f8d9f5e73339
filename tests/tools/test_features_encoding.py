"""Encoding many texts, here and in processes of their own: the same lines, vectors and normal forms."""

import os
from collections.abc import Sequence

import numpy as np
import pytest

from chatbot.normalization.text import normalize
from tests.faq_modules.small_faq import HashEncoder
from tools.features import encoding
from tools.features.lines import row_keys


def _made(batches: Sequence[Sequence[str]], total: int) -> list[tuple[bytes, list[bytes], list[str], bytes]]:
    """What each batch gives: its block, its lines, its normal forms and its vectors."""
    keys = [row_keys([(text, 7) for text in batch]) for batch in batches]
    return [
        (bytes(one.block), list(map(bytes, one.lines())), one.forms, one.vectors.tobytes())
        for one in encoding.encoded(keys, HashEncoder(), total)
    ]


def test_several_processes_encode_to_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [[f"第{i}批第{j}句" for j in range(5)] for i in range(25)]
    batches[3].append("长" * 200_000)  # more than the memory that is shared has room for
    alone = _made(batches, 126)
    assert alone[0][1][2].startswith("第0批第2句\t7\t".encode()) and b"".join(alone[0][1]) == alone[0][0]
    monkeypatch.setattr(encoding, "PARALLEL_FROM", 10)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert _made(batches, 126) == alone


def test_processes_that_were_started_ahead_are_used_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "PARALLEL_FROM", 10)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    encoder = HashEncoder()
    ahead = encoding.Encoding(encoder)
    pool = ahead.start(1000)
    assert pool is not None
    (found,) = encoding.encoded([row_keys([("甲", 1), ("乙", 1)])], encoder, 35, ahead)
    assert np.array_equal(found.vectors, HashEncoder().encode(["甲", "乙"])) and encoder.encoded == []
    with pytest.raises(RuntimeError, match="shutdown"):
        pool.submit(len, [])


def test_few_texts_are_encoded_here_though_more_were_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "PARALLEL_FROM", 10)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    encoder = HashEncoder()
    ahead = encoding.Encoding(encoder)
    ahead.start(1000)
    assert len(list(encoding.encoded([row_keys([("甲", 1), ("乙", 1)])], encoder, 2, ahead))) == 1
    assert encoder.encoded == ["甲", "乙"]


def test_normal_forms_come_with_the_vectors_of_every_text() -> None:
    texts = [f"Ｗｉｆｉ第{i}台怎麼連" for i in range(300)]
    (found,) = encoding.encoded([row_keys([(text, 1) for text in texts])], HashEncoder(), 300)
    assert found.forms == [normalize(text) for text in texts]
    assert np.array_equal(found.vectors, HashEncoder().encode(texts))


def test_an_encoder_that_cannot_be_copied_encodes_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "PARALLEL_FROM", 1)
    encoder = HashEncoder()
    encoder.lock = (each for each in ())  # type: ignore[attr-defined]
    assert len(list(encoding.encoded([row_keys([("甲", 1)]), row_keys([("乙", 1)])], encoder, 2))) == 2
    assert encoder.encoded == ["甲", "乙"]
