"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TEXT, _ID, _NAME = sa.Text, sa.String(64), sa.String(256)


def upgrade() -> None:
    """Make them."""
    _turns()
    _learning()
    _accounts()
    _the_rest()


def downgrade() -> None:
    """Drop them, and what is in them."""
    for table in (
        "inbox",
        "test_runs",
        "tokens",
        "users",
        "audit",
        "proposals",
        "feedback",
        "bad_cases",
        "turns",
    ):
        op.drop_table(table)


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("turn_id", _ID, primary_key=True),
        _column("at_ms", sa.BigInteger),
        _column("trace_id", _NAME),
        _column("session_id", _NAME),
        _column("sent", _TEXT),
        _column("masked", sa.Boolean),
        _column("rows_limit", sa.Integer),
        _column("memory", _TEXT),
        _column("kb_version", sa.String(64)),
        _column("answer", _TEXT),
        _column("answer_type", sa.String(32)),
        _column("answer_source", sa.String(32)),
        _column("state", sa.String(32)),
        _column("confidence", sa.Float),
        _column("question", _TEXT),
        _column("entities", _TEXT),
        _column("attribute", _TEXT),
        _column("digest", sa.String(64)),
        _column("bad_reason", sa.String(64)),
        _column("degraded", sa.Boolean),
    )
    op.create_index("turns_at", "turns", ["at_ms"])
    op.create_index("turns_trace", "turns", ["trace_id"])
    op.create_index("turns_session", "turns", ["session_id", "at_ms"])


def _learning() -> None:
    op.create_table(
        "bad_cases",
        sa.Column("case_id", _ID, primary_key=True),
        _column("at_ms", sa.BigInteger),
        _column("trace_id", _NAME),
        _column("session_id", _NAME),
        _column("sent", _TEXT),
        _column("reason", sa.String(64)),
        _column("nearest", _TEXT),
        _column("kb_version", sa.String(64)),
        _column("status", sa.String(16)),
        _column("note", _TEXT),
    )
    op.create_index("bad_cases_status", "bad_cases", ["status", "at_ms"])
    op.create_index("bad_cases_at", "bad_cases", ["at_ms"])
    op.create_table(
        "feedback",
        sa.Column("feedback_id", _ID, primary_key=True),
        _column("at_ms", sa.BigInteger),
        _column("trace_id", _NAME),
        _column("session_id", _NAME),
        _column("vote", sa.String(8)),
        _column("comment", _TEXT),
    )
    op.create_index("feedback_at", "feedback", ["at_ms"])
    op.create_table(
        "proposals",
        sa.Column("proposal_id", _ID, primary_key=True),
        _column("at_ms", sa.BigInteger),
        _column("author", _NAME),
        _column("note", _TEXT),
        _column("status", sa.String(16)),
        _column("changes", _TEXT),
        _column("proof", _TEXT),
        _column("version", sa.String(64)),
    )
    op.create_index("proposals_at", "proposals", ["at_ms"])


def _accounts() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        _column("at_ms", sa.BigInteger),
        _column("actor", _NAME),
        _column("action", sa.String(64)),
        _column("subject", _TEXT),
        _column("detail", _TEXT),
        _column("previous", sa.String(64)),
        _column("hash", sa.String(64)),
    )
    op.create_table(
        "users",
        sa.Column("user_id", _ID, primary_key=True),
        sa.Column("name", _NAME, nullable=False, unique=True),
        _column("role", sa.String(16)),
        _column("created_ms", sa.BigInteger),
        _column("disabled", sa.Boolean),
    )
    op.create_table(
        "tokens",
        sa.Column("token_id", _ID, primary_key=True),
        _column("user_id", _ID),
        sa.Column("hash", sa.String(128), nullable=False, unique=True),
        _column("label", _NAME),
        _column("created_ms", sa.BigInteger),
        _column("expires_ms", sa.BigInteger),
        _column("revoked", sa.Boolean),
    )


def _the_rest() -> None:
    op.create_table(
        "test_runs",
        sa.Column("run_id", _ID, primary_key=True),
        _column("at_ms", sa.BigInteger),
        _column("file", _TEXT),
        _column("kb_version", sa.String(64)),
        _column("passed", sa.Integer),
        _column("failed", sa.Integer),
        _column("results", _TEXT),
    )
    op.create_index("test_runs_at", "test_runs", ["at_ms"])
    op.create_table(
        "inbox",
        sa.Column("message_id", _ID, primary_key=True),
        _column("at_ms", sa.BigInteger),
        _column("session_id", _NAME),
        _column("kind", sa.String(16)),
        _column("text", _TEXT),
        _column("trace_id", _NAME),
        _column("author", _NAME),
    )
    op.create_index("inbox_session", "inbox", ["session_id", "at_ms"])
    op.create_index("inbox_at", "inbox", ["at_ms"])
