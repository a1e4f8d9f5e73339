"""Tokens and passwords: what is kept tells nothing, what is compared takes the same time."""

import statistics
import time

import pytest

from chatbot.security.credentials import (
    csrf_token,
    hash_password,
    new_token,
    password_matches,
    same,
    token_hash,
)
from chatbot.security.roles import Principal


def test_tokens_are_long_random_and_told_apart_by_their_prefix() -> None:
    made = {new_token() for _ in range(500)}
    assert len(made) == 500
    assert all(token.startswith("cbt_") and len(token) == 47 for token in made)


def test_a_password_matches_its_hash_and_no_other() -> None:
    kept = hash_password("正确 horse battery")
    assert password_matches("正确 horse battery", kept)
    for wrong in ("", "正确 horse batter", "正确 horse battery ", "\ud800", "x" * 10_000):
        assert not password_matches(wrong, kept)


def test_the_same_password_is_kept_differently_each_time_and_nowhere_in_clear() -> None:
    first, second = hash_password("correct horse"), hash_password("correct horse")
    assert first != second
    assert "correct" not in first and len(first) <= 128


@pytest.mark.parametrize("kept", [None, "", "$", "a$b", "a$b$c", "scrypt$1$8$1$$", "scrypt$16384$8$1$!$!"])
def test_what_is_no_hash_matches_nothing(kept: str | None) -> None:
    assert not password_matches("", kept)
    assert not password_matches("x", kept)


def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    def seconds(kept: str | None) -> float:
        begun = time.process_time()
        password_matches("wrong", kept)
        return time.process_time() - begun

    kept = hash_password("right one")
    known = statistics.median(seconds(kept) for _ in range(5))
    unknown = statistics.median(seconds(None) for _ in range(5))
    assert 0.5 < unknown / known < 2


def test_secrets_are_compared_whatever_they_hold() -> None:
    assert same("a", "a") and same("é", "é")
    assert not same("a", "b") and not same("a", "ab") and not same("\ud800", "a")


def test_a_csrf_token_follows_from_the_session_and_does_not_tell_it() -> None:
    assert csrf_token("s1") == csrf_token("s1") != csrf_token("s2")
    assert csrf_token("s1") != token_hash("s1")[:32]


@pytest.mark.parametrize(
    ("role", "may"), [("chat", ["chat"]), ("operator", ["chat", "operator"]), ("admin", ["chat", "operator", "admin"])]
)  # fmt: skip
def test_each_role_may_what_those_below_it_may(role: str, may: list[str]) -> None:
    principal = Principal("1", "n", role, "t")  # type: ignore[arg-type]
    assert [needed for needed in ("chat", "operator", "admin") if principal.may(needed)] == may  # type: ignore[arg-type]
