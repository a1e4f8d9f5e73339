"""The store in SQL: every concern over one database."""

from chatbot.config import EngineConfig
from chatbot.store.database import Database
from chatbot.store.first_look import SQLITE_FILE
from chatbot.store.sql_learning import SqlAuditStore, SqlProposalStore, SqlRunStore
from chatbot.store.sql_passwords import SqlPasswordStore
from chatbot.store.sql_people import SqlAccountStore, SqlInboxStore
from chatbot.store.sql_turns import SqlBadCaseStore, SqlFeedbackStore, SqlTurnStore


class SqlStore:
    """``Store`` over ``database``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.turns = SqlTurnStore(database)
        self.cases = SqlBadCaseStore(database)
        self.feedback = SqlFeedbackStore(database)
        self.proposals = SqlProposalStore(database)
        self.audit = SqlAuditStore(database)
        self.accounts = SqlAccountStore(database)
        self.passwords = SqlPasswordStore(database)
        self.test_runs = SqlRunStore(database)
        self.inbox = SqlInboxStore(database)

    def close(self) -> None:
        """Let go of connections."""
        self._database.close()


def open_store(config: EngineConfig) -> SqlStore:
    """The store that ``config`` names: ``store_url``, or ``store.db`` in ``state_dir``. Connects when first used.

    Raises:
        ConfigError: ``store_url`` names no database we speak.
    """
    return SqlStore(Database(config.store_url or f"sqlite:///{config.state_dir / SQLITE_FILE}"))
