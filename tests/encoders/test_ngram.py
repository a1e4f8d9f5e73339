import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from chatbot.encoders.ngram import NgramEncoder, image, load_ngram
from chatbot.errors import DataError
from tests.contracts.encoder import TEXTS, EncoderContract
from tools.train_two_tower.ngram_base import NgramBase, count_tokens, write_ngram


@pytest.fixture
def encoder(ngram_dir: Path) -> NgramEncoder:
    return load_ngram(ngram_dir)


class TestNgramEncoder(EncoderContract):
    pass


def test_tokens_are_starts_characters_pairs_and_ends() -> None:
    assert set(count_tokens(["价格！多"])) == {"<价", "价", "价><格", "格", "格>", "<多", "多", "多>"}
    assert image("价") == "<价\x1f价\x1f价>"


def test_the_vector_is_the_normalised_sum_of_rows(tmp_path: Path) -> None:
    rows = np.array([[0, 0], [3, 0], [0, 4]], dtype=np.float32)
    write_ngram(NgramBase(("[UNK]", "价", "格"), rows), tmp_path)
    np.testing.assert_allclose(load_ngram(tmp_path).encode(["价格"]), [[0.6, 0.8]], atol=1e-6)


def test_a_text_without_a_known_character_is_all_zeros(encoder: NgramEncoder) -> None:
    assert not encoder.encode(["魑魅"]).any()


def test_the_fingerprint_follows_the_weights_and_not_the_card(ngram_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ngram_dir, folder)
    before = load_ngram(folder).fingerprint
    (folder / "README.md").write_text("卡片", encoding="utf-8")
    assert load_ngram(folder).fingerprint == before
    tensors = load_file(folder / "model.safetensors")
    save_file({**tensors, "weights": tensors["weights"] * 2}, folder / "model.safetensors")
    assert load_ngram(folder).fingerprint != before


def test_weights_saved_by_sentence_transformers_itself_are_read(ngram_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ngram_dir, folder)
    tensors = load_file(folder / "model.safetensors")
    dense = tensors["embeddings"].astype(np.float32) * tensors["weights"][:, None]
    save_file({"embedding.weight": dense}, folder / "model.safetensors")
    np.testing.assert_allclose(
        load_ngram(folder).encode(TEXTS), load_ngram(ngram_dir).encode(TEXTS), atol=1e-6
    )


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tokenizer.json", b"{", "is not a tokenizer"),
        ("tokenizer.json", json.dumps({"model": {"vocab": {"[UNK]": 0}}}).encode(), "1 n-grams, but weights"),
        ("model.safetensors", b"12345678", "is not a safetensors file"),
    ],
    ids=["broken json", "another vocabulary", "broken weights"],
)
def test_a_damaged_directory_is_refused_with_the_file(
    ngram_dir: Path, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ngram_dir, folder)
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=told) as caught:
        load_ngram(folder)
    assert str(folder) in caught.value.path


def test_weights_of_other_names_are_refused(ngram_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ngram_dir, folder)
    save_file({"other": np.zeros(1, dtype=np.float32)}, folder / "model.safetensors")
    with pytest.raises(DataError, match="holds"):
        load_ngram(folder)


def test_a_single_text_has_the_vector_it_has_among_others_however_often_it_comes(
    encoder: NgramEncoder,
) -> None:
    together = encoder.encode(["价格", "保养", "价格"])
    alone = [encoder.encode([text])[0] for text in ("价格", "价格", "保养", "价格")]
    np.testing.assert_array_equal(alone, together[[0, 0, 1, 0]])


def test_nobody_can_change_the_vector_that_is_remembered(encoder: NgramEncoder) -> None:
    with pytest.raises(ValueError, match="read-only"):
        encoder.encode(["价格"])[0] *= 2
