import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from chatbot.encoders.load import load_document_encoder, load_encoder, module_types
from chatbot.encoders.ngram import NgramEncoder
from chatbot.errors import ConfigError, DataError
from tests.contracts.encoder import TEXTS


def test_an_ngram_directory_gets_the_light_runtime(ngram_dir: Path) -> None:
    assert isinstance(load_encoder(ngram_dir), NgramEncoder)


def test_the_light_runtime_imports_no_torch(ngram_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from chatbot.encoders.load import load_encoder\n"
        f"load_encoder(Path({str(ngram_dir)!r})).encode(['你好'])\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'sklearn', 'tokenizers'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_hub_name_fails_at_once_with_the_way_out() -> None:
    began = time.monotonic()
    with pytest.raises(ConfigError, match=r"not a local directory.*train-two-tower"):
        load_encoder(Path("some-group/some-model"))
    assert time.monotonic() - began < 1


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere.*is missing"):
        load_encoder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "told"),
    [(None, "cannot be read"), ("[]", "lists no module"), ("{1", "is not a list"), ("[{}]", "is not a list")],
)
def test_a_directory_without_usable_modules_is_refused(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / "modules.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        module_types(tmp_path)


def test_what_sentence_transformers_cannot_load_is_named(tmp_path: Path) -> None:
    modules = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.Transformer"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(DataError, match="sentence-transformers cannot load it"):
        load_encoder(tmp_path)


def test_both_towers_of_a_siamese_directory_are_the_same(ngram_dir: Path) -> None:
    query, document = load_encoder(ngram_dir), load_document_encoder(ngram_dir)
    assert document.encode(TEXTS).tobytes() == query.encode(TEXTS).tobytes()


def test_a_document_tower_carries_the_fingerprint_of_the_whole(ngram_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "two"
    shutil.copytree(ngram_dir, folder)
    shutil.copytree(ngram_dir, folder / "document_tower")
    query, document = load_encoder(folder), load_document_encoder(folder)
    assert document.fingerprint == query.fingerprint != load_encoder(ngram_dir).fingerprint
    assert document.dimension == query.dimension
    np.testing.assert_array_equal(document.encode(TEXTS), query.encode(TEXTS))
