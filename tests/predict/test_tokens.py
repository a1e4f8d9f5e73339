"""Tokens: made once, shown once, kept as hashes, opened by nothing else."""

from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.predict.description import PredictService
from chatbot.predict.tokens import FILE, kept_token, make_token
from chatbot.security.credentials import token_hash


def service(**changes: object) -> PredictService:
    return PredictService(**{"name": "a", "processor": "p", "model_path": None, **changes})  # type: ignore[arg-type]


def test_a_token_is_made_at_the_first_start_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    kept, made = kept_token(service(generate_token=True), tmp_path)
    assert kept == token_hash(made) and made not in (tmp_path / FILE).read_text()
    assert kept_token(service(generate_token=True), tmp_path) == (kept, "")
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_the_environment_goes_first_and_no_token_means_open(tmp_path: Path) -> None:
    assert kept_token(service(generate_token=True, token="mine"), tmp_path) == (token_hash("mine"), "")
    assert kept_token(service(), tmp_path) == ("", "")
    assert not (tmp_path / FILE).exists()


def test_a_new_token_replaces_the_old_one_and_leaves_the_others(tmp_path: Path) -> None:
    other = kept_token(service(name="b", generate_token=True), tmp_path)[0]
    first = kept_token(service(generate_token=True), tmp_path)[0]
    second, _ = make_token("a", tmp_path)
    assert first != second
    assert kept_token(service(generate_token=True), tmp_path) == (second, "")
    assert kept_token(service(name="b", generate_token=True), tmp_path) == (other, "")


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 5}', "\xff"])
def test_a_file_of_something_else_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"tokens\.json.*删掉它"):
        kept_token(service(generate_token=True), tmp_path)
