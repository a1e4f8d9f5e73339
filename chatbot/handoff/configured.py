"""Where handoffs are told, where they wait, and what goes with them, as configured."""

from chatbot.backends.handoff import Exchange, Transcript
from chatbot.backends.outbox import Outbox
from chatbot.backends.webhook import SignedWebhook
from chatbot.config import EngineConfig


def handoff_target(config: EngineConfig) -> SignedWebhook:
    """Where handoffs are told."""
    return SignedWebhook(config.handoff_webhook, config.handoff_secret)


def handoff_outbox(config: EngineConfig) -> Outbox:
    """Where handoffs wait that were not taken yet."""
    return Outbox(config.state_dir / "handoffs")


def transcript(config: EngineConfig) -> Transcript | None:
    """The turns that the store has of a session; nothing where turns are not stored."""

    def read(session_id: str) -> list[Exchange]:
        from chatbot.store.sql_store import open_store  # SQLAlchemy costs 0.3 s, and handoffs are rare

        store = open_store(config)
        try:
            rows = store.turns.of_session(session_id)
            return [Exchange(r.trace_id, r.at_ms, r.sent, r.answer, r.answer_type) for r in rows]
        finally:
            store.close()

    return read if config.store_turns else None
