"""The tables. A new database is made so, ``migrations/`` brings an older one to this; a test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

METADATA = MetaData()
_ID = String(64)
_NAME = String(256)  # session and trace ids are at most 128 characters


TURNS = Table(
    "turns",
    METADATA,
    Column("turn_id", _ID, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("trace_id", _NAME, nullable=False),
    Column("session_id", _NAME, nullable=False),
    Column("sent", Text, nullable=False),
    Column("masked", Boolean, nullable=False),
    Column("rows_limit", Integer, nullable=False),
    Column("memory", Text, nullable=False),
    Column("kb_version", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answer_type", String(32), nullable=False),
    Column("answer_source", String(32), nullable=False),
    Column("state", String(32), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("question", Text, nullable=False),
    Column("entities", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("bad_reason", String(64), nullable=False),
    Column("degraded", Boolean, nullable=False),
    Index("turns_at", "at_ms"),
    Index("turns_trace", "trace_id"),
    Index("turns_session", "session_id", "at_ms"),
)
BAD_CASES = Table(
    "bad_cases",
    METADATA,
    Column("case_id", _ID, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("trace_id", _NAME, nullable=False),
    Column("session_id", _NAME, nullable=False),
    Column("sent", Text, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("nearest", Text, nullable=False),
    Column("kb_version", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Index("bad_cases_status", "status", "at_ms"),
    Index("bad_cases_at", "at_ms"),
)
FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("feedback_id", _ID, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("trace_id", _NAME, nullable=False),
    Column("session_id", _NAME, nullable=False),
    Column("vote", String(8), nullable=False),
    Column("comment", Text, nullable=False),
    Index("feedback_at", "at_ms"),
)
PROPOSALS = Table(
    "proposals",
    METADATA,
    Column("proposal_id", _ID, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("author", _NAME, nullable=False),
    Column("note", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("changes", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Index("proposals_at", "at_ms"),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", _NAME, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
USERS = Table(
    "users",
    METADATA,
    Column("user_id", _ID, primary_key=True),
    Column("name", _NAME, nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("disabled", Boolean, nullable=False),
)
TOKENS = Table(
    "tokens",
    METADATA,
    Column("token_id", _ID, primary_key=True),
    Column("user_id", _ID, nullable=False),
    Column("hash", String(128), nullable=False, unique=True),
    Column("label", _NAME, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False),
)
TEST_RUNS = Table(
    "test_runs",
    METADATA,
    Column("run_id", _ID, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("file", Text, nullable=False),
    Column("kb_version", String(64), nullable=False),
    Column("passed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("results", Text, nullable=False),
    Index("test_runs_at", "at_ms"),
)
INBOX = Table(
    "inbox",
    METADATA,
    Column("message_id", _ID, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("session_id", _NAME, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("trace_id", _NAME, nullable=False),
    Column("author", _NAME, nullable=False),
    Index("inbox_session", "session_id", "at_ms"),
    Index("inbox_at", "at_ms"),
)
VERSION = Table(
    "alembic_version",
    MetaData(),  # Alembic's own, made here as it makes it
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
