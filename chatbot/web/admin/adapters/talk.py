"""The try-it pane: a conversation that nobody counts."""

import os
from time import perf_counter

from chatbot.conversation import Conversation
from chatbot.reply import Message
from chatbot.web.admin.promises import Tried


class UncountedTalk:
    """A ``Talk`` over a conversation without observers."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def ask(self, sent: str, session_id: str) -> Tried:
        """As promised; the time is that of the turn with its explanation."""
        started = perf_counter()
        reply, explanation = self._conversation.explained(Message(sent, session_id, os.urandom(8).hex()))
        return Tried(sent, reply, explanation, (perf_counter() - started) * 1000)
