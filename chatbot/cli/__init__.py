"""``chatbot``: serves and operates. The verbs of the contract; each imports what it needs when it is called."""

from chatbot.cli import loop_verbs
from chatbot.cli.verbs import main

__all__ = ["loop_verbs", "main"]
