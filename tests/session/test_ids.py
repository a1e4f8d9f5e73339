import pytest

from chatbot.errors import InvalidSessionIdError
from chatbot.session.ids import new_session_id, validate_session_id


def test_a_new_id_is_valid_and_never_the_same_twice() -> None:
    ids = {validate_session_id(new_session_id()) for _ in range(1_000)}
    assert len(ids) == 1_000


def test_a_refused_id_is_named_in_ascii_and_cut_short() -> None:
    with pytest.raises(InvalidSessionIdError) as caught:
        validate_session_id("会话\n" + "x" * 5_000)
    assert "\\u4f1a" in caught.value.message
    assert "会话" not in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 250
