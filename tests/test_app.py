"""What the composition root adds to a turn by itself."""

import pytest

from chatbot.app import versioned_turn
from chatbot.reply import Message, Reply
from tests.dialog.world import knowledge


@pytest.mark.parametrize(("stated", "told"), [("", knowledge().version), ("v7", "v7")])
def test_a_reply_the_dialogue_was_not_asked_for_names_the_knowledge_of_the_moment(
    stated: str, told: str
) -> None:
    turn = versioned_turn(lambda message: Reply("好", "handoff", "none", "s", kb_version=stated), knowledge)
    assert turn(Message("您好", "s", "t")).kb_version == told
    assert told
